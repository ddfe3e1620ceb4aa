"""Transposed convolutions: one matrix product of the input's cells, then each tap added where it falls."""

from math import prod

import numpy as np

from convcalc.numeric.fast.channels import Channels
from convcalc.numeric.fast.gather import blocks, largest
from convcalc.numeric.node import Kernel

# Values in a block of products, and the least input cells of one.
BLOCK = 1 << 17
CELLS = 256


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
    groups, outs = of.groups, of.outs
    falls = [Fall(w, n, m) for w, n, m in zip(windows, spatial, sizes, strict=True)]
    empty = not prod(output) or not channels or not prod(spatial)
    rows = groups * outs * of.taps
    whole = (batch, *spatial)
    most = max(BLOCK // max(rows, 1), CELLS)

    def run(inputs, weights):
        (x,) = inputs
        y = np.empty((batch, *sizes, filters) if not first else (batch, filters, *sizes), x.dtype)
        b = weights.get(bias)
        y[...] = 0 if b is None else b.reshape(-1, *(1,) * rank) if first else b
        if empty:
            return y.reshape(output)
        matrix = of.transposed(weights[kernel])
        x = x.reshape(batch, groups, of.ins, *spatial) if first else x.reshape(batch, *spatial, of.ins)
        # Both in the order batch, cells, groups and filters; only what is stored is in another.
        if first:
            x = np.moveaxis(x, 0, 2)
            into = np.moveaxis(y.reshape(batch, groups, outs, *sizes), (1, 2), (-2, -1))
        else:
            into = y.reshape(batch, *sizes, 1, outs)
        for index, start, stop in blocks(whole, most):
            box = tuple(s.indices(n)[:2] for s, n in zip(index, whole, strict=True))
            sides = tuple(end - begin for begin, end in box)
            if first:
                cells = x[(slice(None), slice(None), *index)].reshape(groups, of.ins, stop - start)
                parts = by_tap(np.matmul(matrix, cells), of, taps, sides)
            else:
                rows = x[index].reshape(stop - start, of.ins) @ matrix[0].T
                parts = np.moveaxis(rows.reshape(*sides, *taps, 1, outs), range(1 + rank, 1 + 2 * rank), range(rank))
            begin, end = box[0]
            for tap in np.ndindex(*taps):
                places = [f.places(t, *side) for f, t, side in zip(falls, tap, box[1:], strict=True)]
                if None not in places:
                    target = into[(slice(begin, end), *(place for place, _ in places))]
                    target += parts[tap][(slice(None), *(cells for _, cells in places))]
        return y.reshape(output)

    size = largest(whole, most)
    # The products, and the cells where they have to be copied together.
    return Kernel(run, 0 if empty else node.bytes(size * (rows + channels) + of.work))


def by_tap(product, of, taps, sides):
    """Return the products of one block as (taps, batch, cells, groups, filters)."""
    groups, merge, outs = of.groups, of.merged, of.one[1]
    rank = len(taps)
    if of.keras:
        parts = product.reshape(*taps, 1, outs, *sides)
        return np.moveaxis(parts, (rank, rank + 1), (-2, -1))
    parts = product.reshape(groups, merge * outs, *taps, *sides)
    return np.moveaxis(parts, (0, 1), (-2, -1))


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
