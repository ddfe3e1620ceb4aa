"""The layers of Keras' ready-made models, computed."""

from convcalc.numeric.fast.merge import aligned
from convcalc.numeric.node import Kernel


def layer_scale(node):
    """Multiply each channel by its factor."""
    return Kernel(lambda inputs, weights: inputs[0] * weights["gamma"])


def stochastic_depth(node):
    """Let the input through: whole branches are dropped in training alone."""
    if node.training:
        raise node.site.illegal(f"{node.type} in training is random.", "Leave out training.")
    return Kernel(lambda inputs, weights: inputs[0])


def scaled_sum(node):
    """Add the second input times a constant to the first."""
    scale = node.args["scale"]

    def run(inputs, weights):
        x, other = aligned(node, inputs)
        return x + other * other.dtype.type(scale)

    return Kernel(run, node.bytes(*node.shapes[1]))


RULES = {"layer_scale": layer_scale, "stochastic_depth": stochastic_depth, "scaled_sum": scaled_sum}
