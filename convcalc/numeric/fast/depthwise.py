"""Depthwise convolutions: every tap times a row of cells and their channels, summed where they stand."""

import numpy as np

from convcalc.numeric.fast.gather import Gather
from convcalc.numeric.node import Kernel

# The least values in a row for which this pays, and how many are best.
LEAST, ROW = 64, 512


def row(channels, size, stride):
    """Return how many cells of the last axis, all their channels among them, make a row: a divisor of its size.

    >>> row(128, 56, 1), row(128, 56, 2), row(16, 7, 1)
    (4, 1, 7)
    """
    if stride > 1:
        return 1
    return next((n for n in range(1, size) if size % n == 0 and n * channels >= ROW), size)


def pays(channels, sizes, windows):
    """Tell whether rows of cells are long enough."""
    return channels * row(channels, sizes[-1], windows[-1].stride) >= LEAST


def each_channel(node, output, channels, times, sizes, names):
    """Return the kernel that gives each channel `times` filters of its own; channels stand last while it runs."""
    batch, _, spatial = node.split()
    windows, rank, first = node.windows, node.rank, node.channels_first
    filters = channels * times
    cells = row(filters, sizes[-1], windows[-1].stride)
    axes = range(1, 1 + rank)
    strides = [w.stride for w in windows]
    steps = [(n, axis, stride) for n, axis, stride in zip(sizes, axes, strides, strict=True)]
    steps[-1] = (sizes[-1] // cells, rank, strides[-1] * cells)
    steps += [(w.size, axis, w.dilation) for axis, w in zip(axes, windows, strict=True)]
    steps.append((cells * filters, 1 + rank, 1))
    pads = {axis: (w.low, w.high) for axis, w in zip(axes, windows, strict=True)}
    mode = node.args.get("padding_mode", "zeros")
    gather = Gather((1, *spatial, filters), pads, [(1, 0, 1), *steps], node.itemsize, mode)
    places, taps = "abc"[:rank], "ijk"[:rank]
    product = f"n{places}{taps}x,{taps}x->n{places}x"
    sides = tuple(w.size for w in windows)
    rows = (*sizes[:-1], sizes[-1] // cells, cells * filters)
    kernel, bias = names

    def run(inputs, weights):
        x = inputs[0].reshape(batch, channels, *spatial) if first else inputs[0]
        y = np.empty((batch, filters, *sizes) if first else (batch, *sizes, filters), x.dtype)
        into = np.moveaxis(y, 1, -1) if first else y
        taps = np.empty((*sides, cells, filters), x.dtype)
        taps[...] = rows_of(weights[kernel], node.framework, sides, filters)
        taps = taps.reshape(*sides, cells * filters)
        b = weights.get(bias)
        for image in range(batch):
            one = np.moveaxis(x[image : image + 1], 1, -1) if first else x[image : image + 1]
            if times > 1:
                one = one.repeat(times, -1)
            elif not gather.pads:
                one = np.ascontiguousarray(one)
            part = np.empty((1, *rows), x.dtype) if first else into[image : image + 1].reshape(1, *rows)
            np.einsum(product, gather(one), taps, out=part)
            part = part.reshape(1, *sizes, filters)
            if b is not None:
                part += b
            if first:
                into[image] = part[0]
        return y.reshape(output)

    # An image copied, repeated, padded, and its output before it is turned.
    held = gather.work + (node.bytes(*sizes, filters) if first else 0)
    if times > 1 or (first and not gather.pads):
        held += node.bytes(*spatial, filters)
    return Kernel(run, held + node.bytes(*sides, cells, filters))


def rows_of(kernel, framework, sides, filters):
    """Return a kernel as (taps, one cell, filters)."""
    if framework == "keras":
        return kernel.reshape(*sides, 1, filters)
    return np.moveaxis(kernel.reshape(filters, *sides), 0, -1)[..., None, :]
