"""Layers that lay values out anew, and dense ones: what the frameworks answer, and what they refuse.

Numbers and refusals as seen on Keras 3.15.1, torch 2.13.0 and onnxruntime 1.32.0.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc.errors import ShapeError, SpecError
from convcalc.layers.cells import Listed


def shape_of(spec, shape):
    """Return the output shape of a spec over a tensor of this shape."""
    framework = "onnx" if spec.startswith("onnx ") else None
    return convcalc.shape(spec.removeprefix("onnx "), shape, framework=framework).output_shape


ANSWERS = [
    ("layers.Flatten()", (2, 3, 4, 5), (2, 60)),
    ("layers.Flatten()", (2,), (2, 1)),
    # The order of the values differs, T38; the shape does not.
    ('layers.Flatten(data_format="channels_first")', (2, 3, 4, 5), (2, 60)),
    ("nn.Flatten()", (2, 3, 4, 5), (2, 60)),
    ("nn.Flatten(2)", (2, 3, 4, 5), (2, 3, 20)),
    ("nn.Flatten(-3, -2)", (2, 3, 4, 5), (2, 12, 5)),
    ("nn.Flatten(0)", (2, 3), (6,)),
    ("onnx flatten", (2, 3, 4), (2, 12)),
    ("onnx flatten axis=0", (2, 3, 4), (1, 24)),
    ("onnx flatten axis=3", (2, 3, 4), (24, 1)),
    ("onnx flatten axis=-1", (2, 3, 4), (6, 4)),
    ("layers.Reshape((4, 6))", (2, 24), (2, 4, 6)),
    ("layers.Reshape((-1, 6))", (2, 4, 6), (2, 4, 6)),
    ("layers.Reshape(())", (2, 1), (2,)),
    ("onnx reshape (0,-1)", (2, 3, 4), (2, 12)),
    ("onnx reshape (-1,0)", (2, 3, 4), (8, 3)),
    ("nn.Unflatten(1, (2, -1))", (5, 6, 3), (5, 2, 3, 3)),
    ("nn.Unflatten(-1, (3,))", (5, 3), (5, 3)),
    ("layers.Permute((2, 1))", (2, 3, 4), (2, 4, 3)),
    ("layers.Permute((3, 1, 2))", (2, 3, 4, 5), (2, 5, 3, 4)),
    ("onnx transpose", (2, 3, 4), (4, 3, 2)),
    ("onnx transpose 0x2x1", (2, 3, 4), (2, 4, 3)),
    ("layers.RepeatVector(3)", (2, 5), (2, 3, 5)),
    ("layers.Dense(7)", (2, 3, 4, 5), (2, 3, 4, 7)),
    ("nn.Linear(5, 7)", (2, 3, 5), (2, 3, 7)),
    ("nn.Linear(5, 7)", (5,), (7,)),
    ("onnx dense 7 transA=1", (5, 2), (2, 7)),
]


@pytest.mark.parametrize(("spec", "shape", "output"), ANSWERS, ids=[f"{a[0]} on {a[1]}" for a in ANSWERS])
def test_output_shape(spec, shape, output):
    """Each framework's own answer."""
    assert shape_of(spec, shape) == output


REFUSED = [
    ("nn.Flatten()", (5,), "wrong_rank"),
    ("nn.Flatten(2, 1)", (2, 3, 4), "wrong_rank"),
    ("nn.Flatten(0, 3)", (2, 3, 4), "wrong_rank"),
    ("onnx flatten axis=4", (2, 3, 4), "wrong_rank"),
    ("layers.Reshape((5, 5))", (2, 24), "wrong_shape"),
    ("layers.Reshape((-1, 5))", (2, 24), "wrong_shape"),
    # Four values a row: never six.
    ("layers.Reshape((6,))", (2, None, 4), "wrong_shape"),
    ("layers.Reshape((-1, 0))", (2, 24), "wrong_shape"),
    ("layers.Reshape((-1, -1))", (2, 24), "bad_value"),
    ("layers.Reshape((-2, 12))", (2, 24), "bad_value"),
    ("layers.Reshape(24)", (2, 24), "bad_value"),
    ("layers.Reshape((24.0,))", (2, 24), "bad_value"),
    ("onnx reshape (2,3,0)", (2, 3), "wrong_rank"),
    ("onnx reshape (0,-1) allowzero=1", (2, 3), "bad_combination"),
    ("nn.Unflatten(1, (2, 2))", (5, 6), "wrong_shape"),
    ("nn.Unflatten(1, (-1, 0))", (5, 6), "wrong_shape"),
    ("nn.Unflatten(1, ())", (5, 1), "bad_value"),
    ("nn.Unflatten(2, (2, 3))", (5, 6), "wrong_rank"),
    ("layers.Permute((2, 1))", (2, 3, 4, 5), "wrong_rank"),
    ("layers.Permute((0, 1))", (2, 3, 4), "bad_value"),
    ("layers.Permute((1, 1))", (2, 3, 4), "bad_value"),
    ("onnx transpose 1x0", (2, 3, 4), "wrong_rank"),
    ("layers.RepeatVector(0)", (2, 5), "bad_value"),
    ("layers.RepeatVector(True)", (2, 5), "bad_value"),
    ("layers.RepeatVector(3)", (2, 5, 4), "wrong_rank"),
    ("layers.Dense(0)", (2, 5), "bad_value"),
    ("layers.Dense(7.0)", (2, 5), "bad_value"),
    ("layers.Dense(7)", (5,), "wrong_rank"),
    ("nn.Linear(4, 7)", (2, 5), "wrong_channels"),
    ("onnx dense 7", (2, 3, 4), "wrong_rank"),
]


