"""Normalisations of axes by their definition: a set of values after another."""

import numpy as np

from convcalc.numeric.plain.norm import normal


def last(x, axes):
    """Return a view of an array with the given axes last, and how many axes stand before them."""
    axes = sorted({axis % x.ndim for axis in axes})
    return np.moveaxis(x, axes, range(x.ndim - len(axes), x.ndim)), x.ndim - len(axes)


def each(x, axes, function):
    """Return what a function makes of the values along the given axes, one set after another."""
    y = np.empty(x.shape)
    (before, kept), (after, _) = last(x, axes), last(y, axes)
    for cell in np.ndindex(before.shape[:kept]):
        after[cell] = function(before[cell])
    return y


def axes_of(node):
    """Return the axes that a layer normalises."""
    if node.framework == "keras":
        return node.args["axis"]
    if node.framework == "onnx":
        return range(node.args["axis"] % len(node.shape), len(node.shape))
    return range(-len(node.args["normalized_shape"] or (1,)), 0)


def along(node, weight):
    """Return a weight in a shape that broadcasts along the axes: its values in order, whatever its own axes were."""
    axes = {axis % len(node.shape) for axis in axes_of(node)}
    return weight.reshape([n if axis in axes else 1 for axis, n in enumerate(node.shape)])


def layer_norm(node, inputs, weights):
    """Return ``gamma*(x - mean)/sqrt(variance + epsilon) + beta`` along the axes."""
    (x,), epsilon = inputs, node.args["epsilon"]

    def deviation_alone(values):
        # Keras' rms_scaling divides by the root of the variance, and leaves the mean in.
        return values / np.sqrt(((values - values.sum() / values.size) ** 2).sum() / values.size + epsilon)

    scaling = node.framework == "keras" and node.args["rms_scaling"]
    if not x.size:
        return np.empty(node.output)
    y = each(x, axes_of(node), deviation_alone if scaling else lambda values: normal(values, epsilon))
    for name in ("gamma", "weight", "Scale"):
        if name in weights:
            y *= along(node, weights[name])
    for name in ("beta", "bias", "B"):
        if name in weights:
            y += along(node, weights[name])
    return y


def rms_norm(node, inputs, weights):
    """Return ``scale * x / sqrt(mean(x**2) + epsilon)`` along the axes."""
    (x,), epsilon = inputs, node.args["epsilon"]
    if epsilon is None:
        epsilon = np.finfo(np.float64 if node.itemsize == 8 else np.float32).eps
    if not x.size:
        return np.empty(node.output)
    y = each(x, axes_of(node), lambda values: values / np.sqrt((values**2).sum() / values.size + epsilon))
    for scale in weights.values():
        y = y * scale
    return y


def unit_norm(node, inputs, weights):
    """Return x over its length along the axes; what has no length stays."""
    (x,), a = inputs, node.args
    p = a.get("norm", 2)

    def unit(values):
        length = (np.abs(values) ** p).sum() ** (1 / p)
        return values / (max(length, 1e-12) if node.framework == "keras" else length or 1)

    return each(x, a["axis"] if node.framework == "keras" else (a["axis"],), unit)


def local_response(node, inputs, weights):
    """Return ``x / (k + alpha/size * sum of squares of the channels in reach)**beta``."""
    (x,), a = inputs, node.args
    y = np.empty(node.output)
    if not x.size:
        return y
    for channel in range(x.shape[1]):
        first = channel - a["size"] // 2
        near = [x[:, c] ** 2 for c in range(max(first, 0), min(first + a["size"], x.shape[1]))]
        y[:, channel] = x[:, channel] / (a["constant"] + a["alpha"] / a["size"] * sum(near)) ** a["beta"]
    return y


def mean_variance(node, inputs, weights):
    """Return ``(x - mean)/sqrt(variance)`` along the axes; those that the input does not have are passed over."""
    (x,) = inputs
    axes = [axis for axis in node.args["axis"] if -x.ndim <= axis < x.ndim]
    return each(x, axes, lambda values: normal(values, 0)) if x.size else x.copy()


RULES = {
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "unit_norm": unit_norm,
    "local_response_norm": local_response,
    "mean_variance_norm": mean_variance,
}
