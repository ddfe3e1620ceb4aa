"""The short answer to a network on an input: what ``--each`` prints, and no more work."""

from convcalc.analysis import notes
from convcalc.analysis.bounds import check_bits
from convcalc.analysis.fold import fold
from convcalc.analysis.infer import SHAPE, Step, begin, count, located, shape_at, spatial_of, total
from convcalc.analysis.inputs import resolve
from convcalc.analysis.report import Note, Params
from convcalc.analysis.sharing import own_weights
from convcalc.analysis.unfed import NOTE, taken
from convcalc.errors import ConvcalcError
from convcalc.layers import UNKNOWN
from convcalc.layers.site import Site
from convcalc.record import Record

# Arguments of a call that tie it to others.
TIES = ("shared", "tied", "stored")


class Brief(Record):
    """The short answer; `notes` are pairs of a layer's index and a `Note`.

    `shapes` and `outputs` are of all inputs and outputs.
    """

    shapes: tuple
    outputs: tuple
    params: Params
    macs: int | None
    notes: list


def brief(network, typed=None, batch=None):
    """Return the `Brief` of a network on an input.

    Examples
    --------
    >>> from convcalc import api
    >>> brief(api.network("conv2d 8 3"), (4, 9, 9, 3)).outputs
    ((4, 7, 7, 8),)
    """
    if len(network.calls) == 1 and typed is not None and not network.outputs and alone(network.calls[0]):
        short = brief_of_one(network, network.calls[0], typed, batch)
        if short is not None:
            return short
    shapes, _, steps = begin(network, typed, batch)
    counts: list = []
    found: list = []
    macs: int | None = 0
    if len(steps) > 1 and any(len(call.inputs) > 1 for call in network.calls):
        # Only where branches meet does the field have notes of its own.
        fold(steps, shapes)
    for step in steps:
        facts = step.facts
        counts.append(count(own_weights(step), step.call.args.get("trainable", True)))
        if step.unfed:
            found += [(step.index, Note(*note)) for note in (NOTE, *step.site.notes)]
        elif facts.windows or facts.notes or step.site.notes:
            for note in notes.of(step.call, facts, spatial_of(step), step.site.notes):
                found.append((step.index, note))
        macs = None if step.unfed or macs is None else macs + facts.macs
    ends = (None if step.unfed else facts.output,)
    if network.outputs:
        ends = tuple([shape_at(shapes, steps, index) for index in network.outputs])
    return Brief(taken(network, typed, shapes), ends, counts[0] if len(counts) == 1 else total(counts), macs, found)


def alone(call):
    """Tell whether there is nothing about a network's only call but its rule; kept with the call."""
    found = call.kept.get(alone)
    if found is None:
        found = not (call.given or call.ranks or call.late or any(call.args.get(key) is not None for key in TIES))
        found = call.kept[alone] = found and call.layer.family.kind != UNKNOWN and call.inputs == (-1,)
    return found


def brief_of_one(network, call, typed, batch):
    """Return the `Brief` of an only call: what a walk comes to where there is nowhere to go.

    None where a size is not known, or the call says what it is: then it takes more than one look.
    """
    shapes, _, open, unknown = resolve(network, typed, batch)
    if open or unknown or len(shapes) > 1:
        return None
    check_bits(shapes)
    site = Site(call, shapes, used=(), source=shapes[0])
    try:
        facts = call.layer.rule(site)
        check_bits([facts.output, *map(SHAPE, facts.weights)])
    except ConvcalcError as error:
        raise located(error, network, call, 0) from None
    if site.fixed:
        return None
    found: tuple = ()
    if facts.windows or facts.notes or site.notes:
        found = notes.of(call, facts, spatial_of(Step(0, call, shapes, site, facts)), site.notes)
    params = count(facts.weights, call.args.get("trainable", True))
    return Brief(shapes, (facts.output,), params, facts.macs, [(0, note) for note in found])