@pytest.mark.parametrize(("spec", "shape", "code"), REFUSED, ids=[f"{r[0]} on {r[1]}" for r in REFUSED])
def test_refused(spec, shape, code):
    """What the framework refuses is refused, as wrong for this input or wrong whatever the input."""
    with pytest.raises((ShapeError, SpecError)) as caught:
        shape_of(spec, shape)
    assert caught.value.code == code
    assert caught.value.exit_code == (1 if code.startswith("wrong") else 2)


def test_reshape_keeps_the_equality_of_its_sizes_in_its_spec():
    """``7x7`` is two axes of 7: written as ``7`` it would read back as one."""
    spec = convcalc.shape("reshape 7x7", (2, 49)).layers[0].spec

    assert spec == "reshape shape=7x7"
    assert shape_of(spec, (2, 49)) == (2, 7, 7)
    assert str(Listed((7,))) == "(7,)"


def test_sizes_that_another_tool_tells():
    """Of an operator without a rule what onnx inferred stands in its spec; what it did not know is open."""
    report = convcalc.shape("unknown 'a.Op' output_shape=(2,none,'N') | relu", "(N,3)", framework="onnx")

    assert [str(n) for n in report.output_shape] == ["2", "U1", "N"]
    assert [note.code for note in report.layers[0].notes] == ["inferred_by_onnx"]
    assert report.layers[0].notes[0].message.endswith("its output's sizes are what onnx infers")
    with pytest.raises(SpecError, match="output_shape must be a shape: sizes of 0 or more"):
        convcalc.shape("unknown 'a.Op' output_shape=(2,-1)", "(N,3)", framework="onnx")


def test_what_is_left_of_sizes_that_do_not_divide_is_open():
    """Behind an operator without a rule nothing is known, and what follows still answers."""
    spec = "unknown 'a.Op' axes=2 | reshape shape=('N',-1) | relu | unknown 'a.Op' axes=1 name=last"
    first, second, _, last = convcalc.shape(spec, "(N,3,8,8)", framework="onnx").layers

    assert first.output_shape != second.output_shape
    assert [str(n) for n in second.output_shape] == ["N", "R1"]
    assert [(note.code, note.message) for note in second.notes] == [("assumed", "holds where N*R1 = U1*U2")]
    assert [str(n) for n in last.output_shape] == ["U3"]
    assert str(convcalc.shape("reshape shape=('N',-1)", (2, 3), framework="onnx").output_shape[1]) == "R1"


def test_channels_that_only_some_sizes_make_are_assumed():
    """What a symbol alone stands for is fixed; what is worked out of symbols is said to hold for some of them."""
    worked = convcalc.shape("nn.Flatten() | nn.Linear(256, 10)", "16xHxW").layers[1]
    fixed = convcalc.shape("nn.Linear(256, 10)", "NxC")

    assert [(note.code, note.message) for note in worked.notes] == [("assumed", "holds where 16*H*W = 256")]
    assert fixed.input_shape[1] == 256
    assert fixed.layers[0].notes == ()


