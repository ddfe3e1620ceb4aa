"""An ONNX file into a `Network`: each node that makes data a call, what only computes sizes folded away."""

import re

from convcalc.errors import FileError
from convcalc.layers import find_class, open_ranks
from convcalc.network import INPUT, Call, Input, Network
from convcalc.readers.onnx.bind import Operand, Weights, bound, laid_out
from convcalc.readers.onnx.branch import taken
from convcalc.readers.onnx.old import arranged, constant
from convcalc.readers.onnx.order import captured, ordered
from convcalc.readers.onnx.owners import Owners
from convcalc.readers.onnx.proto import Messages
from convcalc.readers.onnx.rest import unknown
from convcalc.readers.onnx.sizes import Fold
from convcalc.readers.onnx.values import Value
from convcalc.readers.source import Source
from convcalc.sizes import symbol

# Operators that ask for a tensor's sizes: what they give is of sizes, whatever they are given.
ASKING = ("Shape", "Size")
# What no symbol may be called.
WORDS = ("floor", "ceil", "any", "none", "i", "true", "false")


def read_onnx(wire):
    """Return the `Source` in an ONNX file.

    Raises
    ------
    FileError
        For what is no ONNX file, or one whose graph cannot be.
    LimitError
        For one over the bounds.
    """
    model = Messages(wire).model()
    reader = Reader(model, wire)
    return Source(reader.network(), None, "onnx", wire.name, False)


