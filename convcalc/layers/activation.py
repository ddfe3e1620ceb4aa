"""Activations: every value by itself, or by the others along an axis; one FLOP a value.

A family's words are also the names that ``act`` takes. Keras has classes for some of them and
functions for the rest, which its Activation layer calls: see `convcalc.spec.stand_in`.
"""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.shared import KERAS, TIED, TORCH, activated
from convcalc.layers.site import Facts, Weight, one_axis


def pointwise(site):
    """Size and count an activation of every value by itself."""
    return Facts(site.shape, flops=site.cells(site.shape))


def named(site):
    """Size and count Keras' Activation layer."""
    value = site.args["activation"]
    name = value if value.__class__ is str or value is None else value.name
    if name == "glu":
        check_even(site, -1)
    if name in ("softmax", "log_softmax", "glu") and not site.shape:
        raise site.refuse("wrong_rank", f"{name} takes an input with an axis.", "Give -i with an axis.")
    return Facts(site.shape, flops=activated(site, site.cells(site.shape)))


def along(site):
    """Size and count an activation along an axis."""
    axis = site.args["axis"]
    if site.framework == "keras" and axis is not None:
        axes = [site.axis(each) for each in axis]
        if len(set(axes)) < len(axes) or not axes:
            raise site.refuse(
                "wrong_shape", f"{site.type} takes different axes, not {show(axis) or 'none'}.", "Give axis=-1."
            )
    elif axis is not None and (site.shape or axis not in (0, -1)):
        site.axis(axis)
    if site.framework != "torch" and not site.shape:
        raise site.refuse("wrong_rank", f"{site.type} takes an input with an axis.", "Give -i with an axis.")
    return pointwise(site)


def softmax2d(site):
    """Size and count torch's softmax over the channels of an image."""
    site.split(unbatched=True)
    return pointwise(site)


