"""Statements of a program, in their order: what they give names to, and what they add to a Sequential."""

import ast

from convcalc.errors import ConvcalcError, SpecError
from convcalc.spec.code import MISSING, dotted
from convcalc.spec.program.changes import Changes
from convcalc.spec.program.functions import SAME
from convcalc.spec.program.things import NETWORKS, THINGS, Chain, Failed, Module, Tensor, Unit
from convcalc.spec.scan import shown
from convcalc.spec.values import split_prefix

BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.AsyncFor, ast.AsyncWith, ast.Match, ast.TryStar)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SAYS = {
    ast.For: "in a loop, which is not run",
    ast.While: "in a loop, which is not run",
    ast.If: "under a condition, which is not looked at",
}
ADDS = ("add", "append")
CHANGES = ("pop", "insert", "clear", "remove", "reverse", "sort")


class Candidate:
    """A network that a program defines: its name, `Chain`, `Model` or `Failed`, and the line."""

    __slots__ = ("line", "name", "thing")

    def __init__(self, name, thing, line):
        self.name = name
        self.thing = thing
        self.line = line


class Statements(Changes):
    """What reads the statements of one program; functions and classes are read by `Program`, which is one.

    Attributes
    ----------
    scopes : list of dict
        What names stand for: of the module, and of the function or class being read.
    path : list of str
        The names of the functions and classes around.
    candidates : list of Candidate
    returned : list
        What the function that was read last returns, a thing for each `return`.
    """

    def __init__(self, source, names=None):
        super().__init__(source, names)
        self.scopes: list = [{}]
        self.path: list = []
        self.returned: list = []
        self.blocks = 0  # conditions and loops around
        self.candidates: list = []
        self.latest: Tensor | None = None  # what a name was given last outside functions
        source.names = self.constant

    def find(self, name):
        """Return what a dotted name stands for, `MISSING` where nothing has been said of it."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return MISSING

    def read(self, body):
        """Read statements, functions and classes among them."""
        raise NotImplementedError

    def statement(self, statement):
        """Read one statement that defines no function or class."""
        kind = statement.__class__
        if kind is ast.Import or kind is ast.ImportFrom:
            self.imported(statement)
        elif kind is ast.Assign or kind is ast.AnnAssign:
            targets = statement.targets if kind is ast.Assign else [statement.target]
            if statement.value is not None:
                found = self.attempt(statement.value)
                for target in targets:
                    self.assign(target, found, statement)
        elif kind is ast.AugAssign:
            target = dotted(statement.target)
            found = self.find(target or "")
            if target and found.__class__ is list and statement.op.__class__ is ast.Add:
                more = self.attempt(statement.value)
                self.assign(
                    statement.target,
                    more if more.__class__ is Failed else [*found, *(more if more.__class__ in (list, tuple) else ())],
                    statement,
                )
            else:
                self.assign(
                    statement.target,
                    self.attempt(ast.copy_location(ast.BinOp(statement.target, statement.op, statement.value),
                                                   statement)),
                    statement,
                )  # fmt: skip
        elif kind is ast.Delete:
            for target in statement.targets:
                self.unknown_change(dotted(getattr(target, "value", None)), target)
        elif kind is ast.Expr:
            self.expression(statement.value)
        elif kind is ast.Return and statement.value is not None:
            found = self.attempt(statement.value)
            if self.blocks:
                found = Failed(
                    SpecError(
                        "syntax", "What is returned depends on a condition.", hint="Write out what it returns.",
                        span=self.source.span(statement),
                    )
                )  # fmt: skip
            self.returned.append(found)
            if found.__class__ in NETWORKS or makes_network(self, statement.value):
                self.offer(".".join(self.path), found, statement)
        elif kind in BLOCKS:
            self.block(statement)

    def attempt(self, node):
        """Return what an expression stands for, `Failed` where it cannot be read."""
        try:
            return self.evaluate(node)
        except ConvcalcError as error:
            return Failed(error)

    def imported(self, statement):
        """Read an import: what its names are short for."""
        scope = self.scopes[-1]
        for alias in statement.names:
            if statement.__class__ is ast.ImportFrom:
                scope[alias.asname or alias.name] = Module(f"{statement.module or ''}.{alias.name}")
            elif alias.asname:
                scope[alias.asname] = Module(alias.name)

    def assign(self, target, found, statement):
        """Give a name, or several, what an expression stands for."""
        if target.__class__ in (ast.Tuple, ast.List):
            many = found if found.__class__ in (list, tuple) and len(found) == len(target.elts) else None
            for n, one in enumerate(target.elts):
                self.assign(one, found if many is None else many[n], statement)
            return
        name = dotted(target)
        if name is None:
            # An item of a Sequential or a list, as in ``net[0] = ...``.
            self.unknown_change(dotted(getattr(target, "value", None)), target)
            return
        owner = self.find(name.rpartition(".")[0])
        if name.endswith(".trainable") and owner.__class__ in THINGS:
            self.train(owner, found, target)
            return
        scope = self.scopes[-1]
        scope[name] = found
        if name.startswith("self.") and found.__class__ in (Unit, Chain):
            found.path = found.path or name[5:]
        if found.__class__ is Tensor and not self.path:
            self.latest = found
        value = getattr(statement, "value", None)
        if found.__class__ in NETWORKS or (found.__class__ is Failed and makes_network(self, value)):
            own = name.removeprefix("self.") if self.path else name
            self.offer(".".join((*self.path, own)), found, statement)

    def offer(self, name, thing, statement):
        """Keep a network that the program defines under a name, of which the last counts."""
        self.candidates = [one for one in self.candidates if one.name != name]
        self.candidates.append(Candidate(name, thing, statement.lineno))

    def expression(self, node):
        """Read an expression that stands alone: an `add`, or a network without a name."""
        if node.__class__ is not ast.Call:
            return
        name = dotted(node.func)
        owner, _, method = (name or "").rpartition(".")
        thing = self.find(owner) if owner else MISSING
        if method in (*ADDS, "add_module", "extend") and (thing.__class__ is list or thing.__class__ is Chain):
            self.grow(thing, method, node)
        elif method == "pop" and thing.__class__ is Chain and not node.args and thing.members:
            thing.members.pop()
        elif method in CHANGES:
            self.unknown_change(owner, node)
        elif method in ("add_module", "register_module") and owner == "self" and len(node.args) == 2:
            title = self.attempt(node.args[0])
            if title.__class__ is str:
                self.assign(ast.copy_location(ast.Attribute(ast.Name("self"), title), node), self.attempt(node.args[1]),
                            node)  # fmt: skip
        elif makes_network(self, node):
            found = self.attempt(node)
            self.offer(f"line {node.lineno}", found, node)

    def grow(self, thing, method, node):
        """Add to a Sequential or a list what it is told to."""
        try:
            key = None
            if method == "add_module" and len(node.args) == 2:
                key = self.evaluate(node.args[0])
            found = self.evaluate(node.args[-1]) if node.args else self.evaluate(node)
        except ConvcalcError as error:
            if thing.__class__ is Chain:
                thing.broken = thing.broken or error
            else:
                thing.append(Failed(error))
            return
        many = found if method == "extend" and found.__class__ in (list, tuple) else [found]
        if thing.__class__ is list:
            thing.extend(many)
            return
        for one in many:
            if one.__class__ not in (*THINGS, Tensor):
                thing.broken = SpecError(
                    "syntax", "What is added here is no layer.", span=self.source.span(node.args[-1])
                )
                return
            if one.__class__ in NETWORKS:
                one.used = True
            torch = thing.kind == "torch" or key is not None or method != "add"
            thing.kind = thing.kind or ("torch" if torch else "keras")
            thing.members.append((key or (str(len(thing.members)) if torch else None), one))

    def block(self, statement):
        """Read what stands under a condition or in a loop; what it changes is not known behind it."""
        kind = statement.__class__
        bodies = [getattr(statement, part, None) or [] for part in ("body", "orelse", "finalbody")]
        bodies += [handler.body for handler in getattr(statement, "handlers", ())]
        bodies += [case.body for case in getattr(statement, "cases", ())]
        if kind in (ast.With, ast.AsyncWith) or is_main(statement):
            self.read([one for body in bodies for one in body])
            return
        how = SAYS.get(kind, "in a block, of which it is not known whether it is run")
        changed = list(changes(statement))
        if kind not in (ast.If, ast.Try, ast.TryStar):
            self.spoil(changed, how)
        self.blocks += 1
        for body in bodies:
            self.scopes.append({})
            self.read(body)
            self.scopes.pop()
        self.blocks -= 1
        self.spoil(changed, how)

    def spoil(self, changed, how):
        """Mark names as not known, and Sequentials as broken, because of where they are changed."""
        for name, node, grown in changed:
            error = SpecError(
                "syntax", f"{shown(name)} is {'added to' if grown else 'given'} {how}.",
                hint="Write out what it makes.", span=self.source.span(node),
            )  # fmt: skip
            thing = self.find(name)
            if grown and thing.__class__ is Chain:
                thing.broken = thing.broken or error
            elif not grown or thing.__class__ is list:
                self.scopes[-1][name] = Failed(error)


def makes_network(program, node):
    """Tell whether an expression is a call of Sequential or of Keras' Model."""
    while node.__class__ is ast.Call and node.func.__class__ is ast.Attribute and node.func.attr in SAME:
        node = node.func.value
    if node.__class__ is not ast.Call:
        return False
    prefix, bare = split_prefix(program.full(dotted(node.func) or ""))
    return bare == "Sequential" or (bare == "Model" and prefix != "torch")


def is_main(statement):
    """Tell whether a statement is ``if __name__ == "__main__":``, under which a program stands that is run itself."""
    test = getattr(statement, "test", None)
    return test.__class__ is ast.Compare and test.left.__class__ is ast.Name and test.left.id == "__name__"


def changes(statement):
    """Yield ``(name, node, whether it is added to)`` of every name that a statement changes, however deep."""
    for node in ast.walk(statement):
        if node.__class__ in (ast.Name, ast.Attribute) and node.ctx.__class__ is ast.Store:
            name = dotted(node)
            if name:
                yield name, node, False
        elif node.__class__ is ast.Call:
            owner, _, method = (dotted(node.func) or "").rpartition(".")
            if owner and method in (*ADDS, "extend", "add_module"):
                yield owner, node, True
