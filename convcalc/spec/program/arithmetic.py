"""Arithmetic on the constants of a program: sums and products of numbers, and tuples one after the other."""

import ast
from math import isfinite
from operator import add, mul, sub

from convcalc.errors import SpecError
from convcalc.spec.scan import LARGEST

OPERATIONS = {ast.Add: add, ast.Sub: sub, ast.Mult: mul}
# Sizes of a shape, of which nobody joins many.
MOST_JOINED = 64


def arithmetic(source, node, left, right):
    """Return what an operation on two constants comes to; what could grow without end is refused."""
    kinds = {left.__class__, right.__class__}
    op = node.op.__class__
    found = None
    if kinds == {tuple} and op is ast.Add and len(left) + len(right) <= MOST_JOINED:
        found = (*left, *right)
    elif kinds <= {int, float}:
        if op is ast.FloorDiv and kinds == {int} and right:
            found = left // right
        elif op is ast.Div and right:
            found = left / right
        elif op in OPERATIONS:
            found = OPERATIONS[op](left, right)
    if found is None:
        raise source.refused(node)
    if (found.__class__ is int and abs(found) > LARGEST) or (found.__class__ is float and not isfinite(found)):
        raise SpecError("bad_value", "This comes to a number over 2^63 - 1.", span=source.span(node))
    return found
