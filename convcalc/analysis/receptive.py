"""Receptive fields: which input cells an output cell can see, folded window by window.

A field along one axis is periodic: after `phases` outputs the same pattern stands `advance` input
cells on. Each phase has the first and the last input cell that it reaches, padding included.
A plain convolution has one phase; a transposed one has as many as its stride; adaptive bins have
as many as there are bins. So one fold serves them all.
"""

from math import gcd, lcm

from convcalc.analysis.report import Field
from convcalc.record import Record

# More phases, or more work, than this and the field is reported as unknown.
MOST_PHASES = 4096
MOST_WORK = 200_000
MOST_BITS = 4096


class Axis(Record):
    """The field along one axis: per phase ``(first, last)`` or None, and the advance per round.

    `placed` is False where the cells are known but for a shift: below a `same` of unknown padding.
    """

    reach: tuple
    advance: int
    placed: bool = True

    def at(self, o):
        """Return ``(first, last)`` of output cell `o`, or None where it reads nothing."""
        turns, phase = divmod(o, len(self.reach))
        cells = self.reach[phase]
        return cells and (cells[0] + turns * self.advance, cells[1] + turns * self.advance)


IDENTITY = Axis(((0, 0),), 1)


def through(axis, window):
    """Return the field after a window that reads the cells of `axis`, or None where unknown.

    Examples
    --------
    >>> from convcalc.window import Window
    >>> through(through(IDENTITY, Window(3, 2, 1, 1)), Window(3, 2, 1, 1))
    Axis(reach=((-3, 3),), advance=4, placed=True)
    """
    if axis is None or window[0].__class__ is not int or window[1].__class__ is not int or min(window[:2]) < 1:
        return None
    placed = axis.placed
    if len(window) > 2 and window.low.__class__ is not int:
        # Below one phase a shift moves every cell alike, so all but the start is known.
        if window.base > 1 or len(axis.reach) > 1:
            return None
        window, placed = window._replace(low=0), False
    if axis.advance.bit_length() > MOST_BITS:
        return None
    outputs, cells = window.period
    phases = len(axis.reach)
    # So many outputs that the cells they advance are whole rounds of the field below.
    rounds = phases // gcd(phases, cells)
    outputs *= rounds
    if outputs > MOST_PHASES or outputs * phases * 2 > MOST_WORK:
        return None
    reach = tuple(widest(axis, window.reach(o)) for o in range(outputs))
    return Axis(reach, cells * rounds // phases * axis.advance, placed)


def widest(axis, cells):
    """Return first and last input cell of an arithmetic progression of cells of `axis`, or None."""
    if cells is None:
        return None
    first, last, step = cells
    # The field of a cell moves on by whole rounds, so the ends lie in the outermost rounds.
    turn = len(axis.reach) * step
    ends = set(range(first, min(last, first + turn - step) + 1, step))
    ends.update(range(last, max(first, last - turn + step) - 1, -step))
    seen = [axis.at(c) for c in ends]
    seen = [cells for cells in seen if cells]
    return (min(s[0] for s in seen), max(s[1] for s in seen)) if seen else None


def union(axes):
    """Return the field of a merge: the union over its operands; None where they do not align."""
    if (
        None in axes
        or not all(a.placed for a in axes)
        or any(a.advance * len(axes[0].reach) != axes[0].advance * len(a.reach) for a in axes)
    ):
        return None
    phases = lcm(*(len(a.reach) for a in axes))
    if phases > MOST_PHASES:
        return None
    reach = []
    for o in range(phases):
        seen = [cells for a in axes if (cells := a.at(o))]
        reach.append((min(s[0] for s in seen), max(s[1] for s in seen)) if seen else None)
    return Axis(tuple(reach), axes[0].advance * (phases // len(axes[0].reach)))


def describe(axes):
    """Return the `Field` of a state: a tuple of axes (None where unknown)."""
    return Field(*zip(*(one(a) for a in axes), strict=True)) if axes else None


def one(axis):
    """Return ``(size, size_min, stride, start)`` of one axis; a stride under one cell is ``"1/2"``."""
    if axis is None:
        return None, None, None, None
    sizes = [0 if cells is None else cells[1] - cells[0] + 1 for cells in axis.reach]
    common = gcd(axis.advance, len(axis.reach))
    top, bottom = axis.advance // common, len(axis.reach) // common
    stride = top if bottom == 1 else f"{top}/{bottom}"
    first = axis.reach[0]
    return max(sizes), min(sizes), stride, first[0] if first and axis.placed else None


def whole(spatial):
    """Return the `Field` of a cell that sees the whole input."""
    return Field(tuple(spatial), tuple(spatial), (None,) * len(spatial), (0,) * len(spatial))
