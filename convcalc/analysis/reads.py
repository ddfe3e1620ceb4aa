"""Counts of what the windows of one axis read: cells never read, outputs of padding only.

Counted by going through the outputs once; over a long axis the pattern repeats, so it is counted
on a short one of the same remainder and carried on.
"""

from functools import lru_cache

from convcalc.record import Record

# Over an axis whose pattern is longer than this, or has more outputs, nothing is counted.
LONGEST = 20_000
MOST_OUTPUTS = 60_000
MOST_TAPS = 10_000_000


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
    cells = window.period[1]
    edge = (2 * window.span + abs(window.low) + abs(window.high) + window.overhang + 2 * window.stride) // window.base
    short = edge + 2 + cells
    outs = window.out(min(n, short + 2 * cells))
    if short > LONGEST or window.size > LONGEST or outs > MOST_OUTPUTS or outs * window.size > MOST_TAPS * window.base:
        return None
    if n <= short + cells:
        return count(window, n)
    short += (n - short) % cells
    here, there = count(window, short), count(window, short + cells)
    rounds = (n - short) // cells
    return Reads(*(a + (b - a) * rounds for a, b in zip(here, there, strict=True)))


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
    for o in range(window.out(n)):
        cells = window.reach(o)
        if cells is None:
            empty += 1
            nothing += 1
            continue
        first, last, step = cells
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
    sums = []
    for o in range(outputs):
        cells = window.reach(o)
        sums.append(0 if cells is None else (cells[1] - cells[0]) // cells[2] + 1)
    return tuple(sums)
