"""Initialisers and regularisers as text and as numbers: what is recorded from the frameworks, and what is refused."""

from math import sqrt

import pytest

import convcalc
from convcalc import initializers, laws, regularizers
from convcalc.analysis.initial import initial as default_of
from convcalc.analysis.initial import regularizer as penalty_on
from convcalc.analysis.moments import moments, penalty
from convcalc.errors import ConvcalcError, ShapeError, SpecError
from convcalc.layers.site import Weight
from convcalc.spec.named import read_named


def initial(text, framework=None):
    """The initialiser of a text."""
    return initializers.initial(read_named(text, "an initialiser"), framework)


def law(text, shape, framework=None):
    """The law of a text and a shape."""
    return initializers.law(initial(text, framework), shape)


@pytest.mark.parametrize(
    ("text", "framework", "name"),
    [
        ("he_normal", "keras", "he_normal"),
        ("HeNormal(seed=1)", "keras", "he_normal"),
        ("keras.initializers.VarianceScaling(scale=2, mode='fan_out')", "keras", "variance_scaling"),
        ("tf.keras.initializers.Zeros", "keras", "zeros"),
        ("truncated_normal(stddev=0.02)", "keras", "truncated_normal"),
        ("nn.init.kaiming_uniform_(a=0.2)", "torch", "kaiming_uniform_"),
        ("torch.nn.init.normal_", "torch", "normal_"),
        ("kaiming_normal_", "torch", "kaiming_normal_"),
        ("xavier_uniform", "torch", "xavier_uniform_"),
        ("normal", "keras", "random_normal"),
        ("  uniform ( )".replace(" (", "("), "keras", "random_uniform"),
    ],
)
def test_both_frameworks_calls_are_read(text, framework, name):
    found = initial(text)

    assert (found.framework, found.name) == (framework, name)


def test_an_initialiser_has_all_its_arguments():
    assert initial("TruncatedNormal(0.5)").config == {"mean": 0.5, "stddev": 0.05, "seed": None}
    assert initial("trunc_normal_(std=0.02)").config == {
        "mean": 0.0,
        "std": 0.02,
        "a": -2.0,
        "b": 2.0,
        "generator": None,
    }
    assert initial("RandomNormal(std=3)").config["stddev"] == 3
    assert initial("he_normal", "torch").name == "kaiming_normal_"


def test_torchs_pasted_calls_may_name_the_tensor_and_compute_a_number():
    assert initial("nn.init.kaiming_uniform_(conv.weight, a=math.sqrt(5))").config["a"] == sqrt(5)
    assert initial("nn.init.xavier_uniform_(w, nn.init.calculate_gain('leaky_relu', 0.2))").config["gain"] == sqrt(
        2 / 1.04
    )
    assert initial("nn.init.xavier_uniform_(w, gain=nn.init.calculate_gain('tanh'))").config["gain"] == 5 / 3


# Recorded from Keras 3.15.1 and torch 2.13.0: what they ask of their generators.
LAWS = [
    ("glorot_uniform", (3, 3, 4, 8), laws.Uniform(-0.23570226039551584, 0.23570226039551584)),
    ("he_normal", (3, 3, 4, 8), laws.Truncated(0.0, 0.26795746285798844, -0.5359149257159769, 0.5359149257159769)),
    ("he_normal", (3, 3, 8, 4), laws.Truncated(0.0, 0.18947453905642606, -0.3789490781128521, 0.3789490781128521)),
    ("he_normal", (3, 3, 4, 1), laws.Truncated(0.0, 0.26795746285798844, -0.5359149257159769, 0.5359149257159769)),
    ("lecun_uniform", (9,), laws.Uniform(-0.5773502691896258, 0.5773502691896258)),
    ("VarianceScaling(0.5, 'fan_out', 'untruncated_normal')", (3, 3, 4, 8), laws.Normal(0.0, 0.08333333333333333)),
    ("kaiming_normal_", (8, 4, 3, 3), laws.Normal(0.0, 0.2357022603955158)),
    ("kaiming_uniform_(a=2.23606797749979)", (8, 1, 3, 3), laws.Uniform(-0.33333333333333326, 0.33333333333333326)),
    ("kaiming_uniform_(mode='fan_out')", (8, 1, 3, 3), laws.Uniform(-0.28867513459481287, 0.28867513459481287)),
    ("xavier_normal_(gain=2)", (4, 8, 3, 3), laws.Normal(0.0, 0.2721655269759087)),
    ("TruncatedNormal(1, 0.5)", (2,), laws.Truncated(1, 0.5, 0.0, 2.0)),
    ("random_normal(stddev=0)", (2,), laws.Constant(0.0)),
    ("HeNormal(input_axes=(0,), output_axes=(1,))", (9, 4),
     laws.Truncated(0.0, 0.5359149257159769, -1.0718298514319538, 1.0718298514319538)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "expected"), LAWS, ids=[f"{text} {shape}" for text, shape, _ in LAWS])
