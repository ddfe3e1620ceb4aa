"""Activations: kernels against definitions, recorded values of the frameworks, and large inputs."""

import warnings

import numpy as np
import pytest

import convcalc
from convcalc import activations, layers
from convcalc.layers.activation import FAMILIES
from convcalc.numeric.plain import scalars
from tests.numeric import ways

WIDE = np.array(
    [-np.inf, -1e4, -1000, -100, -88, -20, -3, -1, -0.5, -1e-6, -0.0, 0, 1e-6, 0.5, 1, 3, 6, 20, 88, 100, 1e4, np.inf]
)
ARGUMENTS = [
    ("keras", "act threshold(0.5,-1)"),
    ("keras", "act relu(max_value=6)"),
    ("keras", "act relu(alpha=0.1)"),
    ("keras", "act relu(negative_slope=0.1,threshold=1.5,max_value=3)"),
    ("keras", "act relu(threshold=-1,max_value=2)"),
    ("keras", "act gelu(approximate=true)"),
    ("keras", "act squareplus(b=0)"),
    ("keras", "act celu(alpha=-0.5)"),
    ("keras", "act elu(2)"),
    ("keras", "act soft_shrink(-0.3)"),
    ("keras", "act softmax(axis=0)"),
    ("keras", "act log_softmax(axis=none)"),
    ("keras", "ReLU(6, 0.1, 0.5)"),
    ("keras", "Softmax(axis=(0, 1))"),
    ("keras", "PReLU()"),
    ("keras", "PReLU(shared_axes=1)"),
    ("torch", "nn.PReLU(11)"),
    ("torch", "nn.Softplus(2, 1)"),
    ("torch", "nn.Softplus(-2, 1)"),
    ("torch", "nn.Softplus(0, 1)"),
    ("torch", "nn.GELU('tanh')"),
    ("torch", "nn.Hardshrink(-1)"),
    ("torch", "nn.Hardtanh(-2, 0.5)"),
    ("torch", "nn.CELU(-0.5)"),
    ("torch", "nn.RReLU(0.1, 0.9)"),
    ("torch", "nn.GLU(0)"),
    ("onnx", "selu alpha=2.0 gamma=0.5"),
    ("onnx", "shrink 0.7 bias=0.2"),
    ("onnx", "clip min=1"),
    ("onnx", "clip 3 -1"),
    ("onnx", "swish alpha=-2.0"),
    ("onnx", "hardsigmoid alpha=-1.0 beta=0.1"),
    ("onnx", "prelu num_parameters=11"),
]
WORDS = [("keras", f"act {word}") for word in activations.KERAS if word != "threshold"]
LAYERS = [
    (framework, layers.find(family.words.split()[0].replace("{r}", "2")).example())
    for family in FAMILIES
    for framework in ("keras", "torch", "onnx")
    if getattr(family, framework) and family.kind != "activation"
]
CASES = [*WORDS, *LAYERS, *ARGUMENTS]
IDS = [f"{framework}-{spec}" for framework, spec in CASES]


def both(framework, spec, x):
    """Return what the kernel and the definition make of an array; nothing may warn."""
    program = ways.prepare(spec, x.shape, framework, x.dtype)
    rng = np.random.default_rng(3)
    weights = [{w.name: rng.uniform(-1, 1, w.shape).astype(x.dtype) for w in node.weights} for node in program.nodes]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, defined = program.fast(x, weights), program.plain(x, weights)
    assert found.dtype == x.dtype
    assert found.shape == defined.shape
    return found, defined


def shaped(spec, x):
    """Return an array as a layer takes it."""
    return x[:, :, None, None] if "softmax2d" in spec else x


@pytest.mark.parametrize(("framework", "spec"), CASES, ids=IDS)
def test_a_kernel_is_its_definition_on_random_values(framework, spec):
    for scale, dtype, limit in ((1, "float32", 3e-6), (8, "float32", 3e-6), (8, "float64", 1e-13)):
        x = shaped(spec, scale * np.random.default_rng(scale).standard_normal((4, 11 if "11" in spec else 12)))
        found, defined = both(framework, spec, x.astype(dtype))

        np.testing.assert_allclose(found, defined, rtol=0, atol=np.abs(defined).max() * limit)


@pytest.mark.parametrize(("framework", "spec"), CASES, ids=IDS)
def test_a_kernel_is_its_definition_on_values_of_every_size(framework, spec):
    """Value for value, infinities too, as far as a value is over the smallest that has all its digits."""
    for dtype, rtol, tiny, rounding in (("float32", 2e-5, 1e-36, 1e-7), ("float64", 1e-12, 1e-290, 1e-14)):
        x = shaped(spec, WIDE.reshape(2, 11).repeat(1 if "11" in spec else 2, axis=1)).astype(dtype)
        found, defined = both(framework, spec, x)

        with np.errstate(over="ignore"):
            rounded = defined.astype(dtype)
        # tanh has as many digits as 1, or as x: its difference from them none where it is small.
        atol = rounding if "tanh" in spec or "true" in spec else tiny
        np.testing.assert_allclose(found, rounded, rtol=rtol, atol=atol, equal_nan=True)


