"""The layers of Keras' ready-made models by their definition."""

import numpy as np

from convcalc.numeric.plain.merge import row


def layer_scale(node, inputs, weights):
    """Return each value times the factor of its channel."""
    (x,) = inputs
    y = np.empty(node.output)
    factors = weights["gamma"]
    for cell in np.ndindex(node.output):
        own = x[(*cell[:-1], 0 if x.shape[-1] == 1 else cell[-1])] if x.ndim else x[()]
        y[cell] = own * factors[0 if len(factors) == 1 else cell[-1]]
    return y


def stochastic_depth(node, inputs, weights):
    """Return a copy of the input."""
    return inputs[0].astype(float)


def scaled_sum(node, inputs, weights):
    """Return the first input plus the second times a constant, a row at a time."""
    y = np.empty(node.output)
    for cell in np.ndindex(node.output[:-1]):
        first, second = (row(node, x, cell) for x in inputs)
        y[cell] = first + second * node.args["scale"]
    return y


RULES = {"layer_scale": layer_scale, "stochastic_depth": stochastic_depth, "scaled_sum": scaled_sum}
