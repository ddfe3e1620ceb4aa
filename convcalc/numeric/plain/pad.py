"""Pads and crops by their definition: where each output cell along an axis comes from."""

import numpy as np


def source(mode, place, first, last):
    """Return the cell of ``first`` to ``last`` that stands at a place before, among or after them.

    None is the constant's place. A mirror does not repeat the outermost cell.

    Examples
    --------
    >>> [source("reflect", place, 0, 3) for place in range(-2, 6)]
    [2, 1, 0, 1, 2, 3, 2, 1]
    >>> [source("wrap", place, 0, 3) for place in range(-2, 6)]
    [2, 3, 0, 1, 2, 3, 0, 1]
    """
    if first <= place <= last:
        return place
    if mode == "constant":
        return None
    if mode == "edge":
        return first if place < first else last
    if mode == "wrap":
        while place < first:
            place += last - first + 1
        while place > last:
            place -= last - first + 1
        return place
    while not first <= place <= last:
        place = 2 * first - place if place < first else 2 * last - place
        if first == last:
            return first
    return place


def along(x, axis, low, high, mode, value, cut_first):
    """Return an array with cells before and after along one axis; negative ones are cut."""
    n = x.shape[axis]
    first, last = (max(-low, 0), n - 1 - max(-high, 0)) if cut_first else (0, n - 1)
    x = np.moveaxis(x, axis, 0)
    y = np.empty((n + low + high, *x.shape[1:]))
    for o in range(len(y)):
        cell = source(mode, o - low, first, last)
        y[o] = value if cell is None else x[cell]
    return np.moveaxis(y, 0, axis)


def every(x, pairs, mode, value=0.0, cut_first=False):
    """Return an array padded along all of its axes, one after the other."""
    for axis, (low, high) in enumerate(pairs):
        if low or high:
            x = along(x, axis, low, high, mode, value, cut_first)
    return x


def on_spatial(node, sides):
    """Return the pairs of all axes: the last ones', but for channels that stand last."""
    after = 0 if node.channels_first else 1
    before = len(node.shape) - len(sides) - after
    return [(0, 0)] * before + list(sides) + [(0, 0)] * after


def zero_pad(node, inputs, weights):
    """Return the input with zeros, or torch's value, at the ends."""
    return every(inputs[0], on_spatial(node, node.args["padding"]), "constant", node.args.get("value", 0.0))


def crop(node, inputs, weights):
    """Return the input without the cells at its ends."""
    cut = tuple(
        slice(low, n - high) for n, (low, high) in zip(node.shape, on_spatial(node, node.args["cropping"]), strict=True)
    )
    return inputs[0][cut]


def reflection_pad(node, inputs, weights):
    """Return the input mirrored at its ends."""
    return every(inputs[0], on_spatial(node, node.args["padding"]), "reflect")


def replication_pad(node, inputs, weights):
    """Return the input with its outermost cells repeated."""
    return every(inputs[0], on_spatial(node, node.args["padding"]), "edge")


def circular_pad(node, inputs, weights):
    """Return the input with the cells of the other end, one axis after the other.

    torch puts what is kept in its place, then copies each end from the other end of the output.
    """
    y = inputs[0]
    for axis, (low, high) in enumerate(on_spatial(node, node.args["padding"])):
        x, n = np.moveaxis(y, axis, 0), y.shape[axis]
        out = np.zeros((n + low + high, *x.shape[1:]))
        before, after = max(low, 0), max(high, 0)
        end = len(out) - after
        out[before:end] = x[max(-low, 0) : n - max(-high, 0)]
        if low > 0:
            out[:before] = out[end - before : end]
        if high > 0:
            out[end:] = out[before : before + after]
        y = np.moveaxis(out, 0, axis)
    return y


def pad(node, inputs, weights):
    """Return ONNX' Pad: the given axes, cut before anything is copied."""
    a, pairs = node.args, [(0, 0)] * len(node.shape)
    for axis, pair in zip(range(len(pairs)) if a["axes"] is None else a["axes"], a["padding"], strict=True):
        pairs[axis] = pair
    return every(inputs[0], pairs, a["mode"], a["value"], cut_first=True)


RULES = {
    "zero_pad": zero_pad,
    "constant_pad": zero_pad,
    "crop1": crop,
    "crop2": crop,
    "crop3": crop,
    "reflection_pad": reflection_pad,
    "replication_pad": replication_pad,
    "circular_pad": circular_pad,
    "pad": pad,
}
