"""Activations: every layer of `convcalc.layers.activation`, and what ``act=`` names."""

from functools import partial

import numpy as np

from convcalc import activations
from convcalc.errors import ShapeError, SpecError
from convcalc.numeric import custom
from convcalc.numeric.fast import along, pointwise
from convcalc.numeric.node import Kernel

# Keras' functions that work along an axis; the others are each value's own, by the same names.
ALONG = {"softmax": along.softmax, "log_softmax": along.log_softmax, "sparsemax": along.sparsemax}
OTHER_NAMES = {"swish": "silu", "hard_swish": "hard_silu"}


def function(value, node):
    """Return the function ``f(y)`` that a layer's own `activation` means.

    Parameters
    ----------
    value : str or Named
        A word of Keras', or ``module:attribute``, with or without arguments.
    node : Node
        Whose `trusted` tells whether code may be loaded.
    """
    return named(value, node.trusted)


def named(value, trusted=True):
    """Return the function of an array that a word of Keras', or ``module:attribute``, means."""
    name, given = (value, ()) if value.__class__ is str else (value.name, value.args)
    if ":" in name:
        return partial(custom.values, name, custom.load(value, trusted))
    # Whether it takes them was seen where the word was read.
    arguments, _ = activations.settle(name, given)
    return keras(OTHER_NAMES.get(name, name), arguments)


def keras(name, arguments):
    """Return the function of an array that Keras' function of a name computes with all its arguments."""
    if name == "glu":
        return lambda x: along.glu(x, halved(x, arguments["axis"]))
    if name in ALONG:
        return lambda x: along.by_rows(ALONG[name], x, axes_of(name, x, arguments["axis"]))
    if name == "relu" and not any(arguments.values()) and arguments["max_value"] is None:
        return lambda x: np.maximum(x, 0.0)
    formula = getattr(pointwise, name)
    return partial(pointwise.each, partial(formula, **arguments) if arguments else formula)


def axes_of(name, x, axis):
    """Return the axes, from 0, that an argument means; None means all."""
    axes = range(x.ndim) if axis is None else axis if axis.__class__ is tuple else (axis,)
    if not x.ndim or not all(-x.ndim <= a < x.ndim for a in axes):
        raise ShapeError(
            "wrong_rank",
            f"{name} works along axis {axis} of an input of {x.ndim} axes." if x.ndim else f"{name} needs an axis.",
            hint=f"Give one from {-x.ndim} to {x.ndim - 1}." if x.ndim else "Give an array with one or more axes.",
        )
    return tuple(a % x.ndim for a in axes)


def halved(x, axis):
    """Return the axis, from 0, that glu halves."""
    (axis,) = axes_of("glu", x, axis)
    if x.shape[axis] % 2:
        raise ShapeError(
            "wrong_shape",
            f"glu halves axis {axis}, whose size {x.shape[axis]} is odd.",
            hint="Give an even size there.",
        )
    return axis


def layer(formula):
    """Return the rule of a layer that computes each value by itself; `formula(node)` is its formula."""

    def rule(node):
        made = formula(node)
        size = 1
        for n in node.output:
            size *= n
        return Kernel(
            lambda inputs, weights: pointwise.each(made, inputs[0]).reshape(node.output),
            node.bytes(min(size, pointwise.BLOCK) * pointwise.HELD),
        )

    return rule


def same(formula, **keys):
    """Return the rule of a layer whose formula is one in all frameworks; `keys` maps its arguments to house keys."""

    def bound(node):
        own = {name: node.args[key] for name, key in keys.items() if key in node.args}
        return partial(formula, **own) if own else formula

    return layer(bound)


def activation(node):
    """Keras' Activation layer, with any of its functions."""
    value = node.args["activation"]
    if value is None:
        return Kernel(lambda inputs, weights: inputs[0])
    made = function(value, node)
    # A row as long as the whole is the most that is held at once.
    work = along.held(node.shape, (len(node.shape) - 1,), node.itemsize)
    return Kernel(lambda inputs, weights: made(inputs[0]), work + node.bytes(pointwise.BLOCK * pointwise.HELD))


def relu(node):
    """Compute relu; with Keras' own arguments where it has them."""
    a = node.args
    own = {"negative_slope": a.get("negative_slope", 0.0), "threshold": a.get("threshold", 0.0)}
    if any(own.values()) or a.get("max_value") is not None:
        return layer(lambda node: partial(pointwise.relu, max_value=a["max_value"], **own))(node)
    return Kernel(lambda inputs, weights: np.maximum(inputs[0], 0.0))