def test_symbols_divide_where_they_can_and_are_assumed_to_where_they_may():
    """A size that is left over is exact; what it takes for granted is a note."""
    exact = convcalc.shape("reshape (-1,2)", "HxWx4")
    assumed = convcalc.shape("reshape (-1,8)", "HxWx4")

    assert [str(n) for n in exact.output_shape] == ["N", "2*H*W", "2"]
    assert not exact.layers[0].notes
    assert [note.code for note in assumed.layers[0].notes] == ["assumed"]
    assert assumed.output_shape[1].at({"H": 6, "W": 5}) == 15


def test_a_known_number_of_values_is_held_behind_an_unknown_batch():
    """Only the axes after the batch count."""
    with pytest.raises(ShapeError):
        convcalc.shape("layers.Reshape((5, 5))", (None, 24))
    assert str(convcalc.shape("layers.Reshape((4, 6))", (None, 24)).output_shape[0]) == "N"


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.data())
def test_reshape_reads_back_and_keeps_the_values(sizes, data):
    """A reshape to any order of the same sizes, one of them left open, and its written spec, agree."""
    target = data.draw(st.permutations(sizes))
    hole = data.draw(st.integers(-1, len(target) - 1))
    typed = tuple(-1 if i == hole else n for i, n in enumerate(target))
    spec = f"reshape ({','.join(map(str, typed))},)"
    report = convcalc.shape(spec, (3, *sizes))

    assert report.output_shape == (3, *target)
    assert shape_of(report.layers[0].spec, (3, *sizes)) == report.output_shape


def test_weights_and_costs_of_dense_layers():
    """Weights stand as each framework stores them; MACs count every value of the output times the features."""
    keras = convcalc.shape("layers.Dense(7)", (2, 3, 5)).layers[0]
    torch = convcalc.shape("nn.Linear(5, 7, bias=False)", (2, 3, 5)).layers[0]
    onnx = convcalc.shape("dense 7 transB=1", (2, 5), framework="onnx").layers[0]

    assert [(w.name, w.shape) for w in keras.weights] == [("kernel", (5, 7)), ("bias", (7,))]
    assert [(w.name, w.shape) for w in torch.weights] == [("weight", (7, 5))]
    assert [(w.name, w.shape) for w in onnx.weights] == [("B", (7, 5)), ("C", (7,))]
    assert (keras.macs, keras.flops) == (210, 2 * 210 + 42)
    assert (torch.macs, torch.flops) == (210, 420)


def test_lora_trains_two_small_matrices_in_place_of_the_kernel():
    """With lora_rank the kernel is fixed; the two factors are trained."""
    row = convcalc.shape("layers.Dense(7, lora_rank=2)", (2, 5)).layers[0]

    assert (row.params.total, row.params.trainable) == (35 + 7 + 10 + 14, 7 + 10 + 14)


def test_bilinear_reads_two_inputs():
    """Every pair of features of both goes to every unit; the leading axes are equal."""
    row = convcalc.shape("nn.Linear(5, 3) @a | nn.Bilinear(3, 5, 4) @input", (2, 6, 5)).layers[1]

    assert row.output_shape == (2, 6, 4)
    assert [(w.name, w.shape) for w in row.weights] == [("weight", (4, 3, 5)), ("bias", (4,))]
    assert row.macs == 2 * 6 * 4 * 3 * 5
    with pytest.raises(ShapeError):
        convcalc.shape("nn.Linear(5, 3) @a | nn.Bilinear(3, 4, 4) @input", (2, 6, 5))
    with pytest.raises(SpecError):
        convcalc.shape("nn.Bilinear(3, 4, 4)", (2, 3))


FIELDS = [
    ("conv2d 4 3 | flatten", "keras", (9, 9)),
    ("conv2d 4 3 | gap2d | reshape 1x1x4 | conv2d 2 1", "keras", (9, 9)),
    ("conv2d 4 3 | dense 5", "keras", (3, 3)),
    # torch's last axis is a spatial one.
    ("conv2d 4 3 | linear 5", "torch", None),
    ("conv2d 4 3 | permute 2x1x3", "keras", None),
    ("conv2d 4 3 | permute 1x2x3", "keras", (3, 3)),
]


@pytest.mark.parametrize(("spec", "framework", "size"), FIELDS, ids=[f"{f[1]} {f[0]}" for f in FIELDS])
def test_receptive_field(spec, framework, size):
    """What a new layout does to the field: known where it is known, never guessed."""
    shape = (2, 9, 9, 3) if framework == "keras" else (2, 3, 9, 9)
    field = convcalc.shape(spec, shape, framework=framework).receptive_field

    assert (field and field.size) == size
