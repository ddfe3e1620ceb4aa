"""What a text says of its inputs and outputs: input and output lines, `keras.Input(shape=...)`, `input_shape=`."""

from itertools import takewhile

from convcalc.errors import ConvcalcError, SpecError
from convcalc.network import Input
from convcalc.spec.complaints import show
from convcalc.spec.labels import LINE, OUTPUTS
from convcalc.values import INPUT

_EXAMPLE = "Write one as in input 28x28x3, before all layers."
_OUTPUTS = "Name them after all layers, as in output @a @b."
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
    """Read the input line whose first word stands from `pos` to `end`; return where its shape ends.

    A label may follow, which names the input; with one there may be no shape.
    """
    from convcalc.spec.shapes import read_shape
    from convcalc.spec.tree import Arg

    reader.finish()
    if reader.open_blocks or (reader.layers and reader.layers[-1].name != LINE):
        raise SpecError("syntax", "The input stands after layers.", hint=_EXAMPLE, span=(pos, end))
    plain = reader.plain
    start = after_blanks(plain, end)
    reader.begin(LINE, (pos, end))
    reader.args = None
    if plain.startswith(("@", "name="), start):
        return start
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
    reader.layer.args.append(Arg(None, shape, (start, stop), None))
    reader.end = stop
    return stop


def read_outputs(reader, pos, end):
    """Read the first word of an output line, which stands from `pos` to `end`; labels follow."""
    reader.finish()
    if reader.open_blocks:
        raise SpecError("syntax", "The outputs stand within brackets.", hint=_OUTPUTS, span=(pos, end))
    reader.begin(OUTPUTS, (pos, end))
    reader.args = None
    return end


def inputs_of(raws):
    """Return the `Input` of each input line at the head of a text; () where it has none.

    Raises
    ------
    SpecError
        Where another than the first has no name.
    """
    lines = list(takewhile(lambda raw: raw.name == LINE, raws))
    found: list = []
    for place, raw in enumerate(lines):
        if place and raw.label is None:
            raise SpecError(
                "syntax",
                "The input is given twice, and the second has no name.",
                hint="Keep one of the two, or name the other: input 10 @meta, then from=@meta and -i meta=10.",
                span=raw.name_span,
            )
        found.append(Input(raw.label or INPUT, raw.args[0].value if raw.args else None))
    return tuple(found)


def ended(raws):
    """Return ``(layers, indices of the outputs)``: without the output line, which stands last.

    Raises
    ------
    SpecError
        For an output line that names none, or has layers after it.
    """
    for at, raw in enumerate(raws):
        if raw.name != OUTPUTS:
            continue
        if at + 1 < len(raws):
            raise SpecError("syntax", "Layers stand after the outputs.", hint=_OUTPUTS, span=raws[at + 1].name_span)
        if len(raw.inputs) == 1:
            raise SpecError("syntax", "The output line names no layer.", hint=_OUTPUTS, span=raw.span)
        # What stands first is the current value, which is no operand here.
        return raws[:at], raw.inputs[1:]
    return raws, ()


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
