"""How the rows of a report are arranged: folded, in order of a cost, beside another tool's counts."""

import sys
from functools import partial


def arranged(report, by, top, depth, output):
    """Return the report with its rows arranged, what a table of it says, and the columns of its csv.

    Parameters
    ----------
    report : Report
    by : str or None
        The cost that rows are in order of, the costliest first; no more than `top` of them.
    top, depth : int or None
        How deep the rows' paths go.
    output : str or None
        The file that is written to.
    """
    from convcalc.views.csv import COLUMNS
    from convcalc.views.rows import display

    words: object = display
    columns = COLUMNS
    if depth:
        report = report.fold(depth)
    if by:
        report, words = by_cost(report, by, top, output)
    if report.match:
        from convcalc.views import matched

        words = partial(matched.display, words=words)
        columns = [*columns, *matched.COLUMNS]
    return report, words, columns


def by_cost(report, by, top, output):
    """Return the report with its costliest rows first, no more than `top`, and what a table of it says."""
    from convcalc.analysis.ranking import ranked
    from convcalc.views.curve import fits
    from convcalc.views.ranked import display

    blocks = output is not None or fits(sys.stdout.encoding)

    def words(report, quiet):
        return display(report, quiet, by, blocks)

    return report.keep(ranked(report.layers, by)[:top]), words
