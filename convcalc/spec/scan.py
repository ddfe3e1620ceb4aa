"""The characters of a spec: which are let in, how names, quotes and brackets are found, and errors.

Whatever is replaced here is replaced by as many characters, so that positions stay those of the
text as it was given.
"""

import re

from convcalc.errors import SpecError
from convcalc.spec.pattern import Pattern

LONGEST = 1 << 23  # characters of one spec
LONGEST_CALL = 1 << 16  # of one pasted call, or of a program
DEEPEST = 100  # brackets in brackets
LARGEST = (1 << 63) - 1

NAME = Pattern(r"[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+", re.ASCII)

# The closing quote is the only group, and optional: a piece that is never closed is scanned once,
# and no text can make it be scanned again and again.
_QUOTED = (
    r'"""(?>[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*)(""")?|'
    r"'''(?>[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*)(''')?|"
    r'"(?:[^"\\\n]|\\.)*+(")?|'
    r"'(?:[^'\\\n]|\\.)*+(')?"
)
QUOTED = Pattern(_QUOTED, re.DOTALL)
_BRACKETS = Pattern(rf"{_QUOTED}|\#[^\n]*+|[()\[\]{{}}]", re.DOTALL)
_ODD = Pattern(r"[^ -~\n\t]")
_ODD_OUTSIDE = Pattern(rf"(?P<quote>{_QUOTED})|(?P<comment>\#[^\n]*+)|\r(?=\n)|\xa0|(?P<odd>[^ -~\n\t])", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_HINTS = {
    "\u00d7": "Write x between sizes.",
    "\u2212": "Write the plain minus sign, -.",
    "\u2013": "Write the plain minus sign, -.",
    "\u2192": "Write -> or |.",
    "\u2018": "Write straight quotes, '.",
    "\u2019": "Write straight quotes, '.",
    "\u201c": 'Write straight quotes, ".',
    "\u201d": 'Write straight quotes, ".',
}


def shown(word):
    """Return `word` quoted for a message, cut where it is very long."""
    return repr(word if len(word) <= 60 else word[:57] + "...")


def clean(text):
    """Return `text` with blanks and line ends made plain, or raise for what is no plain text.

    A byte order mark at the start, carriage returns before a line feed and no-break spaces become
    spaces. Other characters than printable ASCII may stand in quotes and comments only.
    """
    if len(text) > LONGEST:
        raise too_long("The spec", len(text), LONGEST)
    if text[:1] == "\ufeff":
        text = " " + text[1:]
    if _ODD.search(text) is None:
        return text

    def plain(match):
        piece = match[0]
        if match["quote"]:
            for place, char in enumerate(piece):
                if "\ud800" <= char <= "\udfff":
                    raise odd_character(text, match.start() + place)
            return piece
        if match["comment"]:
            return _ODD.sub("?", piece[:-1] + (" " if piece[-1] == "\r" else piece[-1]))
        if match["odd"]:
            raise odd_character(text, match.start())
        return " "

    return _ODD_OUTSIDE.sub(plain, text)


def odd_character(text, place):
    """Return the error for the character at `place`, naming its code point."""
    import unicodedata

    char = text[place]
    if "\udc80" <= char <= "\udcff":
        what = f"the byte \\x{ord(char) - 0xDC00:02x}, which is not UTF-8"
        hint = None
    else:
        name = unicodedata.name(char, "") or ("a control character" if char < "\xa0" else "")
        what = f"U+{ord(char):04X} {name}".rstrip()
        same = unicodedata.normalize("NFKC", char).strip()
        hint = _HINTS.get(char)
        if hint is None and same.isascii() and same.isprintable() and same:
            hint = f"Write {same}."
    return SpecError(
        "syntax",
        f"The text holds {what}.",
        hint=hint or "Outside quotes and comments a spec is plain ASCII.",
        span=(place, place + 1),
    )


def closing(plain, start):
    """Return the end of what the bracket at `start` opens, past its closing bracket.

    Quotes and comments are skipped. No recursion, one pass.
    """
    stack = []
    for match in _BRACKETS.finditer(plain, start):
        piece = match[0]
        if piece in "([{":
            stack.append((piece, match.start()))
            if len(stack) > DEEPEST:
                raise too_deep(match.start())
        elif piece in ")]}":
            opener, place = stack.pop()
            if _CLOSING[opener] != piece:
                raise SpecError(
                    "syntax",
                    f"{piece} closes what {opener} opened.",
                    hint=f"Write {_CLOSING[opener]} here.",
                    span=match.span(),
                )
            if not stack:
                return match.end()
        elif piece[0] in "\"'" and match.lastindex is None:
            raise unclosed_quote(match.start())
    opener, place = stack[-1]
    raise SpecError(
        "syntax",
        f"{opener} is never closed.",
        hint=f"Add the missing {_CLOSING[opener]}.",
        span=(place, place + 1),
    )


def too_long(what, length, most, span=None):
    """Return the error for a text of too many characters."""
    return SpecError(
        "syntax",
        f"{what} has {length:,} characters, and at most {most:,} are read.",
        hint="Repeat layers with [ ... ] * n.",
        span=span,
    )


def too_deep(place):
    """Return the error for brackets within brackets without end."""
    return SpecError(
        "syntax",
        f"More than {DEEPEST} brackets stand within one another.",
        span=(place, place + 1),
    )


def unclosed_quote(place):
    """Return the error for a quote that is never closed."""
    return SpecError(
        "syntax",
        "This quote is never closed.",
        hint="Close it on the same line.",
        span=(place, place + 1),
    )
