"""Weights by the framework's own names: what was given, held against what each layer needs."""

from convcalc.errors import ShapeError, SpecError, suggestion
from convcalc.layers.fit import show

# torch counts the batches that it has seen; no output depends on it.
UNUSED = "num_batches_tracked"


def assign(program, given):
    """Return the arrays of each layer by name, in the program's dtype.

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
        For a name that no layer has, or one that is missing.
    ShapeError
        For an array of another shape.
    """
    import numpy as np

    wanted = {}
    for index, node in enumerate(program.nodes):
        for weight in node.weights:
            if weight.name != UNUSED:
                wanted[index, weight.name] = weight
    if given is None:
        given = {}
    found = by_order(wanted, given) if not hasattr(given, "keys") else by_name(program, wanted, given)
    out: list = [{} for _ in program.nodes]
    for (index, name), weight in wanted.items():
        if (index, name) not in found:
            title = f"{program.nodes[index].type} '{program.titles[index]}'"
            raise SpecError(
                "missing_argument",
                f"{title} needs its {name}, of shape ({show(weight.shape)}).",
                hint="Give weights={" + f"{name!r}: ..." + "}, or leave the layer's weights to convcalc check.",
            )
        array = np.asarray(found[index, name])
        if array.shape != weight.shape:
            raise ShapeError(
                "wrong_shape",
                f"{program.nodes[index].type}'s {name} has the shape ({show(weight.shape)}), "
                f"not ({show(array.shape)}).",
                hint=f"Its axes are: {weight.layout}." if weight.layout else None,
            )
        if array.dtype != program.dtype:
            array = array.astype(program.dtype)
        out[index][name] = array
    return out


def by_order(wanted, given):
    """Return the arrays of a plain list by layer and name."""
    arrays = list(given)
    if len(arrays) != len(wanted):
        names = ", ".join(name for _, name in wanted)
        raise SpecError("bad_value", f"{len(arrays)} weights were given, not {len(wanted)}.", hint=f"Give {names}.")
    return dict(zip(wanted, arrays, strict=True))


def by_name(program, wanted, given):
    """Return the arrays of a mapping by layer and name; refuse a name that means none."""
    with_weights = [i for i, node in enumerate(program.nodes) if node.weights]
    known = {}
    for index, name in wanted:
        title = program.titles[index]
        known[f"{title}.{name}"] = known[f"{title}/{name}"] = index, name
        if len(with_weights) == 1:
            known[name] = index, name
    found = {}
    for key, value in flat(given):
        if key in known:
            found[known[key]] = value
        elif key.rpartition(".")[2] != UNUSED:
            words = suggestion(key, known) or f"The weights are: {', '.join(list(known)[:12]) or 'none'}."
            raise SpecError("unknown_key", f"No layer has a weight '{key}'.", hint=words)
    return found


def flat(given):
    """Yield ``(name, array)`` of a mapping, whose values may be a layer's own mapping."""
    for key, value in given.items():
        if hasattr(value, "keys"):
            for name, array in value.items():
                yield f"{key}.{name}", array
        else:
            yield str(key), value
