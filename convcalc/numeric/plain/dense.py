"""Dense layers by their definition: a sum a cell and unit."""

import numpy as np


def dense(node, inputs, weights):
    """Return ``bias[u] + sum_i x[..., i] * kernel[i, u]``."""
    if node.framework == "onnx":
        return gemm(node, inputs, weights)
    (x,) = inputs
    y = np.empty(node.output)
    for cell in np.ndindex(node.output[:-1]):
        for unit in range(node.output[-1]):
            column = weights["kernel"][:, unit] if node.framework == "keras" else weights["weight"][unit]
            if node.args.get("lora_rank"):
                # What a layer is given as lora_alpha Keras forgets when it builds it.
                column = column + weights["lora_kernel_a"] @ weights["lora_kernel_b"][:, unit]
            y[(*cell, unit)] = (x[cell] * column).sum() + (weights["bias"][unit] if "bias" in weights else 0)
    return y


def gemm(node, inputs, weights):
    """Return ``alpha * A'B' + beta * C``, a sum a row and column."""
    a, (x,), matrix = node.args, inputs, weights["B"]
    y = np.empty(node.output)
    for row, unit in np.ndindex(node.output):
        left = x[:, row] if a["transA"] else x[row]
        right = matrix[unit] if a["transB"] else matrix[:, unit]
        y[row, unit] = a["alpha"] * (left * right).sum() + (a["beta"] * weights["C"][unit] if "C" in weights else 0)
    return y


def bilinear(node, inputs, weights):
    """Return ``bias[u] + sum_ij x1[i] * weight[u, i, j] * x2[j]``."""
    one, two = inputs
    y = np.empty(node.output)
    for cell in np.ndindex(node.output[:-1]):
        for unit in range(node.output[-1]):
            pairs = one[cell][:, None] * weights["weight"][unit] * two[cell][None, :]
            y[(*cell, unit)] = pairs.sum() + (weights["bias"][unit] if "bias" in weights else 0)
    return y


RULES = {"dense": dense, "bilinear": bilinear}
