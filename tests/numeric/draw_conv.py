"""Random convolutions of every framework, rank and argument, as specs with the shape of an input.

`wide` and `large` are what the channels and the sizes are multiplied with.
"""


def torch(draw, rank, wide=1, large=1):
    """Return a convolution or its transpose as torch writes it, groups, modes and no batch among it."""
    groups = draw.choice((1, 1, 2, 3, 4))
    channels, filters = groups * wide * draw.randint(1, 3), groups * wide * draw.randint(1, 3)
    words = {"groups": groups, "bias": draw.random() < 0.6, "dilation": axes(draw, rank, 1, 3)}
    kernel, stride = axes(draw, rank, 1, 4), axes(draw, rank, 1, 3)
    words |= {"stride": stride, "padding": axes(draw, rank, 0, 3)}
    if draw.random() < 0.5:
        name = "ConvTranspose"
        words["output_padding"] = tuple(draw.randint(0, s - 1) for s in stride)
    else:
        name = "Conv"
        words["padding_mode"] = draw.choice(("zeros", "zeros", "reflect", "replicate", "circular"))
        if draw.random() < 0.2:
            words |= {"padding": "same", "stride": 1}
    shape = (channels, *sizes(draw, rank, large))
    batch = () if draw.random() < 0.2 else (draw.randint(0, 3),)
    return f"nn.{name}{rank}d({channels}, {filters}, {kernel}, {call(words)})", "torch", (*batch, *shape)


def keras(draw, rank, wide=1, large=1):
    """Return one of Keras' convolutions, in either layout."""
    kinds = ("Conv", "Transpose") if rank == 3 else ("Conv", "Transpose", "Depthwise", "Separable")
    kind = draw.choice(kinds)
    groups = draw.choice((1, 1, 2, 3)) if kind == "Conv" else 1
    channels, filters = groups * wide * draw.randint(1, 3), groups * wide * draw.randint(1, 3)
    stride = axes(draw, rank, 1, 3) if kind in ("Conv", "Transpose") else draw.randint(1, 3)
    words = {"strides": stride, "padding": draw.choice(("valid", "same"))}
    words["use_bias"] = draw.random() < 0.6
    if draw.random() < 0.4:
        words |= {"strides": 1, "dilation_rate": draw.randint(1, 3)}
    first = draw.random() < 0.4
    words["data_format"] = "channels_first" if first else "channels_last"
    kernel = axes(draw, rank, 1, 4)
    if kind == "Transpose":
        name, words["output_padding"] = f"Conv{rank}DTranspose", draw.choice((None, 0))
    elif kind == "Conv":
        name, words["groups"] = f"Conv{rank}D", groups
        if rank == 1 and draw.random() < 0.3:
            words["padding"] = "causal"
    else:
        name, words["depth_multiplier"] = f"{kind}Conv{rank}D", draw.randint(1, 3)
    given = (kernel,) if kind == "Depthwise" else (filters, kernel)
    spatial, batch = sizes(draw, rank, large), draw.randint(0, 3)
    shape = (batch, channels, *spatial) if first else (batch, *spatial, channels)
    return f"layers.{name}({', '.join(map(repr, given))}, {call(words)})", "keras", shape


def onnx(draw, rank, wide=1, large=1):
    """Return a Conv or a ConvTranspose node."""
    groups = draw.choice((1, 1, 2, 3))
    channels, filters = groups * wide * draw.randint(1, 3), groups * wide * draw.randint(1, 3)
    stride, spatial = axes(draw, rank, 1, 3), sizes(draw, rank, large)
    words = {"filters": filters, "kernel_shape": axes(draw, rank, 1, 4), "strides": stride, "group": groups}
    words |= {"bias": draw.random() < 0.6, "dilations": axes(draw, rank, 1, 2)}
    if draw.random() < 0.5:
        words["auto_pad"] = draw.choice(("SAME_UPPER", "SAME_LOWER", "VALID"))
    else:
        words["pads"] = axes(draw, 2 * rank, 0, 3)
    name = draw.choice(("Conv", "ConvTranspose"))
    if name == "ConvTranspose":
        words["output_padding"] = tuple(draw.randint(0, s - 1) for s in stride)
        if draw.random() < 0.2:
            words["output_shape"] = tuple(n * s for n, s in zip(spatial, stride, strict=True))
    return f"{name}({call(words)})", "onnx", (draw.randint(0, 3), channels, *spatial)


def terse(draw, rank, wide=1, large=1):
    """Return a terse layer whose padding differs from one end to the other, or cuts where it may."""
    framework, name = draw.choice(("keras", "torch")), draw.choice(("conv", "convT"))
    least, more = 0, ""
    if framework == "torch" and name == "conv" and draw.random() < 0.7:
        least, more = -2, f" padding_mode={draw.choice(('reflect', 'replicate', 'circular'))}"
    pads = "x".join(f"{draw.randint(least, 3)}:{draw.randint(least, 3)}" for _ in range(rank))
    filters, kernel, stride, channels = (draw.randint(1, 4) for _ in range(4))
    filters, channels = wide * filters, wide * channels
    spatial = tuple(large * n for n in axes(draw, rank, 3, {1: 30, 2: 11, 3: 6}[rank]))
    shape = (2, *spatial, channels) if framework == "keras" else (2, channels, *spatial)
    return f"{name.replace('conv', f'conv{rank}d')} {filters} {kernel} s={stride} pad={pads}{more}", framework, shape


def axes(draw, count, low, high):
    return tuple(draw.randint(low, high) for _ in range(count))


def sizes(draw, rank, large):
    return tuple(large * n for n in axes(draw, rank, 1, {1: 30, 2: 11, 3: 6}[rank]))


def call(words):
    return ", ".join(f"{name}={value!r}" for name, value in words.items())
