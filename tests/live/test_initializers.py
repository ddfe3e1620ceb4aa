"""Initialisers and regularisers against torch.nn.init and Keras: fans, limits, spread, laws, defaults.

Two-sample Kolmogorov-Smirnov tests compare draws; what is not random has to be equal.
"""

import os
import warnings
from math import exp, prod, sqrt

import numpy as np
import pytest

import convcalc
from convcalc import initializers
from convcalc.analysis.moments import moments
from convcalc.laws import Truncated, Uniform
from convcalc.spec.named import read_named

torch = pytest.importorskip("torch")
os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")

# Dense; convolutions of 1 to 3 dimensions; grouped, depthwise and transposed ones, as each stores them.
KERAS_SHAPES = {
    "dense": (12, 7), "conv1d": (5, 6, 8), "conv2d": (3, 3, 4, 8), "conv3d": (2, 3, 3, 4, 6),
    "grouped": (3, 3, 2, 8), "depthwise": (3, 3, 4, 1), "transposed": (3, 3, 8, 4), "bias": (9,),
}  # fmt: skip
TORCH_SHAPES = {
    "dense": (7, 12), "conv1d": (8, 6, 5), "conv2d": (8, 4, 3, 3), "conv3d": (6, 4, 2, 3, 3),
    "grouped": (8, 2, 3, 3), "depthwise": (8, 1, 3, 3), "transposed": (4, 8, 3, 3),
}  # fmt: skip
# As each framework's own code writes them; `w` is the tensor that torch fills.
KERAS_RANDOM = [
    "RandomNormal()", "RandomNormal(mean=1.0, stddev=0.3)", "RandomUniform()", "RandomUniform(-1.0, 3.0)",
    "TruncatedNormal()", "TruncatedNormal(0.5, 2.0)", "GlorotNormal()", "GlorotUniform()", "HeNormal()", "HeUniform()",
    "LecunNormal()", "LecunUniform()",
    *(f"VarianceScaling(scale=0.7, mode='{mode}', distribution='{law}')" for mode in ("fan_in", "fan_out", "fan_avg")
      for law in ("truncated_normal", "untruncated_normal", "uniform")),
]  # fmt: skip
TORCH_RANDOM = [
    "uniform_()", "uniform_(a=-2.0, b=0.5)", "normal_()", "normal_(mean=3.0, std=0.2)", "trunc_normal_()",
    "trunc_normal_(mean=0.1, std=0.02)", "trunc_normal_(std=1.0, a=-0.3, b=0.2)", "trunc_normal_(a=2.0, b=5.0)",
    "trunc_normal_(a=-9.0, b=-3.0)", "xavier_uniform_()", "xavier_uniform_(gain=1.7)", "xavier_normal_()",
    "xavier_normal_(gain=0.4)", "kaiming_uniform_()", "kaiming_uniform_(a=2.23606797749979)",
    "kaiming_normal_(a=0.2)", "kaiming_normal_(mode='fan_out', nonlinearity='relu')",
    *(f"kaiming_uniform_(nonlinearity='{name}')" for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "selu")),
]  # fmt: skip


def ks(ours, theirs):
    """The p of a two-sample Kolmogorov-Smirnov test, by its limit for many values."""
    ours, theirs = np.sort(ours), np.sort(theirs)
    both = np.concatenate([ours, theirs])
    of_ours = np.searchsorted(ours, both, "right") / ours.size
    of_theirs = np.searchsorted(theirs, both, "right") / theirs.size
    root = sqrt(ours.size * theirs.size / (ours.size + theirs.size))
    x = float(np.abs(of_ours - of_theirs).max()) * root
    # The sum says nothing near 0, where p is 1.
    return 1.0 if x < 0.2 else min(1.0, 2 * sum((-1) ** (k - 1) * exp(-2 * k * k * x * x) for k in range(1, 101)))


def test_a_wrong_law_has_no_p():
    rng = np.random.default_rng(1)
    one, two = rng.standard_normal((2, 100_000))

    assert ks(one, two) > 0.01
    assert ks(one, 1.03 * two) < 1e-3


def keras_draw(call, shape, seed=3):
    """The values that Keras' own initialiser draws."""
    name, _, rest = call.partition("(")
    call = f"{name}({rest[:-1]}{', ' if rest[:-1] else ''}seed={seed})"
    return np.asarray(eval(f"keras.initializers.{call}", {"keras": keras})(shape, "float32"))


def torch_draw(call, shape, seed=3):
    """The values that torch.nn.init draws."""
    torch.manual_seed(seed)
    w = torch.empty(shape)
    name, _, rest = call.partition("(")
    with warnings.catch_warnings():
        # torch warns of bounds far from the mean, and draws right all the same.
        warnings.simplefilter("ignore")
        eval(f"torch.nn.init.{name}(w, {rest}", {"torch": torch, "w": w})
    return w.numpy()


