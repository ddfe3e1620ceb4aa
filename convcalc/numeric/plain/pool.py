"""Pools by their definition: for each output cell, what its window or bins read."""

from itertools import product
from math import prod

import numpy as np

from convcalc.window import Bins


def each(node, x):
    """Yield ``(cell, values)`` of every output cell: its index along the spatial axes, and what it reads.

    `values` has an array, over batch and channels, for every cell of the input that it reads.
    """
    x = spatial_last(node, x)
    along = [
        [[cell for _, cell in window.taps(n, o)] for o in range(size)]
        for window, n, size in zip(node.windows, spatial(node), sizes(node), strict=True)
    ]
    for cell in product(*(range(len(outputs)) for outputs in along)):
        reads = [outputs[o] for outputs, o in zip(along, cell, strict=True)]
        values = [x[(..., *read)] for read in product(*reads)]
        yield cell, values


def spatial_last(node, x):
    """Return a view of an array with the channels before the spatial axes."""
    return x if node.channels_first else np.moveaxis(x, -1, 1)


def pooled(node, x, value):
    """Return the output whose cells are ``value(values, cell)``."""
    out = np.empty([*lead(node, x), *sizes(node)])
    for cell, values in each(node, x):
        out[(..., *cell)] = value(values, cell)
    if not node.channels_first:
        out = np.moveaxis(out, 1, -1)
    return out.reshape(node.output)


def spatial(node):
    """Return the sizes of the input's spatial axes."""
    end = len(node.shape) - (not node.channels_first)
    return node.shape[end - len(node.windows) : end]


def sizes(node):
    """Return the sizes of the output's spatial axes."""
    return [w.bins if isinstance(w, Bins) else w.out(n) for w, n in zip(node.windows, spatial(node), strict=True)]


def lead(node, x):
    """Return the sizes of the other axes, the channels last."""
    x = spatial_last(node, x)
    return x.shape[: x.ndim - len(node.windows)]


def counted(node, cell):
    """Return how many taps of a window are on cells or padding, but not beyond."""
    return prod(w.counted(n, o) for w, n, o in zip(node.windows, spatial(node), cell, strict=True))


def largest(node, inputs, weights):
    """Return the largest value that each output reads.

    Where it reads none that is -inf, and the least number in onnxruntime.
    """
    none = float(np.finfo(f"f{node.itemsize}").min) if node.framework == "onnx" else -np.inf
    return pooled(node, inputs[0], lambda values, cell: np.max(values, axis=0) if values else none)


def mean(node, inputs, weights):
    """Return the mean of what each output reads."""
    return pooled(node, inputs[0], lambda values, cell: sum(values) / len(values) if values else np.nan)


def average_pool(node, inputs, weights):
    """Return the sum of each window by its number of cells, of cells and padding, or a number of its own."""
    a = node.args
    if not a.get("divisor_override") and not a.get("count_include_pad"):
        return mean(node, inputs, weights)

    def value(values, cell):
        return sum(values) / (a.get("divisor_override") or counted(node, cell))

    return pooled(node, inputs[0], value)


def lp_pool(node, inputs, weights):
    """Return ``(sum |x|^p)^(1/p)`` of what each output reads.

    torch computes ``(mean x^p * k)^(1/p)``, the mean over what is not beyond the input's end, and k the
    cells of a whole window.
    """
    p = node.args["norm_type"]
    root = 1 / p if p else np.inf

    def norm(values, cell):
        return sum(np.abs(v) ** p for v in values) ** root

    def scaled(values, cell):
        return (sum(v**p for v in values) / counted(node, cell) * prod(w.size for w in node.windows)) ** root

    with np.errstate(all="ignore"):
        return pooled(node, inputs[0], scaled if node.framework == "torch" else norm)


RULES = {
    "max_pool": largest,
    "average_pool": average_pool,
    "lp_pool": lp_pool,
    "global_max_pool": largest,
    "global_average_pool": mean,
    "global_lp_pool": lp_pool,
    "adaptive_max_pool": largest,
    "adaptive_average_pool": mean,
}
