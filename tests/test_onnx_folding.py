"""What an ONNX file computes of sizes alone, a node at a time: numbers, sizes that are open, and what nobody knows."""

import pytest

from convcalc.readers.onnx.fold import evaluated
from convcalc.readers.onnx.proto import Node
from convcalc.readers.onnx.tensors import Tensor
from convcalc.readers.onnx.values import MOST, UNKNOWN, Part, Value
from convcalc.sizes import symbol

N = symbol("N")
HALF = Part(N, 0.5)
INF, NAN = float("inf"), float("nan")
ANY = Value((2, N))
# A number, of which nothing is known.
SOME = Value((), (None,))


def numbers(*items):
    """Return the value of a list."""
    return Value((len(items),), items)


def fold(op, *operands, outputs=1, domain="", **attributes):
    """Return the values of the outputs of a node on operands, a number as a tensor of no axes."""
    node = Node(op, domain, "", (), (), attributes)
    values = [one if one is None or one.__class__ is Value else Value((), (one,)) for one in operands]
    return evaluated(node, values, outputs)


# An operator, its operands, what it gives; None is what is not known.
ARITHMETIC = [
    ("Add", (N, 2), N + 2), ("Add", (SOME, 2), None), ("Sub", (3, N), 3 - N), ("Sum", (1, 2, 3), 6),
    ("Mul", (N, 3), 3 * N), ("Mul", (N, 2.0), 2 * N), ("Mul", (0.5, N), HALF), ("Mul", (HALF, 4), 2 * N),
    ("Mul", (3.0, HALF), Part(N, 1.5)), ("Mul", (HALF, N), None), ("Mul", (1 << 40, 1 << 40), None),
    ("Div", (7, 2), 3), ("Div", (-7, 2), -3), ("Div", (7, -2), -3), ("Div", (-7, -2), 3), ("Div", (1, 0), None),
    ("Div", (N, 2), N // 2), ("Div", (4 * N, N), 4), ("Div", (N, 2.0), HALF), ("Div", (3.0, 2), 1.5),
    ("Div", (3.0, N), None), ("Div", (HALF, 2), Part(N, 0.25)),
    ("Mod", (-7, 3), 2), ("Mod", (7, -3), -2), ("Mod", (4 * N, 2), 0), ("Mod", (N, 2), N - N // 2 * 2),
    ("Pow", (2, 3), 8), ("Pow", (2, 65), None), ("Pow", (1 << 65, 2), None), ("Pow", (N, 2), None),
    ("Pow", (-2.0, 0.5), None), ("Pow", (0, -1), None), ("Sqrt", (9.0,), 3.0), ("Neg", (N,), -N),
    ("Abs", (-3,), 3), ("Abs", (N,), N), ("Identity", (HALF,), HALF),
    ("Floor", (2.5,), 2.0), ("Floor", (-2.5,), -3.0), ("Floor", (HALF,), N // 2), ("Floor", (N,), N),
    ("Ceil", (2.5,), 3.0), ("Ceil", (HALF,), -(-N // 2)), ("Ceil", (Part(N, 0.4),), None), ("Ceil", (N,), N),
    ("Ceil", (Part(N, 1.5),), None),
    ("Less", (1, 2), True), ("Less", (0, N), True), ("Less", (N, 0), False), ("Less", (N, 5), None),
    ("Less", (N, N + 1), True), ("Greater", (N, 0), True), ("Greater", (5, N), None),
    ("LessOrEqual", (2, 2), True), ("LessOrEqual", (N, 5), None), ("GreaterOrEqual", (N, 0), True),
    ("GreaterOrEqual", (N, 5), None), ("Equal", (2, 2.0), True), ("Equal", (N, N), True), ("Equal", (-1, N), False),
    ("Equal", (N, 3), None), ("Min", (3, 1, 2), 1), ("Max", (3, 1, 5), 5), ("Max", (N, 0), N), ("Max", (N, 5), None),
    ("Not", (True,), False), ("And", (True, False), False), ("Or", (False, True), True), ("Xor", (True, 1), False),
    ("Where", (True, N, 2), N), ("Where", (False, N, 2), 2), ("Where", (SOME, N, N), N), ("Where", (SOME, N, 2), None),
]  # fmt: skip


@pytest.mark.parametrize(("op", "operands", "expected"), ARITHMETIC)
def test_a_number_of_numbers(op, operands, expected):
    (found,) = fold(op, *operands)

    assert found == Value((), (expected,))
    assert found.items[0].__class__ is expected.__class__


@pytest.mark.parametrize(
    ("item", "to", "expected"),
    [
        *((2.7, 7, 2), (HALF, 7, N // 2), (N, 6, N), (3, 1, 3.0), (N, 10, N), (HALF, 11, HALF), (2, 9, True)),
        *((SOME, 7, None), (0, 9, False)),
    ],
)
def test_a_cast(item, to, expected):
    (found,) = fold("Cast", item, to=to)

    assert found == Value((), (expected,))
    assert found.items[0].__class__ is expected.__class__


@pytest.mark.parametrize(("item", "to"), [(NAN, 7), (INF, 7), (2, 8), (2, None)])
def test_a_cast_that_no_number_stands_for(item, to):
    assert fold("Cast", item, to=to) == [Value(())]


TABLE = Value((2, 3), (1, 2, 3, 4, 5, 6))
SIZES = numbers(N, 3, 8)
# An operator, its operands, its attributes, what it gives.
LAYOUTS = [
    ("Shape", (ANY,), {}, numbers(2, N)),
    ("Shape", (Value((2, N, 5)),), {"start": 1}, numbers(N, 5)),
    ("Shape", (Value((2, N, 5)),), {"start": -3, "end": -1}, numbers(2, N)),
    ("Shape", (UNKNOWN,), {}, UNKNOWN),
    ("Size", (ANY,), {}, Value((), (2 * N,))),
    ("Size", (Value((2, None)),), {}, UNKNOWN),
    ("CastLike", (SIZES, UNKNOWN), {}, SIZES),
    ("Gather", (SIZES, 0), {}, Value((), (N,))),
    ("Gather", (SIZES, numbers(-1, 0)), {}, numbers(8, N)),
    ("Gather", (TABLE, numbers(2, 0)), {"axis": 1}, Value((2, 2), (3, 1, 6, 4))),
    ("Gather", (TABLE, Value((1, 1), (1,))), {}, Value((1, 1, 3), (4, 5, 6))),
    ("Gather", (SIZES, 3), {}, Value(())),
    ("Gather", (SIZES, N), {}, Value(())),
    ("Gather", (ANY, 0), {"axis": 1}, Value((2,))),
    ("Gather", (SIZES, UNKNOWN), {}, UNKNOWN),
    ("Gather", (SIZES, None), {}, UNKNOWN),
    ("Gather", (5, 0), {}, UNKNOWN),
    ("Slice", (SIZES, numbers(1), numbers(1 << 40)), {}, numbers(3, 8)),
    ("Slice", (SIZES,), {"starts": (0,), "ends": (-1,)}, numbers(N, 3)),
    ("Slice", (SIZES, numbers(-1), numbers(-(1 << 40)), numbers(0), numbers(-1)), {}, numbers(8, 3, N)),
    ("Slice", (TABLE, numbers(1), numbers(3), numbers(-1)), {}, Value((2, 2), (2, 3, 5, 6))),
    ("Slice", (ANY, numbers(0), numbers(1 << 31), numbers(1)), {}, ANY),
    ("Slice", (ANY, numbers(1), numbers(5), numbers(1)), {}, Value((2, None))),
    ("Slice", (ANY, numbers(0), numbers(1), numbers(0), numbers(0)), {}, Value((None, N))),
    ("Slice", (ANY, numbers(0, 1), numbers(1)), {}, Value((None, None))),
    ("Slice", (ANY, numbers(0), numbers(1), UNKNOWN), {}, Value((None, None))),
    ("Slice", (ANY, UNKNOWN, numbers(1)), {}, Value((None, None))),
    ("Slice", (UNKNOWN, numbers(0), numbers(1)), {}, UNKNOWN),
    ("Concat", (SIZES, numbers(1)), {"axis": 0}, numbers(N, 3, 8, 1)),
    ("Concat", (ANY, ANY), {"axis": -1}, Value((2, 2 * N))),
    ("Concat", (ANY, Value((2, None))), {"axis": 1}, Value((2, None))),
    ("Concat", (Value((2,)), numbers(1)), {"axis": 0}, Value((3,))),
    ("Concat", (SIZES, UNKNOWN), {"axis": 0}, UNKNOWN),
    ("Unsqueeze", (N, numbers(0)), {}, Value((1,), (N,))),
    ("Unsqueeze", (ANY,), {"axes": (0, -1)}, Value((1, 2, N, 1))),
    ("Unsqueeze", (ANY, UNKNOWN), {}, UNKNOWN),
    ("Squeeze", (Value((1,), (N,)),), {}, Value((), (N,))),
    ("Squeeze", (Value((1, N, 1)), numbers(-1)), {}, Value((1, N))),
    ("Squeeze", (Value((1, N)),), {"axes": 0}, Value((N,))),
    ("Squeeze", (Value((1, N)),), {}, UNKNOWN),
    ("Squeeze", (UNKNOWN, numbers(0)), {}, UNKNOWN),
    ("Reshape", (TABLE, numbers(-1)), {}, Value((6,), (1, 2, 3, 4, 5, 6))),
    ("Reshape", (TABLE, numbers(0, -1)), {}, TABLE),
    ("Reshape", (Value((2, N, 4)), numbers(0, -1)), {}, Value((2, 4 * N))),
    ("Reshape", (Value((0, 4)), numbers(0, -1)), {}, Value((0, None))),
    ("Reshape", (Value((0, 4)), numbers(4, 0)), {"allowzero": 1}, Value((4, 0))),
    ("Reshape", (UNKNOWN, numbers(2, -1)), {}, Value((2, None))),
    ("Reshape", (TABLE, UNKNOWN), {}, UNKNOWN),
    ("Transpose", (TABLE,), {}, Value((3, 2), (1, 4, 2, 5, 3, 6))),
    ("Transpose", (Value((1, 2, N)),), {"perm": (2, 0, 1)}, Value((N, 1, 2))),
    ("Transpose", (ANY,), {"perm": (1, 1)}, UNKNOWN),
    ("Transpose", (UNKNOWN,), {}, UNKNOWN),
    ("Expand", (numbers(7), numbers(2, 3)), {}, Value((2, 3), (7,) * 6)),
    ("Expand", (numbers(7), numbers(N)), {}, Value((N,))),
    ("Expand", (numbers(7), UNKNOWN), {}, UNKNOWN),
    ("Tile", (numbers(1, N), numbers(2)), {}, numbers(1, N, 1, N)),
    ("Tile", (ANY, numbers(1, 3)), {}, Value((2, 3 * N))),
    ("Tile", (ANY, numbers(1)), {}, UNKNOWN),
    ("ReduceProd", (SIZES,), {"keepdims": 0}, Value((), (24 * N,))),
    ("ReduceMax", (TABLE,), {}, Value((1, 1), (6,))),
    ("ReduceMin", (TABLE, numbers(0, 1)), {"keepdims": 0}, Value((), (1,))),
    ("ReduceSum", (TABLE, numbers(-1)), {}, Value((2, 1))),
    ("ReduceSum", (TABLE,), {"axes": 0, "keepdims": 0}, Value((3,))),
    ("ReduceSum", (TABLE, numbers()), {"noop_with_empty_axes": 1}, TABLE),
    ("ReduceMean", (TABLE,), {}, Value((1, 1))),
    ("ReduceSum", (UNKNOWN,), {}, UNKNOWN),
    ("ConstantOfShape", (numbers(2, 2),), {}, Value((2, 2), (0.0,) * 4)),
    ("ConstantOfShape", (numbers(2),), {"value": Tensor("", (1,), 7, (5,))}, numbers(5, 5)),
    ("ConstantOfShape", (numbers(2),), {"value": Tensor("", (1,), 7, None)}, numbers(None, None)),
    ("ConstantOfShape", (numbers(N),), {}, Value((N,))),
    ("ConstantOfShape", (UNKNOWN,), {}, UNKNOWN),
    ("Range", (5, 0, -2), {}, numbers(5, 3, 1)),
    ("Range", (0, MOST + 1, 1), {}, Value((MOST + 1,))),
    ("Range", (2, N, 1), {}, Value((N - 2,))),
    ("Range", (0, N, 2), {}, Value((-(-N // 2),))),
    ("Range", (N, 0, -1), {}, Value((None,))),
    ("Range", (0, 5, 0), {}, Value((None,))),
    ("Range", (0, UNKNOWN, 1), {}, Value((None,))),
    ("NonZero", (numbers(0, 3, 5),), {}, Value((1, 2), (1, 2))),
    ("NonZero", (ANY,), {}, Value((2, None))),
    ("NonZero", (UNKNOWN,), {}, Value((None, None))),
    ("Add", (TABLE, numbers(10, 20, 30)), {}, Value((2, 3), (11, 22, 33, 14, 25, 36))),
    ("Add", (ANY, 1), {}, ANY),
    ("Add", (UNKNOWN, 1), {}, UNKNOWN),
    ("Sigmoid", (ANY,), {}, ANY),
    ("PRelu", (Value((N, 1)), Value((3,))), {}, Value((N, 3))),
    ("Clip", (ANY, 0, 1), {}, ANY),
    ("MatMul", (ANY, ANY), {}, UNKNOWN),
]


@pytest.mark.parametrize(("op", "operands", "attributes", "expected"), LAYOUTS)
def test_a_tensor_of_tensors(op, operands, attributes, expected):
    assert fold(op, *operands, **attributes) == [expected]


SPLITS = [
    (SIZES, (numbers(1, 2),), {}, [numbers(N), numbers(3, 8)]),
    (SIZES, (), {}, [numbers(N, 3), numbers(8)]),
    (TABLE, (), {"axis": 1, "split": (1, 2)}, [Value((2, 1), (1, 4)), Value((2, 2), (2, 3, 5, 6))]),
    (Value((N, 4)), (numbers(N - 1, 1),), {}, [Value((N - 1, 4)), Value((1, 4))]),
    (ANY, (), {"axis": 1}, [UNKNOWN, UNKNOWN]),
    (SIZES, (numbers(3),), {}, [SIZES, UNKNOWN]),
    (UNKNOWN, (), {}, [UNKNOWN, UNKNOWN]),
]


@pytest.mark.parametrize(("value", "more", "attributes", "expected"), SPLITS)
def test_the_parts_of_an_axis(value, more, attributes, expected):
    assert fold("Split", value, *more, outputs=2, **attributes) == expected


def test_nothing_is_known_of_what_is_not_onnx_own():
    assert fold("Add", 1, 2, domain="com.example") == [UNKNOWN]
    assert fold("Add", None, 2) == fold("Add") == [UNKNOWN]
    assert fold("MaxPool", ANY, outputs=2) == [UNKNOWN, UNKNOWN]


def test_a_list_of_numbers():
    """Parts of sizes are rounded where a list of sizes is meant; what has an unknown, or rows, is no list."""
    assert numbers(HALF, 2).numbers == (N // 2, 2)
    assert numbers(None, 2).numbers is None
    assert TABLE.numbers is None
    assert UNKNOWN.numbers is None
