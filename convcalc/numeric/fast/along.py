"""Activations of values by the others along an axis; powers are taken from the greatest down."""

from math import prod

import numpy as np

from convcalc.numeric.fast.pointwise import BLOCK, each, sigmoid


def by_rows(formula, x, axes):
    """Return a formula over an array, some rows at a time, so that little is held besides the result.

    `formula(x, axes)` works along axes, which are counted from 0; the rows are cut along the longest other.
    """
    with np.errstate(all="ignore"):
        rest = [axis for axis in range(x.ndim) if axis not in axes]
        if not x.size:
            return x.copy()
        if x.size <= BLOCK or not rest:
            return formula(x, axes)
        cut = max(rest, key=lambda axis: x.shape[axis])
        step = max(1, BLOCK * x.shape[cut] // x.size)
        y = np.empty(x.shape, x.dtype)
        place = [slice(None)] * x.ndim
        for start in range(0, x.shape[cut], step):
            place[cut] = slice(start, start + step)
            y[tuple(place)] = formula(x[tuple(place)], axes)
    return y


def held(shape, axes, itemsize):
    """Return the bytes that `by_rows` needs besides the result."""
    size = prod(shape)
    rest = [n for axis, n in enumerate(shape) if axis not in axes]
    longest = max(rest, default=1)
    return 4 * itemsize * (size if size <= BLOCK or not rest else max(BLOCK, size // longest))


def softmax(x, axes):
    """Compute exp(x) over its sum."""
    y = np.exp(x - x.max(axes, keepdims=True))
    y /= y.sum(axes, keepdims=True)
    return y


def softmin(x, axes):
    """Compute exp(-x) over its sum."""
    return softmax(-x, axes)


def log_softmax(x, axes):
    """Compute x - log(sum(exp(x)))."""
    y = x - x.max(axes, keepdims=True)
    y -= np.log(np.exp(y).sum(axes, keepdims=True))
    return y


def hardmax(x, axes):
    """Compute 1 at the first of the greatest values, else 0; what is no number is not the greatest."""
    (axis,) = axes
    first = np.expand_dims(np.where(np.isnan(x), -np.inf, x).argmax(axis), axis)
    y = np.zeros_like(x)
    np.put_along_axis(y, first, 1.0, axis)
    return y


def sparsemax(x, axes):
    """Compute max(x - tau, 0), with tau as Keras 3.15 has it.

    The k greatest values whose share ``x_k - (x_1 + ... + x_k - 1)/k`` is positive are inside, and
    tau should be that quotient of the last of them (Martins and Astudillo 2016, algorithm 1). Keras
    adds up the running sums of all k instead, so that its values sum to 1 for k = 1 alone.
    """
    (axis,) = axes
    falling = -np.sort(-x, axis=axis)
    sums = falling.cumsum(axis)
    shape = [1] * x.ndim
    shape[axis] = -1
    count = np.arange(1, x.shape[axis] + 1, dtype=x.dtype).reshape(shape)
    inside = falling - (sums - 1.0) / count > 0
    total = np.where(inside, sums, 0.0).sum(axis, keepdims=True)
    return np.maximum(x - (total - 1.0) / inside.sum(axis, keepdims=True, dtype=x.dtype), 0.0)


def glu(x, axis):
    """Compute the first half along an axis times the sigmoid of the second."""
    half = x.shape[axis] // 2
    place = [slice(None)] * x.ndim
    place[axis] = slice(half, None)
    y = each(sigmoid, x[tuple(place)])
    place[axis] = slice(None, half)
    with np.errstate(all="ignore"):
        y *= x[tuple(place)]
    return y
