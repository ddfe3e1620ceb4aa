"""A Sequential or a model of a program as layers of a spec, each with what feeds it."""

from convcalc.errors import LimitError, SpecError
from convcalc.spec.bind import SHARED
from convcalc.spec.expand import MOST_LAYERS
from convcalc.spec.given import LINE, OUTPUTS, input_of, sizes_of
from convcalc.spec.labels import check_label
from convcalc.spec.printed import has_weights
from convcalc.spec.program.calls import needed
from convcalc.spec.program.expressions import INPUTS
from convcalc.spec.program.things import NETWORKS, Chain, Tensor, Unit
from convcalc.spec.tree import Arg, Raw


def raws_of(program, thing):
    """Return the layers of a network, as `convcalc.spec.parse` returns those of a text."""
    writer = Writer(program)
    if thing.broken:
        raise thing.broken
    if thing.__class__ is Chain:
        writer.chain(thing)
    else:
        check_names([program.nodes[index] for index in needed(program.nodes, thing)])
        writer.model(thing)
    if not writer.raws:
        raise SpecError("syntax", "There is no layer in it.", hint="Add one.", span=thing.span)
    return tuple(writer.raws)


def check_names(nodes):
    """Refuse two layers of one name in a model, where those of a network called in it do not count."""
    named: dict = {}
    for node in nodes:
        layer = node.unit.layer
        if layer.label and not node.inner and named.setdefault(layer.label, layer) is not layer:
            check_label(layer.label, True, layer.name_span)


class Writer:
    """What writes one network out.

    Attributes
    ----------
    raws : list of Raw
    labels : dict
        A unit's id -> the label of its first call.
    taken, seen : set
        Labels and ids of units so far.
    """

    def __init__(self, program):
        self.program = program
        self.raws: list = []
        self.labels: dict = {}
        self.taken: set = set()
        self.seen: set = set()

    def chain(self, root):
        """Write out a Sequential, and those within it in their place."""
        path = "" if root.kind == "torch" else None
        stack = [(iter(root.members), path)]
        while stack:
            members, path = stack[-1]
            for key, member in members:
                here = None if path is None or key is None else path + key
                if member.__class__ in NETWORKS and member.broken:
                    raise member.broken
                if member.__class__ is Chain:
                    stack.append((iter(member.members), None if here is None else here + "."))
                    if len(stack) > 100:
                        raise SpecError("syntax", "Over 100 Sequentials stand within one another.", span=member.span)
                    break
                if member.__class__ is Tensor:
                    self.layer(self.program.nodes[member.index].unit, (len(self.raws) - 1,), here)
                elif member.__class__ is Unit:
                    if len(stack) == 1 and member.layer.label in self.taken:
                        check_label(member.layer.label, True, member.layer.name_span)
                    self.layer(member, (len(self.raws) - 1,), here)
                else:
                    self.model(member, len(self.raws) - 1)
            else:
                stack.pop()

    def model(self, model, source=None):
        """Write out a model's calls, each after what feeds it; of one within a Sequential, from what stands before."""
        several = len(model.inputs) > 1
        if source is not None and (several or len(model.outputs) > 1):
            raise SpecError(
                "syntax",
                f"A model of {len(model.inputs)} inputs and {len(model.outputs)} outputs stands in a Sequential.",
                hint="Call it on tensors instead.",
                span=model.span,
            )
        nodes = self.program.nodes
        place: dict = {}
        for index in model.inputs if several else ():
            place[index] = self.input(nodes[index].unit)
        for index in needed(nodes, model):
            node = nodes[index]
            if index in place:
                continue
            if index in model.inputs:
                if source is None and node.unit.layer.name in INPUTS:
                    self.layer(node.unit, (-1,), None)
                place[index] = len(self.raws) - 1 if source is None else source
            elif not node.inputs:
                raise SpecError(
                    "syntax",
                    "The outputs also come from an input that the model does not name.",
                    hint="Give every input in Model(inputs, outputs).",
                    span=model.span,
                )
            else:
                self.layer(node.unit, tuple(place[i] for i in node.inputs), node.path)
                place[index] = len(self.raws) - 1
        if len(model.outputs) > 1:
            ends = (len(self.raws) - 1, *[place[index] for index in model.outputs])
            self.raws.append(Raw(OUTPUTS, None, False, (), ends, None, model.span, model.span, None, True))

    def input(self, unit):
        """Write out one input of several; return its place."""
        layer = unit.layer
        span = layer.name_span[0], unit.end
        raw = Raw(layer.name, None, True, tuple(layer.args), (-1,), None, span, layer.name_span, None, False)
        shape = sizes_of(input_of(raw), raw)
        label = layer.label or self.free("input_layer")
        self.taken.add(label)
        args = (Arg(None, shape, span, None),)
        self.raws.append(Raw(LINE, None, False, args, (-1,), label, span, layer.name_span, None, False))
        return len(self.raws) - 1

    def layer(self, unit, inputs, path):
        """Write out one call of a layer; a second one shares the weights of the first."""
        if len(self.raws) >= MOST_LAYERS:
            raise LimitError("limit", f"The network has over {MOST_LAYERS:,} layers.", hint="Give a part of it.")
        if unit.broken:
            raise unit.broken
        layer = unit.layer
        if unit.before is not None and not self.raws:
            given, place = unit.before, unit.before.name_span
            self.raws.append(Raw(given.name, "keras", True, tuple(given.args), (-1,), None, place, place, None, False))
            inputs = (0,)
        label, args = None if layer.name in INPUTS else layer.label, list(layer.args)
        first = self.labels.get(id(unit))
        if layer.prefix == "torch":
            if id(unit) in self.seen and has_weights(layer):
                raise SpecError(
                    "syntax",
                    "This layer is called more than once, and a layer here has weights of its own.",
                    hint="Export the model to ONNX.",
                    span=layer.name_span,
                )
        elif first is not None:
            args.append(Arg(SHARED, first, layer.name_span, layer.name_span))
            label = None
        elif len(unit.calls) > 1:
            label = self.labels[id(unit)] = label or self.free(layer.name.lower())
        if label is not None:
            self.taken.add(label)
        self.seen.add(id(unit))
        span = layer.name_span[0], unit.end
        merged = len(inputs) > 1
        self.raws.append(
            Raw(layer.name, layer.prefix, True, tuple(args), inputs, label, span, layer.name_span, path, merged)
        )

    def free(self, word):
        """Return a label that no layer has."""
        number = 0
        while (label := f"{word}_{number}" if number else word) in self.taken:
            number += 1
        return label
