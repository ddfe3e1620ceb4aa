"""Layers of no other kind: embeddings, rescaling, masking, and those that let their input through."""

import numpy as np

from convcalc.numeric.node import Kernel


def embedding(node):
    """Look each index up in the table of vectors."""
    a = node.args
    number = a["num_embeddings"]
    rank, limit = a.get("lora_rank"), a.get("max_norm")
    cells = node.bytes(*node.shape) // node.itemsize

    def run(inputs, weights):
        index = indices(node, inputs[0], number)
        y = weights[node.names[0]][index]
        if rank:
            # Keras forgets the layer's lora_alpha when it builds it: the small matrices are added as they are.
            y += weights["lora_embeddings_a"][index] @ weights["lora_embeddings_b"]
        elif limit is not None:
            shorten(y, limit, a["norm_type"])
        return y

    work = 8 * cells
    if rank:
        work += node.bytes(*node.output) + node.bytes(cells, rank)
    elif limit is not None:
        work += node.bytes(*node.output) + 3 * 8 * cells
    return Kernel(run, work)


def indices(node, x, number):
    """Return the rows of the table; refuse one that it does not have. Keras counts negative ones from the end."""
    index = x.astype(np.int64, copy=False)
    least = -number if node.framework == "keras" else 0
    if index.size and (index.min() < least or index.max() >= number):
        odd = index.min() if index.min() < least else index.max()
        raise node.site.refuse(
            "wrong_shape",
            f"{node.type} has no vector {odd}: it has {number}.",
            f"Give indices from 0 to {number - 1}.",
        )
    return index


def shorten(y, limit, power):
    """Bring each vector that is longer than the limit to its length, as torch does before it looks it up."""
    length = norm(y, power)
    scale = np.where(length > limit, limit / (length + 1e-7), 1)
    y *= scale.astype(y.dtype)


def norm(y, power):
    """Return the length of each vector by a power."""
    size = np.abs(y)
    if power == 0:
        return (size != 0).sum(-1, keepdims=True)
    size **= power
    return np.add.reduce(size, -1, dtype=np.float64, keepdims=True) ** (1 / power)


def rescaling(node):
    """Multiply by a constant and add one."""
    scale, offset = node.args["scale"], node.args["offset"]
    check_constants(node)

    def run(inputs, weights):
        (x,) = inputs
        y = np.multiply(x, np.asarray(scale, x.dtype))
        y += np.asarray(offset, x.dtype)
        return y

    return Kernel(run)


def check_constants(node):
    """Refuse several constants for one cell: Keras sizes the layer as its input, and makes more of it when it runs."""
    for key in ("scale", "offset"):
        count = np.size(node.args[key])
        if count > 1 and count != (node.shape or (1,))[-1]:
            raise node.site.refuse(
                "wrong_shape",
                f"Rescaling's {count} values of {key} make more of a last axis of {(node.shape or (1,))[-1]}.",
                "Give one number.",
                key,
            )


def masking(node):
    """Set the steps to 0 of which every value is the masked one."""
    value = node.args["mask_value"]

    def run(inputs, weights):
        (x,) = inputs
        kept = (x != x.dtype.type(value)).any(-1, keepdims=True)
        return np.where(kept, x, x.dtype.type(0))

    return Kernel(run, node.bytes(*node.shape) // node.itemsize * 2)


def normalization(node):
    """Subtract the mean and divide by the root of the variance, or the other way round; neither divides by nothing."""
    given, axis = node.args["mean"] is not None, node.args["axis"]
    axes = sorted(at % len(node.shape) for at in axis or ())
    invert = node.args["invert"]

    def along(values, dtype):
        values = np.asarray(values, dtype)
        sizes = iter((1,) * (len(axes) - values.ndim) + values.shape)
        return values.reshape([next(sizes) if at in axes else 1 for at in range(len(node.shape))])

    def run(inputs, weights):
        (x,) = inputs
        a = node.args if given else weights
        mean, root = along(a["mean"], x.dtype), np.sqrt(along(a["variance"], x.dtype))
        root = np.maximum(root, x.dtype.type(LEAST))
        if invert:
            y = x * root
            y += mean
            return y
        y = x - mean
        y /= root
        return y

    return Kernel(run)


def through(node):
    """Let the input through."""
    return Kernel(lambda inputs, weights: inputs[0])


# What Keras puts in the place of a smaller root of a variance.
LEAST = 1e-7

RULES = {
    "normalization": normalization,
    "embedding": embedding,
    "rescaling": rescaling,
    "identity": through,
    "masking": masking,
    "activity_regularization": through,
}
