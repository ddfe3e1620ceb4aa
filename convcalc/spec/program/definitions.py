"""Functions and classes of a program: each read by itself, with what is known of its arguments."""

import ast

from convcalc.errors import ConvcalcError, SpecError
from convcalc.spec.code import dotted
from convcalc.spec.program.statements import FUNCTIONS, Statements
from convcalc.spec.program.things import Defined, Failed
from convcalc.spec.scan import shown
from convcalc.spec.values import split_prefix


class Program(Statements):
    """What reads one program.

    Attributes
    ----------
    last : dict
        What names stood for at the end of the function that was read last.
    """

    def __init__(self, source, names=None):
        super().__init__(source, names)
        self.last: dict = {}

    def read(self, body):
        """Read statements, then the functions and classes among them, which see every name that those give."""
        later: list = []
        for statement in body:
            kind = statement.__class__
            if kind in FUNCTIONS or kind is ast.ClassDef:
                later.append(statement)
                self.scopes[-1][statement.name] = Defined(statement.name)
            else:
                self.statement(statement)
        for statement in later:
            if statement.__class__ is ast.ClassDef:
                self.class_(statement)
            else:
                self.function_(statement)

    def function_(self, statement, owner=None):
        """Read a function by itself: its arguments are their defaults, or not known."""
        scope: dict = {}
        arguments = statement.args
        named = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(named) - len(arguments.defaults)) + arguments.defaults
        for arg, default in [*zip(named, defaults, strict=True),
                             *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:  # fmt: skip
            if arg.arg == "self":
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

    def class_(self, statement):
        """Read a class: what its methods give to `self`, `__init__` first."""
        scope: dict = {}
        self.scopes.append(scope)
        self.path.append(statement.name)
        kind = any(split_prefix(self.full(dotted(base) or ""))[1] == "Sequential" for base in statement.bases)
        for method in sorted(
            (one for one in statement.body if one.__class__ in FUNCTIONS), key=lambda one: one.name != "__init__"
        ):
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
