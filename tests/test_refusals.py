"""Arguments and inputs that few give: what they are refused with, and the answer where they are not."""

import numpy as np
import pytest

import convcalc
from convcalc import layers
from convcalc.dialects import keras
from convcalc.errors import ConvcalcError
from convcalc.layers import find
from convcalc.spec import activation, common, parse, quick

ROI = "coordinate_transformation_mode='tf_crop_and_resize', roi=(0, 0, 0.25, 0.25, 1, 1, 0.75, 0.75)"
REFUSED = [
    ("wrong_rank", "keras", "log_softmax", ()),
    ("wrong_shape", "keras", "UnitNormalization(axis=(1, 1))", (2, 3, 4)),
    ("wrong_rank", "keras", "upsample (2,2)", (1, 4, 4, 4, 3)),
    ("wrong_rank", "keras", "upsample 2 interpolation=bilinear", (1, 4, 3)),
    ("bad_combination", "keras", "relu @a | CustomScaleLayer(0.5) @a @a", (2, 3)),
    ("bad_combination", "keras", "Embedding(10, 4, lora_rank=2, embeddings_constraint='max_norm')", (2, 5)),
    ("wrong_rank", "keras", "reshape 3", ()),
    ("bad_value", "keras", "[conv1d 3 i*2] * 2", None),
    ("bad_value", "keras", "[conv1d 3 i\n relu] * 2", None),
    ("syntax", "keras", "[conv1d 3 2 d=1 i@a] * 2", None),
    ("bad_input", "keras", "relu", ("3,4",)),
    ("unknown_word", "torch", "nn.Foo(3)", None),
    ("does_not_fit", "torch", "nn.CircularPad1d((-4, 2))", (1, 2, 3)),
    ("wrong_rank", "onnx", "Softmax()", ()),
    ("bad_value", "onnx", "prelu stored=(-1,)", None),
    ("bad_value", "onnx", "prelu stored=3", None),
    ("wrong_shape", "onnx", "Resize(scales=(1, 1, 3e38, 2))", (1, 1, 9999, 4)),
    ("bad_value", "keras", "Dense(3, name='a/b')", None),
    ("bad_value", "keras", "keras.Sequential([Input('a'), Dense(3)])", None),
    ("bad_value", "torch", "nn.Upsample(scale_factor=2, mode=3)", None),
    ("does_not_fit", "torch", "nn.CircularPad1d((1, -4))", (1, 2, 3)),
    ("unknown_word", "torch", "Input(3)", None),
    ("wrong_rank", "torch", "nn.GLU()", ()),
    ("wrong_rank", "torch", "rmsnorm", ()),
    ("bad_value", "torch", "nn.RMSNorm(4, device=3)", (2, 4)),
    ("bad_value", "torch", "nn.Embedding(0, 4)", (2, 5)),
    ("bad_value", "torch", "nn.GroupNorm(1, -1)", (2, 3, 4)),
    ("bad_value", "torch", "instancenorm2d affine=true num_features=-1", (1, 3, 4, 4)),
    ("wrong_shape", "torch", "nn.InstanceNorm2d(3, affine=True)", (0, 3, 4, 4)),
    ("bad_value", "torch", "nn.InstanceNorm2d((3,), affine=True)", (1, 3, 4, 4)),
    ("wrong_rank", "torch", "relu @a | bilinear 3 @a", ()),
    ("bad_value", "torch", "relu @a | bilinear 3 @a", (2, 0)),
    ("wrong_shape", "torch", "relu @a | flatten | bilinear 5 @a", (2, 3, 4)),
    ("bad_value", "onnx", "conv2dT 8 3 pad=foo", None),
    ("does_not_fit", "onnx", "conv2dT 8 3 2 op=1", (1, 3, 0, 4)),
    ("wrong_shape", "onnx", "relu @a | reshape 1,3,4,6 @b | attention from=@a @b @b", (1, 4, 3, 6)),
    ("bad_value", "onnx", "Einsum(equation=3)", (1, 2)),
    ("wrong_rank", "onnx", "matmul 3", ()),
    ("wrong_rank", "onnx", "relu @a matmul @a", ()),
    ("bad_value", "onnx", "LSTM(hidden_size=4, layout=2)", (1, 2, 3)),
    ("bad_combination", "onnx", "topk 2 output=2", (1, 5)),
    ("wrong_rank", "onnx", "split 2 num_outputs=2", ()),
    ("wrong_rank", "onnx", "gather axis=5 indices=0", (1, 2)),
    ("bad_value", "onnx", "Resize(scales=(1, 1, -1, 2))", (1, 3, 4, 4)),
    ("does_not_fit", "onnx", "Resize(sizes=(1, 3, 4, 4))", (1, 3, 0, 4)),
    (
        "wrong_shape",
        "onnx",
        "Resize(sizes=(4, 4), axes=(2, 3), keep_aspect_ratio_policy='not_larger')",
        (1, 3, "H", "W"),
    ),
    (
        "missing_argument",
        "onnx",
        "Resize(sizes=(1, 3, 4, 4), coordinate_transformation_mode='tf_crop_and_resize')",
        (1, 3, 8, 8),
    ),
    ("bad_value", "onnx", "unknown class_name=A output_shape=(-1,2)", None),
    ("duplicate_key", "keras", "Dense(3, name='a', name='b')", None),
    ("syntax", "torch", "nn.Sequential(OrderedDict(3))", None),
    ("unknown_word", "torch", "conv2d()", None),
    ("framework_lacks", "keras", "hardshrink()", None),
    ("unknown_key", "torch", "conv2d 8 3 act=relu", None),
    ("syntax", "keras", "conv2d 3 k=" + "(" * 150, None),
    ("syntax", "keras", "conv2d init=" + "a(" * 120, None),
    ("syntax", "torch", "Sequential(\n  (0): ReLU(" + "a=[" * 120, None),
    ("syntax", "torch", "Sequential(\n  " + "(0): ModuleList(\n" * 120, None),
    ("syntax", "keras", "5 relu", None),
]
ANSWERED = [
    ((2, 5, 4), "keras", "embed 10 4 embeddings_constraint=max_norm", (2, 5)),
    ((None, 3), "keras", "keras.Sequential([Input(5), Dense(3)])", None),
    ((4, 3), "keras", "keras.Sequential([Input(batch_shape=(4, 5)), Dense(3)])", None),
    ((2, 4), "keras", "Sequential([Input((3,), name=''), Dense(4)])", (2, 3)),
    ((2, 3), "keras", "relu name=''", (2, 3)),
    ((2, 3), "keras", "LayerScale(1, 3)", (2, 3)),
    ((2, 3), "keras", "LayerScale(1e-6, 1)", (2, 3)),
    ((None, None, 2, 2), "torch", "nn.PixelUnshuffle(2)", (None, None, 4, 4)),
    ((None, None, "H", 2), "torch", "nn.PixelUnshuffle(2)", (None, None, "2*H", 4)),
    ((None, 3), "keras", "keras.Sequential([Dense(3, input_dim=5)])", None),
    (("K", None), "onnx", "Reshape(shape=('K', -1))", (None, 3)),
    (("K", 2), "onnx", "Reshape(shape=('K', 2))", (6, 2)),
    ((None, 5, 3), "keras", "keras.Sequential([Dense(3, input_shape=(5, 4))])", None),
    ((2, 5, 3), "keras", "keras.Sequential([Dense(3, batch_input_shape=(2, 5, 4))])", None),
    ((None, None, 3), "keras", "[conv1d 3 i+1] * 2", None),
    ((2, 3, 4, 4), "torch", "nn.InstanceNorm2d((3,), track_running_stats=True)", (2, 3, 4, 4)),
    ((1, 3, 7, 6), "torch", "nn.CircularPad2d((-2, 3, 1, 1))", (1, 3, 5, 5)),
    ((None, 3, 4, 5), "torch", "nn.CircularPad2d((-1, 2, 0, 0))", (None, 3, 4, 4)),
    ((None, None, 8, 8), "torch", "nn.PixelShuffle(2)", (None, None, 4, 4)),
    ((None, "C", 8, 8), "torch", "nn.PixelShuffle(2)", (None, "4*C", 4, 4)),
    ((None, 8, None, None), "onnx", "conv2d 8 3 s=2 pad=same", None),
    ((None, None, None, None), "onnx", "maxpool2d 3 2 pad=same", None),
    ((1, 3, 7, 7), "onnx", "maxpool2d 2 pad=2:2x2:2 ceil_mode=true", (1, 3, 5, 5)),
    ((None, 8, None, None), "onnx", "conv2dT 8 3 pad=NOTSET", None),
    ((None, 8, 7, 7), "onnx", "conv2dT 8 3 2 output_shape=7x7", None),
    ((1, 2, 4, 4), "onnx", "relu @a | attention @a @a @a", (1, 2, 4, 4)),
    ((1, 2), "onnx", "Cast(to=1)", (1, 2)),
    ((2, 2), "onnx", "relu @a einsum equation='bij,bjk' @a", (1, 2, 2)),
    ((None, 3), "onnx", "squeeze axes=1", (None, "C", 3)),
    ((1, 2, "H"), "onnx", "Slice(starts=(0,), ends=('H',), axes=(2,))", (1, 2, "W")),
    ((1, 2, "H"), "onnx", "Slice(starts=(0,), ends=('H',), axes=(2,))", (1, 2, "H")),
    ((1, 2, "H - 1"), "onnx", "Slice(starts=(1,), ends=('H',), axes=(2,))", (1, 2, 8)),
    ((None, 1, 3), "onnx", "slice starts=1 ends=3 axes=1", (None, 2, 3)),
    ((None, 3, 3), "onnx", "split split=3,4 axis=1", (None, "C", 3)),
    ((1, 3, 16, 16), "onnx", f"Resize(scales=(1, 1, 2, 2), {ROI})", (1, 3, 8, 8)),
]


