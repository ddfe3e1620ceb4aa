"""Dense layers: one matrix product."""

from math import prod

from convcalc.numeric.node import Kernel


def dense(node):
    """Every input feature to every unit, over the last axis."""
    if node.framework == "onnx":
        return gemm(node)
    kernel, bias = ("kernel", "bias") if node.framework == "keras" else ("weight", "bias")
    # Keras forgets the layer's lora_alpha when it builds it: the small matrices are added as they are.
    lora = node.args.get("lora_rank")

    def run(inputs, weights):
        (x,), matrix = inputs, weights[kernel]
        if lora:
            matrix = matrix + weights["lora_kernel_a"] @ weights["lora_kernel_b"]
        y = x @ (matrix if node.framework == "keras" else matrix.T)
        if bias in weights:
            y += weights[bias]
        return y

    return Kernel(run, 2 * node.bytes(*node.weights[0].shape) if lora else 0)


def gemm(node):
    """Compute ONNX' ``alpha*A'B' + beta*C``."""
    a = node.args

    def run(inputs, weights):
        (x,), matrix = inputs, weights["B"]
        y = (x.T if a["transA"] else x) @ (matrix.T if a["transB"] else matrix)
        if a["alpha"] != 1:
            y *= x.dtype.type(a["alpha"])
        if "C" in weights:
            y += weights["C"] if a["beta"] == 1 else x.dtype.type(a["beta"]) * weights["C"]
        return y

    return Kernel(run)


def bilinear(node):
    """Compute every pair of features of two inputs to every unit."""
    import numpy as np

    number = prod(node.output[:-1])

    def run(inputs, weights):
        one, two = inputs
        units, first, second = weights["weight"].shape
        # x1' A_u for every unit in one product, then the rows by x2; any of the sizes may be 0.
        half = one.reshape(number, first) @ weights["weight"].transpose(1, 0, 2).reshape(first, units * second)
        y = np.einsum("nuk,nk->nu", half.reshape(number, units, second), two.reshape(number, second))
        y = y.reshape(node.output)
        if "bias" in weights:
            y += weights["bias"]
        return y

    rows = node.bytes(*node.output) * node.shapes[1][-1]
    return Kernel(run, rows + node.bytes(*node.weights[0].shape))


RULES = {"dense": dense, "bilinear": bilinear}
