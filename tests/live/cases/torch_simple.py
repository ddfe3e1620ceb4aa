"""Random calls of the torch.nn layers without windows: resizing, pads, folds, activations, dropouts."""

from math import prod

from tests.live.cases.draw import case, spread

NO_ARGUMENTS = ("Sigmoid", "Tanh", "LogSigmoid", "Softsign", "Tanhshrink")
IN_PLACE = ("ReLU", "ReLU6", "Hardsigmoid", "SiLU", "Mish", "Hardswish", "SELU")
# The signature's order with a value to give; every one may be left out except those of Threshold.
NUMBERS = {
    "RReLU": {"lower": 0.1, "upper": 0.4, "inplace": False},
    "Hardtanh": {"min_val": -2.0, "max_val": 2.0, "inplace": True},
    "ELU": {"alpha": 0.5, "inplace": False},
    "CELU": {"alpha": 0.5, "inplace": False},
    "Hardshrink": {"lambd": 0.3},
    "LeakyReLU": {"negative_slope": 0.2, "inplace": False},
    "Softplus": {"beta": 2.0, "threshold": 10.0},
    "Softshrink": {"lambd": 0.3},
    "GELU": {"approximate": "tanh"},
    "Threshold": {"threshold": 0.1, "value": 20.0, "inplace": False},
}
DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")
PADS = ("ZeroPad{d}d", "ConstantPad{d}d", "ReflectionPad{d}d", "ReplicationPad{d}d", "CircularPad{d}d")


def anything(draw, low=0):
    """Return a shape of any rank."""
    return [draw.size(0, 5) if draw.chance(0.08) else draw.size(1, 6) for _ in range(draw.size(low, 5))]


def register(generator, image, fitting):
    """Register this module's generators with the decorator of torch_cases."""
    _resizing(generator, image, fitting)
    _flattening(generator)
    _padding(generator, image, fitting)
    _folding(generator)
    _activations(generator)


def _resizing(generator, image, fitting):
    modes = {
        1: ("nearest", "linear"),
        2: ("nearest", "bilinear", "bicubic", "nearest-exact", "area"),
        3: ("nearest", "trilinear", "area"),
    }

    @generator("Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d")
    def upsample(draw, name, rank):
        rank = draw.size(1, 3) if name == "Upsample" else draw.pick(2, 2, 2, 2, 1, 3)
        values = {}
        if draw.chance(0.4):
            values["size"] = draw.axes(rank, 1, 12)
        else:
            factor = lambda: draw.pick(1, 2, 3, 4, 0.5, 1.5, 2.0, 2.5, 0.7, 1.3, 3.3)  # noqa: E731
            values["scale_factor"] = factor() if draw.chance(0.6) else tuple(factor() for _ in range(rank))
        if draw.chance(0.06):
            values["size"], values["scale_factor"] = draw.pick((2, 2), (None, None), (3, None))
        if name == "Upsample":
            if draw.chance(0.7):
                values["mode"] = draw.pick(*modes[rank])
                if draw.chance(0.07):
                    values["mode"] = draw.pick("linear", "bilinear", "cubic", "lanczos", "Nearest")
            if draw.chance(0.3):
                values["align_corners"] = draw.pick(True, False, None)
                if draw.chance(0.8) and values.get("mode", "nearest") in ("nearest", "nearest-exact", "area"):
                    values["align_corners"] = None
            if draw.chance(0.1) and "scale_factor" in values:
                values["recompute_scale_factor"] = draw.pick(True, False)
        shape = [draw.size(1, 3), draw.size(1, 3), *fitting(draw, rank, [1] * rank)]
        order = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
        return case(draw, order, values, shape, channel=1)

    @generator("PixelShuffle", "PixelUnshuffle", "ChannelShuffle")
    def shuffle(draw, name, rank):
        factor = draw.size(1, 4)
        key = {"PixelShuffle": "upscale_factor", "PixelUnshuffle": "downscale_factor", "ChannelShuffle": "groups"}[name]
        multiple = {"PixelShuffle": (factor**2, 1), "PixelUnshuffle": (1, factor), "ChannelShuffle": (factor, 1)}[name]
        lead = [draw.size(0, 3) for _ in range(draw.pick(0, 1, 1, 1, 2))]
        shape = [*lead, multiple[0] * draw.size(1, 3), multiple[1] * draw.size(1, 4), multiple[1] * draw.size(1, 4)]
        if name == "ChannelShuffle" and draw.chance(0.3):
            shape = shape[:-1]
        return case(draw, (key,), {key: factor}, shape, channel=len(lead))


