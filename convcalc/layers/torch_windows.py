"""The windows of torch's layers: which a call means, what torch refuses, and the notes.

Sizes are in `convcalc.dialects.torch`; channels, groups and weights in `conv` and `pool`. All of it
was seen on torch 2.13.0 on a CPU, and is held by tests/test_torch_windows.py.
"""

from convcalc.dialects import torch
from convcalc.layers.fit import AXES, lanes, remedy
from convcalc.layers.keras_windows import check_output_padding


def slide_conv(site, spatial):
    """Return windows and sizes of a convolution."""
    site.no_empty(spatial, AXES[site.rank])
    windows, sizes = site.slide(spatial, site.once(conv_lanes))
    mode = site.args["padding_mode"]
    if mode in ("reflect", "circular"):
        check_mode(site, mode, spatial, windows)
    return windows, sizes


def conv_lanes(site):
    """Return the lanes of a convolution."""
    a = site.args
    kernel, stride, padding, dilation, mode = a["kernel"], a["stride"], a["padding"], a["dilation"], a["padding_mode"]
    if padding == "same" and max(stride) > 1:
        raise site.illegal("torch's padding='same' takes no stride above 1.", "Give the cells: pad=1.", key="stride")
    padding = (padding,) * site.rank if padding.__class__ is str else cells(site, padding, mode)
    return lanes(torch.forward, zip(padding, kernel, stride, dilation, strict=True))


def slide_transposed(site, spatial):
    """Return windows and sizes of a transposed convolution."""
    rows = site.once(transposed_lanes)
    # Over an empty batch torch computes nothing, and asks neither of the two.
    if len(site.shape) == site.rank + 1 or site.shape[0] != 0:
        site.no_empty(spatial, AXES[site.rank])
        site.once(check_extra)
    return site.slide(spatial, rows)


def transposed_lanes(site):
    """Return the lanes of a transposed convolution."""
    a = site.args
    padding = a["padding"]
    note_cells(site, padding)
    rows = zip(padding, a["kernel"], a["stride"], a["dilation"], a["output_padding"], strict=True)
    return lanes(torch.transposed, rows)


def check_extra(site):
    """Refuse an output_padding that is under neither the stride nor the dilation of its axis; return True."""
    pairs = list(zip(site.args["stride"], site.args["dilation"], strict=True))
    words = [f"the stride {s} or the dilation {d}" if d > 1 else f"the stride {s}" for s, d in pairs]
    check_output_padding(site, site.args["output_padding"], list(map(max, pairs)), words)
    return True


def slide_pool(site, batch, channels, spatial):
    """Return windows and sizes of a pool."""
    a = site.args
    kernel = a["kernel"]
    stride = a["stride"] or kernel
    # Averages know no dilation, and LP pools no padding either.
    padding, dilation = a.get("padding") or ((0, 0),) * site.rank, a.get("dilation") or (1,) * site.rank
    site.no_empty((channels, *spatial), ("channels", *AXES[site.rank]))
    check_half(site, padding, kernel)
    if site.rank == 3 and site.layer.family.kind != "max_pool":
        check_bare(site, kernel, spatial)

    rows = zip(padding, kernel, stride, dilation, (a["ceil_mode"],) * site.rank, strict=True)
    return site.slide(spatial, lanes(torch.pool, rows))


def cells(site, padding, mode):
    """Return the cells before and after, per axis; refuse what only another padding mode takes."""
    note_cells(site, padding)
    if mode == "zeros":
        if min(map(min, padding)) < 0:
            raise site.illegal(
                "padding must be 0 or more where padding_mode is zeros.", "Put a crop before it.", key="padding"
            )
    elif len(padding) < site.rank:
        raise site.illegal(
            f"padding_mode={mode} takes one number of cells or one for each of {site.rank} axes, not a tuple of one.",
            f"Give padding={padding[0][0]}.",
            key="padding",
        )
    return padding * site.rank if len(padding) < site.rank else padding


def note_cells(site, padding):
    """Note cells that torch's layers cannot add themselves."""
    if any(low != high for low, high in padding):
        site.note("explicit_padding", "torch pads both ends alike: this means a padding layer before it")


def check_mode(site, mode, spatial, windows):
    """Refuse more reflected or wrapped cells than there are; a cell repeated has no limit."""
    for name, n, window in zip(AXES[site.rank], spatial, windows, strict=True):
        most = max(window.low, window.high)
        least = most + (mode == "reflect")
        if n.__class__ is not int:
            site.conditions.append(n - least + 1)
        elif n < least:
            raise site.refuse(
                "does_not_fit",
                f"padding_mode={mode} of {most} cells along {name} takes an input of {least} or more, not {n}.",
                f"Give pad={n - (mode == 'reflect')} or less, or padding_mode=replicate or zeros.",
                key="padding",
            )


def check_half(site, padding, kernel):
    """Refuse padding over half the kernel, without its dilation."""
    for (low, high), size in zip(padding, kernel, strict=True):
        if low != high or low > size // 2:
            raise site.illegal(
                f"torch's pools pad at most half the kernel, alike at both ends: {max(low, high)} is over {size} // 2."
                if low == high
                else f"torch's pools pad both ends alike, not {low} before and {high} after.",
                f"Give pad={size // 2} or less, or ZeroPad before it.",
                key="padding",
            )


def check_bare(site, kernel, spatial):
    """Refuse an input smaller than the kernel, whatever its padding or ceil_mode.

    Only the averages over three axes do.
    """
    for size, n, name in zip(kernel, spatial, AXES[3], strict=True):
        if n.__class__ is not int:
            site.conditions.append(n - size + 1)
        elif n < size:
            raise site.refuse(
                "does_not_fit",
                f"{site.type} does not fit along {name}: the kernel of {size} is larger than the input of {n}, "
                "and here torch counts neither padding nor ceil_mode.",
                remedy(site, name, size, ["a smaller kernel"]),
            )


def is_mean(site, wanted, spatial):
    """Tell whether an adaptive pool is an average of one bin an axis."""
    average = site.layer.family.kind == "adaptive_average_pool"
    return average and all((n if m is None else m) == 1 for m, n in zip(wanted, spatial, strict=True))


def check_bins(site, batch, channels, spatial, bins):
    """Refuse an adaptive pool without cells.

    Averages over one and two axes, and one sample of any, take no channels; an average of one bin
    takes no cells.
    """
    if is_mean(site, bins, spatial):
        return
    if batch and (site.layer.family.kind == "adaptive_max_pool" or site.rank == 3):
        site.no_empty((channels,), ("channels",))
    site.no_empty(spatial, AXES[site.rank])
