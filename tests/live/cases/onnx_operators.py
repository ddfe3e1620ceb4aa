"""Random nodes of ONNX operators whose operands a file may hold: cell by cell, and along axes.

An operand's name gives its values, with ``_shape`` after it a weight; see `convcalc.layers.onnx_operands`.
"""

from itertools import pairwise

from tests.live.cases.draw import case, layout, registering

GENERATORS: dict = {}
generator = registering(GENERATORS)
BINARY = {
    "Pow": ("X", "Y"), "Where": ("condition", "X", "Y"),
    **dict.fromkeys(
        ("Add", "Sub", "Mul", "Div", "Mod", "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And", "Or",
         "Xor"), ("A", "B")),
}  # fmt: skip
UNARY = (
    "Abs", "Neg", "Reciprocal", "Sqrt", "Log", "Erf", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "Tan", "Asin",
    "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "IsNaN", "Not",
)  # fmt: skip


def shape_of(draw, low=0, high=4, most=5):
    """Return sizes, sometimes with a 0."""
    return [0 if draw.chance(0.03) else draw.size(1, most) for _ in range(draw.size(low, high))]


def like(draw, shape):
    """Return a shape that broadcasts against another, nearly always."""
    sizes = [1 if draw.chance(0.3) else n for n in shape]
    if draw.spoils and sizes and draw.chance(0.08):
        sizes[draw.size(0, len(sizes) - 1)] = draw.size(1, 6)
    if draw.chance(0.3):
        return sizes[draw.size(0, len(sizes)) :]
    return [draw.pick(1, 2), *sizes] if draw.chance(0.1) else sizes


def several(draw, values, shapes):
    """Return the case of operands that are all real: of one, the usual form."""
    shapes = [shape for shape in shapes if shape is not None]
    if len(shapes) == 1:
        return {"args": [], "kwargs": values, "input": shapes[0]}
    # A real operand is made out of the one input by layers that take no shape without cells.
    shapes = [[max(n, 1) for n in shape] or [1] for shape in shapes]
    return {"args": [], "kwargs": values, "input": shapes}


def numbers(draw, shape):
    """Return nested values of a shape."""
    if not shape:
        return draw.pick(0.5, 2.0, -1.0, 1, 0, 3.5)
    return tuple(numbers(draw, shape[1:]) for _ in range(shape[0]))


@generator(*BINARY)
def operands(draw, name):
    words = BINARY[name]
    base = shape_of(draw)
    values, shapes = ({"fmod": 1} if name == "Mod" else {}), []
    for word in words:
        shape = like(draw, base)
        way = draw.pick("real", "real", "value", "weight")
        if word == words[-1] and not shapes:
            way = "real"
        if way == "value":
            values[word] = numbers(draw, [min(n, 4) for n in shape] if draw.chance(0.3) and 0 not in shape else [])
        elif way == "weight":
            values[f"{word}_shape"] = tuple(shape)
        else:
            shapes.append(shape)
    return several(draw, values, shapes)


@generator("Max", "Min", "Mean", "Sum", "Concat")
def any_number(draw, name):
    base = shape_of(draw, 1 if name == "Concat" else 0)
    word = "inputs" if name == "Concat" else "data_0"
    values = {}
    if name == "Concat":
        axis = draw.size(0, len(base) - 1)
        values["axis"] = draw.pick(axis, axis - len(base))

    def one():
        if name != "Concat":
            return like(draw, base)
        sizes = list(base)
        sizes[axis] = draw.size(1, 4)
        if draw.spoils and draw.chance(0.08):
            sizes[draw.size(0, len(sizes) - 1)] = draw.size(1, 6)
        return sizes

    shapes = [one() for _ in range(draw.pick(1, 1, 2, 3))]
    if draw.chance(0.5):
        shape = one()
        if draw.chance(0.4) and 0 not in shape and len(shape) < 4:
            values[word] = numbers(draw, shape)
        else:
            values[f"{word}_shape"] = tuple(shape)
        if name == "Concat" and draw.chance(0.6):
            values["place"] = draw.size(-len(shapes) - 1, len(shapes))
    return several(draw, values, shapes)


@generator(*UNARY)
def unary(draw, name):
    return case(draw, (), {}, shape_of(draw), spoil=0.15)


@generator("Cast")
def cast(draw, name):
    kinds = ("float", "double", "int64", "int32", "int8", "uint8", "bool", "float16", "bfloat16")
    return case(draw, (), {"to": draw.pick(*kinds)}, shape_of(draw), spoil=0.1)


