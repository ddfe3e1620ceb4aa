"""The windows of Keras' layers: which a call means, what Keras refuses, and the notes.

Sizes are in `convcalc.dialects.keras`; channels, groups and weights in `conv` and `pool`.
"""

from convcalc.dialects import keras
from convcalc.layers.fit import AXES, lanes


def slide_conv(site, spatial):
    """Return windows and sizes of a convolution."""
    return site.slide(spatial, *site.once(conv_lanes))


def conv_lanes(site):
    """Return the lanes of a convolution, and its smallest output."""
    a = site.args
    kernel, stride, padding, dilation = a["kernel"], a["stride"], a["padding"], a["dilation"]
    words = padding.__class__ is str
    if padding == "causal" and site.rank != 1:
        raise site.illegal(
            "causal padding is for one-dimensional convolutions alone.", "Give pad=same or valid.", key="padding"
        )
    if site.layer.family.kind == "conv":
        check_strides(site, stride, dilation, "; depthwise and separable layers take both")
    if not words:
        note_cells(site, f"ZeroPadding{site.rank}D({padding}), then padding='valid'")
    note_backend(site)

    cells = (padding,) * site.rank if words else padding
    rows = zip(cells, kernel, stride, dilation, strict=True)
    return lanes(keras.forward, rows), 0 if padding in ("same", "causal") else 1


def slide_transposed(site, spatial):
    """Return windows and sizes of a transposed convolution."""
    return site.slide(spatial, *site.once(transposed_lanes))


def transposed_lanes(site):
    """Return the lanes of a transposed convolution, and its smallest output."""
    a = site.args
    kernel, stride, padding, dilation = a["kernel"], a["stride"], a["padding"], a["dilation"]
    extra = a["output_padding"]
    words = padding.__class__ is str
    check_strides(site, stride, dilation)
    if extra is None:
        extra = (None,) * site.rank
    else:
        check_output_padding(site, extra, stride, [f"the stride {s}" for s in stride])
    if not words:
        note_cells(site, f"padding='valid', then Cropping{site.rank}D({padding})")
    note_backend(site)

    cells = (padding,) * site.rank if words else padding
    rows = zip(cells, kernel, stride, dilation, extra, strict=True)
    # Keras answers an output without cells, as of one cell and an even kernel with output_padding=0.
    return lanes(keras.transposed, rows), 0 if words else 1


def slide_pool(site, batch, channels, spatial):
    """Return windows and sizes of a pool."""
    return site.slide(spatial, *site.once(pool_lanes))


def pool_lanes(site):
    """Return the lanes of a pool, and its smallest output."""
    kernel, padding = site.args["kernel"], site.args["padding"]
    stride = site.args["stride"] or kernel
    rows = [(padding, k, s, 1) for k, s in zip(kernel, stride, strict=True)]
    return lanes(keras.forward, rows), 0 if padding == "same" else 1


def check_strides(site, stride, dilation, but=""):
    """Refuse strides above 1 together with dilations above 1, on whatever axes."""
    if max(dilation) > 1 and max(stride) > 1:
        raise site.illegal(
            f"{site.type} takes no stride above 1 together with a dilation above 1.",
            f"Set one of the two to 1{but}.",
            key="dilation",
        )


def check_output_padding(site, extra, limits, words):
    """Refuse an output_padding that is not under the limit of its axis, which `words` name."""
    for op, most, what, name in zip(extra, limits, words, AXES[site.rank], strict=True):
        if op >= most:
            raise site.illegal(
                f"output_padding {op} along {name} must be less than {what}.",
                f"Give op={most - 1} or less." if most > 1 else "Leave it out.",
                key="output_padding",
            )


def note_cells(site, means):
    """Note what cells of padding mean in Keras, whose own layers take words."""
    site.note("explicit_padding", f"Keras has no such argument: this means {means}")


def note_backend(site):
    """Note what TensorFlow does not run on a CPU."""
    words = keras.cannot_run(site.layer.family.kind, site.args, site.rank)
    if words:
        site.note("backend_cannot_run", f"TensorFlow on a CPU does not run {words}; JAX does")
