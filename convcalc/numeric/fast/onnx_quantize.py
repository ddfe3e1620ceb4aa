"""ONNX operators between real values and integers, over whole arrays."""

import numpy as np

from convcalc.layers.onnx_quantize import INTEGERS, names
from convcalc.numeric.node import Kernel


def parts(node, weights, dtype):
    """Return scale and zero point as they go with the input."""
    for name in names(node.args):
        value = node.args[name]
        value = weights[name] if name in weights else np.asarray(0 if value is None else value, dtype)
        if value.size == 1:
            yield value.reshape(())
        else:
            # One for each cell of the axis.
            yield value.reshape(
                [-1 if at == node.args["axis"] % len(node.shape) else 1 for at in range(len(node.shape))]
            )


def quantize(node):
    """Compute the nearest integers that the type holds, of two the even one."""
    limits = np.iinfo(INTEGERS.get(node.args["output_dtype"], "uint8"))

    def run(inputs, weights):
        (x,) = inputs
        scale, zero = parts(node, weights, x.dtype)
        y = np.rint(x / scale)
        y += zero
        return np.clip(y, limits.min, limits.max, out=y)

    return Kernel(run, 3 * node.bytes(*node.shape))


def dequantize(node):
    """Compute what integers stand for."""

    def run(inputs, weights):
        (x,) = inputs
        scale, zero = parts(node, weights, x.dtype)
        return (x - zero) * scale

    return Kernel(run, 3 * node.bytes(*node.shape))


RULES = {"quantize": quantize, "dequantize": dequantize}
