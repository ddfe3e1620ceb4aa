"""Seeded random data and weights, of sizes that keep a signal's size through a network."""

from math import prod

# Weights that are not centred on 0: scales and variances are near 1, and never negative.
NEAR_ONE = {"gamma", "scale", "moving_variance", "variance", "running_var", "input_var"}
# torch calls the scale of a normalisation by the name that a convolution has for its kernel.
NORMS = {"batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm"}


def inputs(program, dtype, seed):
    """Return the inputs of a program, each as `data` draws it for what reads it."""
    drawn = []
    for place, (shape, found) in enumerate(zip(program.shapes, program.lookups, strict=True)):
        least = min(found, key=lambda node: node.vectors, default=None)
        drawn.append(data(least, shape, dtype, seed, place))
    return drawn


def data(node, shape, dtype, seed, place=0):
    """Return an input of a shape: values of mean 0 and variance 1, or indices where a layer looks them up."""
    import numpy as np

    rng = np.random.default_rng([seed, 0, place] if place else [seed, 0])
    if node is not None and node.vectors is not None:
        return rng.integers(0, node.vectors, shape)
    return rng.standard_normal(shape, dtype if dtype.itemsize >= 4 else np.float32).astype(dtype, copy=False)


def weights(program, seed):
    """Return the weights of every layer of a program, by the framework's names."""
    return [layer_weights(program, index, seed) for index in range(len(program.nodes))]


def layer_weights(program, index, seed):
    """Return the weights of one layer by the framework's names; the same whatever the other layers are."""
    node = program.nodes[index]
    return {
        weight.name: one(node, weight, program.dtype, [seed, 1 + index, number])
        for number, weight in enumerate(node.weights)
        if weight.name != "num_batches_tracked"
    }


def one(node, weight, dtype, seed):
    """Return one weight: of the variance that keeps a signal for a kernel, near 1 for a scale."""
    import numpy as np

    rng = np.random.default_rng(seed)
    values = rng.standard_normal(weight.shape, np.float64 if dtype.itemsize == 8 else np.float32)
    if weight.name in NEAR_ONE or (node.kind in NORMS and weight.name == "weight"):
        return (1 + 0.2 * np.tanh(values)).astype(dtype, copy=False)
    # Everything but the outputs of a kernel is summed over; a kernel of one axis is not summed at all.
    axis = 1 if node.channels_first and len(node.output) > 1 else -1
    outputs = max(node.output[axis] if node.output else 1, 1)
    terms = max(prod(weight.shape) // outputs, 1) if len(weight.shape) > 1 else 16
    values *= terms**-0.5
    return values.astype(dtype, copy=False)
