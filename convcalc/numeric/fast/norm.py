"""Normalisations of channels: statistics in two passes, summed in float64, or the running ones."""

from math import prod

import numpy as np

from convcalc.layers.norm_torch import site_rank
from convcalc.numeric.node import Kernel


def batch_norm(node):
    """Bring each channel to mean 0 and variance 1 over the batch and its cells, or by its running statistics."""
    a = node.args
    axis = a["axis"] % len(node.shape) if node.framework == "keras" else 1
    if by_data(node):
        check_spread(node, prod(n for at, n in enumerate(node.shape) if at != axis), "value per channel")
        if node.framework == "keras" and a["renorm"]:
            return renormalised(node, axis)
        axes = tuple(at for at in range(len(node.shape)) if at != axis)
        return by_statistics(node, axes, spread(node.shape, axis))
    return by_running(node, spread(node.shape, axis))


def by_data(node):
    """Tell whether the statistics are the data's own."""
    a = node.args
    if node.framework == "torch":
        return node.training or not a["track_running_stats"]
    return node.training and a.get("trainable", True)


def check_spread(node, count, what):
    """Refuse in torch a mean over one value alone, in training."""
    if count == 1 and node.framework == "torch":
        raise node.site.refuse(
            "wrong_shape",
            f"{node.type} in training takes its statistics from the input, which has one {what}: "
            f"({', '.join(map(str, node.shape))}).",
            "Give a larger batch or more cells.",
        )


def spread(shape, axis):
    """Return the shape in which the weights of an axis broadcast.

    >>> spread((4, 28, 28, 3), 3)
    (1, 1, 1, 3)
    """
    return tuple(n if at == axis else 1 for at, n in enumerate(shape))


# What the frameworks call a normalisation's scale, shift, mean and variance.
NAMES = (
    ("gamma", "weight", "scale", "Scale"),
    ("beta", "bias", "B"),
    ("moving_mean", "running_mean", "input_mean"),
    ("moving_variance", "running_var", "input_var"),
)


def roles(node):
    """Return the names of the node's scale, shift, mean and variance, None for those that it does not have."""
    return [next((name for name in names if name in node.names), None) for names in NAMES]


def by_running(node, shape):
    """Return the kernel of a scale and a shift that the running statistics make."""
    gamma, beta, mean, variance = roles(node)
    epsilon = node.args["epsilon"]

    def run(inputs, weights):
        (x,) = inputs
        if not x.size:
            return np.empty(node.output, x.dtype)
        scale = 1 / np.sqrt(weights[variance].astype(np.float64) + epsilon)
        if gamma:
            scale *= weights[gamma]
        shift = -weights[mean] * scale
        if beta:
            shift += weights[beta]
        y = x * scale.reshape(shape).astype(x.dtype)
        y += shift.reshape(shape).astype(x.dtype)
        return y

    return Kernel(run, 6 * 8 * prod(shape))


def by_statistics(node, axes, shape, split=None):
    """Return the kernel that takes mean and variance over `axes`.

    The weights are broadcast in `shape`; `split` is a shape to lay the input out in before.
    """
    gamma, beta, *_ = roles(node)
    epsilon = node.args["epsilon"]
    laid = split or node.shape
    count = prod(laid[axis] for axis in axes)
    sets = prod(laid) // max(count, 1)
    together = prod(n if at not in axes or m > 1 else 1 for at, (n, m) in enumerate(zip(laid, shape, strict=True)))
    # Weights along the axes of the mean are as many as the values together with it.
    apart = together > max(sets, prod(shape))

    def run(inputs, weights):
        (x,) = inputs
        if not x.size:
            return np.empty(node.output, x.dtype)
        y, rest, variance = centred(x.reshape(split) if split else x, axes, count)
        scale = 1 / np.sqrt(variance + epsilon)
        if apart:
            finish(y, scale, -rest * scale)
            if gamma:
                y *= weights[gamma].reshape(shape)
            if beta:
                y += weights[beta].reshape(shape)
        else:
            if gamma:
                scale = scale * weights[gamma].reshape(shape)
            finish(y, scale, -rest * scale + (weights[beta].reshape(shape) if beta else 0))
        return y.reshape(node.output) if split else y

    return Kernel(run, max(node.bytes(*node.shape), 4 * 8 * max(sets, prod(shape))) + 8 * sets)