def some_axes(draw, rank, least=0):
    """Return some different axes, some of them counted from the end, seldom one too far."""
    axes = draw.rng.sample(range(rank), draw.size(min(least, rank), rank))
    axes = [draw.pick(axis, axis - rank) for axis in axes]
    if axes and draw.spoils and draw.chance(0.07):
        axes[0] = draw.pick(rank, -rank - 1, axes[-1])
    return tuple(axes)


@generator("Squeeze")
def squeeze(draw, name):
    shape = [1 if draw.chance(0.5) else n for n in shape_of(draw)]
    values = {}
    if draw.chance(0.7):
        ones = [axis for axis, n in enumerate(shape) if n == 1]
        axes = draw.rng.sample(ones, draw.size(0, len(ones)))
        values["axes"] = tuple(draw.pick(a, a - len(shape)) for a in axes)
        if draw.spoils and draw.chance(0.15):
            values["axes"] = some_axes(draw, len(shape), 1)
    return case(draw, (), values, shape, spoil=0.1)


@generator("Unsqueeze")
def unsqueeze(draw, name):
    shape = shape_of(draw, 0, 3)
    more = draw.size(1, 2)
    rank = len(shape) + more
    axes = draw.rng.sample(range(rank), more)
    axes = [draw.pick(axis, axis - rank) for axis in axes]
    if draw.spoils and draw.chance(0.15):
        axes[0] = draw.pick(rank, -rank - 1, axes[-1])
    return case(draw, (), {"axes": tuple(axes)}, shape, spoil=0.1)


@generator("Slice")
def cut(draw, name):
    shape = shape_of(draw, 1, 4, 7)
    axes = some_axes(draw, len(shape), 1)
    if draw.chance(0.3):
        axes = tuple(range(len(axes)))
    far = 2**63 - 1

    def bound():
        return draw.pick(0, draw.size(-8, 8), draw.size(1, 4), -1, far, -far, 2**31 - 1)

    values = {"starts": tuple(bound() for _ in axes), "ends": tuple(bound() for _ in axes)}
    if axes != tuple(range(len(axes))) or draw.chance(0.5):
        values["axes"] = axes
    if draw.chance(0.5):
        values["steps"] = tuple(draw.pick(1, 1, 2, 3, -1, -2) for _ in axes)
    return case(draw, (), values, shape, spoil=0.15)


@generator("Split")
def split(draw, name):
    shape = shape_of(draw, 1, 4, 7)
    axis = draw.size(0, len(shape) - 1)
    values = {} if axis == 0 and draw.chance(0.5) else {"axis": draw.pick(axis, axis - len(shape))}
    if draw.chance(0.5):
        parts = values["num_outputs"] = draw.size(1, 4)
    else:
        cuts = sorted(draw.size(0, shape[axis]) for _ in range(draw.size(0, 2)))
        edges = [0, *cuts, shape[axis]]
        values["split"] = tuple(b - a for a, b in pairwise(edges))
        parts = len(values["split"])
    values |= draw.some({"output": draw.size(0, parts - 1)})
    return case(draw, (), values, shape, spoil=0.15)


@generator("Expand", "Tile")
def repeated(draw, name):
    shape = shape_of(draw)
    if name == "Tile":
        repeats = tuple(draw.pick(1, 1, 2, 3, 0) for _ in shape)
        return case(draw, (), {"repeats": repeats}, shape, spoil=0.15)
    shape = [1 if draw.chance(0.4) else n for n in shape]
    target = [draw.size(1, 4) if n == 1 else draw.pick(1, n) for n in shape]
    target = [draw.size(1, 3), *target] if draw.chance(0.3) else target[draw.pick(0, 0, 1) :]
    return case(draw, (), {"shape": tuple(target)}, shape, spoil=0.15)


@generator("Gather")
def gather(draw, name):
    shape = shape_of(draw, 1, 4)
    axis = draw.size(0, len(shape) - 1)
    values = draw.some({"axis": draw.pick(axis, axis - len(shape))})
    n = shape[values.get("axis", 0)]

    def index(sizes):
        if not sizes:
            return draw.size(-n, n - 1) if n and not (draw.spoils and draw.chance(0.03)) else draw.size(-7, 7)
        return tuple(index(sizes[1:]) for _ in range(sizes[0]))

    if draw.chance(0.3):
        values["data_shape"] = tuple(shape)
        return {**layout(draw, (), values), "input": shape_of(draw, 0, 3)}
    values["indices"] = index([draw.size(1, 3) for _ in range(draw.size(0, 2))])
    return case(draw, (), values, shape, spoil=0.1)
