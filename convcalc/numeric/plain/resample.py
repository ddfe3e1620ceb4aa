"""Resizing by its definition: the cells that each output reads along an axis, and their weights.

A framework computes the coordinates in 32 bits, whatever the data, or in the data's own precision; which
cell is nearest hangs on that, so the definition does the same.
"""

from math import ceil, floor, pi, sin

import numpy as np

from convcalc.numeric.plain.pool import mean
from convcalc.numeric.plain.resample_onnx import onnx_resize


def along(x, axis, out, reads):
    """Return an array resized along one axis; ``reads(o)`` gives ``(cell, weight)`` of what output o reads."""
    x = np.moveaxis(x, axis, 0)
    y = np.zeros((out, *x.shape[1:]))
    for o in range(out):
        for cell, weight in reads(o):
            y[o] += weight * x[cell]
    return np.moveaxis(y, 0, axis)


def precision(node):
    """Return the type of number that a framework computes coordinates in for the node's data."""
    return np.float32 if node.itemsize == 4 else np.float64


def inside(cell, n):
    """Return the cell, or the outermost one for a cell beyond an end."""
    return min(max(cell, 0), n - 1)


def two_cells(place, n):
    """Return the cells around a coordinate, weighted by how near they are; beyond an end the outermost one."""
    place = min(max(place, 0 * place), type(place)(n - 1))
    low = floor(place)
    return [(low, 1 - (place - low)), (inside(low + 1, n), place - low)]


def keys(x, a):
    """Return Keys' cubic kernel at a distance."""
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a if x < 2 else 0


# -- torch -----------------------------------------------------------------------------------------


def upsample(node, inputs, weights):
    """Return torch's Upsample: output o lies at ``(o + 1/2) * scale - 1/2``, or ``o * scale`` with corners aligned.

    The scale is 1 by the factor where one is given, else input by output size; nearest takes the cell at
    ``floor(o * scale)``.
    """
    a, kind = node.args, node.kind
    mode = {"upsample_nearest": "nearest", "upsample_bilinear": "bilinear"}.get(kind) or a["mode"]
    if mode == "area":
        return mean(node, inputs, weights)
    by_factor = a["size"] is None and not a.get("recompute_scale_factor")
    corners = bool(a.get("align_corners")) or kind == "upsample_bilinear"
    y = inputs[0]
    for i in range(len(node.shape) - 2):
        n, out = node.shape[2 + i], node.output[2 + i]
        factor = (a["scale"][i] if isinstance(a["scale"], tuple) else a["scale"]) if by_factor else None
        y = along(y, 2 + i, out, torch_reads(node, mode, n, out, factor, corners))
    return y


def torch_reads(node, mode, n, out, factor, corners):
    """Return the function that tells what an output reads along an axis."""
    flat = mode == "nearest" and len(node.shape) == 4
    real = np.float32 if flat else precision(node)
    half = real(0.5)
    if corners:
        scale = real(n - 1) / real(out - 1) if out > 1 else real(0)
    else:
        scale = real(1 / factor) if factor else real(n) / real(out)

    def nearest(o):
        if flat and out in (n, 2 * n):
            return [(o * n // out, 1)]
        place = (real(o) + half) * scale if mode == "nearest-exact" else real(o) * scale
        return [(inside(floor(np.float32(place)), n), 1)]

    def blended(o):
        place = real(o) * scale if corners else (real(o) + half) * scale - half
        if mode == "bicubic":
            low = floor(place)
            return [(inside(cell, n), keys(abs(place - cell), -0.75)) for cell in range(low - 1, low + 3)]
        return [(o, 1)] if n == out else two_cells(place, n)

    return nearest if mode.startswith("nearest") else blended


# -- Keras -----------------------------------------------------------------------------------------


def upsampling(node, inputs, weights):
    """Return Keras' UpSampling: whole factors, output o at ``(o + 1/2) * n/out - 1/2``."""
    if node.framework == "torch":
        return upsample(node, inputs, weights)
    if node.framework == "onnx":
        return onnx_resize(node, inputs, weights)
    y = inputs[0]
    for axis, (n, out) in enumerate(zip(node.shape, node.output, strict=True)):
        if n != out:
            y = along(y, axis, out, keras_reads(node, node.args.get("mode", "nearest"), n, out))
    return y


def keras_reads(node, mode, n, out):
    """Return the function that tells what an output reads along an axis."""
    real = precision(node)

    def reads(o):
        if mode in ("nearest", "area"):
            return [(o // (out // n), 1)]
        place = (real(o) + real(0.5)) * (real(n) / real(out)) - real(0.5)
        if mode == "bilinear":
            return two_cells(place, n)
        if mode == "bicubic":
            return cubic_reads(place)
        radius = int(mode[-1])
        cells = range(ceil(place - radius), floor(place + radius) + 1)
        return shares([(cell, lanczos(abs(cell - place), radius)) for cell in cells])

    def cubic_reads(place):
        low = floor(place)
        rest = place - low
        if real is np.float32:
            # TensorFlow's weights come from a table of 1024 steps; JAX, who computes in float64, has none.
            rest = round(rest * 1024) / 1024
        return shares([(low + i, keys(abs(rest - i), -0.5)) for i in range(-1, 3)])

    def shares(pairs):
        pairs = [(cell, weight) for cell, weight in pairs if 0 <= cell < n]
        total = sum(weight for _, weight in pairs)
        return [(cell, weight / total) for cell, weight in pairs]

    return reads


def lanczos(x, radius):
    """Return the Lanczos kernel at a distance."""
    if x > radius:
        return 0
    return 1 if x <= 1e-3 else radius * sin(pi * x) * sin(pi * x / radius) / (pi * x) ** 2


RULES = {
    "upsampling": upsampling,
    "upsample": upsampling,
    "upsample_nearest": upsample,
    "upsample_bilinear": upsample,
}
