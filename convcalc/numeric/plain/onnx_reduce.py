"""ONNX operators along axes by their definition: a list of values at a time."""

import math

import numpy as np

from convcalc.numeric.plain.scalars import exp, over


def reducing(formula):
    """Return the rule of a reduction: what a formula makes of the list of values that a cell is left of."""

    def rule(node, inputs, weights):
        (x,), a = inputs, node.args
        gone = [axis % x.ndim for axis in a["axes"] or ()]
        if not gone and not a["noop_with_empty_axes"]:
            gone = list(range(x.ndim))
        kept = [axis for axis in range(x.ndim) if axis not in gone]
        y = np.empty([x.shape[axis] for axis in kept])
        for cell in np.ndindex(y.shape):
            place: list = [slice(None)] * x.ndim
            for axis, i in zip(kept, cell, strict=True):
                place[axis] = i
            y[cell] = formula([float(v) for v in np.ravel(x[tuple(place)])])
        return y.reshape(node.output)

    return rule


def highest(values):
    """Return the largest value; what is no number wins."""
    return math.nan if any(map(math.isnan, values)) else max(values, default=-math.inf)


def log(value):
    """Return the natural logarithm, minus infinity of 0."""
    return -math.inf if value == 0 else math.log(value) if value > 0 else math.nan


def log_sum_exp(values):
    """Return log(sum(exp(v)))."""
    top = highest(values)
    return top if not math.isfinite(top) else top + log(math.fsum(exp(v - top) for v in values))


def lines(node, x, formula):
    """Return what a formula makes of every line of values along the node's axis."""
    axis = node.args["axis"] % x.ndim
    y = np.empty((*x.shape[:axis], node.output[axis] if len(node.output) == x.ndim else 1, *x.shape[axis + 1 :]))
    for cell in np.ndindex((*x.shape[:axis], *x.shape[axis + 1 :])):
        place = (*cell[:axis], slice(None), *cell[axis:])
        y[place] = formula([float(v) for v in x[place]])
    return y.reshape(node.output)


def index_of(sign):
    """Return the rule of the place of the largest value, or by the sign of the smallest."""

    def rule(node, inputs, weights):
        def place(values):
            best = max(sign * v for v in values)
            places = [i for i, v in enumerate(values) if sign * v == best]
            return [float(places[-1 if node.args["select_last_index"] else 0])]

        return lines(node, inputs[0], place)

    return rule


def largest(node, inputs, weights):
    """Return the values, or their places, in the order of the largest or the smallest first."""
    sign = -1 if node.args["largest"] else 1

    def chosen(values):
        order = sorted(range(len(values)), key=lambda i: (sign * values[i], i))[: node.args["K"]]
        return [float(i) if node.args["output"] else values[i] for i in order]

    return lines(node, inputs[0], chosen)


def running(node, inputs, weights):
    """Return the sum of the values before, the value itself among them unless exclusive."""
    backwards, without = node.args["reverse"], bool(node.args["exclusive"])

    def sums(values):
        values = values[::-1] if backwards else values
        found = [math.fsum(values[: i + 1 - without]) for i in range(len(values))]
        return found[::-1] if backwards else found

    return lines(node, inputs[0], sums)


RULES = {
    "reduce_mean": reducing(lambda values: over(math.fsum(values), len(values) or 1)),
    "reduce_sum": reducing(math.fsum),
    "reduce_max": reducing(highest),
    "reduce_min": reducing(lambda values: -highest([-v for v in values])),
    "reduce_prod": reducing(math.prod),
    "reduce_l1": reducing(lambda values: math.fsum(map(abs, values))),
    "reduce_l2": reducing(lambda values: math.sqrt(math.fsum(v * v for v in values))),
    "reduce_sum_square": reducing(lambda values: math.fsum(v * v for v in values)),
    "reduce_log_sum": reducing(lambda values: log(math.fsum(values))),
    "reduce_log_sum_exp": reducing(log_sum_exp),
    "argmax": index_of(1),
    "argmin": index_of(-1),
    "topk": largest,
    "cumsum": running,
}