@pytest.mark.parametrize(("framework", "spec"), CASES, ids=IDS)
def test_what_is_no_number_is_treated_as_by_the_definition(framework, spec):
    x = shaped(spec, np.full((2, 11 if "11" in spec else 12), np.nan, np.float32))
    x[0, 1:] = 1
    found, defined = both(framework, spec, x)

    np.testing.assert_allclose(found, defined, rtol=1e-5, equal_nan=True)


@pytest.mark.parametrize("spec", ["gelu", "silu", "softmax", "log_softmax", "act sparsemax", "act squareplus", "glu"])
def test_blocks_and_orders_of_memory_change_nothing(spec):
    """An array of many blocks, in another order than its axes', with rows along any of them."""
    x = np.random.default_rng(0).standard_normal((6, 70, 100), np.float32)
    for each in (x, x.transpose(2, 0, 1), x[:, ::2, ::-1]):
        found = ways.fast(spec, each)
        some = np.stack([ways.fast(spec, np.ascontiguousarray(part[None]))[0] for part in each])

        np.testing.assert_allclose(found, some, rtol=1e-6, atol=1e-7)


POINTS = np.array([-20, -3, -1.25, -0.5, 0, 0.75, 2, 8], np.float32)
# What Keras 3.15.1 on TensorFlow 2.21.0, torch 2.13.0 and onnxruntime 1.32.0 print for them.
RECORDED = [
    ("keras", "relu(negative_slope=0.25, max_value=1.5, threshold=0.5)",
     [-5.125, -0.875, -0.4375, -0.25, -0.125, 0.75, 1.5, 1.5]),
    ("keras", "gelu", [-0, -0.004049696, -0.1320623, -0.1542688, 0, 0.5800295, 1.9545, 8]),
    ("keras", "gelu(approximate=true)", [-0, -0.003637433, -0.1322858, -0.154286, 0, 0.5799606, 1.954598, 8]),
    ("keras", "selu", [-1.758099, -1.670569, -1.254395, -0.6917582, 0, 0.7880257, 2.101402, 8.405608]),
    ("keras", "celu(alpha=0.5)", [-0.5, -0.4987606, -0.4589575, -0.3160603, 0, 0.75, 2, 8]),
    ("keras", "mish", [-4.122307e-08, -0.1456475, -0.308414, -0.2207438, 0, 0.6100184, 1.943959, 8]),
    ("keras", "hard_silu", [-0, -0, -0.3645833, -0.2083333, 0, 0.46875, 1.666667, 8]),
    ("keras", "hard_sigmoid", [0, 0, 0.2916667, 0.4166667, 0.5, 0.625, 0.8333333, 1]),
    ("keras", "log_sigmoid",
     [-20, -3.048587, -1.501929, -0.9740769, -0.6931472, -0.386871, -0.126928, -0.0003354064]),
    ("keras", "soft_shrink", [-19.5, -2.5, -0.75, 0, 0, 0.25, 1.5, 7.5]),
    ("keras", "squareplus", [0.04987526, 0.3027756, 0.5542476, 0.7807764, 1, 1.443, 2.414214, 8.123106]),
    ("keras", "sparse_plus", [0, 0, 0, 0.0625, 0.25, 0.765625, 2, 8]),
    ("keras", "softsign", [-0.952381, -0.75, -0.5555556, -0.3333333, 0, 0.4285714, 0.6666667, 0.8888889]),
    ("keras", "log_softmax",
     [-28.00383, -11.00383, -9.253834, -8.503834, -8.003834, -7.253833, -6.003833, -0.003833328]),
    ("keras", "glu", [-10, -2.037536, -1.100996, -0.4998323]),
    ("torch", "nn.GELU()", [0, -0.004049867, -0.1320623, -0.1542688, 0, 0.5800295, 1.9545, 8]),
    ("torch", "nn.SELU()", [-1.758099, -1.670569, -1.254395, -0.6917582, 0, 0.7880257, 2.101402, 8.405608]),
    ("torch", "nn.CELU(0.5)", [-0.5, -0.4987606, -0.4589575, -0.3160603, 0, 0.75, 2, 8]),
    ("torch", "nn.Softplus(2.0, 1.0)",
     [2.124177e-18, 0.001237843, 0.03944487, 0.1566308, 0.3465736, 0.75, 2, 8]),
    ("torch", "nn.Hardswish()", [-0, -0, -0.3645833, -0.2083333, 0, 0.46875, 1.666667, 8]),
    ("torch", "nn.RReLU()", [-4.583333, -0.6875, -0.2864583, -0.1145833, 0, 0.75, 2, 8]),
    ("torch", "nn.Tanhshrink()", [-19, -2.004945, -0.4017164, -0.03788283, 0, 0.1148511, 1.035972, 7]),
    ("torch", "nn.Hardshrink(1.5)", [-20, -3, 0, 0, 0, 0, 2, 8]),
    ("torch", "nn.Softshrink(1.0)", [-19, -2, -0.25, -0, 0, 0, 1, 7]),
    ("torch", "nn.Threshold(0.5, -2.0)", [-2, -2, -2, -2, -2, 0.75, 2, 8]),
    ("torch", "nn.Hardtanh(-2.0, 0.5)", [-2, -2, -1.25, -0.5, 0, 0.5, 0.5, 0.5]),
    ("torch", "nn.Softmin(0)",
     [1, 4.139937e-08, 7.194133e-09, 3.398268e-09, 2.061154e-09, 9.736201e-10, 2.789468e-10, 6.9144e-13]),
    ("torch", "nn.GLU(0)", [-10, -2.037536, -1.100996, -0.4998323]),
    ("onnx", "HardSigmoid()", [0, 0, 0.25, 0.4, 0.5, 0.65, 0.9, 1]),
    ("onnx", "Swish(alpha=0.5)",
     [-0.0009077787, -0.5472767, -0.4358065, -0.2189118, 0, 0.4445, 1.462117, 7.85611]),
    ("onnx", "Selu(alpha=2.0, gamma=0.5)", [-1, -0.950213, -0.7134952, -0.3934693, 0, 0.375, 1, 4]),
    ("onnx", "Shrink(lambd=1.0, bias=0.5)", [-19.5, -2.5, -0.75, 0, 0, 0, 1.5, 7.5]),
    ("onnx", "ThresholdedRelu(alpha=0.5)", [0, 0, 0, 0, 0, 0.75, 2, 8]),
    ("onnx", "Hardmax()", [0, 0, 0, 0, 0, 0, 0, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "name", "values"), RECORDED, ids=[f"{f}-{name}" for f, name, _ in RECORDED])
def test_the_frameworks_own_values(framework, name, values):
    found = convcalc.activation(name, POINTS, framework)

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, values, rtol=1e-5, atol=1e-6 * np.abs(values).max())


