"""The input shape that a text itself gives: `keras.Input(shape=...)` or a first layer's `input_shape=`."""

from convcalc.errors import SpecError
from convcalc.spec.complaints import show


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
