"""What tensors take: the peak of those alive at once at inference, and all of them, as training keeps them."""

from contextlib import suppress

from convcalc.analysis.axes import symbols_of
from convcalc.errors import LimitError
from convcalc.record import Record


class Activations(Record):
    """Bytes of tensors.

    Attributes
    ----------
    peak : int or Size
        The largest sum of live ones at inference; `layer` is the call at which it is reached.
    training : int or Size
        All of them, the inputs among them: what a training step keeps for the way back.
    """

    peak: int | None
    layer: int | None
    training: int | None


def activations(network, shapes, rows, width):
    """Return the `Activations` of a network; `width` is the bytes of one value, and an unknown batch counts as 1.

    What is an expression of too many symbols, as of hundreds of layers of unknown sizes, is None, and so is what
    depends on a size that is not known at all.
    """
    if any(row.activation_bytes is None for row in rows):
        return Activations(None, None, None)
    live = {}
    for place, shape in enumerate(shapes):
        taken = width
        for n in shape[1:] if shape and shape[0].__class__ is not int else shape:
            taken = taken * n
        live[-1 - place] = taken
    training: int | None = None
    with suppress(LimitError):
        training = added([*live.values(), *(row.activation_bytes for row in rows)])
    with suppress(LimitError):
        peak, layer = peak_of(network, live, rows)
        return Activations(peak, layer, training)
    return Activations(None, None, training)


def peak_of(network, live, rows):
    """Return the largest sum of live tensors, and the layer at which it is reached.

    A tensor lives from the layer that makes it to the last one that reads it; `live` are the inputs.
    """
    # The network's outputs outlive every layer.
    last_use = {}
    for index, call in enumerate(network.calls):
        last_use.update(dict.fromkeys(call.inputs, index))
    last_use.update(dict.fromkeys(network.ends, len(rows)))
    running = added(live.values())
    peak, where = 0, None
    for index, (call, row) in enumerate(zip(network.calls, rows, strict=True)):
        live[index] = row.activation_bytes
        running = running + row.activation_bytes
        if where is None or larger(running, peak):
            peak, where = running, index
        for i in (*call.inputs, index):
            if last_use.get(i, index) <= index and i in live:
                running = running - live.pop(i)
    return peak, where


def added(sizes):
    """Return a sum that may begin with an expression."""
    first, *more = sizes
    for size in more:
        first = first + size
    return first


def larger(a, b):
    """Tell whether a size is larger; symbolic ones are compared where every symbol is 1,000."""
    if a.__class__ is int and b.__class__ is int:
        return a > b
    at = dict.fromkeys(symbols_of((a, b)), 1000)
    a, b = (x if x.__class__ is int else x.at(at) for x in (a, b))
    return a > b