def centred(x, axes, count):
    """Return an array less its mean over axes, what rounding left of the mean, and the variance, both in float64."""
    mean = mean_of(x, axes, count)
    near = mean.astype(x.dtype)
    y = x - near
    rest = mean - near
    return y, rest, mean_of(y * y, axes, count) - rest * rest


def finish(y, scale, shift):
    """Multiply and add in place, by what was computed in float64."""
    y *= scale.astype(y.dtype)
    y += shift.astype(y.dtype)


def mean_of(x, axes, count):
    """Return the mean over axes in float64, the axes kept."""
    return np.add.reduce(x, axes, dtype=np.float64, keepdims=True) / count


def renormalised(node, axis):
    """Return the kernel of Keras' batch renormalisation, whose statistics are corrected by the running ones."""
    gamma, beta, *_ = roles(node)
    epsilon, limits = node.args["epsilon"], clipping(node)
    axes = tuple(at for at in range(len(node.shape)) if at != axis)
    count = prod(node.shape[at] for at in axes)
    shape = spread(node.shape, axis)

    def run(inputs, weights):
        (x,) = inputs
        if not x.size:
            return np.empty(node.output, x.dtype)
        y, rest, variance = centred(x, axes, count)
        deviation = np.sqrt(variance + epsilon)
        mean = mean_of(x, axes, count)
        running = np.maximum(weights["renorm_stddev"].astype(np.float64), epsilon**0.5).reshape(shape)
        least, most = limits.get("rmin"), limits.get("rmax")
        # NumPy 2.0 takes no clipping at neither end.
        r = np.clip(deviation / running, -np.inf if least is None else least, np.inf if most is None else most)
        d = (mean - weights["renorm_mean"].reshape(shape)) / running
        if limits.get("dmax") is not None:
            d = np.clip(d, -limits["dmax"], limits["dmax"])
        r /= deviation
        if gamma:
            r *= weights[gamma].reshape(shape)
            d *= weights[gamma].reshape(shape)
        if beta:
            d += weights[beta].reshape(shape)
        finish(y, r, d - rest * r)
        return y

    return Kernel(run, node.bytes(*node.shape) + 12 * 8 * prod(shape))


def clipping(node):
    """Return the bounds of a batch renormalisation's corrections: ``rmin``, ``rmax`` and ``dmax``, as far as given."""
    given = node.args["renorm_clipping"]
    if given is not None and given.__class__ is not dict:
        raise node.site.illegal(
            "renorm_clipping must be a mapping of rmin, rmax and dmax.", "Leave it out.", "bad_value"
        )
    return given or {}


def instance_norm(node):
    """Bring each channel of each sample to mean 0 and variance 1 over its cells, or by its running statistics."""
    rank = site_rank(node.site) if node.framework == "torch" else len(node.shape) - 2
    axes = tuple(range(len(node.shape) - rank, len(node.shape)))
    shape = spread(node.shape, len(node.shape) - rank - 1)
    if node.framework == "onnx" or by_data(node):
        if node.framework == "torch":
            check_spread(node, prod(node.shape[at] for at in axes), "cell per channel")
        return by_statistics(node, axes, shape)
    return by_running(node, shape)


def group_norm(node):
    """Bring groups of channels of each sample to mean 0 and variance 1."""
    shape, groups = node.shape, node.args["groups"]
    axis = node.args["axis"] % len(shape) if node.framework == "keras" else 1
    groups = shape[axis] if groups == -1 else groups
    two = (groups, shape[axis] // groups)
    split = (*shape[:axis], *two, *shape[axis + 1 :])
    # Keras takes the batch as channels too, and then leaves the last axis out of the mean.
    axes = tuple(at for at in range(1, len(split) - (axis == 0)) if at != axis)
    weights = tuple(n if at in (axis, axis + 1) else 1 for at, n in enumerate(split))
    return by_statistics(node, axes, weights, split)


RULES = {"batch_norm": batch_norm, "instance_norm": instance_norm, "group_norm": group_norm}