@pytest.mark.parametrize(("code", "framework", "spec", "given"), REFUSED)
def test_refused(code, framework, spec, given):
    with pytest.raises(ConvcalcError) as caught:
        convcalc.shape(spec, given, framework=framework)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(("output", "framework", "spec", "given"), ANSWERED)
def test_answered(output, framework, spec, given):
    found = convcalc.shape(spec, given, framework=framework).output_shape
    assert len(found) == len(output)
    for size, wanted in zip(found, output, strict=True):
        assert size == wanted if wanted.__class__ is int else wanted is None or str(size) == wanted


@pytest.mark.parametrize("spec", ["nn.LayerNorm((4, 4))", "nn.RMSNorm((4, 4))"])
def test_a_shape_of_equal_sizes_is_written_in_full(spec):
    row = convcalc.shape(spec, (2, 4, 4)).layers[0]
    assert row.spec.endswith("normalized_shape=(4,4)")
    assert convcalc.shape(row.spec, (2, 4, 4), framework="torch").layers[0].params == row.params


@pytest.mark.parametrize("spec", ["dense units=3 dtype=1:2", "dense units=3 dtype=1:2x3:4"])
def test_a_value_that_is_not_looked_at_is_written_as_it_was(spec):
    assert convcalc.shape(spec).layers[0].spec == spec


