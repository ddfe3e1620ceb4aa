"""`Node`: one layer of a network whose sizes are all numbers, as a forward rule sees it."""

from numpy import asarray

from convcalc.layers.onnx_operands import arranged, shape_of
from convcalc.record import Record


class Kernel(Record):
    """What computes one layer.

    Attributes
    ----------
    run : callable
        ``run(inputs, weights)``: a list of arrays, and the arrays by the framework's names of them;
        returns the output. It never writes to what it is given; the output may be a view of an input.
    work : int
        Bytes that `run` needs at its peak besides the inputs, the weights and the output.
    """

    run: object
    work: int = 0


class Node:
    """One call with its facts, every size a number.

    Attributes
    ----------
    kind : str
        The house's name of the layer: the family's.
    framework : str
    args : dict
        House key -> value in its normal form.
    rank : int or None
        Spatial axes of the layer.
    channels_first : bool
    shapes : tuple of tuple
        The shapes of the inputs; `shape` is the first.
    output : tuple
        The shape of the output.
    windows : tuple
        What it reads along each spatial axis.
    weights : tuple of Weight
    training : bool
        Whether normalisations take their statistics from the data; a set of kinds means those.
    itemsize : int
        Bytes of a value.
    trusted : bool
        Whether a callable named as ``module:attribute`` may be loaded.
    """

    __slots__ = (
        "args", "channels_first", "framework", "itemsize", "kind", "output", "rank", "shape", "shapes", "site",
        "training", "trusted", "type", "weights", "windows",
    )  # fmt: skip

    def __init__(self, step, itemsize=4, training=False, trusted=True):
        call, facts, site = step.call, step.facts, step.site
        self.kind = call.layer.family.kind
        self.framework = call.framework
        self.args = call.args
        self.rank = call.layer.rank
        self.channels_first = site.channels_first
        self.shapes = step.shapes
        self.shape = step.shapes[0]
        self.output = facts.output
        self.windows = facts.windows
        self.weights = facts.weights
        self.site = site
        self.type = site.type
        self.training = training if training.__class__ is bool else self.kind in training
        self.itemsize = itemsize
        self.trusted = trusted

    @property
    def names(self):
        """The framework's names of the weights, in its order."""
        return [weight.name for weight in self.weights]

    def operands(self, inputs, weights):
        """Return ONNX' operands in the operator's order, those that a file holds among them; else the inputs."""
        if self.framework != "onnx":
            return inputs

        def held(name):
            values = self.args[name]
            return weights[name] if values is None else asarray(values, inputs[0].dtype)

        return arranged(self.args, inputs, held)

    @property
    def operand_shapes(self):
        """The shapes of what `operands` returns."""
        if self.framework != "onnx":
            return self.shapes
        return arranged(self.args, self.shapes, lambda name: shape_of(self.args, name))

    @property
    def vectors(self):
        """How many rows of its table of weights the input's integers tell apart; None of a layer that reads values."""
        if self.kind == "gather" and self.weights:
            return self.weights[0].shape[self.args["axis"]]
        return self.weights[0].shape[0] if self.kind == "embedding" else None

    def split(self):
        """Return ``(batch, channels, spatial)`` of the input; torch's unbatched input has batch 1."""
        batch, channels, spatial = self.site.split(unbatched=self.framework == "torch")
        return (batch[0] if batch else 1), channels, spatial

    def bytes(self, *shape):
        """Return the bytes of an array of a shape."""
        total = self.itemsize
        for n in shape:
            total *= n
        return total
