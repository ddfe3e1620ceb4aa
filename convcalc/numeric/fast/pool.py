"""Pools: windows and bins folded one axis at a time, in blocks that stay in the cache.

The maximum and the sum of a box are those along its axes in turn, so that a window of k by k cells
takes 2k passes over slices, not k*k; and one tap of all windows is one slice of the input, whatever
padding, stride and dilation say.
"""

from math import prod

import numpy as np

from convcalc.numeric.fast.fold import MAX, SUM, Axis
from convcalc.numeric.node import Kernel

# Bytes of what a block holds between two axes: well within a core's second cache.
BLOCK = 2**18


def sliding(node, fold, before=None, share=None, after=None):
    """Return the kernel that folds every window.

    Parameters
    ----------
    node : Node
    fold : Fold
    before : callable, optional
        Makes a new array of a block of the input, with at most one more beside it.
    share : tuple, optional
        What `shares` returns: what the outputs are multiplied by.
    after : callable, optional
        Changes a block of the output in place.
    """
    axes = axes_of(node)
    first, lead = axes[0], axes[0].axis
    # The axes that are merely sliced come first: they cost nothing, and leave less to fold.
    folded = [axis for axis in axes if not axis.sliced] or axes[-1:]
    sliced = [axis for axis in axes if axis not in folded]
    sizes = list(node.shape)
    for axis in axes:
        sizes[axis.axis] = axis.size
    left = list(node.shape)
    for axis in sliced:
        left[axis.axis] = axis.size
    for axis in folded:
        axis.flatten(prod(left[axis.axis + 1 :]))
    # Where channels stand first, a whole plane is one run.
    whole = tuple(axis.axis for axis in axes) if node.channels_first and all(axis.whole for axis in axes) else None
    samples, rows = block_of(node, first, sliced)
    work = work_of(node, first, sliced, folded, samples, rows, before is not None)

    def run(inputs, weights):
        (x,) = inputs
        out = np.empty(sizes, x.dtype)
        if out.size:
            with np.errstate(all="ignore"):
                for start in range(0, first.size, rows):
                    stop = min(start + rows, first.size)
                    begin, end = first.reach(start, stop)
                    part, into = first.cut(x, begin, end), first.cut(out, start, stop)
                    for sample in range(0, sizes[0] if lead else 1, samples):
                        some = slice(sample, sample + samples) if lead else slice(None)
                        block(part[some], into[some], start, stop, begin)
        return out.reshape(node.output)

    def block(x, out, start, stop, begin):
        for axis in sliced:
            x = axis.slice(x, *((start, stop, begin) if axis is first else (0, axis.size, 0)))
        if before:
            x = before(x)
        if whole:
            fold.pair.reduce(x, whole, keepdims=True, out=out)
        for axis in () if whole else folded:
            into = out if axis is folded[-1] else None
            x = axis.fold(x, fold, into, *((start, stop, begin) if axis is first else (0, axis.size, 0)))
        if share:
            multiply(out, share, lead, start, stop)
        if after:
            after(out)

    return Kernel(run, work)


def axes_of(node):
    """Return the `Axis` of every window."""
    lead = len(node.shape) - len(node.windows) - (not node.channels_first)
    return [Axis(lead + i, window, node.shape[lead + i]) for i, window in enumerate(node.windows)]


