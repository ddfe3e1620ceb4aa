"""JSON of strangers, read strictly: one meaning for every parser, every number finite, bounded depth."""

from convcalc.errors import FileError

# What may stand around a value.
BLANKS = " \t\n\r"


def read_json(text, name):
    """Return the value of a JSON text.

    Raises
    ------
    FileError
        For what is no JSON, nests too deep, has a key twice or a number that is not finite.
    """
    start = len(text) - len(text.lstrip(BLANKS))
    try:
        value, end = scan(text, start)
        if not text[end : end + 1] or not text[end:].strip(BLANKS):
            return value
    except (ImportError, RecursionError, StopIteration, ValueError):
        pass
    return read_fully(text, name)


def scan(text, start):
    """Return the value that begins at a place, and where it ends.

    This is what `json` calls within; by itself it spares the import of that, a tenth of a short run.
    """
    from _json import make_scanner

    return make_scanner(Strict)(text, start)  # type: ignore[arg-type]


def read_fully(text, name):
    """Return the value of a JSON text, or say what is wrong with it."""
    import json

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse_constant, parse_float=finite)
    except RecursionError:
        raise FileError("unreadable", f"{name} nests too deep for JSON.") from None
    except ValueError as error:
        raise FileError("unreadable", f"{name} is not JSON: {error}.") from None


def once(pairs):
    """Build an object of which no key comes twice: parsers differ in which one they take."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key!r} comes twice")
            seen.add(key)
    return found


def refuse_constant(word):
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(f"{word} is no JSON")


def finite(word):
    """Return a number with a fraction or an exponent; refuse one that no float can hold."""
    number = float(word)
    if number in (float("inf"), -float("inf")):
        raise ValueError(f"{word[:40]} is no finite number")
    return number


class Strict:
    """What the scanner asks for: how each kind of value is read."""

    strict = True
    object_hook = None
    object_pairs_hook = once
    parse_float = finite
    parse_int = int
    parse_constant = refuse_constant
    memo: dict = {}