def test_laws(text, shape, expected):
    found = law(text, shape)

    assert found.__class__ is expected.__class__
    assert tuple(found) == pytest.approx(tuple(expected), rel=1e-12)


def test_fans_are_of_the_array_as_it_is_stored():
    """Keras: a Conv2DTranspose has them the other way round, a DepthwiseConv2D all channels as inputs."""
    keras, torch = initial("he_normal"), initial("kaiming_normal_")

    assert initializers.fans(keras, (3, 3, 4, 8)) == (36, 72)
    assert initializers.fans(keras, (3, 3, 8, 4)) == (72, 36)
    assert initializers.fans(keras, (3, 3, 4, 1)) == (36, 9)
    assert initializers.fans(keras, (7,)) == (7, 7)
    assert initializers.fans(keras, ()) == (1, 1)
    assert initializers.fans(torch, (8, 1, 3, 3)) == (9, 72)
    assert initializers.fans(torch, (16, 8, 3, 3)) == (72, 144)
    assert initializers.fans(torch, (7,)) is None


# By SciPy's truncnorm and mpmath at 40 digits: mean, variance, mean of absolute values.
CUT = [
    (laws.Truncated(0.0, 1.0, -2.0, 2.0), 0.0, 0.7737413035499232, 0.7227897522452308),
    (laws.Truncated(0.0, 1.0, 5.0, 6.0), 5.183147090477, None, 5.183147090477),
    (laws.Truncated(0.0, 1.0, -40.0, -38.0), -38.02627946648, None, 38.02627946648),
    (laws.Truncated(0.0, 1.0, 0.5, 0.501), 0.5004999582916683, None, 0.5004999582916683),
    (laws.Truncated(0.1, 1.0, -1.0, 3.0), 0.3456898270039985, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("cut", "mean", "variance", "size"), CUT)
def test_moments_of_what_is_cut(cut, mean, variance, size):
    found = moments(cut, (3,))

    assert found.mean == pytest.approx(mean, rel=1e-10, abs=1e-15)
    assert variance is None or found.variance == pytest.approx(variance, rel=1e-12)
    assert size is None or found.size == pytest.approx(size, rel=1e-10)
    assert (found.min, found.max) == (cut.low, cut.high)


def test_keras_plain_cut_leaves_less_and_its_scaled_ones_do_not():
    assert moments(law("TruncatedNormal(stddev=1)", (9,)), (9,)).std == pytest.approx(0.87962566103423978, rel=1e-12)
    assert moments(law("he_normal", (50, 9)), (50, 9)).std == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "shape", "told"),
    [  # mean, std, min, max, L2 norm
        ("Ones()", (3, 3), (1.0, 0.0, 1.0, 1.0, 3.0)),
        ("RandomUniform(-1.0, 3.0)", (4,), (1.0, 4 / sqrt(12), -1.0, 3.0, sqrt(4 * 7 / 3))),
        ("normal_(3.0, 4.0)", (4,), (3.0, 4.0, None, None, 10.0)),
        ("Orthogonal(gain=2.0)", (2, 2, 4), (0.0, 1.0, -2.0, 2.0, 4.0)),
        ("orthogonal_", (4, 16), (0.0, 0.25, -1.0, 1.0, 2.0)),
        ("Identity()", (4, 4), (0.25, sqrt(3) / 4, 0.0, 1.0, 2.0)),
        ("dirac_(groups=2)", (4, 2, 3), (1 / 6, sqrt(5) / 6, 0.0, 1.0, 2.0)),
        ("sparse_(0.5, std=2.0)", (4, 2), (0.0, sqrt(2), None, None, 4.0)),
        ("constant_(-0.5)", (), (-0.5, 0.0, -0.5, -0.5, 0.5)),
        ("STFT(window=None)", (4, 1, 3), (1 / 3, sqrt(13 / 18), -1.0, 1.0, sqrt(10))),
        ("STFT('imag', window=None)", (4, 1, 3), (0.0, sqrt(1 / 6), -1.0, 1.0, sqrt(2))),
        (
            "STFT(window='cosine', scaling='spectrum', periodic=True)",
            (2, 1, 2),
            (1 / 6, 0.5, -2 / 3, 2 / 3, sqrt(10) / 3),
        ),
        ("STFT(window=(3.0, 4.0))", (2, 1, 2), (0.3, sqrt(0.41), -0.8, 0.8, sqrt(2))),
        ("STFT()", (1, 1, 2), (1.0, 0.0, 1.0, 1.0, sqrt(2))),
    ],
)
def test_moments(text, shape, told):
    found = moments(law(text, shape), shape)

    own = found.mean, found.std, found.min, found.max, found.norm
    assert [value is None for value in own] == [value is None for value in told]
    assert [v for v in own if v is not None] == pytest.approx([v for v in told if v is not None], rel=1e-12)
    assert found.variance == pytest.approx(found.std**2)


