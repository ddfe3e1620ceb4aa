"""Values that an ONNX file computes of sizes alone, and the arithmetic on them: numbers, symbolic sizes, unknowns."""

from itertools import product
from math import ceil, floor, prod

from convcalc.record import Record
from convcalc.sizes import Size, divide, scale

# A tensor of more values is known by its shape alone: no shape, axes or indices are that long.
MOST = 4096


class Value(Record):
    """What is known of a tensor without data.

    Attributes
    ----------
    shape : tuple or None
        Its sizes, each None where unknown; None where not even their number is known.
    items : tuple or None
        Its values, row by row, each None where unknown: integers, floats, truth values, sizes, parts of sizes.
    """

    shape: tuple | None = None
    items: tuple | None = None

    @property
    def numbers(self):
        """The values of a list or of a single number, None where one is unknown."""
        if self.items is None or None in self.items or self.shape is None or len(self.shape) > 1:
            return None
        return tuple([n.floor() if n.__class__ is Part else n for n in self.items])


UNKNOWN = Value()


class Part(Record):
    """A size times a factor, before it is rounded."""

    size: Size
    factor: float

    def floor(self):
        """Return the whole part."""
        return scale(self.size, self.factor)

    def ceil(self):
        """Return the next integer above, where the factor is one over an integer; None otherwise."""
        whole = round(1 / self.factor) if 0 < self.factor < 1 else 0
        return -(-self.size // whole) if whole and self.factor == 1 / whole else None


def single(value, shape=()):
    """Return the value of one number."""
    return Value(shape, (value,))


def made(shape, items):
    """Return a value, without its items where they are too many."""
    return Value(shape, items if items is not None and len(items) <= MOST else None)


def known(shape):
    """Tell whether a shape is of integers, and of so few values that they may be listed."""
    return shape is not None and all(n.__class__ is int and n >= 0 for n in shape) and prod(shape) <= MOST


def remapped(value, shape, index):
    """Return the value of a shape whose item at each place is that of `value` at ``index(place)``."""
    if value.items is None or not known(shape):
        return Value(shape)
    if 0 in shape:  # Its other sizes may be any, and would be counted through.
        return Value(shape, ())
    steps = [prod(value.shape[axis + 1 :]) for axis in range(len(value.shape))]
    items = [
        value.items[sum([n * step for n, step in zip(index(place), steps, strict=True)])]
        for place in product(*map(range, shape))
    ]
    return Value(shape, tuple(items))


def spread(shapes):
    """Return the common shape of several, aligned at their ends; None where one is not known."""
    if None in shapes:
        return None
    rank = max(map(len, shapes), default=0)
    out: list = [1] * rank
    for shape in shapes:
        for axis in range(-len(shape), 0):
            n, own = out[axis], shape[axis]
            if n == 1 or (own.__class__ is int and own != 1 and n.__class__ is not int):
                out[axis] = own
    return tuple(out)


def expanded(value, shape):
    """Return a value spread over a shape that it fits into."""
    before = len(shape) - len(value.shape)

    def index(place):
        return [0 if n == 1 else i for n, i in zip(value.shape, place[before:], strict=True)]

    return remapped(value, shape, index)


def each(rule, *values):
    """Return what a rule makes of the items of values of one common shape."""
    shape = spread([value.shape for value in values])
    if not known(shape) or any(value.items is None for value in values):
        return Value(shape)
    lists = [value.items if value.shape == shape else expanded(value, shape).items for value in values]
    return Value(shape, tuple([rule(*items) for items in zip(*lists, strict=True)]))


# -- one number ------------------------------------------------------------------------------------


def careful(rule):
    """Return a rule of numbers that is None where one is unknown, or where nothing exact can be said."""

    def apply(*items):
        if None in items:
            return None
        try:
            found = rule(*items)
        except (ArithmeticError, TypeError, ValueError):
            return None
        if found.__class__ is complex or found is NotImplemented:
            return None
        # No file's integers are longer, and a square of a square of them soon is.
        return None if found.__class__ is int and found.bit_length() > 64 else found

    return apply


def times(a, b):
    """Return a product; of a size and a float it is a part."""
    if a.__class__ is float and b.__class__ is Size:
        a, b = b, a
    if a.__class__ is Size and b.__class__ is float:
        return a * int(b) if b.is_integer() else Part(a, b)
    if Part in (a.__class__, b.__class__):
        a, b = (a, b) if a.__class__ is Part else (b, a)
        if b.__class__ not in (int, float):
            return None
        return times(a.size, a.factor * b)
    return a * b


def over(a, b):
    """Return a quotient: of integers rounded towards zero, of a size and a float a part."""
    if b.__class__ is float:
        return times(a, 1 / b)
    if a.__class__ is float:
        return a / b if b.__class__ is int else None
    if a.__class__ is Part:
        return times(a, 1 / b)
    if b.__class__ is Size:
        return divide(a, b)
    if a.__class__ is Size:
        return a // b
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def modulo(a, b):
    """Return what is left of a division, of the divisor's sign."""
    return a - a // b * b if Size in (a.__class__, b.__class__) else a % b


def below(a, b):
    """Tell whether a number is less than another; None where a symbol decides."""
    gap = b - a
    if gap.__class__ is not Size:
        return gap > 0
    # No size is below 1, so that a size is above 0 and a size is not below -1.
    if a.__class__ is int and a < 1 and len(b.terms) == 1:
        return True
    if b.__class__ is int and b < 1 and len(a.terms) == 1:
        return False
    return None


def equal(a, b):
    """Tell whether two numbers are equal; None where a symbol decides."""
    if Size in (a.__class__, b.__class__):
        if a == b:
            return True
        number = a if a.__class__ is int else b
        return False if number.__class__ is int and number < 0 else None
    return a == b


def picked(items, before):
    """Return the number that goes before all others; None where a symbol decides."""
    found = items[0]
    for item in items[1:]:
        better = before(item, found)
        if better is None:
            return None
        found = item if better else found
    return found


def down(a):
    """Return the whole part, as the type it is of."""
    return a.floor() if a.__class__ is Part else float(floor(a)) if a.__class__ is float else a


def up(a):
    """Return the next integer above, as the type it is of."""
    return a.ceil() if a.__class__ is Part else float(ceil(a)) if a.__class__ is float else a


def whole(a):
    """Return a number as an integer."""
    return a.floor() if a.__class__ is Part else a if a.__class__ is Size else int(a)


def real(a):
    """Return a number as a float; a size stays exact."""
    return a if a.__class__ in (Part, Size) else float(a)


def chosen(condition, a, b):
    """Return one of two numbers; equal ones whatever the condition."""
    if condition is None:
        return a if a == b else None
    return a if condition else b


def raised(a, b):
    """Return a power with a small exponent, of a number that stays small."""
    if abs(b) > 64 or (a.__class__ is int and a.bit_length() > 64):
        return None
    return a**b if a.__class__ is not Size else None


# The number of operands decides nothing: Min and Max take any.
RULES = {
    "Add": careful(lambda a, b: a + b), "Sub": careful(lambda a, b: a - b), "Mul": careful(times),
    "Div": careful(over), "Mod": careful(modulo), "Pow": careful(raised), "Neg": careful(lambda a: -a),
    "Abs": careful(lambda a: a if a.__class__ is Size else abs(a)), "Floor": careful(down), "Ceil": careful(up),
    "Sqrt": careful(lambda a: a**0.5), "Identity": careful(lambda a: a),
    "Min": careful(lambda *a: picked(a, below)), "Max": careful(lambda *a: picked(a, lambda x, y: below(y, x))),
    "Less": careful(below), "Greater": careful(lambda a, b: below(b, a)), "Equal": careful(equal),
    "LessOrEqual": careful(lambda a, b: None if below(b, a) is None else not below(b, a)),
    "GreaterOrEqual": careful(lambda a, b: None if below(a, b) is None else not below(a, b)),
    "Not": careful(lambda a: not a), "And": careful(lambda a, b: a and b), "Or": careful(lambda a, b: a or b),
    "Xor": careful(lambda a, b: bool(a) != bool(b)), "Where": chosen, "Sum": careful(lambda *a: sum(a)),
}  # fmt: skip
# What keeps its first operand's shape or spreads over its operands, and is never a size.
SHAPED = frozenset(
    """
    Acos Acosh Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Celu Clip Cos Cosh
    CumSum DequantizeLinear Dropout Elu Erf Exp Gelu HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log LogSoftmax
    LpNormalization Mean Mish PRelu QuantizeLinear Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softmax Softplus
    Softsign Swish Tan Tanh Trilu
    """.split()
)
# Of the shaped, those of which only the first operand counts.
FIRST = frozenset(("Clip", "CumSum", "DequantizeLinear", "Dropout", "QuantizeLinear", "Trilu"))
