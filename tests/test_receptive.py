"""Receptive fields against sets of cells, followed through the layers one by one."""

import random
from fractions import Fraction
from functools import lru_cache

import pytest

import convcalc
from convcalc.analysis import receptive
from convcalc.dialects import torch
from convcalc.window import Bins, Window
from tests import brute

# Cells this far outside the input are followed too: those of the padding see what cells there would.
FAR = 400


class Chain:
    """Layers along one axis, each as a function from an output cell to the cells that it reads."""

    def __init__(self):
        self.layers = []
        self.seen = lru_cache(maxsize=None)(self._seen)

    def forward(self, size, stride, dilation, low):
        taps = [tap * dilation - low for tap in range(size)]
        self.layers.append(lambda o: [o * stride + at for at in taps])

    def transposed(self, size, stride, dilation, cut):
        sums = brute.scatter(range(-FAR, FAR), size, stride, dilation)
        self.layers.append(lambda o: [cell for _, cell in sums.get(o + cut, [])])

    def adaptive(self, n, bins):
        def touched(o):
            return [c for c in range(-FAR, FAR) if c * bins < (o + 1) * n and (c + 1) * bins > o * n]

        self.layers.append(lru_cache(maxsize=None)(touched))

    def _seen(self, o, depth):
        """Return the input cells that cell `o` behind `depth` layers sees."""
        if not depth:
            return frozenset((o,))
        return frozenset().union(*(self.seen(cell, depth - 1) for cell in self.layers[depth - 1](o)))

    def ends(self, o):
        cells = self.seen(o, len(self.layers))
        return (min(cells), max(cells)) if cells else None


