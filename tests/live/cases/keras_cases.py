"""Random calls of the Keras layers: convolutions, pools, padding, cropping, upsampling.

The generators for the layers without windows are in keras_simple.
"""

from tests.live.cases import keras_simple
from tests.live.cases.draw import Draw, case, spread

GENERATORS = {}
SIZES = {1: (1, 24), 2: (1, 14), 3: (1, 7)}
ACTIVATIONS = ("relu", "linear", "sigmoid", "softmax", "swish", None)


def generator(*names):
    """Register a generator under names; ``{d}`` in a name stands for the ranks 1 to 3."""

    def register(function):
        for name in names:
            for rank in (1, 2, 3) if "{d}" in name else (None,):
                full = name.format(d=rank)
                GENERATORS[full] = lambda rng, full=full, rank=rank: function(Draw(rng), full, rank or _rank(full))
        return function

    return register


def _rank(name):
    return next((int(letter) for letter in name if letter.isdigit()), None)


def image(draw, values, channels, spatial, formats=True):
    """Return an input shape in the layout that the values say, and the index of its channels.

    A format is added to the values now and then, and some sizes are unknown.
    """
    first = False
    if formats and draw.chance(0.35):
        values["data_format"] = draw.pick("channels_last", "channels_first", "channels_first", None)
        first = values["data_format"] == "channels_first"
    spatial = list(spatial)
    batch = draw.pick(None, None, 0, 1, 2) if draw.chance(0.4) else draw.size(1, 3)
    if draw.chance(0.15):
        spatial = [None if draw.chance(0.6) else size for size in spatial]
    return ([batch, channels, *spatial] if first else [batch, *spatial, channels]), (1 if first else -1)


def fitting(draw, rank, spans):
    """Return spatial sizes that hold windows of these spans nearly always."""
    low, high = SIZES[rank]
    slack = draw.chance(0.88)
    return [draw.size(max(low, span if slack else low), max(high, span + 3)) for span in spans]


def padded(draw, words=("valid", "same")):
    """Return a padding word; what no layer takes once in a while."""
    if draw.chance(0.04):
        return draw.pick("causal", "SAME", "Valid", "full", 1, (1, 1), ((1, 1), (1, 1)))
    return draw.pick(*words)


def extras(draw):
    """Draw the arguments that leave the shape alone."""
    given = draw.some({"use_bias": draw.pick(True, False)})
    if draw.chance(0.2):
        given["activation"] = draw.pick(*ACTIVATIONS)
    if draw.chance(0.05):
        given["name"] = "layer"
    return given


def strided(draw, rank, high=3, exclusive=True):
    """Draw strides and dilation; Keras' plain convolutions refuse both above one, so that is rare here."""
    values = {}
    if draw.chance(0.6):
        values["strides"] = draw.axes(rank, 1, high)
    if draw.chance(0.4):
        values["dilation_rate"] = draw.axes(rank, 1, 3)
    if exclusive and len(values) == 2 and draw.chance(0.85):
        del values[draw.pick("strides", "dilation_rate")]
    return values


def window_case(draw, order, values, rank, channels):
    """Make the case of a convolution whose window fits nearly always."""
    kernel = spread(values["kernel_size"], rank)
    dilation = spread(values.get("dilation_rate", 1), rank)
    least = [1] * rank
    if values.get("padding", "valid") == "valid":
        least = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=False)]
    shape, index = image(draw, values, channels, fitting(draw, rank, least))
    return case(draw, order, values, shape, channel=index)


CONV = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "dilation_rate",
    "groups",
    "activation",
    "use_bias",
)


@generator("Conv{d}D")
def convolution(draw, name, rank):
    groups = draw.pick(1, 1, 1, 2, 3)
    channels = groups * draw.size(1, 3)
    if draw.chance(0.1):
        groups = channels
    values = {"filters": groups * draw.size(1, 3), "kernel_size": draw.axes(rank, 1, 4 if rank < 3 else 3)}
    values |= strided(draw, rank) | extras(draw)
    if draw.chance(0.7):
        values["padding"] = padded(draw, ("valid", "same", "causal") if rank == 1 else ("valid", "same"))
    if groups > 1 or draw.chance(0.1):
        values["groups"] = groups
    return window_case(draw, CONV, values, rank, channels)


TRANSPOSE = {
    1: (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "output_padding",
        "data_format",
        "dilation_rate",
        "activation",
        "use_bias",
    ),
    2: (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "output_padding",
        "data_format",
        "dilation_rate",
        "activation",
        "use_bias",
    ),
    3: (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "data_format",
        "output_padding",
        "dilation_rate",
        "activation",
        "use_bias",
    ),
}


