"""Dropouts and noise: what they are without chance."""

from convcalc.numeric.node import Kernel


def through(node):
    """Let the input through; refuse what is drawn at random."""
    a = node.args
    strength = a["stddev"] if "stddev" in a else a["rate"]
    # ONNX' node may say for itself that it is in training.
    if strength and (node.training or a.get("training_mode")):
        raise node.site.illegal(
            f"{node.type} is random in training: it has no one output.", "Leave training out, or give a rate of 0."
        )
    return Kernel(unchanged)


def unchanged(inputs, weights):
    """Return the input."""
    return inputs[0]


RULES = dict.fromkeys(
    ("dropout", "channel_dropout", "alpha_dropout", "feature_alpha_dropout", "gaussian_dropout", "gaussian_noise"),
    through,
)
