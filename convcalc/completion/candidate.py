"""What the parts of completion hand each other: one way in which what is being typed may go on."""

from convcalc.record import Record

# How a candidate ends: the shell's word is finished, or goes on at once (`stride=`), or an item of
# a spec is finished (`pad=same`), or an argument of a call is (`stride=2`).
WORD, ON, ITEM, ARGUMENT = "word", "on", "item", "argument"


class Piece(Record):
    """A text that may take the place of what a spec ends in, from `start` on."""

    start: int
    text: str
    help: str
    end: str


class Candidate(Record):
    """A word of the shell, unquoted, that may take the place of the one under the cursor.

    `tail` is the part of it that is new to a reader, for lists.
    """

    value: str
    tail: str
    help: str
    end: str
