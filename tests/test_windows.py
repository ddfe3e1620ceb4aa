"""Windows against a second implementation that places kernels and scatters values cell by cell."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from convcalc.dialects import keras, torch
from convcalc.sizes import symbol
from convcalc.window import Bins, Window
from tests import brute

LAYERS = 50_000


def keras_valid(rng, n, k, s, d):
    return keras.forward("valid", k, s, d, n), brute.forward(n, k, s, d, 0, 0), f"keras valid {n=} {k=} {s=} {d=}"


def keras_same(rng, n, k, s, d):
    return keras.forward("same", k, s, d, n), brute.same(n, k, s, d), f"keras same {n=} {k=} {s=} {d=}"


def keras_same_lower(rng, n, k, s, d):
    window = keras.same(k, s, d, n, extra_first=True)
    return window, brute.same(n, k, s, d, extra_first=True), f"same, the odd cell first {n=} {k=} {s=} {d=}"


def keras_causal(rng, n, k, s, d):
    return keras.forward("causal", k, s, d, n), brute.causal(n, k, s, d), f"keras causal {n=} {k=} {s=} {d=}"


def keras_cells(rng, n, k, s, d):
    low, high = rng.randrange(4), rng.randrange(4)
    window = keras.forward((low, high), k, s, d, n)
    return window, brute.forward(n, k, s, d, low, high), f"keras {low}:{high} {n=} {k=} {s=} {d=}"


def keras_transposed(rng, n, k, s, d):
    word = rng.choice(("valid", "same"))
    op = rng.choice((None, rng.randrange(s)))
    window = keras.transposed(word, k, s, d, op)
    return window, brute.keras_transposed(n, k, s, d, word, op), f"keras transposed {word} {op=} {n=} {k=} {s=} {d=}"


def torch_cells(rng, n, k, s, d):
    p = rng.randrange(-1, 5)
    return torch.forward((p, p), k, s, d, n), brute.forward(n, k, s, d, p, p), f"torch {p=} {n=} {k=} {s=} {d=}"


def torch_same(rng, n, k, s, d):
    return torch.forward("same", k, 1, d, n), brute.same(n, k, 1, d), f"torch same {n=} {k=} {d=}"


def torch_transposed(rng, n, k, s, d):
    p, op = rng.randrange(4), rng.randrange(max(s, d))
    window = torch.transposed((p, p), k, s, d, op)
    return window, brute.torch_transposed(n, k, s, d, p, op), f"torch transposed {p=} {op=} {n=} {k=} {s=} {d=}"


def torch_pool(rng, n, k, s, d):
    p, ceil = rng.randrange(k // 2 + 1), rng.random() < 0.7
    window = torch.pool((p, p), k, s, d, ceil, n)
    outputs, counted = brute.pool(n, k, s, d, p, ceil)
    assert [window.counted(n, o) for o in range(len(outputs))] == counted
    return window, outputs, f"torch pool {p=} {ceil=} {n=} {k=} {s=} {d=}"


def spread(rng, n, k, s, d):
    low, high, base = rng.randrange(5), rng.randrange(5), rng.randint(1, 6)
    window = Window(k, s, low, high, d, base)
    return window, brute.spread(n, k, s, d, low, high, base), f"set {base} apart, {low}:{high} {n=} {k=} {s=} {d=}"


MAKERS = (
    keras_valid, keras_same, keras_same_lower, keras_causal, keras_cells, keras_transposed,
    torch_cells, torch_same, torch_transposed, torch_pool, spread,
)  # fmt: skip


def check(make, rng, n, k, s, d):
    """Hold a window's sizes, taps, reach and period against the brute outputs."""
    window, outputs, what = make(rng, n, k, s, d)
    assert window.out(n) == len(outputs), what
    reach = []
    for o, taps in enumerate(outputs):
        assert sorted(window.taps(n, o)) == sorted((tap, c) for tap, c in taps if 0 <= c < n), (what, o)
        reach.append(window.reach(o))
        cells = sorted(c for _, c in taps)
        if not cells:
            assert reach[o] is None, (what, o)
            continue
        first, last, step = reach[o]
        assert list(range(first, last + 1, step)) == cells, (what, o)
        assert last == cells[-1], (what, o)
    outs, cells = window.period
    # The fewest outputs after which the windows start a whole number of cells on.
    assert outs == next(m for m in range(1, 99) if m * window.stride % window.base == 0), what
    for o in range(len(outputs) - outs):
        here, there = reach[o], reach[o + outs]
        assert there == (here and (here[0] + cells, here[1] + cells, here[2])), (what, o)