def law_of(call, framework, shape):
    """Our law of a call."""
    return initializers.law(initializers.initial(read_named(call, ""), framework), shape)


def asked_of_keras(monkeypatch, call, shape):
    """What Keras' initialiser asks of its generator: the law's name and its parameters."""
    from keras.src.initializers import random_initializers as own

    asked = {}

    def spy(name):
        def record(shape, dtype=None, seed=None, **given):
            asked.update(given, law=name)
            return np.zeros(shape)

        return record

    for name in ("normal", "uniform", "truncated_normal"):
        monkeypatch.setattr(own.random, name, spy(name))
    eval(f"keras.initializers.{call}", {"keras": keras})(shape)
    return asked


@pytest.mark.parametrize("kernel", KERAS_SHAPES)
@pytest.mark.parametrize("call", KERAS_RANDOM)
def test_keras_asks_for_the_same_law(call, kernel, monkeypatch):
    shape = KERAS_SHAPES[kernel]
    law = law_of(call, "keras", shape)
    asked = asked_of_keras(monkeypatch, call, shape)

    if law.__class__ is Uniform:
        assert asked["law"] == "uniform"
        assert (law.low, law.high) == pytest.approx((asked["minval"], asked["maxval"]), rel=1e-12)
    else:
        assert asked["law"] == ("truncated_normal" if law.__class__ is Truncated else "normal")
        assert (law.mean, law.std) == pytest.approx((asked["mean"], asked["stddev"]), rel=1e-12)


def asked_of_torch(monkeypatch, call, shape):
    """What torch.nn.init asks of a tensor: the law's name and its parameters."""
    asked = []

    class Spy:
        def __init__(self, w):
            self.w = w

        def __getattr__(self, name):
            return getattr(self.w, name)

        def uniform_(self, a, b, generator=None):
            asked.append(("uniform", a, b))
            return self

        def normal_(self, mean, std, generator=None):
            asked.append(("normal", mean, std))
            return self

    name, _, rest = call.partition("(")
    monkeypatch.setattr(torch.overrides, "has_torch_function_variadic", lambda *given: False)
    eval(f"torch.nn.init.{name}(w, {rest}", {"torch": torch, "w": Spy(torch.empty(shape))})
    return asked[0]


@pytest.mark.parametrize("kernel", TORCH_SHAPES)
@pytest.mark.parametrize("call", [call for call in TORCH_RANDOM if "trunc" not in call])
def test_torch_asks_for_the_same_law(call, kernel, monkeypatch):
    shape = TORCH_SHAPES[kernel]
    law = law_of(call, "torch", shape)
    name, first, second = asked_of_torch(monkeypatch, call, shape)

    assert law.__class__.__name__.lower() == name
    assert tuple(law) == pytest.approx((first, second), rel=1e-12)


@pytest.mark.parametrize("kernel", KERAS_SHAPES)
def test_fans_are_keras(kernel):
    from keras.src.initializers.random_initializers import compute_fans

    shape = KERAS_SHAPES[kernel]
    given = initializers.initial("he_normal")

    assert initializers.fans(given, shape) == compute_fans(shape)
    given = initializers.initial(read_named("HeNormal(input_axes=(0,), output_axes=(-1,))", ""))
    assert initializers.fans(given, shape) == compute_fans(shape, [0], [-1])


@pytest.mark.parametrize("kernel", TORCH_SHAPES)
def test_fans_are_torchs(kernel):
    shape = TORCH_SHAPES[kernel]
    own = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))

    assert initializers.fans(initializers.initial("kaiming_normal_"), shape) == own


@pytest.mark.parametrize(
    ("framework", "call"), [*(("keras", c) for c in KERAS_RANDOM), *(("torch", c) for c in TORCH_RANDOM)]
)
def test_draws_are_of_the_same_law(framework, call):
    """100,000 values each: of one law by Kolmogorov and Smirnov, and as the closed forms say."""
    shape = (10, 10, 20, 50) if framework == "keras" else (50, 20, 10, 10)
    ours = convcalc.initialize(call, shape, seed=11, framework=framework)
    theirs = (keras_draw if framework == "keras" else torch_draw)(call, shape)
    told = moments(law_of(call, framework, shape), shape)

    assert ks(ours.ravel(), theirs.ravel()) > 1e-3
    for values in (ours, theirs):
        assert abs(values.mean(dtype=np.float64) - told.mean) < 5 * told.std / sqrt(values.size)
        assert values.std(dtype=np.float64) == pytest.approx(told.std, rel=0.02)
        assert np.linalg.norm(values.astype(np.float64)) == pytest.approx(told.norm, rel=0.02)
        if told.max is not None:
            assert told.min - 1e-6 <= values.min()
            assert values.max() <= told.max + 1e-6