def prelu(node):
    """Compute x, and where it is not above 0 its slope's share of it."""
    (weight,) = node.weights
    # torch's slopes are the channels', of the second axis; a batch alone has one slope.
    trail = max(len(node.shape) - 2, 0) if node.framework == "torch" and weight.shape != (1,) else 0

    def run(inputs, weights):
        (x,), slope = inputs, weights[weight.name]
        with np.errstate(all="ignore"):
            if node.framework == "keras":
                # In parts, as Keras computes it.
                y = np.maximum(-x, 0.0)
                y *= -slope
                y += np.maximum(x, 0.0)
                return y
            y = np.asarray(x * slope.reshape(slope.shape + (1,) * trail))
            np.copyto(y, x, where=x > 0)
        return y.reshape(node.output)

    return Kernel(run, node.bytes(*node.output))


def random_relu(node):
    """Compute torch's leaky relu of random slope, whose mean it is at inference."""
    if node.training:
        raise SpecError("bad_combination", "RReLU draws its slopes at random in training.", hint="Run it at inference.")
    slope = (node.args["lower"] + node.args["upper"]) / 2
    return layer(lambda node: partial(pointwise.leaky_relu, negative_slope=slope))(node)


def hard_tanh(node):
    """Compute torch's clip, whose older names for the bounds win."""
    a = node.args
    low = a["min_val"] if a["min_value"] is None else a["min_value"]
    high = a["max_val"] if a["max_value"] is None else a["max_value"]
    return layer(lambda node: partial(pointwise.hard_tanh, low=low, high=high))(node)


def gelu(node):
    """Compute gelu by the exact form, or by tanh."""
    return layer(lambda node: partial(pointwise.gelu, approximate=node.args["approximate"] == "tanh"))(node)


def by_axis(formula):
    """Return the rule of a layer along an axis."""

    def rule(node):
        axes = layer_axes(node)
        return Kernel(
            lambda inputs, weights: along.by_rows(formula, inputs[0], axes), along.held(node.shape, axes, node.itemsize)
        )

    return rule


def layer_axes(node):
    """Return the axes, from 0, along which a layer works."""
    count, axis = len(node.shape), node.args.get("axis")
    if node.kind == "softmax2d":
        axis = -3
    elif axis is None:
        if node.framework != "torch":
            return tuple(range(count))
        # torch.nn.functional._get_softmax_dim, which it warns of.
        axis = 0 if count in (0, 1, 3) else 1
    if not count:
        return ()
    return tuple(a % count for a in (axis if axis.__class__ is tuple else (axis,)))


def gated(node):
    """Compute half of an axis times the sigmoid of the other half."""
    axis = node.args["axis"] % len(node.shape)
    work = node.bytes(*node.output) + node.bytes(pointwise.BLOCK * pointwise.HELD)
    return Kernel(lambda inputs, weights: along.glu(inputs[0], axis), work)


def either(onnx, others):
    """Return the rule that has ONNX' own formula apart."""
    return lambda node: (onnx if node.framework == "onnx" else others)(node)


RULES = {
    "activation": activation,
    "relu": relu,
    "relu6": same(pointwise.relu6),
    "leaky_relu": same(pointwise.leaky_relu, negative_slope="negative_slope"),
    "prelu": prelu,
    "rrelu": random_relu,
    "elu": same(pointwise.elu, alpha="alpha"),
    "selu": same(pointwise.selu, alpha="alpha", gamma="gamma"),
    "celu": same(pointwise.celu, alpha="alpha"),
    "gelu": gelu,
    "silu": same(pointwise.silu, alpha="alpha"),
    "mish": same(pointwise.mish),
    "sigmoid": same(pointwise.sigmoid),
    "hard_sigmoid": either(same(pointwise.onnx_hard_sigmoid, alpha="alpha", beta="beta"), same(pointwise.hard_sigmoid)),
    "log_sigmoid": same(pointwise.log_sigmoid),
    "hard_swish": same(pointwise.hard_silu),
    "tanh": same(pointwise.tanh),
    "hard_tanh": hard_tanh,
    "tanh_shrink": same(pointwise.tanh_shrink),
    "hard_shrink": same(pointwise.torch_hard_shrink, lambd="lambd"),
    "soft_shrink": same(pointwise.torch_soft_shrink, lambd="lambd"),
    "shrink": same(pointwise.onnx_shrink, lambd="lambd", bias="shift"),
    "softplus": either(same(pointwise.softplus), same(pointwise.torch_softplus, beta="beta", threshold="threshold")),
    "softsign": same(pointwise.softsign),
    "exp": same(pointwise.exponential),
    "threshold": same(pointwise.torch_threshold, threshold="threshold", value="value"),
    "thresholded_relu": layer(
        lambda node: partial(pointwise.threshold, threshold=node.args["alpha"], default_value=0.0)
    ),
    "clip": same(pointwise.onnx_clip, low="min", high="max"),
    "softmax": by_axis(along.softmax),
    "log_softmax": by_axis(along.log_softmax),
    "softmin": by_axis(along.softmin),
    "softmax2d": by_axis(along.softmax),
    "hardmax": by_axis(along.hardmax),
    "glu": gated,
}