def gated(site):
    """Size and count a gate: half of the axis times the sigmoid of the other half."""
    shape = site.shape
    axis = check_even(site, site.args["axis"])
    output = (*shape[:axis], shape[axis] // 2, *shape[axis + 1 :])
    # Along the channels a cell stays where it is; along another axis it reads two places.
    return Facts(output, flops=site.cells(output), field="keeps" if axis == 1 or len(shape) < 3 else "unknown")


def check_even(site, axis):
    """Return the index of an axis; refuse one whose size cannot be halved."""
    index = site.axis(axis)
    size = site.shape[index]
    if size.__class__ is int and size % 2:
        raise site.refuse(
            "wrong_shape",
            f"glu halves axis {axis}, whose size {size} is odd: {show(site.shape)}.",
            "Give an even size there.",
        )
    return index


def prelu(site):
    """Size and count a leaky activation whose slopes are learned."""
    a, shape = site.args, site.shape
    if site.framework == "keras":
        weights = (Weight("alpha", keras_slopes(site), ""),)
    elif site.framework == "torch":
        number = one_axis(site, a["num_parameters"])
        channels = shape[1] if len(shape) > 1 else 1
        if number != 1 and (not shape or (channels.__class__ is int and channels != number)):
            raise site.refuse(
                "wrong_channels",
                f"PReLU has num_parameters={number}, its input {channels} channels."
                if shape
                else "PReLU of several slopes takes an input with channels.",
                f"Give num_parameters=1 or {channels}.",
            )
        weights = (Weight("weight", (number,), "channel"),)
    elif a["slope_shape"] is not None:
        from convcalc.layers.merge import broadcast

        slope = tuple(a["slope_shape"])
        return pointwise(site)._replace(output=broadcast(site, (shape, slope)), weights=(Weight("slope", slope),))
    else:
        number = a["num_parameters"]
        channels = shape[1] if len(shape) > 1 else shape[0] if shape else 1
        if number != 1 and channels.__class__ is int and channels != number:
            raise site.refuse(
                "wrong_channels",
                f"PRelu has num_parameters={number}, its input is {show(shape)}.",
                "Give num_parameters=1.",
            )
        weights = (Weight("slope", (1,) if number == 1 else (number, *(1 for _ in shape[2:])), "channel"),)
    # onnxruntime broadcasts a single value against the slope's one axis.
    output = shape or (1,) if site.framework == "onnx" else shape
    return pointwise(site)._replace(output=output, weights=weights)


def keras_slopes(site):
    """Return the shape of Keras' slopes: one a value of a sample, one for all along shared axes.

    Keras counts shared axes from the batch but looks them up in the shape without it, so that 0 is
    the last axis (``input_shape[1:][i - 1]``, keras/src/layers/activations/prelu.py, 3.15).
    """
    sizes = list(site.shape[1:])
    shared = site.args["shared_axes"] or ()
    for axis in shared:
        if not -len(sizes) <= axis - 1 < len(sizes):
            raise site.refuse(
                "wrong_rank", f"PReLU's shared axis {axis} is no axis of an input of {len(site.shape)}: "
                f"{show(site.shape)}.",
                f"Give axes from 1 to {len(sizes)}." if sizes else "Leave shared_axes out.",
            )  # fmt: skip
        sizes[axis - 1] = 1
    return tuple(sizes)


def hardtanh(site):
    """Size and count a clip between two bounds, of which the upper must be the larger."""
    a = site.args
    low = a["min_val"] if a["min_value"] is None else a["min_value"]
    high = a["max_val"] if a["max_value"] is None else a["max_value"]
    if not high > low:
        raise site.illegal(
            f"Hardtanh's max_val {high} must be more than its min_val {low}.", f"Give max_val={low + 1}."
        )
    return pointwise(site)


def random_relu(site):
    """Size and count a leaky activation of random slope."""
    lower, upper = site.args["lower"], site.args["upper"]
    if lower > upper:
        raise site.illegal(f"RReLU's lower {lower} must be at most its upper {upper}.", f"Give lower={upper} or less.")
    return pointwise(site)


INPLACE = "inplace:bool(loose)=false"
SLOPE = {"negative_slope": "slope negative_slope alpha"}
AXIS = {"axis": "axis dim"}


def plain(kind, words, about, torch=None, onnx=None, keras=None, rule=pointwise, order="", **more):
    """Return the family of an activation; its example is its word with what it needs."""
    return Family(kind, words, rule, order, keras=keras, torch=torch, onnx=onnx, about=about, **more)


FAMILIES = (
    Family(
        "activation", "act activation sparsemax squareplus sparse_plus sparse_sigmoid", named, "activation",
        keras=("Activation", f"activation:named?(activation) {KERAS}"),
        example="act relu", about="an activation by its name",
    ),
    plain(
        "relu", "relu", "max(x, 0)", ("ReLU", INPLACE), ("Relu", ""),
        ("ReLU", f"max_value:number(0)=none negative_slope:number(0)=0.0 threshold:number(0)=0.0 {KERAS}"),
    ),
    plain("relu6", "relu6", "min(max(x, 0), 6)", ("ReLU6", INPLACE)),
    plain(
        "leaky_relu", "leaky_relu leakyrelu lrelu", "x, a fraction of it below 0",
        ("LeakyReLU", f"negative_slope:number=0.01 {INPLACE}"),
        ("LeakyRelu", "negative_slope/alpha:number=0.01"),
        ("LeakyReLU", f"negative_slope:number(0)=0.3 {KERAS} negative_slope/alpha:number(0)=0.3"),
        order="negative_slope", aliases=SLOPE,
    ),
    plain(
        "prelu", "prelu", "x, a learned fraction of it below 0",
        ("PReLU", f"num_parameters:features=1 alpha/init:number=0.25 {TORCH}"),
        ("PRelu", f"* num_parameters:count=1 slope_shape:dims=none {TIED}"),
        ("PReLU", "alpha_initializer:named(initializer)=Zeros alpha_regularizer:named(regularizer)=none "
         f"alpha_constraint:named(constraint)=none shared_axes:integers=none {KERAS}"),
        rule=prelu, aliases={"alpha": "alpha init"},
    ),
    plain(
        "rrelu", "rrelu", "x, a random fraction of it below 0",
        ("RReLU", f"lower:number=0.125 upper:number=0.3333333333333333 {INPLACE}"),
        rule=random_relu, order="lower upper",
    ),
    plain(
        "elu", "elu", "x, alpha*(exp(x) - 1) below 0",
        ("ELU", f"alpha:number=1.0 {INPLACE}"), ("Elu", "alpha:number=1.0"), ("ELU", f"alpha:number=1.0 {KERAS}"),
        order="alpha",
    ),
    plain(
        "selu", "selu", "elu scaled to keep mean and variance",
        ("SELU", INPLACE), ("Selu", "alpha:number=1.6732631921768188 gamma:number=1.0507010221481323"),
    ),
    plain(
        "celu", "celu", "x, alpha*(exp(x/alpha) - 1) below 0",
        ("CELU", f"alpha:nonzero=1.0 {INPLACE}"), ("Celu", "alpha:number=1.0"), order="alpha",
    ),
    plain(
        "gelu", "gelu", "x*Phi(x)",
        ("GELU", "approximate:exact(none|tanh)=none"), ("Gelu", "approximate:exact(none|tanh)=none"),
        order="approximate",
    ),
    plain("silu", "silu swish", "x*sigmoid(x)", ("SiLU", INPLACE), ("Swish", "alpha:number=1.0")),
    plain("mish", "mish", "x*tanh(softplus(x))", ("Mish", INPLACE), ("Mish", "")),
    plain("sigmoid", "sigmoid", "1/(1 + exp(-x))", ("Sigmoid", ""), ("Sigmoid", "")),
    plain(
        "hard_sigmoid", "hard_sigmoid hardsigmoid", "sigmoid in straight pieces",
        ("Hardsigmoid", INPLACE), ("HardSigmoid", "alpha:number=0.2 beta:number=0.5"),
    ),
    plain("log_sigmoid", "log_sigmoid logsigmoid", "log(sigmoid(x))", ("LogSigmoid", "")),
    plain(
        "hard_swish", "hard_swish hardswish hard_silu hardsilu", "x*hard_sigmoid(x)",
        ("Hardswish", INPLACE), ("HardSwish", ""),
    ),
    plain("tanh", "tanh", "tanh(x)", ("Tanh", ""), ("Tanh", "")),
    plain(
        "hard_tanh", "hard_tanh hardtanh", "x between two bounds",
        ("Hardtanh", f"min_val:number=-1.0 max_val:number=1.0 {INPLACE} min_value:number=none max_value:number=none"),
        rule=hardtanh, order="min_val max_val",
    ),
    plain("tanh_shrink", "tanh_shrink tanhshrink", "x - tanh(x)", ("Tanhshrink", "")),
    plain(
        "hard_shrink", "hard_shrink hardshrink", "x, 0 between -lambd and lambd",
        ("Hardshrink", "lambd:number=0.5"), order="lambd",
    ),
    plain(
        "soft_shrink", "soft_shrink softshrink", "x nearer to 0 by lambd",
        ("Softshrink", "lambd:number(0)=0.5"), order="lambd",
    ),
    plain(
        "shrink", "shrink", "x nearer to 0 by bias, 0 between -lambd and lambd", None,
        ("Shrink", "shift/bias:number=0.0 lambd:number=0.5"), order="lambd", aliases={"shift": "bias shift"},
    ),
    plain(
        "softplus", "softplus", "log(1 + exp(x))",
        ("Softplus", "beta:number=1.0 threshold:number=20.0"), ("Softplus", ""),
    ),
    plain("softsign", "softsign", "x/(1 + |x|)", ("Softsign", ""), ("Softsign", "")),
    plain("exp", "exp exponential", "exp(x)", None, ("Exp", "")),
    plain(
        "threshold", "threshold", "x, a value where it is not above the threshold",
        ("Threshold", f"threshold:number value:number {INPLACE}"), order="threshold value", example="threshold 0.1 20",
    ),
    plain(
        "thresholded_relu", "thresholded_relu thresholdedrelu", "x, 0 where it is not above alpha", None,
        ("ThresholdedRelu", "alpha:number=1.0"), order="alpha",
    ),
    plain(
        "clip", "clip", "x between min and max", None,
        ("Clip", "min:number=none max:number=none"), order="min max", example="clip 0 6",
    ),
    plain(
        "softmax", "softmax", "exp(x) over its sum along an axis",
        ("Softmax", "axis/dim:int=none"), ("Softmax", "axis:int=-1"), ("Softmax", f"axis:integers?=(-1,) {KERAS}"),
        rule=along, order="axis", aliases=AXIS,
    ),
    plain(
        "log_softmax", "log_softmax logsoftmax", "log(softmax(x))",
        ("LogSoftmax", "axis/dim:int=none"), ("LogSoftmax", "axis:int=-1"), rule=along, order="axis", aliases=AXIS,
    ),
    plain(
        "softmin", "softmin", "softmax(-x)", ("Softmin", "axis/dim:int=none"), rule=along, order="axis", aliases=AXIS
    ),
    plain(
        "softmax2d", "softmax{r}d", "softmax over the channels of each cell", ("Softmax{r}d", ""),
        rule=softmax2d, ranks=(2,), rank_rule="spatial",
    ),
    plain(
        "hardmax", "hardmax", "1 at the largest value along an axis, 0 elsewhere", None, ("Hardmax", "axis:int=-1"),
        rule=along, order="axis", aliases=AXIS,
    ),
    plain(
        "glu", "glu", "half of an axis times the sigmoid of the other half", ("GLU", "axis/dim:int=-1"),
        rule=gated, order="axis", aliases=AXIS, example="glu", sample="8x8x8",
    ),
)  # fmt: skip
KINDS = frozenset(family.kind for family in FAMILIES)
