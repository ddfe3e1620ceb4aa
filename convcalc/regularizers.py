"""Regularisers: one row each. They are Keras'; torch's optimisers have a weight_decay instead.

A weight_decay of w pulls as ``l2 = w/2`` does: the gradient of ``l2*sum(v^2)`` is ``2*l2*v``.
"""

from convcalc.errors import SpecError, suggestion
from convcalc.record import Record
from convcalc.tables import read, settle


class Regularizer(Record):
    """One regulariser.

    Attributes
    ----------
    name : str
        The word for it.
    names : str
        Keras' own names, the class first.
    arguments : str
    formula, about, note : str
        In plain text, for people.
    """

    name: str
    names: str
    arguments: str
    formula: str
    about: str
    note: str = ""


class Penalty(Record):
    """One regulariser with its arguments, none left out.

    `row` is None for a callable named as ``module:attribute``; `given` is that name, with arguments.
    """

    name: str
    config: dict
    row: Regularizer | None = None
    given: object = None


ROWS = (
    Regularizer("l1", "L1 l1", "l1:scale?=0.01", "l1*sum(|w|)", "drives weights to exactly 0"),
    Regularizer(
        "l2", "L2 l2", "l2:scale?=0.01", "l2*sum(w^2)",
        "keeps weights small", "A plain weighted sum of squares: torch's weight_decay of d is l2 = d/2.",
    ),
    Regularizer("l1_l2", "L1L2 l1_l2 l1l2", "l1:scale?=0.0 l2:scale?=0.0", "l1*sum(|w|) + l2*sum(w^2)", "both"),
    Regularizer(
        "orthogonal_regularizer", "OrthogonalRegularizer orthogonal_regularizer",
        "factor:scale=0.01 mode:exact(rows|columns)=rows",
        "factor*mean(|cos(a, b)|) over the pairs of rows, or of columns", "turns rows or columns away from each other",
    ),
)  # fmt: skip
# Keras' words, as layers take them.
KERAS = tuple(name for row in ROWS for name in row.names.split())


def find(word):
    """Return the row that a word means, whatever its case, or None.

    >>> find("L1L2").name
    'l1_l2'
    """
    lower = word.lower()
    return next((row for row in ROWS if lower in row.names.lower().split()), None)


def penalty(value):
    """Return the `Penalty` that a word or a call means, a `str` or a `Named`.

    Examples
    --------
    >>> penalty("l2").config
    {'l2': 0.01}
    """
    word, given, prefix = (value, (), None) if value.__class__ is str else value
    if ":" in word:
        return Penalty(word, {arg.key or str(n): arg.value for n, arg in enumerate(given)}, None, value)
    short = word.rpartition(".")[2]
    row = find(short) if prefix in (None, "keras") else None
    if row is None:
        hint = suggestion(short, [*KERAS, *(row.name for row in ROWS)]) or "See: convcalc list regularizers"
        if short.lower() == "weight_decay":
            hint = "A weight_decay of w is l2(w/2)."
        raise SpecError("unknown_word", f"{short!r} is no regulariser.", hint=hint)
    config = settle(row.names.split()[0], row.arguments, given)
    # None is what Keras takes for a default.
    defaults = {each.name: each.default for each in read(row.arguments)}
    return Penalty(row.name, {name: defaults[name] if v is None else v for name, v in config.items()}, row)