@generator("Conv{d}DTranspose")
def transposed(draw, name, rank):
    values = {"filters": draw.size(1, 5), "kernel_size": draw.axes(rank, 1, 5 if rank < 3 else 3)}
    values |= strided(draw, rank, high=4) | extras(draw)
    if draw.chance(0.7):
        values["padding"] = padded(draw)
    if draw.chance(0.4):
        given = tuple(draw.size(0, stride - 1) for stride in spread(values.get("strides", 1), rank))
        values["output_padding"] = given[0] if len(set(given)) == 1 else given
        if draw.chance(0.12):
            values["output_padding"] = draw.axes(rank, 0, 3)
    low, high = SIZES[rank]
    shape, index = image(draw, values, draw.size(1, 4), [draw.size(low, high // 2 + 1) for _ in range(rank)])
    return case(draw, TRANSPOSE[rank], values, shape, channel=index)


SEPARABLE = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "dilation_rate",
    "depth_multiplier",
    "activation",
    "use_bias",
)
DEPTHWISE = (
    "kernel_size",
    "strides",
    "padding",
    "depth_multiplier",
    "data_format",
    "dilation_rate",
    "activation",
    "use_bias",
)


@generator("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(draw, name, rank):
    separable = name.startswith("Sep")
    values = {"filters": draw.size(1, 6)} if separable else {}
    values["kernel_size"] = draw.axes(rank, 1, 4)
    values |= strided(draw, rank, exclusive=False) | extras(draw)
    if draw.chance(0.7):
        values["padding"] = padded(draw)
    if draw.chance(0.4):
        values["depth_multiplier"] = draw.size(1, 3)
    return window_case(draw, SEPARABLE if separable else DEPTHWISE, values, rank, draw.size(1, 5))


@generator("MaxPooling{d}D", "AveragePooling{d}D")
def pool(draw, name, rank):
    values = {"pool_size": draw.axes(rank, 1, 4 if rank < 3 else 3)}
    if name.startswith("Max") and draw.chance(0.1):
        del values["pool_size"]
    if draw.chance(0.6):
        values["strides"] = None if draw.chance(0.2) else draw.axes(rank, 1, 4)
    if draw.chance(0.7):
        values["padding"] = padded(draw)
    least = spread(values.get("pool_size", 2), rank) if values.get("padding", "valid") == "valid" else [1] * rank
    shape, index = image(draw, values, draw.size(1, 4), fitting(draw, rank, least))
    return case(draw, ("pool_size", "strides", "padding", "data_format"), values, shape, channel=index)


@generator("GlobalMaxPooling{d}D", "GlobalAveragePooling{d}D")
def global_pool(draw, name, rank):
    values = draw.some({"keepdims": draw.pick(True, False)})
    shape, index = image(draw, values, draw.size(1, 5), fitting(draw, rank, [1] * rank))
    return case(draw, ("data_format", "keepdims"), values, shape, channel=index)


@generator("AdaptiveAveragePooling{d}D", "AdaptiveMaxPooling{d}D")
def adaptive(draw, name, rank):
    values = {"output_size": draw.axes(rank, 1, 6)}
    shape, index = image(draw, values, draw.size(1, 4), fitting(draw, rank, [1] * rank))
    return case(draw, ("output_size", "data_format"), values, shape, channel=index)


def sides(draw, rank, high, low=0):
    """Return a size for every side in one of the three ways of writing it; a pair for one dimension."""
    pair = lambda: (draw.size(low, high), draw.size(low, high))  # noqa: E731
    if draw.chance(0.4):
        return draw.size(low, high)
    if rank == 1:
        return pair()
    if draw.chance(0.4):
        return tuple(draw.size(low, high) for _ in range(rank))
    return tuple(pair() for _ in range(rank))


@generator("ZeroPadding{d}D", "Cropping{d}D")
def pad(draw, name, rank):
    key = "padding" if name[0] == "Z" else "cropping"
    values = {} if draw.chance(0.1) else {key: sides(draw, rank, 3 if key == "padding" else 2)}
    formats = name != "Cropping1D"
    shape, index = image(
        draw, values, draw.size(1, 4), fitting(draw, rank, [1 if key == "padding" else 5] * rank), formats
    )
    return case(draw, (key, "data_format") if formats else (key,), values, shape, channel=index)


@generator("UpSampling{d}D")
def upsample(draw, name, rank):
    values = {} if draw.chance(0.1) else {"size": draw.size(1, 4) if rank == 1 else draw.axes(rank, 1, 4)}
    if rank == 2 and draw.chance(0.5):
        values["interpolation"] = draw.pick(
            "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "Bilinear", "linear"
        )
    shape, index = image(draw, values, draw.size(1, 4), fitting(draw, rank, [1] * rank), formats=rank > 1)
    order = {1: ("size",), 2: ("size", "data_format", "interpolation"), 3: ("size", "data_format")}[rank]
    return case(draw, order, values, shape, channel=index)


keras_simple.register(generator, image, fitting, extras)
