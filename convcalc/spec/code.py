"""Pasted code, one call at a time: Python parses it into a tree, which is read as data and never run.

Only these nodes are known: calls, numbers, strings, None, True, False, tuples, lists, a minus sign
before a number, arithmetic on numbers, and dotted names, which stand for themselves. Everything else is refused.
"""

import ast
import warnings
from math import isfinite
from os import devnull

from convcalc.errors import SpecError
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import LARGEST, shown
from convcalc.spec.tree import Arg, Named
from convcalc.spec.values import split_prefix

_REFUSED = {
    ast.Starred: ("A starred argument", "Write the arguments themselves."),
    ast.Lambda: ("A lambda", "Only names and numbers are read."),
    ast.JoinedStr: ("An f-string", "Write the string itself."),
    **dict.fromkeys(
        (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp),
        ("A comprehension", "Write [ ... ] * 3 around terse layers."),
    ),
    ast.Dict: ("A dict", "Give the arguments one by one."),
    ast.Set: ("A set", "Write a tuple, as in (3, 3)."),
    ast.Subscript: ("An index", "Write its value."),
    ast.BinOp: ("Arithmetic", "Write its result."),
}

MISSING = object()  # what stands where a program says nothing of a name
# Escapes in strings and letters after digits: what Python may warn of while it parses.
_WARNED = Pattern(r"\\|\b[0-9][0-9._]*[A-Za-z]")


class Source:
    """A piece of code, the tree that Python makes of it, and where both stand in the spec's text.

    Parameters
    ----------
    text : str
        The code alone.
    start : int
        Where it begins in the spec.
    bare_words : bool
        Whether a bare word is a string, as in what torch prints.
    """

    __slots__ = ("bare_words", "lines", "names", "simple", "start", "text")

    def __init__(self, text, start, bare_words=False):
        self.text = text
        self.start = start
        self.bare_words = bare_words
        self.names = None  # what a name stands for in a program, `MISSING` where nothing says
        self.simple = "\n" not in text and text.isascii()  # then columns are positions
        self.lines = None  # (where a line begins, its length, code points by byte where they differ)

    def tree(self, mode="eval"):
        """Return the tree of the expression, or of a program; every way in which Python fails is one error."""
        try:
            # Python opens the file of this name to show a line of a program that is wrong.
            if not _WARNED.search(self.text):
                return ast.parse(self.text, devnull, mode).body
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text, devnull, mode).body
        except SyntaxError as error:
            raise self.syntax_error(error) from None
        except (RecursionError, MemoryError):
            what = "is nested too deeply"
        except ValueError:
            what = "holds a character or a number that Python does not take"
        raise SpecError(
            "syntax",
            f"The {'call' if mode == 'eval' else 'program'} {what}.",
            span=(self.start, self.start + len(self.text)),
        )

    def syntax_error(self, error):
        """Return our error for Python's, at the same place."""
        start = self.place(error.lineno or 1, (error.offset or 1) - 1, points=True)
        end = start + 1
        if error.end_offset and error.end_lineno == error.lineno and error.end_offset > error.offset:
            end = self.place(error.lineno, error.end_offset - 1, points=True)
        end = min(max(end, start + 1), self.start + len(self.text))
        late = "positional argument follows keyword" in (error.msg or "")
        hint = "Positional arguments come first." if late else None
        if (error.msg or "").startswith("Exceeds the limit"):  # of digits that Python reads
            whole = (self.start, self.start + len(self.text))
            return SpecError("bad_value", "An integer here is over 2^63 - 1.", span=whole)
        what = (error.msg or "invalid syntax").rstrip(".?")
        return SpecError("syntax", f"Python cannot read this call: {what}.", hint=hint, span=(min(start, end - 1), end))

    def place(self, line, column, points=False):
        """Return the position in the spec of a line and column as Python counts them.

        The tree counts columns in UTF-8 bytes, an error in code points.
        """
        if self.simple:
            return self.start + min(max(column, 0), len(self.text))
        if self.lines is None:
            self.lines = []
            begin = 0
            for row in self.text.split("\n"):
                self.lines.append((begin, len(row), None if row.isascii() else _points(row)))
                begin += len(row) + 1
        begin, width, at = self.lines[min(max(line, 1), len(self.lines)) - 1]
        if at is not None and not points:
            column = at[min(max(column, 0), len(at) - 1)]
        return self.start + begin + min(max(column, 0), width)

    def span(self, node):
        """Return where a node stands in the spec."""
        if self.simple:
            return self.start + node.col_offset, self.start + node.end_col_offset
        return (
            self.place(node.lineno, node.col_offset),
            self.place(node.end_lineno, node.end_col_offset),
        )

    def piece(self, span):
        """Return the text of a span."""
        return self.text[span[0] - self.start : span[1] - self.start]

    def refused(self, node):
        """Return the error for a node that is not read."""
        what, hint = _REFUSED.get(node.__class__, ("This", "Only names, numbers, strings and tuples are read."))
        inner = node.value if node.__class__ is ast.Starred else node
        if inner.__class__ is ast.BinOp and ast.List in (inner.left.__class__, inner.right.__class__):
            what, hint = "A list times a number", "Write [ ... ] * 3 around terse layers."
        return SpecError("syntax", f"{what} cannot be read as data.", hint=hint, span=self.span(node))


def _points(row):
    """Return for each byte of a line in UTF-8, and its end, the code point that it belongs to."""
    at = []
    for place, char in enumerate(row):
        at.extend([place] * len(char.encode(errors="replace")))
    at.append(len(row))
    return at


