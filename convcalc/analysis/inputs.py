"""What typed input shapes mean for a network: the whole shape of its input, and how it was read."""

from functools import lru_cache

from convcalc.analysis.axes import axes_of, fill, layout, names, settled, symbols_of


def unknown(given, shape):
    """Return the names of the symbols that stand for a None of the tensor's own shape.

    Such a size is one that the framework does not know; a ``?`` that a person types is a symbol.
    """
    if given is shape or given.__class__ not in (tuple, list) or len(given) != len(shape):
        return frozenset()
    return symbols_of([n for n, size in zip(shape, given, strict=True) if size is None])


def resolve(network, typed=None, batch=None):
    """Return ``(shapes, reading, open, unknown)`` of a network's inputs.

    These are the whole shapes, how they were read, whether all is open, and the names of the symbols of
    sizes that were given as unknown.

    Parameters
    ----------
    network : Network
    typed : Typed, tuple, dict or None
        What `-i` read; a tuple is the tensor's own shape, batch included; a dict has such of several inputs,
        by name or place; None leaves all open.
    batch : int or Size, optional
        The batch, given outright.

    Raises
    ------
    SpecError
        Where a batch is given twice, or an input that the network has not.
    """
    if typed.__class__ is dict or len(network.inputs) > 1:
        from convcalc.analysis import several

        if len(network.inputs) > 1:
            return several.resolve(network, typed, batch)
        (typed,) = several.assigned(network, typed)
    if typed.__class__ is tuple and batch is None and None not in typed:
        return (typed,), None, False, frozenset()
    if typed is None:
        typed = network.inputs[0].shape
    axes, rank, first = layout(network, typed is not None)
    if typed is None:
        count = 2 if axes is None else axes + 1
        dims = (batch, *(None,) * (count - 1))
        return (fill(dims, names(count, axes, rank, first), ()),), None, True, frozenset()
    if typed.__class__ in (tuple, list):
        shape, reading = place.__wrapped__(tuple(typed), True, batch, axes, rank, first)
        return (shape,), reading, False, unknown(typed, shape)
    axes = axes_of(network.inputs[0], axes)
    shape, reading = place(typed.dims, typed.whole or typed.batch, batch, axes, rank, first)
    return (shape,), reading, False, frozenset()


# What was typed is of integers, sizes and None; a caller's tuple may hold what only equals them.
@lru_cache(maxsize=256)
def place(dims, whole, batch, axes, rank, first):
    """Return ``(shape, reading)`` of what was given, on the layout that the network wants."""
    dims, labels, reading = settled(dims, whole, batch, axes, rank, first)
    return fill(dims, labels, symbols_of(dims)), reading
