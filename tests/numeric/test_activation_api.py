"""`convcalc.activation`: names and calls of every framework, the user's own callables, and what is refused."""

import sys

import numpy as np
import pytest

import convcalc
from convcalc.network import Network
from convcalc.numeric.program import Program

X = np.array([-2, -0.5, 0, 0.5, 8], np.float32)


@pytest.mark.parametrize(
    ("name", "framework", "arguments", "values"),
    [
        ("relu", None, {"negative_slope": 0.1, "max_value": 6.0, "threshold": 0.0}, [-0.2, -0.05, 0, 0.5, 6]),
        ("relu", None, {"alpha": 0.1}, [-0.2, -0.05, 0, 0.5, 8]),
        ("relu(alpha=0.1)", None, {"max_value": 1}, [-0.2, -0.05, 0, 0.5, 1]),
        ("leaky_relu", None, {}, [-0.4, -0.1, 0, 0.5, 8]),
        ("leaky_relu", "torch", {}, [-0.02, -0.005, 0, 0.5, 8]),
        ("leaky_relu", "onnx", {"alpha": np.float32(0.5)}, [-1, -0.25, 0, 0.5, 8]),
        ("LeakyReLU", "keras", {}, [-0.6, -0.15, 0, 0.5, 8]),
        ("LeakyReLU(0.2)", None, {}, [-0.4, -0.1, 0, 0.5, 8]),
        ("LeakyRelu", None, {}, [-0.02, -0.005, 0, 0.5, 8]),
        ("keras.layers.ReLU(max_value=1)", None, {}, [0, 0, 0, 0.5, 1]),
        ("keras.activations.relu", None, {}, [0, 0, 0, 0.5, 8]),
        ("nn.Hardtanh", None, {"min_val": -1, "max_val": 2}, [-1, -0.5, 0, 0.5, 2]),
        ("hardtanh", "torch", {"min_val": -1, "max_val": 2}, [-1, -0.5, 0, 0.5, 2]),
        ("torch.nn.functional.relu6", None, {}, [0, 0, 0, 0.5, 6]),
        ("F.threshold", None, {"threshold": 1, "value": -3}, [-3, -3, -3, -3, 8]),
        ("threshold", None, {"threshold": 1, "value": -3}, [-3, -3, -3, -3, 8]),
        ("clip", None, {"min": -1, "max": 1}, [-1, -0.5, 0, 0.5, 1]),
        ("hardmax", None, {}, [0, 0, 0, 0, 1]),
        ("rrelu(0.5, 0.5)", None, {}, [-1, -0.25, 0, 0.5, 8]),
        ("linear", None, {}, [-2, -0.5, 0, 0.5, 8]),
        ("nn.Identity()", None, {}, [-2, -0.5, 0, 0.5, 8]),
        ("prelu", None, {"alpha": 0.5}, [-1, -0.25, 0, 0.5, 8]),
        ("prelu", None, {"alpha": [0, 1, 2, 3, 4]}, [0, -0.5, 0, 0.5, 8]),
        ("PReLU", "keras", {}, [0, 0, 0, 0.5, 8]),
        ("nn.PReLU()", None, {}, [-0.5, -0.125, 0, 0.5, 8]),
        ("PRelu", None, {"slope": 0.5}, [-1, -0.25, 0, 0.5, 8]),
    ],
)
def test_names_and_calls(name, framework, arguments, values):
    found = convcalc.activation(name, X, framework, **arguments)

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, values, rtol=1e-6)


def test_slopes_of_torch_are_the_channels():
    x = -np.ones((2, 3, 4))

    found = convcalc.activation("prelu", x, framework="torch", weight=[1, 2, 3])
    np.testing.assert_array_equal(found[1, :, 2], [-1, -2, -3])


@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        (X.astype(np.float64), "float64"), (X, "float32"), (X.astype(np.float16), "float32"),
        (X.astype(int), "float32"), ([1.0, -2.0], "float64"), ([1, -2], "float32"), (-3.0, "float64"),
        (-3, "float32"), ([True, False], "float32"), (np.empty((0, 3), np.float32), "float32"),
    ],
)  # fmt: skip
def test_arrays_lists_and_numbers_of_any_type(x, dtype):
    for name in ("relu", "ReLU()", "nn.ReLU", "silu", "nn.SiLU"):
        found = convcalc.activation(name, x)

        assert isinstance(found, np.ndarray)
        assert (found.dtype, found.shape) == (dtype, np.shape(x))


def test_the_input_stays_as_it_is():
    x = X.copy()
    for name in ("linear", "nn.Identity", "relu", "softmax", "prelu(0.5)", "nn.ReLU(inplace=True)"):
        found = convcalc.activation(name, x)
        found[...] = 7

        np.testing.assert_array_equal(x, X)