def dotted(node):
    """Return the dotted name that a node is, or None."""
    words = []
    while node.__class__ is ast.Attribute:
        words.append(node.attr)
        node = node.value
    if node.__class__ is not ast.Name:
        return None
    words.append(node.id)
    return ".".join(reversed(words))


def arguments(source, call):
    """Return the arguments of a call, positional ones first."""
    args = [Arg(None, value(source, node), source.span(node), None) for node in call.args]
    for keyword in call.keywords:
        start = source.place(keyword.lineno, keyword.col_offset)
        if keyword.arg is None:
            raise SpecError(
                "syntax",
                "** cannot be read as data.",
                hint="Give the arguments one by one.",
                span=(start, start + 2),
            )
        args.append(
            Arg(
                keyword.arg,
                value(source, keyword.value),
                source.span(keyword.value),
                (start, start + len(keyword.arg)),
            )
        )
    return args


class _Build:
    """A tuple, named thing or operation whose parts are on the stack before it is made."""

    __slots__ = ("keys", "name")

    def __init__(self, name, keys):
        self.name = name
        self.keys = keys  # None for a tuple's items: else (key, span, key_span) of each part


def value(source, node):
    """Return the value that a node stands for; a stack in place of recursion."""
    if node.__class__ is ast.Constant:  # what nearly every argument is
        return _constant(source, node)
    waiting = [node]
    made: list = []
    while waiting:
        node = waiting.pop()
        kind = node.__class__
        if kind is _Build:
            parts = made[len(made) - len(node.keys) :]
            del made[len(made) - len(node.keys) :]
            if node.name is None:
                made.append(tuple(parts))
            elif node.name.__class__ is ast.BinOp:
                from convcalc.spec.program.arithmetic import arithmetic

                made.append(arithmetic(source, node.name, *parts))
            else:
                args = [
                    Arg(key, part, span, key_span) for part, (key, span, key_span) in zip(parts, node.keys, strict=True)
                ]
                prefix, name = split_prefix(node.name)
                made.append(Named(name, tuple(args), prefix))
        elif kind is ast.Constant:
            made.append(_constant(source, node))
        elif kind is ast.Tuple or kind is ast.List:
            waiting.append(_Build(None, node.elts))
            waiting.extend(reversed(node.elts))
        elif kind is ast.UnaryOp:
            made.append(_negative(source, node))
        elif kind is ast.Name or kind is ast.Attribute:
            made.append(_name(source, node))
        elif kind is ast.BinOp and not source.bare_words:
            waiting += (_Build(node, (None, None)), node.right, node.left)
        elif kind is ast.Call:
            name = dotted(node.func)
            if name is None:
                raise source.refused(node)
            keys: list = [(None, source.span(arg), None) for arg in node.args]
            for keyword in node.keywords:
                start = source.place(keyword.lineno, keyword.col_offset)
                if keyword.arg is None:
                    raise source.refused(keyword.value)
                key_span = (start, start + len(keyword.arg))
                keys.append((keyword.arg, source.span(keyword.value), key_span))
            waiting.append(_Build(name, keys))
            waiting.extend(reversed([*node.args, *[keyword.value for keyword in node.keywords]]))
        else:
            raise source.refused(node)
    return made[0]


def _constant(source, node):
    """Return a number, string, bool or None, refusing what only Python would call a number."""
    it = node.value
    kind = it.__class__
    if it is None or kind is bool or kind is str:
        return it
    span = source.span(node)
    if kind is int or kind is float:
        written = source.piece(span)
        if kind is int and not written.isdecimal():
            hint = f"Write {it}." if it <= LARGEST else None
            raise SpecError("bad_value", "Integers are written in plain digits.", hint=hint, span=span)
        if kind is float and "_" in written:
            raise SpecError("bad_value", "Numbers are written in plain digits.", hint=f"Write {it}.", span=span)
        if kind is int and it > LARGEST:
            raise SpecError("bad_value", f"{shown(written)} is over 2^63 - 1.", span=span)
        if kind is float and not isfinite(it):
            raise SpecError("bad_value", f"{shown(written)} is over what a float holds.", span=span)
        return it
    what = "..." if it is Ellipsis else "A complex number" if kind is complex else "A bytes string"
    raise SpecError("syntax", f"{what} is no value of a layer.", span=span)


def _negative(source, node):
    """Return a number with its minus sign."""
    inner = node.operand
    if node.op.__class__ is ast.USub:
        if inner.__class__ is ast.Constant:
            number = _constant(source, inner)
            if number.__class__ is int or number.__class__ is float:
                return -number
        if source.bare_words and inner.__class__ is ast.Name and inner.id == "inf":
            return -float("inf")
    hint = None
    if node.op.__class__ is ast.UAdd:
        hint = "Write the number without a plus sign."
    raise SpecError("syntax", "Only a number takes a minus sign.", hint=hint, span=source.span(node))


def _name(source, node):
    """Return the string that a name stands for: a dotted one its own text, a bare one only where it may."""
    name = dotted(node)
    if name is None:
        raise source.refused(node)
    if source.names is not None:
        found = source.names(name)
        if found is not MISSING:
            return found
    if source.bare_words:
        return float(name) if name in ("inf", "nan") else name
    if "." in name:
        return name
    raise SpecError(
        "bad_value",
        f"{shown(name)} is a variable here, and its value is not known.",
        hint="Write the value, in quotes if it is a word.",
        span=source.span(node),
    )
