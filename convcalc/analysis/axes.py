"""The axes of an input: which is the batch, how many a layer wants, and what a `?` is called."""

from convcalc.errors import SpecError
from convcalc.layers.fit import AXES
from convcalc.sizes import Symbols, symbol


def layout(network, given=True):
    """Return ``(axes, rank, channels_first)`` that the first layer to fix them wants of a sample.

    `axes` is the number of axes without the batch, None where no layer fixes it. Where no input is
    `given`, a layer of whatever rank the input has is one of images.
    """
    for call in network.calls:
        fixed = fixes(call, network.framework, given)
        if fixed:
            return fixed
        if call.layer.rank_rule == "free":
            break
    return None, None, network.framework != "keras"


def fixes(call, framework, given=True):
    """Return ``(axes, rank, channels_first)`` that a layer wants of a sample, or None where it takes any."""
    if call.ranks and given:
        return None
    rule = call.layer.rank_rule
    if rule == "spatial" or (not given and call.layer.family.rank_rule == "spatial"):
        rank = call.layer.rank or 2
        return rank + 1, rank, framework != "keras" or call.args.get("data_format") == "channels_first"
    if rule.startswith("sample:"):
        return int(rule[7:]), None, framework != "keras"
    return None


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
    used = used if used.__class__ is Symbols else Symbols(used)
    out = []
    for size, label in zip(dims, labels, strict=True):
        if size is None:
            name = label
            if name in used:
                name = used.numbered(label)
            used.add(name)
            size = symbol(name)
        out.append(size)
    return tuple(out)


def symbols_of(dims):
    """Return the names of all symbols in a shape."""
    found = [size.symbols for size in dims if size is not None and size.__class__ is not int]
    return frozenset().union(*found) if found else frozenset()


def axes_of(own, axes):
    """Return how many axes a sample of an input has: where no layer fixes them, those of the file's own shape."""
    if axes is None and own.shape.__class__ is tuple and own.shape:
        return len(own.shape) - 1
    return axes


def settled(dims, whole, batch, axes, rank, first):
    """Return ``(dims, names, reading)`` of what was given: all axes, unknown sizes left None."""
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
        reading = f"read as {' x '.join(AXES[rank])}; the channels are open"
    else:
        if axes is None and len(dims) > 1 and batch is None:
            reading = "read as one sample; write the batch in front as N, or in parentheses for the whole shape"
        dims = (batch, *dims)
    return dims, names(len(dims), axes, rank, first), reading
