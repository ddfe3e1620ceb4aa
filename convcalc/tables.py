"""What the tables of named things share: rows, and calls of them settled against declared arguments.

Arguments are written as ``key/name:kind=default``: the framework's own name, the house's key before
it where that is another one, and no default where one has to be given. A kind with a ``?`` takes
None as well; ``word`` ignores the case of its choices, ``exact`` does not.
"""

from math import isfinite, sqrt

from convcalc.errors import SpecError, suggestion
from convcalc.record import Record
from convcalc.values import Named

REQUIRED = type("Required", (), {"__repr__": lambda self: "required"})()
WORDS = {"none": None, "true": True, "false": False}
LARGEST = 2**63 - 1


class Argument(Record):
    """One argument of one framework's function or class."""

    name: str
    key: str
    kind: str
    default: object


def read(text):
    """Return the arguments that a row declares.

    >>> read("std/stddev:scale=0.05")
    (Argument(name='stddev', key='std', kind='scale', default=0.05),)
    """
    found = []
    for word in text.split():
        head, given, default = word.partition("=")
        name, _, kind = head.partition(":")
        key, _, own = name.rpartition("/")
        found.append(Argument(own, key or own, kind, literal(default, kind) if given else REQUIRED))
    return tuple(found)


def literal(text, kind):
    """Read a default of a kind."""
    if text in WORDS or kind.startswith(("word", "exact", "window")):
        return WORDS.get(text, text)
    return int(text) if kind in ("count", "seed") else float(text)


def settle(title, text, given):
    """Return the values of a call's arguments by the framework's names, defaults among them.

    Parameters
    ----------
    title : str
        What is called, for errors.
    text : str
        Its declared arguments.
    given : sequence
        Records with `key`, None where positional, `value` and `span`.

    Raises
    ------
    SpecError
        For an argument that there is not, or is given twice, or missing, or of a wrong kind.

    Examples
    --------
    >>> from convcalc.spec.tree import Arg
    >>> settle("RandomNormal", "mean:number=0.0 std/stddev:scale=0.05", [Arg("std", 0.1, (0, 7), (0, 3))])
    {'mean': 0.0, 'stddev': 0.1}
    """
    known = read(text)
    names = {word: each for each in known for word in (each.name, each.key)}
    taken: dict = {}
    for index, arg in enumerate(given):
        each = names.get(arg.key) if arg.key else known[index] if index < len(known) else None
        own = ", ".join(a.name for a in known) or "nothing"
        if each is None:
            what = repr(arg.key) if arg.key else f"{index + 1} arguments"
            hint = arg.key and suggestion(arg.key, list(names))
            raise SpecError(
                "unknown_key", f"{title} takes no {what}, but {own}.", hint=hint or None, span=arg.key_span or arg.span
            )
        if each.name in taken:
            raise SpecError(
                "duplicate_key", f"{title} is given {each.name} twice.", hint="Give it once.", span=arg.span
            )
        taken[each.name] = checked(title, each, arg)
    for each in known:
        if each.name not in taken:
            if each.default is REQUIRED:
                hint = f"Write {title}({each.name}=...)."
                raise SpecError("missing_argument", f"{title} needs {each.name}.", hint=hint)
            taken[each.name] = each.default
    return {each.name: taken[each.name] for each in known}


def checked(title, argument, arg):
    """Return the value of an argument in its normal form; refuse one that its kind does not take."""
    kind, _, choices = argument.kind.rstrip("?").partition("(")
    value = evaluated(arg.value)
    if value is None and (argument.default is None or argument.kind.endswith("?")):
        return None
    words = choices.rstrip(")").split("|") if choices else []
    if words:
        found = value.lower() if kind == "word" and value.__class__ is str else value
        if found in words:
            return found
    elif KINDS[kind][1](value):
        return value
    must = " or ".join(words) or KINDS[kind][0]
    hint = suggestion(value, words) if words and value.__class__ is str else None
    shown = value.name if value.__class__ is Named else value
    raise SpecError("bad_value", f"{title}'s {argument.name} must be {must}, not {shown!r}.", hint=hint, span=arg.span)


def finite(value):
    """Tell whether a value is a number that is not infinite; a bool is none."""
    return value.__class__ in (int, float) and abs(value) < LARGEST**4 and isfinite(value)


def whole(value):
    """Tell whether a value is an integer; a bool is none."""
    return value.__class__ is int


def named_or_finite(value):
    """Tell whether a value is a word, or a tuple of numbers that are not infinite."""
    return value.__class__ is str or (value.__class__ is tuple and all(map(finite, value)))


KINDS = {
    "number": ("a number", finite),
    "scale": ("a number of 0 or more", lambda v: finite(v) and v >= 0),
    "positive": ("a number above 0", lambda v: finite(v) and v > 0),
    "share": ("a number from 0 to 1", lambda v: finite(v) and 0 <= v <= 1),
    "count": ("an integer of 1 or more", lambda v: whole(v) and v > 0),
    "seed": ("an integer of 0 or more", lambda v: whole(v) and v >= 0),
    "bool": ("true or false", lambda v: v.__class__ is bool),
    "axes": ("a tuple of integers", lambda v: v.__class__ is tuple and all(map(whole, v))),
    "any": ("anything", lambda v: True),
    # Of STFT: a name, or the values themselves.
    "window": ("a name or a tuple of numbers", named_or_finite),
}  # fmt: skip


def evaluated(value):
    """Return the number that a call inside arguments means, where it is one that people paste there.

    >>> from convcalc.spec.tree import Arg
    >>> evaluated(Named("math.sqrt", (Arg(None, 5, (0, 1), None),)))
    2.23606797749979
    """
    if value.__class__ is not Named:
        return value
    short = value.name.rpartition(".")[2]
    plain = [arg.value for arg in value.args]
    if short == "sqrt" and len(plain) == 1 and finite(plain[0]) and plain[0] >= 0:
        return sqrt(plain[0])
    if short == "calculate_gain" and plain:
        slope = next((v for v in plain[1:] if v is not None), 0.01)
        return gain(plain[0], slope) if finite(slope) else value
    return value


# torch's recommended gains, of what comes after a layer.
GAINS = {
    **{f"conv{r}d": 1.0 for r in (1, 2, 3)},
    **{f"conv_transpose{r}d": 1.0 for r in (1, 2, 3)},
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": sqrt(2),
    "leaky_relu": None,
    "selu": 3 / 4,
}  # fmt: skip


def gain(nonlinearity, slope=0.01):
    """Return ``torch.nn.init.calculate_gain``, or the word itself where torch has none for it.

    >>> gain("leaky_relu", 5**0.5)
    0.5773502691896257
    """
    found = GAINS.get(nonlinearity, nonlinearity)
    return sqrt(2 / (1 + slope**2)) if found is None else found
