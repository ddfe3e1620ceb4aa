"""What is known of the tensors that are no data, worked out when it is asked for and kept: sizes, mostly."""

from convcalc.readers.onnx.fold import evaluated
from convcalc.readers.onnx.values import UNKNOWN, Value

# Values that all nodes of sizes together may work out, for one input.
MOST_WORK = 2_000_000


class Fold:
    """The values of what is no data, worked out when they are asked for, and kept.

    Attributes
    ----------
    makers : dict
        Tensor's name -> the node that makes it, and which of its outputs it is.
    outputs : dict or None
        Call -> the shape of its output, as far as a walk has come.
    work, asked : int
        How many values were worked out for an input, and how often onnx was asked.
    """

    def __init__(self, reader):
        self.reader = reader
        self.makers: dict = {}
        self.outputs = None
        self.fixed: dict = {}
        self.found: dict = {}
        self.work = 0
        self.asked = 0

    def begin(self, outputs):
        """Go on with a walk, or begin with another."""
        if outputs is not self.outputs:
            self.outputs, self.found, self.work, self.asked = outputs, {}, 0, 0

    def value(self, name):
        """Return what is known of a tensor."""
        reader, todo = self.reader, [name]
        while todo:
            top = todo[-1]
            memo = self.found if top in reader.sized or top in reader.data else self.fixed
            if top in memo:
                todo.pop()
            elif top in reader.held:
                memo[top] = reader.held[top]
            elif top in reader.data:
                memo[top] = Value(self.outputs[reader.data[top]]) if self.outputs is not None else UNKNOWN
            elif top in self.makers:
                todo += self.make(top)
            else:
                memo[top] = UNKNOWN
        return memo[name]

    def make(self, name):
        """Work out a node's outputs; return what has to be known before, where something has."""
        reader = self.reader
        node = reader.graph.nodes[self.makers[name][0]]
        operands, wanted = [], []
        for one in node.inputs:
            memo = self.found if one in reader.sized or one in reader.data else self.fixed
            if one and one not in memo:
                wanted.append(one)
            operands.append(memo.get(one) if one else None)
        if wanted:
            return wanted
        values = self.evaluate(node, operands)
        for place, one in enumerate(node.outputs):
            if one:
                (self.found if one in reader.sized else self.fixed)[one] = values[place]
        return ()

    def evaluate(self, node, operands):
        """Return the values of a node's outputs, unknown ones beyond a bound of work."""
        count = len(node.outputs)
        if self.work > MOST_WORK or node.bodies:
            return [UNKNOWN] * count
        try:
            values = evaluated(node, operands, count)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # A node that is not as its operator says: nothing is known of what it gives.
            return [UNKNOWN] * count
        self.work += 1 + sum([len(value.items) for value in values if value.items])
        return values