def test_nothing_is_told_of_no_values():
    assert moments(law("he_normal", (0, 4)), (0, 4)) is None
    assert moments(None, (3, 4)) is None


@pytest.mark.parametrize(
    ("text", "drawn", "shape", "expected"),
    [
        ("l1(0.5)", "random_uniform(-1.0, 1.0)", (4, 4), 4.0),
        ("l2(0.5)", "normal_(0.0, 2.0)", (4, 4), 32.0),
        ("l1_l2(l1=1, l2=2)", "Constant(-3.0)", (2,), 42.0),
        ("L1L2", "Ones()", (2,), 0.0),
        ("OrthogonalRegularizer(0.5)", "normal_()", (5, 3), 0.25),
        ("OrthogonalRegularizer(0.5, mode='columns')", "Orthogonal()", (5, 3), 0.0),
        ("OrthogonalRegularizer(0.5)", "Orthogonal()", (5, 3), None),
        ("OrthogonalRegularizer()", "Ones()", (5, 3), 0.01),
        ("OrthogonalRegularizer()", "random_uniform", (5, 3), None),
        ("OrthogonalRegularizer()", "normal_()", (5, 3, 2), None),
        ("OrthogonalRegularizer()", "normal_()", (1, 3), None),
        ("mylib:f", "Ones()", (2,), None),
    ],
)
def test_expected_penalties(text, drawn, shape, expected):
    penalised = regularizers.penalty(read_named(text, "a regulariser"))

    assert penalty(penalised, law(drawn, shape), shape) == (expected and pytest.approx(expected, rel=1e-12))


WRONG = [
    ("he_nrmal", SpecError, "unknown_word", "'he_normal'"),
    ("sparse_(0.1)", SpecError, "framework_lacks", "framework='torch'"),
    ("HeNormal(sed=1)", SpecError, "unknown_key", "Did you mean 'seed'?"),
    ("HeNormal(1, seed=1)", SpecError, "duplicate_key", None),
    ("Constant(1, 2)", SpecError, "unknown_key", None),
    ("RandomNormal(stddev=-0.1)", SpecError, "bad_value", None),
    ("VarianceScaling(scale=0)", SpecError, "bad_value", None),
    ("VarianceScaling(mode='fan_inn')", SpecError, "bad_value", "Did you mean 'fan_in'?"),
    ("VarianceScaling(mode='FAN_IN')", SpecError, "bad_value", None),
    ("RandomUniform(1.0, 0.0)", SpecError, "bad_value", None),
    ("Constant(true)", SpecError, "bad_value", None),
    ("HeNormal(seed=1.5)", SpecError, "bad_value", None),
    ("STFT(window='han')", SpecError, "bad_value", "Did you mean 'hann'"),
    ("STFT(window=(1.0, 2.0))", ShapeError, "wrong_shape", None),
    ("HeNormal(input_axes=(7,), output_axes=(0,))", ShapeError, "wrong_rank", None),
    ("Identity()", ShapeError, "wrong_rank", None),
    ("STFT()", ShapeError, "wrong_rank", None),
]


@pytest.mark.parametrize(("text", "error", "code", "hint"), WRONG, ids=[w[0] for w in WRONG])
def test_what_keras_would_not_take(text, error, code, hint):
    with pytest.raises(ConvcalcError) as caught:
        law(text, (5, 1, 3, 3) if "window" not in text else (8, 1, 5), "keras")

    assert caught.value.__class__ is error
    assert caught.value.code == code
    assert hint is None or hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "shape", "code"),
    [
        ("orthogonal_", (5,), "wrong_rank"), ("kaiming_normal_", (5,), "wrong_rank"), ("eye_", (5, 5, 5), "wrong_rank"),
        ("dirac_", (5, 5), "wrong_rank"), ("dirac_(groups=2)", (5, 5, 3), "bad_combination"),
        ("sparse_(0.1)", (5, 5, 5), "wrong_rank"), ("sparse_", (5, 5), "missing_argument"),
        ("sparse_(1.5)", (5, 5), "bad_value"), ("kaiming_normal_(mode='fan_avg')", (5, 5), "bad_value"),
        ("kaiming_normal_(nonlinearity='gelu')", (5, 5), "bad_value"), ("trunc_normal_(a=2, b=2)", (5,), "bad_value"),
        ("trunc_normal_(std=0)", (5,), "bad_value"), ("lecun_normal", (5, 5), "framework_lacks"),
    ],
)  # fmt: skip
def test_what_torch_would_not_take(text, shape, code):
    with pytest.raises(ConvcalcError) as caught:
        law(text, shape, "torch")

    assert caught.value.code == code


