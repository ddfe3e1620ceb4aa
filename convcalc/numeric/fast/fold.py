"""`Axis`: one axis of a pool, whose taps are slices of the input that a function of two arrays folds.

Slices along an axis with few values after it are short runs, which cost several times what long ones
do. Such an axis is folded *flat*: the whole array is one run, every tap is that run a little later, and
what comes of windows over a row's end is never picked.
"""

import numpy as np

from convcalc.record import Record
from convcalc.window import Bins, Window

# Terms that are added one by one; more are taken in parts, for the sake of the last digits.
PART = 256
# Values after an axis, up to which it is folded flat.
SHORT = 48


class Fold(Record):
    """What makes one value of many: a function of two arrays, and the value of no array."""

    pair: object
    empty: float


MAX = Fold(np.maximum, -np.inf)
SUM = Fold(np.add, 0.0)


class Axis:
    """One axis of a pool.

    Attributes
    ----------
    axis : int
        Where it is in the array.
    size : int
        Its output cells.
    taps : tuple or None
        ``(first, last, cell)`` of each tap that meets a cell: at outputs `first` to `last`, and what it
        would meet at output 0. None where each output is folded by itself.
    flat : bool
        Whether it is folded flat.
    """

    __slots__ = ("axis", "flat", "n", "size", "taps", "window")

    def __init__(self, axis, window, n):
        self.axis = axis
        self.n = n
        self.flat = False
        self.size = window.bins if window.__class__ is Bins else window.out(n)
        if window.__class__ is Bins and window.bins and n and n % window.bins == 0:
            step = n // window.bins
            window = Window(step, step)
        self.window = window
        # A few large windows are folded one by one, for a reduction is faster than many slices of few cells.
        alone = window.__class__ is Bins or window.size > 2 * self.size + 1
        self.taps = None if alone else tuple(met[1:] for met in self.met())

    def met(self):
        """Yield ``(tap, first, last, cell)`` of each tap that meets a cell."""
        window = self.window
        for i in range(window.size):
            cell = i * window.dilation - window.low
            first = max(-(cell // window.stride), 0)
            last = min((self.n - 1 - cell) // window.stride + 1, self.size)
            if first < last:
                yield i, first, last, cell

    @property
    def sliced(self):
        """Whether folding is only slicing: each output is one cell."""
        return self.taps is not None and len(self.taps) == 1 and self.taps[0][:2] == (0, self.size)

    def cells(self, o):
        """Return the cells of one output as a range."""
        first, last, step = self.window.reach(o)
        if first < 0:
            first += -(first // step) * step
        return range(first, min(last + 1, self.n), step)

    def reach(self, start, stop):
        """Return the first cell that outputs `start` to `stop` read, and the one after the last."""
        if not self.n:
            return 0, 0
        begin, end = self.window.reach(start)[0], self.window.reach(stop - 1)[1] + 1
        begin = min(max(begin, 0), self.n)
        return begin, max(min(end, self.n), begin)

    def most(self, outputs):
        """Return the most cells that so many outputs in a row reach over."""
        window = self.window
        if window.__class__ is Bins:
            return -(-self.n * outputs // window.bins) + 1 if window.bins else 0
        return (outputs - 1) * window.stride + window.span

    def cut(self, x, first, last, step=1):
        """Return a slice of an array along the axis."""
        return x[(slice(None),) * self.axis + (slice(first, last, step),)]

    def slice(self, x, start, stop, begin):
        """Return outputs `start` to `stop` of an axis that is only sliced; `begin` is the first cell of `x`."""
        ((_, _, cell),) = self.taps or ()
        cell, step = cell - begin, self.window.stride
        return self.cut(x, start * step + cell, (stop - 1) * step + cell + 1, step)

    def flatten(self, after):
        """Decide to fold flat where few values come after the axis."""
        if after > SHORT or self.sliced or not self.n or not self.size:
            return
        bins = self.window.__class__ is Bins
        self.flat = bins or (self.taps is not None and self.window.stride <= 2 * self.window.span)

    @property
    def whole(self):
        """Whether there is one output, of all cells."""
        window = self.window
        return self.size == 1 and window.__class__ is Window and window[:5] == (self.n, window.stride, 0, 0, 1)

    def fold(self, x, fold, out, start, stop, begin):
        """Return outputs `start` to `stop` in `out`, or a new array; `begin` is the first cell of `x`."""
        if out is None:
            out = np.empty((*x.shape[: self.axis], stop - start, *x.shape[self.axis + 1 :]), x.dtype)
        if self.flat:
            if self.window.__class__ is Bins:
                return self.fold_bins(x, fold, out, start, stop, begin)
            window = self.window
            first = start * window.stride - window.low - begin
            z = self.spread(x, fold, first, (stop - start - 1) * window.stride + window.span)
            r = running(z, fold, self.axis, window.size, window.dilation)
            out[...] = self.cut(r, 0, (stop - start - 1) * window.stride + 1, window.stride)
            return out
        if self.taps is None:
            return self.one_by_one(x, fold, out, start, stop, begin)
        step, whole, parts = self.window.stride, [], []
        for first, last, cell in self.taps:
            first, last, cell = max(first, start), min(last, stop), cell - begin
            if first < last:
                cells = self.cut(x, first * step + cell, (last - 1) * step + cell + 1, step)
                if last - first == stop - start:
                    whole.append(cells)
                else:
                    parts.append((self.cut(out, first - start, last - start), cells))
        # Two taps that meet a cell everywhere need nothing to start from.
        if len(whole) > 1:
            fold.pair(whole[0], whole[1], out=out)
        else:
            out[...] = whole[0] if whole else fold.empty
        for cells in whole[2:]:
            fold.pair(out, cells, out=out)
        for some, cells in parts:
            fold.pair(some, cells, out=some)
        return out

    def spread(self, x, fold, first, count):
        """Return `count` cells of an array or more, from cell `first` on and in one run; those it has not are empty."""
        cells = x.shape[self.axis]
        if first == 0 and cells >= count and x.flags.c_contiguous:
            return x
        z = np.empty((*x.shape[: self.axis], count, *x.shape[self.axis + 1 :]), x.dtype)
        low, high = min(max(-first, 0), count), max(min(cells - first, count), 0)
        high = max(low, high)
        self.cut(z, 0, low)[...] = fold.empty
        self.cut(z, high, count)[...] = fold.empty
        self.cut(z, low, high)[...] = self.cut(x, low + first, high + first)
        return z

    def fold_bins(self, x, fold, out, start, stop, begin):
        """Fold bins, which differ by a cell or two: first what all have, then what some have besides."""
        bounds = [self.window.reach(o)[:2] for o in range(start, stop)]
        first = np.array([low - begin for low, _ in bounds])
        sizes = np.array([high - low + 1 for low, high in bounds])
        least = int(sizes.min())
        r = running(np.ascontiguousarray(x), fold, self.axis, least, 1)
        np.take(r, first, self.axis, out=out, mode="clip")
        drop = (slice(None),) * self.axis
        for more in range(least, int(sizes.max())):
            some = (*drop, np.flatnonzero(sizes > more))
            out[some] = fold.pair(out[some], np.take(x, first[some[-1]] + more, self.axis))
        return out

    def one_by_one(self, x, fold, out, start, stop, begin):
        """Fold the cells of each output by themselves."""
        drop = (slice(None),) * self.axis
        for o in range(start, stop):
            cells, into = self.cells(o), out[(*drop, o - start)]
            if not cells:
                into[...] = fold.empty
                continue
            first, last, step = cells.start - begin, cells.stop - begin, cells.step
            part = PART * step if fold is SUM else max(last - first, 1)
            fold.pair.reduce(self.cut(x, first, min(first + part, last), step), self.axis, out=into)
            for more in range(first + part, last, part):
                into += np.add.reduce(self.cut(x, more, min(more + part, last), step), self.axis)
        return out


def running(z, fold, axis, size, dilation):
    """Return for every cell what a window that starts there folds to; beyond an end it is anything.

    The array is one run in memory, so that the taps of all windows are the run a few values later.
    """
    if size == 1:
        return z
    run = z.reshape(-1)
    step = dilation
    for n in z.shape[axis + 1 :]:
        step *= n
    out = np.empty_like(run)
    some = out[: max(run.size - (size - 1) * step, 0)]
    fold.pair(run[: some.size], run[step : step + some.size], out=some)
    for tap in range(2, size):
        fold.pair(some, run[tap * step : tap * step + some.size], out=some)
    return out.reshape(z.shape)
