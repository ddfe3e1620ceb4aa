"""Errors for people and for programs: the sentence, the line with carets, what would do."""

import sys

from convcalc.views.text import visible

WIDTH = 100
LONGEST = 1000


def report(error, as_json=False, quiet=False):
    """Print an error to standard error; where that is closed or full, the exit code must do."""
    if as_json:
        from json import dumps

        text = dumps({"error": error.to_dict()}) + "\n"
    else:
        text = render(error, hints=not quiet)
    try:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
    except OSError:
        from convcalc.cli.output import drop

        drop(2)


def render(error, hints=True):
    """Return an error as people read it.

    Examples
    --------
    >>> from convcalc.errors import SpecError
    >>> text = "conv2dT k=3 sd=2"
    >>> error = SpecError("unknown_key", "conv2dT takes no 'sd'.", text=text, span=(12, 14))
    >>> error.hint = "Did you mean 's'?"
    >>> print(render(error), end="")
    conv2dT takes no 'sd'.
      conv2dT k=3 sd=2
                  ^^
    Did you mean 's'?
    """
    parts = [shortened(error.message)]
    if error.text and error.span is not None:
        parts += marked_line(error.text, *error.span)
    if error.hint and hints:
        parts.append(shortened(error.hint))
    where = f"line {error.line}: " if error.line is not None else ""
    return where + "\n".join(parts) + "\n"


def shortened(sentence):
    """Return a sentence fit for a terminal: control characters shown, and not endless."""
    sentence = "\n".join(visible(line) for line in sentence.split("\n"))
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 3] + "..."


def marked_line(text, start, end):
    """Return the line of `text` that a span begins in, cut around the span, and its carets."""
    start = min(max(start, 0), len(text))
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    end = min(max(end, start + 1), max(stop, start + 1))
    before, fault, after = (
        visible(part) for part in (text[begin:start], text[start:end].rstrip("\r\n"), text[end:stop])
    )
    if columns(before) + columns(fault) + columns(after) > WIDTH:
        fault = fault if len(fault) <= WIDTH else fault[: WIDTH - 3] + "..."
        room = max(WIDTH - columns(fault), 0)
        left = min(len(before), max(room // 2, room - len(after)))
        before = before if left == len(before) else "..." + before[len(before) - max(left - 3, 0) :]
        after = after if len(after) <= room - left else after[: max(room - left - 3, 0)] + "..."
    carets = " " * columns(before) + "^" * max(columns(fault), 1)
    return [f"  {before}{fault}{after}".rstrip(), f"  {carets}"]


def columns(text):
    """Return how many columns a terminal gives to a printable text."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
