"""Layers that move values between channels and cells: patches to columns and back, pixel shuffles."""

from math import prod

from convcalc.dialects import torch
from convcalc.layers import cells as cells
from convcalc.layers.declare import Family
from convcalc.layers.fit import lanes, show
from convcalc.layers.site import Facts
from convcalc.window import Window


def windows_over(site, spatial):
    """Return the windows of the blocks that fold and unfold read, and how many there are along each axis."""
    a = site.args

    padding = [(pad, pad) for pad in a["padding"]]
    rows = zip(padding, a["kernel"], a["stride"], a["dilation"], strict=True)
    return site.slide(spatial, lanes(torch.forward, rows))


def unfold(site):
    """Size the patches of an image as columns."""
    batch, channels, spatial = site.split(unbatched=True)
    check_cells(site, (channels, *spatial))
    windows, sizes = windows_over(site, spatial)
    return Facts((*batch, channels * prod(site.args["kernel"]), prod(sizes)), windows, field="windows")


def fold(site):
    """Size the image that columns of patches add up to."""
    shape, kernel, size = site.shape, site.args["kernel"], site.args["output_size"]
    if len(shape) not in (2, 3):
        raise site.refuse(
            "wrong_rank",
            f"Fold takes an input of 3 axes (batch, channels times kernel, blocks), not {len(shape)}: {show(shape)}.",
            "Unfold makes such an input.",
        )
    columns, blocks = shape[-2:]
    check_cells(site, shape[-2:])
    taps = prod(kernel)
    if columns.__class__ is int and columns % taps:
        raise site.refuse(
            "wrong_channels",
            f"Fold's kernel has {taps} cells, which do not divide its input's {columns} rows.",
            f"Give an input of a multiple of {taps}.",
        )
    _, sizes = windows_over(site, size)
    if blocks.__class__ is int and blocks != prod(sizes):
        raise site.refuse(
            "wrong_shape",
            f"Fold puts {sizes[0]} x {sizes[1]} = {prod(sizes)} blocks into {size[0]} x {size[1]} cells, "
            f"its input has {blocks}.",
            f"Give an input of {prod(sizes)} blocks, or the output_size that was unfolded.",
        )
    if blocks.__class__ is not int:
        site.note("assumed", f"holds where {blocks} = {prod(sizes)}")
    return Facts((*shape[:-2], columns // taps, *size), field="unknown")


def check_cells(site, sizes):
    """Refuse an empty axis besides the batch."""
    if any(n.__class__ is int and n < 1 for n in sizes):
        raise site.refuse(
            "does_not_fit",
            f"{site.type} takes no empty axis besides the batch: {show(site.shape)}.",
            "Give sizes of 1 or more.",
        )


def image(site):
    """Return ``(lead, channels, height, width)`` of an input of torch's or ONNX' pixel layers."""
    shape = site.shape
    if len(shape) < 3 or (site.framework == "onnx" and len(shape) != 4):
        raise site.wrong_rank("3 or more" if site.framework == "torch" else 4)
    return shape[:-3], *shape[-3:]


def depth_to_space(site):
    """Size a pixel shuffle: channels become cells."""
    lead, channels, *spatial = image(site)
    r = site.args["block"]
    if channels.__class__ is int:
        if channels % (r * r):
            raise site.refuse(
                "wrong_channels",
                f"{site.type} spreads {channels} channels over {r} x {r} cells: they do not divide by {r * r}.",
                f"Give a multiple of {r * r} channels.",
            )
    elif channels // (r * r) * (r * r) != channels:
        site.note("assumed", f"holds where {channels} divides by {r * r}")
    window = Window(r, 1, r - 1, r - 1, 1, r)
    return Facts((*lead, channels // (r * r), *(n * r for n in spatial)), (window, window), field="windows")


def space_to_depth(site):
    """Size the inverse of a pixel shuffle: cells become channels."""
    lead, channels, *spatial = image(site)
    r = site.args["block"]
    for name, n in zip("HW", spatial, strict=True):
        if n.__class__ is int:
            if n % r:
                raise site.refuse(
                    "does_not_fit",
                    f"{site.type} gathers blocks of {r} cells, which do not divide {n} along {name}.",
                    f"Give a multiple of {r} cells; zeropad2d adds some.",
                )
        elif n // r * r != n:
            site.note("assumed", f"holds where {n} divides by {r}")
    window = Window(r, r)
    if site.framework == "torch" and 0 in site.shape:
        site.note("docs_disagree", "torch leaves an input without values as it is, whatever its other sizes")
        return Facts(site.shape)
    return Facts((*lead, channels * (r * r), *(n // r for n in spatial)), (window, window), field="windows")


def channel_shuffle(site):
    """Size a shuffle of groups of channels: all stays, but the channels must divide."""
    shape, groups = site.shape, site.args["groups"]
    if len(shape) < 3:
        raise site.refuse(
            "wrong_rank",
            f"ChannelShuffle takes an input of 3 axes or more, not {len(shape)}: {show(shape)}.",
            "Give a batch, channels and cells.",
        )
    channels = shape[1]
    if channels.__class__ is int and channels % groups:
        raise site.refuse(
            "wrong_channels",
            f"ChannelShuffle cannot split {channels} channels into groups={groups}.",
            f"Give a number of groups that divides {channels}.",
        )
    return Facts(shape)


BLOCK = {"block": "r block upscale_factor downscale_factor blocksize"}
FAMILIES = (
    Family(
        "depth_to_space", "pixelshuffle depthtospace", depth_to_space, "block",
        torch=("PixelShuffle", "block/upscale_factor:count"),
        onnx=("DepthToSpace", "block/blocksize:count mode:cased(DCR|CRD)=DCR"),
        ranks=(2,), rank_rule="spatial", example="pixelshuffle 2", sample="4x5x5",
        about="channels spread over cells", aliases=BLOCK,
    ),
    Family(
        "space_to_depth", "pixelunshuffle spacetodepth", space_to_depth, "block",
        torch=("PixelUnshuffle", "block/downscale_factor:count"),
        onnx=("SpaceToDepth", "block/blocksize:count mode:cased(DCR|CRD)=DCR"),
        ranks=(2,), rank_rule="spatial", example="pixelunshuffle 2", sample="3x8x8",
        about="cells gathered into channels", aliases=BLOCK,
    ),
    Family(
        "channel_shuffle", "channelshuffle", channel_shuffle, "groups",
        torch=("ChannelShuffle", "groups:count"),
        example="channelshuffle 2", sample="4x5x5", about="channels of several groups dealt out in turn",
    ),
    Family(
        "unfold", "unfold", unfold, "kernel stride",
        torch=("Unfold", "kernel_size:sizes dilation:sizes=1 padding:sizes0=0 stride:sizes=1"),
        ranks=(2,), rank_rule="spatial", example="unfold 3", about="the patches of an image as columns",
    ),
    Family(
        "fold", "fold", fold, "output_size kernel stride",
        torch=("Fold", "output_size:sizes kernel_size:sizes dilation:sizes=1 padding:sizes0=0 stride:sizes=1"),
        ranks=(2,), rank_rule="sample:2", example="fold 4 2 2", sample="12x4",
        about="an image from the columns of its patches, added up",
        aliases={"output_size": "out output_size"},
    ),
)  # fmt: skip
