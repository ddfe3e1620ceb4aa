"""A network with every size known, prepared to be run: by the fast kernels or by the definitions."""

from importlib import import_module

from numpy import errstate

from convcalc import layers
from convcalc.analysis.axes import symbols_of
from convcalc.analysis.infer import begin
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
    """A network on inputs of one shape each; `typed` has them as `infer` takes them, every size a number.

    Attributes
    ----------
    nodes : list of Node
    inputs : list of tuple of int
        Which outputs feed each node; the network's own inputs are -1, -2 and so on.
    shapes, shape : tuple
        The shapes of the inputs, and of the first.
    titles : list of str
        The layers' names.
    slots : Slots
        Where each weight goes.
    dtype : numpy.dtype
    lookups : list of list of Node
        What looks up each input as indices, if anything does.
    indexed : list of bool
        Whether each input is nothing but indices, which may stay integers.
    need : int
        Bytes that a run takes at its peak, as `measure` of `convcalc.numeric.limit` has it.
    macs : int
    """

    def __init__(
        self,
        network,
        typed,
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
        shapes, _, steps = begin(network, typed, None)
        closed(shapes, steps)
        self.shapes = shapes
        self.shape = shapes[0]
        self.nodes = [Node(step, size, training, trusted) for step in steps]
        self.inputs = [step.call.inputs for step in steps]
        self.titles = names(network)
        self.slots = Slots(self.nodes, self.titles)
        self.macs = sum(step.facts.macs for step in steps)
        self.last = last_use(self.inputs, network.ends)
        try:
            masks.check(self.nodes, self.inputs)
        except ConvcalcError as error:
            raise self.located(error, error.layer) from None
        read = [lookups(self.nodes, self.inputs, -1 - place) for place in range(len(shapes))]
        self.lookups = [found for found, _ in read]
        self.indexed = [bool(found) and alone for found, alone in read]

        def smaller(sizes):
            """Tell whether an input of other sizes would do."""
            try:
                Program(network, sizes, dtype, training, max_bytes, max_macs, trusted, measure, advise=False)
            except ConvcalcError:
                return False
            return True

        would_do = smaller if advise and len(shapes) == 1 else None
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
        """Return the output of the fast kernels; `weights` has the arrays of each layer by name.

        Several inputs are a list, and so are several outputs.
        """
        return self.run(self.compute, x, weights)

    def plain(self, x, weights):
        """Return the output of the definitions, in float64."""
        return self.run(self.define, x, weights, wide=True)

    def run(self, way, x, weights, wide=False):
        """Return the network's output, every layer computed in one of the two ways."""
        given = x if x.__class__ is list else [x]
        if wide:
            given = [one if one.dtype.kind in "iu" else one.astype("float64") for one in given]
        values = {-1 - place: one for place, one in enumerate(given)}
        # Not a number is an answer: the frameworks do not warn of it either.
        with errstate(all="ignore"):
            for index, sources in enumerate(self.inputs):
                try:
                    values[index] = way(index, [values[i] for i in sources], weights[index])
                except ConvcalcError as error:
                    raise self.located(error, index) from None
                for done in self.last[index]:
                    values.pop(done, None)
        found = [values[index] for index in self.network.ends]
        return found[0] if len(found) == 1 else found

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


def last_use(inputs, ends):
    """Return for each node the outputs that no later one reads; its own, where none does at all."""
    last = {source: index for index, sources in enumerate(inputs) for source in sources}
    done: list = [[] for _ in inputs]
    kept = set(ends)
    for source, index in last.items():
        if source not in kept:
            done[index].append(source)
    for index in range(len(inputs)):
        if index not in last and index not in kept:
            done[index].append(index)
    return done


def lookups(nodes, inputs, source):
    """Return what looks up an input as indices, and whether all that reads it does, or lays it out anew for that."""
    integers, found, alone = {source}, [], True
    for index, (node, sources) in enumerate(zip(nodes, inputs, strict=True)):
        if integers.isdisjoint(sources):
            continue
        if node.kind in LAID_ANEW:
            integers.add(index)
        elif node.vectors is not None:
            found.append(node)
        else:
            alone = False
    return found, alone


def closed(shapes, steps):
    """Refuse a network of which a size is not known."""
    for step in steps:
        if step.unfed:
            raise SpecError(
                "order_unknown",
                f"A network in numbers needs the order of its layers, and nothing says what feeds {step.site.type}.",
                hint="Give the network in order, as in nn.Sequential(...).",
            ).at(None, step.call.span, step.index)
        if step.call.layer.family.kind == layers.UNKNOWN:
            raise SpecError(
                "bad_combination",
                f"A network in numbers needs a rule for every layer, and {step.site.type} has none here.",
                hint="Leave the layer out, or ask shape or inspect.",
            ).at(None, step.call.span, step.index)
    for sizes in (*shapes, *(step.facts.output for step in steps), *(w.shape for s in steps for w in s.facts.weights)):
        if any(n.__class__ is not int for n in sizes):
            names = " and ".join(sorted(symbols_of(sizes)))
            raise ShapeError(
                "wrong_shape",
                f"A network in numbers needs every size, but {names} {'are' if ' and ' in names else 'is'} open.",
                hint="Give the whole input, such as -i 28x28x3, with a batch where one is needed.",
            )