def test_fifty_thousand_random_layers_place_as_the_brute_ones():
    """Sizes, taps, reach and period hold for every dialect's windows, also where nothing fits."""
    rng = random.Random(20)
    for number in range(LAYERS):
        n, k, s, d = rng.randint(1, 13), rng.randint(1, 5), rng.randint(1, 4), rng.randint(1, 3)
        check(MAKERS[number % len(MAKERS)], rng, n, k, s, d)


small = st.integers(1, 6)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@given(rng=st.randoms(use_true_random=False), n=st.integers(1, 40), k=small, s=small, d=small)
@settings(max_examples=60)
@example(rng=random.Random(0), n=1, k=6, s=1, d=6)
def test_a_window_places_as_the_brute_one(make, rng, n, k, s, d):
    check(make, rng, n, k, s, d)


@given(n=st.integers(1, 60), m=st.integers(1, 60))
@settings(max_examples=200)
def test_bins_read_every_cell_they_touch(n, m):
    bins = Bins(m, n)
    outputs = brute.adaptive(n, m)
    assert bins.out(n) == len(outputs)
    assert [[cell for _, cell in bins.taps(n, o)] for o in range(m)] == [[c for _, c in taps] for taps in outputs]
    for o, taps in enumerate(outputs):
        assert bins.reach(o) == (taps[0][1], taps[-1][1], 1)
    outs, cells = bins.period
    for o in range(m - outs):
        assert bins.reach(o + outs) == (*(c + cells for c in bins.reach(o)[:2]), 1)


def test_an_output_never_shrinks_as_the_input_grows():
    rng = random.Random(21)
    for _ in range(500):
        k, s, d = rng.randint(1, 5), rng.randint(1, 4), rng.randint(1, 3)
        make, seed = rng.choice(MAKERS), rng.random()
        sizes = []
        for n in range(1, 20):
            window, _, what = make(random.Random(seed), n, k, s, d)
            sizes.append(window.out(n))
        assert sizes == sorted(sizes), what


def test_a_symbol_gives_the_sizes_that_numbers_give():
    """One window over H answers every number put for H, wherever a window fits."""
    rng = random.Random(22)
    h = symbol("H")
    for _ in range(500):
        k, s, d = rng.randint(1, 5), rng.randint(1, 4), rng.randint(1, 3)
        p, ceil = rng.randrange(k // 2 + 1), rng.random() < 0.5
        pairs = [
            (keras.forward("same", k, s, d, h), lambda n, k=k, s=s, d=d: keras.forward("same", k, s, d, n)),
            (torch.pool((p, p), k, s, d, ceil, h), lambda n, a=(k, s, d, ceil), p=p: torch.pool((p, p), *a, n)),
        ]
        for window, at in pairs:
            size = window.out(h)
            for n in range(1, 30):
                number = at(n).out(n)
                if number > 0:
                    assert (size if size.__class__ is int else size.at({"H": n})) == number, (window, n)


@pytest.mark.parametrize(
    ("window", "n", "cells"),
    [
        (Window(3, 1, 1, 1, 1, 2), 3, [[0], [0, 1], [1], [1, 2], [2]]),
        (Window(2, 2, -1, 0), 6, [[1, 2], [3, 4]]),
        (Window(4, 1, 3, 3, 1, 3, 0, True), 2, [[0], [0], [0], [0, 1], [1], [1], [1]]),
    ],
    ids=["set apart", "cut before", "transposed"],
)
def test_a_window_by_hand(window, n, cells):
    assert [sorted(c for _, c in window.taps(n, o)) for o in range(window.out(n))] == cells


def test_a_transposed_window_reads_the_kernel_backwards():
    assert [list(Window(3, 1, 2, 2, 1, 2, 0, True).taps(2, o)) for o in range(5)] == [
        [(0, 0)], [(1, 0)], [(2, 0), (0, 1)], [(1, 1)], [(2, 1)],
    ]  # fmt: skip
