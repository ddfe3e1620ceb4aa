"""Random nodes of the ONNX operators, written as calls with the operator's attributes as keywords.

What a file says with the shape of a weight is a keyword too: ``filters`` and ``bias`` of Conv and ConvTranspose,
``units`` of Gemm; a constant input (pads, scales, sizes, axes, min, max) has the input's own name.
"""

from tests.live.cases.draw import case, registering

GENERATORS: dict = {}
generator = registering(GENERATORS)
SIZES = {1: (1, 24), 2: (1, 14), 3: (1, 7)}
AUTO = ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET")
PLAIN = ("Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "HardSwish", "Mish", "Exp", "Identity")
NUMBERS = {
    "LeakyRelu": {"alpha": 0.2},
    "Elu": {"alpha": 0.5},
    "Selu": {"alpha": 1.5, "gamma": 1.1},
    "Celu": {"alpha": 0.5},
    "HardSigmoid": {"alpha": 0.3, "beta": 0.4},
    "ThresholdedRelu": {"alpha": 0.5},
    "Shrink": {"lambd": 0.3, "bias": 0.1},
    "Gelu": {"approximate": "tanh"},
    "Swish": {"alpha": 1.5},
}


def fitting(draw, rank, spans):
    """Return spatial sizes that hold windows of these spans nearly always."""
    low, high = SIZES[rank]
    slack = draw.chance(0.9)
    return [draw.size(max(low, span if slack else low), max(high, span + 3)) for span in spans]


def several(draw, rank, low, high):
    """Return one integer an axis."""
    return tuple(draw.size(low, high) for _ in range(rank))


def window(draw, rank, dilated=True):
    """Draw the attributes that every window has, and the spans of the window without its padding."""
    values = {"kernel_shape": several(draw, rank, 1, 4 if rank < 3 else 3)}
    if draw.chance(0.6):
        values["strides"] = several(draw, rank, 1, 3)
    if dilated and draw.chance(0.35):
        values["dilations"] = several(draw, rank, 1, 2)
    if draw.chance(0.3):
        values["auto_pad"] = draw.pick(*AUTO)
        if values["auto_pad"] != "NOTSET" and draw.chance(0.7):
            values.pop("dilations", None)
    if draw.chance(0.5) and values.get("auto_pad", "NOTSET") == "NOTSET":
        values["pads"] = several(
            draw, 2 * rank, 0, max(0, min(values["kernel_shape"]) - (0 if draw.chance(0.1) else 1))
        )
    pads = values.get("pads", (0,) * 2 * rank)
    dilations = values.get("dilations", (1,) * rank)
    spans = [
        d * (k - 1) + 1 - low - high
        for d, k, low, high in zip(dilations, values["kernel_shape"], pads, pads[rank:], strict=False)
    ]
    return values, spans


@generator("Conv")
def convolution(draw, name):
    rank = draw.size(1, 3)
    group = draw.pick(1, 1, 1, 2, 3)
    values, spans = window(draw, rank)
    values = {"filters": group * draw.size(1, 3), **values, **draw.some({"bias": draw.pick(True, False)})}
    if group > 1:
        values["group"] = group
    channels = group * draw.size(1, 3)
    return case(draw, (), values, [draw.size(1, 3), channels, *fitting(draw, rank, spans)], channel=1, spoil=0.2)


@generator("ConvTranspose")
def transposed(draw, name):
    rank = draw.size(1, 3)
    group = draw.pick(1, 1, 1, 2, 3)
    values, _ = window(draw, rank)
    values = {"filters": group * draw.size(1, 3), **values, **draw.some({"bias": draw.pick(True, False)})}
    if group > 1:
        values["group"] = group
    strides = values.get("strides", (1,) * rank)
    if draw.chance(0.4):
        values["output_padding"] = tuple(draw.size(0, stride - 1) for stride in strides)
    spatial = [draw.size(1, SIZES[rank][1] // 2) for _ in range(rank)]
    if draw.chance(0.15):
        values["output_shape"] = tuple(n * s + draw.size(-1, 1) for n, s in zip(spatial, strides, strict=False))
    return case(draw, (), values, [draw.size(1, 3), group * draw.size(1, 3), *spatial], channel=1, spoil=0.2)


@generator("MaxPool", "AveragePool", "LpPool")
def pool(draw, name):
    rank = draw.size(1, 3)
    values, spans = window(draw, rank)
    if draw.chance(0.4):
        values["ceil_mode"] = draw.pick(0, 1)
    if name == "AveragePool" and draw.chance(0.5):
        values["count_include_pad"] = draw.pick(0, 1)
    if name == "LpPool" and draw.chance(0.5):
        values["p"] = draw.pick(1, 2, 3)
    return case(draw, (), values, [draw.size(1, 3), draw.size(1, 4), *fitting(draw, rank, spans)], channel=1, spoil=0.2)


@generator("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")
def global_pool(draw, name):
    values = draw.some({"p": 3}) if name == "GlobalLpPool" else {}
    return case(draw, (), values, [draw.size(1, 3), draw.size(1, 4), *several(draw, draw.size(1, 3), 1, 6)], channel=1)


@generator("BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization")
def norm(draw, name):
    channels = draw.size(1, 4)
    values = draw.some({"epsilon": 1e-3})
    if name == "BatchNormalization":
        values |= draw.some({"momentum": 0.8})
    shape = [draw.size(1, 3), channels, *several(draw, draw.size(1, 3), 1, 5)]
    if name == "LayerNormalization" and draw.chance(0.7):
        values["axis"] = draw.size(-len(shape), len(shape) - 1)
    if name == "GroupNormalization":
        values["num_groups"] = draw.size(1, 3)
        shape[1] = values["num_groups"] * draw.size(1, 3)
    return case(draw, (), values, shape, channel=1)


@generator("LpNormalization", "RMSNormalization", "MeanVarianceNormalization", "LRN")
def along_axes(draw, name):
    shape = [draw.size(1, 5) for _ in range(draw.size(1, 5))]
    axis = draw.size(-len(shape), len(shape) - 1)
    if name == "LRN":
        values = {"size": draw.pick(1, 3, 3, 5, 2), **draw.some({"alpha": 1e-3, "beta": 0.5, "bias": 2.0})}
        shape = [*shape[:1], draw.size(1, 6), *several(draw, 2, 1, 5)] if draw.chance(0.8) else shape
    elif name[0] == "M":
        values = {}
        if draw.chance(0.7):
            axes = draw.rng.sample(range(len(shape)), draw.size(1, len(shape)))
            values["axes"] = tuple(draw.pick(n, n, n - len(shape)) for n in axes)
    else:
        values = draw.some({"axis": axis})
        values |= draw.some({"p": draw.pick(1, 2, 3)} if name[0] == "L" else {"epsilon": 1e-3})
    return case(draw, (), values, shape, channel=1)


@generator("PRelu")
def slopes(draw, name):
    shape = [draw.size(1, 5) for _ in range(draw.size(0, 5))]
    values = {}
    if draw.chance(0.7):
        values["num_parameters"] = shape[1] if len(shape) > 1 and draw.chance(0.8) else draw.size(1, 4)
    elif draw.chance(0.6):
        sizes = [1 if draw.chance(0.4) else n for n in shape]
        values["slope_shape"] = tuple(sizes[draw.size(0, len(sizes)) :] if draw.chance(0.4) else sizes)
    return case(draw, (), values, shape, channel=1)


@generator("Dropout")
def dropout(draw, name):
    values = draw.some({"ratio": draw.pick(0.0, 0.1, 0.5, 1.0, 1.5, -0.5), "seed": 3})
    if draw.chance(0.3):
        values["training_mode"] = draw.pick(True, False)
    return case(draw, (), values, [draw.size(1, 5) for _ in range(draw.size(0, 4))])


@generator("Reshape", "Transpose")
def rearrange(draw, name):
    shape = [draw.size(0, 4) if draw.chance(0.05) else draw.size(1, 4) for _ in range(draw.size(0, 4))]
    if name[0] == "T":
        order = draw.rng.sample(range(len(shape)), len(shape))
        values = draw.some({"perm": tuple(order)}) if order else {}
        return case(draw, (), values, shape)
    target = list(shape)
    draw.rng.shuffle(target)
    if len(target) > 1 and draw.chance(0.5):
        target[:2] = [target[0] * target[1]]
    if target and draw.chance(0.5):
        target[draw.size(0, len(target) - 1)] = -1
    if target and draw.chance(0.3):
        target[draw.size(0, len(target) - 1)] = 0
    values = {"shape": tuple(target), **draw.some({"allowzero": draw.pick(0, 1)})}
    return case(draw, (), values, shape)


@generator("Gemm")
def gemm(draw, name):
    values = {
        "units": draw.size(1, 6),
        **draw.some({"transB": draw.pick(0, 1), "alpha": 0.5, "bias": draw.pick(True, False)}),
    }
    return case(draw, (), values, [draw.size(1, 4), draw.size(1, 6)])


@generator("Flatten")
def flatten(draw, name):
    shape = [draw.size(1, 5) for _ in range(draw.size(1, 5))]
    return case(draw, (), draw.some({"axis": draw.size(-len(shape), len(shape))}), shape)


@generator("DepthToSpace", "SpaceToDepth")
def blocks(draw, name):
    size = draw.size(1, 3)
    deep, wide = (size**2, 1) if name[0] == "D" else (1, size)
    values = {"blocksize": size}
    if name[0] == "D" and draw.chance(0.5):
        values["mode"] = draw.pick("DCR", "CRD")
    return case(
        draw,
        (),
        values,
        [draw.size(1, 3), deep * draw.size(1, 3), wide * draw.size(1, 4), wide * draw.size(1, 4)],
        channel=1,
    )


@generator("Pad")
def pad(draw, name):
    shape = [draw.size(2, 5) for _ in range(draw.size(1, 4))]
    values = {}
    if draw.chance(0.5):
        values["mode"] = draw.pick("constant", "reflect", "edge", "wrap")
    low = -1 if draw.chance(0.2) else 0
    axes = range(len(shape))
    if draw.chance(0.3):
        axes = draw.rng.sample(axes, draw.size(1, len(shape)))
        values["axes"] = tuple(draw.pick(axis, axis - len(shape)) for axis in axes)
    values["pads"] = several(draw, 2 * len(axes), low, 2 if draw.chance(0.9) else 5)
    return case(draw, (), values, shape)


@generator("Resize")
def resize(draw, name):
    rank = draw.size(1, 2)
    shape = [draw.size(1, 2), draw.size(1, 3), *several(draw, rank, 1, 7)]
    values = draw.some(
        {
            "mode": draw.pick("nearest", "linear"),
            "coordinate_transformation_mode": draw.pick("asymmetric", "align_corners"),
        }
    )
    if draw.chance(0.5):
        values["scales"] = (1.0, 1.0, *(draw.pick(0.5, 1.0, 1.5, 2.0, 2.5, 3.0) for _ in range(rank)))
    else:
        values["sizes"] = (*shape[:2], *several(draw, rank, 1, 12))
    if draw.chance(0.05):
        values["sizes"], values["scales"] = tuple(shape), (1.0,) * len(shape)
    return case(draw, (), values, shape, channel=1)


@generator(*PLAIN, *NUMBERS, "Clip")
def plain(draw, name):
    values = draw.some(NUMBERS.get(name, {}))
    if name == "Clip":
        values = draw.some({"min": 0.0, "max": 6.0})
    return case(draw, (), values, [draw.size(1, 5) for _ in range(draw.size(0, 4))])


@generator("Softmax", "LogSoftmax", "Hardmax")
def along(draw, name):
    shape = [draw.size(1, 5) for _ in range(draw.size(1, 4))]
    return case(draw, (), draw.some({"axis": draw.size(-len(shape), len(shape) - 1)}), shape)
