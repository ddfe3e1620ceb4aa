"""Reports as JSON: laid out for people, one compact line a layer, and single fields."""

from convcalc.errors import SpecError, suggestion
from convcalc.views.text import visible

WIDTH = 120
# Below this many layers, writing JSON takes less time than importing `json`.
FEW = 12
# From this many layers on, each stands on one line.
MANY = 10_000
_WORDS = {None: "null", True: "true", False: "false"}


def render(report):
    """Return a report as JSON of several lines."""
    encode = spaced if len(report.layers) < FEW else encoder(", ", ": ")
    if len(report.layers) >= MANY:
        return dense(report.to_dict(), encode)
    return pretty(report.to_dict(), encode, kept={}) + "\n"


def dense(data, encode):
    """Return a report of many layers as JSON with a line a layer: nobody reads it, and files have their limit."""
    compact = encoder(",", ":")
    parts = []
    for key, item in data.items():
        rows = key == "layers" and "[\n    " + ",\n    ".join(map(compact, item)) + "\n  ]"
        parts.append(f"{encode(key)}: {rows or pretty(item, encode, '  ')}")
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def render_lines(report):
    """Return a report as one compact line a layer."""
    compact = encoder(",", ":")
    return "".join(compact(layer) + "\n" for layer in report.to_dict()["layers"])


def encoder(item, key):
    """Return the encoder of the standard library, with these separators."""
    try:
        # What `json` makes for each value anew; to import that takes longer than to write a report.
        from _json import encode_basestring_ascii, make_encoder
    except ImportError:
        from json import JSONEncoder

        return JSONEncoder(separators=(item, key), allow_nan=False).encode
    chunks = make_encoder(None, refuse, encode_basestring_ascii, None, key, item, False, False, False)
    return lambda value: "".join(chunks(value, 0))


def refuse(value):
    """Refuse what is no JSON."""
    raise TypeError(f"{value.__class__.__name__} is no JSON")


def spaced(value):
    r"""Return a JSON value on one line: what `json` would write, without the import.

    Examples
    --------
    >>> spaced({"macs": 12, "output_shape": ["N", 4], "notes": [], "hint": None})
    '{"macs": 12, "output_shape": ["N", 4], "notes": [], "hint": null}'
    """
    kind = value.__class__
    if kind is int:
        return str(value)
    if kind is str:
        # Between " " and "~", only these two are escaped.
        if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
            return f'"{value}"'
        return encoder(", ", ": ")(value)
    if kind is list:
        return f"[{', '.join(map(spaced, value))}]"
    if kind is dict:
        return f"{{{', '.join(f'{spaced(key)}: {spaced(item)}' for key, item in value.items())}}}"
    if kind is float:
        return encoder(", ", ": ")(value)
    return _WORDS[value]


def pretty(value, encode=spaced, margin="", kept=None):
    """Lay JSON out with what fits on one line on one line: a shape, a weight, a window.

    The encoder's own `indent` would run in Python and put every number on a line of its own. What is `kept`
    are the lines of values that came before: layers have the same windows and weights again and again.
    """
    room = WIDTH - len(margin)
    kind = value.__class__
    if kind is not dict and kind is not list:
        return str(value) if kind is int else encode(value)
    line = None
    # At least a key's quotes, colon, comma and a digit; so nothing large is encoded for nothing.
    if (sum(map(len, value)) + 7 * len(value) if kind is dict else 3 * len(value)) - 2 <= room:
        line = encode(value)
        if len(line) <= room or not value:
            return line
        if kept is not None and (line, margin) in kept:
            return kept[line, margin]
    inner = margin + "  "
    if kind is dict:
        parts = [f"{encode(key)}: {pretty(item, encode, inner, kept)}" for key, item in value.items()]
        opening, closing = "{}"
    else:
        parts = [pretty(item, encode, inner, kept) for item in value]
        opening, closing = "[]"
    joined = (",\n" + inner).join(parts)
    laid = f"{opening}\n{inner}{joined}\n{margin}{closing}"
    if kept is not None and line is not None:
        kept[line, margin] = laid
    return laid


def field(data, path):
    """Return one value of the JSON as a line: a shape as ``4,56,56,10``, a scalar bare.

    Parameters
    ----------
    data : dict
    path : str
        Keys and indices with dots between: ``layers.-1.macs``.

    Raises
    ------
    SpecError
        Where there is nothing at `path`.

    Examples
    --------
    >>> data = {"layers": [{"macs": 12, "output_shape": ["N", 4]}]}
    >>> field(data, "layers.-1.macs"), field(data, "layers.0.output_shape")
    ('12', 'N,4')
    """
    value = data
    place = 0
    for part in path.split("."):
        span = (place, place + len(part))
        place += len(part) + 1
        if value.__class__ is dict:
            if part not in value:
                raise no_field(path, span, f"There is no '{part}' here.", suggestion(part, value), value)
            value = value[part]
        elif value.__class__ is list:
            digits = part.removeprefix("-")
            if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
                raise no_field(path, span, f"'{part}' is no index.", "Count from 0, or from -1 back.")
            if not -len(value) <= int(part) < len(value):
                raise no_field(
                    path, span, f"There is no item {part} of {len(value)}.", "Count from 0, or from -1 back."
                )
            value = value[int(part)]
        else:
            raise no_field(path, span, f"There is nothing below '{path[: span[0] - 1]}'.")
    return field_text(value)


def no_field(path, span, message, hint=None, known=()):
    """Return the error for a path that leads nowhere."""
    if hint is None and known:
        hint = f"There are: {', '.join(known)}."
    return SpecError("usage", message, hint=hint, text=path, span=span)


def field_text(value):
    """Return a JSON value as a line for scripts."""
    if value.__class__ is str:
        return visible(value)
    sizes = value.__class__ is list and value
    if sizes and all(size.__class__ is int or size.__class__ is str for size in value):
        return ",".join(map(str, value))
    container = value.__class__ in (list, dict)
    return encoder(",", ":")(value) if container else spaced(value)