def block_of(node, first, sliced):
    """Return how many samples, and outputs of the first axis, make a block."""
    sizes = list(node.shape)
    for axis in sliced:
        sizes[axis.axis] = axis.size
    row = max(node.bytes(*sizes[1 if first.axis else 0 : first.axis], *sizes[first.axis + 1 :]), 1)
    rows = min(max(BLOCK // row, 1), max(first.size, 1))
    samples = max(BLOCK // (row * rows), 1) if rows == first.size else 1
    return min(samples, max(node.shape[0], 1)), rows


def work_of(node, first, sliced, folded, samples, rows, copied):
    """Return the bytes that a block needs at its peak; `copied` tells that it starts from a copy of its input."""
    sizes = list(node.shape)
    if first.axis:
        sizes[0] = min(samples, sizes[0])
    sizes[first.axis] = min(first.most(rows), first.n)
    for axis in sliced:
        sizes[axis.axis] = rows if axis is first else axis.size
    held = node.bytes(*sizes) if copied else 0
    peak = 2 * held
    for axis in folded:
        # What is folded flat may be copied with its padding, and has a running fold as large.
        flat = 0
        if axis.flat:
            cells = sizes[axis.axis]
            sizes[axis.axis] = max(cells, axis.most(rows if axis is first else axis.size))
            flat = 2 * node.bytes(*sizes)
        sizes[axis.axis] = rows if axis is first else axis.size
        made = node.bytes(*sizes) if axis is not folded[-1] else 0
        peak = max(peak, held + made + flat)
        held = made
    return peak


# -- averages --------------------------------------------------------------------------------------


def shares(node, counts, scalar=1.0):
    """Return ``(scalar, strips)``: a factor of all outputs, and ``(axis, low, high, factors)`` of those at the ends.

    `counts` has an array for each axis, of the terms that an output's sum is divided by: nearly all of
    the outputs share their number, those at the ends are multiplied once more.
    """
    strips = []
    lead = axes_of(node)[0].axis
    for i, count in enumerate(counts):
        if not count.size:
            continue
        most = count.max()
        common = np.flatnonzero(count == most)
        low, high = common[0], common[-1] + 1
        if common.size != high - low:
            low = high = count.size
        scalar = scalar / most if most else np.nan
        for start, stop in ((0, low), (high, count.size)):
            if start < stop:
                with np.errstate(divide="ignore"):
                    factors = (most / count[start:stop]).astype(f"f{node.itemsize}")
                strips.append((lead + i, int(start), int(stop), factors))
    return scalar, strips


def multiply(out, share, lead, start, stop):
    """Multiply a block of outputs, of which the first axis has `start` to `stop`, by their shares."""
    scalar, strips = share
    if scalar != 1:
        out *= out.dtype.type(scalar)
    for axis, low, high, factors in strips:
        if axis == lead:
            factors = factors[max(start - low, 0) : max(stop - low, 0)]
            low, high = max(low - start, 0), min(high, stop) - start
        if low < high:
            shape = [1] * out.ndim
            shape[axis] = high - low
            out[(slice(None),) * axis + (slice(low, high),)] *= factors.reshape(shape)


def read_cells(axis):
    """Return how many cells each output reads."""
    if axis.taps is None:
        return np.array([len(axis.cells(o)) for o in range(axis.size)], np.float64)
    count = np.zeros(axis.size)
    for first, last, _ in axis.taps:
        count[first:last] += 1
    return count


def read_room(axis):
    """Return how many taps of each output are on cells or padding, but not beyond."""
    window = axis.window
    room = axis.n + window.low + window.high
    rest = room - np.arange(axis.size) * window.stride
    return np.minimum(-(-rest // window.dilation), window.size).astype(np.float64)


# -- the layers ------------------------------------------------------------------------------------


def max_pool(node):
    """Take the largest value of every window or bin; padding is no value."""
    if node.framework == "onnx":
        # onnxruntime's maximum of nothing is a number.
        return sliding(node, MAX._replace(empty=float(np.finfo(f"f{node.itemsize}").min)))
    return sliding(node, MAX)


def average_pool(node):
    """Take the mean of every window: over its cells, over padding too, or by a number of its own."""
    if node.args.get("divisor_override"):
        return sliding(node, SUM, share=(1 / node.args["divisor_override"], ()))
    count = read_room if node.args.get("count_include_pad") else read_cells
    return sliding(node, SUM, share=shares(node, [count(axis) for axis in axes_of(node)]))


def mean_pool(node):
    """Take the mean of every bin, or of all cells."""
    return sliding(node, SUM, share=shares(node, [read_cells(axis) for axis in axes_of(node)]))


def lp_pool(node):
    """Take the LP norm of every window, or of all cells.

    torch takes the mean of the powers, without their absolute values, times the cells of a whole
    window: at the end of a `ceil_mode` that is more than the sum.
    """
    torch, p = node.framework == "torch", node.args["norm_type"]
    root = 1 / p if p else np.inf
    share = None
    if torch:
        axes = axes_of(node)
        share = shares(node, [read_room(axis) for axis in axes], float(prod(axis.window.size for axis in axes)))

    def before(x):
        if p == 1:
            return x.copy() if torch else np.abs(x)
        if p == 2:
            return x * x
        return np.power(x if torch else np.abs(x), x.dtype.type(p))

    def after(y):
        if p == 2:
            np.sqrt(y, out=y)
        elif p != 1:
            np.power(y, y.dtype.type(root), out=y)

    return sliding(node, SUM, before, share, after)


RULES = {
    "max_pool": max_pool,
    "average_pool": average_pool,
    "lp_pool": lp_pool,
    "global_max_pool": max_pool,
    "global_average_pool": mean_pool,
    "global_lp_pool": lp_pool,
    "adaptive_max_pool": max_pool,
    "adaptive_average_pool": mean_pool,
}