class Reader:
    """What turns one graph into calls.

    Attributes
    ----------
    data : dict
        Tensor's name -> the call that makes it; the first input is -1, the second -2.
    held : dict
        Tensor's name -> its `Value`, where the file has it.
    sized : set
        The tensors that are made of the sizes of data.
    owners : Owners
    """

    def __init__(self, model, wire):
        self.model = model
        self.wire = wire
        self.graph = model.graph
        self.version = model.opsets.get("", 1)
        self.data: dict = {}
        self.held: dict = {}
        self.sized: set = set()
        self.owners = Owners(model.graph.tensors)
        self.calls: list = []
        self.reserved: set = set()
        told = (*self.graph.inputs, *self.graph.told.values(), *self.graph.outputs, *self.graph.tensors.values())
        self.types = {value.name: value.type for value in told if value.type}
        self.ends = {value.name: value for value in self.graph.outputs}
        self.fold = Fold(self)

    def network(self):
        """Return the network."""
        # Older files list their initialisers among the inputs too.
        inputs = [value for value in self.graph.inputs if value.name not in self.graph.tensors]
        if not inputs:
            raise FileError("unreadable", f"{self.wire.name} is an ONNX model without an input.")
        for name, tensor in self.graph.tensors.items():
            self.held[name] = Value(tensor.dims, tensor.values)
        self.data = {value.name: -1 - index for index, value in enumerate(inputs)}
        self.reserved = {INPUT, *self.data}
        order, _ = ordered(self.graph, self.wire)
        wanted = {name for index in order for name in self.graph.nodes[index].inputs}
        wanted |= {name for index in order for name in captured(self.graph.nodes[index])}
        wanted |= {value.name for value in self.graph.outputs}
        for index in order:
            self.step(index, self.graph.nodes[index], wanted)
        if not self.calls:
            raise FileError("unreadable", f"{self.wire.name} is an ONNX model without a layer.")
        symbols = Symbols()
        named = [(value.name if len(inputs) > 1 else INPUT, symbols.shape(value.dims)) for value in inputs]
        ends = tuple([self.data[value.name] for value in self.graph.outputs if value.name in self.data])
        if ends == (len(self.calls) - 1,):
            ends = ()
        return Network("onnx", tuple(self.calls), "", tuple([Input(*one) for one in named]), ends)

    def step(self, index, node, wanted):
        """Take in one node: as a value, as something to fold, or as calls."""
        if node.op == "Constant" and not node.domain:
            self.held[node.outputs[0]] = constant(node)
            self.owners.derive(node.outputs[0], ())
            return
        names = [name for name in node.inputs if name]
        if node.op == "CastLike":
            names = names[:1]  # Of the second only the type counts.
        asks = node.op in ASKING and not node.domain
        extra = [self.data[name] for name in captured(node) if name in self.data] if node.bodies else []
        if asks or not (extra or any(name in self.data for name in names)):
            for place, name in enumerate(node.outputs):
                if name:
                    self.fold.makers[name] = index, place
                    self.owners.derive(name, () if asks else names)
                    if any(name in self.sized or (asks and name in self.data) for name in names):
                        self.sized.add(name)
            return
        weights = self.owners.of(node)
        label = node.name or f"{node.op}_{len(self.calls)}"
        if label in self.reserved:
            label += "_"  # An input of the network has that name.
        made = [place for place, name in enumerate(node.outputs) if name and name in wanted]
        for number, place in enumerate(made):
            title = label if not number else f"{label}.{place}"
            # The weights of a node are those of its first row.
            own = Weights(frozenset(range(len(node.inputs))), ()) if number else weights
            self.calls.append(self.call(node, place, own, extra, title))
            self.data[node.outputs[place]] = len(self.calls) - 1

    def call(self, node, place, weights, extra, label):
        """Return the call of one output of a node; made anew for each input where that depends on its sizes."""
        made = self.bind(node, place, weights, extra)
        call = Call(made.layer, "onnx", made.args, made.given, made.inputs, label, terse=False)
        if made.layer.family.kind == "unknown" or any(name in self.sized for name in node.inputs):
            call.late = Late(self, node, place, weights, extra, label)
        else:
            call.ranks = self.ranks(node, call)
        return call

    def bind(self, node, place, weights, extra, outputs=None):
        """Return what one output of a node is, as a `Bound`; with `outputs`, shapes of calls, all sizes are known."""
        if node.op == "If" and not node.domain:
            branch = taken(node, place, self.fold.value(node.inputs[0]), self.held) if node.inputs else None
            made = branch and self.bind(branch, 0, Weights(frozenset(), ()), [])
            # Only a node that takes what the branches do: what an If takes is settled before its condition.
            if made and made.inputs == tuple(extra) and made.layer.family.kind != "unknown":
                return made
        operands = [self.operand(name) if name else None for name in node.inputs]
        operands = arranged(node, operands, self.version)
        made = bound(node, operands, self.version, weights)
        if made is not None and not extra:
            if place and "output" not in made.args:
                made = None
            elif place:
                made = made._replace(args={**made.args, "output": place}, given={**made.given, "output": None})
        else:
            made = None
        if made is None:
            return unknown(self, node, place, operands, weights, extra, outputs)
        if node.op == "Reshape" and outputs is not None:
            made = made._replace(args=laid_out(made, outputs[made.inputs[0]]))
        return made

    def operand(self, name):
        """Return one input of a node."""
        if name in self.data:
            return Operand(self.data[name])
        return Operand(None, self.fold.value(name), self.owners.weighs.get(name, False))

    def ranks(self, node, call):
        """Return the same call for each number of spatial axes, where only the input says it, or None."""
        ranks = open_ranks(node.op, "onnx") if node.op.startswith("Global") else ()
        if not ranks or call.layer.family.kind == "unknown":
            return None
        found = {}
        for rank in ranks:
            layer = find_class(node.op, "onnx", rank)
            args = {**layer.signature("onnx").defaults, **{key: call.args[key] for key in call.given}}
            found[rank] = Call(layer, "onnx", args, call.given, call.inputs, call.label, terse=False)
        return found


class Late:
    """What makes a call anew when the shapes before it are known."""

    def __init__(self, reader, node, place, weights, extra, label):
        self.reader = reader
        self.rest = node, place, weights, extra
        self.label = label

    def __call__(self, outputs):
        """Return the call on calls of these output shapes."""
        self.reader.fold.begin(outputs)
        made = self.reader.bind(*self.rest, outputs)
        return Call(made.layer, "onnx", made.args, made.given, made.inputs, self.label, terse=False)


class Symbols:
    """The names of open sizes, as convcalc may write them: no two alike."""

    def __init__(self):
        self.known: dict = {}

    def shape(self, dims):
        """Return an input's shape as a network has it: None for a size without a name."""
        return None if dims is None else tuple([self.symbol(n) if n.__class__ is str else n for n in dims])

    def symbol(self, name):
        """Return the symbol of a name in the file."""
        if name not in self.known:
            word = re.sub(r"[^A-Za-z0-9]+", "_", re.sub("[xX]", "", name[:40])).strip("_")
            word = word if word[:1].isalpha() and word.lower() not in WORDS else f"D{word}"
            while word in {str(size) for size in self.known.values()}:
                word += "_"
            self.known[name] = symbol(word)
        return self.known[name]
