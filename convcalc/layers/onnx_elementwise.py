"""ONNX operators cell by cell that no other framework has as a layer: arithmetic, comparisons, functions of a value.

What is true is 1, what is false 0, as in ONNX' own Cast of them; what is not 0 counts as true.
"""

from convcalc.layers.activation import pointwise
from convcalc.layers.declare import Family
from convcalc.layers.kinds import KINDS, is_int
from convcalc.layers.merge import elementwise
from convcalc.layers.onnx_operands import held, lowered
from convcalc.layers.site import Facts
from convcalc.values import BadValue

# ONNX' numbers of the types that a Cast gives.
TYPES = {
    1: "float", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
    10: "float16", 11: "double", 12: "uint32", 13: "uint64", 16: "bfloat16",
}  # fmt: skip


def tensor_type(value, rank, choices, call, framework):
    """Check a type, by its name or by ONNX' number of it; the normal form is the name."""
    if is_int(value) and value in TYPES:
        return TYPES[value]
    if value.__class__ is str and value.lower() in TYPES.values():
        return value.lower()
    raise BadValue("must be a type: " + ", ".join(TYPES.values()))


KINDS["tensor_type"] = tensor_type


def cast(site):
    """Size a change of type, which costs nothing."""
    return Facts(site.shape)


def unary(kind, onnx, about, after=""):
    """Return the family of a function of a value; the example has a layer before it whose values it takes."""
    word = onnx.lower()
    return Family(kind, word, pointwise, onnx=(onnx, ""), example=f"{after} {word}".strip(), about=about)


def binary(kind, words, onnx, about, example, more="", names=("A", "B")):
    """Return the family of an operation of two or three operands that broadcast."""
    return Family(
        kind, words, elementwise, names[-1], onnx=(onnx, f"* {more} {held(*names)}"),
        operands="many", example=example, about=about, aliases=lowered(*names),
    )  # fmt: skip


FAMILIES = (
    binary("divide", "div divide", "Div", "the first input over the second", "div b=2"),
    binary("power", "pow power", "Pow", "the first input to the power of the second", "pow 2", names=("X", "Y")),
    binary("modulo", "mod", "Mod", "what is left of the first input over the second", "mod b=0.4 fmod=1",
           "fmod:int=0"),
    binary("equal", "equal", "Equal", "1 where its inputs are equal", "equal @input"),
    binary("greater", "greater", "Greater", "1 where the first input is greater", "greater b=-0.1"),
    binary("less", "less", "Less", "1 where the first input is less", "less b=0.1"),
    binary("greater_or_equal", "greaterorequal greater_or_equal", "GreaterOrEqual",
           "1 where the first input is greater or equal", "greaterorequal b=0.1"),
    binary("less_or_equal", "lessorequal less_or_equal", "LessOrEqual", "1 where the first input is less or equal",
           "lessorequal b=0.1"),
    binary("logical_and", "and", "And", "1 where both inputs are true", "and @input"),
    binary("logical_or", "or", "Or", "1 where either input is true", "or @input"),
    binary("logical_xor", "xor", "Xor", "1 where one input is true", "xor b=0"),
    binary("where", "where", "Where", "the second input where the first is true, else the third", "where y=0 @input",
           names=("condition", "X", "Y")),
    Family(
        "cast", "cast", cast, onnx=("Cast", "to:tensor_type saturate:int=1 round_mode:word(up|down|nearest)=up"),
        example="cast to=int64", about="its values as another type holds them",
    ),
    unary("abs", "Abs", "|x|"),
    unary("negative", "Neg", "-x"),
    unary("reciprocal", "Reciprocal", "1/x"),
    unary("sqrt", "Sqrt", "the square root of x", "abs"),
    unary("log", "Log", "the natural logarithm of x", "abs"),
    unary("erf", "Erf", "the error function of x"),
    unary("floor", "Floor", "the greatest integer up to x"),
    unary("ceil", "Ceil", "the smallest integer from x on"),
    unary("round", "Round", "the nearest integer, of two the even one"),
    unary("sign", "Sign", "-1, 0 or 1"),
    unary("sin", "Sin", "sin(x)"),
    unary("cos", "Cos", "cos(x)"),
    unary("tan", "Tan", "tan(x)"),
    unary("asin", "Asin", "the inverse of sin", "tanh"),
    unary("acos", "Acos", "the inverse of cos", "tanh"),
    unary("atan", "Atan", "the inverse of tan"),
    unary("sinh", "Sinh", "sinh(x)"),
    unary("cosh", "Cosh", "cosh(x)"),
    unary("asinh", "Asinh", "the inverse of sinh"),
    unary("acosh", "Acosh", "the inverse of cosh", "exp add b=1"),
    unary("atanh", "Atanh", "the inverse of tanh", "sigmoid"),
    unary("is_nan", "IsNaN", "1 where x is no number", "log"),
    unary("logical_not", "Not", "1 where x is 0, else 0", "greater b=0"),
)  # fmt: skip
