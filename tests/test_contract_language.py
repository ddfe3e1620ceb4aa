"""The spec language, sentence by sentence: text, values, aliases, labels, frameworks, inputs, symbols."""

import pytest

import convcalc

KERAS, TORCH, ONNX = "keras", "torch", "onnx"


def shape(text, given="12x12x3", framework=None, **more):
    """Return the report on a spec."""
    return convcalc.shape(text, given, framework=framework, **more)


def specs(report):
    """Return the canonical specs of a report's layers."""
    return [row.spec for row in report.layers]


def refusal(text, given="12x12x3", framework=None, **more):
    """Return the error that a spec is refused with."""
    with pytest.raises(convcalc.ConvcalcError) as caught:
        shape(text, given, framework, **more)
    return caught.value


SAME_TEXT = {
    "bare words begin layers": ("conv2d 8 3 relu maxpool2d 2", ["conv2d f=8 k=3", "relu", "maxpool2d k=2"]),
    "newline, | and ->": ("conv2d 8 3\nrelu | relu -> relu", ["conv2d f=8 k=3", "relu", "relu", "relu"]),
    "the word after act is its value": ("act elu relu activation tanh", ["act elu", "relu", "act tanh"]),
    "a comment at the start of a line": ("# one\nrelu\n# two", ["relu"]),
    "a comment after a space": ("relu # conv2d 8 3\nrelu", ["relu", "relu"]),
    "names ignore case": ("CONV2D 8 3 | ReLU", ["conv2d f=8 k=3", "relu"]),
    "keys ignore case": ("conv2d 8 3 PAD=same D=2", ["conv2d f=8 k=3 pad=same d=2"]),
    "words ignore case": ("conv2d 8 3 pad=SAME b=TRUE", ["conv2d f=8 k=3 pad=same"]),
    "none is a value": ("conv2d 8 3 act=None", ["conv2d f=8 k=3"]),
    "3,3 3x3 (3,3)": ("conv2d 8 3,3 | conv2d 8 3x3 | conv2d 8 (3,3)", ["conv2d f=8 k=3"] * 3),
    "0x3 is 0 by 3": ("conv2d 8 3 pad=0x3", ["conv2d f=8 k=3 pad=0x3"]),
    "low:high pairs": (
        "conv2d 8 3 pad=0:1x0:1 | conv2d 8 3 pad=0:1,2:3",
        ["conv2d f=8 k=3 pad=0:1", "conv2d f=8 k=3 pad=0:1x2:3"],
    ),
    "named things": (
        "conv2d 8 3 init=truncated_normal(stddev=0.02) reg=l2(1e-4) act=relu(max_value=6)",
        ["conv2d f=8 k=3 act=relu(max_value=6) init=truncated_normal(stddev=0.02) reg=l2(0.0001)"],
    ),
    "p is the rate in dropout": ("dropout p=0.5", ["dropout p=0.5"]),
    "code and terse together": ('Conv2D(8, 3, padding="same") | relu', ["conv2d f=8 k=3 pad=same", "relu"]),
    "a counter in a block": (
        "[conv2d 8 3 pad=same d=2^i] * 2",
        ["conv2d f=8 k=3 pad=same", "conv2d f=8 k=3 pad=same d=2"],
    ),
    "blocks nest, the inner i counts": ("[[dense 4+i] * 2 relu] * 2", ["dense units=4", "dense units=5", "relu"] * 2),
}


@pytest.mark.parametrize(("text", "expected"), SAME_TEXT.values(), ids=SAME_TEXT)
def test_text_means_these_layers(text, expected):
    """What separates layers, what a value looks like, and what a block writes out."""
    assert specs(shape(text)) == expected


