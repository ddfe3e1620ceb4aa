"""ONNX operators over matrices by their definition: a sum of products a cell."""

import math

import numpy as np

from convcalc.layers.onnx_product import letters


def matmul(node, inputs, weights):
    """Return ``sum_k a[..., i, k] * b[..., k, j]``; an axis of one cell of the others has it for all."""
    one, two = (inputs[0], weights["B"]) if node.args["filters"] is not None else node.operands(inputs, weights)
    left = one if one.ndim > 1 else one[None]
    right = two if two.ndim > 1 else two[:, None]
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    y = np.empty((*batch, left.shape[-2], right.shape[-1]))
    for cell in np.ndindex(batch):
        a, b = (x[tuple(i % n for i, n in zip(cell[len(cell) + 2 - x.ndim :], x.shape[:-2], strict=True))]
                for x in (left, right))  # fmt: skip
        for i, j in np.ndindex(a.shape[0], b.shape[1]):
            y[(*cell, i, j)] = (a[i] * b[:, j]).sum()
    return y.reshape(node.output)


def einsum(node, inputs, weights):
    """Return for each output cell the sum over all other letters of the product of the operands' values."""
    operands = node.operands(inputs, weights)
    terms, out = letters(node.site, [x.shape for x in operands])
    sizes: dict = {}
    for term, x in zip(terms, operands, strict=True):
        for letter, n in zip(term, x.shape, strict=True):
            sizes[letter] = max(sizes.get(letter, 0), n)
    rest = [letter for letter in sizes if letter not in out]
    y = np.empty(node.output)
    for cell in np.ndindex(y.shape):
        at = dict(zip(out, cell, strict=True))
        total = []
        for inner in np.ndindex(*(sizes[letter] for letter in rest)):
            at.update(zip(rest, inner, strict=True))
            total.append(math.prod(value(x, term, at) for x, term in zip(operands, terms, strict=True)))
        y[cell] = math.fsum(total)
    return y


def value(x, term, at):
    """Return an operand's value where its letters stand."""
    return float(x[tuple(at[letter] if n > 1 else 0 for letter, n in zip(term, x.shape, strict=True))])


def triangle(node, inputs, weights):
    """Return the values whose column less row is on one side of k."""
    (x,), k = inputs, node.args["diagonal"]
    y = np.zeros(x.shape)
    for cell in np.ndindex(x.shape):
        beyond = cell[-1] - cell[-2] - k
        if beyond >= 0 if node.args["upper"] else beyond <= 0:
            y[cell] = x[cell]
    return y


RULES = {"matmul": matmul, "einsum": einsum, "trilu": triangle}
