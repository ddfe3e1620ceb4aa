"""Convolutions: the windows of a block of output cells side by side, and one matrix product a block."""

from math import prod

import numpy as np

from convcalc.numeric.fast.channels import Channels
from convcalc.numeric.fast.depthwise import each_channel, pays
from convcalc.numeric.fast.gather import Gather, blocks, largest
from convcalc.numeric.fast.transposed import transpose
from convcalc.numeric.node import Kernel

# Values in a block of windows, which stays in a processor's cache; and the least output cells of one, for
# every product reads the whole kernel.
BLOCK = 1 << 18
CELLS = 512
# An image of fewer output cells than this is multiplied together with others of the batch.
TOGETHER = 128


def conv(node):
    """Slide a kernel over the input, in groups of channels."""
    _, channels, _ = node.split()
    kernel, bias = ("W", "B") if node.framework == "onnx" else ("weight", "bias")
    if node.framework == "keras":
        kernel = "kernel"
    filters = node.output[-node.rank - 1] if node.channels_first else node.output[-1]
    return slide(node, node.output, channels, filters, node.args["groups"], kernel, bias)


def depthwise(node):
    """Slide a kernel of its own over each channel."""
    _, channels, _ = node.split()
    filters = channels * node.args["depth_multiplier"]
    return slide(node, node.output, channels, filters, channels, "kernel", "bias")


def separable(node):
    """Slide a kernel over each channel, and mix the channels of each cell."""
    batch, channels, _ = node.split()
    inner = channels * node.args["depth_multiplier"]
    spatial = node.output[2:] if node.channels_first else node.output[1:-1]
    middle = (batch, inner, *spatial) if node.channels_first else (batch, *spatial, inner)
    first = slide(node, middle, channels, inner, channels, "depthwise_kernel", None)

    def run(inputs, weights):
        y = first.run(inputs, weights)
        mix = weights["pointwise_kernel"].reshape(inner, -1)
        if node.channels_first:
            z = np.matmul(mix.T, y.reshape(batch, inner, prod(spatial))).reshape(node.output)
        else:
            z = y @ mix
        if "bias" in weights:
            add(z, weights["bias"], node.channels_first)
        return z

    # The first output stays while the second is made, the work of the first does not.
    return Kernel(run, node.bytes(*middle) + first.work)


