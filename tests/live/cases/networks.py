"""Random chains of two to five layers, as a torch or Keras Sequential; each layer fits the output of the one before."""

import convcalc
from tests.live.cases.draw import Draw
from tests.live.cases.render import code_text
from tests.live.cases.valued import ALONE, Valid

TORCH_POINTWISE = (
    "ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Sigmoid", "Hardsigmoid", "Hardswish",
    "Tanh", "Softplus", "Softsign", "Tanhshrink", "Dropout", "Identity", "PReLU",
)  # fmt: skip
KERAS_POINTWISE = ("ReLU", "LeakyReLU", "ELU", "PReLU", "Identity", "BatchNormalization", "LayerNormalization")


def networks(framework, seed):
    """Yield chains without end, each with the seed of its data.

    >>> case = next(networks("torch", 7))
    >>> case["name"], 2 <= len(case["layers"]) <= 5
    ('Sequential', True)
    """
    rng = Valid(f"networks {framework} {seed}")
    draw = Draw(rng)
    layer = {"torch": torch_layer, "keras": keras_layer}[framework]
    while True:
        rank = draw.pick(1, 2, 2, 2, 3)
        spatial, channels = [draw.size(5, 9) for _ in range(rank)], draw.size(1, 4)
        batch = draw.size(1, 2)
        shape = [batch, channels, *spatial] if framework == "torch" else [batch, *spatial, channels]
        case = {"framework": framework, "name": "Sequential", "layers": [], "args": [], "kwargs": {}, "input": shape}
        number = draw.size(2, 5)
        for _ in range(4 * number):
            added = {**case, "layers": [*case["layers"], {"args": [], **layer(draw, shape)}]}
            try:
                shape = convcalc.shape(code_text(added), tuple(case["input"]), framework=framework).output_shape
            except convcalc.ConvcalcError:
                continue
            case = added
            if len(case["layers"]) == number:
                break
        yield {**case, "seed": rng.randrange(2**31)}


def torch_layer(draw, shape):
    """Return a layer that takes this shape, usually."""
    rank, channels = len(shape) - 2, shape[1]
    if rank < 1 or draw.chance(0.1):
        return draw.pick(
            {"name": "Linear", "kwargs": {"in_features": shape[-1], "out_features": draw.size(1, 6)}},
            {"name": "Flatten", "kwargs": {}},
            {"name": "LayerNorm", "kwargs": {"normalized_shape": shape[-1]}},
            {"name": draw.pick("Softmax", "LogSoftmax"), "kwargs": {"dim": -1}},
        )
    size = lambda low, high: draw.axes(rank, low, high)  # noqa: E731
    conv = {"in_channels": channels, "out_channels": draw.size(1, 4), "kernel_size": size(1, 3)}
    return draw.pick(
        {"name": f"Conv{rank}d", "kwargs": conv | draw.some({"stride": size(1, 2), "padding": size(0, 2)})},
        {"name": f"Conv{rank}d", "kwargs": conv | {"padding": "same", "dilation": size(1, 2)}},
        {"name": f"ConvTranspose{rank}d", "kwargs": conv | draw.some({"stride": size(1, 3), "padding": size(0, 1)})},
        {"name": f"MaxPool{rank}d", "kwargs": {"kernel_size": 2, **draw.some({"stride": 1, "ceil_mode": True})}},
        {"name": f"AvgPool{rank}d", "kwargs": {"kernel_size": 3, **draw.some({"stride": 2, "padding": 1})}},
        {"name": f"AdaptiveAvgPool{rank}d", "kwargs": {"output_size": size(1, 4)}},
        {"name": f"BatchNorm{rank}d", "kwargs": {"num_features": channels}},
        {"name": f"InstanceNorm{rank}d", "kwargs": {"num_features": channels, "affine": True}},
        {"name": "GroupNorm", "kwargs": {"num_groups": 1, "num_channels": channels}},
        {"name": "Upsample", "kwargs": {"scale_factor": draw.pick(2, 1.5)}},
        {"name": draw.pick(*TORCH_POINTWISE), "kwargs": {}},
        {"name": draw.pick(*TORCH_POINTWISE), "kwargs": {}},
    )


def keras_layer(draw, shape):
    """Return a layer that takes this shape, usually."""
    rank = len(shape) - 2
    if rank < 1 or draw.chance(0.1):
        return draw.pick(
            {"name": "Dense", "kwargs": {"units": draw.size(1, 6), "activation": draw.pick(*ALONE)}},
            {"name": "Flatten", "kwargs": {}},
            {"name": "Softmax", "kwargs": {}},
            {"name": "UnitNormalization", "kwargs": {}},
        )
    size = lambda low, high: draw.axes(rank, low, high)  # noqa: E731
    conv = {"filters": draw.size(1, 4), "kernel_size": size(1, 3), "padding": draw.pick("same", "valid")}
    conv |= draw.some({"strides": draw.size(1, 2), "activation": draw.pick(*ALONE)})
    pool = {"pool_size": 2, "padding": draw.pick("same", "valid"), **draw.some({"strides": draw.size(1, 2)})}
    own = {"kernel_size": size(1, 3), **draw.some({"depth_multiplier": 2, "padding": "same"})}
    flat = rank < 3
    return draw.pick(
        {"name": f"Conv{rank}D", "kwargs": conv},
        {"name": f"Conv{rank}D", "kwargs": conv},
        {"name": f"Conv{rank}DTranspose", "kwargs": conv},
        {"name": f"DepthwiseConv{rank}D" if flat else "Conv3D", "kwargs": own if flat else conv},
        {"name": f"SeparableConv{rank}D" if flat else "Conv3D", "kwargs": conv},
        {"name": f"MaxPooling{rank}D", "kwargs": pool},
        {"name": f"AveragePooling{rank}D", "kwargs": pool},
        {"name": f"GlobalAveragePooling{rank}D", "kwargs": {"keepdims": draw.pick(True, False)}},
        {"name": f"ZeroPadding{rank}D", "kwargs": {"padding": 1}},
        {"name": f"UpSampling{rank}D", "kwargs": {"size": 2}},
        {"name": "GroupNormalization", "kwargs": {"groups": 1}},
        {"name": draw.pick(*KERAS_POINTWISE), "kwargs": {}},
        {"name": "Activation", "kwargs": {"activation": draw.pick(*ALONE)}},
    )
