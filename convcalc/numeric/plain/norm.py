"""Normalisations of channels by their definition: the values that share a mean are gathered, one set after another."""

import numpy as np


def normal(values, epsilon):
    """Return values less their mean, over the root of their variance."""
    centred = values - values.sum() / values.size
    return centred / np.sqrt((centred**2).sum() / values.size + epsilon)


def weight(weights, names, index, default):
    """Return a channel's entry of the first of the named weights that there is."""
    for name in names:
        if name in weights:
            return weights[name].reshape(-1)[index]
    return default


def scaled(values, weights, index):
    """Return ``gamma * values + beta`` of a channel."""
    gamma = weight(weights, ("gamma", "weight", "scale"), index, 1.0)
    return gamma * values + weight(weights, ("beta", "bias", "B"), index, 0.0)


def running(values, weights, index, epsilon):
    """Return values less the running mean of a channel, over the root of its running variance."""
    mean = weight(weights, ("moving_mean", "running_mean", "input_mean"), index, None)
    variance = weight(weights, ("moving_variance", "running_var", "input_var"), index, None)
    return (values - mean) / np.sqrt(variance + epsilon)


def takes_data(node):
    """Tell whether the statistics are those of the data."""
    if node.framework == "torch":
        return node.training or not node.args["track_running_stats"]
    return node.training and node.args.get("trainable", True)


def batch_norm(node, inputs, weights):
    """Return ``gamma*(x - mean)/sqrt(variance + epsilon) + beta`` a channel."""
    (x,), epsilon = inputs, node.args["epsilon"]
    y = np.empty(node.output)
    if not x.size:
        return y
    axis = node.args["axis"] if node.framework == "keras" else 1
    channels, out = np.moveaxis(x, axis, 0), np.moveaxis(y, axis, 0)
    for index, values in enumerate(channels):
        if not takes_data(node):
            values = running(values, weights, index, epsilon)
        elif node.framework == "keras" and node.args["renorm"]:
            values = renormalised(node, values, weights, index)
        else:
            values = normal(values, epsilon)
        out[index] = scaled(values, weights, index)
    return y


def renormalised(node, values, weights, index):
    """Return Keras' ``(x - mean)/deviation * r + d``; r and d lead from the batch's statistics to the running ones."""
    limits = node.args["renorm_clipping"] or {}
    mean = values.sum() / values.size
    deviation = np.sqrt(((values - mean) ** 2).sum() / values.size + node.args["epsilon"])
    kept = max(weights["renorm_stddev"][index], np.sqrt(node.args["epsilon"]))
    r = max(deviation / kept, limits.get("rmin") or -np.inf)
    r = min(r, np.inf if limits.get("rmax") is None else limits["rmax"])
    d = (mean - weights["renorm_mean"][index]) / kept
    most = np.inf if limits.get("dmax") is None else limits["dmax"]
    return (values - mean) / deviation * r + min(max(d, -most), most)


def instance_norm(node, inputs, weights):
    """Return ``gamma*(x - mean)/sqrt(variance + epsilon) + beta`` a sample and channel."""
    (x,), epsilon = inputs, node.args["epsilon"]
    # ONNX' and torch's layers have a batch; torch's takes a sample without one too.
    rank = node.rank or max(x.ndim - 2, 1)
    if not x.size:
        return np.empty(node.output)
    x = x.reshape(-1, *x.shape[-rank - 1 :])
    y = np.empty(x.shape)
    by_data = node.framework == "onnx" or takes_data(node)
    for sample, channel in np.ndindex(x.shape[:2]):
        values = x[sample, channel]
        values = normal(values, epsilon) if by_data else running(values, weights, channel, epsilon)
        y[sample, channel] = scaled(values, weights, channel)
    return y.reshape(node.output)


def group_norm(node, inputs, weights):
    """Return ``gamma*(x - mean)/sqrt(variance + epsilon) + beta`` a sample and group of channels."""
    (x,), a = inputs, node.args
    y = np.empty(node.output)
    if not x.size:
        return y
    axis = a["axis"] % x.ndim if node.framework == "keras" else 1
    together = x.shape[axis] // (x.shape[axis] if a["groups"] == -1 else a["groups"])
    # Where Keras' channels are the batch, it takes the last axis for the samples.
    samples = 0 if axis else x.ndim - 1
    x, out = (np.moveaxis(array, (samples, axis), (0, 1)) for array in (x, y))
    for sample in range(x.shape[0]):
        for first in range(0, x.shape[1], together):
            group = normal(x[sample, first : first + together], a["epsilon"])
            for offset, values in enumerate(group):
                out[sample, first + offset] = scaled(values, weights, first + offset)
    return y


RULES = {"batch_norm": batch_norm, "instance_norm": instance_norm, "group_norm": group_norm}
