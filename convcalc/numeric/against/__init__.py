"""The frameworks themselves, where they are installed: each builds one layer and runs it on given weights.

A file here is the only place that imports its framework, and only `convcalc check --against` loads it.
A judge has a `name`, a `version`, and ``run(node, inputs, weights)``, which returns an array.
"""

from importlib import import_module

from convcalc.errors import SpecError
from convcalc.layers.declare import PROPER

# What to install; keras takes any backend that is there, jax first.
INSTALL = {"keras": "keras jax", "torch": "torch", "onnx": "onnx onnxruntime"}


def judge_of(asked, framework):
    """Return the judge of a framework.

    Raises
    ------
    SpecError
        Where it is not the network's own framework, or is not installed.
    """
    if asked != framework:
        raise SpecError(
            "usage",
            f"--against {asked} cannot judge a network of {PROPER[framework]}.",
            hint=f"Give --against {framework}, or the network in {PROPER[asked]}'s own layers.",
        )
    try:
        return import_module(f"convcalc.numeric.against.{asked}").Judge()
    except ImportError as error:
        raise SpecError(
            "usage",
            f"--against {asked} runs {asked} itself, which cannot be imported here: {error}.",
            hint=f"Install it beside convcalc: python -m pip install {INSTALL[asked]}",
        ) from None


def keywords(node):
    """Return what the framework's own constructor is called with: every argument that is not the default."""
    signature = node.site.layer.signature(node.framework)
    out = {}
    for param in signature.params:
        value = node.args.get(param.key)
        unset = value is None and signature.defaults.get(param.key) is None
        if param.terse or unset or not (matters(param) or param in signature.required):
            continue
        if param.key in signature.defaults and value == signature.defaults[param.key]:
            continue
        out[param.name] = value
    return out


def matters(param):
    """Tell whether an argument changes values: initialisers, names and devices do not."""
    kind = param.kind.partition("(")[0]
    what = param.kind.partition("(")[2].rstrip(")?")
    if kind.rstrip("?") == "named":
        return what == "activation"
    return kind != "object" and param.name not in NAMES


NAMES = {
    *("name", "trainable", "dtype", "autocast", "input_shape", "batch_shape", "input_dim", "batch_input_shape"),
    *("seed", "weights", "_weight", "input_length", "quantization_config", "inplace"),
}
