"""The receptive field through a whole network: from each layer's inputs to its output."""

from convcalc.analysis import receptive


def fold(network, steps, shape):
    """Return the field after each call: a tuple of axes, `Whole`, `START`, or None where unknown."""
    fields: dict = {-1: START}
    for step in steps:
        facts = step.facts
        if step.unfed:
            fields[step.index] = None
            continue
        before = [fields[i] for i in step.call.inputs]
        rank = len(facts.windows)
        if facts.field == "windows":
            state = start(before[0], rank)
            if state.__class__ is tuple and len(state) == rank:
                state = tuple(receptive.through(a, w) for a, w in zip(state, facts.windows, strict=True))
            elif not isinstance(state, Whole):
                state = None
        elif facts.field == "whole":
            state = Whole(input_spatial(network, steps, shape))
        elif facts.field == "keeps":
            state = merged(before, step)
        else:
            # Cells in a new order or of several origins: known only where they saw everything before.
            wholes = [f for f in before if isinstance(f, Whole)]
            state = wholes[0] if wholes and (facts.field == "mixes" or len(wholes) == len(before)) else None
        fields[step.index] = state
    return fields


class Whole:
    """The state of a cell that sees the whole input."""

    __slots__ = ("spatial",)

    def __init__(self, spatial):
        self.spatial = spatial


# The state of the input itself, before the first layer of windows says how many axes it has.
START = ()


def start(state, rank):
    """Return the state that a layer of so many windows starts from: of the input, a cell an axis."""
    return (receptive.IDENTITY,) * rank if state == START else state


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


def input_spatial(network, steps, shape):
    """Return the spatial sizes of the network's input, from the first layer that has some."""
    for step in steps:
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
    if state is None or all(axis is None for axis in state):
        return None
    return receptive.describe(state)