EXACT = [
    ("keras", "Zeros()", (3, 4)), ("keras", "Ones()", (2, 3, 4)), ("keras", "Constant(0.3)", (5,)),
    ("keras", "Identity()", (4, 4)), ("keras", "Identity(gain=-0.7)", (3, 5)), ("keras", "Identity()", (5, 3)),
    ("torch", "zeros_()", (3, 4)), ("torch", "ones_()", (2, 3, 4)), ("torch", "constant_(0.3)", (5,)),
    ("torch", "eye_()", (3, 5)), ("torch", "dirac_()", (4, 6, 3)), ("torch", "dirac_()", (6, 4, 3, 5)),
    ("torch", "dirac_(2)", (6, 2, 3, 2, 4)), ("torch", "dirac_(groups=3)", (6, 4, 4, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "call", "shape"), EXACT)
def test_what_is_not_random_is_equal(framework, call, shape):
    ours = convcalc.initialize(call, shape, framework=framework)
    if framework == "keras":
        theirs = np.asarray(eval(f"keras.initializers.{call}", {"keras": keras})(shape, "float32"))
    else:
        theirs = torch_draw(call, shape)

    assert np.array_equal(ours, theirs)
    told = moments(law_of(call, framework, shape), shape)
    wide = theirs.astype(np.float64)
    found = wide.mean(), wide.std(), wide.min(), wide.max(), np.linalg.norm(wide)
    assert (told.mean, told.std, told.min, told.max, told.norm) == pytest.approx(found, rel=1e-6, abs=1e-7)


STFT = ["STFT()", "STFT('imag')", "STFT(scaling='spectrum', periodic=True)", "STFT(window=None)", "STFT(scaling=None)"]
WINDOWS = ["boxcar", "hamming", "blackman", "nuttall", "blackmanharris", "flattop", "bartlett", "cosine"]


@pytest.mark.parametrize(
    "call", [*STFT, *(f"STFT(window='{w}', periodic={p})" for w in WINDOWS for p in (False, True))]
)
@pytest.mark.parametrize("shape", [(16, 1, 9), (7, 1, 5), (1, 1, 3), (12, 1, 17)])
def test_fourier_kernels_are_equal(call, shape):
    pytest.importorskip("scipy")
    theirs = np.asarray(eval(f"keras.initializers.{call}", {"keras": keras})(shape, "float32"))
    ours = convcalc.initialize(call, shape)

    assert np.isfinite(theirs).all() or shape[0] == 1
    if np.isfinite(theirs).all():
        assert np.abs(ours - theirs).max() <= 2e-5 * max(np.abs(theirs).max(), 1e-3)
        told = moments(law_of(call, "keras", shape), shape)
        wide = ours.astype(np.float64)
        found = wide.mean(), wide.std(), wide.min(), wide.max(), np.linalg.norm(wide)
        assert (told.mean, told.std, told.min, told.max, told.norm) == pytest.approx(found, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(("framework", "name"), [("keras", "Orthogonal"), ("torch", "orthogonal_")])
@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9), (3, 3, 2, 5), (5, 2, 3, 3), (2, 2)])
def test_orthogonal_matrices(framework, name, shape):
    """Q'Q of both is the same multiple of I, the same way round; an entry is drawn from one law."""
    ours = convcalc.initialize(f"{name}(gain=1.5)", shape, seed=2)
    theirs = (keras_draw if framework == "keras" else torch_draw)(f"{name}(gain=1.5)", shape)
    rows = prod(shape[:-1]) if framework == "keras" else shape[0]
    for values in (ours, theirs):
        matrix = values.reshape(rows, -1).astype(np.float64)
        product = matrix.T @ matrix if rows >= matrix.shape[1] else matrix @ matrix.T
        assert product == pytest.approx(2.25 * np.eye(len(product)), abs=3e-6)
    one = [convcalc.initialize(f"{name}()", (4, 4), seed=seed)[1, 2] for seed in range(2000)]
    torch.manual_seed(5)
    two = [torch.nn.init.orthogonal_(torch.empty(4, 4))[1, 2].item() for _ in range(2000)]
    assert ks(np.array(one), np.array(two)) > 1e-3


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.35, 0.9, 1.0])
def test_sparse_matrices_have_the_same_zeros(sparsity):
    shape = (37, 300)
    ours, theirs = (
        convcalc.initialize(f"sparse_({sparsity}, std=0.2)", shape, seed=1),
        torch_draw(f"sparse_({sparsity}, std=0.2)", shape),
    )

    assert np.array_equal((ours == 0).sum(0), (theirs == 0).sum(0))
    if sparsity < 1:
        assert ks(ours[ours != 0], theirs[theirs != 0]) > 1e-3
    told = moments(law_of(f"sparse_({sparsity}, std=0.2)", "torch", shape), shape)
    assert ours.std() == pytest.approx(told.std, rel=0.05)
