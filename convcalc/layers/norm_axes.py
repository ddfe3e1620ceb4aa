"""Normalisations of axes: layer, root mean square, unit length, neighbouring channels, given axes."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.norm import KEYS, SAMPLE, check_rank, facts, weight_size
from convcalc.layers.shared import KERAS, TIED, TORCH
from convcalc.layers.site import Weight


def layer_norm(site):
    """Size and count a normalisation over axes of each sample."""
    a = site.args
    if site.framework == "keras":
        sizes = keras_axes(site)
        names = [name for name, flag in (("gamma", "scale"), ("beta", "center")) if a[flag]]
        if a["rms_scaling"]:
            names = ["gamma"]
    elif site.framework == "onnx":
        sizes = onnx_sizes(site)
        names = ["Scale", "B"] if a["bias"] else ["Scale"]
    else:
        sizes = trailing(site)
        names = [] if not a["elementwise_affine"] else ["weight", "bias"] if a["bias"] else ["weight"]
    return facts(site, (Weight(name, sizes, "normalised") for name in names))


def rms_norm(site):
    """Size and count a normalisation by the root of the mean square."""
    a, shape = site.args, site.shape
    if site.framework == "torch":
        sizes = trailing(site)
        if a["elementwise_affine"] and a["device"].__class__ in (bool, int, float, tuple):
            raise site.illegal(f"RMSNorm's device must be a name, not {a['device']}.", "Leave it out.", "bad_value")
        return facts(site, (Weight("weight", sizes, "normalised"),) if a["elementwise_affine"] else ())
    if site.framework == "onnx":
        return facts(site, (Weight("scale", onnx_sizes(site), "normalised"),))
    sizes = keras_axes(site)
    # Keras multiplies by the scale as it is: it has to broadcast against the last axes, where their sizes are known.
    last = zip(reversed(shape), reversed(sizes), strict=False)
    if any(n.__class__ is m.__class__ is int and m not in (1, n) for n, m in last):
        raise site.refuse(
            "wrong_shape",
            f"{site.type}'s scale of shape ({show(sizes)}) does not broadcast against the input {show(shape)}.",
            "Normalise the last axes: axis=-1.",
        )
    return facts(site, (Weight("scale", sizes, "normalised"),))


def onnx_sizes(site):
    """Return the sizes from ONNX' axis on; onnxruntime takes none of 0."""
    sizes = site.shape[site.axis(site.args["axis"]) :]
    if 0 in sizes:
        raise site.refuse(
            "wrong_shape", f"{site.type} takes no empty axes: {show(site.shape)}.", "Give axes of 1 or more."
        )
    return sizes


def trailing(site):
    """Return torch's normalized_shape: the last axis where left out, else what the input must end in."""
    given, shape = site.args["normalized_shape"], site.shape
    if given is None:
        if not shape:
            raise site.refuse("wrong_rank", f"{site.type} takes an input with an axis.", "Give -i with an axis.")
        return shape[-1:]
    last = shape[len(shape) - len(given) :] if given and len(given) <= len(shape) else None
    if last is None or any(n.__class__ is int and n != m for n, m in zip(last, given, strict=True)):
        raise site.refuse(
            "wrong_shape",
            f"{site.type} normalises last axes of {show(given) or 'no size'}, its input is {show(shape)}.",
            f"Give normalized_shape={show(shape[-1:])}." if shape else "Give -i with an axis.",
        )
    return given


def keras_axes(site):
    """Return the sizes along Keras' axes, in the order in which it gives its weights."""
    axes = site.args["axis"]
    found = [site.axis(axis) for axis in axes]
    if len(set(found)) < len(found):
        raise site.refuse(
            "wrong_shape", f"{site.type}'s axis names one axis twice: {show(axes)}.", "Name each axis once."
        )
    if not (site.args.get("scale", True) or site.args.get("center") or site.args.get("rms_scaling")):
        return ()
    return tuple(weight_size(site, site.axis(axis)) for axis in sorted(axes))


def unit_norm(site):
    """Size a scaling to unit length, which has no weights."""
    if site.framework == "keras":
        keras_axes_unweighted(site)
    else:
        site.axis(site.args["axis"])
    return facts(site)


