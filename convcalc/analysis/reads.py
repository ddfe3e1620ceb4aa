"""Counts of what the windows of one axis read: cells never read, outputs of padding only.

Counted by going through the outputs once; over a long axis the pattern repeats, so it is counted
on a short one of the same remainder and carried on.
"""

from functools import lru_cache
from math import gcd

from convcalc.record import Record

# Over an axis whose pattern is longer than this, or has more outputs, nothing is counted.
LONGEST = 20_000
MOST_OUTPUTS = 60_000
MOST_TAPS = 10_000_000
# Only a pattern as short as this is looked at for all axes at once.
FEW = 1000


class Reads(Record):
    """Counts along one axis: input cells never read; outputs that touch padding, or read no cell.

    `nothing` counts the outputs whose every tap falls between cells: they touch no padding either.
    """

    unread: int
    touching: int
    empty: int
    nothing: int = 0


def reads(window, n):
    """Return the `Reads` of a window over `n` cells, or None where they are not known.

    Examples
    --------
    >>> from convcalc.window import Window
    >>> reads(Window(2, 2), 7)
    Reads(unread=1, touching=0, empty=0, nothing=0)
    """
    if len(window) == 2:
        return Reads(0 if window.bins else n, 0, 0)
    if n.__class__ is not int or window.low.__class__ is not int or window.size.__class__ is not int:
        return None
    if window.base == 1 and window.dilation == 1:
        return plain(window, n)
    short, cells = pattern(window)
    outs = window.out(min(n, short + 2 * cells))
    if short > LONGEST or window.size > LONGEST or outs > MOST_OUTPUTS or outs * window.size > MOST_TAPS * window.base:
        return None
    if n <= short + cells:
        return count(window, n)
    short += (n - short) % cells
    here, there = count(window, short), count(window, short + cells)
    rounds = (n - short) // cells
    return Reads(*(a + (b - a) * rounds for a, b in zip(here, there, strict=True)))


def pattern(window):
    """Return ``(short, cells)``: over an axis longer than `short` the pattern repeats, so many cells on."""
    cells = window.period[1]
    edge = (2 * window.span + abs(window.low) + abs(window.high) + window.overhang + 2 * window.stride) // window.base
    return edge + 2 + cells, cells


def lost(window, n):
    """Return ``(unread, empty)``: the cells never read, the outputs that read none; zeros where not known.

    Where windows overlap and each reads a cell, what is unread lies at the end; else it takes counting.

    Examples
    --------
    >>> from convcalc.window import Window
    >>> lost(Window(2, 2), 8), lost(Window(2, 2), 7)
    ((0, 0), (1, 0))
    """
    size, stride, low, high, dilation, base, overhang, _ = window
    if base == dilation == 1:
        # What the windows move over beyond the first, and how far the last ends past the cells.
        room = n + low + high + overhang - size
        after = high + overhang - room % stride
        if n > 0 <= room and 0 <= low < size > after and stride <= size:
            return (-after if after < 0 else 0), 0
    elif n >= calm(window):
        return 0, 0
    counts = reads(window, n)
    return (counts.unread, counts.empty) if counts else (0, 0)


@lru_cache(maxsize=4096)
def calm(window):
    """Return from how many cells on a window reads them all, and a cell with every output."""
    short, cells = pattern(window)
    if cells == 1 and short <= FEW:
        edges = [reads(window, n) for n in (short, short + 1)]
        if all(counts and counts.unread == counts.empty == 0 for counts in edges):
            return short
    return float("inf")


def plain(window, n):
    """Return the `Reads` of a window without gaps between its taps, whose outputs read runs of cells.

    Output o reads ``o*stride - low`` and the `size - 1` cells after it::

        size 3, stride 2, low 1, 5 cells       . 1 2 3 4 5 .
        outputs 0, 1 and 2                     ^ ^ ^ ^ ^
                                                       ^ ^ ^
    """
    size, stride, low, outs = window.size, window.stride, window.low, window.out(n)
    if n < 1 or outs < 1:
        return Reads(n, outs, outs)
    # Outputs from `first` to, not with, `stop` read a cell; those from `early` to `late` read cells alone.
    first = min(max(-(-(low - size + 1) // stride), 0), outs)
    stop = max(min((n - 1 + low) // stride + 1, outs), first)
    early = min(max(-(-low // stride), 0), outs)
    late = max(min((n - size + low) // stride + 1, outs), early)
    begin, end = first * stride - low, (stop - 1) * stride - low + size
    if stop == first:
        seen = 0
    elif stride <= size:
        seen = min(end, n) - max(begin, 0)
    else:
        # The gaps between them are not read, nor what sticks out at either end.
        seen = (stop - first) * size - max(-begin, 0) - max(end - n, 0)
    return Reads(n - seen, outs - (late - early), outs - (stop - first))


@lru_cache(maxsize=4096)
def count(window, n):
    """Return the `Reads` by going through the outputs one by one."""
    seen = bytearray(n)
    touching = empty = nothing = 0
    size, stride, low_end, _, dilation, base, _, _ = window
    # What `Window.reach` says of each output, with what is the same for all of them worked out once.
    common = gcd(dilation, base)
    turn, step = base // common, dilation // common
    inverse = pow(step, -1, turn) if turn > 1 else 0
    for start in range(-low_end, window.out(n) * stride - low_end, stride):
        tap = -(start // common) * inverse % turn
        if start % common or tap >= size:
            empty += 1
            nothing += 1
            continue
        first = (start + tap * dilation) // base
        last = first + (size - 1 - tap) // turn * step
        low = first if first >= 0 else first + -(first // step) * step
        high = min(last, n - 1)
        touching += first < 0 or last >= n
        if low > high:
            empty += 1
            continue
        seen[low : high + 1 : step] = b"\1" * ((high - low) // step + 1)
    return Reads(n - sum(seen), touching, empty, nothing)


@lru_cache(maxsize=4096)
def overlap(window):
    """Return how many taps an output cell inside sums, phase by phase; one phase unless base > 1."""
    if len(window) == 2 or window.base == 1 or window.size.__class__ is not int or window.base > LONGEST:
        return (window[0],)
    if window.low.__class__ is not int:
        # The phases are the same ones wherever they begin.
        window = window._replace(low=0)
    outputs, _ = window.period
    size, stride, low, _, dilation, base, _, _ = window
    common = gcd(dilation, base)
    turn = base // common
    inverse = pow(dilation // common, -1, turn) if turn > 1 else 0
    sums = []
    for start in range(-low, outputs * stride - low, stride):
        tap = -(start // common) * inverse % turn
        sums.append(0 if start % common or tap >= size else (size - 1 - tap) // turn + 1)
    return tuple(sums)
