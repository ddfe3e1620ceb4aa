"""Activations, dropouts and embeddings: one word in each framework, and what each refuses."""

import pytest

import convcalc
from convcalc.activations import KERAS
from convcalc.errors import SpecError


@pytest.mark.parametrize(
    ("spec", "framework", "name", "canonical"),
    [
        ("relu", "keras", "ReLU", "relu"),
        ("act relu", "keras", "Activation", "act relu"),
        ("gelu", "keras", "Activation", "act gelu"),
        ("swish", "keras", "Activation", "act swish"),
        ("hardsigmoid", "keras", "Activation", "act hard_sigmoid"),
        ("sparsemax", "keras", "Activation", "act sparsemax"),
        ("threshold 0.1 20", "keras", "Activation", "act threshold(0.1,20)"),
        ("leakyrelu 0.2", "keras", "LeakyReLU", "leaky_relu slope=0.2"),
        ("act relu", "torch", "ReLU", "relu"),
        ("act leaky_relu(negative_slope=0.2)", "torch", "LeakyReLU", "leaky_relu slope=0.2"),
        ("act elu alpha=2.0 inplace=true", "torch", "ELU", "elu alpha=2.0 inplace=true"),
        ("swish", "torch", "SiLU", "silu"),
        ("softmax axis=1", "torch", "Softmax", "softmax axis=1"),
        ("act relu", "onnx", "Relu", "relu"),
        ("swish", "onnx", "Swish", "silu"),
        ("clip 0 6", "onnx", "Clip", "clip min=0 max=6"),
    ],
)  # fmt: skip
def test_a_word_means_each_frameworks_own_layer(spec, framework, name, canonical):
    row = convcalc.shape(spec, (2, 4), framework=framework).layers[0]
    again = convcalc.shape(row.spec, (2, 4), framework=framework).layers[0]

    assert (row.type, row.spec) == (name, canonical)
    assert (again.type, again.spec, again.flops) == (name, canonical, row.flops)


@pytest.mark.parametrize("word", [word for word in KERAS if word != "threshold"])
def test_every_activation_word_of_keras_is_a_layers_value(word):
    report = convcalc.shape(f"act {word}", (2, 4))

    assert report.flops == (0 if word == "linear" else 8)


@pytest.mark.parametrize(
    ("spec", "shape", "output", "total"),
    [
        ("PReLU()", (2, 8, 8, 3), (2, 8, 8, 3), 192),
        ("PReLU(shared_axes=[1, 2])", (2, 8, 8, 3), (2, 8, 8, 3), 3),
        ("PReLU(shared_axes=0)", (2, 8, 5), (2, 8, 5), 8),
        ("nn.PReLU()", (2, 3, 8), (2, 3, 8), 1),
        ("nn.PReLU(3)", (2, 3, 8), (2, 3, 8), 3),
        ("nn.GLU()", (2, 3, 8), (2, 3, 4), 0),
        ("nn.GLU(1)", (2, 4, 3), (2, 2, 3), 0),
        ("Embedding(1000, 64)", (2, 32), (2, 32, 64), 64000),
        ("nn.Embedding(10, 3, padding_idx=-1)", (4,), (4, 3), 30),
        ("nn.Softmax2d()", (3, 8, 8), (3, 8, 8), 0),
        ("SpatialDropout2D(0.2)", (2, 8, 8, 3), (2, 8, 8, 3), 0),
        ("nn.Dropout2d()", (2, 3), (2, 3), 0),
        ("Rescaling(0.5)", (2, 8, 8, 3), (2, 8, 8, 3), 0),
        ("nn.Identity(54, unused=0.1)", (2, 3), (2, 3), 0),
    ],
)
def test_shapes_and_counts(spec, shape, output, total):
    report = convcalc.shape(spec, shape)

    assert (report.output_shape, report.params.total) == (output, total)


def test_frozen_and_adapted_embeddings_are_not_trained():
    assert convcalc.shape("nn.Embedding(10, 3, _freeze=True)", (4,)).params == (30, 0, 30, 0)
    assert convcalc.shape("Embedding(10, 4, lora_rank=2)", (4, 5)).params == (68, 28, 40, 0)


def test_dropout_and_noise_cost_nothing_at_inference():
    report = convcalc.shape("dropout 0.5 | sdropout2d 0.2 | noise 0.1 | gaussiandropout 0.1", (2, 8, 8, 3))

    assert (report.flops, report.params.total) == (0, 0)
    assert report.layers[0].spec == "dropout p=0.5"


