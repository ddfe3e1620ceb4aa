"""What another tool counts beside what is counted here, and why where the two differ."""

from convcalc.analysis.infer import begin, infer
from convcalc.analysis.matching.rules import TOOLS
from convcalc.analysis.matching.terms import unbatched
from convcalc.analysis.ranking import number
from convcalc.analysis.unfed import summed
from convcalc.errors import SpecError
from convcalc.record import Record


class Match(Record):
    """What another tool counts of a layer, or of a network.

    `macs` and `params` are None where it has no figure; `reason` says what it counts otherwise, or
    is None where nothing differs. Of a network there are the tool and the version that was asked.
    """

    macs: object
    params: object
    reason: str | None
    tool: str | None = None
    version: str | None = None


def joined(rows):
    """Return the `Match` of several rows; a tool that stops at one of them has no figure for all."""
    reasons = dict.fromkeys(f"{row.type} {row.match.reason}" for row in rows if row.match.macs != row.macs)
    return Match(
        summed(row.match.macs for row in rows),
        sum(row.match.params for row in rows),
        "; ".join(reasons) or None,
    )


def matched(network, typed, batch, dtype, tool):
    """Return the report of a network with what a tool counts of each layer, and of all."""
    report = infer(network, typed, batch, dtype)
    check(tool, network.framework)
    _, _, steps = begin(network, typed, batch)
    rows = [row._replace(match=match(step, row.params, tool)) for step, row in zip(steps, report.layers, strict=True)]
    made = report.keep(rows)
    made.every = made.layers
    made.match = joined(rows)._replace(reason=None, tool=tool, version=TOOLS[tool].version)
    return made


def check(tool, framework):
    """Refuse a tool that does not count networks of a framework."""
    own = TOOLS[tool].framework
    if own != framework:
        others = [name for name, one in TOOLS.items() if one.framework == framework]
        raise SpecError(
            "bad_combination",
            f"{tool} counts networks of {own}, and this is one of {framework}.",
            hint=f"Give --match {' or '.join(others)}.",
        )


def differences(report):
    """Return ``((type, reason), MACs more than here)``, the largest first; None where there is no total."""
    if report.match.macs is None:
        return None
    sums: dict = {}
    for row in report.every:
        if row.match.macs != row.macs:
            key = row.type, row.match.reason
            sums[key] = sums.get(key, 0) + row.match.macs - row.macs
    return sorted(sums.items(), key=lambda item: -abs(number(item[1])))


def match(step, params, tool):
    """Return the `Match` of one step; `params` are its `Params`."""
    own = TOOLS[tool]
    if not own.macs or step.unfed:
        return Match(None, params.total, None)
    rule = own.rules.get(step.call.layer.family.kind)
    found = [term(step) for term in (own.rest if rule is None else rule)]
    count = None if any(count is None for count, _ in found) else sum(count for count, _ in found)
    words = [word for count, word in found if word and count != 0] or [word for _, word in found if word]
    batch = step.shapes[0][:1] if own.sample and not unbatched(step) else ()
    if batch and batch[0].__class__ is int and batch[0] > 1 and count is not None:
        if count == step.facts.macs:
            words = ["one sample"]
        count = count // batch[0]
    figure = params.trainable if own.trained else params.total
    if not found:
        # What costs nothing anywhere is not missed.
        missed = step.facts.macs != 0 or step.facts.flops != 0
        return Match(count, figure, "does not count it" if missed else None)
    return Match(count, figure, reason(count, step.facts.macs, words, figure != params.total))


def reason(count, ours, words, left):
    """Return why a count is another than ours, or None where it is not; `left` tells of parameters left out."""
    said = []
    if count is None:
        said.append(words[0])
    elif count != ours:
        said.append(f"counts {' and '.join(words) or 'nothing'}")
    if left:
        said.append("leaves out what is not trained")
    return "; ".join(said) or None
