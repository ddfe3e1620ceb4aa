"""Resized axes: their windows where these are regular, and ONNX' Resize."""

from math import floor
from struct import pack, unpack

from convcalc.layers.fit import show
from convcalc.layers.site import Facts
from convcalc.sizes import Size, scale
from convcalc.window import Window


def repeated(factor):
    """Return the window of nearest upsampling by a whole factor: a transposed kernel of ones."""
    return Window(factor, 1, factor - 1, factor - 1, 1, factor)


def blended(factor):
    """Return the window of linear upsampling by a whole factor: a transposed kernel shaped like a tent.

    Cell centres are aligned at half cells. With an odd factor the tent's ends have no weight.

    Examples
    --------
    >>> [blended(2).reach(o)[:2] for o in range(3)]
    [(-1, 0), (0, 1), (0, 1)]
    """
    size = 2 * factor - factor % 2
    pad = (size + factor - 2) // 2
    return Window(size, 1, pad, pad, 1, factor)


def window_of(n, out, factor, nearest, linear):
    """Return the window of one resized axis where it is regular, or None.

    `factor` is None where only the sizes are known; `nearest` and `linear` tell the plain rules of a mode.
    """
    if factor is None:
        if n.__class__ is not int or out.__class__ is not int or not n or not out:
            return None
        factor = out // n if out % n == 0 else n / out and 1 / (n // out) if n % out == 0 else 0
    if nearest and 0 < factor < 1 and (1 / factor).is_integer():
        step = int(1 / factor)
        return Window(1, step, 0, 1 - step)
    if factor < 1 or factor != int(factor):
        return None
    factor = int(factor)
    if nearest or factor == 1:
        return repeated(factor)
    return blended(factor) if linear else None


def resized(output, windows):
    """Return the facts of a resized input; without a window for each axis the field is unknown."""
    if None in windows:
        return Facts(output, field="unknown")
    return Facts(output, windows, field="windows")


def single(value):
    """Return a number as a 32-bit float holds it."""
    return unpack("f", pack("f", value))[0]


def resize(site):
    """Size ONNX' Resize: by sizes or by scales, of all axes or of the given ones."""
    a, shape = site.args, site.shape
    rank = len(shape)
    scales, sizes = a["scale"], a["size"]
    if (scales is None) == (sizes is None):
        raise site.illegal("Resize takes either scales or sizes.", "Give scale=2, or scales=1,1,2,2 for every axis.")
    if site.rank and rank != site.rank + 2:
        raise site.wrong_rank(site.rank + 2)
    given = scales if sizes is None else sizes
    if a.get("axes") is not None:
        axes = [x + rank if x < 0 else x for x in a["axes"]]
    else:
        # One number is for the spatial axes, a list for all, unless the word says how many there are.
        axes = list(range(2 if site.rank or not isinstance(given, tuple) else 0, rank))
    given = given if isinstance(given, tuple) else (given,) * len(axes)
    if not axes or len(given) != len(axes) or len(set(axes)) != len(axes) or not all(0 <= x < rank for x in axes):
        raise site.refuse(
            "wrong_rank",
            f"Resize has {len(given)} scales or sizes for {len(axes)} axes.",
            "Give one for every axis, or name the axes: axes=2,3",
        )
    # An axis without cells may stay so.
    plain = sizes is not None and a.get("keep_aspect_ratio_policy", "stretch") == "stretch"
    kept = [plain and n == 0 and shape[x] == 0 for n, x in zip(given, axes, strict=True)]
    if any(n.__class__ is not Size and n <= 0 and not keeps for n, keeps in zip(given, kept, strict=True)):
        raise site.illegal(f"Resize's scales and sizes must be above 0, not {show(given)}.", code="bad_value")
    if sizes is not None and any(shape[x] == 0 and not keeps for x, keeps in zip(axes, kept, strict=True)):
        raise site.refuse(
            "does_not_fit", f"Resize cannot tell the scale of an empty axis: {show(shape)}.", "Give sizes of 1 or more."
        )
    output = list(shape)
    factors: list = [1] * rank
    crops = crop_of(site, axes, rank)
    policy = a.get("keep_aspect_ratio_policy", "stretch")
    if sizes is not None and policy != "stretch":
        given, scales = kept_ratio(site, [shape[x] for x in axes], sizes, policy)
    for axis, value in zip(axes, given, strict=True):
        n = shape[axis]
        if scales is None or policy != "stretch":
            output[axis], factors[axis] = value, None
        else:
            output[axis], factors[axis] = scaled_once(site, n, value), value
    if scales is not None and any(part != 1 for part in crops):
        site.note("docs_disagree", "the standard scales the part that roi reads; onnxruntime scales the whole axis")
    for n in output:
        if n.__class__ is not int:
            site.conditions.append(n)
    check_interpolated(site, shape, output, factors)
    windows = resize_windows(a, shape, output, factors, crops)
    return resized(tuple(output), windows)


