"""Weights by the framework's own names: what was given, held against what each layer needs."""

import numpy as np

from convcalc.errors import ShapeError, SpecError, suggestion
from convcalc.layers.fit import show

# torch counts the batches that it has seen; no output depends on it.
UNUSED = "num_batches_tracked"


class Slots:
    """Where each weight of a network goes; made once for all runs.

    Attributes
    ----------
    weights : list
        ``(layer's index, Weight)``, in the framework's order; with the ones that nothing reads.
    names : list of str
        How each would be given; of a single layer by its own name alone.
    known : dict
        Every name that means a weight -> its place in `weights`.
    own : dict or None
        Where the network is one layer: each name that it reads -> the shape.
    """

    __slots__ = ("known", "names", "nodes", "own", "titles", "weights")

    def __init__(self, nodes, titles):
        self.nodes, self.titles = nodes, titles
        self.weights = [(index, weight) for index, node in enumerate(nodes) for weight in node.weights]
        alone = len({index for index, _ in self.weights}) == 1
        self.names, self.known = [], {}
        self.own = {w.name: w.shape for _, w in self.weights if w.name != UNUSED} if len(nodes) == 1 else None
        for place, (index, weight) in enumerate(self.weights):
            dotted, path = f"{titles[index]}.{weight.name}", f"{titles[index]}/{weight.name}"
            self.known[dotted] = self.known[path] = place
            if alone:
                self.known[weight.name] = place
            self.names.append(weight.name if alone else path if nodes[index].framework == "keras" else dotted)

    def used(self):
        """Return the places of the weights that something reads."""
        return [place for place, (_, weight) in enumerate(self.weights) if weight.name != UNUSED]


def assign(program, given):
    """Return the arrays of each layer by name.

    Parameters
    ----------
    program : Program
    given : mapping, sequence or None
        Of one layer with weights, its own names. Of several, ``name.weight`` as torch's `state_dict`
        has them (``name/weight`` as Keras'), or a mapping of each layer's. A sequence is in the
        order of the framework's own list.

    Raises
    ------
    SpecError
        For a name that no layer has, one that is missing, or what is no array of numbers.
    ShapeError
        For an array of another shape.
    """
    slots, dtype = program.slots, program.dtype
    if given.__class__ is dict and slots.own is not None and ready(slots.own, given, dtype):
        return [given]
    found = {} if given is None else by_name(slots, given) if hasattr(given, "keys") else by_order(slots, given)
    out: list = [{} for _ in slots.nodes]
    for place, (index, weight) in enumerate(slots.weights):
        if weight.name == UNUSED:
            continue
        if place not in found:
            raise program.located(missing(slots, place), index)
        array = found[place]
        if array.__class__ is not np.ndarray or array.dtype != dtype:
            try:
                array = numbers(slots, place, array, dtype)
            except SpecError as error:
                raise program.located(error, index) from None
        if array.shape != weight.shape:
            raise program.located(unlike(slots, place, array.shape), index)
        out[index][weight.name] = array
    return out


def ready(own, given, dtype):
    """Tell whether a dictionary has just the arrays that a layer reads, as it reads them: nothing is left to do."""
    if given.keys() != own.keys():
        return False
    for name, shape in own.items():
        array = given[name]
        if array.__class__ is not np.ndarray or array.dtype is not dtype or array.shape != shape:
            return False
    return True


def unlike(slots, place, shape):
    """Return the error for a weight of another shape."""
    index, weight = slots.weights[place]
    return ShapeError(
        "wrong_shape",
        f"{slots.nodes[index].type}'s {weight.name} has the shape ({show(weight.shape)}), not ({show(shape)}).",
        hint=f"Its axes are: {weight.layout}." if weight.layout else None,
    )


def missing(slots, place):
    """Return the error for a weight that was not given."""
    index, weight = slots.weights[place]
    return SpecError(
        "missing_argument",
        f"{slots.nodes[index].type} '{slots.titles[index]}' needs its {weight.name}, of shape ({show(weight.shape)}).",
        hint="Give weights={" + f"{slots.names[place]!r}: ..." + "}.",
    )


def numbers(slots, place, value, dtype):
    """Return a weight as an array of numbers of a dtype."""
    if hasattr(value, "detach"):
        # torch hands out a parameter's values only without its gradient.
        value = value.detach()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        array = None
    if array is None or array.dtype.kind not in "fiub":
        raise SpecError(
            "bad_value",
            f"The weight {slots.names[place]} must be an array of numbers, not "
            f"{value.__class__.__name__ if array is None else f'of {array.dtype}'}.",
            hint=f"Give a {dtype} array.",
        )
    return array.astype(dtype, copy=False)


def by_order(slots, given):
    """Return the arrays of a plain list by place; the whole of a `state_dict`'s values, or what is used of them."""
    try:
        arrays = None if hasattr(given, "shape") or isinstance(given, str) else list(given)
    except TypeError:
        arrays = None
    if arrays is None:
        raise SpecError(
            "bad_value",
            f"weights must be a mapping by name or a sequence of arrays, not {given.__class__.__name__}.",
            hint=f"Give weights={{{', '.join(f'{name!r}: ...' for name in slots.names[:4])}}}.",
        )
    for places in (slots.used(), range(len(slots.weights))):
        if len(arrays) == len(places):
            return dict(zip(places, arrays, strict=True))
    names = [slots.names[place] for place in slots.used()]
    raise SpecError(
        "bad_value",
        f"{len(arrays)} weights were given, not {len(names)}.",
        hint=f"Give {', '.join(names)}." if names else "Leave them out.",
    )


def by_name(slots, given):
    """Return the arrays of a mapping by place; refuse a name that means none."""
    found: dict = {}
    known = slots.known
    for key, value in flat(given):
        place = known.get(key)
        if place is None and "/" in key:
            # Keras puts the model's name before a layer's.
            place = known.get("/".join(key.split("/")[-2:]))
        if place in found:
            raise SpecError("duplicate_key", f"The weight {slots.names[place]} was given twice.", hint="Give it once.")
        if place is not None:
            found[place] = value
        elif key.rpartition(".")[2] != UNUSED:
            raise SpecError(
                "unknown_key",
                f"No layer has a weight '{key}'.",
                hint=suggestion(key, known)
                or (f"The weights are: {', '.join(slots.names[:12])}." if known else "The network has no weights."),
            )
    return found


def flat(given, before=""):
    """Yield ``(name, array)`` of a mapping, whose values may be mappings of what is in a layer or block."""
    for key, value in given.items():
        if hasattr(value, "keys"):
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + str(key), value