def _flattening(generator):
    @generator("Flatten")
    def flatten(draw, name, rank):
        shape = [draw.size(0, 5) if draw.chance(0.1) else draw.size(1, 5) for _ in range(draw.size(1, 5))]
        values = draw.some({"start_dim": draw.size(-3, 3), "end_dim": draw.size(-3, 4)})
        return case(draw, ("start_dim", "end_dim"), values, shape)

    @generator("Unflatten")
    def unflatten(draw, name, rank):
        sizes = [draw.size(1, 4) for _ in range(draw.size(1, 3))]
        shape = [draw.size(1, 4) for _ in range(draw.size(1, 3))]
        dim = draw.size(0, len(shape) - 1)
        shape[dim] = prod(sizes)
        if draw.chance(0.4):
            sizes[draw.size(0, len(sizes) - 1)] = -1
        if draw.chance(0.1):
            sizes[0] = draw.size(0, 5)
        values = {"dim": draw.pick(dim, dim - len(shape)), "unflattened_size": tuple(sizes)}
        return case(draw, ("dim", "unflattened_size"), values, shape)


def _padding(generator, image, fitting):
    @generator(*PADS)
    def pad(draw, name, rank):
        spatial = fitting(draw, rank, [1] * rank)
        most = {"Reflec": min(spatial) - 1, "Circul": min(spatial)}.get(name[:6], 4)
        low = -1 if draw.chance(0.15) else 0
        high = max(low, min(4, most) + draw.chance(0.08))
        padding = draw.size(low, high) if draw.chance(0.5) else tuple(draw.size(low, high) for _ in range(2 * rank))
        values = {"padding": padding}
        if name.startswith("Constant"):
            values["value"] = draw.pick(0.0, 1.5, -1)
        return case(draw, ("padding", "value"), values, image(draw, draw.size(1, 4), spatial), channel=1)


def _folding(generator):
    order = ("kernel_size", "dilation", "padding", "stride")

    def window(draw):
        values = {"kernel_size": draw.axes(2, 1, 3)}
        return values | draw.some(
            {"dilation": draw.axes(2, 1, 2), "padding": draw.axes(2, 0, 2), "stride": draw.axes(2, 1, 3)}
        )

    @generator("Unfold")
    def unfold(draw, name, rank):
        shape = [draw.size(1, 4), draw.size(4, 9), draw.size(4, 9)]
        return case(draw, order, window(draw), shape if draw.chance(0.2) else [draw.size(0, 3), *shape], channel=1)

    @generator("Fold")
    def fold(draw, name, rank):
        values = window(draw)
        size = draw.axes(2, 5, 9)
        numbers = zip(
            spread(size, 2),
            *(spread(values.get(key, int(key in ("dilation", "stride"))), 2) for key in order),
            strict=False,
        )
        blocks = prod((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in numbers)
        if draw.chance(0.1):
            blocks = max(1, blocks + draw.pick(-1, 1))
        shape = [draw.size(1, 3) * prod(spread(values["kernel_size"], 2)), blocks]
        shape = shape if draw.chance(0.2) else [draw.size(0, 3), *shape]
        return case(draw, ("output_size", *order), {"output_size": size, **values}, shape, channel=-2)


def _activations(generator):
    @generator(*NO_ARGUMENTS, *IN_PLACE, *NUMBERS, "Identity", "Softmax2d")
    def plain(draw, name, rank):
        values = draw.some({"inplace": draw.pick(True, False)}) if name in IN_PLACE else {}
        if name in NUMBERS:
            values = dict(NUMBERS[name]) if name == "Threshold" else draw.some(NUMBERS[name])
        order = tuple(NUMBERS.get(name, ("inplace",)))
        shape = anything(draw, low=3) if name == "Softmax2d" else anything(draw)
        if name == "Identity":  # takes whatever it is given
            return case(draw, order, values, shape, spoil=0)
        return case(draw, order, values, shape)

    @generator("Softmax", "Softmin", "LogSoftmax", "GLU")
    def along(draw, name, rank):
        shape = anything(draw, low=1)
        values = {} if draw.chance(0.2) else {"dim": draw.size(-len(shape), len(shape) - 1)}
        if name == "GLU" and draw.chance(0.8):
            dim = values.get("dim", -1)
            shape[dim] += shape[dim] % 2
        if values and draw.chance(0.08):
            values["dim"] = draw.size(-6, 6)
        return case(draw, ("dim",), values, shape)

    @generator("PReLU")
    def parametric(draw, name, rank):
        shape = anything(draw, low=0 if draw.chance(0.2) else 2)
        values = draw.some({"init": 0.1})
        if draw.chance(0.7):
            values["num_parameters"] = shape[1] if len(shape) > 1 and draw.chance(0.8) else draw.size(1, 4)
        return case(draw, ("num_parameters", "init"), values, shape, channel=1)

    @generator(*DROPOUTS)
    def dropout(draw, name, rank):
        values = draw.some({"p": draw.pick(0.0, 0.1, 0.5, 1.0, 0, 1, 1.5, -0.5), "inplace": False})
        return case(draw, ("p", "inplace"), values, anything(draw, low=2))

    @generator("Embedding")
    def embedding(draw, name, rank):
        values = {"num_embeddings": draw.size(1, 12), "embedding_dim": draw.size(1, 6)}
        values |= draw.some({"padding_idx": draw.size(-3, 3), "max_norm": 1.0})
        order = ("num_embeddings", "embedding_dim", "padding_idx", "max_norm", "norm_type")
        return case(draw, order, values, anything(draw))
