"""Layers that lay the same values out anew: views wherever numpy has one."""

import numpy as np

from convcalc.numeric.node import Kernel


def reshape(node):
    """Lay the values out in the output's shape, in the order that they have."""

    def run(inputs, weights):
        return inputs[0].reshape(node.output)

    return Kernel(run)


def flatten(node):
    """Lay the values of each sample out in a row; Keras' channels come last whatever the layout."""
    if node.framework == "keras" and node.args["data_format"] == "channels_first" and len(node.shape) > 2:

        def run(inputs, weights):
            return np.moveaxis(inputs[0], 1, -1).reshape(node.output)

        return Kernel(run)
    return reshape(node)


def permute(node):
    """Exchange the axes after the batch."""
    return ordered((0, *node.args["dims"]))


def transpose(node):
    """Exchange all axes; reversed where no order is given."""
    order = node.args["perm"]
    return ordered(tuple(reversed(range(len(node.shape)))) if order is None else order)


def ordered(order):
    """Return the kernel that puts the axes in an order."""

    def run(inputs, weights):
        return inputs[0].transpose(order)

    return Kernel(run)


def repeat(node):
    """Repeat each sample's vector."""

    def run(inputs, weights):
        return np.broadcast_to(inputs[0][:, None], node.output).copy()

    return Kernel(run)


RULES = {
    "flatten": flatten,
    "reshape": reshape,
    "unflatten": reshape,
    "permute": permute,
    "transpose_axes": transpose,
    "repeat": repeat,
}
