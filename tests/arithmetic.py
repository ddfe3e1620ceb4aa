"""Arithmetic done again: that which a sheet prints, and the sizes of windows from the sizes before."""

import re
from math import ceil, floor


def evaluate(formula, **symbols):
    """Return what the arithmetic of a formula comes to; the words in it stand for nothing."""
    words = re.sub(r"(?<=[\d)]) [a-z][a-z ]*", "", formula)
    left = re.sub(r"floor|ceil|min|max|" + "|".join(symbols or ["\0"]), "", words)
    assert re.fullmatch(r"[\d\s()+*/,-]*", left), formula
    return eval(words, {"__builtins__": {}}, {"floor": floor, "ceil": ceil, "min": min, "max": max, **symbols})


def check(sheet):
    """Hold every formula of a sheet against its number."""
    for axis in sheet.axes:
        if axis.output.__class__ is not int:
            continue
        assert evaluate(axis.formula) == axis.output
        if axis.span:
            left, right = axis.span.split(" = ")
            assert evaluate(left) == int(right) == axis.window.span
        for cells in (axis.zeros, axis.cut):
            if cells is not None:
                assert cells.formula is None or evaluate(cells.formula) == cells.total
                assert cells.before + cells.after == cells.total


def valid(n, k, s=1):
    return (n - k) // s + 1


def same(n, s):
    return -(-n // s)


def transposed(n, k, s):
    return (n - 1) * s + k


def chain(n, *steps):
    for step in steps:
        n = step(n)
    return n
