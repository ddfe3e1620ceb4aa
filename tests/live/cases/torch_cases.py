"""Random calls of the torch.nn layers: convolutions, pools, norms, linear layers.

The generators of the other layers are in torch_simple.
"""

from tests.live.cases import torch_simple
from tests.live.cases.draw import Draw, case, layout, spread

GENERATORS = {}
SIZES = {1: (1, 24), 2: (1, 14), 3: (1, 8)}
MODES = ("zeros", "zeros", "zeros", "reflect", "replicate", "circular")


def generator(*names):
    """Register a generator under names; ``{d}`` in a name stands for the ranks 1 to 3."""

    def register(function):
        for name in names:
            for rank in (1, 2, 3) if "{d}" in name else (None,):
                full = name.format(d=rank)
                GENERATORS[full] = lambda rng, full=full, rank=rank: function(Draw(rng), full, rank)
        return function

    return register


def image(draw, channels, spatial, batch=True):
    """Return an input shape, without its batch now and then."""
    if batch and draw.chance(0.15):
        return [channels, *spatial]
    return [draw.pick(0, 1, 1, 2, 3) if draw.chance(0.3) else draw.size(1, 4), channels, *spatial]


def fitting(draw, rank, spans):
    """Return spatial sizes that hold windows of these spans nearly always."""
    low, high = SIZES[rank]
    slack = draw.chance(0.9)
    return [draw.size(max(low, span if slack else low), max(high, span + 3)) for span in spans]


def span(kernel, dilation, padding):
    """Return the smallest input that holds the window."""
    return dilation * (kernel - 1) + 1 - 2 * padding


CONV = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode")


@generator("Conv{d}d")
def convolution(draw, name, rank):
    groups = draw.pick(1, 1, 1, 2, 3)
    channels = groups * draw.size(1, 3)
    if draw.chance(0.1):
        groups = channels
    kernel = draw.axes(rank, 1, 4 if rank < 3 else 3)
    values = {"in_channels": channels, "out_channels": groups * draw.size(1, 3), "kernel_size": kernel}
    values |= draw.some(
        {
            "stride": draw.axes(rank, 1, 3, one_tuple=True),
            "dilation": draw.axes(rank, 1, 3, one_tuple=True),
            "groups": groups,
            "bias": draw.pick(True, False),
        }
    )
    if groups > 1:
        values["groups"] = groups
    padding = [0] * rank
    if draw.chance(0.7):
        values["padding"] = draw.axes(rank, 0, 3, one_tuple=True)
        if draw.chance(0.25):
            values["padding"] = draw.pick("same", "valid")
            if draw.chance(0.8):
                values.pop("stride", None)
        else:
            padding = spread(values["padding"], rank)
    if draw.chance(0.25):
        values["padding_mode"] = draw.pick(*MODES)
    dilation = spread(values.get("dilation", 1), rank)
    kernels = spread(kernel, rank)
    least = [span(k, d, p) for k, d, p in zip(kernels, dilation, padding, strict=False)]
    if values.get("padding_mode", "zeros") != "zeros" and draw.chance(0.8):
        least = [
            max(need, 1 + (p or d * (k - 1))) for need, p, d, k in zip(least, padding, dilation, kernels, strict=False)
        ]
    return case(draw, CONV, values, image(draw, channels, fitting(draw, rank, least)), channel=1)


CONV_TRANSPOSE = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias",
    "dilation", "padding_mode",
)  # fmt: skip


