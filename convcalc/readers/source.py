"""What every door into a network hands on: its text, and what came with it."""

from convcalc.record import Record


class Source(Record):
    """Where a network comes from.

    Attributes
    ----------
    text : str
        Specs, as on the command line.
    input : tuple or None
        The input's own shape, the batch included, where the source gives one.
    framework : str or None
    name : str or None
        The file's name; None for the command line, whose words are the text.
    written : bool
        Whether the text stands in the source as it is, so that positions in it mean something.
    """

    text: str
    input: tuple | None = None
    framework: str | None = None
    name: str | None = None
    written: bool = True
