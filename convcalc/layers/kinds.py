"""The kinds of argument values: what is legal, and the one form that the rules see.

A kind is a word, perhaps with choices: ``count``, ``sizes``, ``padding(valid|same)``. `settle`
turns a value into its normal form or raises `BadValue` with the sentence and the remedy.
"""

from convcalc.values import BadValue, Named, Pair

LARGEST = 2**63 - 1


def is_int(value):
    """Tell whether a value is an integer; a bool is none."""
    return value.__class__ is int


def settle(param, value, rank, framework, call=True):
    """Return the normal form of a parameter's value.

    `call` tells a framework's own call, where only its own forms are legal, from a terse spec.
    """
    check, choices, optional = _checks.get(param.kind) or read_kind(param.kind)
    if value is None and (optional or param.default is None):
        return None
    return check(value, rank, choices, call, framework)


# Kind as declared -> what `read_kind` makes of it; there are some fifty.
_checks: dict = {}


def read_kind(text):
    """Return ``(check, choices, optional)`` of a kind as it is declared."""
    kind, _, choices = text.partition("(")
    read = _checks[text] = KINDS[kind.rstrip("?")], choices.rstrip(")"), kind.endswith("?")
    return read


def at_least(low, word):
    """Return the check of an integer that is `low` or more."""

    def check(value, rank, choices, call, framework):
        if not is_int(value) or value < low:
            raise BadValue(f"must be {word}")
        return value

    return check


def per_axis(low, word):
    """Return the check of a size given once or per axis; the normal form has one per axis.

    Choices: ``one`` takes a tuple of one for every axis, as torch's kernels do; ``own`` takes an
    empty tuple for None; ``keep`` takes None for an axis that keeps its size; ``alone`` takes no tuple.
    """

    def legal(size, choices):
        return "keep" in choices if size is None else is_int(size) and size >= low

    def check(value, rank, choices, call, framework):
        choices = choices.split("|")
        if is_int(value) and value >= low:
            return value if rank is None else (value,) * rank
        if value.__class__ is tuple and "alone" not in choices and all(legal(v, choices) for v in value):
            if len(value) == rank or rank is None:
                return value
            if "one" in choices and len(value) == 1:
                return value * rank
            if "own" in choices and not value:
                return None
            axes = "1 axis" if rank == 1 else f"{rank} axes"
            raise BadValue(f"must be {word}, or one for each of {axes}")
        each = "" if rank in (1, None) else f", or {rank} of them"
        raise BadValue(f"must be {word}{each}")

    return check


def boolean(value, rank, choices, call, framework):
    """Check true or false; with ``loose`` a call's 0, 1 and None too, which the frameworks only test."""
    if choices == "loose" and call and (value is None or (is_int(value) and value in (0, 1))):
        return bool(value)
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


def nonzero(value, rank, choices, call, framework):
    """Check a number that something is divided by; with ``int`` an integer."""
    if value == 0 or (choices == "int" and not is_int(value)):
        raise BadValue("must be " + ("an integer" if choices else "a number") + " other than 0")
    return number(value, rank, "", call, framework)


def word(value, rank, choices, call, framework):
    """Check one of the words in `choices`; Keras and terse specs ignore case."""
    if value.__class__ is str:
        lower = value.lower() if not call or framework == "keras" else value
        if lower in choices.split("|"):
            return lower
    raise BadValue("must be " + " or ".join(choices.split("|")))


def exact(value, rank, choices, call, framework):
    """Check one of the words in `choices`, in a call by its exact case even in Keras."""
    words = choices.split("|")
    if call and value.__class__ is str and value not in words:
        raise BadValue("must be " + " or ".join(words), "In lower case." if value.lower() in words else None)
    return word(value, rank, choices, call, framework)


def layout(value, rank, choices, call, framework):
    """Check the layout of Keras' adaptive pools: a word by its exact case, where none at all is the default."""
    return None if call and value == "" else exact(value, rank, choices, call, framework)


def pool_padding(value, rank, choices, call, framework):
    """Check the padding of Keras' pools: words alone, in a call by their exact case."""
    if value.__class__ is not str and value is not None:
        raise BadValue("must be " + " or ".join(choices.split("|")), f"For cells put zeropad{rank}d before it.")
    return exact(value, rank, choices, call, framework)


def padding(value, rank, choices, call, framework):
    """Check a padding: a word of `choices`, or cells as a number, per axis, or low:high pairs.

    The normal form is the word, or a tuple of ``(low, high)`` per axis. With ``cut`` among the
    choices cells may be negative, for some of torch's padding modes cut then; with ``short`` a
    call's tuple of one stays one.
    """
    choices = choices.split("|") if choices else []
    words = [choice for choice in choices if choice not in ("cut", "short")]
    least = -LARGEST if "cut" in choices else 0
    if value.__class__ is str:
        lower = value.lower() if not call or framework != "torch" else value
        if lower in words:
            return lower
        raise BadValue("must be " + " or ".join([*words, "a number of cells"]))
    if call and framework == "keras":
        raise BadValue("must be " + " or ".join(words), f"in a call; a terse spec takes cells: pad={_terse(value)}")
    if call and framework == "torch" and value.__class__ is tuple:
        if not all(map(is_int, value)):
            raise BadValue(f"must be cells, one number for each of {rank} axes")
        if len(value) == 1:
            rank = 1 if "short" in choices else rank
            value *= rank
    return pairs(value, rank, "", call, framework, least)


