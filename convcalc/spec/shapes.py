"""The text of input shapes: ``28x28x3``, ``4,28,28,3``, ``HxWx3``, ``?x?x3``, or a printed shape."""

import re

from convcalc.errors import ConvcalcError, LimitError, SpecError
from convcalc.record import Record
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import LARGEST, odd_character, shown

_LONGEST = 4096
_BATCHES = frozenset(("N", "None", "none", "null"))
_UNKNOWN = frozenset(("?", "any", "None", "none", "null"))
_NUMBER = Pattern(r"[-+]?[0-9][0-9_.eE]*|[-+]?\d+", re.ASCII)
_ODD = Pattern(r"[^ -~\t\n]")
_EXAMPLE = "Write a shape as 28x28x3 or 4,28,28,3; ? or any is an unknown size, a letter a symbol."


class Typed(Record):
    """An input shape as it was typed.

    Attributes
    ----------
    dims : tuple
        Integers, symbolic sizes, None for an unknown size.
    whole : bool
        Whether it stood in brackets: then it is the tensor's own shape, batch included.
    batch : bool
        Whether the first is ``N`` or ``None``, which is always the batch.
    text : str
        As it was given.
    """

    dims: tuple
    whole: bool
    batch: bool
    text: str


def read_shape(text):
    """Read an input shape.

    Parameters
    ----------
    text : str
        Sizes between ``x`` or commas; brackets around them say that the batch is among them.

    Returns
    -------
    Typed

    Raises
    ------
    SpecError
        With the span of the size at fault.

    Examples
    --------
    >>> read_shape("28x28x3").dims
    (28, 28, 3)
    >>> read_shape("(4, ?, ?, 3)")[:3]
    ((4, None, None, 3), True, False)
    >>> read_shape("N, 2*H, 2*W, 3").batch
    True
    """
    pieces = text.split("x", 64)
    if all(map(_is_size, pieces)):
        return Typed(tuple(map(int, pieces)), False, False, text)
    try:
        return _read(text)
    except ConvcalcError as error:
        raise error.at(text=text) from None


def _is_size(piece):
    """Return whether a piece is an integer that needs no closer look."""
    return piece.isdigit() and piece.isascii() and len(piece) <= 18


def _read(text):
    """Read a shape that is not just integers between x."""
    if len(text) > _LONGEST:
        raise SpecError(
            "bad_input",
            f"The shape has {len(text)} characters, and at most {_LONGEST} are read.",
        )
    plain = text.replace("\xa0", " ")
    if not (plain.isascii() and plain.isprintable()) and (odd := _ODD.search(plain)):
        error = odd_character(text, odd.start())
        error.code = "bad_input"
        raise error
    start, end = _inside(plain, 0, len(plain))
    whole = False
    if start < end and plain[start] in "([":
        close = _closing(plain, start)
        if close == end - 1:
            whole = True
            start, end = _inside(plain, start + 1, close)
        elif close < 0:
            raise SpecError(
                "bad_input", f"{plain[start]} is never closed.", hint="Close it at the end.", span=(start, start + 1)
            )
    dims = []
    for at, stop in _pieces(plain, start, end, whole):
        dims.append(_size(plain, *_inside(plain, at, stop)))
    first = plain[start:end].replace("x", ",").split(",")[0].strip()
    return Typed(tuple(dims), whole, first in _BATCHES, text)


def _inside(plain, start, end):
    """Return the span without the blanks at its ends."""
    while start < end and plain[start] in " \t\n":
        start += 1
    while start < end and plain[end - 1] in " \t\n":
        end -= 1
    return start, end


def _closing(plain, start):
    """Return where the bracket that opens at `start` closes, or -1."""
    depth = 0
    for place in range(start, len(plain)):
        if plain[place] in "([":
            depth += 1
        elif plain[place] in ")]":
            depth -= 1
            if not depth:
                return place if "([".index(plain[start]) == ")]".index(plain[place]) else -1
    return -1


def _pieces(plain, start, end, whole):
    """Return the spans of the sizes: between commas, or where there is none between x."""
    mark = "," if "," in plain[start:end] else "x"
    spans = []
    depth, at = 0, start
    for place in range(start, end):
        char = plain[place]
        if char == mark and not depth:
            spans.append((at, place))
            at = place + 1
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
    # A tuple of one is written (28,).
    if not (whole and mark == "," and spans and plain[at:end].strip() == ""):
        spans.append((at, end))
    return spans


