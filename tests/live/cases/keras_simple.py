"""Random calls of the Keras layers without windows: dense, reshaping, norms, activations, noise, embeddings, merges."""

from math import prod

from tests.live.cases.draw import case, layout, spoiled

WORDS = (
    "relu", "sigmoid", "tanh", "softmax", "log_softmax", "swish", "silu", "gelu", "elu", "selu", "relu6", "leaky_relu",
    "linear", "softplus", "softsign", "exponential", "hard_sigmoid", "mish", "celu", "hard_silu", "Relu", "lrelu", None,
)  # fmt: skip


def anything(draw, low=0, unknown=True):
    """Return a shape of any rank whose first size is the batch, with some sizes unknown."""
    rank = draw.size(low, 5)
    shape = [draw.size(1, 5) for _ in range(rank)]
    if unknown and shape and draw.chance(0.3):
        shape[0] = None
    if unknown and rank > 2 and draw.chance(0.1):
        shape[draw.size(1, rank - 2)] = None
    if shape and draw.chance(0.06):
        shape[draw.size(0, rank - 1)] = 0
    return shape


def register(generator, image, fitting, extras):
    """Register this module's generators with the decorator of keras_cases."""
    _rearranging(generator, extras)
    _norms(generator)
    _activations(generator)
    _noise(generator, image, fitting)
    _merges(generator)


def _axes(draw, rank):
    """Return one axis, or several, of a tensor of this rank; a wrong one now and then."""
    one = lambda: draw.size(-rank, rank - 1) if draw.chance(0.94) else draw.pick(rank, -rank - 1)  # noqa: E731
    if draw.chance(0.6):
        return one()
    return tuple(one() for _ in range(draw.size(1, min(3, rank))))