def keras_axes_unweighted(site):
    """Refuse axes that the input does not have, or that are named twice."""
    axes = [site.axis(axis) for axis in site.args["axis"]]
    if len(set(axes)) < len(axes):
        raise site.refuse("wrong_shape", f"{site.type}'s axis names one axis twice.", "Name each axis once.")


def local_response(site):
    """Size a normalisation over neighbouring channels, which has no weights."""
    size = site.args["size"]
    if site.framework == "onnx":
        if len(site.shape) != 4:
            raise site.refuse(
                "wrong_rank",
                f"LRN takes an input of 4 axes, not {len(site.shape)}: {show(site.shape)}.",
                "Give the batch, channels, H and W.",
            )
        if size % 2 == 0:
            raise site.illegal(f"LRN's size must be odd, not {size}.", f"Give size={size + 1}.", "bad_value")
        return facts(site)
    check_rank(site, 3)
    # torch gives back an input without cells before it looks at the size.
    if 0 not in site.shape and (size.__class__ is not int or size < 1):
        words = f"{site.type}'s size must be a positive integer, not {size}."
        raise site.illegal(words, "Give size=5.", "bad_value", key="size")
    return facts(site)


def mean_variance(site):
    """Size ONNX' normalisation over given axes, which has no weights; onnxruntime passes over axes that are none."""
    axes, rank = site.args["axis"], len(site.shape)
    if not any(-rank <= axis < rank for axis in axes):
        raise site.refuse(
            "wrong_rank",
            f"{site.type}'s axes {show(axes)} are no axes of an input of {rank}: {show(site.shape)}.",
            f"Give some from {-rank} to {rank - 1}." if rank else "Give -i with an axis.",
        )
    return facts(site)


FAMILIES = (
    Family(
        "layer_norm", "ln layernorm layernormalization", layer_norm,
        keras=("LayerNormalization", f"axis:integers=(-1,) epsilon:number=0.001 {SAMPLE}{KERAS} "
               "rms_scaling:bool(loose)=false"),
        torch=("LayerNorm", "normalized_shape:integers(0) epsilon/eps:number=1e-05 "
               f"elementwise_affine:bool(loose)=true bias:bool(loose)=true {TORCH}"),
        onnx=("LayerNormalization", f"axis:int=-1 epsilon:number=1e-05 stash_type:int=1 * bias:bool=true {TIED}"),
        about="the last axis, or the given ones, of each sample to their own mean and variance",
        aliases=KEYS,
    ),
    Family(
        "rms_norm", "rms rmsnorm rmsnormalization", rms_norm,
        keras=("RMSNormalization", f"axis:integers=(-1,) epsilon:number=1e-06 {KERAS}"),
        torch=("RMSNorm", f"normalized_shape:integers(0) epsilon/eps:number?=none elementwise_affine:bool(loose)=true "
               f"{TORCH.replace('device:object', 'device:any')}"),
        onnx=("RMSNormalization", f"axis:int=-1 epsilon:number=1e-05 stash_type:int=1 * {TIED}"),
        about="the last axis, or the given ones, by the root of its mean square",
        aliases=KEYS,
    ),
    Family(
        "unit_norm", "unitnorm unitnormalization lpnorm lpnormalization", unit_norm,
        keras=("UnitNormalization", f"axis:integers=(-1,) {KERAS}"),
        onnx=("LpNormalization", "axis:int=-1 norm/p:number(1|2)=2"),
        about="the last axis, or the given ones, to length 1",
        aliases={"norm": "norm p"},
    ),
    Family(
        "local_response_norm", "lrn localresponsenorm", local_response, "size",
        torch=("LocalResponseNorm", "size:any alpha:number=0.0001 beta:number=0.75 constant/k:number=1.0"),
        onnx=("LRN", "alpha:number=0.0001 beta:number=0.75 constant/bias:number=1.0 size:count"),
        example="lrn 5", sample="8x8x8", about="each value by those of neighbouring channels",
        aliases={"constant": "k bias constant"},
    ),
    Family(
        "mean_variance_norm", "mvn meanvariancenormalization", mean_variance,
        onnx=("MeanVarianceNormalization", "axis/axes:integers=(0,2,3)"),
        example="mvn", sample="8x8x8", about="the given axes to mean 0 and variance 1",
    ),
)  # fmt: skip