def test_a_layer_in_a_block_whose_input_is_not_known():
    rows = convcalc.shape("relu @a | [dense 3 from=? | relu] * 2", (2, 3)).layers
    assert [row.inputs for row in rows] == [("input",), (), ("dense",), (), ("dense_1",)]
    assert [row.output_shape for row in rows] == [(2, 3), None, None, None, None]


def test_words_of_no_network():
    """Of what is only a value, or a counter outside a block."""
    for spec in ("i", "[relu] * 2 i", "[conv1d 3 i, relu] * 2", "3 3"):
        with pytest.raises(ConvcalcError):
            convcalc.shape(spec)


def test_sizes_and_names_of_other_kinds():
    assert convcalc.shape("relu", (np.int64(2), np.int32(3))).output_shape == (2, 3)
    assert convcalc.activation("relu", [-1.0, 2.0], max_value=np.float64(1)).tolist() == [0, 1]
    assert activation.plain([np.int64(1), (2.5,)]) == (1, (2.5,))
    with pytest.raises(ConvcalcError, match="named by a string, not int"):
        convcalc.activation(3, [1.0])


def test_a_layer_shows_its_word():
    assert repr(find("conv2d")) == "<Layer conv2d>"


def test_the_file_of_a_kind_is_found_before_any_is_read(monkeypatch):
    known, read = dict(layers._places), []
    monkeypatch.setattr(layers, "_places", {})
    monkeypatch.setattr(layers, "_read", lambda: (read.append(1), layers._places.update(known)))
    assert layers.place("max_pool") == layers.place("max_pool") == "pool"
    assert read == [1]


def test_words_without_a_list_to_suggest_from():
    with pytest.raises(ConvcalcError, match="'foo' is no layer") as caught:
        parse("foo", {"relu"}.__contains__)
    assert caught.value.hint is None


def test_given_axes_are_the_fans():
    assert keras.fans((3, 4, 5)) == (12, 15)
    assert keras.fans((3, 4, 5), (0,), (1, 2)) == (3, 20)


def test_known_words_in_the_wrong_place_are_refused_the_full_way():
    for spec, code in (("conv2d 3 conv2d 3 3", "missing_argument"), ("conv2d 3 3 pad=" + "same" * 20, "bad_value")):
        assert quick.read("conv2d 3 3", "keras").calls
        with pytest.raises(ConvcalcError) as caught:
            quick.read(spec, "keras")
        assert caught.value.code == code
    for _ in range(2):
        assert quick.read("conv2d 3 3 pad=notset", "onnx").calls[0].args["padding"] == ((0, 0), (0, 0))
    for _ in range(2):  # a word that is too long to be kept
        assert quick.read(f"conv2d 3 3 device={'a' * 80}", "torch").calls[0].args["filters"] == 3
    network = quick.read("conv2d 3 3", "keras")
    assert quick.read_fully(network) is network


def test_what_is_kept_is_bounded(monkeypatch):
    """Of any number of distinct lines nothing is kept but the last few."""
    monkeypatch.setattr(common, "_MOST_WORDS", 4)
    monkeypatch.setattr(quick, "MOST_CALLS", 2)
    monkeypatch.setattr(quick, "MOST_WORDS", 2)
    for framework in ("keras", "torch"):
        for number in range(1, 40):
            spec = f"conv2d {number} k={number % 7 + 1} s={number % 3 + 1} | dense {number}"
            for text in (spec, f"conv2d {number} {number % 5 + 1} s={number % 3 + 1}"):
                assert len(quick.read(text, framework).calls) == text.count("|") + 1
                assert quick.read(text, framework).calls[0].args["filters"] == number
    assert len(common._words) <= 4
    assert len(quick._calls) <= 2