def slide(node, output, channels, filters, groups, kernel, bias):
    """Return the kernel that multiplies all windows of the input with a matrix a group."""
    batch, _, spatial = node.split()
    first, windows, item = node.channels_first, node.windows, node.itemsize
    taps = tuple(w.size for w in windows)
    sizes = output[-len(taps) :] if first else output[-len(taps) - 1 : -1]
    if not prod(output) or not channels:
        return Kernel(lambda inputs, weights: bare(output, weights.get(bias), first, inputs[0].dtype))
    if groups == channels and pays(filters, sizes, windows):
        return each_channel(node, output, channels, filters // channels, sizes, (kernel, bias))
    of = Channels(node, channels, filters, groups, prod(taps))
    axes = range(2, 2 + len(taps)) if first else range(1, 1 + len(taps))
    on = 1 if first else 1 + len(taps)
    shape = (batch, channels, *spatial) if first else (batch, *spatial, channels)
    position = [(n, axis, w.stride) for n, axis, w in zip(sizes, axes, windows, strict=True)]
    within = [(w.size, axis, w.dilation) for axis, w in zip(axes, windows, strict=True)]
    # A window's values in the order of the kernel's own.
    channel = [(of.ins, on, 1)]
    window = within + channel if of.keras else channel + within
    group, images = [(of.groups, on, of.ins)], [(batch, 0, 1)]
    steps = group + window + images + position if first else group + images + position + window
    pads = {axis: (w.low, w.high) for axis, w in zip(axes, windows, strict=True)}
    gather = Gather(shape, pads, steps, item, node.args.get("padding_mode", "zeros"))
    cells, length = prod(sizes), of.taps * of.ins
    most = max(BLOCK // (length * of.groups), CELLS)
    # One tap a window is the input itself: there is nothing to put side by side.
    plain = of.taps == 1 and not gather.pads and all(w.stride == 1 for w in windows)
    if first:
        if plain:
            most = cells
        return Kernel(*cells_last(node, output, of, gather, kernel, bias, sizes, most))
    if plain:
        most = batch * cells
    return Kernel(*cells_first(node, output, of, gather, kernel, bias, (batch, *sizes), most))


def cells_first(node, output, of, gather, kernel, bias, sizes, most):
    """Return the run, and its bytes, whose products have a row for each output cell: channels stand last."""
    groups, outs, length = of.groups, of.outs, of.taps * of.ins
    total = prod(sizes)

    def one(inputs, weights):
        """Multiply all at once: on small inputs every call counts."""
        y = gather(inputs[0]).reshape(total, length) @ weights[kernel].reshape(length, outs)
        if bias in weights:
            y += weights[bias]
        return y.reshape(output)

    def run(inputs, weights):
        matrix = of.forward(weights[kernel]).transpose(0, 2, 1)
        view = gather(inputs[0])
        y = np.empty((total, groups, outs), view.dtype)
        into, b = y.transpose(1, 0, 2), weights.get(bias)
        if b is not None:
            b = b.reshape(groups, 1, outs)
        for index, start, stop in blocks(sizes, most):
            part = into[:, start:stop]
            np.matmul(view[(slice(None), *index)].reshape(groups, stop - start, length), matrix, out=part)
            if b is not None:
                part += b
        return y.reshape(output)

    alone = groups == of.merged == 1 and of.keras and total <= most
    return one if alone else run, gather.work + (groups * length * largest(sizes, most) + of.work) * node.itemsize


def cells_last(node, output, of, gather, kernel, bias, sizes, most):
    """Return the run, and its bytes, whose products have a column for each output cell: channels stand first."""
    groups, outs, length = of.groups, of.outs, of.taps * of.ins
    total, batch = prod(sizes), node.split()[0]
    together = total < TOGETHER and batch > 1
    sizes = (batch, *sizes) if together else sizes
    before = (slice(None),) * (2 + len(node.windows))

    def one(inputs, weights):
        """Multiply all at once: on small inputs every call counts."""
        y = weights[kernel].reshape(outs, length) @ gather(inputs[0]).reshape(length, total)
        if bias in weights:
            y += weights[bias].reshape(outs, 1)
        return y.reshape(output)

    def run(inputs, weights):
        matrix = of.forward(weights[kernel])
        view = gather(inputs[0])
        y = np.empty((batch, groups, outs, total), view.dtype)
        b = weights.get(bias)
        if b is not None:
            b = b.reshape(groups, outs, 1)
        if together:
            for index, start, stop in blocks(sizes, most):
                part = np.matmul(matrix, view[(*before, *index)].reshape(groups, length, stop - start))
                if b is not None:
                    part += b
                scatter(y, part, start, stop, total)
            return y.reshape(output)
        for image in range(batch):
            for index, start, stop in blocks(sizes, most):
                part = y[image, :, :, start:stop]
                cells = view[(*before, image, *index)]
                np.matmul(matrix, cells.reshape(groups, length, stop - start), out=part)
                if b is not None:
                    part += b
        return y.reshape(output)

    rows = largest(sizes, most)
    alone = groups == of.merged == batch == 1 and not of.keras and total <= most
    return one if alone else run, gather.work + (
        groups * rows * (length + (outs if together else 0)) + of.work
    ) * node.itemsize


def scatter(y, part, start, stop, total):
    """Put the columns of several images, or of a part of one, where each image's are."""
    if stop - start < total:
        y[start // total, :, :, start % total : start % total + stop - start] = part
    else:
        images = y[start // total : stop // total]
        images[...] = part.reshape(*part.shape[:2], -1, total).transpose(2, 0, 1, 3)


def bare(output, bias, channels_first, dtype):
    """Return the output of windows that read nothing: the bias in every cell."""
    y = np.zeros(output, dtype)
    if bias is not None:
        add(y, bias, channels_first)
    return y


def add(y, bias, channels_first):
    """Add a value a channel."""
    if channels_first:
        rows = y.reshape(-1, len(bias), prod(y.shape[2:])) if y.size else y.reshape(0, len(bias), 0)
        rows += bias[:, None]
    else:
        y += bias


RULES = {"conv": conv, "transpose": transpose, "depthwise": depthwise, "separable": separable}
