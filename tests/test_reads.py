"""Counts of what windows read against going through every output of every cell."""

import random

import pytest

from convcalc.analysis.reads import overlap, reads
from convcalc.dialects import keras, torch
from convcalc.window import Bins, Window
from tests import brute


def random_window(rng, n):
    """Return a window of a dialect and the brute outputs that it means."""
    k, s, d = rng.randint(1, 6), rng.randint(1, 7), rng.randint(1, 4)
    kind = rng.randrange(6)
    if kind == 0:
        low, high = rng.randrange(-1, 9), rng.randrange(-1, 9)
        return Window(k, s, low, high, d), brute.forward(n, k, s, d, low, high)
    if kind == 1:
        return keras.forward("same", k, s, d, n), brute.same(n, k, s, d)
    if kind == 2:
        p = rng.randrange(k // 2 + 1)
        return torch.pool((p, p), k, s, d, True, n), brute.pool(n, k, s, d, p, True)[0]
    if kind == 3:
        return Window(k, s), brute.forward(n, k, s, 1, 0, 0)
    if kind == 4:
        p, op = rng.randrange(5), rng.randrange(max(s, d))
        return torch.transposed((p, p), k, s, d, op), brute.torch_transposed(n, k, s, d, p, op)
    word, op = rng.choice(("valid", "same")), rng.choice((None, rng.randrange(s)))
    return keras.transposed(word, k, s, d, op), brute.keras_transposed(n, k, s, d, word, op)


@pytest.mark.parametrize(("rounds", "longest"), [(6000, 30), (120, 3000)], ids=["short axes", "long axes"])
def test_counts_are_those_of_going_through_every_output(rounds, longest):
    """Cells never read, outputs that touch padding, outputs that read no cell; long axes are carried on."""
    rng = random.Random(longest)
    fitting = 0
    for _ in range(rounds):
        n = rng.randint(1, longest)
        window, outputs = random_window(rng, n)
        if not outputs:
            continue
        fitting += 1
        found = reads(window, n)
        assert (found.unread, found.touching, found.empty) == brute.counts(outputs, n), (window, n)
        assert found.nothing == sum(not taps for taps in outputs), (window, n)
    assert fitting > rounds // 2


def test_an_axis_of_any_length_is_counted_at_once():
    n = 10**15
    window = torch.forward((1, 1), 3, 7, 2, n)
    found = reads(window, n)
    outs = window.out(n)
    # Each window reads 3 of 7 cells; the first one's first tap is padding.
    assert (found.unread, found.touching, found.empty) == (n - 3 * outs + 1, 1, 0)


@pytest.mark.parametrize(
    ("window", "n", "counts"),
    [
        (Window(2, 2), 7, (1, 0, 0)),
        (Window(1, 3), 7, (4, 0, 0)),
        (Window(3, 1, 5, 5), 9, (0, 10, 6)),
        (Window(2, 1, 1, 1, 1, 3, 0, True), 3, (0, 0, 2)),
    ],
    ids=["a tail", "gaps", "padding over the kernel", "a kernel under its stride"],
)
def test_counts_by_hand(window, n, counts):
    found = reads(window, n)
    assert (found.unread, found.touching, found.empty) == counts


def test_bins_read_everything():
    assert reads(Bins(3, 7), 7)[:3] == (0, 0, 0)


def test_overlap_is_the_taps_inside_phase_by_phase():
    rng = random.Random(40)
    for _ in range(300):
        k, s, d = rng.randint(1, 7), rng.randint(1, 5), rng.randint(1, 3)
        window = torch.transposed((0, 0), k, s, d, 0)
        sums = brute.scatter(range(-60, 60), k, s, d)
        counted = [len(sums.get(o, [])) for o in range(s)]
        assert sorted(overlap(window) * (s // len(overlap(window)))) == sorted(counted), window