def _terse(value):
    return "x".join(map(str, value)) if value.__class__ is tuple else value


def pairs(value, rank, choices, call, framework, least=0):
    """Check cells before and after, per axis: ``1``, ``1x2`` or ``0:1x0:1``, each `least` or more."""
    if is_int(value) or value.__class__ is Pair:
        value = (value,) * (rank or 1)
    if value.__class__ is not tuple or (rank is not None and len(value) != rank):
        raise BadValue(f"must be cells, one number or low:high pair for each of {rank} axes")
    out = []
    for cell in value:
        if is_int(cell):
            cell = (cell, cell)
        low, high = cell if cell.__class__ in (Pair, tuple) and len(cell) == 2 else (None, None)
        if not (is_int(low) and is_int(high) and low >= least and high >= least):
            raise BadValue("must be cells: 0 or more, or low:high")
        out.append((low, high))
    return tuple(out)


def named(value, rank, choices, call, framework):
    """Check a named thing: a word, a call such as ``l2(1e-4)``, or ``module:attribute``."""
    from convcalc.layers.named import check

    if value.__class__ not in (str, Named) or not (value.name if isinstance(value, Named) else value):
        raise BadValue(f"must name {'an' if choices[0] in 'aeiou' else 'a'} {choices}")
    return check(value, choices, framework, call)


def anything(value, rank, choices, call, framework):
    """Take a value that changes no size and no count."""
    return value


def thing(value, rank, choices, call, framework):
    """Take a name of a thing that changes no size: a device, a dtype."""
    if value.__class__ not in (str, Named):
        raise BadValue("must be a name")
    return value


def integers(value, rank, choices, call, framework):
    """Check a tuple of integers (one alone is a tuple of one); `choices` is the least legal."""
    if is_int(value) and not (call and framework == "onnx"):  # whose attributes are lists
        value = (value,)
    least = int(choices) if choices else -LARGEST
    if value.__class__ is not tuple or not all(is_int(v) and v >= least for v in value):
        raise BadValue("must be integers" + (f" of {least} or more" if choices else ""))
    return value


def groups(value, rank, choices, call, framework):
    """Check a number of groups; Keras' -1 makes each channel one."""
    if not is_int(value) or (value < 1 and value != -1):
        raise BadValue("must be a positive integer, or -1 for one a channel")
    return value


def features(value, rank, choices, call, framework):
    """Check torch's number of features: an integer, or the shape of its weights, of which a rule takes one axis."""
    if not is_int(value) and not (value.__class__ is tuple and all(map(is_int, value))):
        raise BadValue("must be an integer")
    return value


def numbers(value, rank, choices, call, framework):
    """Check a number, or a tuple of them."""
    if value.__class__ is tuple:
        return tuple(number(each, rank, "", call, framework) for each in value)
    return number(value, rank, choices, call, framework)


def words(value, rank, choices, call, framework):
    """Check a word, or a tuple of them; the normal form is a tuple."""
    value = (value,) if value.__class__ is str else value
    if value.__class__ is not tuple or not all(each.__class__ is str for each in value):
        raise BadValue("must be words")
    return value


def shapes(value, rank, choices, call, framework):
    """Check the shapes of some weights, which need not follow from any argument."""
    from convcalc.layers import cells

    return cells.shapes(value)


def nested(value, rank, choices, call, framework, depth=0):
    """Check a number, or tuples of them within each other."""
    if value.__class__ is tuple and depth < 8:
        return tuple(nested(each, rank, choices, call, framework, depth + 1) for each in value)
    return number(value, rank, "", call, framework)


KINDS = {
    "count": at_least(1, "a positive integer"),
    "count0": at_least(0, "an integer of 0 or more"),
    "int": at_least(-LARGEST, "an integer"),
    "nonzero": nonzero,
    "sizes": per_axis(1, "a positive integer"),
    "sizes0": per_axis(0, "an integer of 0 or more"),
    "bool": boolean,
    "number": number,
    "word": word,
    "exact": exact,
    "padding": padding,
    "layout": layout,
    "pool_padding": pool_padding,
    "pairs": pairs,
    "named": named,
    "integers": integers,
    "features": features,
    "groups": groups,
    "numbers": numbers,
    "nested": nested,
    "words": words,
    "shapes": shapes,
    "any": anything,
    "object": thing,
}
