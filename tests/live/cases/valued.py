"""Cases whose values are compared: valid ones, every size known, with the arguments that change values alone.

They are drawn by the generators of the shapes, which here spoil nothing, and by some more: ONNX's merges and the
like, and all of what Resize says.
"""

import random
import re

from tests.live.cases import GENERATORS
from tests.live.cases.draw import Draw
from tests.live.cases.onnx_cases import several

KERAS_WORDS = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "sigmoid", "hard_sigmoid",
    "hard_silu", "tanh", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink", "softplus", "softsign", "softmax",
    "log_softmax", "log_sigmoid", "exponential", "linear", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax",
    "glu", "threshold",
)  # fmt: skip
# Words that cannot stand alone, or halve an axis.
ALONE = [word for word in KERAS_WORDS if word not in ("glu", "threshold")]
MORE = {}


class Valid(random.Random):
    """A generator of random numbers whose cases are spoiled by no one."""

    spoils = False


def value_cases(framework, seed, only=()):
    """Yield cases without end, each with the seed of its data; the same seed gives the same cases.

    >>> case = next(value_cases("torch", 7, only=["Linear"]))
    >>> case["name"], type(case["seed"])
    ('Linear', <class 'int'>)
    """
    generators = {**GENERATORS[framework], **MORE.get(framework, {})}
    unknown = sorted(set(only) - set(generators))
    if unknown:
        raise ValueError(f"no generator for {', '.join(unknown)} in {framework}")
    names = [
        name for name in generators if not only or name in only for _ in range(3 if re.search("Conv|Pool", name) else 1)
    ]
    rng = Valid(f"values {framework} {seed}")
    while True:
        rng.shuffle(names)
        for name in names:
            drawn = {"framework": framework, "name": name, **generators[name](rng)}
            drawn["input"] = known(rng, drawn["input"])
            if framework == "keras":
                enrich(Draw(rng), drawn)
            if drawn["kwargs"].get("training_mode"):
                continue  # its output is random
            yield {**drawn, "seed": rng.randrange(2**31)}


def known(rng, shape):
    """Return a shape, or shapes, with a size for every unknown one; operands have the same batch."""
    if any(isinstance(size, (list, tuple)) for size in shape):
        batch = rng.randint(1, 3)
        return [[batch if size is None else size for size in sizes] for sizes in shape]
    return [size if size is not None else rng.randint(1, 3) if axis == 0 else rng.randint(4, 9)
            for axis, size in enumerate(shape)]  # fmt: skip


def enrich(draw, drawn):
    """Add arguments that change what a Keras layer computes and not its shape."""
    name, kwargs = drawn["name"], drawn["kwargs"]
    if re.match("Conv|Depth|Sep|Dense", name) and len(drawn["args"]) < 5 and draw.chance(0.3):
        kwargs["activation"] = draw.pick(*ALONE)
    if name == "Dense" and draw.chance(0.15):
        kwargs["lora_rank"] = draw.size(1, 3)
        if draw.chance(0.5):
            kwargs["lora_alpha"] = draw.pick(1, 2, 0.5)
    if name == "Activation":
        drawn["args"], drawn["kwargs"] = [], {"activation": draw.pick(*ALONE)}
    if name == "LayerNormalization" and draw.chance(0.1):
        kwargs["rms_scaling"] = True
    if name == "Rescaling" and draw.chance(0.2):
        size = drawn["input"][-1] if drawn["input"] else 0
        if size and "scale" in kwargs:
            kwargs["scale"] = tuple(draw.pick(0.5, 1.5, 2, -1) for _ in range(size))


def also(framework, *names):
    """Register a generator that the shapes do without."""

    def register(function):
        for name in names:
            MORE.setdefault(framework, {})[name] = lambda rng, name=name: function(Draw(rng), name)
        return function

    return register


@also("keras", "Normalization", "LayerScale", "StochasticDepth", "CustomScaleLayer")
def scaled(draw, name):
    """Layers that the shapes are not drawn for: of preprocessing, and of Keras' ready-made models."""
    shape = [draw.size(1, 3), *several(draw, draw.size(1, 3), 1, 5)]
    values = {}
    if name == "Normalization":
        axes = sorted(draw.rng.sample(range(1, len(shape)), draw.size(1, len(shape) - 1)))
        values = draw.some({"axis": draw.pick(None, axes[0], tuple(axes), -1), "invert": True})
        if draw.chance(0.4):
            values |= {"mean": draw.pick(0.5, -2.0), "variance": draw.pick(2.0, 0.25, 0.0)}
    elif name == "LayerScale":
        values = {"init_values": 0.1, "projection_dim": shape[-1]}
    elif name == "StochasticDepth":
        values = {"drop_path_rate": 0.2}
    else:
        return {"args": [], "kwargs": {"scale": draw.pick(0.1, 2.0)}, "input": [shape, shape]}
    return {"args": [], "kwargs": values, "input": shape}


@also("onnx", "Resize")
def resize(draw, name):
    """Every mode, coordinate transformation and rounding."""
    rank = draw.pick(1, 2, 2, 2, 3)
    shape = [draw.size(1, 2), draw.size(1, 3), *several(draw, rank, 1, 7)]
    values = {"mode": draw.pick("nearest", "nearest", "linear", "linear", "cubic")} if draw.chance(0.9) else {}
    mode = values.get("mode", "nearest")
    kinds = (
        "half_pixel",
        "half_pixel_symmetric",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric",
        "tf_crop_and_resize",
    )
    if draw.chance(0.75):
        values["coordinate_transformation_mode"] = draw.pick(*kinds)
    if mode == "nearest" and draw.chance(0.7):
        values["nearest_mode"] = draw.pick("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    if mode == "cubic":
        values |= draw.some({"cubic_coeff_a": draw.pick(-0.5, -0.75), "exclude_outside": draw.pick(0, 1)})
    if mode != "nearest" and draw.chance(0.2):
        values["antialias"] = 1
    if values.get("coordinate_transformation_mode") == "tf_crop_and_resize":
        size = len(shape)
        low = [draw.pick(0.0, 0.25, -0.25) if axis > 1 else 0.0 for axis in range(size)]
        values["roi"] = (*low, *(draw.pick(0.5, 0.75, 1.0, 1.25) if axis > 1 else 1.0 for axis in range(size)))
        values |= draw.some({"extrapolation_value": 10.0})
    if draw.chance(0.5):
        values["scales"] = (1.0, 1.0, *(draw.pick(0.5, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0) for _ in range(rank)))
    else:
        values["sizes"] = (*shape[:2], *several(draw, rank, 1, 12))
        if draw.chance(0.15):
            values["keep_aspect_ratio_policy"] = draw.pick("not_larger", "not_smaller")
            values["axes"], values["sizes"] = tuple(range(2, rank + 2)), values["sizes"][2:]
            if "roi" in values:
                values["roi"] = (*values["roi"][2 : rank + 2], *values["roi"][rank + 4 :])
    return {"args": [], "kwargs": values, "input": shape}
