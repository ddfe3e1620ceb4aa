"""The kinds of argument values: what is legal, and the one form that the rules see.

A kind is a word, perhaps with choices: ``count``, ``sizes``, ``padding(valid|same)``. `settle`
turns a value into its normal form or raises `BadValue` with the sentence and the remedy.
"""

from convcalc.values import Named, Pair

LARGEST = 2**63 - 1


class BadValue(Exception):
    """A value that its kind refuses: what it must be, and what would do."""

    def __init__(self, must, hint=None):
        super().__init__(must)
        self.must = must
        self.hint = hint


def is_int(value):
    """Tell whether a value is an integer; a bool is none."""
    return value.__class__ is int


def settle(param, value, rank, framework, call=True):
    """Return the normal form of a parameter's value.

    `call` tells a framework's own call, where only its own forms are legal, from a terse spec.
    """
    kind, _, choices = param.kind.partition("(")
    if value is None and (param.default is None or kind.endswith("?")):
        return None
    return KINDS[kind.rstrip("?")](value, rank, choices.rstrip(")"), call, framework)


def at_least(low, word):
    """Return the check of an integer that is `low` or more."""

    def check(value, rank, choices, call, framework):
        if not is_int(value) or value < low:
            raise BadValue(f"must be {word}")
        return value

    return check


def per_axis(low, word):
    """Return the check of a size given once or per axis; the normal form has one per axis."""

    def check(value, rank, choices, call, framework):
        if is_int(value) and value >= low:
            return value if rank is None else (value,) * rank
        if value.__class__ is tuple and all(is_int(v) and v >= low for v in value):
            if len(value) == rank or rank is None:
                return value
            if choices == "one" and len(value) == 1:
                return value * rank
            axes = "1 axis" if rank == 1 else f"{rank} axes"
            raise BadValue(f"must be {word}, or one for each of {axes}, not {len(value)}")
        each = "" if rank in (1, None) else f", or {rank} of them"
        raise BadValue(f"must be {word}{each}")

    return check


def boolean(value, rank, choices, call, framework):
    """Check true or false."""
    if value.__class__ is not bool:
        raise BadValue("must be true or false")
    return value


def number(value, rank, choices, call, framework):
    """Check a finite integer or float, within the closed range in `choices`, such as ``0|1``."""
    if value.__class__ not in (int, float) or value != value or abs(value) == float("inf"):
        raise BadValue("must be a number")
    if choices:
        low, _, high = choices.partition("|")
        if value < float(low) or (high and value > float(high)):
            raise BadValue(f"must be a number from {low} to {high}" if high else f"must be a number of {low} or more")
    return value


def word(value, rank, choices, call, framework):
    """Check one of the words in `choices`; Keras and terse specs ignore case."""
    if value.__class__ is str:
        lower = value.lower() if not call or framework == "keras" else value
        if lower in choices.split("|"):
            return lower
    raise BadValue("must be " + " or ".join(choices.split("|")))


def padding(value, rank, choices, call, framework):
    """Check a padding: a word of `choices`, or cells as a number, per axis, or low:high pairs.

    The normal form is the word, or a tuple of ``(low, high)`` per axis.
    """
    words = choices.split("|") if choices else []
    if value.__class__ is str:
        lower = value.lower() if not call or framework != "torch" else value
        if lower in words:
            return lower
        raise BadValue("must be " + " or ".join([*words, "a number of cells"]))
    if call and framework == "keras":
        raise BadValue("must be " + " or ".join(words), f"in a call; a terse spec takes cells: pad={_terse(value)}")
    return pairs(value, rank, "", call, framework)


def _terse(value):
    return "x".join(map(str, value)) if value.__class__ is tuple else value


def pairs(value, rank, choices, call, framework):
    """Check cells before and after, per axis: ``1``, ``1x2`` or ``0:1x0:1``; negatives are refused."""
    if is_int(value):
        value = (value,) * (rank or 1)
    elif value.__class__ is Pair:
        value = (value,) * (rank or 1)
    if value.__class__ is not tuple or (rank is not None and len(value) != rank):
        raise BadValue(f"must be cells, one number or low:high pair for each of {rank} axes")
    out = []
    for cell in value:
        low, high = (cell, cell) if is_int(cell) else cell if cell.__class__ in (Pair, tuple) and len(cell) == 2 else (-1, -1)
        if not (is_int(low) and is_int(high) and low >= 0 and high >= 0):
            raise BadValue("must be cells: 0 or more, or low:high")
        out.append((low, high))
    return tuple(out)


def named(value, rank, choices, call, framework):
    """Check a named thing: a word, a call such as ``l2(1e-4)``, or ``module:attribute``."""
    from convcalc.layers.named import check

    if value.__class__ not in (str, Named) or not (value if value.__class__ is str else value.name):
        raise BadValue(f"must name {'an' if choices[0] in 'aeiou' else 'a'} {choices}")
    return check(value, choices, framework, call)


def anything(value, rank, choices, call, framework):
    """Take a value that changes no size and no count."""
    return value


def integers(value, rank, choices, call, framework):
    """Check a tuple of integers (one alone is a tuple of one); `choices` is the least legal."""
    value = (value,) if is_int(value) else value
    least = int(choices) if choices else -LARGEST
    if value.__class__ is not tuple or not all(is_int(v) and v >= least for v in value):
        raise BadValue("must be integers" + (f" of {least} or more" if choices else ""))
    return value




KINDS = {
    "count": at_least(1, "a positive integer"),
    "count0": at_least(0, "an integer of 0 or more"),
    "int": at_least(-LARGEST, "an integer"),
    "sizes": per_axis(1, "a positive integer"),
    "sizes0": per_axis(0, "an integer of 0 or more"),
    "bool": boolean,
    "number": number,
    "word": word,
    "padding": padding,
    "pairs": pairs,
    "named": named,
    "integers": integers,
    "any": anything,
}
