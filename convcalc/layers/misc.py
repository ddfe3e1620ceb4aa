"""Layers of no other kind: embeddings, rescaling, and those that let their input through."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.shared import KERAS, TORCH
from convcalc.layers.site import Facts, Weight


def embedding(site):
    """Size and count a table of vectors, one looked up for each integer of the input."""
    a = site.args
    number, size = a["num_embeddings"], a["embedding_dim"]
    output = (*site.shape, size)
    if site.framework == "keras":
        weights: tuple = (Weight("embeddings", (number, size), "word out", not a["lora_rank"]),)
        if a["lora_rank"]:
            if a["embeddings_constraint"] is not None:
                raise site.illegal(
                    "Embedding takes no lora_rank together with an embeddings_constraint.", "Leave one of the two out."
                )
            weights += (
                Weight("lora_embeddings_a", (number, a["lora_rank"])),
                Weight("lora_embeddings_b", (a["lora_rank"], size)),
            )
        return Facts(output, weights=weights)
    if number == 0 and 0 not in site.shape:
        raise site.illegal(
            "Embedding has no vector to look up: num_embeddings is 0.", "Give the number of words.", "bad_value"
        )
    index = a["padding_idx"]
    if index is not None and not -number <= index < number:
        raise site.illegal(
            f"Embedding's padding_idx {index} is not one of its {number} vectors.",
            f"Give one from {-number} to {number - 1}.",
        )
    return Facts(output, weights=(Weight("weight", (number, size), "word out", not a["_freeze"]),))


def rescaling(site):
    """Size a scale and a shift by constants."""
    for key in ("scale", "offset"):
        check_constant(site, key)
    return Facts(site.shape, flops=2 * site.cells(site.shape))


def check_constant(site, key):
    """Refuse a constant that does not broadcast: Keras infers the input's shape whatever it is, but cannot run it."""
    value, shape = site.args[key], site.shape
    if value.__class__ is tuple and not fits(len(value), shape):
        raise site.refuse(
            "wrong_shape",
            f"{site.type}'s {key} of {len(value)} values does not broadcast against {show(shape)}.",
            f"Give one number, or one for each of the last axis' {shape[-1]}." if shape else "Give one number.",
        )


def fits(count, shape):
    """Tell whether so many values broadcast against the last axis."""
    return count == 1 or not shape or shape[-1].__class__ is not int or shape[-1] in (1, count)


def normalization(site):
    """Size and count a shift and a scale to mean 0 and variance 1 along some axes: constants, or kept as weights."""
    a, shape = site.args, site.shape
    axes = () if a["axis"] is None else tuple(site.axis(axis) for axis in a["axis"])
    if len(set(axes)) < len(axes):
        raise site.illegal("Normalization's axis names one axis twice.", "Name each once.", "bad_value", "axis")
    mean, variance = a["mean"], a["variance"]
    if (mean is None) != (variance is None):
        raise site.illegal(
            "Normalization takes mean and variance together, and only one of them is given.", "Give both, or neither."
        )
    kept = tuple(shape[axis] for axis in sorted(axes))
    if mean is None:
        statistics = (Weight("mean", kept, "", False), Weight("variance", kept, "", False))
        return Facts(shape, weights=(*statistics, Weight("count", (), "", False)), flops=2 * site.cells(shape))
    sizes = extent(mean)
    if sizes is None or sizes != extent(variance):
        raise site.illegal("Normalization's mean and variance are not of one shape.", "Give as many of both.")
    if len(sizes) > len(kept):
        raise site.illegal(f"Normalization's mean has {len(sizes)} axes, and axis names {len(kept)}.", "Name as many.")
    for size, n in zip(reversed(sizes), reversed(kept), strict=False):
        if size not in (1, n) and n.__class__ is int:
            raise site.refuse(
                "wrong_shape",
                f"Normalization's mean has {size} values along an axis of {n}: {show(shape)}.",
                f"Give one number, or {n}.",
                "mean",
            )
    return Facts(shape, flops=2 * site.cells(shape))


def extent(value):
    """Return the shape of nested tuples of numbers, None where they are of several lengths.

    >>> extent(((1, 2, 3), (4, 5, 6))), extent(0.5), extent(((1,), 2))
    ((2, 3), (), None)
    """
    if value.__class__ is not tuple:
        return ()
    inner = {extent(one) for one in value}
    return None if len(inner) > 1 or None in inner else (len(value), *(inner.pop() if inner else ()))


def through(site):
    """Size a layer that lets its input through."""
    return Facts(site.shape)


def masking(site):
    """Size a layer that marks the steps of one value, or of one for each of the last axis."""
    if not site.shape:
        raise site.refuse("wrong_rank", "Masking takes an input with an axis.", "Give -i with an axis.")
    check_constant(site, "mask_value")
    return Facts(site.shape)


FAMILIES = (
    Family(
        "embedding", "embed embedding", embedding, "num_embeddings embedding_dim",
        keras=("Embedding", "num_embeddings/input_dim:count embedding_dim/output_dim:count "
               "embeddings_initializer:named(initializer)=uniform embeddings_regularizer:named(regularizer)=none "
               "embeddings_constraint:named(constraint)=none mask_zero:bool(loose)=false weights:any=none "
               "lora_rank:count=none lora_alpha:any=none quantization_config:any=none "
               f"{KERAS.replace(' input_dim:any=none', '')} input_length:any=none"),
        torch=("Embedding", "num_embeddings:count0 embedding_dim:count0 padding_idx:int=none max_norm:number=none "
               "norm_type:number=2.0 scale_grad_by_freq:bool(loose)=false sparse:bool(loose)=false _weight:any=none "
               f"_freeze:bool(loose)=false {TORCH}"),
        rank_rule="free", example="embed 1000 64", sample="32", about="a vector for each integer",
        aliases={"num_embeddings": "n num_embeddings vocab", "embedding_dim": "dim embedding_dim"},
    ),
    Family(
        "rescaling", "rescale rescaling", rescaling, "scale offset",
        keras=("Rescaling", f"scale:numbers offset:numbers=0.0 {KERAS}"),
        example="rescale 0.5", about="x*scale + offset",
    ),
    Family(
        "normalization", "normalization normalize", normalization, "axis",
        keras=("Normalization",
               f"axis:integers?=(-1,) mean:nested=none variance:nested=none invert:bool=false {KERAS}"),
        example="normalization", sample="6x4", about="the input less a mean, over the root of a variance",
    ),
    Family(
        "identity", "identity", through,
        keras=("Identity", KERAS),
        torch=("Identity", ""),
        onnx=("Identity", ""),
        about="the input as it is",
    ),
    Family(
        "masking", "masking mask", masking, "mask_value",
        keras=("Masking", f"mask_value:numbers=0.0 {KERAS}"),
        about="steps of one value marked to be skipped",
    ),
    Family(
        "activity_regularization", "activityregularization actreg", through, "l1 l2",
        keras=("ActivityRegularization", "l1:number?(0)=0.0 l2:number?(0)=0.0 " + KERAS.replace(" "
               "activity_regularizer:named(regularizer)=none", "")),
        about="a penalty on the values in training",
    ),
)  # fmt: skip
