"""What every door into a network hands on: its text, and what came with it."""

from convcalc.record import Record

# As in `typing`: what follows is read by type checkers and loaded by none.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from convcalc.network import Network


class Source(Record):
    """Where a network comes from.

    Attributes
    ----------
    text : str or Network
        Specs, as on the command line; of a model file, the network itself.
    input : tuple or None
        The input's own shape, the batch included, where the source gives one; of several inputs, a dict by name.
    framework : str or None
    name : str or None
        The file's name; None for the command line, whose words are the text.
    written : bool
        Whether the text stands in the source as it is, so that positions in it mean something.
    """

    text: "str | Network"
    input: tuple | dict | None = None
    framework: str | None = None
    name: str | None = None
    written: bool = True
