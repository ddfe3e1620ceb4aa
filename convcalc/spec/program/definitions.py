"""Functions and classes of a program: each read by itself, with what is known of its arguments."""

import ast

from convcalc.errors import ConvcalcError, SpecError
from convcalc.spec.code import MISSING, dotted
from convcalc.spec.program.expressions import is_plain
from convcalc.spec.program.statements import FUNCTIONS, Statements
from convcalc.spec.program.things import NETWORKS, Defined, Failed, Model, Tensor, Unit
from convcalc.spec.scan import shown
from convcalc.spec.tree import Layer
from convcalc.spec.values import split_prefix

# What torch and Keras call of a module of the user's own.
CALLED = ("forward", "call")


class Program(Statements):
    """What reads one program.

    Attributes
    ----------
    last : dict
        What names stood for at the end of the function that was read last.
    given : dict
        The name of a function or class -> what it is called with, a call each.
    withheld : dict
        The name of a class of which only the Sequentials are read -> why it is not.
    """

    def __init__(self, source, names=None):
        super().__init__(source, names)
        self.last: dict = {}
        self.given: dict = {}
        self.withheld: dict = {}

    def read(self, body):
        """Read statements, then the functions and classes among them, which see every name that those give."""
        later: list = []
        for statement in body:
            kind = statement.__class__
            if kind in FUNCTIONS or kind is ast.ClassDef:
                later.append(statement)
                bases = [dotted(base) or "" for base in getattr(statement, "bases", ())]
                layer = any(base.rpartition(".")[2] == "Layer" for base in bases)
                self.scopes[-1][statement.name] = Defined(statement.name, layer)
            else:
                self.statement(statement)
        for statement in later:
            if statement.__class__ is ast.ClassDef:
                self.class_(statement)
            else:
                self.function_(statement)

    def function_(self, statement, owner=None, known=None):
        """Read a function by itself: its arguments are known ones, their defaults, or not known."""
        scope: dict = dict(known or ())
        if statement.name not in CALLED:
            scope |= self.told(statement, self.path[-1] if owner is not None and self.path else statement.name)
        self.returned = []
        arguments = statement.args
        named = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(named) - len(arguments.defaults)) + arguments.defaults
        for arg, default in [*zip(named, defaults, strict=True),
                             *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:  # fmt: skip
            if arg.arg == "self" or arg.arg in scope:
                continue
            scope[arg.arg] = self.attempt(default) if default is not None else Failed(
                SpecError(
                    "syntax",
                    f"{shown(arg.arg)} is an argument of {shown(statement.name)}, and its value is not known.",
                    hint="Give it a default, or write its value.",
                    span=self.source.span(arg),
                )
            )  # fmt: skip
        self.within(statement.name if owner is None else owner, scope, statement.body)

    def told(self, statement, name):
        """Return what the program's own calls of a function or class give its arguments; what they differ in fails."""
        places = {arg.arg: arg for arg in [*statement.args.posonlyargs, *statement.args.args] if arg.arg != "self"}
        names = [*places]
        places |= {arg.arg: arg for arg in statement.args.kwonlyargs}
        found: dict = {}
        for starred, args, keywords in self.given.get(name, ()):
            one = dict.fromkeys(places) if starred else {**dict(zip(names, args, strict=False)), **keywords}
            for key in places:
                value = one.get(key, MISSING)
                if key in found and found[key] != value:
                    value = None
                found[key] = value
        return {
            key: value[0]
            if value is not None
            else Failed(
                SpecError(
                    "syntax",
                    f"{shown(key)} is an argument of {shown(name)}, which is called with several values "
                    "or unknown ones.",
                    hint="Write its value.",
                    span=self.source.span(places[key]),
                )
            )
            for key, value in found.items()
            if value is not MISSING
        }

    def note(self, body):
        """Keep what the functions and classes of a program are called with, for when they are read by themselves."""
        nodes = [node for statement in body for node in ast.walk(statement)]
        own = {node.name for node in nodes if node.__class__ in (*FUNCTIONS, ast.ClassDef)}
        for node in nodes:
            if not isinstance(node, ast.Call):
                continue
            name = (dotted(node.func) or "").removeprefix("self.")
            if name not in own:
                continue
            starred = any(one.__class__ is ast.Starred or getattr(one, "arg", "") is None for one in arguments(node))
            args: list = [] if starred else [self.known(arg) for arg in node.args]
            keywords = {} if starred else {one.arg: self.known(one.value) for one in node.keywords}
            self.given.setdefault(name, []).append((starred, args, keywords))

    def known(self, node):
        """Return ``(value,)`` of a number, string or tuple, None for all else."""
        found = self.attempt(node)
        return (found,) if is_plain(found) else None

    def class_(self, statement):
        """Read a class: what its methods give to `self`, `__init__` first."""
        scope: dict = {}
        self.scopes.append(scope)
        self.path.append(statement.name)
        layer = self.find(statement.name).layer  # a part of something, and no network itself
        kind = any(split_prefix(self.full(dotted(base) or ""))[1] == "Sequential" for base in statement.bases)
        for method in sorted(
            (one for one in statement.body if one.__class__ in FUNCTIONS), key=lambda one: one.name != "__init__"
        ):
            if method.name in CALLED and not kind:
                if not layer:
                    self.called(method, statement, scope)
                continue
            path, self.path = self.path, self.path if method.name == "__init__" else [*self.path, method.name]
            before = dict(scope)
            self.function_(method, owner="")
            if method.name == "__init__":
                if kind:
                    self.subclass(method, statement)
                scope.update({name: one for name, one in self.last.items() if name.startswith("self.")})
            else:
                scope.clear()
                scope.update(before)
            self.path = path
        self.path.pop()
        self.scopes.pop()

    def called(self, method, statement, scope):
        """Read what a class does with its input: the method that torch or Keras calls."""
        arguments = method.args.args[1:]
        if not arguments:
            return
        chains = [one for one in scope.values() if one.__class__ in NETWORKS]
        before = [one.used for one in chains]
        name = arguments[0].arg
        span = self.source.span(arguments[0])
        tensor = self.node(Unit(Layer("input", span), span[1]), ())
        blocks, self.blocks = self.blocks, 0
        self.within_torch = method.name == "forward"
        self.function_(method, "", {name: tensor})
        self.within_torch, self.blocks = False, blocks
        found: object = self.returned[0] if len(self.returned) == 1 else Failed(
            SpecError("syntax", f"{shown(statement.name)} returns nothing, or more than once.", span=span)
        )  # fmt: skip
        many: list = [*found] if isinstance(found, (list, tuple)) else [found]
        if many and all(one.__class__ is Tensor for one in many):
            found = Model([tensor.index], [one.index for one in many], self.source.span(arguments[0]))
        elif found.__class__ is not Failed:
            found = Failed(SpecError("syntax", "What is returned is no tensor.", span=span))
        if found.__class__ is Failed and chains:
            # Its Sequentials are what there is, unless it is asked for by name.
            self.withheld[".".join(self.path)] = found
            for one, used in zip(chains, before, strict=True):
                one.used = used
            return
        self.offer(".".join(self.path), found, statement)

    def subclass(self, method, statement):
        """Read what a class derived from Sequential hands to its base."""
        for one in method.body:
            call = getattr(one, "value", None)
            if one.__class__ is not ast.Expr or call.__class__ is not ast.Call:
                continue
            func = call.func
            if func.__class__ is ast.Attribute and func.attr == "__init__" and func.value.__class__ is ast.Call:
                self.scopes.append(self.last)
                try:
                    found = self.chain(call, None, 0)
                except ConvcalcError as error:
                    found = Failed(error)
                self.scopes.pop()
                if found.__class__ is Failed or found.members:
                    self.offer(statement.name, found, statement)

    def within(self, name, scope, body):
        """Read statements with names of their own."""
        self.scopes.append(scope)
        if name:
            self.path.append(name)
        self.read(body)
        if name:
            self.path.pop()
        self.last = self.scopes.pop()


def arguments(call):
    """Return the arguments of a call, starred ones and keywords too."""
    return [*call.args, *call.keywords]
