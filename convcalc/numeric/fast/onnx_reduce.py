"""ONNX operators along axes in numpy's own reductions."""

import numpy as np

from convcalc.layers.onnx_reduce import reduced
from convcalc.numeric.node import Kernel


def reducing(formula):
    """Return the rule of a reduction ``formula(x, axes)`` that keeps the axes."""

    def rule(node):
        # Numpy takes no axis twice, ONNX does.
        axes = tuple({axis % len(node.shape) for axis in reduced(node.args, len(node.shape))})

        def run(inputs, weights):
            return formula(inputs[0], axes).reshape(node.output)

        return Kernel(run, 2 * node.bytes(*node.shape))

    return rule


def highest(x, axes):
    """Return the largest values; of none, minus infinity."""
    return x.max(axes, keepdims=True, initial=-np.inf)


def lowest(x, axes):
    """Return the smallest values; of none, infinity."""
    return x.min(axes, keepdims=True, initial=np.inf)


def mean(x, axes):
    """Return the mean; of no values 0."""
    total = x.sum(axes, keepdims=True)
    return total / x.dtype.type(max(x.size // max(total.size, 1), 1))


def squares(x, axes):
    """Return the sum of squares."""
    return np.square(x).sum(axes, keepdims=True)


def log_sum_exp(x, axes):
    """Return log(sum(exp(x))), moved by the largest value."""
    top = highest(x, axes)
    top = np.where(np.isfinite(top), top, x.dtype.type(0))
    return np.log(np.exp(x - top).sum(axes, keepdims=True)) + top


def index_of(choose):
    """Return the rule of the place of a value along an axis, the first of equal ones or the last."""

    def rule(node):
        axis, last = node.args["axis"], node.args["select_last_index"]

        def run(inputs, weights):
            (x,) = inputs
            found = choose(np.flip(x, axis) if last else x, axis)
            found = x.shape[axis] - 1 - found if last else found
            return found.reshape(node.output).astype(x.dtype)

        return Kernel(run, 16 * max(node.bytes(*node.output) // node.itemsize, 1))

    return rule


def largest(node):
    """Return the largest values along an axis in falling order, or where they stand; of equal ones the first."""
    axis, count = node.args["axis"], node.args["K"]

    def run(inputs, weights):
        (x,) = inputs
        place = [slice(None)] * x.ndim
        place[axis] = slice(0, count)
        order = np.argsort(-x if node.args["largest"] else x, axis, kind="stable")[tuple(place)]
        return order.astype(x.dtype) if node.args["output"] else np.take_along_axis(x, order, axis)

    return Kernel(run, node.bytes(*node.shape) + 16 * (node.bytes(*node.shape) // node.itemsize))


def running(node):
    """Return running sums, without the value itself where exclusive, from the end where reversed."""
    axis = node.args["axis"]

    def run(inputs, weights):
        (x,) = inputs
        x = np.flip(x, axis) if node.args["reverse"] else x
        y = np.cumsum(x, axis)
        if node.args["exclusive"]:
            y = np.roll(y, 1, axis)
            first = [slice(None)] * x.ndim
            first[axis] = slice(0, 1)
            y[tuple(first)] = 0
        return np.flip(y, axis) if node.args["reverse"] else y

    return Kernel(run, node.bytes(*node.output))


RULES = {
    "reduce_mean": reducing(mean),
    "reduce_sum": reducing(lambda x, axes: x.sum(axes, keepdims=True)),
    "reduce_max": reducing(highest),
    "reduce_min": reducing(lowest),
    "reduce_prod": reducing(lambda x, axes: x.prod(axes, keepdims=True)),
    "reduce_l1": reducing(lambda x, axes: np.abs(x).sum(axes, keepdims=True)),
    "reduce_l2": reducing(lambda x, axes: np.sqrt(squares(x, axes))),
    "reduce_sum_square": reducing(squares),
    "reduce_log_sum": reducing(lambda x, axes: np.log(x.sum(axes, keepdims=True))),
    "reduce_log_sum_exp": reducing(log_sum_exp),
    "argmax": index_of(np.argmax),
    "argmin": index_of(np.argmin),
    "topk": largest,
    "cumsum": running,
}