def check_interpolated(site, shape, output, factors):
    """Refuse axes that onnxruntime does not interpolate over: batch and channels, last or first, keep their size."""
    mode, rank = site.args["mode"], len(shape)
    if mode == "nearest":
        return
    same = [n == out if factor is None else factor == 1 for n, out, factor in zip(shape, output, factors, strict=True)]
    outer = rank > 3 and same[0] and same[1]
    if mode == "cubic":
        legal = rank == 2 or (rank == 4 and outer)
    else:
        legal = rank in (2, 3) or (rank in (4, 5) and outer) or (rank == 4 and same[0] and same[-1])
    if not legal:
        raise site.refuse(
            "wrong_shape",
            f"Resize with mode={mode} cannot go from {show(shape)} to {show(output)}: it keeps batch and channels.",
            "Give scales of 1 for the first two axes, or mode=nearest.",
        )


def scaled_once(site, n, value):
    """Return a size times a scale; refuse what no 32-bit float holds.

    onnxruntime takes no notice of the part that a roi reads, by which the standard multiplies too.
    """
    try:
        if n.__class__ is int:
            return floor(single(single(value) * n))
        return scale(n, value)
    except OverflowError:
        raise site.refuse(
            "wrong_shape",
            f"Resize cannot scale {n} cells by {value}: no 32-bit float holds that.",
            "Give a smaller scale.",
        ) from None


def crop_of(site, axes, rank):
    """Return the part of each axis that is read: all, but for tf_crop_and_resize with its roi."""
    parts = [1.0] * rank
    roi = site.args.get("roi")
    if site.args.get("coordinate_transformation_mode") != "tf_crop_and_resize":
        return parts
    if not isinstance(roi, tuple) or len(roi) != 2 * len(axes):
        raise site.illegal(
            "Resize with tf_crop_and_resize needs a roi: the starts of its axes, then the ends.",
            "Give roi=0,0,0,0,1,1,1,1",
            code="missing_argument",
        )
    for i, axis in enumerate(axes):
        parts[axis] = roi[i + len(axes)] - roi[i]
    return parts


def kept_ratio(site, spatial, sizes, policy):
    """Return the sizes that keep the ratio of the axes: no larger, or no smaller, than the given ones."""
    if any(n.__class__ is not int for n in spatial):
        raise site.refuse(
            "wrong_shape",
            f"Resize with {policy} cannot tell the ratio of unknown sizes: {show(spatial)}.",
            "Give the sizes as numbers with -i.",
        )
    sizes = sizes if isinstance(sizes, tuple) else (sizes,) * len(spatial)
    ratios = [single(size / n) for size, n in zip(sizes, spatial, strict=True)]
    ratio = min(ratios) if policy == "not_larger" else max(ratios)
    return tuple(floor(single(ratio * n) + 0.5) for n in spatial), None


def resize_windows(a, shape, output, factors, crops):
    """Return the windows of the spatial axes, None in the place of each that is not regular."""
    if (
        not 3 <= len(shape) <= 5
        or any(x != y for x, y in zip(shape[:2], output[:2], strict=True))
        or any(c != 1 for c in crops)
    ):
        return (None,)
    how = a.get("coordinate_transformation_mode", "half_pixel")
    nearest = a["mode"] == "nearest" and (
        (how == "asymmetric" and a.get("nearest_mode") == "floor")
        or (how in ("half_pixel", "half_pixel_symmetric") and all(f is not None and f >= 1 for f in factors))
    )
    linear = (
        a["mode"] == "linear"
        and how in ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel")
        and not a.get("antialias")
    )
    return tuple(
        window_of(n, o, f, nearest, linear) for n, o, f in zip(shape[2:], output[2:], factors[2:], strict=True)
    )
