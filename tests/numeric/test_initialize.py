"""Weights drawn in NumPy: the laws' own statistics, what is exact, limits, seeds, custom callables, streams."""

from math import prod, sqrt
from pathlib import Path

import numpy as np
import pytest

import convcalc
from convcalc import initializers, laws
from convcalc.analysis.moments import moments
from convcalc.errors import ConvcalcError, LimitError, ShapeError, SpecError
from convcalc.numeric.initialize import CHUNK, chunks, sample
from convcalc.numeric.summary import KEPT, sampled, summarise
from convcalc.spec.named import read_named

DRAWN = [
    "RandomNormal(mean=1.0, stddev=0.3)", "RandomUniform(-1.0, 3.0)", "TruncatedNormal(0.5, 2.0)", "glorot_normal",
    "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "uniform_()", "normal_()",
    "trunc_normal_(std=0.02)", "trunc_normal_(a=-0.3, b=0.2)", "trunc_normal_(a=2.0, b=5.0)",
    "trunc_normal_(a=-9.0, b=-3.0)", "trunc_normal_(a=0.7, b=2.1)", "kaiming_normal_(a=0.2)", "xavier_uniform_(gain=2)",
]  # fmt: skip


def law(text, shape):
    """The law of a text and a shape."""
    return initializers.law(initializers.initial(read_named(text, "")), shape)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", DRAWN)
def test_draws_are_as_the_closed_forms_say(text, dtype):
    shape = (20, 10, 20, 25)
    w = convcalc.initialize(text, shape, seed=5, dtype=dtype)
    told = moments(law(text, shape), shape)
    wide = w.astype(np.float64)

    assert (w.shape, w.dtype) == (shape, dtype)
    assert abs(wide.mean() - told.mean) < 5 * told.std / sqrt(w.size)
    assert wide.std() == pytest.approx(told.std, rel=0.02)
    assert np.linalg.norm(wide) == pytest.approx(told.norm, rel=0.02)
    if told.max is not None:
        slack = 1e-6 * max(abs(told.min), abs(told.max))
        assert told.min - slack <= wide.min()
        assert wide.max() <= told.max + slack


@pytest.mark.parametrize(
    "cut", [(-2.0, 2.0), (1.0, 1.5), (2.0, 2.6), (3.0, 9.0), (-3.6, -3.2), (0.7, 2.1), (-0.1, 0.3)]
)
def test_every_way_to_cut_draws_the_same_law(cut):
    """The share of values below each of nine points, against the normal law's own."""
    from convcalc.analysis.moments import mass

    values = np.sort(sample(laws.Truncated(0.0, 1.0, *cut), (200_000,), np.dtype(np.float64), np.random.default_rng(3)))
    for share in np.linspace(0.1, 0.9, 9):
        point = values[int(share * values.size)]
        assert mass(cut[0], float(point)) / mass(*cut) == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(
    ("text", "shape"), [("he_normal", (70, 1000)), ("Orthogonal", (30, 20)), ("sparse_(0.3)", (9, 8))]
)
def test_a_seed_repeats_a_draw(text, shape):
    one, two, other = (convcalc.initialize(text, shape, seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert not np.array_equal(convcalc.initialize(text, shape), convcalc.initialize(text, shape))


def test_an_initialisers_own_seed_goes_first():
    assert np.array_equal(
        convcalc.initialize("HeNormal(seed=1)", (5, 5), seed=2), convcalc.initialize("he_normal", (5, 5), 1)
    )


@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9), (3, 3, 2, 5)])
@pytest.mark.parametrize("name", ["Orthogonal(gain=1.5)", "orthogonal_(gain=1.5)"])
def test_orthogonal(name, shape):
    rows = prod(shape[:-1]) if name[0] == "O" else shape[0]
    w = convcalc.initialize(name, shape, seed=1, dtype="float64").reshape(rows, -1)
    product = w.T @ w if rows >= w.shape[1] else w @ w.T

    assert product == pytest.approx(2.25 * np.eye(min(w.shape)), abs=1e-12)


def test_orthogonal_matrices_are_all_as_likely():
    """Without the signs of R's diagonal, the diagonal of Q would hardly ever be positive."""
    drawn = np.array([convcalc.initialize("orthogonal_", (3, 3), seed=seed) for seed in range(1000)])

    assert np.abs(drawn.mean(0)).max() < 5 * sqrt(1 / 3) / sqrt(1000)
    assert np.abs((drawn**2).mean(0) - 1 / 3).max() < 0.05


def test_what_is_not_random():
    assert np.array_equal(convcalc.initialize("Identity(gain=2)", (2, 3)), [[2, 0, 0], [0, 2, 0]])
    assert np.array_equal(convcalc.initialize("Constant(0.5)", ()), 0.5)
    # torch.nn.init.dirac_(w, groups=2) of shape (4, 2, 3)
    w = convcalc.initialize("dirac_(groups=2)", (4, 2, 3))
    assert np.argwhere(w).tolist() == [[0, 0, 1], [1, 1, 1], [2, 0, 1], [3, 1, 1]]
    # keras.initializers.STFT()((4, 1, 3))
    w = convcalc.initialize("STFT()", (4, 1, 3))
    assert w[:, 0] == pytest.approx(
        np.array([[0, 0, 0], [0.70710677, 0, -0.70710677], [0.70710677, -0.70710677, 0.70710677], [0, 0, 0]]), abs=1e-6
    )


