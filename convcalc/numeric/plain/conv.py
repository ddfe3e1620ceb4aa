"""Convolutions by their definition: every output cell is a sum over the taps of its windows.

Loops go over output cells and taps; only the batch and the channels of a cell are taken together.
"""

from itertools import product

import numpy as np


def conv(node, inputs, weights):
    """Return ``bias + sum over taps of x[cell] @ kernel[tap]``, a group of channels apart from the next."""
    x, groups, rank = apart(node, inputs[0]), node.args["groups"], node.rank
    if node.framework == "keras":
        kernel = weights["kernel"]
    else:
        # (out, in, taps) becomes (taps, in, out).
        kernel = np.moveaxis(weights["weight" if node.framework == "torch" else "W"], (1, 0), (-2, -1))
    return joined(node, summed(node, x, split_filters(kernel, groups, rank), groups), bias(node, weights))


def transpose(node, inputs, weights):
    """Return what a convolution does whose input cells are `stride` apart and whose kernel is read backwards."""
    x, groups = apart(node, inputs[0]), node.args.get("groups", 1)
    if node.framework == "keras":
        # (taps, out, in) becomes (taps, groups, in, out).
        kernel = weights["kernel"].swapaxes(-1, -2)[..., None, :, :]
    else:
        # (in, out of a group, taps) becomes (taps, in, out), whose `in` falls into groups.
        kernel = np.moveaxis(weights["weight" if node.framework == "torch" else "W"], (0, 1), (-2, -1))
        kernel = kernel.reshape(*kernel.shape[:-2], groups, kernel.shape[-2] // groups, kernel.shape[-1])
    return joined(node, summed(node, x, kernel, groups), bias(node, weights))


def depthwise(node, inputs, weights):
    """Return each channel's own sums: ``depth_multiplier`` filters of a channel stand side by side."""
    x = apart(node, inputs[0])
    return joined(node, summed(node, x, weights["kernel"][..., None, :], x.shape[-1]), weights.get("bias"))


def separable(node, inputs, weights):
    """Return each channel's own sums, mixed by a matrix in every cell."""
    x = apart(node, inputs[0])
    middle = summed(node, x, weights["depthwise_kernel"][..., None, :], x.shape[-1])
    matrix = weights["pointwise_kernel"].reshape(weights["pointwise_kernel"].shape[-2:])
    y = np.zeros((*middle.shape[:-1], matrix.shape[1]))
    for cell in np.ndindex(middle.shape[1:-1]):
        y[(slice(None), *cell)] = middle[(slice(None), *cell)] @ matrix
    return joined(node, y, weights.get("bias"))


def summed(node, x, kernel, groups):
    """Return (batch, cells, filters): each output cell's sum over its taps.

    `x` is (batch, cells, channels), `kernel` (taps, groups, channels of a group, filters of a group).
    """
    windows = node.windows
    mode = node.args.get("padding_mode", "zeros")
    if mode != "zeros":
        x = wrapped(x, windows, mode)
        windows = [w._replace(low=0, high=0) for w in windows]
    sizes = node.output[-node.rank :] if node.channels_first else node.output[-node.rank - 1 : -1]
    batch, cells = x.shape[0], x.shape[1:-1]
    # A cell's channels as (groups, batch, channels of a group), to be multiplied with one tap of all groups.
    x = np.moveaxis(x.reshape(batch, *cells, groups, kernel.shape[-2]), 0, -2)
    y = np.zeros((*sizes, groups, batch, kernel.shape[-1]))
    for out in np.ndindex(*sizes):
        taps = (w.taps(n, o) for w, n, o in zip(windows, cells, out, strict=True))
        for pairs in product(*taps):
            tap, cell = zip(*pairs, strict=True)
            y[out] += x[cell] @ kernel[tap]
    return np.moveaxis(y, -2, 0).reshape(batch, *sizes, groups * kernel.shape[-1])


def wrapped(x, windows, mode):
    """Return the input with its padding written out: which cell stands at each place before 0 and after n - 1."""
    for axis, window in enumerate(windows, 1):
        n = x.shape[axis]
        x = np.stack([x.take(source(place, n, window, mode), axis) for place in places(window, n)], axis)
    return x


def places(window, n):
    """Return the places that a window slides over: 0 is the input's first cell."""
    return range(-window.low, n + window.high)


def source(place, n, window, mode):
    """Return the cell of the input that stands at a place.

    >>> from convcalc.window import Window
    >>> [[source(i, 4, Window(3), mode) for i in range(-2, 6)] for mode in ("reflect", "replicate", "circular")]
    [[2, 1, 0, 1, 2, 3, 2, 1], [0, 0, 0, 1, 2, 3, 3, 3], [2, 3, 0, 1, 2, 3, 0, 1]]
    """
    if mode == "replicate":
        return min(max(place, 0), n - 1)
    if mode == "reflect":
        return (n - 1) - abs((n - 1) - abs(place))
    # What is wrapped is what the padding leaves, where it cuts one end.
    first, end = max(-window.low, 0), n - max(-window.high, 0)
    return first + (place - first) % (end - first)


def apart(node, x):
    """Return an input as (batch, cells, channels)."""
    if x.ndim == node.rank + 1:
        x = x[None]
    return np.moveaxis(x, 1, -1) if node.channels_first else x


def joined(node, y, bias):
    """Return an output in the layer's own layout, with the bias."""
    if bias is not None:
        y = y + bias
    return (np.moveaxis(y, -1, 1) if node.channels_first else y).reshape(node.output)


def split_filters(kernel, groups, rank):
    """Return (taps, in, out) as (taps, groups, in, out): the filters fall into groups."""
    kernel = kernel.reshape(*kernel.shape[:-1], groups, kernel.shape[-1] // groups)
    return np.moveaxis(kernel, -2, rank)


def bias(node, weights):
    """Return the bias, or None."""
    return weights.get("B" if node.framework == "onnx" else "bias")


RULES = {"conv": conv, "transpose": transpose, "depthwise": depthwise, "separable": separable}
