"""Transposed convolutions: one matrix product of the input's cells, then each tap added where it falls."""

from math import prod

import numpy as np

from convcalc.numeric.fast.channels import Channels
from convcalc.numeric.fast.gather import blocks, largest
from convcalc.numeric.node import Kernel

# Values in a block of products, and the least input cells of one.
BLOCK = 1 << 17
CELLS = 512


def transpose(node):
    """Spread each input cell over the output cells that its kernel covers."""
    batch, channels, spatial = node.split()
    first, windows, output, rank = node.channels_first, node.windows, node.output, node.rank
    filters, sizes = (output[-rank - 1], output[-rank:]) if first else (output[-1], output[-rank - 1 : -1])
    kernel, bias = ("W", "B") if node.framework == "onnx" else ("weight", "bias")
    if node.framework == "keras":
        kernel = "kernel"
    taps = tuple(w.size for w in windows)
    of = Channels(node, channels, filters, node.args.get("groups", 1), prod(taps))
    falls = [Fall(w, n, m) for w, n, m in zip(windows, spatial, sizes, strict=True)]
    # Rows of few cells are added slowly: then the channels stand last while it runs.
    turned = first and spatial[-1] < of.outs
    last = turned or not first
    whole, total = (batch, *spatial), of.groups * of.outs * of.taps
    most = max(BLOCK // max(total, 1), CELLS)
    spread = (rows_of if last else columns_of)(of, taps, spatial)
    empty = not prod(output) or not channels or not prod(spatial)

    def run(inputs, weights):
        (x,) = inputs
        y = np.empty((batch, *sizes, filters) if last else (batch, filters, *sizes), x.dtype)
        b = weights.get(bias)
        y[...] = 0 if b is None else b if last else b.reshape(-1, *(1,) * rank)
        if not empty:
            x = x.reshape(batch, channels, *spatial) if first else x.reshape(batch, *spatial, channels)
            x = np.moveaxis(x, 1, -1) if turned else x
            matrix = of.transposed(weights[kernel], last)
            # What is added to, as (batch, cells, groups, filters), whatever stands last in fact.
            into = y.reshape(batch, *sizes, of.groups, of.outs) if last else None
            if into is None:
                into = np.moveaxis(y.reshape(batch, of.groups, of.outs, *sizes), (1, 2), (-2, -1))
            for index, start, stop in blocks(whole, most):
                box = [s.indices(n)[:2] for s, n in zip(index, whole, strict=True)]
                add(into, spread(x, matrix, index, box, stop - start), falls, taps, box)
        return (np.ascontiguousarray(np.moveaxis(y, -1, 1)) if turned else y).reshape(output)

    size = largest(whole, most)
    # The products, and the cells where they have to be copied together; what is turned in the end.
    work = node.bytes(size * (total + channels) + of.work + turned * prod(node.weights[0].shape) * of.merged)
    if turned:
        work += node.bytes(*output)
    return Kernel(run, node.bytes(*output) * turned if empty else work)


def rows_of(of, taps, spatial):
    """Return the function that multiplies a block of cells, a row each: ``(taps, batch, cells, groups, filters)``."""
    rank = len(taps)

    def spread(x, matrix, index, box, count):
        rows = x[index].reshape(count, of.groups, of.ins).swapaxes(0, 1)
        product = np.matmul(rows, matrix.swapaxes(1, 2))
        product = product.reshape(of.groups, *(end - begin for begin, end in box), *taps, of.outs)
        return product.transpose(*range(2 + rank, 2 + 2 * rank), *range(1, 2 + rank), 0, 2 + 2 * rank)

    return spread


def columns_of(of, taps, spatial):
    """Return the function that multiplies a block of cells, a column each, to the same axes."""
    rank = len(taps)

    def spread(x, matrix, index, box, count):
        x = np.moveaxis(x.reshape(len(x), of.groups, of.ins, *spatial), 0, 2)
        cells = x[(slice(None), slice(None), *index)].reshape(of.groups, of.ins, count)
        product = np.matmul(matrix, cells)
        sides = (end - begin for begin, end in box)
        if of.keras:
            return np.moveaxis(product.reshape(*taps, 1, of.outs, *sides), (rank, rank + 1), (-2, -1))
        return np.moveaxis(product.reshape(of.groups, of.outs, *taps, *sides), (0, 1), (-2, -1))

    return spread


def add(into, parts, falls, taps, box):
    """Add the products of a block of cells, tap by tap, where they fall."""
    images = slice(*box[0])
    for tap in np.ndindex(*taps):
        places = [fall.places(t, *side) for fall, t, side in zip(falls, tap, box[1:], strict=True)]
        if None not in places:
            target = into[(images, *(place for place, _ in places))]
            target += parts[tap][(slice(None), *(cells for _, cells in places))]


class Fall:
    """Where the products of one axis' taps fall: output cell ``cell*base + tap*dilation - cut``."""

    def __init__(self, window, n, out):
        self.base, self.dilation, self.out = window.base, window.dilation, out
        self.cut = window.span - 1 - window.low

    def places(self, tap, begin, end):
        """Return the output cells, and the cells of the block ``begin:end``, that a tap joins; None for none."""
        shift = tap * self.dilation - self.cut
        first = max(begin, -(shift // self.base))
        last = min(end, -((shift - self.out) // self.base))
        if first >= last:
            return None
        start = first * self.base + shift
        return slice(start, start + (last - first - 1) * self.base + 1, self.base), slice(first - begin, last - begin)
