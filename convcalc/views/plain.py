"""Tables as uncoloured text: one line a row for a pipe, wrapped for a terminal."""

from convcalc.views.layout import lines
from convcalc.views.rows import display


def render(report, width=None, quiet=False):
    """Return a report as a table of plain text; with no width, one line a row and one a note."""
    return "".join(text + "\n" for _, text in lines(display(report, quiet), width))
