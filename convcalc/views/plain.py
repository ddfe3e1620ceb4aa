"""Tables as uncoloured text: one line a row for a pipe, wrapped for a terminal."""

from convcalc.views.layout import lines
from convcalc.views.rows import display


def render(report, width=None, quiet=False, words=display):
    """Return a report as a table of plain text; with no width, one line a row and one a note.

    `words` makes the `Display` of it, here and in the other forms.
    """
    return "".join(text + "\n" for _, text in lines(words(report, quiet), width))
