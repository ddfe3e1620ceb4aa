"""What a report shows of itself where nobody chose a view: in a notebook, to rich."""

from convcalc.views.rows import display


def shown(report):
    """Return the `Display` of a report, with another tool's counts where it was asked beside them."""
    if report.match is None:
        return display(report)
    from convcalc.views import matched

    return matched.display(report)
