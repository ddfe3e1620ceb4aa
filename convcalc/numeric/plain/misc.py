"""Layers of no other kind by their definition: a vector, a value or a step after another."""

import numpy as np


def embedding(node, inputs, weights):
    """Return the vector of each index; what was given of lengths and small matrices counts before."""
    a, table = node.args, weights[node.names[0]]
    if a.get("lora_rank"):
        # What a layer is given as lora_alpha Keras forgets when it builds it.
        table = table + weights["lora_embeddings_a"] @ weights["lora_embeddings_b"]
    y = np.empty(node.output)
    for cell in np.ndindex(inputs[0].shape):
        vector = table[int(inputs[0][cell])]
        if a.get("max_norm") is not None:
            length = size(vector, a["norm_type"])
            if length > a["max_norm"]:
                vector = vector * a["max_norm"] / (length + 1e-7)
        y[cell] = vector
    return y


def size(vector, power):
    """Return the length of a vector by a power; by 0 it is the number of values other than 0."""
    if power == 0:
        return sum(value != 0 for value in vector)
    return sum(abs(value) ** power for value in vector) ** (1 / power)


def rescaling(node, inputs, weights):
    """Return ``x * scale + offset``, in which the last axis may have a constant for each value."""
    (x,) = inputs
    y = np.empty(node.output)
    scale, offset = (np.ravel(node.args[key]) for key in ("scale", "offset"))
    for cell in np.ndindex(x.shape):
        last = cell[-1] if cell else 0
        y[cell] = x[cell] * scale[last % len(scale)] + offset[last % len(offset)]
    return y


def masking(node, inputs, weights):
    """Return 0 for each step of which every value is the masked one."""
    (x,) = inputs
    y = np.zeros(node.output)
    for step in np.ndindex(x.shape[:-1]):
        if any(value != node.args["mask_value"] for value in x[step]):
            y[step] = x[step]
    return y


def normalization(node, inputs, weights):
    """Return ``(x - mean) / sqrt(variance)``, or ``mean + x * sqrt(variance)``, the root 1e-7 or more."""
    (x,) = inputs
    a = node.args if node.args["mean"] is not None else weights
    mean, variance = np.asarray(a["mean"], float), np.asarray(a["variance"], float)
    axes = sorted(axis % x.ndim for axis in node.args["axis"] or ())
    y = np.empty(node.output)
    for cell in np.ndindex(x.shape):
        # The constants' axes are the last of the ones named; one value is that of every place.
        own = [cell[axis] for axis in axes][len(axes) - mean.ndim :]
        place = tuple(0 if n == 1 else at for at, n in zip(own, mean.shape, strict=True))
        root = max(variance[place] ** 0.5, 1e-7)
        y[cell] = mean[place] + x[cell] * root if node.args["invert"] else (x[cell] - mean[place]) / root
    return y


def through(node, inputs, weights):
    """Return a copy of the input."""
    return inputs[0].astype(float)


RULES = {
    "normalization": normalization,
    "embedding": embedding,
    "rescaling": rescaling,
    "identity": through,
    "masking": masking,
    "activity_regularization": through,
}
