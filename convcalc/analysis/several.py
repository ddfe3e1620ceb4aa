"""A network of several inputs: which shape was given for which, and what is open in each."""

from convcalc.analysis.axes import axes_of, fill, fixes, names, settled, symbols_of
from convcalc.errors import SpecError, suggestion
from convcalc.sizes import Symbols


def assigned(network, typed):
    """Return what was given for each input in order, None where nothing was.

    Parameters
    ----------
    network : Network
    typed : dict, Typed, tuple or None
        By an input's name or its place; one shape alone is that of the first.

    Raises
    ------
    SpecError
        For a name that no input has, and for more shapes than inputs.

    Examples
    --------
    >>> from convcalc.network import Input, Network
    >>> assigned(Network("keras", (), "", (Input("a"), Input("b", (None, 3)))), {"a": (4, 2)})
    [(4, 2), (None, 3)]
    """
    if typed.__class__ is not dict:
        typed = {} if typed is None else {0: typed}
    own = [one.name for one in network.inputs]
    places = {name: place for place, name in enumerate(own)}
    found: dict = {}
    free = iter([place for place, name in enumerate(own) if name not in typed])
    for key, shape in typed.items():
        if key.__class__ is int:
            # Shapes without a name are for the inputs that none is named for, in order.
            place = next(free, None)
            if place is None:
                raise SpecError(
                    "bad_input",
                    f"{many(len(typed), 'shape')} given, and the network has {many(len(own), 'input', '')}.",
                    hint="Give one -i an input.",
                )
        else:
            place = places.get(key)
            if place is None:
                few = f"It has {', '.join(own[:8])}{', ...' * (len(own) > 8)}."
                raise SpecError(
                    "bad_input", f"The network has no input named {key[:60]!r}.", hint=suggestion(key, own) or few
                )
        found[place] = shape
    return [one.shape if found.get(place) is None else found[place] for place, one in enumerate(network.inputs)]


def many(count, word, verb=None):
    """Return a number of things: ``2 shapes are``, ``1 input``."""
    text = f"{count} {word}{'s' * (count != 1)}"
    return text if verb == "" else f"{text} {'is' if count == 1 else 'are'}"


def layouts(network, given=True):
    """Return ``(axes, rank, channels_first)`` that is wanted of a sample of each input: see `axes.layout`.

    Inputs that are merged before a layer fixes their axes have the same.
    """
    # Tensors of one number of axes form a set; each knows its parent, and a set's root its layout.
    parent: dict = {}
    wanted: dict = {}

    def root(tensor):
        while parent.get(tensor, tensor) != tensor:
            parent[tensor] = parent.get(parent[tensor], parent[tensor])
            tensor = parent[tensor]
        return tensor

    for index, call in enumerate(network.calls):
        fixed = fixes(call, network.framework, given)
        if fixed:
            for source in call.inputs:
                wanted.setdefault(root(source), fixed)
        elif call.layer.rank_rule != "free":
            for source in call.inputs:
                one, other = root(source), root(index)
                if one != other:
                    parent[one] = other
                    if one in wanted:
                        wanted.setdefault(other, wanted[one])
    free = None, None, network.framework != "keras"
    return [wanted.get(root(-place - 1), free) for place in range(len(network.inputs))]


def resolve(network, typed, batch=None):
    """Return ``(shapes, reading, open, unknown)`` of all inputs: see `inputs.resolve`.

    A batch that is open is that of the other inputs, for they are of one run. `unknown` are the names of
    the symbols that stand for a None of a tensor's own shape.
    """
    given = assigned(network, typed)
    wanted = layouts(network, any(one is not None for one in given))
    found: list = []
    readings: list = []
    for one, (axes, rank, first), own in zip(given, wanted, network.inputs, strict=True):
        if one is None:
            dims = (batch, *(None,) * (1 if axes is None else axes))
            labels, reading = names(len(dims), axes, rank, first), None
        else:
            exact = one.__class__ in (tuple, list)
            axes = axes_of(own, axes)
            dims, whole = (tuple(one), True) if exact else (one.dims, one.whole or one.batch)
            dims, labels, reading = settled(dims, whole, batch, axes, rank, first)
        found.append((dims, labels))
        if reading:
            readings.append(f"{own.name} {reading}")
    batches = {dims[0] for dims, labels in found if labels[:1] == ("N",) and dims[0] is not None}
    shared = batches.pop() if len(batches) == 1 else None
    used = Symbols()
    used.update(*(symbols_of(dims) for dims, _ in found))
    shapes: list = []
    for dims, labels in found:
        if labels[:1] == ("N",) and dims[0] is None and shared is not None:
            dims = (shared, *dims[1:])
        shape = fill(dims, labels, used)
        if labels[:1] == ("N",) and shared is None and dims[0] is None:
            shared = shape[0]
        shapes.append(shape)
    fresh = [
        size
        for one, shape, (dims, _) in zip(given, shapes, found, strict=True)
        if one.__class__ in (tuple, list)
        for size, own in zip(shape, dims, strict=True)
        if own is None
    ]
    return tuple(shapes), "; ".join(readings) or None, not any(one is not None for one in given), symbols_of(fresh)
