"""ONNX operators over matrices, in numpy's own products."""

import numpy as np

from convcalc.layers.onnx_product import letters
from convcalc.numeric.node import Kernel


def matmul(node):
    """Multiply the last two axes."""

    def run(inputs, weights):
        if node.args["filters"] is not None:
            return np.matmul(inputs[0], weights["B"])
        return np.matmul(*node.operands(inputs, weights)).reshape(node.output)

    return Kernel(run, node.bytes(*node.output))


def einsum(node):
    """Sum products; the letters of the equation as numbers, for numpy has no digits among its letters."""
    terms, out = letters(node.site, node.operand_shapes)
    numbers = {letter: number for number, letter in enumerate(sorted({*"".join(terms)}))}

    def run(inputs, weights):
        given: list = []
        for array, term in zip(node.operands(inputs, weights), terms, strict=True):
            given += [array, [numbers[letter] for letter in term]]
        return np.einsum(*given, [numbers[letter] for letter in out], optimize=len(terms) > 2)

    return Kernel(run, node.bytes(*node.output))


def triangle(node):
    """Keep one side of a diagonal."""
    side = np.triu if node.args["upper"] else np.tril
    return Kernel(lambda inputs, weights: side(inputs[0], node.args["diagonal"]), node.bytes(*node.shape))


RULES = {"matmul": matmul, "einsum": einsum, "trilu": triangle}
