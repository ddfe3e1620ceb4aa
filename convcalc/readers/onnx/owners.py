"""Who counts a weight: the first node that takes it, or that takes what is worked out of it."""

from convcalc.readers.onnx.bind import Weights

# Types of which no weight is: int64 and truth values.
INTEGERS = (7, 9)


class Owners:
    """The weights of a graph.

    Attributes
    ----------
    tensors : dict
        The initialisers by name.
    weighs : dict
        Tensor's name, of what is no data -> whether a weight is in it.
    before : dict
        Name of a tensor that is worked out -> those that it is worked out of.
    seen : set
        The tensors of which every weight has a node that counts it.
    """

    def __init__(self, tensors):
        self.tensors = tensors
        self.weighs = {name: tensor.type not in INTEGERS for name, tensor in tensors.items()}
        self.before: dict = {}
        self.seen: set = set()

    def derive(self, name, names):
        """Take in a tensor that is worked out of others."""
        self.weighs[name] = any([self.weighs.get(one) for one in names])
        if self.weighs[name]:
            self.before[name] = names

    def of(self, node):
        """Return what the first row of a node counts of its operands' weights."""
        tied: set = set()
        stored: list = []
        for place, name in enumerate(node.inputs):
            if name not in self.weighs:
                continue
            own = self.claimed(name)
            # What is worked out of no weight, a Constant too, is none.
            if not own or name not in self.tensors:
                tied.add(place)
                stored += [self.tensors[one].dims for one in own]
        return Weights(frozenset(tied), tuple(stored))

    def claimed(self, name):
        """Return the weights that a tensor is made of and that no node counts yet."""
        found: list = []
        todo = [name]
        while todo:
            one = todo.pop()
            if one in self.seen or not self.weighs.get(one):
                continue
            self.seen.add(one)
            if one in self.tensors:
                found.append(one)
            todo += self.before.get(one, ())
        return found[::-1]
