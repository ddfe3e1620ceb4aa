"""The input shape that a text itself gives: an input line, `keras.Input(shape=...)`, a first layer's `input_shape=`."""

from convcalc.errors import ConvcalcError, SpecError
from convcalc.spec.complaints import show

LINE = "input"  # the word that begins an input line; no layer has it
_EXAMPLE = "Write one as in input 28x28x3, before all layers."
# A blank beside one of these stands within a shape, as in N, H - 2, 3.
_JOINS = tuple(",+-*/")


def input_of(raw):
    """Return the whole input shape that a pasted `Input(shape=...)` gives, its batch unknown."""
    given = {arg.key: arg.value for arg in raw.args}
    if given.get("batch_shape") is not None:
        return given["batch_shape"]
    shape = given.get("shape", given.get(None))
    if shape.__class__ is int:
        shape = (shape,)
    if shape.__class__ is not tuple or not all(n is None or (n.__class__ is int and n >= 0) for n in shape):
        raise SpecError(
            "bad_value", "Input's shape must be a tuple of sizes.", hint="Input(shape=(28, 28, 3))", span=raw.span
        )
    return (given.get("batch_size"), *shape)


def sizes_of(shape, raw):
    """Return the input shape that a text gives, or None where it gives none; refuse what is no shape."""
    if shape is not None and (
        shape.__class__ is not tuple or not all(n is None or (n.__class__ is int and n >= 0) for n in shape)
    ):
        raise SpecError(
            "bad_value",
            f"{raw.name} is given an input shape of {show(shape)}, which has to be a tuple of sizes.",
            hint="Write input_shape=(28, 28, 3).",
            span=raw.span,
        )
    return shape


def input_of_first(call):
    """Return the whole input shape that a first layer's `input_shape=` gives, or None."""
    args = call.args
    for key in ("batch_input_shape", "batch_shape"):
        if args.get(key).__class__ is tuple:
            return args[key]
    if args.get("input_shape").__class__ is tuple:
        return (None, *args["input_shape"])
    if args.get("input_dim").__class__ is int and "filters" in args:
        return (None, args["input_dim"])
    return None


def read_line(reader, pos, end):
    """Read the input line whose first word stands from `pos` to `end`; return where its shape ends."""
    from convcalc.spec.shapes import read_shape
    from convcalc.spec.tree import Arg

    reader.finish()
    if reader.layers or reader.open_blocks:
        twice = reader.layers and reader.layers[0].name == LINE
        raise SpecError(
            "duplicate_key" if twice else "syntax",
            "The input is given twice." if twice else "The input stands after layers.",
            hint="Keep one of the two." if twice else _EXAMPLE,
            span=(pos, end),
        )
    plain = reader.plain
    start = after_blanks(plain, end)
    stop = end_of_shape(plain, start)
    # A layer's name would else be a symbol.
    if start == stop or reader.is_layer(plain[start:stop]):
        raise SpecError("bad_input", "The input has no shape.", hint=_EXAMPLE, span=(pos, end))
    try:
        shape = read_shape(plain[start:stop])
    except ConvcalcError as error:
        low, high = error.span or (0, stop - start)
        error.text, error.span = None, (start + low, start + high)
        raise
    after = after_blanks(plain, stop)
    if plain[after : after + 1] in tuple("?0123456789"):
        hint = "Write x or commas between sizes, as in 28x28x3."
        raise SpecError("bad_input", "Another size stands after the shape.", hint=hint, span=(after, after + 1))
    reader.begin(LINE, (pos, end))
    reader.args.append(Arg(None, shape, (start, stop), None))
    reader.end = stop
    reader.finish()
    return stop


def after_blanks(plain, pos):
    """Return the place of the first character from `pos` on that is no blank."""
    while plain[pos : pos + 1] in (" ", "\t"):
        pos += 1
    return pos


def end_of_shape(plain, pos):
    """Return where the shape that begins at `pos` ends: at a separator, a comment, or a blank outside of it.

    >>> text = "N, H - 2, (W + 1)*2, 3 conv2d 8 3"
    >>> text[: end_of_shape(text, 0)]
    'N, H - 2, (W + 1)*2, 3'
    """
    depth = 0
    while pos < len(plain) and plain[pos] not in "\n|" and not plain.startswith("->", pos):
        char = plain[pos]
        if char in " \t":
            after = after_blanks(plain, pos)
            follows = plain[after : after + 1]
            inside = depth or plain.startswith(_JOINS, pos - 1) or follows in _JOINS
            if not inside or follows == "#" or plain.startswith("->", after):
                break
            pos = after
            continue
        depth += (char in "([") - (char in ")]")
        pos += 1
    return pos
