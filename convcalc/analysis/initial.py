"""Which initialiser and which regulariser a weight of a layer has: given, or the framework's default."""

from math import sqrt

from convcalc import initializers, regularizers
from convcalc.analysis.arguments import of_weight
from convcalc.dialects import torch
from convcalc.errors import ConvcalcError
from convcalc.initializers import made

# What Keras has no argument for.
FIXED = {
    "scale": "ones", "lora_kernel_a": "he_uniform", "lora_kernel_b": "zeros",
    "mean": "zeros", "variance": "ones", "count": "zeros",
}  # fmt: skip
# What torch's layers start from, where it is no matter of fans. Seen on torch 2.13.0, held by
# tests/live/test_initializers.py.
NORMS = {
    "weight": "ones_",
    "bias": "zeros_",
    "running_mean": "zeros_",
    "running_var": "ones_",
    "num_batches_tracked": "zeros_",
}
TORCH = {
    **dict.fromkeys(("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm"), NORMS),
    "embedding": {"weight": "normal_"},
}


def initial(framework, kind, args, name, weights):
    """Return the `Initial` of a weight of a layer; None where the framework has none, as ONNX.

    torch draws its kernels by ``kaiming_uniform_(a=sqrt(5))``, which is uniform up to
    1/sqrt(fan_in), and the bias up to that bound too. The row of an embedding's padding_idx is 0.

    Parameters
    ----------
    framework : str
    kind : str
        The house's name of the layer.
    args : dict
        Its arguments by house keys.
    name : str
        The weight's.
    weights : sequence of Weight
        All weights of the layer, of which the first tells the fans of a bias.

    Examples
    --------
    >>> from convcalc.layers.site import Weight
    >>> kernel = Weight("weight", (8, 3, 3, 3)), Weight("bias", (8,))
    >>> initial("torch", "conv", {}, "bias", kernel).config["b"] == 27**-0.5
    True
    """
    if framework == "onnx":
        return None
    if framework == "keras":
        if kind == "layer_scale":
            return made("constant", "keras", value=float(args["init_values"]))
        found = of_weight(name, args, "initializer") or FIXED.get(name)
        return found and initializers.initial(found, "keras")
    if kind in TORCH:
        return made(TORCH[kind][name], "torch")
    if kind == "prelu":
        return made("constant_", "torch", val=float(args["alpha"]))
    first = weights[0].shape
    if kind == "bilinear":
        bound = 1 / sqrt(first[1])
        return made("uniform_", "torch", a=-bound, b=bound)
    if name == "weight":
        return made("kaiming_uniform_", "torch", a=sqrt(5))
    inputs = torch.fans(first)[0]
    return made("uniform_", "torch", a=-(inputs**-0.5), b=inputs**-0.5) if inputs else made("zeros_", "torch")


def check(call, weights, key):
    """Refuse an initialiser, given as the argument of a house key, that cannot draw its weight.

    Raises
    ------
    ConvcalcError
        Where the weight has other axes than the initialiser is for.
    """
    for weight in weights:
        if not key.startswith(weight.name) or any(n.__class__ is not int for n in weight.shape):
            continue
        given = initial(call.framework, call.layer.family.kind, call.args, weight.name, weights)
        try:
            if given is not None:
                initializers.law(given, weight.shape)
        except ConvcalcError as error:
            raise error.at(None, call.given[key]) from None


def regularizer(args, name):
    """Return the `Penalty` on a weight that an argument names, or None.

    >>> regularizer({"kernel_regularizer": "l2"}, "kernel").name
    'l2'
    """
    found = of_weight(name, args, "regularizer")
    return found and regularizers.penalty(found)
