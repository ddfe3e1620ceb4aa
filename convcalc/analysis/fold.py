"""The receptive field through a whole network: from each layer's inputs to its output."""

from convcalc.analysis import receptive


def fold(steps, shapes):
    """Return the field after each call: a tuple of axes, `Whole`, `START`, or None where unknown.

    Over a graph it is the union over the paths to any of the inputs: where they have as many spatial axes,
    as two images that are compared, their cells count as those of one. A vector beside an image has no cells.
    """
    state: object
    fields: dict = {-1 - place: START for place in range(len(shapes))}
    if len(shapes) > 1:
        fields |= {-1 - place: NO_CELLS for place, shape in enumerate(shapes) if len(shape) < 3}
    wholes: dict = {}
    origin = origins(steps, shapes)
    for step in steps:
        facts = step.facts
        if step.unfed:
            fields[step.index] = None
            continue
        operands = [(fields[i], shape) for i, shape in zip(step.call.inputs, step.shapes, strict=True)]
        operands = [(state, shape) for state, shape in operands if state is not NO_CELLS]
        before = [state for state, _ in operands]
        rank = len(facts.windows)
        if not before:
            state = NO_CELLS
        elif facts.field == "windows":
            state = start(before[0], rank)
            if state.__class__ is tuple and len(state) == rank:
                state = tuple(receptive.through(a, w) for a, w in zip(state, facts.windows, strict=True))
            elif not isinstance(state, Whole):
                state = None
        elif facts.field == "whole":
            place = origin[step.index]
            if place not in wholes:
                wholes[place] = Whole(input_spatial(steps, shapes[place], origin, place))
            state = wholes[place]
        elif facts.field == "keeps" or spread(operands, step):
            state = merged(before, step)
        else:
            # Cells in a new order or of several origins: known only where they saw everything before.
            known = [f for f in before if isinstance(f, Whole)]
            state = known[0] if known and (facts.field == "mixes" or len(known) == len(before)) else None
        fields[step.index] = state
    return fields


class Whole:
    """The state of a cell that sees the whole input."""

    __slots__ = ("spatial",)

    def __init__(self, spatial):
        self.spatial = spatial


# The state of the input itself, before the first layer of windows says how many axes it has.
START = ()
# The state of what comes from inputs without spatial axes alone.
NO_CELLS = object()


def start(state, rank):
    """Return the state that a layer of so many windows starts from: of the input, a cell an axis."""
    return (receptive.IDENTITY,) * rank if state == START else state


def spread(operands, step):
    """Tell whether only what has no cells is spread over those of the one other operand."""
    alone = len(operands) == 1 < len(step.shapes)
    return alone and step.facts.field == "mixes" and operands[0][1] == step.facts.output


def merged(before, step):
    """Return the state after a layer that keeps its input's, or the union of its operands'."""
    if len(before) == 1:
        return before[0]
    for state in before:
        if isinstance(state, Whole):
            return state
    rank = max((len(state) for state in before if state), default=0)
    states = [start(state, rank) for state in before]
    if not rank or any(s is None or len(s) != rank for s in states):
        return START if not rank and None not in before else None
    axes = tuple(receptive.union([s[k] for s in states]) for k in range(rank))
    if any(a is None for a in axes) and all(a is not None for s in states for a in s):
        step.site.note(
            "paths_unaligned", "the branches step over the input at different strides; the field is not known beyond"
        )
    return axes


def origins(steps, shapes):
    """Return which input each call goes back to, by the first of what feeds it that has spatial axes."""
    if len(shapes) == 1:
        return [0] * len(steps)
    found: list = []
    for step in steps:
        places = [found[source] if source >= 0 else -1 - source for source in step.call.inputs] or [0]
        found.append(next((place for place in places if len(shapes[place]) > 2), places[0]))
    return found


def input_spatial(steps, shape, origin, place):
    """Return the spatial sizes of an input, from the first layer behind it that has some."""
    for step in steps:
        if origin[step.index] != place:
            continue
        if step.call.layer.rank is not None:
            rank = step.call.layer.rank
            if len(shape) < rank + 1:
                break
            return shape[-rank:] if step.site.channels_first else shape[-rank - 1 : -1]
        if step.call.layer.rank_rule == "free":
            # What comes after it has other axes than the input.
            break
    return ()


def field_of(state):
    """Return the `Field` that the report shows of a state."""
    if isinstance(state, Whole):
        return receptive.whole(state.spatial) if state.spatial else None
    if state is None or state is NO_CELLS or all(axis is None for axis in state):
        return None
    return receptive.describe(state)
