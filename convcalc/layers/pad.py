"""Layers that add cells at the ends of axes, or cut them off."""

from math import prod

from convcalc.layers import cells as cells
from convcalc.layers.declare import Family
from convcalc.layers.fit import AXES, show
from convcalc.layers.shared import DATA_FORMAT, KERAS
from convcalc.layers.site import Facts
from convcalc.window import Window


def zero_pad(site):
    """Size a padding with a constant: Keras pads the spatial axes alone, torch the last axes of any input."""
    if site.framework != "keras":
        return pad_last(site, "constant")
    batch, channels, spatial = site.split()
    sides = site.args["padding"]
    sizes = tuple(n + low + high for n, (low, high) in zip(spatial, sides, strict=True))
    return Facts(site.join(batch, channels, sizes), windows_of(sides), field="windows")


def crop(site):
    """Size a crop, which must leave a cell."""
    batch, channels, spatial = site.split()
    sides, sizes = site.args["cropping"], []
    for axis, (n, (low, high)) in enumerate(zip(spatial, sides, strict=True)):
        size = n - low - high
        if size.__class__ is not int:
            site.conditions.append(size)
        elif size < 1:
            raise site.refuse(
                "does_not_fit",
                f"{site.type} cuts {low} and {high} of {n} cells along {AXES[site.rank][axis]}: none is left.",
                f"Cut less, or give {low + high + 1} cells or more.",
            )
        sizes.append(size)
    return Facts(site.join(batch, channels, sizes), windows_of([(-low, -high) for low, high in sides]), field="windows")


def windows_of(sides):
    """Return the windows of one cell that take over what is kept."""
    return tuple(Window(1, 1, low, high) for low, high in sides)


def pad_last(site, mode):
    """Size torch's pads: the last axes of the input, as many as there are pairs."""
    shape, sides, rank = site.shape, site.args["padding"], site.rank
    count = len(sides)
    if mode == "constant":
        legal = len(shape) >= count
    else:
        legal = 1 <= count <= 3 and len(shape) in (count + 1, count + 2)
        legal = legal and (mode != "circular" or len(shape) in (rank + 1, rank + 2))
    if not legal:
        raise site.wrong_rank(f"{count + 1} or {count + 2}" if mode != "constant" else f"{count} or more")
    kept = len(shape) - count
    sizes = tuple(
        padded(site, mode, n, low, high, kept + i)
        for i, (n, (low, high)) in enumerate(zip(shape[kept:], sides, strict=True))
    )
    if mode in ("reflect", "replicate"):
        # The kernels take an empty batch and no other empty axis, and leave something along one axis at least.
        first = 0 if len(shape) == count + 1 else 1
        if any(n.__class__ is int and n < 1 for n in shape[first:kept]) or all(
            n.__class__ is int and n < 1 for n in sizes
        ):
            raise site.refuse(
                "does_not_fit",
                f"{site.type} has nothing to copy: {show(shape)} would become {show((*shape[:kept], *sizes))}.",
                "Give a larger input.",
            )
    if mode == "circular" and min(map(min, sides)) < 0:
        check_wrapping(site, (*shape[:kept], *sizes), sides)
    windows = windows_of((((0, 0),) * rank + tuple(sides))[-rank:]) if len(shape) >= rank else ()
    return Facts((*shape[:kept], *sizes), windows, field="windows")


# Cells that an axis must have beyond the padding, for a mode to copy each at most once.
BEYOND = {"reflect": 1, "circular": 0}


def padded(site, mode, n, low, high, axis):
    """Return the size of one padded axis."""
    size = n + low + high
    # Each of these must be 1 or more.
    conditions = [size + 1]
    if mode == "constant":
        conditions += [n + side + 1 for side in (low, high) if side < 0]
    elif mode != "circular":
        conditions.append(n)
    if mode in BEYOND:
        conditions += [n - side + 1 - BEYOND[mode] for side in (low, high) if side > 0]
    for condition in conditions:
        if condition.__class__ is not int:
            site.conditions.append(condition)
        elif condition < 1:
            over = mode in BEYOND and max(low, high) > n - BEYOND[mode]
            raise site.refuse(
                "does_not_fit",
                f"{site.type} cannot pad {n} cells of axis {axis} by {low} and {high}"
                + (f": it copies at most {max(n - BEYOND[mode], 0)}." if over else "."),
                "Pad less, or give a larger input." if low + high > 0 else "Cut less, or give a larger input.",
            )
    return size


def check_wrapping(site, output, sides):
    """Refuse a circular pad that cuts, where torch's copies from one end to the other do not go together.

    torch (2.13) copies slices of the output onto each other, one axis after the other. Their sizes may differ after
    a cut, and they may overlap, which it notices where nothing but this axis is sliced.
    """
    shape, kept = site.shape, len(site.shape) - len(sides)
    if any(n.__class__ is not int for n in (*shape, *output)):
        return
    # With a 0 here no slice has cells, so that none overlaps another.
    copies, outer = [], prod(output[:kept]) if 0 not in output else 0
    for n, size, (low, high) in zip(shape[kept:], output[kept:], sides, strict=True):
        if 0 not in output and min(low, high) < -n:
            # torch cuts more than there is, and answers what was in memory: refused here.
            copies.append(False)
        left, right = max(low, 0), max(high, 0)
        inner = span(size, left, size - right)
        copies.append(copied(inner, span(n, max(-low, 0), n - max(-high, 0))))
        alone = outer == 1
        if low > 0:
            copies.append(copied(span(size, 0, low), span(size, size - low - right, size - right), alone))
        if high > 0:
            copies.append(copied(span(size, size - high, size), span(size, left, left + high), alone))
        outer *= size
    if not all(copies):
        raise site.refuse(
            "does_not_fit",
            f"{site.type} cannot turn {show(shape)} into {show(output)}: it cuts cells that it would have to copy.",
            "Pad or cut an axis, not both.",
        )