def _size(plain, start, end):
    """Return the one size that stands between `start` and `end`."""
    piece = plain[start:end]
    if _is_size(piece):
        return int(piece)
    if piece in _UNKNOWN:
        return None
    from convcalc import sizes

    if piece.isidentifier() and piece[0] != "_" and "x" not in piece:
        return sizes.symbol(piece)
    if not piece:
        after = min(start + 1, len(plain))
        raise SpecError("bad_input", "A size is missing.", hint=_EXAMPLE, span=(max(after - 1, 0), after))
    span = (start, end)
    if _NUMBER.fullmatch(piece):
        return _number(piece, span)
    if "x" in piece and re.fullmatch(r"[\w?]+", piece, re.ASCII):
        hint = "Write x or commas between sizes, not both; symbols have no x in their name."
        raise SpecError("bad_input", f"{shown(piece)} is no size.", hint=hint, span=span)
    if not re.search(r"[-+*/(]", piece):
        raise SpecError("bad_input", f"{shown(piece)} is no size.", hint=_EXAMPLE, span=span)
    try:
        size = sizes.parse(piece)
    except LimitError as error:
        error.text, error.span = None, span
        raise
    except SpecError as error:
        place = error.span or (0, len(piece))
        raise SpecError(
            "bad_input",
            error.message,
            hint=error.hint or _EXAMPLE,
            span=(start + place[0], start + place[1]),
        ) from None
    if size.__class__ is int and not 0 <= size <= LARGEST:
        raise _out_of_range(size, span)
    return size


def _number(piece, span):
    """Return the integer of up to 19 digits, or raise for what is none."""
    if piece.isdigit() and len(piece) <= 19 and int(piece) <= LARGEST:
        return int(piece)
    if piece.isdigit():
        raise SpecError("bad_input", f"{shown(piece)} is over 2^63 - 1.", span=span)
    if piece[0] == "-":
        raise SpecError("bad_input", f"A size is not negative, and this is {shown(piece)}.", span=span)
    digits = piece.lstrip("+").replace("_", "")
    hint = f"Write {digits}." if digits.isdigit() else "Sizes are integers."
    raise SpecError("bad_input", f"{shown(piece)} is no size.", hint=hint, span=span)


def _out_of_range(size, span):
    """Return the error for an expression that is a number, and no size."""
    what = "negative" if size < 0 else "over 2^63 - 1"
    return SpecError("bad_input", f"A size may not be {what}.", span=span)


def given(input):
    """Return what was given as a network's input: one shape, or a dict of several by name or place.

    Parameters
    ----------
    input : str, tuple, list, dict or None
        A string is read as `-i` reads it, a sequence of sizes is the tensor's own shape; a sequence of
        such, or a dict of them, is of several inputs.

    Examples
    --------
    >>> given((4, 28, 28, 3)), given([(4, 10), None]), given({"meta": (4, 10)})
    ((4, 28, 28, 3), {0: (4, 10), 1: None}, {'meta': (4, 10)})
    """
    if input.__class__ is list and integers(input):
        return tuple(input)
    if isinstance(input, dict):
        return {name: _given(one) for name, one in input.items()}
    if isinstance(input, (tuple, list)) and any(isinstance(one, (tuple, list)) for one in input):
        return {place: _given(one) for place, one in enumerate(input)}
    return _given(input)


def _given(one):
    """Return what was given as the shape of one input."""
    return one if one is None else read_shape(one) if isinstance(one, str) else exact(one)


def exact(sizes):
    """Return the tensor's own shape: integers, None, and the expressions that a report has.

    >>> exact((4, None, "ceil(H/2)"))
    (4, None, ceil(H/2))
    """
    if sizes.__class__ is not tuple:
        if not hasattr(sizes, "__iter__") or isinstance(sizes, (dict, bytes)):
            raise _no_size(sizes)
        sizes = tuple(sizes)
    return sizes if integers(sizes) else tuple(_one(size) for size in sizes)


def integers(sizes):
    """Tell whether sizes are integers that a size may be, and nothing else."""
    return {*map(type, sizes)} == {int} and min(sizes) >= 0 and max(sizes) <= LARGEST


def _one(size):
    """Return one size of the tensor's own shape."""
    if size is None or (size.__class__ is int and 0 <= size <= LARGEST):
        return size
    if isinstance(size, str):
        try:
            dims = read_shape(f"({size},)").dims
        except ConvcalcError as error:
            # A place in a text that no one gave.
            error.text = error.span = None
            raise
        if len(dims) == 1:
            return dims[0]
    elif hasattr(size, "__index__") and size.__class__ is not bool and size.__class__ is not int:
        # What counts as an integer elsewhere, such as NumPy's.
        return _one(size.__index__())
    elif hasattr(size, "terms"):
        return size
    raise _no_size(size)


def _no_size(value):
    """Return the error for what is no size, nor a shape."""
    plain = value.__class__ in (float, bool, str) or (value.__class__ is int and value.bit_length() < 128)
    text = ascii(value) if plain else f"{value.__class__.__name__} is the type of a value that"
    return SpecError(
        "bad_input",
        f"{text if len(text) <= 60 else text[:57] + '...'} is no size.",
        hint="A size is an integer of 0 or more and under 2^63, or null; an expression is a string.",
    )
