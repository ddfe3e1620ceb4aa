"""Calls of a program's layers on tensors: each one a node of its graph."""

import ast

from convcalc.errors import LimitError, SpecError
from convcalc.spec.code import value
from convcalc.spec.expand import MOST_LAYERS
from convcalc.spec.labels import check_label
from convcalc.spec.program.things import THINGS, Chain, Node, Tensor, Unit
from convcalc.spec.scan import shown
from convcalc.spec.tree import Arg, Layer

# What a layer may be told as it is called, and that changes no size.
UNREAD = ("training", "mask")


class Calls:
    """What writes down the calls of one program's layers on tensors.

    Attributes
    ----------
    source : Source
    nodes : list of Node
        Every call so far, in order.
    """

    def __init__(self, source):
        self.source = source
        self.nodes: list = []

    def evaluate(self, node, depth=0):
        """Return what an expression stands for."""
        raise NotImplementedError

    def label(self, node):
        """Return the name that Keras is given for a layer; None and an empty one are none."""
        name = self.evaluate(node)
        if name is not None and name.__class__ is not str:
            check_label(name, False, self.source.span(node))
        return name

    def function(self, name, node, depth):
        """Return the tensor of a call such as ``layers.add([x, y])``."""
        tensors = self.tensors(node, depth, (*UNREAD, "axis", "name"))
        return self.merged(name, tensors, node, [own for own in node.keywords if own.arg in ("axis", "name")])

    def merged(self, name, tensors, node, keywords=()):
        """Return the tensor that a merge makes of others."""
        call = ast.Call(node.func if node.__class__ is ast.Call else node, [], list(keywords))
        start, end = self.source.span(node)
        layer = Layer(name, (start, end), "keras", True)
        for keyword in call.keywords:
            if keyword.arg == "name":
                layer.label = self.label(keyword.value)
                if layer.label:
                    check_label(layer.label, False, self.source.span(keyword.value))
            else:
                span = self.source.span(keyword.value)
                layer.args.append(Arg(keyword.arg, value(self.source, keyword.value), span, span))
        return self.node(Unit(layer, end), tuple(one.index for one in tensors))

    def tensors(self, node, depth, known=UNREAD):
        """Return the tensors that a call is given."""
        for keyword in node.keywords:
            if keyword.arg not in known:
                raise SpecError(
                    "syntax",
                    f"A layer called with {shown(keyword.arg or '**')} cannot be read as data.",
                    hint="Give it its inputs alone.",
                    span=self.source.span(keyword.value),
                )
        found: list = []
        for arg in node.args:
            one = self.evaluate(arg, depth + 1)
            found += one if one.__class__ in (list, tuple) else [one]
        if not found or not all(one.__class__ is Tensor for one in found):
            raise SpecError(
                "syntax",
                "A layer is called here on what is no tensor.",
                hint="Tensors come from keras.Input(shape=...) and from layers called on them.",
                span=self.source.span(node),
            )
        return found

    def applied(self, thing, node, depth):
        """Return the tensor, or tensors, that a thing makes of what it is called on."""
        if thing.__class__ not in THINGS:
            raise self.source.refused(node)
        tensors = self.tensors(node, depth)
        if thing.__class__ is Unit:
            return self.node(thing, tuple(one.index for one in tensors), thing.path)
        thing.used = True
        return single([Tensor(index) for index in self.inside(thing, [one.index for one in tensors], node, thing.path)])

    def inside(self, thing, current, node, path):
        """Write out a thing called on some nodes; return the nodes that are its outputs."""
        if thing.__class__ is Unit:
            return [self.node(thing, tuple(current), path, True).index]
        if thing.broken:
            raise thing.broken
        if thing.__class__ is Chain:
            for key, member in thing.members:
                if member.__class__ is not Tensor:
                    current = self.inside(member, current, node, f"{path}.{key}" if path and key else None)
            return current
        if len(current) != len(thing.inputs):
            raise SpecError(
                "syntax",
                f"A model of {len(thing.inputs)} inputs is called on {len(current)} tensors.",
                span=self.source.span(node),
            )
        moved = dict(zip(thing.inputs, current, strict=True))
        for index in needed(self.nodes, thing):
            if index not in moved:
                own = self.nodes[index]
                moved[index] = self.node(own.unit, tuple(moved[i] for i in own.inputs), own.path, True).index
        return [moved[index] for index in thing.outputs]

    def node(self, unit, inputs, path=None, inner=False):
        """Return the tensor of a new node."""
        if len(self.nodes) >= MOST_LAYERS:
            raise LimitError("limit", f"The program calls over {MOST_LAYERS:,} layers.", hint="Give a part of it.")
        unit.calls.append(len(self.nodes))
        self.nodes.append(Node(unit, inputs, path, inner))
        return Tensor(len(self.nodes) - 1)


def needed(nodes, model):
    """Return the nodes that a model's outputs come from, inputs included, in order."""
    found = set(model.inputs)
    waiting = list(model.outputs)
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting += nodes[index].inputs
    return sorted(found)


def single(things):
    """Return the one thing of a list, or the list."""
    return things[0] if len(things) == 1 else things