@pytest.mark.parametrize(
    ("spec", "shape", "code", "words"),
    [
        ("ReLU(max_value=-1)", (2, 4), "bad_value", "must be a number of 0 or more, not -1"),
        ("LeakyReLU(negative_slope=-0.1)", (2, 4), "bad_value", "must be a number of 0 or more"),
        ("LeakyReLU(0.1, alpha=0.2)", (2, 4), "duplicate_key", "is given twice"),
        ("Activation('Relu')", (2, 4), "bad_value", "must name a known activation"),
        ("Activation('threshold')", (2, 4), "bad_value", "threshold needs threshold, default_value"),
        ("act relu(maximum=6)", (2, 4), "bad_value", "relu takes no 'maximum'"),
        ("Activation('glu')", (2, 3), "wrong_shape", "glu halves axis -1, whose size 3 is odd"),
        ("Softmax(axis=3)", (2, 4), "wrong_rank", "Softmax's axis 3 is no axis"),
        ("Softmax(axis=(1, -1))", (2, 4), "wrong_shape", "takes different axes"),
        ("PReLU(shared_axes=[5])", (2, 4), "wrong_rank", "shared axis 5 is no axis"),
        ("Dropout(1.5)", (2, 4), "bad_value", "must be a number from 0 to 1, not 1.5"),
        ("Dropout(0.5, noise_shape=(0, 1))", (2, 4), "bad_value", "noise_shape must be positive integers"),
        ("Dropout(0.5, seed='a')", (2, 4), "bad_value", "seed must be an integer"),
        ("SpatialDropout1D(0.5)", (2, 4), "wrong_rank", "takes an input of 3 axes"),
        ("SpatialDropout1D(0.5, data_format='channels_last')", (2, 4, 4), "unknown_key", "takes no 'data_format'"),
        ("Embedding(0, 4)", (2, 4), "bad_value", "must be a positive integer"),
        ("Rescaling((1.0, 2.0))", (2, 3), "wrong_shape", "does not broadcast against 2, 3"),
        ("nn.PReLU(4)", (2, 3), "wrong_channels", "num_parameters=4, its input 3 channels"),
        ("nn.GLU()", (2, 3), "wrong_shape", "whose size 3 is odd"),
        ("nn.Hardtanh(1, -1)", (2, 3), "bad_combination", "max_val -1 must be more than its min_val 1"),
        ("nn.RReLU(0.5, 0.1)", (2, 3), "bad_combination", "lower 0.5 must be at most its upper 0.1"),
        ("nn.CELU(0)", (2, 3), "bad_value", "other than 0"),
        ("nn.Softshrink(-1)", (2, 3), "bad_value", "0 or more"),
        ("nn.GELU('erf')", (2, 3), "bad_value", "must be none or tanh"),
        ("nn.Softmax(2)", (2, 3), "wrong_rank", "axis 2 is no axis of an input of 2"),
        ("nn.Softmax2d()", (2, 3), "wrong_rank", "takes an input of 4 axes"),
        ("nn.Dropout1d()", (2, 3, 4, 5), "wrong_rank", "2 or 3 axes, not 4"),
        ("nn.Embedding(3, 4, 3)", (2,), "bad_combination", "padding_idx 3 is not one of its 3"),
        ("nn.Sigmoid(3)", (2,), "unknown_key", "takes no positional values"),
        ("nn.Threshold(0.1)", (2,), "missing_argument", "needs value"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong(spec, shape, code, words):
    with pytest.raises(convcalc.ConvcalcError) as caught:
        convcalc.shape(spec, shape)

    assert caught.value.code == code
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("spec", "framework", "code", "span"),
    [
        ("rrelu", "keras", "framework_lacks", (0, 5)),
        ("sparsemax", "torch", "framework_lacks", (0, 9)),
        ("act hardmax", "torch", "framework_lacks", (4, 11)),
        ("act rleu", "torch", "bad_value", (4, 8)),
        ("act conv2d", "torch", "bad_value", (4, 10)),
        ("act", "torch", "missing_argument", (0, 3)),
        ("act rleu", "keras", "bad_value", (4, 8)),
    ],
)
def test_an_activation_that_a_framework_lacks(spec, framework, code, span):
    with pytest.raises(SpecError) as caught:
        convcalc.shape(spec, (2, 4), framework=framework)

    assert (caught.value.code, caught.value.span) == (code, span)
