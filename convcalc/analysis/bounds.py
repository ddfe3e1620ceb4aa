"""What a walk over a network refuses of the sizes that come up: too many values, and weights of unknown shape."""

from convcalc.analysis.axes import symbols_of
from convcalc.errors import LimitError
from convcalc.layers.fit import show

# What the bits of a shape's sizes add up to at most: its counts stay far below what Python prints.
MAX_BITS = 4096
LARGE = 1 << 64


def check_bits(shapes):
    """Refuse a shape of more values than anyone counts, before its product is asked for again and again."""
    try:
        # A few sizes of 64 bits are under the limit without being added up.
        if max(map(max, shapes)) < LARGE and max(map(len, shapes)) < MAX_BITS // 64:
            return
    except (TypeError, ValueError):
        # Symbols have no order, and a shape may have no sizes.
        pass
    for shape in shapes:
        for n in shape:
            if n.__class__ is int and n >= LARGE:
                break
        else:
            if len(shape) < MAX_BITS // 64:
                continue
        if sum([n.bit_length() for n in shape if n.__class__ is int]) > MAX_BITS:
            most = MAX_BITS - len(shape)
            raise LimitError("limit", f"A shape grew to over 2^{most} values.", hint="Give smaller sizes.")


def check_weights(site, facts, unknown):
    """Refuse weights along an axis of unknown size, which Keras cannot make."""
    for weight in facts.weights:
        if symbols_of(weight.shape) & unknown:
            raise site.refuse(
                "wrong_shape",
                f"{site.type}'s {weight.name} has the shape ({show(weight.shape)}), of which Keras needs every size.",
                "Give the input's sizes, or a symbol such as 'C' for one that is left open.",
            )
