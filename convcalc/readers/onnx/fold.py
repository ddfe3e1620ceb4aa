"""Nodes that compute sizes, evaluated: what an exported model makes of its tensors' shapes before it uses them."""

from math import prod

from convcalc.readers.onnx.fill import counted, filled, places
from convcalc.readers.onnx.values import (
    FIRST,
    RULES,
    SHAPED,
    UNKNOWN,
    Value,
    each,
    expanded,
    known,
    made,
    real,
    remapped,
    single,
    spread,
    whole,
)
from convcalc.sizes import divide

INTEGERS = {2, 3, 4, 5, 6, 7, 12, 13}
REAL = {1, 10, 11, 16}
REDUCED = ("ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin")


def evaluated(node, operands, outputs):
    """Return the values of a node's outputs.

    Parameters
    ----------
    node : Node
    operands : list of Value or None
        None in the place of an operand that is left out.
    outputs : int
        How many it has.
    """
    op = node.op
    if node.domain or not operands or operands[0] is None:
        return [UNKNOWN] * outputs
    if op == "Split":
        return split(node, operands, outputs)
    if op in RULES:
        found = each(RULES[op], *[value for value in operands if value is not None])
    elif op in LAYOUT:
        found = LAYOUT[op](node, operands) or UNKNOWN
    elif op in SHAPED:
        found = Value(spread([v.shape for v in (operands[:1] if op in FIRST else operands) if v is not None]))
    elif op.startswith("Reduce"):
        found = reduced(node, operands)
    else:
        found = UNKNOWN
    return [found] + [UNKNOWN] * (outputs - 1)


def listed(node, operands, place, name, default=None):
    """Return a list that is an attribute in older files and an operand in newer ones; `default` where it is neither."""
    if len(operands) > place and operands[place] is not None:
        return operands[place].numbers
    value = node.attributes.get(name, default)
    return (value,) if value.__class__ is int else value


def shape_of(node, operands):
    """Return the sizes of a tensor, all or some of them."""
    shape = operands[0].shape
    if shape is None:
        return None
    rank = len(shape)
    start, end = node.attributes.get("start", 0), node.attributes.get("end", rank)
    part = shape[slice(start, end)]
    return made((len(part),), tuple(part))


def size(node, operands):
    """Return how many values a tensor has."""
    shape = operands[0].shape
    return None if shape is None or None in shape else single(prod(shape))


def cast(node, operands):
    """Return a tensor in another type."""
    to = node.attributes.get("to")
    rule = whole if to in INTEGERS else real if to in REAL else bool if to == 9 else None
    value = operands[0]
    if value.items is None or rule is None:
        return Value(value.shape)
    try:
        return Value(value.shape, tuple([None if n is None else rule(n) for n in value.items]))
    except (OverflowError, ValueError):
        return Value(value.shape)


def kept(node, operands):
    """Return a tensor as it is, in the type of another."""
    return operands[0]


def gather(node, operands):
    """Return the entries of an axis that some indices name."""
    value, indices = operands[0], operands[1]
    if value.shape is None or indices is None or indices.shape is None or not value.shape:
        return None
    axis = node.attributes.get("axis", 0) % len(value.shape)
    count = len(indices.shape)
    shape = (*value.shape[:axis], *indices.shape, *value.shape[axis + 1 :])
    length = value.shape[axis]
    if not known(indices.shape) or indices.items is None or any(i.__class__ is not int for i in indices.items):
        return Value(shape)
    if length.__class__ is not int or any(not -length <= i < length for i in indices.items):
        return Value(shape)
    steps = [prod(indices.shape[i + 1 :]) for i in range(count)]

    def index(place):
        middle = place[axis : axis + count]
        chosen = indices.items[sum([n * step for n, step in zip(middle, steps, strict=True)])]
        return (*place[:axis], chosen % length, *place[axis + count :])

    return remapped(value, shape, index)


def sliced(node, operands):
    """Return a part of some axes."""
    value = operands[0]
    starts, ends = listed(node, operands, 1, "starts"), listed(node, operands, 2, "ends")
    if value.shape is None or starts is None or ends is None:
        return None if value.shape is None else Value((None,) * len(value.shape))
    axes = listed(node, operands, 3, "axes", tuple(range(len(starts))))
    steps = listed(node, operands, 4, "steps", (1,) * len(starts))
    if axes is None or steps is None or not len(starts) == len(ends) == len(axes) == len(steps):
        return Value((None,) * len(value.shape))
    shape = list(value.shape)
    places: dict = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        n = shape[axis]
        if all(one.__class__ is int for one in (n, start, end, step)) and step:
            places[axis % len(shape)] = range(n)[slice(start, end if step > 0 or end >= -n else None, step)]
            shape[axis] = len(places[axis % len(shape)])
        elif (start, step) == (0, 1) and end.__class__ is int and end >= 1 << 31:
            continue
        else:
            shape[axis] = None
    plain = tuple(shape)
    return remapped(value, plain, lambda at: [places[a][i] if a in places else i for a, i in enumerate(at)])