@pytest.mark.parametrize(("sparsity", "zeros"), [(0.0, 0), (0.1, 1), (0.35, 4), (1.0, 10)])
def test_sparse_columns_have_their_zeros(sparsity, zeros):
    w = convcalc.initialize(f"sparse_({sparsity})", (10, 200), seed=1)

    assert ((w == 0).sum(0) == zeros).all()
    assert (len({tuple(column) for column in (w == 0).T}) > 1) == (0 < zeros < 10)


@pytest.mark.parametrize("text", ["he_normal", "Orthogonal", "sparse_(0.2)", "Identity"])
def test_empty_weights(text):
    assert convcalc.initialize(text, (0, 4)).shape == (0, 4)


def test_too_large_a_weight_is_refused_before_it_is_made():
    with pytest.raises(LimitError) as caught:
        convcalc.initialize("he_normal", (10**6, 10**6))
    assert "4,000,000,000,000 bytes" in caught.value.message
    with pytest.raises(LimitError):
        convcalc.initialize("he_normal", (100, 100), max_bytes=39_999)
    assert convcalc.initialize("he_normal", (100, 100), max_bytes=40_000).nbytes == 40_000


@pytest.mark.parametrize(
    "given",
    [
        {"shape": (3, -1)}, {"shape": (3, 1.5)}, {"shape": "3x3"}, {"shape": (True, 3)}, {"seed": -1}, {"seed": 1.5},
        {"framework": "onnx"}, {"dtype": "float16"}, {"initializer": 3}, {"initializer": ""},
        {"initializer": "he_normal x"},
        {"initializer": "(3, 3)"}, {"framework": "jax"},
    ],
)  # fmt: skip
def test_wrong_arguments(given):
    with pytest.raises(ConvcalcError) as caught:
        convcalc.initialize(**{"initializer": "he_normal", "shape": (3, 3), **given})
    assert caught.value.exit_code == 2


def test_errors_point_into_the_text():
    with pytest.raises(SpecError) as caught:
        convcalc.initialize("RandomNormal(stddev=-1)", (3,))
    assert (caught.value.text, caught.value.span) == ("RandomNormal(stddev=-1)", (20, 22))


# -- custom callables ---------------------------------------------------------------------------------


def test_custom_initialisers_run_as_they_stand():
    w = convcalc.initialize("tests.examples:ExampleRandomNormal(mean=0.5, stddev=0.1, seed=1)", (200, 50))
    assert (w.shape, w.dtype) == ((200, 50), np.float32)
    assert (w.mean(), w.std()) == pytest.approx((0.5, 0.1), rel=0.02)
    from tests.examples import ExampleRandomNormal

    assert np.array_equal(w, convcalc.initialize(ExampleRandomNormal(0.5, 0.1, seed=1), (200, 50)))
    assert np.array_equal(convcalc.initialize(np.ones, (2, 3), dtype="float64"), np.ones((2, 3)))


def test_custom_regularisers_run_as_they_stand():
    w = np.arange(6.0).reshape(2, 3)
    assert convcalc.penalty("tests.examples:my_regularizer", w) == pytest.approx(0.055)
    assert convcalc.penalty("tests.examples:MyRegularizer(strength=2)", w) == 110
    assert convcalc.penalty(lambda x: float(abs(x).max()), w) == 5


