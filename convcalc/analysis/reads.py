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


@lru_cache(maxsize=16384)
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
    if window.base == 1 and window.dilation == 1 and not (window.low or window.high or window.overhang):
        # A plain window: all that is left over are the gaps and the tail.
        outs = window.out(n)
        gap = max(window.stride - window.size, 0)
        return Reads(gap * (outs - 1) + n - ((outs - 1) * window.stride + window.size) if outs else n, 0, 0)
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


@lru_cache(maxsize=16384)
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
