"""Resizing: for each axis a table of the cells that an output reads and their weights.

Nearest picks one cell an output; linear, cubic and Lanczos kernels and antialiasing are a few weighted
ones. The axes are done in turn. Coordinates are computed in the precision that each framework has,
for a cell more or less hangs on them.
"""

import numpy as np

from convcalc.numeric.fast.pool import mean_pool
from convcalc.numeric.fast.resample_onnx import onnx_tables
from convcalc.numeric.fast.tables import Table, cubic, from_kernel, lanczos, linear
from convcalc.numeric.node import Kernel

# Bytes of what is interpolated at a time.
BLOCK = 2**20


def resized(node, tables, outside=None):
    """Return the kernel that resizes each axis by its `Table`, or leaves it where that is None.

    `outside` is the value of the outputs that a table says are outside.
    """
    # What makes an axis smaller comes first, what makes it larger last.
    steps = [(len(t.cells) / max(node.shape[axis], 1), axis, t) for axis, t in enumerate(tables) if t is not None]
    steps.sort(key=lambda step: step[:2])
    # Blocks are slices of an axis that stays, channels rather than samples.
    free = [axis for axis, t in enumerate(tables) if t is None][:2]
    axis = max(free, key=lambda a: node.shape[a], default=None)
    count, per = 1, 1
    if axis is not None:
        count = node.shape[axis]
        per = max(1, BLOCK * count // max(node.bytes(*node.output), 1))
    sizes = list(node.shape)
    if axis is not None:
        sizes[axis] = min(per, count)
    held, work = 0, 0
    for number, (_, at, table) in enumerate(steps):
        sizes[at] = len(table.cells)
        made = node.bytes(*sizes)
        # A product beside the sum, and the last sum is in the output.
        own = made * (table.weights is not None) + made * (number + 1 < len(steps))
        work = max(work, held + own)
        held = made

    def block(x, out):
        for number, (_, at, table) in enumerate(steps):
            x = pick(x, at, table, out if number + 1 == len(steps) else None)
        if not steps:
            out[...] = x
        for at, table in enumerate(tables):
            if table is not None and table.outside is not None:
                out[(slice(None),) * at + (table.outside,)] = outside

    def run(inputs, weights):
        (x,) = inputs
        if not steps:
            return x
        out = np.empty(node.output, x.dtype)
        if axis is None or per >= count:
            block(x, out)
        else:
            for start in range(0, count, per):
                part = (slice(None),) * axis + (slice(start, start + per),)
                block(x[part], out[part])
        return out

    return Kernel(run, work)


def pick(x, axis, table, out):
    """Return the weighted cells of an axis, in `out` where it is given."""
    if table.weights is None:
        return np.take(x, table.cells, axis, out=out, mode="clip")
    shape = [1] * x.ndim
    shape[axis] = -1
    weights = table.weights.astype(x.dtype)
    y = np.take(x, table.cells[:, 0], axis, out=out, mode="clip")
    y *= weights[:, 0].reshape(shape)
    for tap in range(1, table.cells.shape[1]):
        more = np.take(x, table.cells[:, tap], axis, mode="clip")
        more *= weights[:, tap].reshape(shape)
        y += more
    return y


# -- torch -----------------------------------------------------------------------------------------


def upsample(node):
    """Resize as torch does: by a size, or by a factor that the coordinates are computed from."""
    a, kind = node.args, node.kind
    mode = {"upsample_nearest": "nearest", "upsample_bilinear": "bilinear"}.get(kind) or a["mode"]
    if mode == "area":
        return mean_pool(node)
    corners = bool(a.get("align_corners")) or kind == "upsample_bilinear"
    given = a["scale"] if a["size"] is None and not a.get("recompute_scale_factor") else None
    spatial = node.shape[2:]
    given = given if isinstance(given, tuple) else (given,) * len(spatial)
    real = np.float32 if node.itemsize == 4 or (mode == "nearest" and len(spatial) == 2) else np.float64
    tables: list = [None, None]
    for n, out, factor in zip(spatial, node.output[2:], given, strict=True):
        if mode == "nearest" and len(spatial) == 2 and out in (n, 2 * n):
            # Over two axes these are taken as they are, whatever the factor was.
            tables.append(None if out == n else Table(np.arange(out) // 2))
        else:
            tables.append(torch_table(mode, n, out, factor, corners, real))
    return resized(node, tables)


def torch_table(mode, n, out, factor, corners, real):
    """Return the table of one axis in one of torch's modes."""
    place = np.arange(out, dtype=real)
    if corners:
        scale = real(n - 1) / real(out - 1) if out > 1 else real(0)
    else:
        scale = real(1 / factor) if factor else real(n) / real(out)
    if mode.startswith("nearest"):
        place = np.floor(((place + real(0.5)) * scale if "exact" in mode else place * scale).astype(np.float32))
        return Table(np.minimum(place.astype(np.intp), n - 1))
    place = place * scale if corners else (place + real(0.5)) * scale - real(0.5)
    if mode == "bicubic":
        return cubic(place, n, -0.75)
    return None if n == out else linear(np.maximum(place, real(0)), n)


# -- Keras -----------------------------------------------------------------------------------------


def upsampling(node):
    """Resize by whole factors in Keras; torch's and ONNX' layers of the same name have rules of their own."""
    if node.framework == "torch":
        return upsample(node)
    if node.framework == "onnx":
        return resized(node, onnx_tables(node), node.args.get("extrapolation_value", 0.0))
    mode = node.args.get("mode", "nearest")
    tables = [keras_table(mode, n, out, node.itemsize) for n, out in zip(node.shape, node.output, strict=True)]
    return resized(node, tables)


def keras_table(mode, n, out, itemsize):
    """Return the table of one axis in one of Keras' modes; None where it stays."""
    if n == out or not n:
        return None
    if mode in ("nearest", "area"):
        return Table(np.arange(out) // (out // n))
    real = np.float32 if itemsize == 4 else np.float64
    place = (np.arange(out, dtype=real) + real(0.5)) * (real(n) / real(out)) - real(0.5)
    if mode == "bilinear":
        return linear(place.clip(0, n - 1), n)
    if mode == "bicubic":
        # TensorFlow looks the weights up in a table of 1024 steps, and computes in float32; JAX does neither.
        return cubic(place, n, -0.5, exclude=True, steps=1024 if itemsize == 4 else None)
    radius = int(mode[-1])
    return from_kernel(place, n, radius, lambda x: lanczos(x, radius))


RULES = {
    "upsampling": upsampling,
    "upsample": upsampling,
    "upsample_nearest": upsample,
    "upsample_bilinear": upsample,
}
