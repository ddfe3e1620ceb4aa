"""Pixel shuffles as one transposition; unfold and fold as one slice a tap."""

from math import prod

import numpy as np

from convcalc.dialects import torch
from convcalc.numeric.fast.fold import Axis
from convcalc.numeric.node import Kernel


def dealt(split, order, output):
    """Return the kernel that splits axes, orders them and joins them again."""
    return Kernel(lambda inputs, weights: inputs[0].reshape(split).transpose(order).reshape(output))


def last(lead, order):
    """Return an order of axes that leaves the first `lead` ones where they are."""
    return (*range(lead), *(lead + i for i in order))


def depth_to_space(node):
    """Spread channels over cells; DCR has the cells of a block before the channels, CRD and torch after."""
    *lead, channels, height, width = node.shape
    r = node.args["block"]
    depth = channels // (r * r)
    if node.args.get("mode") == "DCR":
        return dealt((*lead, r, r, depth, height, width), last(len(lead), (2, 3, 0, 4, 1)), node.output)
    return dealt((*lead, depth, r, r, height, width), last(len(lead), (0, 3, 1, 4, 2)), node.output)


def space_to_depth(node):
    """Gather cells into channels."""
    *lead, channels, height, width = node.shape
    r = node.args["block"]
    if node.output == node.shape:
        return Kernel(lambda inputs, weights: inputs[0])
    order = (2, 4, 0, 1, 3) if node.args.get("mode") == "DCR" else (0, 2, 4, 1, 3)
    return dealt((*lead, channels, height // r, r, width // r, r), last(len(lead), order), node.output)


def channel_shuffle(node):
    """Deal out the channels of several groups in turn."""
    batch, channels, *rest = node.shape
    groups = node.args["groups"]
    split = (batch, groups, channels // groups, *rest)
    return dealt(split, (0, 2, 1, *range(3, len(split))), node.output)


def taps(node, spatial):
    """Return the output cells of both axes, and ``(i, j, outputs, cells)`` of every tap that meets the image."""
    a = node.args
    axes = []
    for axis, n in enumerate(spatial):
        pad = a["padding"][axis]
        window = torch.forward((pad, pad), a["kernel"][axis], a["stride"][axis], a["dilation"][axis], n)
        axes.append(Axis(axis, window, n))
    met = [
        [
            (i, slice(first, stop), slice(first * s + cell, (stop - 1) * s + cell + 1, s))
            for i, first, stop, cell in axis.met()
        ]
        for axis, s in zip(axes, a["stride"], strict=True)
    ]
    return [axis.size for axis in axes], [
        ((i, j), (rows, columns), (..., ys, xs)) for i, rows, ys in met[0] for j, columns, xs in met[1]
    ]


def unfold(node):
    """Write the patches of an image as columns."""
    *lead, height, width = node.shape
    kernel = node.args["kernel"]
    sizes, reads = taps(node, (height, width))

    def run(inputs, weights):
        (x,) = inputs
        y = np.zeros((*lead, *kernel, *sizes), x.dtype)
        for tap, outputs, cells in reads:
            y[(..., *tap, *outputs)] = x[cells]
        return y.reshape(node.output)

    return Kernel(run)


def fold(node):
    """Add up the columns of patches where they came from."""
    *lead, rows, _ = node.shape
    kernel = node.args["kernel"]
    sizes, reads = taps(node, node.args["output_size"])

    def run(inputs, weights):
        x = inputs[0].reshape(*lead, rows // prod(kernel), *kernel, *sizes)
        y = np.zeros(node.output, x.dtype)
        for tap, outputs, cells in reads:
            y[cells] += x[(..., *tap, *outputs)]
        return y

    return Kernel(run)


RULES = {
    "depth_to_space": depth_to_space,
    "space_to_depth": space_to_depth,
    "channel_shuffle": channel_shuffle,
    "unfold": unfold,
    "fold": fold,
}
