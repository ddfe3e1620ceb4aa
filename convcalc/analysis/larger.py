"""How large the network's input has to be where a window deep in it does not fit: the walk again, with symbols."""

from convcalc.analysis.infer import fits, walk
from convcalc.errors import ConvcalcError
from convcalc.layers.fit import AXES, LARGER
from convcalc.sizes import symbol


def told(error, network, shapes):
    """Return an error whose hint says how large an input fits the layer at fault and those before it, if any does."""
    if error.hint and LARGER in error.hint and len(shapes) == 1:
        found = least(network, shapes[0], error.layer)
        if found:
            words = " and ".join(f"{size} along {name}" for name, size in found.items())
            error.hint = error.hint.replace(LARGER, f"an input of at least {words}", 1)
        elif found is None:
            error.hint = error.hint.replace(f"{LARGER}, ", "").replace(f"{LARGER} or ", "")
    return error


def least(network, shape, index):
    """Return by axis the size that an input has to grow to so that it fits every layer up to one; None where none does.

    Examples
    --------
    >>> from convcalc import api
    >>> least(api.network("conv2d 8 3 maxpool2d 2 conv2d 8 3"), (1, 5, 40, 3), 2)
    {'H': 8}
    """
    calls = network.calls[: index + 1]
    axes = AXES.get(calls[-1].layer.rank) or ()
    # Before the axes of the windows stand the channels and, unless torch was given none, the batch.
    first = len(shape) - len(axes)
    if not axes or first not in (1, 2):
        return {}
    if network.framework == "keras" and all(call.args.get("data_format") != "channels_first" for call in calls):
        first -= 1
    # Brackets: no symbol that anyone writes.
    grown = list(shape)
    grown[first : first + len(axes)] = [symbol(f"[{axis}]") for axis in axes]
    conditions: list = []
    try:
        for step in walk(network, (tuple(grown),)):
            conditions += step.site.conditions
            if step.index == index:
                break
    except ConvcalcError as error:
        return None if error.code == "does_not_fit" and error.layer == index else {}
    sizes = fits(conditions, (tuple(grown),))
    found = [(axis, n, sizes.get(f"[{axis}]", 1)) for axis, n in zip(axes, shape[first:], strict=False)]
    return {axis: size for axis, n, size in found if n.__class__ is int and size > n}
