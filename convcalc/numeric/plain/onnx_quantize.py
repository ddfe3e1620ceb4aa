"""ONNX operators between real values and integers, by their definition: a number at a time."""

import numpy as np

from convcalc.layers.onnx_quantize import INTEGERS, names


def at(node, weights, name, cell):
    """Return the scale or zero point of a cell."""
    value = weights.get(name, node.args[name])
    if value is None:
        return 0.0
    value = np.asarray(value, float)
    if value.size == 1:
        return float(value.reshape(()))
    return float(value[cell[node.args["axis"]]])


def quantize(node, inputs, weights):
    """Return ``round(x/scale) + zero_point``, held within what the type has."""
    name = INTEGERS.get(node.args["output_dtype"], "uint8")
    bits = int(name.lstrip("uint"))
    low, high = (0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    scale, zero = names(node.args)
    y = np.empty(node.output)
    for cell in np.ndindex(y.shape):
        # Over a scale in the data's own width: a half is one only there.
        ratio = inputs[0][cell] / at(node, weights, scale, cell)
        y[cell] = min(max(round(float(ratio)) + at(node, weights, zero, cell), low), high)
    return y


def dequantize(node, inputs, weights):
    """Return ``(x - zero_point)*scale``."""
    scale, zero = names(node.args)
    y = np.empty(node.output)
    for cell in np.ndindex(y.shape):
        y[cell] = (inputs[0][cell] - at(node, weights, zero, cell)) * at(node, weights, scale, cell)
    return y


RULES = {"quantize": quantize, "dequantize": dequantize}
