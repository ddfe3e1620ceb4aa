"""What a sheet says, against counting cell by cell and against its own arithmetic."""

from itertools import product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import convcalc
from convcalc.analysis import along
from convcalc.analysis.reads import LONGEST, reads
from convcalc.views.sheet import render
from convcalc.window import Bins, Window
from tests.arithmetic import check, evaluate

SMALL = st.integers(1, 4)
WINDOWS = st.builds(
    Window,
    size=st.integers(1, 5),
    stride=SMALL,
    low=st.integers(-2, 6),
    high=st.integers(-2, 6),
    dilation=SMALL,
    base=SMALL,
    overhang=st.integers(0, 2),
    flip=st.booleans(),
)


def taps(window, n):
    """Return the cells that each output's taps fall on: outside the input too, between cells not."""
    out = []
    at = 0
    end = window.low + (n - 1) * window.base + 1 + window.high + window.overhang
    while at + (window.size - 1) * window.dilation + 1 <= end:
        places = [at + tap * window.dilation - window.low for tap in range(window.size)]
        out.append([place // window.base for place in places if place % window.base == 0])
        at += window.stride
    return out


@given(WINDOWS, st.integers(1, 12))
@settings(max_examples=400)
def test_counts_along_an_axis(window, n):
    seen = taps(window, n)
    assume(len(seen) < 80)
    inside = [[cell for cell in cells if 0 <= cell < n] for cells in seen]
    counts = reads(window, n)

    assert window.out(n) == len(seen)
    assert counts.unread == n - len({cell for cells in inside for cell in cells})
    assert counts.touching == sum(any(not 0 <= cell < n for cell in cells) for cells in seen)
    assert counts.empty == sum(not cells for cells in inside)
    assert counts.nothing == sum(not cells for cells in seen)
    assert along.taps_inside(window, n) == sum(map(len, inside))


@given(WINDOWS, st.integers(200, 260))
@settings(max_examples=200)
def test_counts_carried_on_over_a_long_axis(window, n):
    seen = taps(window, n)
    counts = reads(window, n)

    assert counts.unread == n - len({cell for cells in seen for cell in cells if 0 <= cell < n})
    assert counts.touching == sum(any(not 0 <= cell < n for cell in cells) for cells in seen)
    assert counts.empty == sum(not any(0 <= cell < n for cell in cells) for cells in seen)
    assert along.taps_inside(window, n) == sum(0 <= cell < n for cells in seen for cell in cells)


@given(WINDOWS, WINDOWS, st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=200)
def test_counts_over_a_grid(first, second, n, m):
    rows, columns = taps(first, n), taps(second, m)
    assume(0 < len(rows) < 30 and 0 < len(columns) < 30)
    touching = empty = 0
    read = set()
    for a, b in product(rows, columns):
        cells = list(product(a, b))
        inside = [(y, x) for y, x in cells if 0 <= y < n and 0 <= x < m]
        touching += len(inside) < len(cells)
        empty += not inside
        read.update(inside)
    grid = along.grid((n, m), (len(rows), len(columns)), [reads(first, n), reads(second, m)])

    assert grid == (n * m, len(rows) * len(columns), n * m - len(read), touching, empty)


@given(WINDOWS, st.integers(1, 12))
@settings(max_examples=200)
def test_the_listed_outputs_read_what_they_read(window, n):
    seen = taps(window, n)
    assume(0 < len(seen) < 80)
    listed = along.listed(window, n, len(seen))

    assert [read.output for read in listed] == sorted({0, min(1, len(seen) - 1), len(seen) - 1})
    for read in listed:
        cells = seen[read.output]
        assert (read.first, read.last) == ((cells[0], cells[-1]) if cells else (None, None))
        assert read.taps == len(cells)
        assert read.padding == sum(not 0 <= cell < n for cell in cells)
        if cells:
            assert cells == list(range(read.first, read.last + 1, read.step))


@pytest.mark.parametrize("bins", [1, 3, 7, 12])
@pytest.mark.parametrize("n", [1, 5, 7, 20])
def test_bins(bins, n):
    window = Bins(bins, n)
    cells = [[cell for _, cell in window.taps(n, o)] for o in range(bins)]

    assert along.taps_inside(window, n) == sum(map(len, cells))
    assert [(r.first, r.last) for r in along.listed(window, n, bins)] == [
        (cells[o][0], cells[o][-1]) for o in sorted({0, min(1, bins - 1), bins - 1})
    ]


SPECS = {
    "keras": st.builds(
        "{0} 3 {1}x{2} s={3} d={4} pad={5}".format,
        st.sampled_from(["conv2d", "conv2dT"]), SMALL, SMALL, SMALL, SMALL,
        st.sampled_from(["same", "valid", "0:2x1:0"]),
    ),
    "torch": st.builds(
        "{0} 3 {1}x{2} s={3} d={4} pad={5}".format,
        st.sampled_from(["conv2d", "conv2dT"]), SMALL, SMALL, SMALL, SMALL, st.sampled_from(["0", "1", "2x1"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("framework", SPECS)
@given(st.data(), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=150)
def test_multiplications_without_padding(framework, data, height, width):
    spec = data.draw(SPECS[framework])
    shape = (2, height, width, 5) if framework == "keras" else (2, 5, height, width)
    try:
        sheet = convcalc.inspect(spec, shape, framework=framework).layers[0]
    except convcalc.ConvcalcError:
        assume(False)
    inside = [sum(0 <= c < a.input for cells in taps(a.window, a.input) for c in cells) for a in sheet.axes]
    formula, cost = sheet.cost.macs_formula, sheet.cost

    assert cost.macs_inside == 2 * 5 * 3 * prod(inside)
    assert cost.macs_inside <= cost.macs or not cost.macs
    assert formula is None or evaluate(formula) == cost.macs
    check(sheet)


def test_where_arguments_come_from():
    def told(spec, input=None, **more):
        sheet = convcalc.inspect(spec, input, **more).layers[-1]
        return {a.name: (a.value, a.source, a.written) for a in sheet.arguments}

    conv = told("conv2d 64 7 s=2x1 pad=SAME", "224x224x3")
    assert conv["filters"] == (64, "given", None)
    assert conv["kernel_size"] == ((7, 7), "given", "7")
    assert conv["strides"] == ((2, 1), "given", "2x1")
    assert conv["padding"] == ("same", "given", None)
    assert conv["data_format"] == ("channels_last", "default", None)
    assert told("conv2d k=3")["filters"][1] == "open"
    assert told("[conv1d 4 2 pad=causal d=2^i] * 3", "9x3")["dilation_rate"][0] == (4,)
    linear = told("linear 10", "3x7", framework="torch")
    assert linear["in_features"] == (7, "from the input", None)
    assert told("bn", "5x8x8", framework="torch")["num_features"] == (5, "from the input", None)
    assert told("maxpool2d 3", "3x9x9", framework="torch")["stride"] == ((3, 3), "default", None)
    assert told("conv2d 8 3 pad=same_lower", "3x9x9", framework="onnx")["auto_pad"] == ("SAME_LOWER", "given", None)
    code = told("Conv2D(8, (3, 3), padding='same', name='first')", "9x9x3")
    assert code["kernel_size"] == ((3, 3), "given", None)
    assert code["name"] == ("first", "given", None)


@pytest.mark.parametrize(
    "spec", ["conv2d 8 3 s=2 pad=same", "conv2dT 8 3 s=2 pad=same", "maxpool2d 3 2", "conv2d 8 3 d=7"]
)
def test_sizes_of_any_length_are_counted(spec):
    sheet = convcalc.inspect(spec, (1, 10**15, 10**15 + 1, 3)).layers[0]
    short = convcalc.inspect(spec, (1, 1000, 1001, 3)).layers[0]

    for a, b in zip(sheet.axes, short.axes, strict=True):
        assert (a.touching, a.empty % 1000) == (b.touching, b.empty % 1000)
    assert sheet.grid.unread is not None


def test_what_is_too_long_to_count_is_not_known():
    sheets = convcalc.inspect(f"conv1dT 1 {LONGEST} s={LONGEST} d={LONGEST}", (1, 1, 5), framework="torch")
    sheet = sheets.layers[0]

    assert (sheet.grid.unread, sheet.grid.empty) == (None, None)
    assert sheet.axes[0].overlap is None
    assert evaluate(sheet.axes[0].formula) == sheet.axes[0].output
    assert "not known" in render(sheets)