def test_the_custom_code_of_the_readme_runs(tmp_path, monkeypatch):
    """As it stands there, from a file of its own."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    code = text[text.index("`mylib/inits.py`") :].split("```python\n")[1].split("```")[0]
    (tmp_path / "readme_inits.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)

    w = convcalc.initialize("readme_inits:ExampleRandomNormal(mean=0, stddev=0.1, seed=3)", (640, 10))
    assert w.std() == pytest.approx(0.1, rel=0.05)
    assert convcalc.penalty("readme_inits:my_regularizer", w) == pytest.approx(1e-3 * (w**2).sum(), rel=1e-5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: convcalc.initialize("tests.examples:fails", (3, 3)), "RuntimeError: no weights of 2 axes today"),
        (lambda: convcalc.initialize("tests.examples:turned", (3, 4)), "of shape (4, 3) for the shape (3, 4)"),
        (lambda: convcalc.initialize("tests.examples:ExampleRandomNormal(1)", (3,)), "stddev"),
        (lambda: convcalc.initialize("tests.examples:nothing", (3,)), "nothing"),
        (lambda: convcalc.initialize(lambda shape, dtype: "weights", (3,)), "of shape ()"),
        (lambda: convcalc.penalty("tests.examples:each", np.ones(3)), "not one number"),
        (lambda: convcalc.penalty("tests.examples:MyRegularizer", np.ones(3)), "strength"),
    ],
)
def test_what_a_custom_one_does_wrong_is_said_in_its_own_words(call, words):
    with pytest.raises(SpecError) as caught:
        call()
    assert words in caught.value.message


# -- penalties -----------------------------------------------------------------------------------------


def test_penalties():
    """Recorded from Keras 3.15.1 on arange(6) as (2, 3)."""
    w = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert convcalc.penalty("l1_l2(l1=1e-5, l2=1e-4)", w) == pytest.approx(0.00565, rel=1e-12)
    assert convcalc.penalty("L1", w) == pytest.approx(0.15)
    assert convcalc.penalty("orthogonal_regularizer", w) == pytest.approx(0.0088543780, rel=1e-6)
    assert convcalc.penalty("orthogonal_regularizer(mode='columns')", w) == pytest.approx(0.0096314968, rel=1e-6)
    assert np.isnan(convcalc.penalty("orthogonal_regularizer", w[:1]))
    with pytest.raises(ShapeError):
        convcalc.penalty("orthogonal_regularizer", np.ones(3))
    with pytest.raises(SpecError):
        convcalc.penalty("l2", ["a"])


def test_many_rows_are_taken_in_blocks():
    w = np.random.default_rng(1).standard_normal((1500, 4))
    unit = w / np.linalg.norm(w, axis=1, keepdims=True)
    cosines = np.abs(unit @ unit.T)
    expected = (cosines.sum() - np.trace(cosines)) / (1500 * 1499)

    assert convcalc.penalty("orthogonal_regularizer(factor=1)", w) == pytest.approx(expected, rel=1e-12)


# -- streams -------------------------------------------------------------------------------------------


def test_a_stream_of_chunks_is_the_weight():
    shape = (3, CHUNK)
    given = law("he_normal", shape)
    parts = [part.copy() for part in chunks(given, shape, np.dtype(np.float32), np.random.default_rng(1))]
    whole = sample(given, shape, np.dtype(np.float32), np.random.default_rng(1))

    assert len(parts) == 3
    assert np.array_equal(np.concatenate(parts), whole.ravel())


@pytest.mark.parametrize("count", [10, KEPT, KEPT + 100_000])
def test_a_summary_is_of_all_values(count):
    values = np.random.default_rng(2).standard_normal(count).astype(np.float32) * 3 + 100
    found = summarise(np.array_split(values, 7))
    wide = values.astype(np.float64)

    assert found.count == sum(found.counts) == count
    assert (found.mean, found.std) == pytest.approx((wide.mean(), wide.std()), rel=1e-9)
    assert (found.min, found.max) == (wide.min(), wide.max())
    for share, value in found.quantiles.items():
        assert value == pytest.approx(np.quantile(wide, float(share)), abs=0.01)
    for low, high, seen in zip(found.edges, found.edges[1:], found.counts, strict=False):
        assert abs(np.count_nonzero((wide >= low) & (wide < high)) - seen) <= 2 + count * 1e-6


def test_bins_grow_with_what_comes():
    first = np.linspace(0, 1, KEPT + 5)
    found = summarise([first, np.array([-1000.0, 2000.0]), np.full(3, 0.5)])

    assert found.count == sum(found.counts) == KEPT + 10
    assert (found.min, found.max) == (-1000, 2000)
    assert found.edges[0] <= -1000
    assert found.edges[-1] >= 2000


def test_what_is_not_finite_is_counted_apart():
    found = summarise([np.array([1.0, np.nan, 3.0, np.inf])])

    assert (found.count, found.not_finite, found.mean, found.max) == (2, 2, 2.0, 3.0)
    assert summarise([]).mean is None


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Orthogonal", (4000, 3000)), ("orthogonal_", (3, 10**9)), ("Identity", (10**5, 10**5)),
        ("dirac_", (3000, 3000, 3)), ("sparse_(0.25, std=1)", (10**4, 10**4)), ("sparse_(0.25, std=1)", (10**6, 2)),
        ("he_normal", (10**5, 10**5)), ("STFT", (3000, 1, 1025)),
    ],
)  # fmt: skip
def test_a_weight_that_is_too_large_to_be_made_is_sampled(text, shape):
    given = initializers.initial(read_named(text, ""))
    own = initializers.law(given, shape)
    found = sampled(given, own, shape, samples=50_000)
    told = moments(own, shape)

    assert 0 < found.count <= 50_000
    if told is not None:
        assert found.std == pytest.approx(told.std, rel=0.05, abs=0.01)


def test_a_billion_values_take_little_memory():
    import tracemalloc

    given = initializers.initial("glorot_uniform")
    shape = (1000, 1000, 1000)
    tracemalloc.start()
    found = sampled(given, initializers.law(given, shape), shape, samples=3_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.count == 3_000_000
    # The values that are kept, and the bins; it does not grow with the number of values.
    assert peak < 40 * 2**20