@pytest.mark.parametrize(
    ("name", "arguments", "code", "says"),
    [
        ("rellu", {}, "unknown_word", "'relu'"),
        ("conv2d", {}, "unknown_word", "no activation"),
        ("", {}, "bad_value", "no activation"),
        ("relu | relu", {}, "bad_value", "no activation"),
        ("relu", {"foo": 3}, "bad_value", "no 'foo'"),
        ("relu", {"max_value": "a"}, "bad_value", "number"),
        ("relu(1, negative_slope=1)", {}, "bad_value", "twice"),
        ("relu", {"alpha": 1, "negative_slope": 1}, "bad_value", "twice"),
        ("threshold", {"threshold": 1}, "bad_value", "default_value"),
        ("nn.ELU", {"foo": 3}, "unknown_key", "alpha"),
        ("ReLU(max_value=-1)", {}, "bad_value", "0 or more"),
        ("nn.ELU", {"framework": "keras"}, "mixed_frameworks", "torch"),
        ("elu", {"framework": "tf"}, "bad_value", "framework"),
        ("softmax", {"axis": 3}, "wrong_rank", "axis 3"),
        ("softmax", {"axis": 0.5}, "bad_value", "integer"),
        ("glu", {}, "wrong_shape", "odd"),
        ("prelu", {"alpha": [1, 2]}, "wrong_shape", "slope"),
        ("prelu", {"alpha": "a"}, "bad_value", "numbers"),
        ("prelu", {"frequency": 1}, "bad_value", "frequency"),
        ("prelu", {"framework": "onnx"}, "missing_argument", "slope"),
        ("numpy:nope", {}, "bad_value", "nope"),
        ("nowhere.at_all:f", {}, "bad_value", "nowhere"),
        ("numpy:pi", {}, "bad_value", "nothing to call"),
        ("numpy:sum", {}, "bad_value", "shape"),
        ("numpy:isnan", {}, "bad_value", "bool"),
        ("numpy:array2string", {}, "bad_value", "shape"),
    ],
)
def test_what_is_refused(name, arguments, code, says):
    with pytest.raises(convcalc.ConvcalcError) as caught:
        convcalc.activation(name, X, **arguments)

    assert caught.value.code == code
    assert says in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("x", [["a"], [[1, 2], [3]], None])
def test_an_input_of_no_numbers_is_refused(x):
    with pytest.raises(convcalc.ConvcalcError):
        convcalc.activation("relu", x)


CUSTOM = """
import numpy as np

def snake(x):
    return x + np.sin(x) ** 2

def inplace(x):
    x[x < 0] = 0
    return x

def wide(x):
    return x.astype(np.float64)

def broken(x):
    raise ZeroDivisionError("by zero")

class Swish:
    def __init__(self, beta=1.0):
        self.beta = beta

    def __call__(self, x):
        return x / (1 + np.exp(-self.beta * x))
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's, in the current folder."""
    (tmp_path / "own_acts.py").write_text(CUSTOM)
    monkeypatch.chdir(tmp_path)
    yield "own_acts"
    sys.modules.pop("own_acts", None)


def test_a_callable_of_ones_own(own):
    x = X.copy()
    np.testing.assert_allclose(convcalc.activation(f"{own}:snake", x), X + np.sin(X) ** 2, rtol=1e-6)
    np.testing.assert_allclose(convcalc.activation(f"{own}:Swish", x), X / (1 + np.exp(-X)), rtol=1e-6)
    np.testing.assert_allclose(convcalc.activation(f"{own}:Swish(beta=2)", x), X / (1 + np.exp(-2 * X)), rtol=1e-6)
    np.testing.assert_array_equal(convcalc.activation(f"{own}:inplace", x), np.maximum(X, 0))
    np.testing.assert_array_equal(x, X)
    assert convcalc.activation(f"{own}:wide", x).dtype == np.float32
    assert "" not in sys.path[1:]


def test_a_callable_ends_a_layer(own):
    x = np.ones((1, 2), np.float32)
    weights = {"kernel": np.full((2, 1), -1, np.float32), "bias": np.zeros(1, np.float32)}

    found = convcalc.forward(f"dense 1 act={own}:Swish(beta=2)", x, weights)
    np.testing.assert_allclose(found, [[-2 / (1 + np.exp(4))]], rtol=1e-6)
    np.testing.assert_array_equal(convcalc.forward(f"act {own}:inplace", -x), 0 * x)


def test_a_callable_that_fails_says_so(own):
    with pytest.raises(convcalc.ConvcalcError, match="ZeroDivisionError: by zero"):
        convcalc.activation(f"{own}:broken", X)
    with pytest.raises(convcalc.ConvcalcError, match="gamma"):
        convcalc.activation(f"{own}:Swish(gamma=2)", X)


def test_a_file_may_not_name_code(own):
    network = convcalc.api.network(f"act {own}:snake")
    assert isinstance(network, Network)
    with pytest.raises(convcalc.ConvcalcError, match="names code") as caught:
        Program(network, (1, 2), np.dtype("float32"), trusted=False)

    assert caught.value.exit_code == 3
    assert own not in sys.modules
