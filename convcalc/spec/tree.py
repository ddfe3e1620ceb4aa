"""What the text of a network is read into: records with positions, and nothing else.

Every span is a pair of code points, half open, in the text as it was given.
"""

from convcalc.record import Record
from convcalc.values import Named as Named
from convcalc.values import Pair as Pair


class Arg(Record):
    """One argument as typed: `key` is None where it stands by its position."""

    key: str | None
    value: object
    span: tuple
    key_span: tuple | None


class Raw(Record):
    """One layer as typed, before anything is known of what its words mean.

    Attributes
    ----------
    name : str
        The layer's name as typed, without a module prefix.
    prefix : str or None
        "keras", "torch" or "onnx", where a module prefix or the enclosing Sequential says so.
    call : bool
        Whether it is a pasted call with the framework's own signature.
    args : tuple of Arg
        In order; labels, `from` and operands are not among them.
    inputs : tuple of int
        Indices of the layers whose output it takes, -1 for the network's input: first the current
        value (or what `from` puts in its place), then each operand.
    label : str or None
        From ``@name``, ``name=x`` or a key of an OrderedDict.
    span, name_span : tuple of int
        Where it stands, and its name.
    path : str or None
        The module path in torch's Sequentials: "0", "3.0", "features.conv1".
    operands : bool
        Whether any ``@operand`` was written.
    """

    name: str
    prefix: str | None
    call: bool
    args: tuple
    inputs: tuple
    label: str | None
    span: tuple
    name_span: tuple
    path: str | None
    operands: bool


class Layer:
    """A layer that is still being read: what becomes a `Raw` once it ends."""

    __slots__ = (
        "args",
        "call",
        "label",
        "name",
        "name_span",
        "operands",
        "path",
        "prefix",
        "source"
    )  # fmt: skip

    def __init__(self, name, name_span, prefix=None, call=False):
        self.name = name
        self.name_span = name_span
        self.prefix = prefix
        self.call = call
        self.args = []
        self.label = self.path = self.source = None
        self.operands = ()
