"""`Window` and `Bins`: what one output cell reads, along one axis.

Everything windowed, in every framework, is one of these two records per axis; sizes, costs,
receptive fields, drawings and the forward pass are questions asked of them. A framework's own
words (`same`, `ceil_mode`, `output_padding`) are turned into windows in `dialects`, not here.
This file uses the standard library alone and imports nothing of ours.
"""

from math import gcd
from typing import NamedTuple


class Window(NamedTuple):
    """A kernel sliding along one axis.

    The input cells are first set `base` apart, then `low` and `high` cells are added at the ends
    (or cut, where negative); over that slide `size` taps, `dilation` apart, `stride` at a step::

        size 3, stride 2, low 1, high 1        size 3, stride 1, low 2, high 1, base 2
        cells     . 1 2 3 4 5 .                cells     . . 1 x 2 x 3 .
        output 0  ^ ^ ^                        output 0  ^ ^ ^
        output 1      ^ ^ ^                    output 1    ^ ^ ^

    A transposed convolution is a window with `base` = its stride and stride 1.

    Attributes
    ----------
    size : int
        Taps of the kernel.
    stride : int
        Cells between one output cell's first tap and the next one's.
    low, high : int or None
        Cells added before and after. None for the `same` rule on a size that is not known: then
        they are whatever makes the output ``ceil(n / stride)``.
    dilation : int
        Cells from one tap to the next.
    base : int
        Cells from one input value to the next; the cells between hold nothing.
    overhang : int
        Cells past the end that `ceil_mode` lets a window reach, but no average ever counts.
    flip : bool
        Whether the kernel is read backwards, as a transposed convolution does.
    """

    size: int
    stride: int = 1
    low: int | None = 0
    high: int | None = 0
    dilation: int = 1
    base: int = 1
    overhang: int = 0
    flip: bool = False

    @property
    def span(self):
        """Cells from the first tap to the last, both counted: ``dilation*(size - 1) + 1``."""
        return self.dilation * (self.size - 1) + 1

    def out(self, n):
        """Return the number of output cells over `n` input cells (an integer or a symbolic size).

        XLA's rule (`InferWindowOutputShape`), with the overhang added.

        Examples
        --------
        >>> Window(size=3, stride=2, low=1, high=1).out(5)
        3
        >>> Window(size=3, low=2, high=1, base=2).out(5)
        10
        """
        # Every size of every layer comes through here: one unpacking is faster than eight names.
        size, stride, low, high, dilation, base, overhang, _ = self
        if low is None:
            return -(-n // stride)
        reach = low + (n - 1) * base + high + overhang - dilation * (size - 1)
        if reach.__class__ is int and reach < 0:
            return 0
        return reach // stride + 1

    def room(self, n):
        """Return the cells that the window may slide over: padding, spread input and overhang."""
        return self.low + (n - 1) * self.base + 1 + self.high + self.overhang

    def taps(self, n, o):
        """Yield ``(tap, cell)`` for each tap of output cell `o` that falls on one of `n` cells.

        `tap` is the index into the kernel as it is stored.

        Examples
        --------
        >>> list(Window(size=3, stride=2, low=1, high=1).taps(5, 0))
        [(1, 0), (2, 1)]
        """
        for i in range(self.size):
            cell, between = divmod(o * self.stride - self.low + i * self.dilation, self.base)
            if not between and 0 <= cell < n:
                yield (self.size - 1 - i if self.flip else i), cell

    def counted(self, n, o):
        """Return how many taps of output cell `o` an average that counts padding divides by."""
        last = self.room(n) - self.overhang
        return sum(o * self.stride + i * self.dilation < last for i in range(self.size))

    def reach(self, o):
        """Return ``(first, last, step)``: the input cells that output `o` reads, padding too.

        None where every tap falls between the input's cells. The cells are an arithmetic
        progression, so nothing here grows with the size of the kernel.
        """
        start = o * self.stride - self.low
        # The taps that meet a value are those with start + i*dilation divisible by base.
        common = gcd(self.dilation, self.base)
        if start % common:
            return None
        turn = self.base // common
        first = (-(start // common) * pow(self.dilation // common, -1, turn)) % turn if turn > 1 else 0
        if first >= self.size:
            return None
        last = first + (self.size - 1 - first) // turn * turn
        return (
            (start + first * self.dilation) // self.base,
            (start + last * self.dilation) // self.base,
            self.dilation // common,
        )

    @property
    def period(self):
        """``(outputs, cells)``: after so many outputs, the pattern repeats so many cells on."""
        common = gcd(self.stride, self.base)
        return self.base // common, self.stride // common


class Bins(NamedTuple):
    """Adaptive pooling along one axis: `bins` output cells that share `cells` input cells.

    Output cell i reads ``floor(i*n/bins)`` up to, not with, ``ceil((i+1)*n/bins)``: neighbours may
    overlap and differ in size by one.
    """

    bins: int
    cells: int

    def out(self, n):
        """Return the number of output cells, whatever the input."""
        return self.bins if n.__class__ is not int or n > 0 else 0

    def taps(self, n, o):
        """Yield ``(tap, cell)`` for each cell that output `o` reads.

        Examples
        --------
        >>> [[cell for _, cell in Bins(3, 7).taps(7, o)] for o in range(3)]
        [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
        """
        first, last = o * n // self.bins, -(-(o + 1) * n // self.bins)
        yield from enumerate(range(first, last))

    def reach(self, o):
        """Return ``(first, last, step)`` of the cells that output `o` reads."""
        n = self.cells
        return o * n // self.bins, -(-(o + 1) * n // self.bins) - 1, 1

    @property
    def period(self):
        """``(outputs, cells)`` after which the pattern repeats."""
        common = gcd(self.bins, self.cells)
        return self.bins // common, self.cells // common
