"""Budgets of a network, as CI sets them: ``--max-params``, ``--max-macs``, ``--max-memory``."""

from convcalc.cli.quantities import BYTES, COUNTS, quantity
from convcalc.errors import ShapeError

OPTIONS = ("--max-params", "--max-macs", "--max-memory")


def read(max_params, max_macs, max_memory):
    """Return ``{option: (its text, its value)}`` of the budgets that are given."""
    given = zip(OPTIONS, (max_params, max_macs, max_memory), strict=True)
    return {
        option: (text, quantity(text, option, BYTES if option == "--max-memory" else COUNTS, least=0))
        for option, text in given
        if text is not None
    }


def excesses(budgets, report):
    """Return an error for each budget that a network is over, or may be for what its symbols stand for."""
    found = []
    for option, (text, most) in budgets.items():
        used, unit, hint = usage(report, option)
        if used is None:
            message = f"The network's {unit} are not known, and {option} {text} cannot be held against them."
            hint = "Give the network with the order of its layers, as in nn.Sequential(...)."
        elif used.__class__ is not int:
            message = f"The network has {used} {unit}, which {option} {text} cannot be held against."
            hint = "Give every size: -i 28x28x3."
        elif used > most:
            message = f"The network has {used:,} {unit}, {used - most:,} more than {option} {text}."
        else:
            continue
        span = (len(option) + 1, len(option) + 1 + len(text))
        found.append(ShapeError("unexpected", message, hint=hint, text=f"{option} {text}", span=span))
    return found


def usage(report, option):
    """Return what a network has of what a budget is for, the word for it, and where most of it is."""
    if option == "--max-memory":
        where = report.peak_layer
        hint = where is not None and f"The peak is at row {where}, {report.every[where].name}."
        return report.peak_activation_bytes, "bytes of activations at its peak", hint or None
    if option == "--max-macs":
        return report.macs, "MACs", costliest(report, [row.macs for row in report.every])
    return report.params.total, "parameters", costliest(report, [row.params.total for row in report.every])


def costliest(report, costs):
    """Return which row has the most of a cost, where there are several rows and numbers."""
    if len(costs) < 2 or not all(cost.__class__ is int for cost in costs):
        return None
    row = report.every[costs.index(max(costs))]
    return f"Row {row.index}, {row.name}, has the most: {max(costs):,}."
