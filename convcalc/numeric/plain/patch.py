"""Pixel shuffles, unfold and fold by their definition: where each channel and cell goes."""

from itertools import product

import numpy as np

from convcalc.window import Window


def channel_of(node, plane, i, j, planes):
    """Return the channel that holds cell (i, j) of the blocks of a plane, of so many planes."""
    r = node.args["block"]
    if node.args.get("mode") == "DCR":
        return (i * r + j) * planes + plane
    return plane * r * r + i * r + j


def depth_to_space(node, inputs, weights):
    """Return ``y[c, h*r + i, w*r + j] = x[channel of (c, i, j), h, w]``."""
    r, y = node.args["block"], np.empty(node.output)
    planes = node.output[-3]
    for plane, i, j in product(range(planes), range(r), range(r)):
        y[..., plane, i::r, j::r] = inputs[0][..., channel_of(node, plane, i, j, planes), :, :]
    return y


def space_to_depth(node, inputs, weights):
    """Return ``y[channel of (c, i, j), h, w] = x[c, h*r + i, w*r + j]``."""
    r, y = node.args["block"], np.empty(node.output)
    if not y.size:
        return y
    planes = node.shape[-3]
    for plane, i, j in product(range(planes), range(r), range(r)):
        y[..., channel_of(node, plane, i, j, planes), :, :] = inputs[0][..., plane, i::r, j::r]
    return y


def channel_shuffle(node, inputs, weights):
    """Return ``y[:, i*groups + g] = x[:, g*size + i]``, `size` the channels of a group."""
    groups, y = node.args["groups"], np.empty(node.output)
    size = node.shape[1] // groups
    for group, i in product(range(groups), range(size)):
        y[:, i * groups + group] = inputs[0][:, group * size + i]
    return y


def blocks(node, spatial):
    """Yield ``(tap, block, cell)``: which row and column of the kernel, which patch, and the cell of the image."""
    a = node.args
    windows = [
        Window(k, s, p, p, d) for k, s, p, d in zip(a["kernel"], a["stride"], a["padding"], a["dilation"], strict=True)
    ]
    counts = [window.out(n) for window, n in zip(windows, spatial, strict=True)]
    for row, column in product(*map(range, counts)):
        for i, y in windows[0].taps(spatial[0], row):
            for j, x in windows[1].taps(spatial[1], column):
                yield i * a["kernel"][1] + j, row * counts[1] + column, (y, x)


def unfold(node, inputs, weights):
    """Return the patches of an image as columns: rows by channel and tap, zeros where there is padding."""
    (x,), kernel = inputs, node.args["kernel"]
    *lead, _, _ = node.shape
    y = np.zeros((*lead, kernel[0] * kernel[1], node.output[-1]))
    for tap, block, cell in blocks(node, node.shape[-2:]):
        y[..., tap, block] = x[(..., *cell)]
    return y.reshape(node.output)


def fold(node, inputs, weights):
    """Return the image that columns of patches add up to."""
    kernel = node.args["kernel"]
    x = inputs[0].reshape(*node.output[:-2], kernel[0] * kernel[1], node.shape[-1])
    y = np.zeros(node.output)
    for tap, block, cell in blocks(node, node.output[-2:]):
        y[(..., *cell)] += x[..., tap, block]
    return y


RULES = {
    "depth_to_space": depth_to_space,
    "space_to_depth": space_to_depth,
    "channel_shuffle": channel_shuffle,
    "unfold": unfold,
    "fold": fold,
}