ALIASES = {
    "conv2d 8 3": "convolution2d 8 3|conv2d filters=8 kernel_size=3|conv2d out_channels=8 k=3|conv2d units=8 kernel=3",
    "conv2dT 8 3 2": "deconv2d 8 3 2|conv2dT 8 3 strides=2|conv2dtranspose 8 3 stride=2",
    "conv2d 8 3 pad=same d=2": "conv2d 8 3 padding=same dilation=2|conv2d 8 3 p=same dilation_rate=2",
    "conv2d 9 3 g=3 b=false": "conv2d 9 3 groups=3 bias=false|conv2d 9 3 g=3 use_bias=false",
    "conv2dT 8 3 2 op=1": "conv2dT 8 3 2 output_padding=1",
    "dwconv2d 3 dm=2": "depthwiseconv2d 3 depth_multiplier=2",
    "conv2d 8 3 act=relu init=ones": "conv2d 8 3 activation=relu kernel_initializer=ones",
    "conv2d 8 3 reg=l1": "conv2d 8 3 kernel_regularizer=l1",
    "conv2d 8 3 df=channels_first": "conv2d 8 3 data_format=channels_first",
    "maxpool2d 2 2": "maxpool2d pool_size=2 strides=2|maxpooling2d k=2 s=2",
    "dense 8": "linear 8|dense f=8|dense units=8",
    "gap2d": "globalavgpool2d|globalaveragepooling2d",
    "bn": "batchnorm|batchnormalization",
}


@pytest.mark.parametrize(("text", "others"), ALIASES.items(), ids=ALIASES)
def test_aliases_that_people_type(text, others):
    """Every alias is the same layer."""
    for other in others.split("|"):
        assert specs(shape(other)) == specs(shape(text)), other


@pytest.mark.parametrize("framework", [KERAS, TORCH, ONNX])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv2d 8 5 2", "conv2d f=8 k=5 s=2"),
        ("maxpool2d 3 2", "maxpool2d k=3 s=2"),
        ("conv2dT 8 5 2", "conv2dT f=8 k=5 s=2"),
        ("dense 8", "dense units=8"),
    ],
)
def test_terse_order_is_one_in_all_frameworks(text, expected, framework):
    """Filters, kernel, stride; size, stride; units."""
    assert specs(shape(text, None, framework)) == [expected]


REFUSED = {
    "a word that is no layer": ("conv2dd 8 3", 2, "unknown_word", "conv2dd", "'conv2d'"),
    "a key that the layer does not take": ("conv2d 8 3 sd=2", 2, "unknown_key", "sd", "'s'"),
    "a duplicate key": ("conv2d 8 3 k=3", 2, "duplicate_key", "k", "one of the two"),
    "a value of the wrong kind": ("conv2d 8 3 s=2.0", 2, "bad_value", "2.0", None),
    "a bool for an integer": ("conv2d true 3", 2, "bad_value", "true", None),
    "a value out of range": ("conv2d 8 0", 2, "bad_value", "0", None),
    "a misspelt word": ("conv2d 8 3 pad=smae", 2, "bad_value", "smae", "'same'"),
    "padding without its key": ("conv2d 8 3 same", 2, "unknown_word", "same", "pad=same"),
    "a key without its =": ("conv2d 8 3 strides 2", 2, "unknown_word", "strides", "strides=value"),
    "one value too many": ("conv2d 8 3 1 1", 2, "unknown_key", "1", "key=value"),
    "a missing kernel": ("conv2d 8", 2, "missing_argument", "conv2d", "k=3"),
    "missing filters, where an input is given": ("conv2d k=3", 2, "missing_argument", "conv2d k=3", "f=32"),
    "a missing rate": ("dropout", 2, "missing_argument", "dropout", "dropout 0.5"),
    "a trailing lone -": ("conv2d 8 3 -", 2, "syntax", "-", "your shell took `>` as a redirection"),
    "cells of padding in a Keras pool": ("maxpool2d 2 pad=1", 2, "bad_value", "1", "zeropad2d"),
    "groups that divide unevenly": ("conv2d 8 3 g=3", 2, "bad_combination", "g=3", "divides 8"),
    "a layer that the framework lacks": ("pixelshuffle 2", 2, "framework_lacks", "pixelshuffle", "-F torch"),
    "a second framework's name": ("Conv2D 8 3 | Conv2d 8 3", 2, "mixed_frameworks", "Conv2d", "lower case"),
    "a label before there is one": ("add @a", 2, "unknown_label", "@a", "before its use"),
    "a label twice": ("relu @a relu @a", 2, "duplicate_key", "@a", "name of its own"),
    "a label called input": ("relu @input", 2, "bad_value", "@input", None),
    "Python's own repetition": ("keras.Sequential([Dense(3)] * 3)", 2, "syntax", None, "[ ... ] * 3"),
    "a call in the wrong case": ("conv2d(8, 3)", 2, "unknown_word", "conv2d", "Conv2D(...)"),
    "channels that do not match": ("conv2d 8 3 in_channels=4", 1, "wrong_channels", "in_channels=4", "in_channels=3"),
    "an input that has too few cells": ("conv3d 8 3", 1, "does_not_fit", "3", "3 along D"),
    "a window that does not fit": ("conv2d 8 13", 1, "does_not_fit", "13", "13 along H"),
    "over 100,000 layers": ("[[relu] * 1000] * 101", 4, "limit", None, "fewer"),
}


