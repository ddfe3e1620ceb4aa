"""ONNX operators that drop, add, cut, repeat and pick along axes: views wherever numpy has one."""

import numpy as np

from convcalc.numeric.fast.shape import reshape
from convcalc.numeric.node import Kernel


def cut(node):
    """Take slices."""
    a = node.args
    axes = range(len(a["starts"])) if a["axes"] is None else a["axes"]
    steps = (1,) * len(a["starts"]) if a["steps"] is None else a["steps"]
    place = [slice(None)] * len(node.shape)
    for axis, start, stop, step in zip(axes, a["starts"], a["ends"], steps, strict=True):
        n = node.shape[axis]
        # A beginning before the first cell is that cell, whatever the direction.
        first, last, step = slice(max(start, -n), stop, step).indices(n)
        # An end before it would be counted from the other end.
        place[axis] = slice(first, last if last >= 0 else None, step)
    return Kernel(lambda inputs, weights: inputs[0][tuple(place)])


def split(node):
    """Take one part of an axis."""
    axis, sizes, chosen = node.args["axis"], node.args["split"], node.args["output"]
    each = -(-node.shape[axis] // (node.args["num_outputs"] or 1))
    start = chosen * each if sizes is None else sum(sizes[:chosen])
    place = [slice(None)] * len(node.shape)
    place[axis] = slice(start, start + node.output[axis])
    return Kernel(lambda inputs, weights: inputs[0][tuple(place)])


def expand(node):
    """Repeat axes of one cell, and put axes in front."""
    return Kernel(lambda inputs, weights: np.broadcast_to(inputs[0], node.output))


def tile(node):
    """Repeat the whole along each axis."""
    repeats = node.args["repeats"]
    return Kernel(lambda inputs, weights: np.tile(inputs[0], repeats), node.bytes(*node.output))


def gather(node):
    """Take what stands at indices along an axis; negative ones are counted from the end."""
    axis, held = node.args["axis"], node.args["indices"]
    n = (node.weights[0].shape if node.weights else node.shape)[axis]

    def run(inputs, weights):
        data = weights.get("data", inputs[0])
        index = inputs[-1] if held is None else held
        index = np.asarray(index).astype(np.int64)
        if index.size and not (-n <= index.min() and index.max() < n):
            odd = index.min() if index.min() < -n else index.max()
            raise node.site.refuse(
                "wrong_shape", f"Gather has no index {odd} along {n} cells.", f"Give indices from {-n} to {n - 1}."
            )
        return np.take(data, index, axis)

    return Kernel(run, 16 * max(node.bytes(*node.output) // node.itemsize, 1))


RULES = {
    "squeeze": reshape,
    "unsqueeze": reshape,
    "slice": cut,
    "split": split,
    "expand": expand,
    "tile": tile,
    "gather": gather,
}
