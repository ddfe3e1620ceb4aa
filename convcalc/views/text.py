"""Words for a terminal: control characters shown, colour decided. Standard library only."""

import os


def visible(text):
    r"""Return `text` with everything that does not print shown as an escape.

    Control characters, escape sequences, bidi and zero-width marks, lone surrogates.

    Examples
    --------
    >>> visible("a\x1b[31m")
    'a\\x1b[31m'
    >>> visible("caf\u00e9 \u202e")
    'café \\u202e'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else escaped(c) for c in text)


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
