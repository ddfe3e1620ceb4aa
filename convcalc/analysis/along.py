"""What outputs read, one by one along an axis, and counts over a whole grid of axes.

Nothing here goes through the cells of a long axis: counts are sums over the taps of a kernel, or
come from `reads`, which counts a period.
"""

from functools import lru_cache
from math import gcd, prod

from convcalc.analysis.reads import LONGEST
from convcalc.analysis.sheet import Grid, Read


def listed(window, n, out):
    """Return the `Read` of the first, second and last output along an axis, as far as known.

    Examples
    --------
    >>> from convcalc.window import Window
    >>> listed(Window(7, 2, 2, 3), 224, 112)[0]
    Read(output=0, first=-2, last=4, step=1, taps=7, padding=2)
    """
    if len(window) != 2 and window.low.__class__ is not int:
        return ()
    if any(size.__class__ is not int for size in window[:2]):
        return ()
    if n.__class__ is not int:
        # Of an axis of unknown size the first outputs' cells are known, not which are past its end.
        return tuple(read(window, n, o) for o in (0, 1)) if len(window) != 2 else ()
    return tuple(read(window, n, o) for o in sorted({0, 1, out - 1}) if 0 <= o < out)


def read(window, n, o):
    """Return the `Read` of one output."""
    cells = window.reach(o)
    if cells is None:
        return Read(o, None, None, None, 0, 0)
    first, last, step = cells
    padding = outside(first, last, step, n) if n.__class__ is int else None
    return Read(o, first, last, step, (last - first) // step + 1, padding)


def outside(first, last, step, n):
    """Return how many cells of a progression lie outside ``0 .. n - 1``.

    Examples
    --------
    >>> outside(-2, 4, 1, 224), outside(-3, 3, 2, 3)
    (2, 3)
    """
    count = (last - first) // step + 1
    low = first if first >= 0 else first % step
    high = min(last, n - 1)
    if low > high:
        return count
    return count - ((high - low) // step + 1)


@lru_cache(maxsize=4096)
def taps_inside(window, n):
    """Return how many pairs of an output and a tap fall on a cell of the input, or None.

    Examples
    --------
    >>> from convcalc.window import Window
    >>> taps_inside(Window(3, 1, 1, 1), 5)
    13
    """
    if len(window) == 2:
        bins = window.bins
        if bins.__class__ is not int or n.__class__ is not int:
            return None
        return n + bins - gcd(n, bins) if bins and n else 0
    known = all(part.__class__ is int for part in (window.size, window.stride, window.low, n))
    if not known or window.size > LONGEST:
        return None
    outs = window.out(n)
    stride, base = window.stride, window.base
    common = gcd(stride, base)
    turn = base // common
    inverse = pow(stride // common, -1, turn) if turn > 1 else 0
    total = 0
    for tap in range(window.size):
        # Outputs o with 0 <= o*stride + at <= (n - 1)*base, and base a divisor of o*stride + at.
        at = tap * window.dilation - window.low
        if at % common:
            continue
        first = max(-(at // stride), 0)
        last = min(((n - 1) * base - at) // stride, outs - 1)
        residue = -(at // common) * inverse % turn
        first += (residue - first) % turn
        if first <= last:
            total += (last - first) // turn + 1
    return total


def grid(spatial, sizes, counts):
    """Return the `Grid` of the counts of all axes.

    A cell is read where it is read along every axis. An output reads no cell where it reads none
    along one axis; it touches padding where it does along one axis, and has taps along all others.
    """
    cells, outs = prod(spatial), prod(sizes)
    if any(count is None for count in counts):
        return Grid(cells, outs, None, None, None)
    taking = [out - count.nothing for out, count in zip(sizes, counts, strict=True)]
    clear = prod(t - count.touching for t, count in zip(taking, counts, strict=True))
    full = prod(out - count.empty for out, count in zip(sizes, counts, strict=True))
    seen = prod(n - count.unread for n, count in zip(spatial, counts, strict=True)) if outs else 0
    return Grid(cells, outs, cells - seen, prod(taking) - clear, outs - full)
