"""What ``--expect`` asks of the output's shape, and what is wrong where it is another."""

from convcalc.errors import ShapeError


def expected(text):
    """Return the shape that ``--expect`` gives."""
    from convcalc.spec.shapes import read_shape

    return read_shape(text)


def differs(wanted, shape, text):
    """Return the error for an output that is not as expected, or None.

    A number equals itself, an unknown anything, a symbol itself or, at the batch, anything. An
    expectation of one axis less is held against the shape without its batch.
    """
    if shape is None:
        hint = "Give the network with the order of its layers, as in nn.Sequential(...)."
        return ShapeError("unexpected", "The output is not known.", hint=hint, text=text, span=(0, len(text)))
    dims = wanted.dims
    sizes = shape
    if len(dims) == len(shape) - 1 and not wanted.batch and not wanted.whole:
        sizes = shape[1:]
    from convcalc.analysis.jsonable import spaced

    hint = "Write ? for a size that may be anything."
    message = None
    if len(dims) != len(sizes):
        message = f"The output is {spaced(shape)}: {len(shape)} axes, not {len(dims)}."
    else:
        for axis, (want, size) in enumerate(zip(dims, sizes, strict=True)):
            at_batch = axis == 0 and sizes is shape
            if want is None or want == size or (at_batch and want.__class__ is not int):
                continue
            message = f"The output is {spaced(shape)}: axis {axis + len(shape) - len(sizes)} is {size}, not {want}."
            break
    return message and ShapeError("unexpected", message, hint=hint, text=text, span=(0, len(text)))
