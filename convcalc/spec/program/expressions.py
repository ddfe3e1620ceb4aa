"""Expressions of a program: what a call of a layer, of a Sequential or on a tensor stands for."""

import ast

from convcalc import layers
from convcalc.errors import SpecError
from convcalc.spec.code import MISSING, dotted, value
from convcalc.spec.complaints import unknown
from convcalc.spec.labels import check_label
from convcalc.spec.program.calls import single
from convcalc.spec.program.functions import SAME, Functions
from convcalc.spec.program.things import BATCH, NETWORKS, THINGS, Chain, Defined, Failed, Model, Module, Tensor, Unit
from convcalc.spec.scan import shown
from convcalc.spec.sequential import members_of, no_layer, read_layer
from convcalc.spec.unread import SECOND, input_before, is_unread, unread
from convcalc.spec.values import split_prefix

DEEPEST = 80
INPUTS = ("Input", "InputLayer")
# Keras' functions that are a layer called at once.
FUNCTIONS = {
    name.lower(): name for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
}
OPERATORS = {ast.Add: "Add", ast.Sub: "Subtract", ast.Mult: "Multiply"}
ENDS = {"input": "inputs", "inputs": "inputs", "output": "outputs", "outputs": "outputs"}


class Expressions(Functions):
    """What reads the expressions of one program; its statements are read by `Program`, which is one.

    Attributes
    ----------
    plain : str
        The text.
    names : callable or None
        Returns the words to suggest for an unknown one.
    """

    def __init__(self, source, names):
        super().__init__(source)
        self.plain = source.text
        self.within_torch = False  # whether a forward of torch's is being read
        self.names = names

    def find(self, name):
        """Return what a dotted name stands for, `MISSING` where nothing has been said of it."""
        raise NotImplementedError

    def constant(self, name):
        """Return the number, string or tuple that a name stands for, `MISSING` for anything else."""
        found = self.find(name)
        if found.__class__ is Failed:
            raise found.needed()
        if found.__class__ is list:
            found = tuple(found)
        return found if is_plain(found) else MISSING

    def evaluate(self, node, depth=0):
        """Return what an expression stands for: a thing, a list of them, or a plain value."""
        if depth > DEEPEST:
            raise SpecError("syntax", "The expression is nested too deeply.", span=self.source.span(node))
        kind = node.__class__
        if kind is ast.Call:
            return self.call(node, depth)
        if kind is ast.Name or kind is ast.Attribute or is_batch(node):
            return self.named(node, depth)
        if kind is ast.List:
            return [self.evaluate(one, depth + 1) for one in node.elts]
        if kind is ast.Tuple:
            return tuple([self.evaluate(one, depth + 1) for one in node.elts])
        if kind is ast.BinOp:
            left, right = self.evaluate(node.left, depth + 1), self.evaluate(node.right, depth + 1)
            if left.__class__ is right.__class__ is Tensor and node.op.__class__ in OPERATORS:
                self.check_merge(node)
                return self.merged(OPERATORS[node.op.__class__], (left, right), node)
            if is_plain(left) and is_plain(right):
                return value(self.source, node)
            raise self.source.refused(node)
        return value(self.source, node)

    def check_merge(self, node):
        """Refuse to join tensors where torch's own code is read, for torch has no layers that do."""
        if self.within_torch:
            raise SpecError(
                "framework_lacks",
                "This joins tensors, and torch has no layer that does.",
                hint="Export the model to ONNX, or write the network with -F onnx and labels.",
                span=self.source.span(node),
            )

    def named(self, node, depth):
        """Return what a name stands for."""
        name = dotted(node)
        found = MISSING if name is None else self.find(name)
        if found.__class__ is Failed:
            raise found.needed()
        if found is not MISSING:
            return found
        if is_batch(node):
            tensor = self.evaluate(node.value.value, depth + 1)
            if tensor.__class__ is Tensor:
                return BATCH
        if node.__class__ is ast.Attribute and node.attr in ENDS:
            model = self.evaluate(node.value, depth + 1)
            if model.__class__ is Model:
                model.used = True
                return single([Tensor(index) for index in getattr(model, ENDS[node.attr])])
        full = self.full(name) if name else None
        if full and split_prefix(full)[0]:
            return Module(full)
        return value(self.source, node)

    def full(self, name):
        """Return a dotted name with its first word as it was imported."""
        head, dot, rest = name.partition(".")
        found = self.find(head)
        if found is MISSING and head == "F" and dot:
            return f"torch.nn.functional.{rest}"
        return f"{found.name}{dot}{rest}" if found.__class__ is Module else name

    def call(self, node, depth):
        """Return what a call stands for."""
        name = dotted(node.func)
        owner = self.owner(node, depth)
        if owner.__class__ is Tensor:
            return self.method(owner, node, depth)
        if owner is not None and node.func.attr in SAME:
            return owner
        if name is None:
            return self.applied(self.evaluate(node.func, depth + 1), node, depth)
        found = self.find(name)
        if found.__class__ is Failed:
            raise found.needed()
        if found.__class__ in THINGS:
            return self.applied(found, node, depth)
        if found.__class__ is Defined and found.layer:
            return self.unread(node, name)
        if found.__class__ is Defined:
            raise SpecError(
                "syntax",
                f"{shown(name)} is a function or a class of this program, and what it returns is not known.",
                hint="Write out what it makes.",
                span=self.source.span(node.func),
            )
        prefix, bare = split_prefix(self.full(name))
        if prefix != "torch":
            bare = SECOND.get(bare, bare)
        if bare == "Sequential":
            return self.chain(node, prefix, depth)
        if bare == "Model" and prefix != "torch":
            return self.model(node, depth)
        if bare in FUNCTIONS and prefix == "keras":
            return self.function(FUNCTIONS[bare], node, depth)
        if bare in INPUTS and prefix != "torch":
            made = self.unit(node, prefix, bare)
            for one in node.keywords:
                if one.arg == "name":
                    made.layer.label = self.label(one.value)
            return self.node(made, ())
        if prefix == "torch":
            if bare in ("cat", "concat", "add", "mul", "sub", "stack"):
                self.check_merge(node)
            found = self.functional(bare, node, depth)
            if found is not None:
                return found
        if layers.frameworks_of(bare):
            return self.unit(node, prefix, bare)
        if is_unread(bare, prefix):
            return self.unread(node, bare)
        if "applications" in self.full(name).split("."):
            raise SpecError(
                "unknown_word",
                f"{shown(name)} is a ready-made model, and nothing of it stands here.",
                hint="Give the model itself: the text of its to_json(), or in Python convcalc.shape(model).",
                span=self.source.span(node.func),
            )
        root = name.partition(".")[0]
        if prefix or (root == name and bare[:1].isupper()):
            raise unknown(self, *self.source.span(node.func))
        raise SpecError(
            "syntax",
            f"What {shown(name)} returns is not known.",
            hint="Write it out.",
            span=self.source.span(node.func),
        )

    def unread(self, node, bare):
        """Return the `Unit` of a layer without a rule."""
        layer = unread(self.source, node, bare)
        if layer.label is not None:
            check_label(layer.label[0], False, layer.label[1])
            layer.label = layer.label[0]
        made = Unit(layer, self.source.span(node)[1])
        made.before = input_before(self.source, node)
        return made

    def unit(self, node, prefix, bare):
        """Return the `Unit` of a layer's call."""
        layer = read_layer(self.source, node, prefix)
        layer.name = bare
        layer.prefix = prefix
        if layer.label is not None:
            name, span = layer.label
            check_label(name, False, span)
            layer.label = name
        return Unit(layer, self.source.span(node)[1])

    def chain(self, node, prefix, depth):
        """Return the `Chain` of a Sequential's call."""
        args = node.args or [keyword.value for keyword in node.keywords if keyword.arg == "layers"]
        if any(arg.__class__ is ast.Starred for arg in args):
            kind = prefix or "torch"
            members: list = []
            found: list = []
            for arg in args:
                if arg.__class__ is ast.Starred:
                    many = self.evaluate(arg.value, depth + 1)
                    found += many if many.__class__ in (list, tuple) else [many]
                else:
                    found.append(self.evaluate(arg, depth + 1))
            members = [(str(n), one) for n, one in enumerate(found)]
        else:
            one = self.evaluate(args[0], depth + 1) if len(args) == 1 and dotted(args[0]) else None
            if one.__class__ is list and prefix != "torch":
                kind, members = "keras", [(None, member) for member in one]
            elif one.__class__ in THINGS and prefix != "keras":
                kind, members = "torch", [("0", one)]
            else:
                kind, pairs = members_of(self.source, node, prefix)
                members = [(key, self.member(own, depth)) for key, own in pairs]
        for _, member in members:
            if member.__class__ is Failed:
                raise member.needed()
            if member.__class__ not in (*THINGS, Tensor):
                raise no_layer(self.source, node)
            if member.__class__ in NETWORKS:
                member.used = True
        return Chain(kind, members, self.source.span(node))

    def member(self, node, depth):
        """Return what a member of a Sequential stands for."""
        if node.__class__ not in (ast.Call, ast.Name, ast.Attribute):
            raise no_layer(self.source, node)
        if node.__class__ is not ast.Call and self.find(dotted(node) or "") is MISSING:
            raise no_layer(self.source, node)
        found = self.evaluate(node, depth + 1)
        if found.__class__ not in (*THINGS, Tensor):
            raise no_layer(self.source, node)
        if found.__class__ in NETWORKS:
            # Whether or not all of its neighbours can be read.
            found.used = True
        return found

    def model(self, node, depth):
        """Return the `Model` of a call of Keras' Model."""
        given = dict(zip(("inputs", "outputs"), node.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in node.keywords}
        ends = []
        for key in ("inputs", "outputs"):
            if key not in given:
                raise SpecError(
                    "missing_argument",
                    f"Model needs its {key}.",
                    hint="Write keras.Model(inputs, outputs).",
                    span=self.source.span(node),
                )
            own = given[key]
            many = (
                [self.evaluate(one, depth + 1) for one in own.values]
                if own.__class__ is ast.Dict
                else self.evaluate(own, depth + 1)
            )
            many = many if many.__class__ in (list, tuple) else [many]
            if not many or not all(one.__class__ is Tensor for one in many):
                raise SpecError("syntax", f"Model's {key} are no tensors.", span=self.source.span(given[key]))
            ends.append([one.index for one in many])
        return Model(ends[0], ends[1], self.source.span(node))


def is_plain(found):
    """Tell whether a value is a number, a string, None, or a tuple of such."""
    if found.__class__ is tuple:
        return all(map(is_plain, found))
    return found is None or found.__class__ in (int, float, str, bool)


def is_batch(node):
    """Tell whether an expression is ``x.shape[0]``."""
    return (
        node.__class__ is ast.Subscript
        and node.value.__class__ is ast.Attribute
        and node.value.attr == "shape"
        and node.slice.__class__ is ast.Constant
        and node.slice.value == 0
    )
