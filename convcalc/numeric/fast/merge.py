"""Merges: an operation cell by cell from the first input to the last, and concatenation."""

import numpy as np

from convcalc.numeric.node import Kernel


def folded(operation):
    """Return the rule of a merge that takes one operand after another."""

    def rule(node):
        def run(inputs, weights):
            return onward(node, operation, node.operands(inputs, weights))

        return Kernel(run, beside(node))

    return rule


def aligned(node, inputs):
    """Return the inputs with as many axes each: Keras puts them in after the batch, the others before all."""
    if node.framework != "keras":
        return inputs
    axes = len(node.output)
    return [x if x.ndim == axes else x.reshape(x.shape[0], *(1,) * (axes - x.ndim), *x.shape[1:]) for x in inputs]


def onward(node, operation, inputs):
    """Return the operation over all inputs, in the first result as soon as that has the whole shape."""
    inputs = aligned(node, inputs)
    y = inputs[0]
    for number, x in enumerate(inputs[1:]):
        y = operation(y, x, out=y) if number and y.shape == node.output else operation(y, x)
    return y


def beside(node):
    """Return the bytes that partial results take at most besides the output."""
    axes, most, partial = len(node.output), 0, None
    keras = node.framework == "keras"
    shapes = node.operand_shapes
    for shape in shapes[1:]:
        first = partial or shapes[0]
        missing = [(1,) * (axes - len(s)) for s in (first, shape)]
        one, two = ((*s[:1], *m, *s[1:]) if keras else (*m, *s) for s, m in zip((first, shape), missing, strict=True))
        new = tuple(b if a == 1 else a for a, b in zip(one, two, strict=True))
        if not (partial and first == node.output):
            most = max(most, node.bytes(*new) + (node.bytes(*partial) if partial else 0))
        partial = new
    return max(most - node.bytes(*node.output), 0)


def average(node):
    """Compute the mean of all inputs."""

    def run(inputs, weights):
        inputs = node.operands(inputs, weights)
        if len(inputs) == 1:
            return inputs[0]
        y = onward(node, np.add, inputs)
        y /= len(inputs)
        return y

    return Kernel(run, beside(node))


def concat(node):
    """Put the inputs one after the other."""
    axis = node.args["axis"]

    def run(inputs, weights):
        return np.concatenate(node.operands(inputs, weights), axis)

    return Kernel(run)


RULES = {
    "add": folded(np.add),
    "sum": folded(np.add),
    "subtract": folded(np.subtract),
    "multiply": folded(np.multiply),
    "maximum": folded(np.maximum),
    "minimum": folded(np.minimum),
    "average": average,
    "concat": concat,
}
