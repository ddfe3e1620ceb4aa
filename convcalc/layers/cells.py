"""The kinds of values of layers that pad, cut, resize and reshape: cells per side, factors, target shapes."""

from convcalc.errors import SpecError
from convcalc.layers.kinds import KINDS, is_int
from convcalc.sizes import Size, parse
from convcalc.values import BadValue, Pair


class Listed(tuple):
    """A tuple whose length matters: ``7x7`` is never shortened to ``7``.

    Examples
    --------
    >>> str(Listed((7, 7))), str(Listed((-1, 64))), str(Listed(((1, 2),)))
    ('7x7', '(-1,64)', '(1:2,)')
    """

    __slots__ = ()

    def __str__(self):
        if len(self) > 1 and all(is_int(v) and v >= 0 for v in self):
            return "x".join(map(str, self))
        items = [f"{written(v[0])}:{written(v[1])}" if v.__class__ is tuple else written(v) for v in self]
        return f"({','.join(items)}{',' if len(items) == 1 else ''})"

    __repr__ = __str__


def written(value):
    """Return what stands in a tuple as text: a symbolic size in quotes."""
    return f"'{value}'" if value.__class__ is Size else str(value).lower()


def sized(value):
    """Return a tuple with the sizes that strings in it say, such as ``'ceil(H/2)'``; anything else as it is.

    >>> sized(("2*H", -1)), sized((Pair(0, "2*H"), 1))
    ((2*H, -1), ((0, 2*H), 1))
    """
    if value.__class__ is str:
        try:
            return parse(value)
        except SpecError as error:
            raise BadValue(f"must be sizes, and {error}") from None
    if value.__class__ in (tuple, Pair) and any([n.__class__ in (str, Pair) for n in value]):
        return tuple(map(sized, value))
    return value


def is_size(value):
    """Tell whether a value is an integer or a symbolic size."""
    return is_int(value) or value.__class__ is Size


def pair_of(value):
    """Return ``(low, high)`` of what stands for one axis, or None."""
    if is_int(value):
        return value, value
    if value.__class__ in (Pair, tuple) and len(value) == 2 and is_size(value[0]) and is_size(value[1]):
        return value[0], value[1]
    return None


def per_axis_pairs(value, rank):
    """Return ``(low, high)`` for each axis of a number, a pair or one of them an axis; None if it is none of these."""
    if is_int(value) or value.__class__ is Pair:
        pair = pair_of(value)
        return pair and (pair,) * rank
    if value.__class__ is not tuple:
        return None
    if rank == 1 and len(value) == 2 and all(map(is_int, value)):
        return (value,)
    found = tuple(map(pair_of, value))
    if None in found:
        return None
    if len(found) == rank:
        return found
    # Layers of torch take sides of fewer or more axes than their name says; written as pairs, they stay that.
    return Listed(found) if not any(map(is_int, value)) else None


def cells(value, rank, choices, call, framework):
    """Check cells to add or cut, 0 or more: a number, one per axis, or low:high pairs."""
    found = per_axis_pairs(value, rank)
    if call and rank == 1 and value.__class__ is tuple and not (len(value) == 2 and all(map(is_int, value))):
        found = None
    if found is None or len(found) != rank or min(map(min, found)) < 0:
        raise BadValue(
            f"must be cells of 0 or more: a number{', one per axis' if rank > 1 else ''} or low:high",
            "Write 1, 1x2 or 0:1x0:1" if rank > 1 else "Write 1 or 0:1",
        )
    return found


def sides(value, rank, choices, call, framework):
    """Check cells to add, or cut where negative; torch's own call lists them from the last axis on.

    The normal form is ``(low, high)`` per axis in the order of the axes.
    """
    if call and value.__class__ is tuple:
        if len(value) % 2 or not all(map(is_int, value)):
            raise BadValue("must be an integer, or low and high of each axis, the last axis first")
        found = tuple(zip(value[-2::-2], value[::-2], strict=True))
        return found if len(found) == rank else Listed(found)
    found = per_axis_pairs(value, rank)
    if found is None:
        raise BadValue(
            "must be cells: a number, one per axis, or low:high pairs, negative to cut", "Write 1, 1x2 or 0:1x0:1"
        )
    return found


def ends(value, rank, choices, call, framework):
    """Check ONNX's pads: all the low cells, then all the high ones; or low:high pairs."""
    value = sized(value)
    if value.__class__ is tuple and value and all(map(is_size, value)) and len(value) % 2 == 0:
        half = len(value) // 2
        return Listed(zip(value[:half], value[half:], strict=True))
    found = tuple(map(pair_of, value)) if value.__class__ is tuple and not any(map(is_int, value)) else (None,)
    if call or not found or None in found:
        raise BadValue(
            "must be the cells before each axis, then the cells after each",
            "pads=0,0,1,1,0,0,1,1" if call else "Write 0:0,0:0,1:1,1:1",
        )
    return Listed(found)


