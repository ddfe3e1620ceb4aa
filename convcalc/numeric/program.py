"""A network with every size known, prepared to be run: by the fast kernels or by the definitions."""

from importlib import import_module

from numpy import errstate

from convcalc import layers
from convcalc.analysis.infer import begin
from convcalc.analysis.inputs import symbols_of
from convcalc.analysis.naming import names
from convcalc.errors import ConvcalcError, ShapeError, SpecError
from convcalc.numeric import masks
from convcalc.numeric.limit import need, within
from convcalc.numeric.node import Node
from convcalc.numeric.weights import Slots

# What a layer applies to its own output.
FUSED = "activation"
# What leaves an index the index that it is.
LAID_ANEW = {
    *("flatten", "reshape", "unflatten", "permute", "transpose_axes", "repeat", "identity"),
    *("squeeze", "unsqueeze", "slice", "split", "expand", "tile"),
}


class Program:
    """A network on an input of one shape.

    Attributes
    ----------
    nodes : list of Node
    inputs : list of tuple of int
        Which outputs feed each node; -1 is the network's input.
    titles : list of str
        The layers' names.
    slots : Slots
        Where each weight goes.
    dtype : numpy.dtype
    indexed : bool
        Whether the input is nothing but indices, which may stay integers.
    need : int
        Bytes that a run takes at its peak, as `measure` of `convcalc.numeric.limit` has it.
    macs : int
    """

    def __init__(
        self,
        network,
        shape,
        dtype,
        training=False,
        max_bytes=None,
        max_macs=None,
        trusted=True,
        measure=need,
        advise=True,
    ):
        self.network = network
        self.dtype = dtype
        size = dtype.itemsize
        shape, _, steps = begin(network, shape, None)
        closed(shape, steps)
        self.shape = shape
        self.nodes = [Node(step, size, training, trusted) for step in steps]
        self.inputs = [step.call.inputs for step in steps]
        self.titles = names(network)
        self.slots = Slots(self.nodes, self.titles)
        self.macs = sum(step.facts.macs for step in steps)
        self.last = last_use(self.inputs)
        try:
            masks.check(self.nodes, self.inputs)
        except ConvcalcError as error:
            raise self.located(error, error.layer) from None
        self.indexed = indexed(self.nodes, self.inputs)

        def smaller(sizes):
            """Tell whether an input of other sizes would do."""
            try:
                Program(network, sizes, dtype, training, max_bytes, max_macs, trusted, measure, advise=False)
            except ConvcalcError:
                return False
            return True

        would_do = smaller if advise else None
        # First without the layers' own work: to prepare a kernel is only safe where its output is within the limit.
        within(self, measure(self, [0] * len(steps)), max_bytes, max_macs, would_do)
        self.kernels = [self.kernel(index) for index in range(len(steps))]
        self.fused = [self.has_fused(i) and activation(node) for i, node in enumerate(self.nodes)]
        self.need = within(self, measure(self, [kernel.work for kernel in self.kernels]), max_bytes, max_macs, would_do)

    def kernel(self, index):
        """Return the fast kernel of one layer."""
        node = self.nodes[index]
        try:
            return rule("fast", node)(node)
        except ConvcalcError as error:
            raise self.located(error, index) from None

    def located(self, error, index):
        """Return an error that says which layer it is of."""
        return error.at(self.network.text, self.network.calls[index].span, index)

    def fast(self, x, weights):
        """Return the output of the fast kernels; `weights` has the arrays of each layer by name."""
        return self.run(self.compute, x, weights)

    def plain(self, x, weights):
        """Return the output of the definitions, in float64."""
        return self.run(self.define, x if x.dtype.kind in "iu" else x.astype("float64"), weights)

    def run(self, way, x, weights):
        """Return the network's output, every layer computed in one of the two ways."""
        values = {-1: x}
        # Not a number is an answer: the frameworks do not warn of it either.
        with errstate(all="ignore"):
            for index, sources in enumerate(self.inputs):
                try:
                    values[index] = way(index, [values[i] for i in sources], weights[index])
                except ConvcalcError as error:
                    raise self.located(error, index) from None
                for done in self.last[index]:
                    values.pop(done, None)
        return values[len(self.inputs) - 1]

    def compute(self, index, inputs, weights):
        """Return the output of one layer's fast kernel."""
        y = self.kernels[index].run(inputs, weights)
        fused = self.fused[index]
        return fused(y) if fused else y

    def define(self, index, inputs, weights):
        """Return the output of one layer's definition, in float64."""
        node = self.nodes[index]
        wide = {name: array.astype("float64") for name, array in weights.items()}
        y = rule("plain", node)(node, inputs, wide)
        return defined(node)(node, y) if self.has_fused(index) else y

    def has_fused(self, index):
        """Tell whether a layer applies an activation to its own output."""
        node = self.nodes[index]
        return node.kind != "activation" and node.args.get(FUSED) not in (None, "linear")


def rule(side, node):
    """Return the rule of a node in `convcalc.numeric.fast` or `convcalc.numeric.plain`."""
    return import_module(f"convcalc.numeric.{side}.{layers.place(node.kind)}").RULES[node.kind]


def activation(node):
    """Return the function that a layer with an activation of its own ends with."""
    from convcalc.numeric.fast.activation import function

    return function(node.args[FUSED], node)


def defined(node):
    """Return the definition of a layer's own activation: ``f(node, y)``."""
    from convcalc.numeric.plain.activation import named

    return named


def last_use(inputs):
    """Return for each node the outputs that no later one reads; its own, where none does at all."""
    last = {source: index for index, sources in enumerate(inputs) for source in sources}
    done: list = [[] for _ in inputs]
    for source, index in last.items():
        done[index].append(source)
    for index in range(len(inputs) - 1):
        if index not in last:
            done[index].append(index)
    return done


def indexed(nodes, inputs):
    """Tell whether all that reads the input looks it up as indices, or lays it out anew for what does."""
    integers, found = {-1}, False
    for index, (node, sources) in enumerate(zip(nodes, inputs, strict=True)):
        if integers.isdisjoint(sources):
            continue
        if node.kind in LAID_ANEW:
            integers.add(index)
        elif node.vectors is None:
            return False
        found = found or node.vectors is not None
    return found


def closed(shape, steps):
    """Refuse a network of which a size is not known."""
    for step in steps:
        if step.unfed:
            raise SpecError(
                "order_unknown",
                f"A network in numbers needs the order of its layers, and nothing says what feeds {step.site.type}.",
                hint="Give the network in order, as in nn.Sequential(...).",
            ).at(None, step.call.span, step.index)
    for sizes in (shape, *(step.facts.output for step in steps), *(w.shape for s in steps for w in s.facts.weights)):
        if any(n.__class__ is not int for n in sizes):
            names = " and ".join(sorted(symbols_of(sizes)))
            raise ShapeError(
                "wrong_shape",
                f"A network in numbers needs every size, but {names} {'are' if ' and ' in names else 'is'} open.",
                hint="Give the whole input, such as -i 28x28x3, with a batch where one is needed.",
            )