def concat(node, operands):
    """Return tensors one after the other along an axis."""
    shapes = [value.shape for value in operands if value is not None and value.shape]
    if len(shapes) < len(operands):
        return None
    first = shapes[0]
    axis = node.attributes.get("axis", 1) % len(first)
    total = None if any(shape[axis] is None for shape in shapes) else sum([shape[axis] for shape in shapes])
    shape = (*first[:axis], total, *first[axis + 1 :])
    if axis or len(shape) != 1 or any(value.items is None for value in operands):
        return Value(shape)
    return made(shape, tuple([item for value in operands for item in value.items]))


def unsqueeze(node, operands):
    """Return a tensor with new axes of 1."""
    value, axes = operands[0], listed(node, operands, 1, "axes")
    if value.shape is None or axes is None:
        return None
    rank = len(value.shape) + len(axes)
    at = {axis % rank for axis in axes}
    rest = iter(value.shape)
    return value._replace(shape=tuple([1 if i in at else next(rest, None) for i in range(rank)]))


def squeeze(node, operands):
    """Return a tensor without some axes of 1."""
    value, axes = operands[0], listed(node, operands, 1, "axes")
    if value.shape is None or (axes is None and any(n.__class__ is not int for n in value.shape)):
        return None
    rank = len(value.shape)
    at = {axis % rank for axis in axes} if axes is not None else {i for i, n in enumerate(value.shape) if n == 1}
    return value._replace(shape=tuple([n for i, n in enumerate(value.shape) if i not in at]))


def reshape(node, operands):
    """Return a tensor in another shape."""
    value, target = operands[0], listed(node, operands, 1, "shape")
    if target is None:
        return None
    shape = value.shape
    copies = not node.attributes.get("allowzero")
    sizes = [shape[i] if n == 0 and copies and shape and i < len(shape) else n for i, n in enumerate(target)]
    if -1 in sizes:
        rest = prod([n for n in sizes if n is not None and n != -1])
        total = None if shape is None or None in shape else prod(shape)
        sizes[sizes.index(-1)] = divide(total, rest) if total is not None and rest else None
    out = tuple(sizes)
    return Value(out, value.items if known(out) else None)


def transpose(node, operands):
    """Return a tensor with its axes in another order."""
    value = operands[0]
    if value.shape is None:
        return None
    perm = node.attributes.get("perm") or tuple(reversed(range(len(value.shape))))
    if sorted(perm) != list(range(len(value.shape))):
        return None
    return remapped(
        value, tuple([value.shape[p] for p in perm]), lambda at: [at[perm.index(i)] for i in range(len(at))]
    )


def expand(node, operands):
    """Return a tensor spread over a shape."""
    value, target = operands[0], listed(node, operands, 1, "shape")
    if value.shape is None or target is None:
        return None
    return expanded(value, spread([value.shape, target]))


def tile(node, operands):
    """Return a tensor repeated along its axes."""
    value, times = operands[0], listed(node, operands, 1, "repeats")
    if value.shape is None or times is None or len(times) != len(value.shape) or None in value.shape:
        return None
    shape = tuple([n * t for n, t in zip(value.shape, times, strict=True)])
    return remapped(value, shape, lambda at: [i % n for i, n in zip(at, value.shape, strict=True)])


def split(node, operands, outputs):
    """Return the parts of an axis."""
    value = operands[0]
    if value.shape is None or not value.shape:
        return [UNKNOWN] * outputs
    axis = node.attributes.get("axis", 0) % len(value.shape)
    n = value.shape[axis]
    found: list = []
    sizes = listed(node, operands, 1, "split")
    if sizes is None:
        if n.__class__ is not int:
            return [UNKNOWN] * outputs
        step = -(-n // outputs)
        sizes = tuple([min(step, n - step * i) for i in range(outputs)])
    start = 0
    for length in sizes[:outputs]:
        shape = (*value.shape[:axis], length, *value.shape[axis + 1 :])

        def index(at, start=start):
            return [i + start if a == axis else i for a, i in enumerate(at)]

        found.append(remapped(value, shape, index) if start.__class__ is int else Value(shape))
        start = start + length
    return found + [UNKNOWN] * (outputs - len(found))


def reduced(node, operands):
    """Return a tensor with some axes, or all, brought to one value."""
    value, axes = operands[0], listed(node, operands, 1, "axes")
    if value.shape is None:
        return UNKNOWN
    rank, keep = len(value.shape), node.attributes.get("keepdims", 1)
    if not axes and node.attributes.get("noop_with_empty_axes"):
        return value
    at = {axis % rank for axis in axes} if axes and rank else set(range(rank))
    shape = tuple([1 if i in at else n for i, n in enumerate(value.shape) if keep or i not in at])
    if node.op not in REDUCED or len(at) < rank or not value.items:
        return Value(shape)
    binary = RULES[{"ReduceProd": "Mul", "ReduceSum": "Add", "ReduceMax": "Max", "ReduceMin": "Min"}[node.op]]
    found = value.items[0]
    for item in value.items[1:]:
        found = binary(found, item)
    return Value(shape, (found,))


LAYOUT = {
    "CastLike": kept, "Shape": shape_of, "Size": size, "Cast": cast, "Gather": gather, "Slice": sliced,
    "Concat": concat,
    "Unsqueeze": unsqueeze, "Squeeze": squeeze, "Reshape": reshape, "Transpose": transpose, "Expand": expand,
    "Tile": tile, "ConstantOfShape": filled, "Range": counted, "NonZero": places,
}  # fmt: skip