@generator("ConvTranspose{d}d")
def transposed(draw, name, rank):
    groups = draw.pick(1, 1, 1, 2, 3)
    channels = groups * draw.size(1, 3)
    values = {"in_channels": channels, "out_channels": groups * draw.size(1, 3)}
    values["kernel_size"] = draw.axes(rank, 1, 4 if rank < 3 else 3)
    values |= draw.some(
        {
            "stride": draw.axes(rank, 1, 3, one_tuple=True),
            "padding": draw.axes(rank, 0, 2, one_tuple=True),
            "dilation": draw.axes(rank, 1, 3, one_tuple=True),
            "groups": groups,
            "bias": draw.pick(True, False),
        }
    )
    if groups > 1:
        values["groups"] = groups
    if draw.chance(0.05):
        values["padding_mode"] = draw.pick("zeros", "reflect")
    if draw.chance(0.04):
        values["padding"] = "same"
    stride, dilation = (spread(values.get(key, 1), rank) for key in ("stride", "dilation"))
    if draw.chance(0.4):
        legal = [max(s, d) - 1 for s, d in zip(stride, dilation, strict=False)]
        given = tuple(draw.size(0, most) for most in legal)
        values["output_padding"] = given[0] if len(set(given)) == 1 else given
        if draw.chance(0.12):
            values["output_padding"] = draw.axes(rank, 0, 3)
    low, high = SIZES[rank]
    return case(
        draw,
        CONV_TRANSPOSE,
        values,
        image(draw, channels, [draw.size(low, high // 2 + 1) for _ in range(rank)]),
        channel=1,
    )


def pool_window(draw, rank, one_tuple):
    """Draw kernel, stride and padding of a pool, the padding at most half the kernel nearly always."""
    values = {"kernel_size": draw.axes(rank, 1, 5 if rank < 3 else 3, one_tuple=one_tuple)}
    kernel = spread(values["kernel_size"], rank)
    if draw.chance(0.7):
        values["stride"] = None if draw.chance(0.15) else draw.axes(rank, 1, 4, one_tuple=True)
    if draw.chance(0.5):
        values["padding"] = draw.size(0, min(kernel) // 2)
        if draw.chance(0.4):
            values["padding"] = tuple(draw.size(0, k // 2 + (draw.chance(0.1))) for k in kernel)
    return values, kernel, spread(values.get("padding", 0), rank)


@generator("MaxPool{d}d")
def max_pool(draw, name, rank):
    values, kernel, padding = pool_window(draw, rank, one_tuple=True)
    values |= draw.some({"ceil_mode": draw.pick(True, False)})
    if draw.chance(0.4):
        values["dilation"] = draw.axes(rank, 1, 3, one_tuple=True)
    if draw.chance(0.1):
        values["return_indices"] = True
    dilation = spread(values.get("dilation", 1), rank)
    spatial = fitting(draw, rank, [span(k, d, p) for k, d, p in zip(kernel, dilation, padding, strict=False)])
    order = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
    return case(draw, order, values, image(draw, draw.size(1, 5), spatial), channel=1)


@generator("AvgPool{d}d")
def average_pool(draw, name, rank):
    values, kernel, padding = pool_window(draw, rank, one_tuple=True)
    values |= draw.some({"ceil_mode": draw.pick(True, False), "count_include_pad": draw.pick(True, False)})
    if rank > 1 and draw.chance(0.2):
        values["divisor_override"] = draw.pick(1, 2, 5, 0)
    spatial = fitting(draw, rank, [span(k, 1, p) for k, p in zip(kernel, padding, strict=False)])
    order = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    return case(draw, order, values, image(draw, draw.size(1, 5), spatial), channel=1)


@generator("LPPool{d}d")
def power_pool(draw, name, rank):
    values, kernel, _ = pool_window(draw, rank, one_tuple=False)
    values = {"norm_type": draw.pick(1, 2, 3, 1.5, 2.0), **values}
    values.pop("padding", None)
    if rank == 1:
        values["kernel_size"] = kernel[0]
    values |= draw.some({"ceil_mode": draw.pick(True, False)})
    spatial = fitting(draw, rank, spread(values["kernel_size"], rank))
    return case(
        draw,
        ("norm_type", "kernel_size", "stride", "ceil_mode"),
        values,
        image(draw, draw.size(1, 5), spatial),
        channel=1,
    )


@generator("AdaptiveAvgPool{d}d", "AdaptiveMaxPool{d}d")
def adaptive(draw, name, rank):
    size = draw.axes(rank, 1, 7)
    if isinstance(size, tuple) and draw.chance(0.3):
        size = tuple(None if draw.chance(0.5) else item for item in size)
    values = {"output_size": draw.pick(None, 0, (0,) * rank) if draw.chance(0.05) else size}
    if "Max" in name and draw.chance(0.15):
        values["return_indices"] = draw.pick(True, False)
    return case(
        draw,
        ("output_size", "return_indices"),
        values,
        image(draw, draw.size(1, 5), fitting(draw, rank, [1] * rank)),
        channel=1,
    )


NORM = ("num_features", "eps", "momentum", "affine", "track_running_stats")


@generator("BatchNorm{d}d", "InstanceNorm{d}d")
def feature_norm(draw, name, rank):
    channels = draw.size(1, 6)
    values = {"num_features": channels}
    values |= draw.some(
        {
            "eps": draw.pick(1e-5, 1e-3, 0.1),
            "momentum": draw.pick(0.1, 0.01, 1.0),
            "affine": draw.pick(True, False),
            "track_running_stats": draw.pick(True, False),
        }
    )
    if draw.chance(0.15):
        values["bias"] = draw.pick(True, False)
    if draw.chance(0.1):
        values["num_features"] = draw.size(1, 6)
    shape = image(draw, channels, fitting(draw, rank, [1] * rank), batch="Instance" in name)
    if name == "BatchNorm1d" and draw.chance(0.4):
        shape = shape[:2]
    return case(draw, NORM, values, shape, channel=1)


@generator("GroupNorm")
def group_norm(draw, name, rank):
    groups = draw.size(1, 4)
    channels = groups * draw.size(1, 3)
    values = {"num_groups": groups, "num_channels": channels}
    values |= draw.some({"eps": 1e-3, "affine": draw.pick(True, False)})
    if draw.chance(0.15):
        values["bias"] = draw.pick(True, False)
    shape = [draw.size(0, 4), channels, *(draw.size(1, 5) for _ in range(draw.size(0, 3)))]
    return case(draw, ("num_groups", "num_channels", "eps", "affine"), values, shape, channel=1)


@generator("LayerNorm", "RMSNorm")
def trailing_norm(draw, name, rank):
    shape = [draw.size(1, 6) for _ in range(draw.size(1, 4))]
    last = shape[-draw.size(1, len(shape)) :]
    values = {"normalized_shape": last[0] if len(last) == 1 and draw.chance(0.7) else tuple(last)}
    values |= draw.some({"eps": 1e-3, "elementwise_affine": draw.pick(True, False)})
    if (draw.chance(0.3) and name == "LayerNorm") or draw.chance(0.03):
        values["bias"] = draw.pick(True, False)
    return case(draw, ("normalized_shape", "eps", "elementwise_affine", "bias"), values, shape, channel=-1)


@generator("LocalResponseNorm")
def response_norm(draw, name, rank):
    values = {"size": draw.size(1, 7), **draw.some({"alpha": 1e-3, "beta": 0.5, "k": 2.0})}
    shape = [draw.size(1, 5) for _ in range(draw.size(3, 5))]
    return case(draw, ("size", "alpha", "beta", "k"), values, shape, channel=1)


@generator("Linear")
def linear(draw, name, rank):
    shape = [draw.size(1, 6) for _ in range(draw.size(1, 4))]
    values = {"in_features": shape[-1], "out_features": draw.size(1, 8), **draw.some({"bias": draw.pick(True, False)})}
    return case(draw, ("in_features", "out_features", "bias"), values, shape, channel=-1)


@generator("Bilinear")
def bilinear(draw, name, rank):
    lead = [draw.size(1, 4) for _ in range(draw.size(1, 2))]
    first, second = draw.size(1, 5), draw.size(1, 5)
    values = {"in1_features": first, "in2_features": second, "out_features": draw.size(1, 5)}
    values |= draw.some({"bias": draw.pick(True, False)})
    if draw.chance(0.2):
        values[draw.pick("in1_features", "in2_features", "out_features")] = draw.pick(0, -1, 1, 2, 7)
    order = ("in1_features", "in2_features", "out_features", "bias")
    return {**layout(draw, order, values), "input": [[*lead, first], [*lead, second]]}


torch_simple.register(generator, image, fitting)