def test_onnx_has_none():
    with pytest.raises(SpecError, match="ONNX has no initialisers"):
        initial("he_normal", "onnx")
    assert default_of("onnx", "conv", {}, "W", ()) is None


@pytest.mark.parametrize(
    "text", ["l3", "l2(-1)", "l2(0.1, 0.2)", "weight_decay(0.1)", "orthogonal_regularizer(mode='row')"]
)
def test_wrong_regularisers(text):
    with pytest.raises(SpecError) as caught:
        regularizers.penalty(read_named(text, "a regulariser"))

    assert caught.value.hint or "takes" in caught.value.message or "must be" in caught.value.message


def test_none_is_keras_default_of_a_regulariser():
    assert regularizers.penalty(read_named("L1(none)", "")).config == {"l1": 0.01}
    assert regularizers.penalty(read_named("L1L2(none, 0.5)", "")).config == {"l1": 0.0, "l2": 0.5}


def test_layers_start_from_the_frameworks_defaults():
    kernel = Weight("weight", (8, 3, 3, 3)), Weight("bias", (8,))
    told = [
        moments(initializers.law(default_of("torch", "conv", {}, w.name, kernel), w.shape), w.shape) for w in kernel
    ]
    bound = 1 / sqrt(27)
    assert [w.max for w in told] == pytest.approx([bound, bound], rel=1e-12)
    assert told[0].std == pytest.approx(1 / sqrt(3 * 27), rel=1e-12)

    given = {"kernel_initializer": "he_normal", "bias_initializer": "zeros", "kernel_regularizer": "l2"}
    assert default_of("keras", "conv", given, "kernel", ()).name == "he_normal"
    assert default_of("keras", "depthwise", {"depthwise_initializer": "ones"}, "kernel", ()).name == "ones"
    assert penalty_on(given, "kernel").config == {"l2": 0.01}
    assert penalty_on(given, "bias") is None
    assert default_of("keras", "layer_scale", {"init_values": 0.5}, "gamma", ()).config["value"] == 0.5
    bilinear = default_of("torch", "bilinear", {}, "bias", (Weight("weight", (8, 4, 6)), Weight("bias", (8,))))
    assert (bilinear.config["a"], bilinear.config["b"]) == (-0.5, 0.5)


@pytest.mark.parametrize(
    "words",
    ["init=he_normal(sed=1)", "init=truncated_normal(stddev=-1)", "reg=l2(-1)", "reg=l1_l2(l3=1)", "init=he_nrmal"],
)
def test_layers_refuse_what_their_initialiser_would_not_take(words, cli):
    answer = cli("shape", "conv2d", "8", "3", words)

    assert (answer.code, answer.out) == (2, "")
    assert "^" in answer.err


@pytest.mark.parametrize("kind", ["initializers", "regularizers"])
def test_lists_have_every_row_and_word(kind, cli):
    import json

    rows = initializers.ROWS if kind == "initializers" else regularizers.ROWS
    items = json.loads(cli("list", kind, "--json").out)["items"]
    assert [item["name"] for item in items] == [row.name for row in rows]
    for item in items:
        for word in (item["name"], *item["aliases"], *item["frameworks"].values()):
            one = cli("list", kind, word)
            assert (one.code, one.err) == (0, "")
            assert item["formula"] in one.out
        if not item["example"].startswith("nn."):
            layer = "64,64" if "dense" in item["example"] else "512x1"
            assert cli("shape", "-i", layer, *item["example"].split()).code == 0
    table = cli("list", kind).out.splitlines()
    assert len(table) == 1 + len(rows)
    assert cli("list", kind, "he_nrml").code == 2


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("conv2d 3 3 init=identity", "init=identity"),
        ("dense 3 bias_initializer=orthogonal", "bias_initializer=orthogonal"),
        ("Conv2DTranspose(4, 3, bias_initializer='Identity')", "bias_initializer='Identity'"),
    ],
)
def test_shape_refuses_what_keras_cannot_draw(spec, words):
    with pytest.raises(convcalc.ConvcalcError) as refused:
        convcalc.shape(spec, (1, 8, 8, 3))
    assert (refused.value.code, refused.value.exit_code) == ("wrong_rank", 1)
    assert spec[slice(*refused.value.span)] == words


@pytest.mark.parametrize("spec", ["dense 3 init=identity", "conv2d 3 3 init=orthogonal", "conv2d 3 3 init=a.b:c"])
def test_shape_takes_what_keras_can_draw(spec):
    assert convcalc.shape(spec, (1, 8, 8, 3)).output_shape[-1] == 3