@pytest.mark.parametrize(("text", "code", "kind", "word", "hint"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(text, code, kind, word, hint):
    """With its exit code, the words at fault and what would do."""
    error = refusal(text, "2x2x2" if "conv3d" in text else "12x12x3")

    assert (error.exit_code, error.code) == (code, kind)
    assert word is None or error.text[slice(*error.span)] == word
    assert hint is None or hint in error.hint


def test_the_rank_is_refused_with_the_layout():
    """How many axes, and which."""
    error = refusal("conv2d 8 3", "(28,28,3)")

    assert (error.exit_code, error.code) == (1, "wrong_rank")
    assert error.message == "Conv2D takes an input of 4 axes (batch, H, W, channels), not 3: 28, 28, 3."


@pytest.mark.parametrize(
    ("text", "given", "hint"),
    [
        ("conv2d 8 5", "3x28x28", "give -i 28x28x3"),
        ("relu | conv2d 8 5", "3x28x28", "give -i 28x28x3"),
        ("nn.Conv2d(3, 8, 3)", "28x28x3", "give -i 3x28x28"),
        ("conv2d 8 5 | conv2d 8 5 | conv2d 9 5", "12x12x3", None),
    ],
)
def test_swapped_channels_are_suspected_in_the_input_alone(text, given, hint):
    """Deep in a network few cells and many channels are what there is."""
    error = refusal(text, given)

    assert hint in error.hint if hint else "other end" not in error.hint


LABELS = {
    "an operand beside the current value": ("conv2d 3 3 pad=same @a | relu | add @a", ["re_lu", "a"]),
    "name=x labels too": ("relu name=a | relu | add @a", ["re_lu", "a"]),
    "every @x is an operand": ("relu @a | relu @b | concat @a @b", ["b", "a", "b"]),
    "@input is the input": ("relu | add @input", ["re_lu", "input"]),
    "from= replaces the current value": ("relu @a | relu | relu from=@a", ["a"]),
    "a copy's labels are its own": ("[relu @a | relu | add @a] * 2", ["re_lu_1", "a_1"]),
    "outside it the last copy's": ("[relu @a | relu] * 2 | add @a", ["re_lu_1", "a_1"]),
    "a name of other characters": ("relu name='my act' | relu | add @'my act'", ["re_lu", "my act"]),
    "a label that Keras would give itself": ("relu @conv2d | conv2d 3 1 | add @conv2d", ["conv2d_1", "conv2d"]),
}


@pytest.mark.parametrize(("text", "inputs"), LABELS.values(), ids=LABELS)
def test_labels_join_layers(text, inputs):
    """The last layer's inputs by name; no two layers have one name."""
    rows = shape(text).layers

    assert list(rows[-1].inputs) == inputs
    assert len({row.name for row in rows}) == len(rows)


FRAMEWORK = {
    "keras otherwise": ("conv2d 8 3", None, KERAS),
    "-F wins": ("ReLU() | conv2d 8 3", TORCH, TORCH),
    "a module prefix": ("torch.nn.ReLU()", None, TORCH),
    "a prefix of a terse layer": ("nn.Conv2d 8 3", None, TORCH),
    "tf.keras": ("tf.keras.layers.ReLU()", None, KERAS),
    "an exact name of Keras": ("Conv2D 8 3", None, KERAS),
    "an exact name of torch": ("relu | Conv2d 8 3", None, TORCH),
    "an exact name of ONNX": ("Conv 8 3", None, ONNX),
}


@pytest.mark.parametrize(("text", "given", "expected"), FRAMEWORK.values(), ids=FRAMEWORK)
def test_which_framework(text, given, expected):
    """-F, then a prefix, then the exact name that only one has, then Keras."""
    assert shape(text, None, given).framework == expected


INPUTS = {
    "28x28x3": ("conv2d 8 3", "N,28,28,3", None),
    "4,28,28,3": ("conv2d 8 3", "4,28,28,3", None),
    "Nx28x28x3": ("conv2d 8 3", "N,28,28,3", None),
    "None,28,28,3": ("conv2d 8 3", "N,28,28,3", None),
    "HxWx3": ("conv2d 8 3", "N,H,W,3", None),
    "?x?x3": ("conv2d 8 3", "N,H,W,3", None),
    "anyxanyx3": ("conv2d 8 3", "N,H,W,3", None),
    "(4, 28, 28, 3)": ("conv2d 8 3", "4,28,28,3", None),
    "N, 2*H, ceil(W/2), F": ("conv2d 8 3", "N,2*H,ceil(W/2),F", None),
    "5x5": ("conv2d 8 3", "N,5,5,C", "read as H x W; the channels are open"),
    "9x5": ("conv2d 8 3 in_channels=3", "N,9,5,3", "read as H x W; the channels are the layer's"),
    "100": ("conv1d 8 3", "N,100,C", "read as L; the channels are open"),
    "8x9x9": ("conv3d 8 3", "N,8,9,9,C", "read as D x H x W; the channels are open"),
    "4,28,28,1": ("relu | conv2d 8 3", "4,28,28,1", None),
    "4,28,28,2": ("relu", "N,4,28,28,2", "read as one sample"),
    "28x28xN": ("conv2d 8 3", "N1,28,28,N", None),
}


@pytest.mark.parametrize(
    ("given", "text", "expected", "reading"), [(g, *rest) for g, rest in INPUTS.items()], ids=INPUTS
)
def test_how_an_input_is_read(given, text, expected, reading):
    """The first layer that fixes the rank decides; what could be read two ways says how it was."""
    report = shape(text, given)

    assert ",".join(map(str, report.input_shape)) == expected
    assert report.reading is None if reading is None else report.reading.startswith(reading)


@pytest.mark.parametrize(
    ("given", "code"), [("28x28x3", None), ("?x28x28x3", None), ("4,28,28,3", 2), ("(4,28,28,3)", 2)]
)
def test_batch_outright(given, code):
    """--batch says it, against a given one it is an error."""
    if code:
        assert refusal("conv2d 8 3", given, batch=4).exit_code == code
    else:
        assert shape("conv2d 8 3", given, batch=4).output_shape == (4, 26, 26, 8)


SYMBOLS = {
    "the bare line": ("conv2dT k=3 s=2 pad=same", KERAS, None, "N,2*H,2*W,F", "9*C*F + F"),
    "letters in use are skipped": ("conv2d k=1 | conv2d k=1", KERAS, None, "N,H,W,M", "C*F + F*M + F + M"),
    "ceil": ("conv2d 8 3 s=2 pad=same", KERAS, "HxWx1", "N,ceil(H/2),ceil(W/2),8", "80"),
    "one floor": ("conv2d 8 3 s=2 | conv2d 8 3 s=2", KERAS, "HxWx1", "N,floor((H - 3)/4),floor((W - 3)/4),8", "664"),
}


@pytest.mark.parametrize(("text", "framework", "given", "output", "params"), SYMBOLS.values(), ids=SYMBOLS)
def test_sizes_are_exact_expressions(text, framework, given, output, params):
    """Without an input every size is a symbol, and what is given fixes it everywhere."""
    report = shape(text, given, framework)

    assert ",".join(map(str, report.output_shape)) == output
    assert str(report.params.total) == params


FIXED = {
    "Keras": ("relu | conv2d 8 3 in_channels=3", None, "N,H,W,3"),
    "torch": ("Conv2d(3, 8, 3)", None, "N,3,H,W"),
    "ONNX": ("conv2dT 8 3 in_channels=3", ONNX, "N,3,H,W"),
    "a dense layer": ("nn.Linear(3, 8)", None, "N,3"),
    "a normalisation": ("nn.BatchNorm2d(3)", None, "N,3,H,W"),
}


@pytest.mark.parametrize(("text", "framework", "expected"), FIXED.values(), ids=FIXED)
def test_given_channels_fix_an_open_input(text, framework, expected):
    """In every shape of the report, not in the weights alone."""
    report = shape(text, None, framework)

    assert ",".join(map(str, report.input_shape)) == expected
    assert report.layers[0].input_shape == report.input_shape
    assert report.params.total.__class__ is int
