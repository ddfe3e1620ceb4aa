"""The error family: fields in, one sentence-maker.

Every error that a user can meet is a `ConvcalcError` with the parts of a good message as fields:
what is wrong, where (a span in a text), and what would do. Nothing here prints.
"""

# The closed list of error codes, each with what it says. Documented in the README, held by a test.
CODES = {
    "usage": "options or arguments that do not go together",
    "syntax": "text that cannot be read as a spec, an input shape or a call",
    "unknown_word": "a word that is no layer and no value",
    "unknown_key": "a key that the layer does not take",
    "duplicate_key": "an argument given twice",
    "missing_argument": "an argument that the layer needs",
    "bad_value": "a value of the wrong kind or out of range",
    "bad_combination": "arguments that the framework refuses together",
    "framework_lacks": "a layer that this framework does not have",
    "mixed_frameworks": "layers of two frameworks in one network",
    "unknown_label": "a label that no earlier layer has",
    "order_unknown": "layers of which nothing says what feeds them",
    "bad_input": "an input shape that cannot be read",
    "wrong_rank": "an input with too many or too few axes",
    "wrong_channels": "a number of channels that the layer cannot take",
    "does_not_fit": "a window larger than what it slides over",
    "wrong_shape": "shapes that the layer cannot take together",
    "unexpected": "an answer that is not the expected one",
    "unreadable": "a file that cannot be read or is not supported",
    "limit": "a request over a resource limit",
    "output": "output that cannot be written",
}

# Characters of a message or a hint.
LONGEST = 800


class ConvcalcError(Exception):
    """An error with its parts as fields.

    Attributes
    ----------
    code : str
        One of `CODES`.
    message : str
        What is wrong, with the value, as one sentence.
    hint : str or None
        What would do.
    text : str or None
        The text that `span` points into.
    span : tuple of int or None
        Start and end in code points, half open.
    layer : int or None
        Index of the layer at fault, where one is.
    line, column : int or None
        Where the span begins in a file, counted from 1.
    id : str or None
        The id, as JSON text, of the question that it answers, where there are many.
    exit_code : int
        What the command line answers with.
    """

    exit_code = 1
    code: str
    message: str
    hint: str | None
    text: str | None
    span: tuple[int, int] | None
    layer: int | None
    line: int | None
    column: int | None
    id: str | None

    def __init__(self, code, message, *, hint=None, text=None, span=None, layer=None) -> None:
        message = shortened(message)
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint and shortened(hint)
        self.text = text
        self.span = span
        self.layer = layer
        self.line = None
        self.column = None
        self.id = None

    def at(self, text=None, span=None, layer=None):
        """Fill in what only an outer caller knows; what is known already stays. Return self."""
        if self.text is None:
            self.text = text
        if self.span is None:
            self.span = span
        if self.layer is None:
            self.layer = layer
        return self

    def to_dict(self) -> dict:
        """Return the error as the JSON object that `--json` prints."""
        error: dict = {"code": self.code, "message": self.message}
        if self.span is not None:
            error["span"] = list(self.span)
        if self.line is not None:
            error["line"] = self.line
            error["column"] = self.column
        if self.layer is not None:
            error["layer"] = self.layer
        error["hint"] = self.hint
        return error

    def __str__(self):
        return self.message


class ShapeError(ConvcalcError):
    """Wrong for this input: rank, channels, fit; or a failed check or expectation."""

    exit_code = 1


class SpecError(ConvcalcError):
    """Wrong whatever the input: usage, syntax, kind, range or combination of arguments."""

    exit_code = 2


class FileError(ConvcalcError):
    """A file that cannot be read, is not supported, or is refused for safety."""

    exit_code = 3


class LimitError(ConvcalcError):
    """Over a resource limit; raised before anything is allocated."""

    exit_code = 4


class OutputError(ConvcalcError):
    """Output that cannot be written."""

    exit_code = 74


def shortened(sentence):
    """Return a sentence in printable characters, without the middle of what no one would read."""
    if not sentence.isprintable():
        sentence = "".join(c if c.isprintable() else escaped(c) for c in sentence[:LONGEST])
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 200]} ... {sentence[-100:]}"


def escaped(character):
    r"""Return what stands for a character that is not shown: a byte that was no text is ``\xff``.

    >>> print(escaped("\udcff"), escaped("\x1b"), escaped("\u202e"))
    \xff \x1b \u202e
    """
    byte = ord(character) - 0xDC00
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else ascii(character)[1:-1]


def did_you_mean(word, known):
    """Return the known words closest to `word`, best first; difflib loads only here."""
    from difflib import get_close_matches

    word = word[:64].lower()
    exact = {k.lower(): k for k in known}
    return [exact[m] for m in get_close_matches(word, exact, n=2, cutoff=0.6)]


def suggestion(word, known):
    """Return "Did you mean 'x'?" or None."""
    close = did_you_mean(word, known)
    return f"Did you mean {' or '.join(map(repr, close))}?" if close else None


def choice(name, value, known, hint=None):
    """Return an argument of Python that is one of the known words, or raise what it may be."""
    if value.__class__ is str and value in known:
        return value
    text = repr(value) if value.__class__ is str else value.__class__.__name__
    hint = hint or (suggestion(value, known) if value.__class__ is str else None)
    raise SpecError("bad_value", f"{name} must be one of {', '.join(known)}, not {text}.", hint=hint)
