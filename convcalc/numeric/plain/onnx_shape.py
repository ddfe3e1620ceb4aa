"""ONNX operators that drop, add, cut, repeat and pick along axes, by their definition: where each value comes from."""

import numpy as np

from convcalc.numeric.plain.shape import reshape


def taken(node, x, source):
    """Return the array whose value at each cell is the input's at ``source(cell)``."""
    y = np.empty(node.output)
    for cell in np.ndindex(node.output):
        y[cell] = x[tuple(source(cell))]
    return y


def cut(node, inputs, weights):
    """Return every so many cells from a first one on."""
    a, (x,) = node.args, inputs
    first, step = [0] * x.ndim, [1] * x.ndim
    for number, start in enumerate(a["starts"]):
        axis = number if a["axes"] is None else a["axes"][number] % x.ndim
        step[axis] = 1 if a["steps"] is None else a["steps"][number]
        n = x.shape[axis]
        start = start + n if start < 0 else start
        first[axis] = min(max(start, 0), n - 1 if step[axis] < 0 else n)
    return taken(node, x, lambda cell: (f + i * s for f, i, s in zip(first, cell, step, strict=True)))


def split(node, inputs, weights):
    """Return the cells after all parts before."""
    (x,), chosen, sizes = inputs, node.args["output"], node.args["split"]
    axis = node.args["axis"] % x.ndim
    if sizes is None:
        number = node.args["num_outputs"]
        sizes = [(x.shape[axis] + number - 1) // number] * number
    before = sum(sizes[:chosen])
    return taken(node, x, lambda cell: (i + before * (k == axis) for k, i in enumerate(cell)))


def expand(node, inputs, weights):
    """Return the one cell of an axis for all."""
    (x,) = inputs
    front = len(node.output) - x.ndim
    return taken(node, x, lambda cell: (i if n > 1 else 0 for i, n in zip(cell[front:], x.shape, strict=True)))


def tile(node, inputs, weights):
    """Return the input's cells over and over."""
    (x,) = inputs
    return taken(node, x, lambda cell: (i % n for i, n in zip(cell, x.shape, strict=True)))


def gather(node, inputs, weights):
    """Return what stands at each index."""
    a = node.args
    data = weights["data"] if "data" in weights else inputs[0]
    index = np.asarray(inputs[-1] if a["indices"] is None else a["indices"])
    axis = a["axis"] % data.ndim

    def source(cell):
        chosen = int(index[cell[axis : axis + index.ndim]])
        return (*cell[:axis], chosen, *cell[axis + index.ndim :])

    return taken(node, data, source)


RULES = {
    "squeeze": reshape,
    "unsqueeze": reshape,
    "slice": cut,
    "split": split,
    "expand": expand,
    "tile": tile,
    "gather": gather,
}