def random_layer(rng, chain, n):
    """Add a layer to the chain; return its torch call."""
    kind = rng.choice(("conv", "conv", "transposed", "transposed", "pool", "adaptive"))
    k, s, d = rng.randint(1, 4), rng.randint(1, 3), rng.choice((1, 1, 2, 3))
    if kind == "conv":
        p = rng.randrange(4)
        chain.forward(k, s, d, p)
        return f"nn.Conv1d(1, 1, {k}, {s}, {p}, {d})"
    if kind == "transposed":
        p, op = rng.randrange(3), rng.randrange(max(s, d))
        chain.transposed(k, s, d, p)
        return f"nn.ConvTranspose1d(1, 1, {k}, {s}, {p}, {op}, dilation={d})"
    if kind == "pool":
        p = rng.randrange(k // 2 + 1)
        chain.forward(k, s, d, p)
        return f"nn.MaxPool1d({k}, {s}, {p}, {d})"
    bins = rng.randint(1, 9)
    chain.adaptive(n, bins)
    return f"nn.AdaptiveAvgPool1d({bins})"


def period(ends):
    """Return ``(outputs, cells)`` of the shortest repetition of ``ends(o)``."""
    for outputs in range(1, 60):
        steps = {None if a is None or b is None else (b[0] - a[0], b[1] - a[1])
                 for o in range(60) for a, b in [(ends(o), ends(o + outputs))] if (a, b) != (None, None)}  # fmt: skip
        if len(steps) == 1 and None not in steps:
            first, last = steps.pop()
            if first == last:
                return outputs, first
    return None


def test_random_chains_see_what_sets_of_cells_see():
    """Sizes, their minimum over the phases, stride and start, transposed layers and bins included."""
    rng = random.Random(31)
    known = tried = transposed = 0
    while tried < 160:
        chain, calls, n = Chain(), [], rng.randint(8, 40)
        size = n
        for _ in range(rng.randint(1, 4)):
            calls.append(random_layer(rng, chain, size))
            try:
                report = convcalc.shape("\n".join(calls), (1, 1, n))
            except convcalc.ConvcalcError:
                break
            size = report.output_shape[-1]
        else:
            tried += 1
            field = report.receptive_field
            if size > 40 or field is None or field.size[0] is None:
                continue
            ends = [chain.ends(o) for o in range(120)]
            found = period(lambda o, ends=ends: ends[o])
            if found is None:
                continue
            known += 1
            transposed += "Transpose" in calls[-1]
            phases = [0 if e is None else e[1] - e[0] + 1 for e in ends[: found[0]]]
            assert field.size[0] == max(phases), calls
            assert field.size_min[0] == min(phases), calls
            assert Fraction(field.stride[0]) == Fraction(found[1], found[0]), calls
            assert field.start[0] == (ends[0] and ends[0][0]), calls
    assert known > 80
    assert transposed > 15


def fields(text, *input):
    return [r.receptive_field for r in convcalc.shape(text, input).layers]


def test_patchgan_sees_seventy():
    text = "\n".join(f"nn.Conv2d(1, 1, 4, {s}, 1)" for s in (2, 2, 2, 1, 1))
    assert [f.size for f in fields(text, 1, 1, 256, 256)] == [(n, n) for n in (4, 10, 22, 46, 70)]
    assert fields(text, 1, 1, 256, 256)[-1].stride == (8, 8)
    assert fields(text, 1, 1, 256, 256)[-1].start == (-23, -23)


@pytest.mark.parametrize(
    ("text", "size", "least"),
    [
        ("nn.Conv1d(1, 1, 3, 2, 1)\nnn.ConvTranspose1d(1, 1, 3, 2, 1, 1)", 5, 3),
        ("nn.ConvTranspose1d(1, 1, 5, 3)", 2, 1),
        ("nn.ConvTranspose1d(1, 1, 4, 2)", 2, 2),
        ("nn.ConvTranspose1d(1, 1, 2, 3)", 1, 0),
        ("nn.AdaptiveAvgPool1d(3)", 4, 3),
    ],
)
def test_phases_differ(text, size, least):
    field = fields(text, 1, 1, 8)[-1]
    assert (field.size, field.size_min) == ((size,), (least,))


def test_a_transposed_layer_steps_by_a_fraction():
    assert fields("nn.ConvTranspose1d(1, 1, 4, 2)", 1, 1, 8)[0].stride == ("1/2",)


def test_axes_are_apart():
    """A kernel of 1x7 sees 1 along H and 7 along W."""
    field = fields("nn.Conv2d(1, 1, (1, 7), padding=(0, 3))", 1, 1, 9, 9)[0]
    assert (field.size, field.start) == ((1, 7), (0, -3))


def test_the_start_follows_the_split_of_same():
    """Over 224 cells a 7/2 convolution starts 2 before the input, over 225 cells 3."""
    for n, start in ((224, -2), (225, -3)):
        assert convcalc.shape("Conv1D(1, 7, strides=2, padding='same')", (1, n, 1)).receptive_field.start == (start,)


def test_a_global_pool_sees_the_whole_input():
    report = convcalc.shape("Conv2D(1, 3)\nGlobalAveragePooling2D()\nDense(2)", (1, 9, 8, 1))
    assert [r.receptive_field.size for r in report.layers] == [(3, 3), (9, 8), (9, 8)]


@pytest.mark.parametrize(
    ("branches", "reach"),
    [
        ([[Window(3, 1, 1, 1)], [Window(5, 1, 2, 2)]], [(-2, 2)]),
        ([[Window(3, 1, 1, 1)], []], [(-1, 1)]),
        ([[Window(2, 2)], [Window(4, 2, 3, 0)]], [(-3, 1)]),
        ([[Window(4, 1, 3, 3, 1, 2, 0, True)], [Window(2, 1, 1, 1, 1, 2, 0, True)]], [(-1, 0), (-1, 0)]),
    ],
)
def test_a_merge_sees_what_its_branches_see(branches, reach):
    axes = []
    for windows in branches:
        axis = receptive.IDENTITY
        for window in windows:
            axis = receptive.through(axis, window)
        axes.append(axis)
    assert list(receptive.union(axes).reach) == reach


def test_a_merge_of_branches_at_different_strides_is_unknown():
    axes = [receptive.through(receptive.IDENTITY, Window(2, s)) for s in (1, 2)]
    assert receptive.union(axes) is None


def test_phases_that_repeat_are_kept_once():
    """A stride over a transposed layer of the same stride meets one phase of it alone."""
    axis = receptive.through(receptive.IDENTITY, torch.transposed((1, 1), 3, 2, 1, 1))
    assert len(axis.reach) == 2
    assert receptive.through(axis, Window(3, 2, 1, 1)) == receptive.Axis(((-1, 1),), 1)


def test_long_strides_and_many_bins_answer_at_once():
    """What would have too many phases is unknown, and nothing grows with the kernel."""
    assert receptive.through(receptive.IDENTITY, Bins(100_003, 1_000_003)) is None
    axis = receptive.through(receptive.IDENTITY, Window(10**9, 10**6, dilation=10**3))
    assert axis.reach == ((0, 10**3 * (10**9 - 1)),)
    assert receptive.through(receptive.IDENTITY, torch.transposed((0, 0), 10**9, 2, 1, 0)).advance == 1
