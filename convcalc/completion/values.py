"""Values that an argument may have, out of its declared kind; each is one that the kind takes."""

from convcalc.errors import ConvcalcError
from convcalc.layers.declare import REQUIRED
from convcalc.layers.kind_words import told
from convcalc.layers.kinds import settle
from convcalc.values import BadValue

# What people give where every number is legal: by house key, else by what the kind is called.
NUMBERS = {
    "kernel": (3, 1, 5, 7),
    "filters": (16, 32, 64, 128),
    "dilation": (1, 2, 4),
    "axis": (-1, 1),
    "integer": (1, 2, 4),
    "integers": (1, 2),
    "integer per axis": (1, 2, 3),
    "number": (0.1, 0.5, 0.01),
    "number per axis": (2, 3),
    "cells per axis": (0, 1, 2),
    "padding": (0, 1, 2),
}


def choices_of(param, rank):
    """Return ``(word, choices)`` of a parameter: what it takes, and the words it is one of at a rank."""
    word, choices = told(param.kind)
    # One declaration has the convolutions of every rank, and only those along one axis have a cause and an effect.
    return word, choices if rank == 1 else tuple(choice for choice in choices if choice != "causal")


def described(param, rank):
    """Return one line about a parameter.

    >>> from convcalc.layers import find
    >>> described(find("conv1d").signature("keras").by_key["padding"], 1)
    'valid, same or causal; default valid'
    """
    word, choices = choices_of(param, rank)
    said = " or ".join(filter(None, (", ".join(choices[:-1]), choices[-1]))) if choices else word
    if param.default is REQUIRED:
        return f"{said}; required"
    return f"{said}; default {written(param.default)}"


def written(value, code=False):
    """Return a value as a terse spec has it, or as Python code."""
    if value.__class__ is tuple:
        return f"({', '.join(written(v, code) for v in value)})" if code else "x".join(map(written, value))
    if value is None or value.__class__ is bool:
        return str(value) if code else str(value).lower()
    return str(value)


def values(param, rank, framework, call):
    """Yield ``(value, text, help)`` of the values that a parameter may have, the usual ones first.

    `value` is a `str` for a word; `text` how it is written, with ``(`` where arguments must follow.

    Examples
    --------
    >>> from convcalc.layers import find
    >>> param = find("conv2d").signature("keras").by_key["padding"]
    >>> [text for _, text, _ in values(param, 2, "keras", call=True)]
    ['valid', 'same']
    """
    word, choices = choices_of(param, rank)
    if param.kind.startswith("named"):
        yield from names(word, param, rank, framework, call)
        return
    offered = list(choices)
    if word == "boolean":
        offered = [True, False]
    offered += NUMBERS.get(param.key, NUMBERS.get(word, ())) if word in NUMBERS else ()
    for value in offered:
        try:
            settle(param, value, rank, framework, call)
        except BadValue:
            continue
        yield value, written(value, call), "the default" if value == param.default else ""


def names(what, param, rank, framework, call):
    """Yield the named things that a parameter takes: ``relu``, ``l2(``."""
    from convcalc.layers.named import table

    for name in table(what)[0]:
        try:
            settle(param, name, rank, framework, call)
        except (BadValue, ConvcalcError):
            yield name, f"{name}(", what
        else:
            yield name, name, "the default" if name == param.default else what


def arguments(what, name, framework):
    """Return ``(name, kind)`` of the arguments of a named thing.

    Examples
    --------
    >>> [name for name, _ in arguments("activation", "relu", "keras")]
    ['negative_slope', 'max_value', 'threshold']
    >>> arguments("regularizer", "l3", "keras")
    []
    """
    short = name.rpartition(".")[2]
    if what == "activation":
        from convcalc import activations

        own = activations.KERAS.get(short)
        return [(each.name, each.kind) for each in activations.read(own)] if own is not None else []
    from convcalc import tables

    text = None
    if what == "initializer":
        from convcalc import initializers

        row = initializers.find(short, framework)
        text = row and getattr(row, framework)[1]
    elif what == "regularizer":
        from convcalc import regularizers

        row = regularizers.find(short)
        text = row and row.arguments
    return [(each.name, each.kind) for each in tables.read(text or "")]


def argument_values(kind, call):
    """Return the texts that an argument of a named thing may have, where they are few.

    >>> argument_values("exact(rows|columns)", True), argument_values("bool", False)
    (['rows', 'columns'], ['true', 'false'])
    """
    kind, _, choices = kind.rstrip("?").partition("(")
    if kind == "bool":
        return [written(value, call) for value in (True, False)]
    return choices.rstrip(")").split("|") if kind in ("word", "exact") else []
