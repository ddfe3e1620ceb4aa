"""ONNX operators cell by cell by their definition: Python's own arithmetic, a number at a time."""

import math
import struct

import numpy as np

from convcalc.numeric.plain.activation import mapped
from convcalc.numeric.plain.scalars import INF, NAN, exp, over

# Bits of the integers that a Cast gives, negative for those with a sign.
BITS = {
    "uint8": 8, "int8": -8, "uint16": 16, "int16": -16, "uint32": 32, "int32": -32, "uint64": 64, "int64": -64,
}  # fmt: skip


def spread(operation):
    """Return the rule of an operation of one number of each operand; ``operation(node, *numbers)``."""

    def rule(node, inputs, weights):
        y = np.empty(node.output)
        operands = node.operands(inputs, weights)
        for cell in np.ndindex(node.output):
            y[cell] = operation(node, *(at(x, cell) for x in operands))
        return y

    return rule


def at(x, cell):
    """Return the number of an operand at a cell: its axes are the last, and one of one cell has it for all."""
    own = cell[len(cell) - x.ndim :]
    return float(x[tuple(0 if n == 1 else i for i, n in zip(own, x.shape, strict=True))])


def pair(operation):
    """Return the rule of two numbers."""
    return spread(lambda node, a, b: operation(a, b))


def power(a, b):
    """Return a to the power of b, as floats have it."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INF if a < 0 and b % 2 == 1 else INF
    except ValueError:
        return (math.copysign(INF, a) if b % 2 == 1 else INF) if a == 0 else NAN


def remainder(node, a, b):
    """Return what is left of a over b: with `fmod` of a's sign, else of b's."""
    if b == 0 or math.isinf(a) or math.isnan(a) or math.isnan(b):
        return NAN
    rest = math.fmod(a, b)
    if node.args["fmod"] or not rest or (rest < 0) == (b < 0):
        return rest
    return rest + b


def cast(node, inputs, weights):
    """Return what a type holds of each number."""
    to = node.args["to"]
    return mapped(inputs[0], lambda x: held(x, to))


def held(x, to):
    """Return what a type holds of a number: integers cut the fraction, and keep their lowest bits."""
    if to in ("float", "double"):
        return x
    if to == "bool":
        return float(x != 0)
    if to == "float16":
        return half(x)
    if to == "bfloat16":
        return brain(x)
    if not math.isfinite(x):
        return 0.0
    bits = abs(BITS[to])
    whole = int(x) % 2**bits
    return float(whole - 2**bits if BITS[to] < 0 and whole >= 2 ** (bits - 1) else whole)


def half(x):
    """Return the nearest number of 16 bits."""
    try:
        return struct.unpack("e", struct.pack("e", x))[0]
    except OverflowError:
        return math.copysign(INF, x)


def brain(x):
    """Return the nearest number of 8 significant bits, of two the even one."""
    if not x or not math.isfinite(x):
        return x
    fraction, exponent = math.frexp(x)
    return math.ldexp(round(fraction * 256), exponent - 8)


def total(formula, outside=NAN):
    """Return a function of `math` that gives what floats have where it raises."""

    def value(x):
        try:
            return formula(x)
        except OverflowError:
            return INF
        except ValueError:
            return outside

    return value


def log(x):
    """Return the natural logarithm: minus infinity of 0."""
    return -INF if x == 0 else math.log(x) if x > 0 else NAN


def atanh(x):
    """Return the inverse of tanh: infinity at its limits."""
    return math.copysign(INF, x) if abs(x) == 1 else math.atanh(x) if abs(x) < 1 else NAN


def sinh(x):
    """Return ``(e^x - e^-x)/2`` where that is large, which `math` refuses."""
    return math.sinh(x) if abs(x) < 700 or math.isnan(x) else math.copysign(exp(abs(x) - math.log(2)), x)


def integer(formula):
    """Return a rounding that leaves infinities and what is no number."""
    return lambda x: float(formula(x)) if math.isfinite(x) else x


def sign(x):
    """Return -1, 0 or 1."""
    return x if math.isnan(x) else float((x > 0) - (x < 0))


def each(formula):
    """Return the rule of a function of a number."""
    return lambda node, inputs, weights: mapped(inputs[0], formula)


RULES = {
    "divide": pair(over),
    "power": pair(power),
    "modulo": spread(remainder),
    "equal": pair(lambda a, b: a == b),
    "greater": pair(lambda a, b: a > b),
    "less": pair(lambda a, b: a < b),
    "greater_or_equal": pair(lambda a, b: a >= b),
    "less_or_equal": pair(lambda a, b: a <= b),
    "logical_and": pair(lambda a, b: bool(a) and bool(b)),
    "logical_or": pair(lambda a, b: bool(a) or bool(b)),
    "logical_xor": pair(lambda a, b: bool(a) is not bool(b)),
    "where": spread(lambda node, condition, a, b: a if condition else b),
    "cast": cast,
    "abs": each(abs),
    "negative": each(lambda x: -x),
    "reciprocal": each(lambda x: over(1.0, x)),
    "sqrt": each(total(math.sqrt)),
    "log": each(log),
    "erf": each(math.erf),
    "floor": each(integer(math.floor)),
    "ceil": each(integer(math.ceil)),
    "round": each(integer(round)),
    "sign": each(sign),
    "sin": each(total(math.sin)),
    "cos": each(total(math.cos)),
    "tan": each(total(math.tan)),
    "asin": each(total(math.asin)),
    "acos": each(total(math.acos)),
    "atan": each(math.atan),
    "sinh": each(sinh),
    "cosh": each(total(math.cosh)),
    "asinh": each(math.asinh),
    "acosh": each(total(math.acosh)),
    "atanh": each(atanh),
    "is_nan": each(math.isnan),
    "logical_not": each(lambda x: x == 0),
}