def _rearranging(generator, extras):
    @generator("Dense")
    def dense(draw, name, rank):
        values = {"units": draw.size(1, 8)} | extras(draw)
        return case(draw, ("units", "activation", "use_bias"), values, anything(draw, low=2), channel=-1)

    @generator("Flatten")
    def flatten(draw, name, rank):
        values = {"data_format": draw.pick("channels_last", "channels_first", None)} if draw.chance(0.3) else {}
        return case(draw, ("data_format",), values, anything(draw, low=1))

    @generator("Reshape")
    def reshape(draw, name, rank):
        target = [draw.size(1, 4) for _ in range(draw.size(1, 3))]
        total = prod(target)
        if draw.chance(0.5):
            target[draw.size(0, len(target) - 1)] = -1
        if draw.chance(0.1):
            target[0] = draw.size(-1, 6)
        lead = draw.pick(*(n for n in range(1, total + 1) if total % n == 0))
        shape = [lead, total // lead] if draw.chance(0.6) else [total]
        if draw.chance(0.15):
            shape[draw.size(0, len(shape) - 1)] = None
        return case(draw, ("target_shape",), {"target_shape": tuple(target)}, [draw.pick(None, 0, 1, 2, 3), *shape])

    @generator("Permute")
    def permute(draw, name, rank):
        shape = anything(draw, low=2)
        dims = list(range(1, len(shape)))
        draw.rng.shuffle(dims)
        if draw.chance(0.1):
            dims[0] = draw.size(0, 4)
        return case(draw, ("dims",), {"dims": tuple(dims)}, shape)

    @generator("RepeatVector")
    def repeat(draw, name, rank):
        shape = [draw.pick(None, 0, 1, 2), draw.pick(None, 1, 2, 5)]
        return case(draw, ("n",), {"n": draw.size(1, 5)}, shape)


def _norms(generator):
    @generator("BatchNormalization")
    def batch_norm(draw, name, rank):
        shape = anything(draw, low=2)
        values = draw.some(
            {"momentum": 0.9, "epsilon": 1e-5, "center": draw.pick(True, False), "scale": draw.pick(True, False)}
        )
        if draw.chance(0.4):
            values["axis"] = draw.size(-len(shape), len(shape) - 1)
        if draw.chance(0.08):
            values["renorm"] = True
        return case(draw, ("axis", "momentum", "epsilon", "center", "scale"), values, shape, channel=-1)

    @generator("LayerNormalization", "RMSNormalization", "UnitNormalization")
    def axis_norm(draw, name, rank):
        shape = anything(draw, low=1)
        values = {"axis": _axes(draw, len(shape))} if draw.chance(0.6) else {}
        if name[0] != "U":
            values |= draw.some({"epsilon": 1e-4})
        if name[0] == "L":
            values |= draw.some({"center": draw.pick(True, False), "scale": draw.pick(True, False)})
        return case(draw, ("axis", "epsilon", "center", "scale"), values, shape, channel=-1)

    @generator("GroupNormalization")
    def group_norm(draw, name, rank):
        shape = anything(draw, low=2)
        groups = draw.size(1, 4)
        axis = draw.size(1, len(shape) - 1)
        shape[axis] = groups * draw.size(1, 3)
        values = {"groups": draw.pick(groups, groups, groups, groups, -1)}
        if axis != len(shape) - 1 or draw.chance(0.3):
            values["axis"] = draw.pick(axis, axis - len(shape))
        values |= draw.some({"epsilon": 1e-4, "center": draw.pick(True, False), "scale": draw.pick(True, False)})
        return case(draw, ("groups", "axis", "epsilon", "center", "scale"), values, shape, channel=axis)


def _activations(generator):
    @generator("Activation")
    def activation(draw, name, rank):
        return case(draw, ("activation",), {"activation": draw.pick(*WORDS)}, anything(draw, low=1))

    @generator("ReLU", "LeakyReLU", "ELU", "Identity", "Rescaling", "Masking", "ActivityRegularization")
    def plain(draw, name, rank):
        options = {
            "ReLU": {
                "max_value": draw.pick(None, 6.0, 6, -1.0),
                "negative_slope": draw.pick(0.0, 0.1, -0.1),
                "threshold": 0.5,
            },
            "LeakyReLU": {"negative_slope": draw.pick(0.1, 0.2, -0.5)},
            "ELU": {"alpha": draw.pick(1.0, 0.5, -1.0)},
            "Identity": {},
            "Rescaling": {"scale": draw.pick(0.5, 2), "offset": draw.pick(0.0, 1)},
            "Masking": {"mask_value": draw.pick(0.0, -1, 2.5, None)},
            "ActivityRegularization": {"l1": draw.pick(0.0, 0.1, 1, -1.0, None), "l2": draw.pick(0.0, 0.01, 2)},
        }[name]
        values = draw.some(options)
        if name == "Rescaling" and draw.chance(0.95):
            values["scale"] = options["scale"]
        return case(draw, tuple(options), values, anything(draw))

    @generator("Softmax")
    def softmax(draw, name, rank):
        shape = anything(draw, low=1)
        return case(draw, ("axis",), {"axis": _axes(draw, len(shape))} if draw.chance(0.6) else {}, shape)

    @generator("PReLU")
    def parametric(draw, name, rank):
        shape = anything(draw, low=1)
        values = {}
        if len(shape) > 1 and draw.chance(0.6):
            axes = tuple(axis for axis in range(1, len(shape)) if draw.chance(0.5))
            values["shared_axes"] = axes[0] if len(axes) == 1 and draw.chance(0.5) else axes
        return case(draw, (), values, shape)

    @generator("Embedding")
    def embedding(draw, name, rank):
        values = {"input_dim": draw.size(1, 12), "output_dim": draw.size(1, 6)}
        if draw.chance(0.2):
            values["mask_zero"] = draw.pick(True, False)
        return case(draw, ("input_dim", "output_dim"), values, anything(draw, low=1))


def _noise(generator, image, fitting):
    @generator("Dropout", "GaussianDropout", "AlphaDropout", "GaussianNoise")
    def noise(draw, name, rank):
        key = "stddev" if name == "GaussianNoise" else "rate"
        values = {key: draw.pick(0, 0.1, 0.5, 1, 1.0, 0.9, 1.5, -0.1)}
        if draw.chance(0.2):
            values["seed"] = 3
        return case(draw, (key,), values, anything(draw))

    @generator("SpatialDropout{d}D")
    def spatial(draw, name, rank):
        values = {"rate": draw.pick(0, 0.1, 0.5, 0.9, 1, 2)}
        shape, index = image(draw, values, draw.size(1, 4), fitting(draw, rank, [1] * rank), formats=rank > 1)
        return case(draw, ("rate", "data_format") if rank > 1 else ("rate",), values, shape, channel=index)


def _merges(generator):
    @generator("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    def elementwise(draw, name, rank):
        full = [draw.size(1, 4) for _ in range(draw.size(1, 4))]
        batch = draw.pick(None, 1, 2, 3)
        count = 2 if name == "Subtract" and draw.chance(0.9) else draw.pick(1, 2, 2, 2, 3)
        shapes = []
        for _ in range(count):
            sizes = [1 if draw.chance(0.2) else size for size in full]
            if draw.chance(0.15):
                sizes = sizes[draw.size(0, len(sizes) - 1) :]
            if draw.chance(0.1):
                sizes[draw.size(0, len(sizes) - 1)] = draw.size(1, 5)
            shapes.append([batch, *sizes])
        return {"args": [], "kwargs": {}, "input": shapes}

    @generator("Concatenate")
    def concatenate(draw, name, rank):
        full = [draw.size(1, 5) for _ in range(draw.size(1, 4))]
        axis = draw.size(1, len(full))
        batch = draw.pick(None, 1, 2, 3)
        shapes = []
        for _ in range(draw.pick(1, 2, 2, 2, 3)):
            sizes = list(full)
            sizes[axis - 1] = draw.size(1, 5)
            if draw.chance(0.08):
                _, sizes = spoiled(draw, {}, sizes, None)
            shapes.append([batch, *sizes])
        values = {} if axis == len(full) and draw.chance(0.5) else {"axis": draw.pick(axis, axis - len(full) - 1)}
        if draw.chance(0.1):
            values["axis"] = draw.size(-5, 5)
        return {**layout(draw, ("axis",), values), "input": shapes}
