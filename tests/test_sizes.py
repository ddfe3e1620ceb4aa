"""Symbolic sizes: right for every number, canonical, bounded. Their text is in test_size_text."""

import copy
import pickle
from timeit import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import LimitError
from convcalc.size_terms import MAX_FLOOR_TEXT
from convcalc.sizes import ceil_div, divide, parse, scale, smallest, symbol
from convcalc.window import Window
from tests.arithmetic import chain, same, valid

C, F, H, N, W = map(symbol, "CFHNW")


def test_constants_are_integers():
    for result in [
        H - H,
        H * 0,
        0 * H,
        (H + 4 - H),
        (H * W - W * H) // 3,
        parse("H - H"),
        (H + 1).at({"H": 2}),
    ]:
        assert result.__class__ is int


def test_equality_and_hash():
    assert (H + 1) * (H - 1) == H * H - 1
    assert len({H // 2, symbol("H") // 2, 2 * H // 4, (H + 2) // 2 - 1}) == 1
    assert H != W
    assert H != 1
    assert H != "H"
    assert (H // 2) != (H // 3)
    assert (H // 2 + W // 3).symbols == {"H", "W"}


def test_immutable_and_copied():
    size = 3 * (H // 2) + W
    for change in [
        lambda: setattr(size, "terms", {}),
        lambda: setattr(size, "other", 1),
        lambda: delattr(size, "terms"),
    ]:
        with pytest.raises((AttributeError, TypeError)):
            change()
    for twin in [copy.copy(size), copy.deepcopy(size), pickle.loads(pickle.dumps(size))]:
        assert twin == size
        assert hash(twin) == hash(size)
        assert str(twin) == str(size)


@pytest.mark.parametrize("by", [0, -1])
def test_only_positive_divisors(by):
    with pytest.raises(ValueError, match="positive integers only"):
        (H + 1) // by


@pytest.mark.parametrize(
    "wrong",
    [lambda: H // W, lambda: 5 // H, lambda: H + 0.5, lambda: H * True, lambda: H - "1", lambda: H < 3],
)
def test_unsupported_operands(wrong):
    with pytest.raises(TypeError):
        wrong()


def test_substitution():
    size = 2 * (H // 3) * W + scale(H, 0.7)
    assert size.at({"H": 10, "W": 2, "Z": 9}) == 19
    assert size.at({"W": 0}) == scale(H, 0.7)
    assert size.at({"H": 3 * W, "W": W}) == 2 * W * W + scale(3 * W, 0.7)
    assert size.at({}) == size


@pytest.mark.parametrize(
    ("a", "b", "quotient"),
    [
        (12, 5, 2),
        (H, 2, H // 2),
        (6 * H * W * C, 2 * W, 3 * H * C),
        (H * W - 2 * H - 2 * W + 4, H - 2, W - 2),
        (C * (H // 2) * 4, 4 * (H // 2), C),
        (H, H, 1),
        (0, H, 0),
        (12, H, None),
        (H * W, H + 1, None),
        (3 * H, 2 * H, None),
        (3 * H * W, 2 * H, 3 * W // 2),
        (5 * H * W, 35 * W, H // 7),
        (H * W + 2 * H, 3 * W + 6, H // 3),
        (H, W, None),
    ],
)
def test_divide(a, b, quotient):
    assert divide(a, b) == quotient


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.5, 2.0, 2.3, 1 / 3, 3])
def test_scale_is_the_product_of_floats(factor):
    for n in range(300):
        assert scale(n, factor) == scale(H, factor).at({"H": n}) == int(float(n) * factor)


def test_scale_of_what_no_float_holds():
    assert scale(H, 0.7).at({"H": 10**400}) == scale(10**400, 0.7) > 10**399


def test_smallest():
    conditions = [7, valid(H, 7), valid(valid(H, 3, 2), 3, 2), valid(W, 5, 3), valid(H // 4, 2), H + W - 20]
    assert smallest(conditions, ["H", "W", "C"]) == {"H": 8, "W": 5, "C": 1}
    assert smallest([1 - H, W], ["H", "W"]) == {"H": None, "W": 1}
    assert smallest([scale(H, 0.7) - 6], ["H"]) == {"H": 10}
    deep = chain(H, *[lambda n: valid(n, 3, 2)] * 500)
    assert smallest([deep], ["H"]) == {"H": 2**501 - 1}


@given(st.integers(1, 9), st.integers(0, 9), st.integers(-9, 40), st.integers(1, 9))
def test_smallest_is_the_first_that_holds(a, b, c, by):
    condition = (a * H + b * W - c) // by
    first = next(n for n in range(1, 100) if (a * n - c) // by >= 1)
    assert smallest([condition], ["H"])["H"] == (1 if b else first)


# Random expressions: evaluated over symbols and over integers by one function.
TREES = st.recursive(
    st.sampled_from("HWC") | st.integers(-5, 20),
    lambda tree: st.one_of(
        st.tuples(st.sampled_from("+-*"), tree, tree),
        st.tuples(st.just("*"), st.integers(-6, 6), tree),
        st.tuples(st.sampled_from(["floor", "ceil"]), tree, st.integers(1, 9)),
        st.tuples(st.just("floor"), st.tuples(st.just("+"), tree, st.integers(-9, 9)), st.integers(1, 9)),
        st.tuples(st.just("scale"), tree, st.sampled_from([0.5, 0.7, 1.5, 2.0])),
    ),
    max_leaves=12,
)


def evaluate(tree, values):
    if tree.__class__ is not tuple:
        return values.get(tree, tree)
    name, left, right = tree
    left, right = evaluate(left, values), evaluate(right, values)
    if name == "+":
        return left + right
    if name == "-":
        return left - right
    if name == "*":
        return left * right
    if name == "scale":
        return scale(left, right)
    return left // right if name == "floor" else ceil_div(left, right)


SYMBOLS = {"H": H, "W": W, "C": C}
VALUES = st.fixed_dictionaries({name: st.integers(0, 100) for name in SYMBOLS})


@given(TREES, VALUES)
def test_any_expression_is_right_for_any_numbers(tree, values):
    size = evaluate(tree, SYMBOLS)
    expected = evaluate(tree, values)
    assert (size if size.__class__ is int else size.at(values)) == expected


@given(TREES, VALUES)
def test_any_text_reads_back(tree, values):
    size = evaluate(tree, SYMBOLS)
    again = parse(str(size))
    assert again == size
    assert str(again) == str(size)
    assert again.__class__ is int or again.at(values) == evaluate(tree, values)


@given(st.lists(TREES, min_size=1, max_size=4), st.randoms())
def test_order_does_not_show(trees, random):
    shuffled = random.sample(trees, len(trees))
    for operate in [lambda a, b: a + b, lambda a, b: a * b]:
        one, two = (evaluate(t[0], SYMBOLS) for t in (trees, shuffled))
        for tree, other in zip(trees[1:], shuffled[1:], strict=True):
            one, two = operate(one, evaluate(tree, SYMBOLS)), operate(two, evaluate(other, SYMBOLS))
        assert one == two
        assert str(one) == str(two)
        assert hash(one) == hash(two)
        assert one // 3 == two // 3


@given(TREES, st.integers(1, 9), st.integers(-30, 30))
def test_integers_move_out_of_a_floor(tree, by, n):
    size = evaluate(tree, SYMBOLS)
    assert (size + n * by) // by == size // by + n
    assert ceil_div(size, by) == -(-size // by)


@given(
    st.integers(1, 9),
    st.integers(-20, 20),
    st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 9)), max_size=6),
)
def test_floors_of_floors_are_one(a, b, steps):
    size, top, bottom = a * H + b, a * H + b, 1
    for n, by in steps:
        size = (size + n) // by
        top, bottom = top + n * bottom, bottom * by
    assert size == top // bottom
    assert str(size).count("/") <= 1


WINDOWS = st.builds(
    Window,
    size=st.integers(1, 7),
    stride=st.integers(1, 4),
    low=st.none() | st.integers(0, 4),
    high=st.integers(0, 4),
    dilation=st.integers(1, 3),
    base=st.integers(1, 3),
)


@given(st.lists(WINDOWS, max_size=5), st.integers(1, 200))
def test_windows_in_a_chain(windows, n):
    size, value = H, n
    for window in windows:
        size, value = window.out(size), window.out(value)
        if value < 1:
            return  # a window does not fit: the expression says nothing there
    assert size.at({"H": n}) == value


def test_long_chains_collapse():
    size = H
    for _ in range(1000):
        size = 2 * same(size, 2)
    assert str(size) == "2*ceil(H/2)"
    size = chain(H, *[lambda n: same(n, 2)] * 2000)
    assert size == same(H, 2**2000)
    assert parse(str(size)) == size


def test_floors_that_cannot_collapse_nest_without_recursion():
    size, value, depth = H, 10**6, 0
    while len(str(size)) < MAX_FLOOR_TEXT - 20:
        size, value = ((3 * n // 2 if depth % 2 else (5 * n + 1) // 7) for n in (size, value))
        depth += 1
    assert depth > 700
    with pytest.raises(LimitError, match=f"{MAX_FLOOR_TEXT:,} characters") as caught:
        chain(size, *[lambda n: 3 * n // 2, lambda n: 5 * n // 7] * 2)
    assert caught.value.code == "limit"
    assert caught.value.hint
    assert size.at({"H": 10**6}) == value
    assert parse(str(size)) == size == pickle.loads(pickle.dumps(size)) == copy.deepcopy(size)
    assert smallest([size], ["H"])["H"] >= 1


@pytest.mark.parametrize(
    "grow",
    [
        lambda n, i: n * (symbol(f"S{i}") + 1),
        lambda n, i: n + symbol(f"S{i}"),
        lambda n, i: n * n,
        lambda n, i: n * (10**9),
        lambda n, i: (n * 5 + n // 3 + i) // 7,
        lambda n, i: n // (2**61 - 1),
    ],
    ids=["terms", "sum", "degree", "coefficient", "text", "divisor"],
)
def test_growth_ends_in_a_limit(grow):
    with pytest.raises(LimitError):
        chain(H, *[lambda n, i=i: grow(n, i) for i in range(2000)])


def test_a_chain_of_three_layers_is_cheap():
    seconds = min(timeit(lambda: [valid(valid(valid(H, 3, 2), 3, 2), 3, 2)], number=100) / 100 for _ in range(5))
    assert seconds < 1e-3  # some 80 microseconds where written