def span(size, start, stop):
    """Return a slice's first cell and the end of it, negative ones counted from the end.

    >>> span(5, -2, 9), span(5, 4, 2)
    ((3, 5), (4, 4))
    """
    start, stop = (min(max(at + size if at < 0 else at, 0), size) for at in (start, stop))
    return start, max(start, stop)


def copied(to, source, alone=False):
    """Tell whether torch copies one slice onto another; both of an axis of `size` where they may overlap."""
    count = source[1] - source[0]
    if count not in (1, to[1] - to[0]):
        return False
    apart = to == source or to[1] <= source[0] or source[1] <= to[0] or not count
    return apart or not alone


def mode_of(mode):
    """Return the rule of torch's pads of a mode."""

    def rule(site):
        return pad_last(site, mode)

    rule.__doc__ = f"Size a pad of mode {mode}."
    return rule


def kept(site, n, low, high, axis):
    """Return the size of an axis that ONNX' Pad changes: it cuts first, and copies from what that leaves."""
    known = low.__class__ is high.__class__ is int
    left = n + min(low, 0) + min(high, 0) if known else n
    mode = site.args["mode"]
    room = n + low + high + 1 if mode == "constant" else left
    for condition in (room, left - max(low, high)) if mode == "reflect" and known else (room,):
        if condition.__class__ is not int:
            site.conditions.append(condition)
        elif condition < 1:
            raise site.refuse(
                "does_not_fit",
                f"Pad with mode={mode} cannot pad {n} cells of axis {axis} by {low} and {high}"
                + (f": it copies at most {max(left - 1, 0)}." if mode == "reflect" else ": nothing would be left."),
                "Pad less, or give a larger input.",
            )
    return n + low + high


def onnx_pad(site):
    """Size ONNX's Pad: pairs for every axis, or for the given axes."""
    shape, sides, axes = site.shape, site.args["padding"], site.args["axes"]
    rank = len(shape)
    axes = tuple(range(rank)) if axes is None else tuple(a + rank if a < 0 else a for a in axes)
    if len(axes) != len(sides) or len(set(axes)) != len(axes) or not all(0 <= a < rank for a in axes):
        raise site.refuse(
            "wrong_rank",
            f"Pad has cells for {len(sides)} axes, its input {rank}.",
            "Give a low and a high for every axis, batch and channels too, or name the axes: axes=2,3",
        )
    pairs = [(0, 0)] * rank
    for axis, pair in zip(axes, sides, strict=True):
        pairs[axis] = pair
    sizes = tuple(
        kept(site, n, low, high, i) if low or high else n
        for i, (n, (low, high)) in enumerate(zip(shape, pairs, strict=True))
    )
    windows = windows_of(pairs[2:]) if 3 <= rank <= 5 else ()
    return Facts(sizes, windows, field="windows" if windows else "keeps" if sizes == shape else "unknown")


def torch_pad(kind, words, name, mode, about, value=""):
    """Return the family of a pad that torch has for one to three axes."""
    return Family(
        kind, words, mode_of(mode), "padding value",
        torch=(name, f"padding:sides{value}"),
        ranks=(1, 2, 3), rank_rule="spatial", example=words.split()[0] + (" 1 0.5" if value else " 1"), about=about,
    )  # fmt: skip


FAMILIES = (
    Family(
        "zero_pad", "zeropad{r}d zeropadding{r}d", zero_pad, "padding",
        keras=("ZeroPadding{r}D", f"padding:cells=1 {DATA_FORMAT} {KERAS}"),
        torch=("ZeroPad{r}d", "padding:sides"),
        ranks=(1, 2, 3), rank_rule="spatial", example="zeropad{r}d 1", about="zeros at the ends of the spatial axes",
    ),
    *(
        Family(
            f"crop{rank}", f"crop{rank}d cropping{rank}d", crop, "cropping",
            keras=(f"Cropping{rank}D", f"cropping:cells={rank % 2} {DATA_FORMAT if rank > 1 else ''} {KERAS}"),
            ranks=(rank,), rank_rule="spatial", example=f"crop{rank}d 1",
            about="cells cut off the ends of the spatial axes",
            aliases={"cropping": "crop cropping"},
        )
        for rank in (1, 2, 3)
    ),
    torch_pad("constant_pad", "constantpad{r}d", "ConstantPad{r}d", "constant",
              "a constant at the ends", " value:fill"),
    torch_pad("reflection_pad", "reflectpad{r}d reflectionpad{r}d", "ReflectionPad{r}d", "reflect",
              "the input mirrored at its ends"),
    torch_pad("replication_pad", "replicatepad{r}d replicationpad{r}d", "ReplicationPad{r}d", "replicate",
              "the outermost cells repeated"),
    torch_pad("circular_pad", "circularpad{r}d", "CircularPad{r}d", "circular", "the cells of the other end"),
    Family(
        "pad", "pad", onnx_pad, "padding",
        onnx=("Pad", "padding/pads:ends mode:cased(constant|reflect|edge|wrap)=constant "
              "value/constant_value:number=0 axes:axes=none"),
        example="pad (0:0,0:0,1:1,1:1)", sample="3x8x8", about="cells at the ends of any axes",
    ),
)  # fmt: skip
