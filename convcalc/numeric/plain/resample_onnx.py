"""ONNX' Resize by its definition, with onnxruntime's 32-bit coordinates."""

from math import ceil, floor

import numpy as np

single = np.float32


def onnx_resize(node, inputs, weights):
    """Return the input resized along every axis of which the scale is not 1.

    With tf_crop_and_resize an output whose coordinate is outside has extrapolation_value.
    """
    if node.output == node.shape:
        return inputs[0]
    y, a = inputs[0], node.args
    beyond = []
    for axis, (scale, start, end) in enumerate(zip(*described(node), strict=True)):
        n, out = node.shape[axis], node.output[axis]
        if scale == 1:
            continue
        places = [place_of(a, o, n, out, scale, start, end) for o in range(out)]
        if a.get("coordinate_transformation_mode") == "tf_crop_and_resize":
            beyond += [(axis, o) for o, place in enumerate(places) if not 0 <= place <= n - 1]
        if n == out and a.get("antialias"):
            continue
        x = np.moveaxis(y, axis, 0)
        rows = np.zeros((out, *x.shape[1:]))
        for o, place in enumerate(places):
            for cell, weight in reads(a, place, n, scale):
                rows[o] += weight * x[min(max(cell, 0), n - 1)]
        y = np.moveaxis(rows, 0, axis)
    if beyond:
        y = y.copy()
    for axis, o in beyond:
        np.moveaxis(y, axis, 0)[o] = a.get("extrapolation_value", 0.0)
    return y


def described(node):
    """Return scale, start and end of the part that is read, of every axis."""
    a, rank = node.args, len(node.shape)
    given = a["scale"] if a["size"] is None else a["size"]
    if a.get("axes") is not None:
        axes = [axis % rank for axis in a["axes"]]
    else:
        axes = list(range(2 if node.rank or not isinstance(given, tuple) else 0, rank))
    given = given if isinstance(given, tuple) else (given,) * len(axes)
    if a["size"] is None:
        scales = [single(scale) for scale in given]
    else:
        scales = [single(size) / single(node.shape[axis]) for axis, size in zip(axes, given, strict=True)]
        policy = a.get("keep_aspect_ratio_policy", "stretch")
        if policy != "stretch":
            scales = [min(scales) if policy == "not_larger" else max(scales)] * len(axes)
    every, starts, ends = [single(1)] * rank, [single(0)] * rank, [single(1)] * rank
    for i, axis in enumerate(axes):
        every[axis] = scales[i]
        if a.get("coordinate_transformation_mode") == "tf_crop_and_resize":
            starts[axis], ends[axis] = single(a["roi"][i]), single(a["roi"][len(axes) + i])
    return every, starts, ends


def place_of(a, o, n, out, scale, start, end):
    """Return the coordinate of an output among the cells of an axis."""
    how, x, last, half = a.get("coordinate_transformation_mode", "half_pixel"), single(o), single(n - 1), single(0.5)
    if how == "asymmetric":
        return x / scale
    if how == "align_corners":
        return x * last / single(out - 1) if out > 1 else single(0)
    if how == "tf_crop_and_resize":
        if out > 1:
            return start * last + x * (end - start) * last / single(out - 1)
        return single(0.5 * float(start + end) * float(last))
    if how == "half_pixel_symmetric":
        offset = float(single(n) / 2 * (single(1) - single(out) / (scale * single(n))))
        return single(offset + (o + 0.5) / float(scale) - 0.5)
    if how == "pytorch_half_pixel" and out <= 1:
        return single(0)
    return (x + half) / scale - half


def reads(a, place, n, scale):
    """Return ``(cell, weight)`` of what a coordinate reads; a cell beyond an end is the outermost one."""
    if a["mode"] == "nearest":
        return [(nearest(a.get("nearest_mode", "round_prefer_floor"), place), 1)]
    slope = a.get("cubic_coeff_a", -0.75)
    # With antialias the kernel is stretched over what becomes one cell.
    step = max(1 / float(scale), 1.0) if a.get("antialias") else 1.0
    if a["mode"] == "linear" and not a.get("antialias"):
        place = min(max(float(place), 0.0), last := float(n - 1))
        low = floor(place)
        # At the very end it reads the last cell twice.
        return [(low, 1.0)] if place == last else [(low, 1 - (place - low)), (low + 1, place - low)]
    radius = step if a["mode"] == "linear" else 2 * step
    if a.get("antialias"):
        cells = range(floor(single(place) + 1 - single(radius)), floor(single(place) + 1 + single(radius)))
    else:
        cells = range(floor(place) - 1, floor(place) + 3)
    found = [(cell, kernel(a["mode"], abs(float(place) - cell) / step, slope)) for cell in cells]
    if a.get("exclude_outside"):
        found = [(cell, weight) for cell, weight in found if 0 <= cell < n]
    elif a.get("antialias") and not any(0 <= cell < n for cell in cells):
        return []
    total = sum(weight for _, weight in found) if a.get("exclude_outside") or a.get("antialias") else 1.0
    return [(cell, weight / total) for cell, weight in found] if total else []


def nearest(how, place):
    """Return the cell that a coordinate is rounded to; a millionth from a half is a half."""
    if how == "floor":
        return floor(place)
    if how == "ceil":
        return ceil(place)
    rest = float(place) - floor(place)
    if abs(rest - 0.5) < 1e-6:
        return floor(place) + (how == "round_prefer_ceil")
    return floor(place) + (rest > 0.5)


def kernel(mode, x, a):
    """Return the tent, or Keys' cubic kernel, at a distance."""
    if mode == "linear":
        return max(1 - x, 0)
    if x < 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a if x < 2 else 0
