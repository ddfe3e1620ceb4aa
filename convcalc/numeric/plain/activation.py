"""Activations by their definition: a call a number, or a loop over the rows along an axis."""

import math

import numpy as np

from convcalc import activations
from convcalc.numeric import custom
from convcalc.numeric.plain import scalars

OTHER_NAMES = {"swish": "silu", "hard_swish": "hard_silu"}


def mapped(x, formula, *args, **arguments):
    """Return a formula's value of every number of an array."""
    y = np.empty(x.shape)
    for cell in np.ndindex(x.shape):
        y[cell] = formula(float(x[cell]), *args, **arguments)
    return y


def rows(x, axes, formula):
    """Return what a formula makes of every row: the list of the values along axes to a list of as many."""
    y = np.empty(x.shape)
    rest = [axis for axis in range(x.ndim) if axis not in axes]
    for cell in np.ndindex(*[x.shape[axis] for axis in rest]):
        place: list = [slice(None)] * x.ndim
        for axis, index in zip(rest, cell, strict=True):
            place[axis] = index
        row = x[tuple(place)]
        y[tuple(place)] = np.reshape(formula([float(v) for v in np.ravel(row)]), np.shape(row))
    return y


def softmax(row):
    """Return exp(v) over their sum; all moved by the greatest, which changes nothing."""
    top = highest(row)
    powers = [scalars.exp(v - top) for v in row]
    return [scalars.over(p, sum(powers)) for p in powers]


def softmin(row):
    """Return the softmax of -v."""
    return softmax([-v for v in row])


def log_softmax(row):
    """Return v - log(sum(exp(v)))."""
    top = highest(row)
    total = sum(scalars.exp(v - top) for v in row)
    return [v - top - (math.log(total) if total else -math.inf) for v in row]


def highest(row):
    """Return the greatest value; what is no number wins."""
    return math.nan if any(map(math.isnan, row)) else max(row, default=0.0)


def hardmax(row):
    """Return 1 for the first of the greatest, else 0; what is no number is not the greatest."""
    numbers = [-math.inf if math.isnan(v) else v for v in row]
    top = numbers.index(max(numbers)) if row else 0
    return [float(index == top) for index in range(len(row))]


def sparsemax(row):
    """Return max(v - tau, 0), where tau comes from the k greatest: those that are over (their sum - 1)/k.

    Keras' tau has the sum of all k running sums in the place of the last of them.
    """
    # What is no number is after them all.
    falling = sorted((v for v in row if not math.isnan(v)), reverse=True)
    sums = []
    for k in range(1, len(falling) + 1):
        running = math.fsum(falling[:k])
        if falling[k - 1] - (running - 1) / k > 0:
            sums.append(running)
    tau = scalars.over(math.fsum(sums) - 1, len(sums))
    return [scalars.greater(v - tau, 0.0) for v in row]


def glu(x, axis):
    """Return the first half along an axis times the sigmoid of the second."""
    first, second = np.split(x, 2, axis)
    return first * mapped(second, scalars.sigmoid)


def named(node, y):
    """Return what a layer's own activation makes of its output."""
    value = node.args["activation"]
    if value is None:
        return y
    name, given = (value, ()) if value.__class__ is str else (value.name, value.args)
    if ":" in name:
        return custom.values(name, custom.load(value, node.trusted), y)
    arguments, _ = activations.settle(name, given)
    return keras(OTHER_NAMES.get(name, name), y, arguments)


def keras(name, y, arguments):
    """Return what Keras' function of a name makes of an array."""
    if name == "glu":
        return glu(y, arguments["axis"])
    if name in ("softmax", "log_softmax", "sparsemax"):
        axis = arguments["axis"]
        axes = range(y.ndim) if axis is None else [axis % y.ndim]
        return rows(y, axes, {"softmax": softmax, "log_softmax": log_softmax, "sparsemax": sparsemax}[name])
    return mapped(y, getattr(scalars, name), **arguments)


def activation(node, inputs, weights):
    """Return what Keras' Activation layer gives: its function's value."""
    return named(node, inputs[0])


def each(formula, *keys):
    """Return the definition of a layer: a formula of every number and of the arguments under some keys."""
    return lambda node, inputs, weights: mapped(inputs[0], formula, *[node.args[key] for key in keys]).reshape(
        node.output
    )


def relu(node, inputs, weights):
    """Return max(x, 0); Keras' layer has arguments."""
    own = {key: node.args[key] for key in ("negative_slope", "max_value", "threshold") if key in node.args}
    return mapped(inputs[0], scalars.relu, **own).reshape(node.output)


def prelu(node, inputs, weights):
    """Return x where it is above 0, else its slope times x."""
    (x,) = inputs
    (slope,) = weights.values()
    spread = node.args.get("slope_shape") is not None
    if spread:
        x, slope = (np.broadcast_to(values, node.output) for values in (x, slope))
    y = np.empty(x.shape)
    for cell in np.ndindex(x.shape):
        if node.framework == "keras":
            own = slope[tuple(min(i, n - 1) for i, n in zip(cell[1:], slope.shape, strict=True))]
            # Both parts are computed and added.
            y[cell] = scalars.greater(x[cell], 0.0) - own * scalars.greater(-x[cell], 0.0)
            continue
        own = slope[cell] if spread else slope.ravel()[cell[min(1, x.ndim - 1)] if slope.size > 1 else 0]
        y[cell] = x[cell] if x[cell] > 0 else own * x[cell]
    return y.reshape(node.output)


