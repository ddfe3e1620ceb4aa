"""Pads and crops: every axis as runs of cells that are copied alike, so that a block is one slice."""

import numpy as np

from convcalc.numeric.node import Kernel

# Runs along an axis, above which cells are picked one by one: more only come of wrapping a few cells often.
RUNS = 16


def cells(mode, n, low, high):
    """Return the input cell of each output cell along an axis, -1 where a constant goes.

    Parameters
    ----------
    mode : str
        "constant", "reflect", "edge", "circular" as torch has it, or one of ONNX': "kept reflect", "kept edge"
        and "kept wrap", which copy from what a negative `low` and `high` leave.
    """
    place = np.arange(n + low + high) - low
    first, last = (max(-low, 0), n - max(-high, 0) - 1) if mode.startswith("kept ") else (0, n - 1)
    mode = mode.removeprefix("kept ")
    if mode == "edge":
        return place.clip(first, last)
    if mode == "circular":
        return wrapped(n, low, high)
    if mode == "wrap":
        return first + (place - first) % max(last - first + 1, 1)
    if mode == "reflect":
        turn = max(2 * (last - first), 1)
        place = (place - first) % turn
        return first + np.minimum(place, turn - place) if last > first else first + 0 * place
    return np.where((place < first) | (place > last), -1, place)


def wrapped(n, low, high):
    """Return torch's circular table: what is kept in its place, then the ends, each a copy of a part of the output.

    >>> wrapped(4, 2, 1).tolist(), wrapped(4, 2, -1).tolist()
    ([2, 3, 0, 1, 2, 3, 0], [1, 2, 0, 1, 2])
    """
    table = np.full(n + low + high, -1)
    left, right = max(low, 0), max(high, 0)
    end = len(table) - right
    table[left:end] = np.arange(max(-low, 0), n - max(-high, 0))
    if left:
        table[:left] = table[end - left : end]
    if right:
        table[end:] = table[left : left + right]
    return table


def runs(table):
    """Return ``(start, stop, cells)`` of the stretches of a table: a slice of the input, or None for the constant.

    >>> runs(np.array([2, 1, 0, 1, 2, -1]))
    [(0, 3, slice(2, None, -1)), (3, 5, slice(1, 3, 1)), (5, 6, None)]
    """
    found: list = []
    start, size = 0, len(table)
    while start < size:
        value = int(table[start])
        step = int(table[start + 1]) - value if start + 1 < size and value >= 0 <= table[start + 1] else 0
        step = step if abs(step) <= 1 else 1
        steps = np.diff(table[start:]) == (step if value >= 0 else 0)
        stop = start + 1 + (len(steps) if steps.all() else int(steps.argmin()))
        if value < 0:
            found.append((start, stop, None))
        elif step:
            end = value + step * (stop - start)
            found.append((start, stop, slice(value, end if end >= 0 else None, step)))
        else:
            found.append((start, stop, slice(value, value + 1)))
        start = stop
    return found


def padded(tables, value, output):
    """Return the kernel that copies cells by a table for each axis, None for one that stays as it is."""
    if all(t is None or (len(t) and t[0] >= 0 and (np.diff(t) == 1).all()) for t in tables):
        cut = tuple(slice(None) if t is None else slice(int(t[0]), int(t[-1]) + 1) for t in tables)
        return Kernel(lambda inputs, weights: inputs[0][cut])
    stretches = [None if t is None else runs(t) for t in tables]

    def fill(x, y, axis):
        while axis < len(tables) and stretches[axis] is None:
            axis += 1
        if axis == len(tables):
            y[...] = x
            return
        before = (slice(None),) * axis
        if len(stretches[axis]) > RUNS:
            fill(np.take(x, tables[axis], axis), y, axis + 1)
            return
        for start, stop, source in stretches[axis]:
            part = y[(*before, slice(start, stop))]
            if source is None:
                part[...] = value
            else:
                # One cell that is repeated broadcasts over the stretch.
                fill(x[(*before, source)], part, axis + 1)

    def run(inputs, weights):
        out = np.empty(output, inputs[0].dtype)
        fill(inputs[0], out, 0)
        return out

    return Kernel(run)


def between(node, pairs, mode, value=0.0):
    """Return the kernel of ``(low, high)`` cells for each axis of the input."""
    tables = [cells(mode, n, *pair) if any(pair) else None for n, pair in zip(node.shape, pairs, strict=True)]
    return padded(tables, value, node.output)


def spatial_pairs(node, pairs):
    """Return the pairs of all axes, of those for the spatial ones."""
    last = () if node.channels_first else ((0, 0),)
    return [(0, 0)] * (len(node.shape) - len(pairs) - len(last)) + [*pairs, *last]


def zero_pad(node):
    """Put zeros, or torch's constant, at the ends."""
    return between(node, spatial_pairs(node, node.args["padding"]), "constant", node.args.get("value", 0.0))


def crop(node):
    """Cut cells off the ends."""
    return between(node, spatial_pairs(node, [(-low, -high) for low, high in node.args["cropping"]]), "constant")


def copied(mode):
    """Return the rule of a pad that copies cells."""
    return lambda node: between(node, spatial_pairs(node, node.args["padding"]), mode)


def onnx_pad(node):
    """Put cells at the ends of any axes; what is cut is cut first."""
    a = node.args
    axes = range(len(node.shape)) if a["axes"] is None else a["axes"]
    pairs = [(0, 0)] * len(node.shape)
    for axis, pair in zip(axes, a["padding"], strict=True):
        pairs[axis] = pair
    mode = a["mode"] if a["mode"] == "constant" else f"kept {a['mode']}"
    return between(node, pairs, mode, a["value"])


RULES = {
    "zero_pad": zero_pad,
    "constant_pad": zero_pad,
    "crop1": crop,
    "crop2": crop,
    "crop3": crop,
    "reflection_pad": copied("reflect"),
    "replication_pad": copied("edge"),
    "circular_pad": copied("circular"),
    "pad": onnx_pad,
}