def target(value, rank, choices, call, framework):
    """Check a shape to reshape to: sizes, and perhaps -1 once for what is left."""
    if is_int(value) and not call:
        value = (value,)
    value = sized(value)
    if value.__class__ is not tuple or not all(v.__class__ is Size or (is_int(v) and v >= -1) for v in value):
        raise BadValue("must be a tuple of sizes, -1 for what is left")
    if value.count(-1) > 1:
        raise BadValue("must have -1 at most once")
    if choices == "some" and not value:
        raise BadValue("must have a size or more")
    return Listed(value)


def told(value, rank, choices, call, framework):
    """Check a shape that a file or another tool tells: sizes, symbolic ones in quotes, None where it does not know."""
    value = sized((value,) if is_int(value) else value)
    if not isinstance(value, tuple) or not all(n is None or (is_size(n) and n != -1) for n in value):
        raise BadValue("must be a shape: sizes of 0 or more")
    return Listed(value)


def shapes(value):
    """Return the shapes of some weights, in the form that is written in full."""
    if not isinstance(value, tuple) or not value:
        raise BadValue("must be shapes, one a weight")
    found = [(shape,) if is_int(shape) else shape for shape in value]
    if not all(isinstance(shape, tuple) and all(is_int(n) and n >= 0 for n in shape) for shape in found):
        raise BadValue("must be shapes, one a weight: (8x3x3x3,(8,))")
    return Listed(map(Listed, found))


def dims(value, rank, choices, call, framework):
    """Check the shape of a weight: sizes of 0 or more; () is a single value."""
    value = sized((value,) if is_int(value) and not call else value)
    if not isinstance(value, tuple) or not all(is_size(n) and not (is_int(n) and n < 0) for n in value):
        raise BadValue("must be a shape: sizes of 0 or more", "Write 1x64x1x1, (64,) or () for a single value.")
    return Listed(value)


def order(value, rank, choices, call, framework):
    """Check an order of axes: each from `choices` on, once."""
    if is_int(value) and not call:
        value = (value,)
    first = int(choices)
    if (
        value.__class__ is not tuple
        or not all(map(is_int, value))
        or sorted(value) != list(range(first, first + len(value)))
    ):
        raise BadValue(f"must be the axes from {first} on, each once", "Write 2x1 to exchange two" if first else None)
    return Listed(value)


def axes(value, rank, choices, call, framework):
    """Check a tuple of axes."""
    value = (value,) if is_int(value) and not call else value
    if value.__class__ is not tuple or not all(map(is_int, value)):
        raise BadValue("must be a tuple of axes")
    return Listed(value)


def one_for_all(call, framework):
    """Tell whether one number may stand for all axes; ONNX' own lists have one for each."""
    return not (call and framework == "onnx")


def lengths(value, rank, choices, call, framework):
    """Check sizes to resize to: one for all axes, or one each; which are legal the input decides."""
    value = sized(value)
    if (value.__class__ is tuple and all(map(is_size, value))) or (is_int(value) and one_for_all(call, framework)):
        return value if is_int(value) else Listed(value)
    raise BadValue("must be an integer, or one per axis")


def factors(value, rank, choices, call, framework):
    """Check factors to resize by: one for all axes, or one each."""
    if value.__class__ is not tuple and not one_for_all(call, framework):
        raise BadValue("must be a list of numbers, one per axis")
    for factor in value if value.__class__ is tuple else (value,):
        if factor.__class__ not in (int, float) or not abs(factor) < float("inf"):
            raise BadValue("must be a number, or one per axis")
    return Listed(value) if value.__class__ is tuple else value


def fill(value, rank, choices, call, framework):
    """Check the value that fills new cells; None is 0, as for torch."""
    return 0 if value is None else KINDS["number"](value, rank, choices, call, framework)


def cased(value, rank, choices, call, framework):
    """Check one of the words in `choices`, whose capitals count in a call and are put right in terse text."""
    known = choices.split("|")
    if value.__class__ is str:
        if value in known:
            return value
        typed = value.lower().replace("_", "-")
        found = None if call else next((word for word in known if word.lower().replace("_", "-") == typed), None)
        if found:
            return found
    raise BadValue("must be " + " or ".join(known))


KINDS.update(
    cells=cells,
    sides=sides,
    ends=ends,
    target=target,
    dims=dims,
    order=order,
    axes=axes,
    lengths=lengths,
    factors=factors,
    cased=cased,
    fill=fill,
    told=told,
)
