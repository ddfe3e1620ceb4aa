"""Normalisations of axes: by mean and variance, by the root mean square, by length, by neighbouring channels."""

from math import prod

import numpy as np

from convcalc.numeric.fast.norm import by_statistics, centred, finish, mean_of
from convcalc.numeric.node import Kernel


def axes_of(node):
    """Return the axes that a layer normalises and the shape of its weights against the input.

    Keras sorts the axes as they were given and lays its weights out anew, whatever their own order was.
    """
    axes = len(node.shape)
    if node.framework == "keras":
        found = tuple(axis % axes for axis in node.args["axis"])
    elif node.framework == "onnx":
        found = tuple(range(node.args["axis"] % axes, axes))
    else:
        found = tuple(range(axes - len(node.args["normalized_shape"] or (1,)), axes))
    return found, tuple(n if axis in found else 1 for axis, n in enumerate(node.shape))


def layer_norm(node):
    """Bring the given axes to mean 0 and variance 1."""
    axes, shape = axes_of(node)
    if node.framework == "keras" and node.args["rms_scaling"]:
        return by_variance(node, axes, shape)
    return by_statistics(node, axes, shape)


def by_variance(node, axes, shape):
    """Return the kernel of Keras' `rms_scaling`: over the standard deviation, the mean left in."""
    epsilon, count = node.args["epsilon"], prod(node.shape[axis] for axis in axes)

    def run(inputs, weights):
        (x,) = inputs
        if not x.size:
            return np.empty(node.output, x.dtype)
        y, _, variance = centred(x, axes, count)
        np.multiply(x, (1 / np.sqrt(variance + epsilon)).astype(x.dtype), out=y)
        y *= weights["gamma"].reshape(shape)
        return y

    return Kernel(run, node.bytes(*node.shape) + 3 * 8 * (prod(node.shape) // max(count, 1)))


def rms_norm(node):
    """Bring the given axes to a mean square of 1."""
    axes, _ = axes_of(node)
    count = prod(node.shape[axis] for axis in axes)
    epsilon = node.args["epsilon"]
    name = node.names[0] if node.weights else None

    def run(inputs, weights):
        (x,) = inputs
        if not x.size:
            return np.empty(node.output, x.dtype)
        least = np.finfo(x.dtype).eps if epsilon is None else epsilon
        y = x * x
        scale = 1 / np.sqrt(mean_of(y, axes, count) + least)
        np.multiply(x, scale.astype(x.dtype), out=y)
        if name:
            # As it is: Keras does not lay it out along the axes that it normalises.
            y *= weights[name]
        return y

    return Kernel(run, 3 * 8 * (prod(node.shape) // max(count, 1)))


def unit_norm(node):
    """Bring the given axes to length 1; what has no length stays."""
    axes = node.args["axis"] if node.framework == "keras" else (node.args["axis"],)
    power = node.args.get("norm", 2)
    count = prod(node.shape[axis] for axis in axes)

    def run(inputs, weights):
        (x,) = inputs
        y = np.abs(x) if power == 1 else x * x
        length = np.add.reduce(y, axes, dtype=np.float64, keepdims=True)
        if power == 2:
            length = np.sqrt(length)
        length = np.maximum(length, 1e-12) if node.framework == "keras" else np.where(length == 0, 1, length)
        np.multiply(x, (1 / length).astype(x.dtype), out=y)
        return y

    return Kernel(run, 3 * 8 * (prod(node.shape) // max(count, 1)))


def local_response(node):
    """Divide each value by what the squares of neighbouring channels amount to."""
    a, shape = node.args, node.shape
    size, channels = a["size"], shape[1]
    # torch's even window reaches one further back; ONNX' sizes are odd.
    offsets = () if 0 in shape else range(max(-(size // 2), 1 - channels), min(size - size // 2, channels))

    def run(inputs, weights):
        (x,) = inputs
        # Of an input without cells torch does not look at the size.
        if not x.size:
            return np.empty(node.output, x.dtype)
        squares = x * x
        y = np.zeros_like(squares)
        for offset in offsets:
            low, high = max(0, -offset), min(channels, channels - offset)
            y[:, low:high] += squares[:, low + offset : high + offset]
        y *= a["alpha"] / size
        y += a["constant"]
        y **= a["beta"]
        return np.divide(x, y, out=y)

    return Kernel(run, node.bytes(*shape))


def mean_variance(node):
    """Bring ONNX' axes to mean 0 and variance 1; onnxruntime passes over axes that the input does not have."""
    rank = len(node.shape)
    axes = tuple({axis % rank for axis in node.args["axis"] if -rank <= axis < rank})
    count = prod(node.shape[axis] for axis in axes)

    def run(inputs, weights):
        (x,) = inputs
        if not x.size:
            return np.empty(node.output, x.dtype)
        # onnxruntime adds nothing to the deviation, whatever the operator's page says.
        y, rest, variance = centred(x, axes, count)
        scale = 1 / np.sqrt(variance)
        finish(y, scale, -rest * scale)
        return y

    return Kernel(run, node.bytes(*node.shape) + 3 * 8 * (prod(node.shape) // max(count, 1)))


RULES = {
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "unit_norm": unit_norm,
    "local_response_norm": local_response,
    "mean_variance_norm": mean_variance,
}
