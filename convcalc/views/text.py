"""Words for a terminal: control characters shown, colour decided. Standard library only."""

import os

# A name of a file's own in a table.
MOST = 80
# Marks that combine with the character before them.
MARKS = ("Mn", "Me")
MOST_MARKS = 3


def visible(text):
    r"""Return `text` with everything that does not print shown as an escape.

    Control characters, escape sequences, bidi and zero-width marks, lone surrogates; and the marks
    that one character carries beyond a few, for they grow over the lines around.

    Examples
    --------
    >>> visible("a\x1b[31m")
    'a\\x1b[31m'
    >>> visible("caf\u00e9 \u202e")
    'café \\u202e'
    """
    if text.isascii() and text.isprintable():
        return text
    from unicodedata import category

    out, marks = [], 0
    for c in text:
        marks = marks + 1 if category(c) in MARKS else 0
        out.append(c if c.isprintable() and marks <= MOST_MARKS else escaped(c))
    return "".join(out)


def shortened(text):
    """Return `text` as `visible` does, and what no one reads in a table cut: words and strings of over 80 cells.

    Numbers and what is made of them stay whole.

    >>> shortened("unknown " + "x" * 100)[-10:], len(shortened("y" * 100))
    ('xxxxxxxxx…', 80)
    """
    text = visible(text)
    if width(text) <= MOST:
        return text
    import re

    return re.sub(r"(?<!\w)'(?:[^'\\]|\\.)*'?|[^\W\d][\w.:\\]*", lambda found: cut(found[0]), text)


def cut(text):
    """Return a text of at most 80 cells, its end marked where that is not all of it.

    >>> cut("short"), cut("z" * 81)[-2:]
    ('short', 'z…')
    """
    if width(text) <= MOST:
        return text
    while width(text) >= MOST:
        text = text[: min(MOST, len(text) - 1)]
    return text + "…"


def width(text):
    """Return how many columns of a terminal a text takes.

    >>> width("abc"), width("漢字"), width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(c) in MARKS else 1 + (east_asian_width(c) in "WF") for c in text)


def escaped(character):
    """Return one character as an escape; bytes of a broken argument as the bytes they were."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def colored(choice, terminal):
    """Tell whether to colour: the option, NO_COLOR, FORCE_COLOR, TERM=dumb, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def terminal_width():
    """Return the columns to fill: COLUMNS where it is a sensible number, else the terminal's."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and 0 < len(given) < 6 and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80
