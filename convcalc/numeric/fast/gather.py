"""Every window of an input as one strided view, the padding that windows reach into, and blocks of output cells."""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided


class Gather:
    """What windows read of an array, as a strided view of it or of its padded copy.

    Parameters
    ----------
    shape : tuple of int
        The shape of the array, with a batch.
    pads : dict
        Axis -> cells before and after; negative ones are cut.
    steps : list of tuple
        An axis of the view each: its size, the axis of the array along which it steps, and how far.
    itemsize : int
    mode : str
        What is in the padding: zeros, or reflect, replicate, circular as torch has them.
    fill : float
        What is in the padding of mode zeros.
    """

    def __init__(self, shape, pads, steps, itemsize, mode="zeros", fill=0):
        self.source = shape
        self.mode = mode
        self.fill = fill
        self.grown = {axis: (max(low, 0), max(high, 0)) for axis, (low, high) in pads.items()}
        self.cut = {axis: (max(-low, 0), max(-high, 0)) for axis, (low, high) in pads.items()}
        self.pads = any(low or high for low, high in self.grown.values())
        padded = list(shape)
        inner = [slice(None)] * len(shape)
        for axis, (low, high) in self.grown.items():
            padded[axis] += low + high
            inner[axis] = slice(low, low + shape[axis])
        self.padded, self.inner = tuple(padded), tuple(inner)
        # Bytes of the padded copy.
        self.work = prod(padded) * itemsize if self.pads else 0
        self.steps = steps
        self.shape = tuple(size for size, _, _ in steps)
        strides = [prod(padded[axis + 1 :]) * itemsize for axis in range(len(padded))]
        self.strides = tuple(strides[axis] * step for _, axis, step in steps)
        self.offset = sum(cells[0] * strides[axis] for axis, cells in self.cut.items())

    def __call__(self, x):
        """Return the view of an array; nothing may be written to it."""
        if self.pads:
            x = self.copy(x)
        elif not x.flags.c_contiguous:
            return self.loose(x)
        return np.ndarray(self.shape, x.dtype, x, self.offset, self.strides)

    def copy(self, x):
        """Return a padded copy of an array."""
        if self.mode == "zeros":
            y = np.full(self.padded, self.fill, x.dtype) if self.fill else np.zeros(self.padded, x.dtype)
            y[self.inner] = x
            return y
        y = np.empty(self.padded, x.dtype)
        y[self.inner] = x
        for axis, (low, high) in self.grown.items():
            cells = np.moveaxis(y, axis, 0)
            # A circular pad that cuts one end wraps what is left.
            first, last = self.cut[axis] if self.mode == "circular" else (0, 0)
            wrap(cells, low, high, first, last, self.mode)
        return y

    def loose(self, x):
        """Return the view of an array whose values do not lie side by side."""
        x = x.reshape(self.source)
        start = tuple(slice(self.cut.get(axis, (0,))[0], None) for axis in range(x.ndim))
        strides = tuple(x.strides[axis] * step for _, axis, step in self.steps)
        return as_strided(x[start], self.shape, strides, writeable=False)


def wrap(cells, low, high, first, last, mode):
    """Fill the padding at both ends of the first axis from the cells between."""
    n = len(cells) - low - high
    end = low + n
    if mode == "replicate":
        cells[:low], cells[end:] = cells[low], cells[end - 1]
    elif mode == "reflect":
        cells[:low], cells[end:] = cells[low + 1 : 2 * low + 1][::-1], cells[end - 1 - high : end - 1][::-1]
    else:
        cells[:low], cells[end:] = (
            cells[end - last - low : end - last],
            cells[low + first : low + first + high],
        )


def blocks(sizes, most):
    """Yield ``(slices, start, stop)``: runs of at most about `most` cells, in order, as boxes of axes of these sizes.

    `start` and `stop` count the cells as if the axes were one.

    >>> [(start, stop) for _, start, stop in blocks((2, 5, 3), 8)]
    [(0, 6), (6, 12), (12, 15), (15, 21), (21, 27), (27, 30)]
    """
    axis, rest = len(sizes), 1
    while axis and rest * sizes[axis - 1] <= most:
        axis -= 1
        rest *= sizes[axis]
    whole = (slice(None),) * (len(sizes) - axis)
    if not axis:
        yield whole, 0, rest
        return
    n, outer = sizes[axis - 1], sizes[: axis - 1]
    # Parts that are alike: none is much smaller than the others.
    step = -(-n // -(-n // max(1, most // rest)))
    for number, prefix in enumerate(np.ndindex(*outer)):
        before = tuple(slice(i, i + 1) for i in prefix)
        for first in range(0, n, step):
            stop = min(first + step, n)
            yield (*before, slice(first, stop), *whole), (number * n + first) * rest, (number * n + stop) * rest


def largest(sizes, most):
    """Return the cells of the largest of `blocks`."""
    rest = 1
    for n in reversed(sizes):
        if rest * n > most:
            return rest * -(-n // -(-n // max(1, most // rest)))
        rest *= n
    return rest