def random_relu(node, inputs, weights):
    """Return x, or the mean slope times x below 0."""
    return mapped(inputs[0], scalars.leaky_relu, (node.args["lower"] + node.args["upper"]) / 2)


def selu(node, inputs, weights):
    """Return selu; ONNX' constants are arguments."""
    return each(scalars.selu, *(("alpha", "gamma") if node.framework == "onnx" else ()))(node, inputs, weights)


def silu(node, inputs, weights):
    """Return silu; ONNX' Swish has a factor."""
    return each(scalars.silu, *(("alpha",) if node.framework == "onnx" else ()))(node, inputs, weights)


def gelu(node, inputs, weights):
    """Return gelu in the form that is asked for."""
    return mapped(inputs[0], scalars.gelu, node.args["approximate"] == "tanh").reshape(node.output)


def hard_sigmoid(node, inputs, weights):
    """Return the line of the framework between 0 and 1."""
    if node.framework == "onnx":
        return each(scalars.onnx_hard_sigmoid, "alpha", "beta")(node, inputs, weights)
    return each(scalars.hard_sigmoid)(node, inputs, weights)


def softplus(node, inputs, weights):
    """Return softplus; torch's has a factor and a threshold."""
    if node.framework == "torch":
        return each(scalars.torch_softplus, "beta", "threshold")(node, inputs, weights)
    return each(scalars.softplus)(node, inputs, weights)


def hard_tanh(node, inputs, weights):
    """Return x between bounds, of which the older names win."""
    a = node.args
    low = a["min_val"] if a["min_value"] is None else a["min_value"]
    high = a["max_val"] if a["max_value"] is None else a["max_value"]
    return mapped(inputs[0], scalars.bounded, low, high).reshape(node.output)


def clip(node, inputs, weights):
    """Return x between bounds; one that is not given is the largest number of the type."""
    most = float(np.finfo(np.float64 if node.itemsize == 8 else np.float32).max)
    low = -most if node.args["min"] is None else node.args["min"]
    high = most if node.args["max"] is None else node.args["max"]
    return mapped(inputs[0], scalars.bounded, low, high).reshape(node.output)


def thresholded_relu(node, inputs, weights):
    """Return x where it is above alpha, else 0."""
    return mapped(inputs[0], scalars.threshold, node.args["alpha"], 0.0).reshape(node.output)


def along(formula):
    """Return the definition of a layer that works along an axis, or several at once."""

    def rule(node, inputs, weights):
        count, axis = len(node.shape), node.args.get("axis")
        if node.kind == "softmax2d":
            axis = count - 3
        elif axis is None and node.framework == "torch":
            axis = 1 if count == 2 or count > 3 else 0
        if count == 0:
            return mapped(inputs[0], lambda v: formula([v])[0])
        axes = range(count) if axis is None else axis if axis.__class__ is tuple else (axis,)
        return rows(inputs[0], [a % count for a in axes], formula)

    return rule


def gated(node, inputs, weights):
    """Return half of an axis times the sigmoid of the other half."""
    return glu(inputs[0], node.args["axis"])


RULES = {
    "activation": activation,
    "relu": relu,
    "relu6": each(scalars.relu6),
    "leaky_relu": each(scalars.leaky_relu, "negative_slope"),
    "prelu": prelu,
    "rrelu": random_relu,
    "elu": each(scalars.elu, "alpha"),
    "selu": selu,
    "celu": each(scalars.celu, "alpha"),
    "gelu": gelu,
    "silu": silu,
    "mish": each(scalars.mish),
    "sigmoid": each(scalars.sigmoid),
    "hard_sigmoid": hard_sigmoid,
    "log_sigmoid": each(scalars.log_sigmoid),
    "hard_swish": each(scalars.hard_silu),
    "tanh": each(scalars.tanh),
    "hard_tanh": hard_tanh,
    "tanh_shrink": each(scalars.tanh_shrink),
    "hard_shrink": each(scalars.torch_hard_shrink, "lambd"),
    "soft_shrink": each(scalars.torch_soft_shrink, "lambd"),
    "shrink": each(scalars.onnx_shrink, "lambd", "shift"),
    "softplus": softplus,
    "softsign": each(scalars.softsign),
    "exp": each(scalars.exponential),
    "threshold": each(scalars.torch_threshold, "threshold", "value"),
    "thresholded_relu": thresholded_relu,
    "clip": clip,
    "softmax": along(softmax),
    "log_softmax": along(log_softmax),
    "softmin": along(softmin),
    "softmax2d": along(softmax),
    "hardmax": along(hardmax),
    "glu": gated,
}
