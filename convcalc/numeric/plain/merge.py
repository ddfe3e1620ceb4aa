"""Merges by their definition: what every input has at a cell, and which input a cell comes from."""

import numpy as np


def rowwise(operation):
    """Return the rule of a merge that makes a row of the inputs' rows at a place."""

    def rule(node, inputs, weights):
        y, inputs = np.empty(node.output), node.operands(inputs, weights)
        if not y.ndim:
            return np.asarray(operation(inputs))
        for cell in np.ndindex(node.output[:-1]):
            y[cell] = operation([row(node, x, cell) for x in inputs])
        return y

    return rule


def row(node, x, cell):
    """Return an input's values along the last axis at a cell of the others.

    An axis of one cell gives that to all. Axes that it has fewer are missing after the batch in
    Keras, before all in ONNX.
    """
    missing = len(cell) + 1 - x.ndim
    if not cell or missing > len(cell):
        return x
    cell = cell[:1] + cell[1 + missing :] if node.framework == "keras" else cell[missing:]
    if node.framework == "keras" and x.ndim == 1:
        # All that it has is the batch.
        return x[cell[0]]
    return x[tuple(0 if n == 1 else i for i, n in zip(cell, x.shape[:-1], strict=True))]


def product(values):
    """Return the product of some values."""
    total = values[0]
    for value in values[1:]:
        total = total * value
    return total


def largest(values):
    """Return the largest of some values; what is no number wins."""
    best = values[0]
    for value in values[1:]:
        best = np.where((value > best) | (value != value), value, best)
    return best


def concat(node, inputs, weights):
    """Copy each input behind the one before it."""
    y = np.empty(node.output)
    along = np.moveaxis(y, node.args["axis"], 0)
    start = 0
    for x in node.operands(inputs, weights):
        for row in np.moveaxis(x, node.args["axis"], 0):
            along[start] = row
            start += 1
    return y


RULES = {
    "add": rowwise(sum),
    "sum": rowwise(sum),
    "subtract": rowwise(lambda values: values[0] - values[1]),
    "multiply": rowwise(product),
    "maximum": rowwise(largest),
    "minimum": rowwise(lambda values: -largest([-value for value in values])),
    "average": rowwise(lambda values: sum(values) / len(values)),
    "concat": concat,
}
