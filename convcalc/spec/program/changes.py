"""What a program changes in a thing that it has made: whether it is trained, and what is not followed."""

from convcalc.errors import SpecError
from convcalc.spec.code import dotted
from convcalc.spec.program.calls import needed
from convcalc.spec.program.expressions import Expressions, is_plain
from convcalc.spec.program.things import THINGS, Chain, Failed, Tensor, Unit
from convcalc.spec.tree import Arg


class Changes(Expressions):
    """What reads the changes that a program makes."""

    def unknown_change(self, name, node):
        """Mark a layer, a network or a list as not known any more."""
        thing = self.find(name or "")
        error = SpecError(
            "syntax", "This is changed in a way that is not followed.", hint="Write out what it makes.",
            span=self.source.span(node),
        )  # fmt: skip
        if thing.__class__ in THINGS:
            thing.broken = thing.broken or error
        elif thing.__class__ is list:
            thing.append(Failed(error))

    def train(self, thing, trained, node):
        """Note that the layers of a thing are trained, or are not."""
        if not is_plain(trained):
            self.unknown_change(dotted(node.value), node)
            return
        span = self.source.span(node)
        waiting = [thing]
        while waiting:
            one = waiting.pop()
            if one.__class__ is Unit and one.layer.prefix == "torch":
                continue  # an attribute that torch takes no notice of
            if one.__class__ is Unit:
                args = one.layer.args
                args[:] = [arg for arg in args if arg.key != "trainable"]
                args.append(Arg("trainable", bool(trained), span, span))
            elif one.__class__ is Chain:
                waiting += [member for _, member in one.members if member.__class__ is not Tensor]
            else:
                waiting += [self.nodes[index].unit for index in needed(self.nodes, one) if index not in one.inputs]
