"""Keras' masks: where one would change an output, the network is refused instead of answered wrongly."""

# What passes a mask on to its output.
PASSES = {
    *("activation", "relu", "leaky_relu", "prelu", "elu", "softmax", "dense", "identity", "rescaling", "masking"),
    *("batch_norm", "group_norm", "layer_norm", "unit_norm", "activity_regularization"),
    *("dropout", "channel_dropout", "alpha_dropout", "gaussian_dropout", "gaussian_noise"),
    *("add", "subtract", "multiply", "average", "maximum", "minimum", "concat"),
}


def begins(node):
    """Tell whether a layer makes a mask of its input."""
    return node.kind == "masking" or (node.kind == "embedding" and node.args["mask_zero"])


def reads(node):
    """Tell whether a layer's output depends on a mask that its input has."""
    if node.kind == "batch_norm":
        return node.training and node.args["trainable"]
    return node.kind == "softmax" or (node.kind == "global_average_pool" and node.rank == 1)


def check(nodes, inputs):
    """Refuse a network in which a mask reaches a layer that reads it.

    Raises
    ------
    SpecError
        With `layer`, the index of that layer.
    """
    masked: set = set()
    for index, (node, sources) in enumerate(zip(nodes, inputs, strict=True)):
        if node.framework != "keras":
            return
        if not masked.isdisjoint(sources):
            if reads(node):
                error = node.site.illegal(
                    f"{node.type} leaves out what a mask before it marks, and masks are not computed.",
                    "Leave out mask_zero, or the Masking.",
                )
                raise error.at(layer=index)
            if node.kind in PASSES:
                masked.add(index)
        if begins(node):
            masked.add(index)
