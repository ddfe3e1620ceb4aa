"""What a typed input shape means for a network: which axis is the batch, and what a `?` is called."""

from functools import lru_cache

from convcalc.errors import SpecError
from convcalc.layers.fit import AXES
from convcalc.sizes import symbol


def layout(network, given=True):
    """Return ``(axes, rank, channels_first)`` that the first layer to fix them wants of a sample.

    `axes` is the number of axes without the batch, None where no layer fixes it. Where no input is
    `given`, a layer of whatever rank the input has is one of images.
    """
    for call in network.calls:
        if call.ranks and given:
            continue
        rule = call.layer.rank_rule
        if rule == "spatial" or (not given and call.layer.family.rank_rule == "spatial"):
            rank = call.layer.rank or 2
            first = network.framework != "keras" or call.args.get("data_format") == "channels_first"
            return rank + 1, rank, first
        if rule.startswith("sample:"):
            return int(rule[7:]), None, network.framework != "keras"
        if rule == "free":
            break
    return None, None, network.framework != "keras"


def names(count, axes, rank, channels_first):
    """Return the names of `count` axes of a whole shape: batch, channels and the spatial axes."""
    if rank is not None and count == rank + 2:
        spatial = AXES[rank]
        return ("N", "C", *spatial) if channels_first else ("N", *spatial, "C")
    if rank is not None and count == rank + 1:
        spatial = AXES[rank]
        return ("C", *spatial) if channels_first else (*spatial, "C")
    if count == 4:
        return ("N", "C", "H", "W") if channels_first else ("N", "H", "W", "C")
    if count == 3:
        return ("N", "C", "L") if channels_first else ("N", "L", "C")
    if count == 2:
        return ("N", "C") if axes != 1 else ("N", "L")
    return tuple("N" if not i else f"D{i}" for i in range(count))


def fill(dims, labels, used):
    """Return the dims with a fresh symbol for each None, named after its axis."""
    used = set(used)
    out = []
    for size, label in zip(dims, labels, strict=True):
        if size is None:
            name = label
            number = 1
            while name in used:
                name = f"{label}{number}"
                number += 1
            used.add(name)
            size = symbol(name)
        out.append(size)
    return tuple(out)


def symbols_of(dims):
    """Return the names of all symbols in a shape."""
    found = [size.symbols for size in dims if size is not None and size.__class__ is not int]
    return frozenset().union(*found) if found else frozenset()


def unknown(network, typed, shape):
    """Return the names of the symbols that stand for a None of the tensor's own shape.

    Such a size is one that the framework does not know; a ``?`` that a person types is a symbol.
    """
    typed = network.input_shape if typed is None else typed
    if typed is shape or typed.__class__ not in (tuple, list) or len(typed) != len(shape):
        return frozenset()
    return symbols_of(n for n, size in zip(shape, typed, strict=True) if size is None)


def resolve(network, typed=None, batch=None):
    """Return ``(shape, reading, open)``: the whole input shape, how it was read, and whether all is open.

    Parameters
    ----------
    network : Network
    typed : Typed, tuple or None
        What `-i` read; a tuple is the tensor's own shape, batch included; None leaves all open.
    batch : int or Size, optional
        The batch, given outright.

    Raises
    ------
    SpecError
        Where a batch is given twice.
    """
    if typed.__class__ is tuple and batch is None and None not in typed:
        return typed, None, False
    if typed is None and network.input_shape is not None:
        typed = network.input_shape
    axes, rank, first = layout(network, typed is not None)
    if typed is None:
        count = 2 if axes is None else axes + 1
        dims = (batch, *(None,) * (count - 1))
        return fill(dims, names(count, axes, rank, first), ()), None, True
    if typed.__class__ in (tuple, list):
        return (*place.__wrapped__(tuple(typed), True, batch, axes, rank, first), False)
    return (*place(typed.dims, typed.whole or typed.batch, batch, axes, rank, first), False)


# What was typed is of integers, sizes and None; a caller's tuple may hold what only equals them.
@lru_cache(maxsize=256)
def place(dims, whole, batch, axes, rank, first):
    """Return ``(shape, reading)`` of what was given, on the layout that the network wants."""
    reading = None
    if not whole and axes is not None and len(dims) == axes + 1:
        whole = True
    if whole:
        if batch is not None and dims and dims[0].__class__ is int:
            raise SpecError(
                "bad_combination",
                f"--batch {batch} and an input whose batch is {dims[0]}.",
                hint="Give the batch once: leave out --batch, or the first number of -i.",
            )
        if batch is not None and dims:
            dims = (batch, *dims[1:])
    elif rank is not None and len(dims) == rank:
        dims = (batch, None, *dims) if first else (batch, *dims, None)
        labels = names(len(dims), axes, rank, first)
        reading = f"read as {' x '.join(AXES[rank])}; the channels are open"
        return fill(dims, labels, symbols_of(dims)), reading
    else:
        if axes is None and len(dims) > 1 and batch is None:
            reading = "read as one sample; write the batch in front as N, or in parentheses for the whole shape"
        dims = (batch, *dims)
    labels = names(len(dims), axes, rank, first)
    return fill(dims, labels, symbols_of(dims)), reading
