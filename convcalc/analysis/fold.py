"""The receptive field through a whole network: from each layer's inputs to its output."""

from convcalc.analysis import receptive


def fold(network, steps, shape):
    """Return the field after each call: a tuple of axes, a whole `Field`, or None where unknown."""
    fields = {-1: None}
    for step in steps:
        facts = step.facts
        before = [fields[i] for i in step.call.inputs]
        rank = len(facts.windows)
        if facts.field == "windows":
            inputs = [start(f, i, rank) for f, i in zip(before, step.call.inputs, strict=True)]
            state = inputs[0]
            if state.__class__ is tuple and len(state) == rank:
                state = tuple(receptive.through(a, w) for a, w in zip(state, facts.windows, strict=True))
            elif not isinstance(state, Whole):
                state = None
        elif facts.field == "whole":
            state = Whole(input_spatial(network, steps, shape))
        elif facts.field == "keeps":
            state = merged(before, step.call.inputs, step)
        else:
            state = None
        fields[step.index] = state
    return fields


class Whole:
    """The state of a cell that sees the whole input."""

    __slots__ = ("spatial",)

    def __init__(self, spatial):
        self.spatial = spatial


def start(field, index, rank):
    """Return the state that a layer of windows starts from: the input itself, one cell an axis."""
    return (receptive.IDENTITY,) * rank if field is None and index == -1 else field


def merged(before, inputs, step):
    """Return the state after a layer that keeps its input's, or the union of its operands'."""
    known = [f for f, i in zip(before, inputs, strict=True) if not (f is None and i == -1)]
    if len(before) == 1:
        return before[0]
    if any(isinstance(f, Whole) for f in known):
        return next(f for f in known if isinstance(f, Whole))
    if not known:
        return None
    rank = max((len(f) for f in known if f), default=0)
    states = [start(f, i, rank) for f, i in zip(before, inputs, strict=True)]
    if not rank or any(s is None or len(s) != rank for s in states):
        return None
    axes = tuple(receptive.union([s[k] for s in states]) for k in range(rank))
    if any(a is None for a in axes) and all(a is not None for s in states for a in s):
        step.site.note("paths_unaligned", "the branches step over the input at different strides; the field is not known beyond")
    return axes


def input_spatial(network, steps, shape):
    """Return the spatial sizes of the network's input, from the first layer that has some."""
    for step in steps:
        if step.call.layer.rank is not None:
            rank = step.call.layer.rank
            if len(shape) < rank + 1:
                break
            return shape[-rank:] if step.site.channels_first else shape[-rank - 1 : -1]
    return ()


def field_of(state):
    """Return the `Field` that the report shows of a state."""
    if isinstance(state, Whole):
        return receptive.whole(state.spatial) if state.spatial else None
    if state is None or all(a is None for a in state):
        return None
    return receptive.describe(state)
