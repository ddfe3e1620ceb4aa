"""What names in a program stand for, beside plain numbers, strings and tuples."""


class Unit:
    """A layer that has been made.

    Attributes
    ----------
    layer : Layer
    end : int
        Where its call ends.
    calls : list of int
        The nodes that are calls of it.
    before : Layer or None
        The input that it says it takes, where it stands first.
    path : str or None
        What torch calls it: the name that `self` has it under.
    broken : SpecError or None
        What is changed in it that cannot be read.
    """

    __slots__ = ("before", "broken", "calls", "end", "layer", "path", "used")

    def __init__(self, layer, end):
        self.layer = layer
        self.end = end
        self.calls = []
        self.before = None
        self.broken = None
        self.path = None
        self.used = False


class Chain:
    """A Sequential.

    Attributes
    ----------
    kind : str or None
        "keras" or "torch"; None as long as nothing says.
    members : list
        Pairs of a key, torch's name of the member or None, and a thing.
    used : bool
        Whether it is a part of something else.
    broken : SpecError or None
        What cannot be read of how it goes on.
    """

    __slots__ = ("broken", "kind", "members", "path", "span", "used")

    def __init__(self, kind, members, span):
        self.kind = kind
        self.members = members
        self.span = span
        self.used = False
        self.broken = None
        self.path = None


class Tensor:
    """What a layer returns, or an input: an index of the program's nodes."""

    __slots__ = ("index",)

    def __init__(self, index):
        self.index = index


class Node:
    """One call of a layer on tensors; an input has none.

    Attributes
    ----------
    unit : Unit
    inputs : tuple of int
    path : str or None
        What torch calls it.
    inner : bool
        Whether it is made within a network that is called, which has names of its own.
    """

    __slots__ = ("inner", "inputs", "path", "unit")

    def __init__(self, unit, inputs, path=None, inner=False):
        self.unit = unit
        self.inputs = inputs
        self.path = path
        self.inner = inner


class Model:
    """A Keras model from its input tensors to its output tensors, indices of the program's nodes."""

    __slots__ = ("broken", "inputs", "outputs", "span", "used")
    path = None

    def __init__(self, inputs, outputs, span):
        self.inputs = inputs
        self.outputs = outputs
        self.span = span
        self.used = False
        self.broken = None


class Failed:
    """What cannot be read, and why: an error that is raised where it is needed."""

    __slots__ = ("error", "used")

    def __init__(self, error):
        self.error = error
        self.used = False

    def needed(self):
        """Return the error, for something that cannot do without."""
        self.used = True
        return self.error


class Module:
    """A module, or a class in it, by its whole dotted name."""

    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name


class Defined:
    """A function or a class of the program's own; `layer` is whether it is a Keras layer."""

    __slots__ = ("layer", "name")

    def __init__(self, name, layer=False):
        self.name = name
        self.layer = layer


class Batch:
    """The number of samples, as ``x.size(0)``."""

    __slots__ = ()


BATCH = Batch()
NETWORKS = (Chain, Model)
THINGS = (Unit, Chain, Model)
