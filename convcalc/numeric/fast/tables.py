"""Tables of an axis that is resized: which cells each output reads, and how much of each."""

import numpy as np

from convcalc.record import Record


class Table(Record):
    """What each output of one axis reads.

    Attributes
    ----------
    cells : array
        The cell of each output; with weights ``(outputs, taps)``.
    weights : array or None
        As `cells`; None where each output is one cell.
    outside : array or None
        The outputs that no cell is near.
    """

    cells: object
    weights: object = None
    outside: object = None


def linear(place, n):
    """Return the two cells around each coordinate, which is 0 or more."""
    low = np.minimum(place.astype(np.intp), n - 1)
    high = np.minimum(low + 1, n - 1)
    rest = np.minimum(place - low.astype(place.dtype), place.dtype.type(1))
    return Table(np.stack([low, high], 1), np.stack([place.dtype.type(1) - rest, rest], 1))


def cubic(place, n, a, exclude=False, steps=None):
    """Return Keys' four cells around each coordinate; `a` is the slope of the kernel.

    Cells beyond an end are its outermost one, or with `exclude` count nothing and the others more.
    """
    real = place.dtype.type
    low = np.floor(place)
    rest = place - low
    if steps:
        rest = np.rint(rest * real(steps)) / real(steps)
    a = real(a)

    def near(x):
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x):
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    weights = np.stack([far(rest + 1), near(rest), near(1 - rest), far(2 - rest)], 1).astype(place.dtype)
    cells = low.astype(np.intp)[:, None] + np.arange(-1, 3)
    if exclude:
        weights = np.where((cells < 0) | (cells >= n), real(0), weights)
        weights = shared(weights)
    return Table(cells.clip(0, n - 1), weights)


def shared(weights):
    """Return weights that add up to 1, but for those that add up to nothing."""
    total = weights.sum(1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=np.abs(total) > 1e-30)


def from_kernel(place, n, radius, kernel):
    """Return the cells within a radius of each coordinate, weighted by a kernel of their distance."""
    first = np.ceil(place - place.dtype.type(radius)).astype(np.intp)
    cells = first[:, None] + np.arange(2 * radius + 1)
    weights = kernel(np.abs(cells.astype(place.dtype) - place[:, None]))
    weights = np.where((cells < 0) | (cells >= n), place.dtype.type(0), weights)
    return Table(cells.clip(0, n - 1), shared(weights))


def lanczos(x, radius):
    """Return the Lanczos kernel of distances: 1 very near, 0 beyond the radius."""
    angle = np.pi * np.maximum(x, x.dtype.type(1e-3))
    wave = radius * np.sin(angle) * np.sin(angle / radius) / (angle * angle)
    return np.where(x > radius, 0, np.where(x <= 1e-3, 1, wave)).astype(x.dtype)
