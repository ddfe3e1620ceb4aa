"""ONNX operators cell by cell, in numpy's own functions; what is true is 1 in the dtype of the data."""

import numpy as np

from convcalc.numeric.fast.activation import layer, same
from convcalc.numeric.fast.merge import beside, onward
from convcalc.numeric.fast.pointwise import FAR, upper_tail
from convcalc.numeric.node import Kernel

# What a Cast to a type that is no float makes of a number; each is a float again after it.
INTEGERS = {
    "uint8": np.uint8, "int8": np.int8, "uint16": np.uint16, "int16": np.int16, "uint32": np.uint32,
    "int32": np.int32, "uint64": np.uint64, "int64": np.int64,
}  # fmt: skip


def folded(operation):
    """Return the rule of an operation of two operands."""

    def rule(node):
        return Kernel(lambda inputs, weights: onward(node, operation, node.operands(inputs, weights)), beside(node))

    return rule


def modulo(node):
    """Compute what is left over: of the sign of the first operand with `fmod`, else of the second."""
    return folded(np.fmod if node.args["fmod"] else np.mod)(node)


def truth(operation):
    """Return the rule of a comparison, 1 where it holds."""

    def rule(node):
        def run(inputs, weights):
            one, two = node.operands(inputs, weights)
            return operation(one, two).astype(inputs[0].dtype)

        return Kernel(run, node.bytes(*node.output) // node.itemsize)

    return rule


def where(node):
    """Compute a choice between two operands."""

    def run(inputs, weights):
        condition, one, two = node.operands(inputs, weights)
        return np.where(condition != 0, one, two)

    return Kernel(run, node.bytes(*node.output) // node.itemsize)


def cast(node):
    """Compute what another type holds of the values."""
    to = node.args["to"]
    if to in ("float", "double"):
        return Kernel(lambda inputs, weights: inputs[0])

    def run(inputs, weights):
        (x,) = inputs
        if to == "bool":
            return (x != 0).astype(x.dtype)
        if to == "float16":
            return x.astype(np.float16).astype(x.dtype)
        if to == "bfloat16":
            return bfloat16(x.astype(np.float32)).astype(x.dtype)
        return x.astype(np.int64).astype(INTEGERS[to]).astype(x.dtype)

    return Kernel(run, node.bytes(*node.output) // node.itemsize * 16)


def bfloat16(x):
    """Return float32 values to the nearest of 8 bits, of two the even one; what is no number stays so."""
    bits = x.view(np.uint32)
    rounded = (bits + (0x7FFF + (bits >> 16 & 1)).astype(np.uint32)) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(x), x, rounded.view(np.float32))


def erf(x):
    """Compute the error function: what the tails of a normal distribution leave; near 0 by its series."""
    size = np.abs(x)
    far = 1.0 - 2.0 * upper_tail(np.minimum(size * 1.4142135623730951, FAR).astype(x.dtype))
    near, square, term = np.zeros_like(x), x * x, x * 1.1283791670955126
    # x - x^3/3 + x^5/10 - ...: the tails lose digits where little is between them.
    for k in range(1, 20):
        near += term / (2 * k - 1)
        term = term * square / -k
    return np.where(size < 1.0, near, np.copysign(far, x)).astype(x.dtype)


RULES = {
    "divide": folded(np.divide),
    "power": folded(np.power),
    "modulo": modulo,
    "equal": truth(np.equal),
    "greater": truth(np.greater),
    "less": truth(np.less),
    "greater_or_equal": truth(np.greater_equal),
    "less_or_equal": truth(np.less_equal),
    "logical_and": truth(np.logical_and),
    "logical_or": truth(np.logical_or),
    "logical_xor": truth(np.logical_xor),
    "where": where,
    "cast": cast,
    "abs": same(np.abs),
    "negative": same(np.negative),
    "reciprocal": same(np.reciprocal),
    "sqrt": same(np.sqrt),
    "log": same(np.log),
    "erf": same(erf),
    "floor": same(np.floor),
    "ceil": same(np.ceil),
    "round": same(np.rint),
    "sign": same(np.sign),
    "sin": same(np.sin),
    "cos": same(np.cos),
    "tan": same(np.tan),
    "asin": same(np.arcsin),
    "acos": same(np.arccos),
    "atan": same(np.arctan),
    "sinh": same(np.sinh),
    "cosh": same(np.cosh),
    "asinh": same(np.arcsinh),
    "acosh": same(np.arccosh),
    "atanh": same(np.arctanh),
    "is_nan": layer(lambda node: lambda x: np.isnan(x).astype(x.dtype)),
    "logical_not": layer(lambda node: lambda x: (x == 0).astype(x.dtype)),
}
