"""Values that are more than a number or a word, and a word of the house: what the reader makes and rules take."""

from convcalc.record import Record

# What the first input is called where it has no name of its own; `@input` means the first whatever its name is.
INPUT = "input"


class Pair(Record):
    """Cells before and after, written ``0:1``."""

    low: int
    high: int


class Named(Record):
    """A named thing with arguments, written ``l2(1e-4)`` or ``keras.initializers.HeNormal(seed=1)``.

    `args` are records with `key` (None where positional), `value` and `span`.
    """

    name: str
    args: tuple = ()
    prefix: str | None = None


# What a word for "not given" settles to, such as ONNX's `auto_pad=NOTSET`: another argument may say it.
UNSET = type("Unset", (), {"__repr__": lambda self: "unset"})()


class BadValue(Exception):
    """A value that its kind refuses: what it must be, and what would do."""

    def __init__(self, must, hint=None):
        super().__init__(must)
        self.must = must
        self.hint = hint
