"""Normalisations: their weights, names and refusals, as seen on Keras 3.15.1, torch 2.13.0 and onnxruntime 1.32."""

import pytest

import convcalc
from convcalc.errors import ShapeError


def weights(report):
    """Return name -> (shape, trainable, kind) of the last layer's weights."""
    return {w.name: (w.shape, w.trainable, w.kind) for w in report.layers[-1].weights}


def test_batch_normalization_keeps_half_of_its_weights_from_training_in_keras():
    report = convcalc.shape("BatchNormalization()", (2, 8, 8, 3))

    assert weights(report) == {
        "gamma": ((3,), True, "parameter"),
        "beta": ((3,), True, "parameter"),
        "moving_mean": ((3,), False, "parameter"),
        "moving_variance": ((3,), False, "parameter"),
    }
    assert report.params == (12, 6, 6, 0)
    assert report.flops == 2 * 2 * 8 * 8 * 3


def test_batch_normalization_has_buffers_in_torch_that_are_in_no_total():
    report = convcalc.shape("nn.BatchNorm2d(64)", (2, 64, 8, 8))

    assert report.params == (128, 128, 0, 129)
    assert weights(report)["num_batches_tracked"] == ((), False, "buffer")
    assert report.param_bytes == 128 * 4


def test_batch_normalization_names_the_operators_inputs_in_onnx():
    report = convcalc.shape("bn", (2, 3, 8, 8), framework="onnx")

    assert list(weights(report)) == ["scale", "B", "input_mean", "input_var"]
    assert report.params == (12, 6, 6, 0)


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ((2, 3), "BatchNorm1d"),
        ((2, 3, 5), "BatchNorm1d"),
        ((2, 3, 5, 5), "BatchNorm2d"),
        ((2, 3, 5, 5, 5), "BatchNorm3d"),
    ],
)
def test_the_input_decides_torchs_class_of_a_bare_word(shape, name):
    row = convcalc.shape("bn", shape, framework="torch").layers[0]

    assert (row.type, row.spec) == (name, "bn")


@pytest.mark.parametrize(
    ("spec", "shape", "expected"),
    [
        ("BatchNormalization(renorm=True, scale=False)", (2, 4, 3),
         "beta:3 moving_mean:3 moving_variance:3 moving_stddev:3 renorm_mean:3 renorm_stddev:3"),
        ("BatchNormalization(axis=1, center=False, scale=False)", (2, 4, 3), "moving_mean:4 moving_variance:4"),
        ("LayerNormalization(axis=(-1, 1))", (2, 9, 8, 4), "gamma:4x9 beta:4x9"),
        ("LayerNormalization(rms_scaling=True)", (2, 4), "gamma:4"),
        ("GroupNormalization(2, scale=False)", (2, 5, 4), "beta:4"),
        ("GroupNormalization(-1)", (2, 5, 3), "gamma:3 beta:3"),
        ("RMSNormalization(axis=(1, 2))", (2, 4, 4), "scale:4x4"),
        ("UnitNormalization()", (2, 4), ""),
        ("nn.BatchNorm1d(3, affine=False)", (2, 3), "running_mean:3 running_var:3 num_batches_tracked:"),
        ("nn.BatchNorm1d(3, track_running_stats=False, bias=False)", (2, 3), "weight:3"),
        ("nn.InstanceNorm2d(3)", (3, 8, 8), ""),
        ("nn.InstanceNorm2d(3, affine=True)", (2, 3, 8, 8), "weight:3 bias:3"),
        ("nn.GroupNorm(2, 4)", (1, 4, 5), "weight:4 bias:4"),
        ("nn.LayerNorm((4, 5), bias=False)", (2, 4, 5), "weight:4x5"),
        ("nn.RMSNorm(5)", (5,), "weight:5"),
        ("nn.LocalResponseNorm(5)", (2, 4, 5), ""),
    ],
)  # fmt: skip
def test_weights_and_their_order(spec, shape, expected):
    report = convcalc.shape(spec, shape)

    assert " ".join(f"{w.name}:{'x'.join(map(str, w.shape))}" for w in report.layers[0].weights) == expected
    assert report.output_shape == shape


