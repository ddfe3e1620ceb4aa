"""Layers that lay values out anew, by their definition: where each row of the input goes."""

import numpy as np


def in_order(x):
    """Return the values one after the other: the last axis runs first."""
    if not x.ndim:
        return np.array([x[()]])
    row = x.shape[-1]
    values = np.empty(x.size)
    for number, cell in enumerate(np.ndindex(x.shape[:-1])):
        values[number * row : (number + 1) * row] = x[cell]
    return values


def reshape(node, inputs, weights):
    """Return the input's values in order, in the output's shape."""
    return in_order(inputs[0]).reshape(node.output)


def flatten(node, inputs, weights):
    """Return a row a sample; where Keras' channels are first they run first all the same."""
    (x,) = inputs
    if node.framework == "keras" and node.args["data_format"] == "channels_first" and x.ndim > 1:
        y = np.empty(node.output)
        channels = x.shape[1]
        for sample, channel in np.ndindex(x.shape[:2]):
            y[sample, channel::channels] = in_order(x[sample, channel])
        return y
    return reshape(node, inputs, weights)


def moved(x, order):
    """Return the array whose axis i is axis ``order[i]`` of the input."""
    y = np.empty([x.shape[axis] for axis in order])
    for cell in np.ndindex(x.shape[:-1]):
        place = (*cell, slice(None))
        y[tuple(place[axis] for axis in order)] = x[cell]
    return y


def permute(node, inputs, weights):
    """Exchange the axes after the batch."""
    return moved(inputs[0], (0, *node.args["dims"]))


def transpose(node, inputs, weights):
    """Exchange all axes; reversed where no order is given."""
    order, (x,) = node.args["perm"], inputs
    return moved(x, range(x.ndim)[::-1] if order is None else order) if x.ndim else x.copy()


def repeat(node, inputs, weights):
    """Return ``y[b, i] = x[b]``."""
    y = np.empty(node.output)
    for sample, step in np.ndindex(node.output[:2]):
        y[sample, step] = inputs[0][sample]
    return y


RULES = {
    "flatten": flatten,
    "reshape": reshape,
    "unflatten": reshape,
    "permute": permute,
    "transpose_axes": transpose,
    "repeat": repeat,
}
