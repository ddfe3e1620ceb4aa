"""The messages of an ONNX file as records: models, graphs, nodes and their attributes."""

from operator import itemgetter
from struct import unpack

from convcalc.errors import LimitError
from convcalc.readers.onnx.tensors import SMALL, Tensors, shown
from convcalc.readers.onnx.wire import BYTES, FIXED32, VARINT, signed
from convcalc.record import Record

MOST_NODES = 100_000
DEEPEST = 32


class Node(Record):
    """One node; `bodies` are the graphs within it, of an `If` the one that is taken where its condition holds first."""

    op: str
    domain: str
    name: str
    inputs: tuple
    outputs: tuple
    attributes: dict
    bodies: tuple = ()


class Graph(Record):
    """A graph: nodes in the file's order, tensors by name."""

    nodes: list
    tensors: dict
    inputs: list
    outputs: list
    told: dict


class Model(Record):
    """A file: its graph, and the version of each set of operators, by domain."""

    graph: Graph
    opsets: dict


class Messages(Tensors):
    """What reads the messages of one file.

    Attributes
    ----------
    nodes : int
        How many were read so far, in all graphs.
    """

    def __init__(self, wire):
        super().__init__(wire)
        self.nodes = 0

    def model(self):
        """Return the `Model` in the file."""
        graph, opsets = None, {}
        for number, kind, start, stop in self.wire.fields(0):
            if number == 7 and kind == BYTES:
                if graph is not None:
                    raise self.wire.damaged("it has two graphs")
                graph = self.graph(start, stop, 0)
            elif number == 8 and kind == BYTES:
                domain, version = "", 1
                for own, form, first, last in self.wire.fields(start, stop):
                    if own == 1 and form == BYTES:
                        domain = self.wire.text(first, last)
                    elif own == 2 and form == VARINT:
                        version = first
                opsets["" if domain == "ai.onnx" else domain] = version
        if graph is None:
            raise self.wire.damaged("it has no graph")
        return Model(graph, opsets)

    def graph(self, start, stop, depth):
        """Return the `Graph` of a message."""
        if depth > DEEPEST:
            raise self.wire.damaged(f"graphs stand within graphs over {DEEPEST} deep")
        nodes: list = []
        tensors: dict = {}
        inputs: list = []
        outputs: list = []
        told: dict = {}
        for number, kind, first, last in self.wire.fields(start, stop):
            if kind != BYTES:
                continue
            if number == 1:
                nodes.append(self.node(first, last, depth))
            elif number in (5, 15):
                tensor = self.tensor(first, last) if number == 5 else self.sparse(first, last)
                if tensor.name in tensors:
                    raise self.wire.damaged(f"two tensors are named {shown(tensor.name)}")
                tensors[tensor.name] = tensor
            elif number in (11, 12, 13):
                value = self.value(first, last)
                if number == 13:
                    told[value.name] = value
                else:
                    (inputs if number == 11 else outputs).append(value)
        return Graph(nodes, tensors, inputs, outputs, told)

    def node(self, start, stop, depth):
        """Return the `Node` of a message."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise LimitError("limit", f"{self.wire.name} has over {MOST_NODES:,} nodes.", hint="Export a part of it.")
        wire = self.wire
        inputs: list = []
        outputs: list = []
        attributes: dict = {}
        bodies: list = []
        words = {3: "", 4: "", 7: ""}
        for number, kind, first, last in wire.fields(start, stop):
            if kind != BYTES:
                continue
            if number == 1:
                inputs.append(wire.text(first, last))
            elif number == 2:
                outputs.append(wire.text(first, last))
            elif number in words:
                words[number] = wire.text(first, last)
            elif number == 5:
                name, value = self.attribute(first, last, depth)
                if value.__class__ is Graph:
                    # Stable: the order of the file, but for the branch that is the other.
                    bodies.append((name == "else_branch", value))
                else:
                    attributes[name] = value
        bodies.sort(key=itemgetter(0))
        domain = "" if words[7] == "ai.onnx" else words[7]
        return Node(
            words[4], domain, words[3], tuple(inputs), tuple(outputs), attributes, tuple([body for _, body in bodies])
        )

    def attribute(self, start, stop, depth):
        """Return ``(name, value)``: an integer, a float, bytes, a list of these, a `Tensor`, a `Graph` or None."""
        wire = self.wire
        name, value = "", None
        listed: list = []
        many, short = None, stop - start <= SMALL
        for number, kind, first, last in wire.fields(start, stop):
            if number == 1 and kind == BYTES:
                name = wire.text(first, last)
            elif number == 2 and kind == FIXED32:
                value = unpack("<f", wire.bytes(first, last))[0]
            elif number == 3 and kind == VARINT:
                value = signed(first)
            elif number == 4 and kind == BYTES:
                value = wire.bytes(first, last) if last - first <= SMALL else None
            elif number == 5 and kind == BYTES:
                value = self.tensor(first, last)
            elif number == 6 and kind == BYTES:
                value = self.graph(first, last, depth + 1)
            elif number == 7 and short:
                listed += self.floats(kind, first, last)
            elif number == 8 and short:
                listed += map(signed, wire.numbers(kind, first, last))
            elif number == 9 and kind == BYTES and short:
                listed.append(wire.bytes(first, last))
            elif number == 20 and kind == VARINT:
                many = first in (6, 7, 8)
        if listed or many:
            value = tuple(listed)
        return name, value
