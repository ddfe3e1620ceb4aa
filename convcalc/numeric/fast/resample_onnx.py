"""ONNX' Resize as onnxruntime runs it: coordinates in float32, then the tables of each axis."""

import numpy as np

from convcalc.numeric.fast.tables import Table, cubic, linear, shared

single = np.float32
# So near to a half onnxruntime rounds as at a half.
TIE = 1e-6


def onnx_tables(node):
    """Return the `Table` of every axis, None for those that stay."""
    a, rank = node.args, len(node.shape)
    if node.output == node.shape:
        # Whatever the scales and the roi are.
        return [None] * rank
    scales = scales_of(node)
    starts, ends = [single(0)] * rank, [single(1)] * rank
    how = a.get("coordinate_transformation_mode", "half_pixel")
    if how == "tf_crop_and_resize":
        axes = axes_of(node)
        for i, axis in enumerate(axes):
            starts[axis], ends[axis] = single(a["roi"][i]), single(a["roi"][i + len(axes)])
    tables: list = []
    for n, out, scale, start, end in zip(node.shape, node.output, scales, starts, ends, strict=True):
        if scale == 1:
            tables.append(None)
            continue
        place = coordinates(how, n, out, scale, start, end)
        outside = (place < 0) | (place > n - 1) if how == "tf_crop_and_resize" else None
        same = n == out and a.get("antialias")
        table = Table(np.arange(n)) if same else one(a, place, n, scale)
        tables.append(table._replace(outside=outside))
    return tables


def axes_of(node):
    """Return the axes that scales or sizes are given for."""
    a, rank = node.args, len(node.shape)
    given = a["scale"] if a["size"] is None else a["size"]
    if a.get("axes") is not None:
        return [axis % rank for axis in a["axes"]]
    return list(range(2 if node.rank or not isinstance(given, tuple) else 0, rank))


def scales_of(node):
    """Return the scale of every axis: as given, or that of the sizes, as 32-bit floats."""
    a = node.args
    axes = axes_of(node)
    scales = [single(1)] * len(node.shape)
    sizes = a["size"]
    if sizes is None:
        given = a["scale"] if isinstance(a["scale"], tuple) else (a["scale"],) * len(axes)
        for axis, scale in zip(axes, given, strict=True):
            scales[axis] = single(scale)
        return scales
    sizes = sizes if isinstance(sizes, tuple) else (sizes,) * len(axes)
    ratios = [single(size) / single(node.shape[axis]) for axis, size in zip(axes, sizes, strict=True)]
    policy = a.get("keep_aspect_ratio_policy", "stretch")
    if policy != "stretch":
        ratios = [min(ratios) if policy == "not_larger" else max(ratios)] * len(axes)
    for axis, ratio in zip(axes, ratios, strict=True):
        scales[axis] = ratio
    return scales


def coordinates(how, n, out, scale, start, end):
    """Return where each output is among the cells of an axis."""
    x, half, one, last = np.arange(out, dtype=single), single(0.5), single(1), single(n - 1)
    if how == "asymmetric":
        return x / scale
    if how == "pytorch_half_pixel" and out <= 1:
        return x * 0
    if how == "align_corners":
        return x * last / single(out - 1) if out > 1 else x * 0
    if how == "tf_crop_and_resize":
        if out > 1:
            return start * last + x * (end - start) * last / single(out - 1)
        return x + single(0.5 * float(start + end) * float(last))
    if how == "half_pixel_symmetric":
        offset = single(n) / 2 * (one - single(out) / (scale * single(n)))
        return (np.float64(offset) + (x.astype(np.float64) + 0.5) / np.float64(scale) - 0.5).astype(single)
    return (x + half) / scale - half


def one(a, place, n, scale):
    """Return the table of one axis for its coordinates."""
    mode = a["mode"]
    if mode == "nearest":
        return Table(nearest(a.get("nearest_mode", "round_prefer_floor"), place).clip(0, n - 1))
    slope, exclude = a.get("cubic_coeff_a", -0.75), bool(a.get("exclude_outside"))
    if a.get("antialias"):
        return smooth(place, n, scale, mode, slope, exclude)
    place = place.astype(np.float64)
    if mode == "cubic":
        return cubic(place, n, slope, exclude)
    table = linear(place.clip(0, n - 1), n)
    # At the last cell it reads that twice, half each.
    table.weights[table.cells[:, 0] == table.cells[:, 1]] = 0.5
    return table


def nearest(how, place):
    """Return the cell that a coordinate is rounded to."""
    if how == "floor":
        return np.floor(place).astype(np.intp)
    if how == "ceil":
        return np.ceil(place).astype(np.intp)
    whole = np.floor(place)
    over = place.astype(np.float64) - whole - 0.5
    up = over >= TIE if how == "round_prefer_floor" else over > -TIE
    return (whole + up).astype(np.intp)


def smooth(place, n, scale, mode, slope, exclude):
    """Return the table of a kernel that is stretched where an axis gets smaller, so that every cell counts."""
    step = max(1 / float(scale), 1.0)
    support = single(step if mode == "linear" else 2 * step)
    size = 2 * int(np.ceil(support)) + 1
    first = np.floor(place + 1 - support).astype(np.intp)
    last = first + (np.floor(place + 1 + support).astype(np.intp) - first).clip(0, size)
    cells = first[:, None] + np.arange(size)
    x = np.abs(cells - place.astype(np.float64)[:, None]) / step
    if mode == "linear":
        weights = np.maximum(1 - x, 0)
    else:
        near = ((slope + 2) * x - (slope + 3)) * x * x + 1
        weights = np.where(x < 1, near, np.where(x < 2, (((x - 5) * x + 8) * x - 4) * slope, 0))
    inside = (cells >= 0) & (cells < n)
    weights = np.where((cells < last[:, None]) & (inside if exclude else True), weights, 0)
    weights = shared(weights)
    # A window that meets no cell reads nothing.
    weights[~(inside & (cells < last[:, None])).any(1)] = 0
    return Table(cells.clip(0, n - 1), weights)
