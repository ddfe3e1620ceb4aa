"""Nodes that make a tensor out of numbers: of one value, of a range, of the places of what is not 0."""

from math import prod

from convcalc.readers.onnx.values import MOST, Value, known, made
from convcalc.sizes import Size, ceil_div


def filled(node, operands):
    """Return a tensor of one value."""
    shape = operands[0].numbers
    if shape is None:
        return None
    tensor = node.attributes.get("value")
    values = getattr(tensor, "values", None)
    item = values[0] if values else 0.0 if tensor is None else None
    return Value(shape, (item,) * prod(shape) if known(shape) else None)


def counted(node, operands):
    """Return the numbers from a start up to a limit."""
    if len(operands) < 3 or any(value is None or value.items is None for value in operands[:3]):
        return Value((None,))
    start, limit, step = (value.items[0] for value in operands[:3])
    if start.__class__ is limit.__class__ is step.__class__ is int and step:
        numbers = range(start, limit, step)
        return made((len(numbers),), tuple(numbers) if len(numbers) <= MOST else None)
    if step.__class__ is int and step > 0 and None not in (start, limit) and Size in (start.__class__, limit.__class__):
        return Value((ceil_div(limit - start, step),))
    return Value((None,))


def places(node, operands):
    """Return the indices of what is not 0."""
    value = operands[0]
    if value.items is None or None in value.items or len(value.shape) != 1:
        return Value((None if value.shape is None else len(value.shape), None))
    found = tuple([i for i, n in enumerate(value.items) if n])
    return Value((1, len(found)), found)
