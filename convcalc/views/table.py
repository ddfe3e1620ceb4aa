"""The coloured table, for a terminal or where colour is forced. The only room with rich."""

from io import StringIO

from rich.console import Console
from rich.text import Text

from convcalc.views.layout import lines
from convcalc.views.rows import display
from convcalc.views.shown import shown

# The word at the end of a line that says how a layer did.
VERDICTS = {"ok": "green", "FAIL": "red"}


class Table:
    """A report as something that rich can print, in the width of its console."""

    def __init__(self, report):
        self.display = shown(report)

    def __rich_console__(self, console, options):
        for style, text in lines(self.display, options.max_width):
            yield styled(style, text)


def styled(style, text):
    """Return a line as rich's `Text`: a user's words are never markup, and rich wraps nothing."""
    line = Text(text, no_wrap=True, overflow="ignore")
    if style == "greatest":
        line.stylize("bold")
    elif style == "note":
        start = text.index("note")
        line.stylize("yellow", start, start + len("note"))
    elif style in VERDICTS and text.endswith(style):
        line.stylize(VERDICTS[style], len(text) - len(style), len(text))
    return line


def render(report, width=None, quiet=False, words=display):
    """Return a report as coloured text of `width` columns; with no width, one line a row."""
    out = StringIO()
    console = Console(
        file=out, width=width or 80, force_terminal=True, color_system="standard", no_color=False, legacy_windows=False
    )
    for style, text in lines(words(report, quiet), width):
        console.print(styled(style, text), soft_wrap=True)
    return out.getvalue()