@pytest.mark.parametrize(
    ("spec", "shape", "code", "words"),
    [
        ("BatchNormalization(axis=4)", (2, 8, 8, 3), "wrong_rank", "axis 4 is no axis of an input of 4"),
        ("BatchNormalization(axis=0)", (None, 8), "wrong_shape", "weights along the batch"),
        ("BatchNormalization(axis=1.0)", (2, 8), "bad_value", "must be an integer"),
        ("LayerNormalization(axis=(1, -1))", (2, 8), "wrong_shape", "names one axis twice"),
        ("LayerNormalization(axis=1)", (2, None, 3), "wrong_shape", "of which Keras needs every size"),
        ("RMSNormalization(axis=1)", (2, 9, 9, 4), "wrong_shape", "does not broadcast against the input 2, 9, 9, 4"),
        ("GroupNormalization()", (2, 8, 4), "wrong_channels", "cannot split 4 channels into 32 groups"),
        ("GroupNormalization(0)", (2, 8, 4), "bad_value", "must be a positive integer, or -1"),
        ("nn.BatchNorm2d(3)", (3, 8, 8), "wrong_rank", "takes an input of 4 axes, not 3"),
        ("nn.BatchNorm2d(4)", (2, 3, 8, 8), "wrong_channels", "BatchNorm2d has num_features=4, its input 3"),
        ("nn.BatchNorm1d(4, eps=-1.0)", (2, 4), "bad_value", "eps must be 0 or more, not -1.0"),
        ("nn.BatchNorm1d(4, track_running_stats=False)", (1, 4), "wrong_shape", "has one value per channel"),
        ("nn.InstanceNorm2d(3)", (2, 3, 1, 1), "wrong_shape", "has one cell per channel"),
        ("nn.GroupNorm(3, 4)", (2, 4), "bad_combination", "cannot split 4 channels into groups=3"),
        ("nn.GroupNorm(4, 4)", (1, 4), "wrong_shape", "has one value per group"),
        ("nn.LayerNorm(4)", (2, 5), "wrong_shape", "normalises last axes of 4, its input is 2, 5"),
        ("nn.LayerNorm(())", (2, 5), "wrong_shape", "last axes of no size"),
        ("nn.LocalResponseNorm(5)", (2, 4), "wrong_rank", "3 or more axes, not 2"),
        ("nn.LocalResponseNorm(0)", (2, 4, 4), "bad_value", "size must be a positive integer, not 0"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong(spec, shape, code, words):
    with pytest.raises(convcalc.ConvcalcError) as caught:
        convcalc.shape(spec, shape)

    assert caught.value.code == code
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("spec", "shape", "output"),
    [
        ("nn.BatchNorm2d((2, 2), bias=False)", (0, 2, 3, 1), (0, 2, 3, 2)),
        ("nn.BatchNorm3d((3, 3, 3, 3), affine=False)", (2, 3, 0, 2, 2), (2, 3, 0, 2, 2)),
        ("nn.BatchNorm1d(0, affine=False)", (0, 3, 5), (0, 3, 5)),
        ("nn.BatchNorm2d((3, 1), track_running_stats=False)", (2, 3, 4, 4), (2, 3, 4, 4)),
        ("nn.InstanceNorm1d(0, track_running_stats=True)", (1, 3, 0), (1, 3, 0)),
        ("nn.BatchNorm1d(0)", (2, 0), None),
        ("nn.BatchNorm2d((2, 3), bias=False)", (0, 2, 3, 2), None),
        ("nn.BatchNorm2d((3, 1))", (2, 3, 4, 4), None),
        ("nn.InstanceNorm2d((1, 1), track_running_stats=True)", (0, 1, 1, 1), None),
    ],
)
def test_torch_looks_at_little_of_an_empty_input(spec, shape, output):
    """It multiplies by the first of the weights, which may broadcast; statistics it does not touch."""
    if output:
        assert convcalc.shape(spec, shape).output_shape == output
    else:
        with pytest.raises(convcalc.ConvcalcError):
            convcalc.shape(spec, shape)


@pytest.mark.parametrize(
    ("spec", "shape", "words"),
    [
        ("lrn 4", (2, 3, 8, 8), "size must be odd, not 4"),
        ("lrn 5", (2, 3, 8), "takes an input of 4 axes, not 3"),
        ("ln", (2, 0), "no empty axes"),
        ("in", (2, 3), "3 or more axes, not 2"),
        ("bn training_mode=1", (2, 3), "three outputs"),
    ],
)
def test_refusals_of_onnx(spec, shape, words):
    with pytest.raises(convcalc.ConvcalcError, match=words):
        convcalc.shape(spec, shape, framework="onnx")


def test_a_letter_leaves_a_size_open_where_an_unknown_one_is_refused():
    """Keras makes no weights of None; a letter is a size that is yet to be chosen."""
    assert str(convcalc.shape("prelu", "HxWx3").params.total) == "3*H*W"
    with pytest.raises(ShapeError, match="needs every size"):
        convcalc.shape("prelu", (None, None, None, 3))
    assert convcalc.shape("prelu shared_axes=(1,2)", (None, None, None, 3)).params.total == 3


@pytest.mark.parametrize("sizes", [(8, 8), (4, 4, 4), (3, 5), (7,)])
def test_the_spec_of_a_normalised_shape_keeps_the_number_of_its_axes(sizes):
    """Of a kernel 8x8 is 8; a shape of two axes is none of one."""
    row = convcalc.shape(f"nn.LayerNorm({sizes})", (2, *sizes)).layers[0]
    again = convcalc.shape(row.spec, (2, *sizes), framework="torch").layers[0]

    assert (again.spec, again.params, again.weights) == (row.spec, row.params, row.weights)
