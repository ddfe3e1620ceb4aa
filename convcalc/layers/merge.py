"""Layers that join several inputs: sums and the like by broadcasting, and concatenation."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.onnx_operands import held, lowered, operands
from convcalc.layers.shape import assume
from convcalc.layers.shared import KERAS
from convcalc.layers.site import Facts


def elementwise(site):
    """Size and count a merge cell by cell: one operation a cell for each operand beyond the first."""
    shapes, weights = operands(site) if site.framework == "onnx" else (site.shapes, ())
    if site.framework == "keras":
        check_count(site)
        if not all(shapes):
            raise site.refuse("wrong_rank", f"{site.type} takes no scalars.", "Give inputs with a batch axis.")
        batch = shapes[0][0]
        for shape in shapes[1:]:
            batch = same(site, batch, shape[0], 0)
        output = (batch, *broadcast(site, [shape[1:] for shape in shapes]))
    else:
        output = broadcast(site, shapes)
    # Where an operand is spread over cells, only a field of the whole input stays what it was.
    plain = all(len(shape) == len(output) and inner(site, shape) == inner(site, output) for shape in site.shapes)
    flops = (len(shapes) - 1) * site.cells(output)
    return Facts(output, weights=weights, flops=flops, field="keeps" if plain else "mixes")


def inner(site, shape):
    """Return the axes of a shape that are neither batch nor channels."""
    return shape[1:-1] if site.framework == "keras" else shape[2:]


def check_count(site):
    """Refuse one input, or more than two where the layer takes two: Keras' Subtract."""
    count = len(site.shapes)
    two = site.type == "Subtract"
    if (count != 2) if two else count < 2:
        raise site.illegal(
            f"{site.type} takes {'exactly two' if two else 'two or more'} inputs, not {count}.",
            f"Label an earlier layer and name it: conv2d 8 3 pad=same @a | relu | {site.layer.word} @a",
        )


def broadcast(site, shapes):
    """Return the common shape of several, aligned at their ends: sizes are equal, or 1."""
    rank = max(map(len, shapes))
    output = [1] * rank
    for shape in shapes:
        for axis in range(-len(shape), 0):
            a, b = output[axis], shape[axis]
            if a.__class__ is int and b.__class__ is int:
                if a != b and a != 1 and b != 1:
                    raise unequal(site, a, b, axis)
                output[axis] = b if a == 1 else a
            elif a == 1 or b == 1:
                output[axis] = b if a == 1 else a
            else:
                output[axis] = same(site, a, b, axis)
    return tuple(output)


def same(site, a, b, axis):
    """Return the one size that two must be; of an unknown and a number it is the number."""
    if a == b:
        return a
    if a.__class__ is int and b.__class__ is int:
        raise unequal(site, a, b, axis)
    assume(site, f"{a} = {b}")
    return a if a.__class__ is int else b if b.__class__ is int else a


def unequal(site, a, b, axis):
    """Return the error for sizes that do not go together."""
    shapes = " and ".join(f"({show(shape)})" for shape in site.shapes)
    where = f"axis {axis}" if axis else "the batch"
    return site.refuse(
        "wrong_shape",
        f"{site.type} cannot join {shapes}: {a} and {b} along {where}.",
        "Give inputs of one size; pad=same keeps sizes, zeropad and crop change them by a cell.",
    )


def concat(site):
    """Size a concatenation: equal sizes but along one axis, where they add up."""
    shapes, weights = operands(site) if site.framework == "onnx" else (site.shapes, ())
    axis = site.args["axis"]
    if site.framework == "keras":
        check_count(site)
    rank = len(shapes[0])
    if any(len(shape) != rank for shape in shapes):
        raise site.refuse(
            "wrong_rank",
            f"{site.type} takes inputs of as many axes each, not {' and '.join(str(len(s)) for s in shapes)}.",
            "Flatten or reshape one of them.",
        )
    if not -rank <= axis < rank:
        raise site.refuse(
            "wrong_rank",
            f"{site.type}'s axis {axis} is none of inputs of {rank} axes.",
            f"Give an axis from {-rank} to {rank - 1}.",
        )
    at = axis % rank
    output = list(shapes[0])
    for shape in shapes[1:]:
        for i, n in enumerate(shape):
            output[i] = output[i] + n if i == at else same(site, output[i], n, i)
    channels = rank - 1 if site.framework == "keras" else 1
    return Facts(tuple(output), weights=weights, field="keeps" if at == channels and rank > 1 else "unknown")


def merge(kind, words, keras, onnx, about):
    """Return the family of a merge cell by cell; in ONNX of two inputs, A and B, or of any number."""
    names = OPERANDS.get(onnx, ("data_0",))
    return Family(
        kind, words, elementwise, "B",
        keras=keras and (keras, KERAS), onnx=onnx and (onnx, f"* {held(*names)}"),
        operands="many", example=f"{words.split()[0]} @input", about=about, aliases=lowered(*names),
    )  # fmt: skip


OPERANDS = dict.fromkeys(("Add", "Sub", "Mul"), ("A", "B"))

FAMILIES = (
    merge("add", "add", "Add", "Add", "the sum of its inputs"),
    merge("subtract", "sub subtract", "Subtract", "Sub", "the first input less the second"),
    merge("multiply", "mul multiply", "Multiply", "Mul", "the product of its inputs"),
    merge("average", "avg average mean", "Average", "Mean", "the mean of its inputs"),
    merge("maximum", "max maximum", "Maximum", "Max", "the largest of its inputs"),
    merge("minimum", "min minimum", "Minimum", "Min", "the smallest of its inputs"),
    merge("sum", "sum", None, "Sum", "the sum of any number of inputs"),
    Family(
        "concat", "concat concatenate", concat, "axis",
        keras=("Concatenate", f"axis:int=-1 {KERAS}"),
        onnx=("Concat", f"axis:int * {held('inputs')} place:int=-1"),
        operands="many", example="concat axis=1 @input", about="its inputs one after the other along an axis",
        aliases=lowered("inputs"),
    ),
)  # fmt: skip