def test_sparsemax_is_keras_own():
    """Keras 3.15.1 adds up running sums for tau: its values sum to 1 only where one is above 0."""
    x = np.array([[0.5, 0.25, -1.0], [3, 1, 0]], np.float32)

    np.testing.assert_allclose(convcalc.activation("sparsemax", x), [[0.375, 0.125, 0], [1, 0, 0]])


@pytest.mark.parametrize(
    ("name", "x", "value"),
    [
        ("sigmoid", -1000, 0),
        ("sigmoid", 1000, 1),
        ("softplus", 1000, 1000),
        ("softplus", -700, 9.859676543759770e-305),
        ("log_sigmoid", -1000, -1000),
        ("log_sigmoid", 700, -9.859676543759770e-305),
        ("silu", -700, -6.901773580631839e-302),
        ("mish", 1000, 1000),
        ("gelu", -10, -7.619853024160526e-23),
        ("gelu", -1000, 0),
        ("gelu", 1000, 1000),
        ("elu", 1e4, 1e4),
        ("selu", -1e4, -1.7580993408473766),
        ("celu", -1e4, -1),
        ("squareplus", -1e6, 9.99999999999e-07),
        ("squareplus", -1e300, 1e-300),
        ("tanh", -1e4, -1),
    ],
)
def test_large_inputs_keep_every_digit(name, x, value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = convcalc.activation(name, np.array([x], np.float64))[0]

    assert found == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_large_values_are_shares(dtype):
    x = np.array([[1e4, 1e4 - 1, -1e4], [-1e4, -1e4, -1e4]], dtype)
    shares, logarithms = convcalc.activation("softmax", x), convcalc.activation("log_softmax", x)

    np.testing.assert_allclose(shares, [[0.7310586, 0.2689414, 0], [1 / 3] * 3], rtol=1e-6)
    np.testing.assert_allclose(logarithms, [[-0.3132617, -1.3132617, -20000.3132617], [-np.log(3)] * 3], rtol=1e-6)
    np.testing.assert_allclose(shares.sum(-1), 1, rtol=1e-6)


def test_gelu_has_the_digits_of_its_type():
    """Against Python's own erfc, from where the tail underflows to where there is none left."""
    x = np.linspace(-37, 9, 4001)
    exact = np.array([scalars.gelu(v) for v in x])

    np.testing.assert_allclose(convcalc.activation("gelu", x), exact, rtol=3e-13)
    near = np.abs(x) < 6
    np.testing.assert_allclose(convcalc.activation("gelu", x[near]), exact[near], rtol=6e-15, atol=1e-16)
    np.testing.assert_allclose(convcalc.activation("gelu", x[near].astype(np.float32)), exact[near], atol=1e-6)


@pytest.mark.parametrize(("spec", "framework"), [("gelu", "torch"), ("softmax", "keras"), ("act relu", "keras")])
def test_memory_is_what_is_estimated(spec, framework):
    """A block's intermediate results, whatever the size; the measured peak is what is said."""
    shape = (4, 64, 80, 20)
    peak, need = ways.held(spec, shape, framework)

    assert need <= 2 * 4 * np.prod(shape) + 2**20
    assert peak <= 1.5 * need + 2**20


def test_random_slopes_are_refused_in_training():
    with pytest.raises(convcalc.ConvcalcError, match="random"):
        convcalc.forward("nn.RReLU()", POINTS, training=True)
