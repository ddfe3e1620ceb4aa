"""The network: calls as nodes with their inputs. What everything above works on."""

from convcalc.errors import SpecError
from convcalc.record import Record
from convcalc.values import INPUT


class Call:
    """One layer with its arguments, before any input is known.

    Attributes
    ----------
    layer : Layer
    framework : str
    args : dict
        House key -> value in its normal form, defaults filled in; None where terse text left out
        what the input or a symbol must give.
    given : dict
        House key -> span of the words that gave it.
    inputs : tuple of int
        Indices of the calls that feed it; the network's own inputs are -1, -2 and so on, in their order.
    label, path : str or None
        The user's name of it; torch's module path.
    terse : bool
        Whether it was written in convcalc's own form.
    span : tuple of int
        Where it stands in the text.
    ranks : dict or None
        The same call for each number of spatial axes, where only the input says which: ONNX's `MaxPool`.
    kept : dict
        What rules made of the arguments alone, see `Site.once`; calls that differ in their output channels
        alone may share it.
    late : callable or None
        ``late(outputs)`` is the call when the shapes of the calls before it are known, by their indices, where a
        file computes its arguments of them.
    """

    __slots__ = (
        "args",
        "framework",
        "given",
        "inputs",
        "kept",
        "label",
        "late",
        "layer",
        "path",
        "ranks",
        "span",
        "terse",
    )

    def __init__(self, layer, framework, args, given, inputs, label=None, path=None, terse=True, span=(0, 0)):
        self.layer = layer
        self.framework = framework
        self.args = args
        self.given = given
        self.inputs = inputs
        self.label = label
        self.path = path
        self.terse = terse
        self.span = span
        self.ranks = None
        self.late = None
        self.kept = {}

    def filling(self, filters):
        """Return the same call with other output channels."""
        call = Call(self.layer, self.framework, {**self.args, "filters": filters}, self.given, self.inputs)
        call.kept = self.kept
        return call

    def settled(self, axes, outputs):
        """Return the call for an input of so many axes, batch and channels with them, after calls of these outputs."""
        if self.late:
            return self.late(outputs)
        if self.ranks is None:
            return self
        call = self.ranks[min(max(axes - 2, min(self.ranks)), max(self.ranks))]
        call.inputs = self.inputs
        return call


class Input(Record):
    """One input of a network: its name, and the shape that the text or the file itself gives, if any.

    The shape is a tuple from `keras.Input` and `input_shape=`, from an input line what `-i` would have read.
    """

    name: str = INPUT
    shape: tuple | None = None


ONE = (Input(INPUT),)


class Network(Record):
    """Calls in order, each after what feeds it.

    Attributes
    ----------
    framework : str
    calls : tuple of Call
    text : str
        What it was read from; "" for a model file.
    inputs : tuple of Input
        In `Call.inputs`, the first is -1, the second -2 and so on.
    outputs : tuple of int
        The calls whose outputs are the network's, a negative index for an input; () for that of the last call.
    """

    framework: str
    calls: tuple
    text: str = ""
    inputs: tuple = ONE
    outputs: tuple = ()

    @property
    def ends(self):
        """The calls whose outputs are the network's."""
        return self.outputs or (len(self.calls) - 1,)

    def under(self, framework):
        """Return this network, which was read from a model file; refuse another framework than the file's own."""
        if framework not in (None, self.framework):
            raise SpecError(
                "mixed_frameworks",
                f"The model is one of {self.framework}, and the framework asked for is {framework}.",
                hint="Leave out the framework.",
            )
        return self
