"""The regular expressions: none holds what Pythons before 3.11.5 get wrong, as Debian's own is."""

import importlib
import pkgutil
import re
from re import _constants as ops
from re import _parser as parser

import pytest

import convcalc
from convcalc.spec.pattern import Pattern

REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


def patterns():
    """Yield every compiled or lazy pattern of a module of the package, by its place."""
    for module in pkgutil.walk_packages(convcalc.__path__, "convcalc."):
        # What names a framework is nothing that reads text.
        if "against" in module.name or module.name.endswith(("__main__", "onnx.infer")):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Pattern):
                yield f"{module.name}.{name}", value.text, value.flags
            elif isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value.pattern, value.flags & re.VERBOSE


def forgets(items):
    """Tell whether a round may fail after a repeat or a look around: what it had read would stay read."""
    moved = False
    for op, argument in items:
        if op in REPEATS:
            least, _, inner = argument
            if least and (moved or len(inner) == 1):
                return True
            if forgets(inner):
                return True
            moved = True
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            return True
        elif op is ops.BRANCH:
            if moved or any(forgets(branch) for branch in argument[1]):
                return True
        elif op is ops.SUBPATTERN:
            if moved or forgets(argument[-1]):
                return True
        elif moved and op is not ops.AT:
            return True
    return False


def possessive(items):
    """Yield what is repeated possessively in a pattern, single characters aside."""
    for op, argument in items:
        if op is ops.POSSESSIVE_REPEAT and (len(argument[2]) > 1 or argument[2][0][0] in (ops.BRANCH, ops.SUBPATTERN)):
            yield argument[2]
        for inner in argument if isinstance(argument, (tuple, list)) else ():
            if isinstance(inner, parser.SubPattern):
                yield from possessive(inner)
            elif isinstance(inner, list):
                for branch in inner:
                    if isinstance(branch, parser.SubPattern):
                        yield from possessive(branch)
        if isinstance(argument, parser.SubPattern):
            yield from possessive(argument)


def wrong(text, flags=0):
    return [group for group in possessive(parser.parse(text, flags)) if forgets(group)]


@pytest.mark.parametrize(("text", "flags"), [pytest.param(*rest, id=place) for place, *rest in patterns()])
def test_no_possessive_group_forgets(text, flags):
    assert not wrong(text, flags)


@pytest.mark.parametrize(
    "text",
    [r"a(?:\.\w++)*+", r"1(?:[eE][-+]?\d++)?+", r'"""(?:[^"\\]|\\.|"(?!""))*+', r"(?:\n[ \t]*+[^\s()][^\n]*+)*+"],
)
def test_what_was_wrong_is_found(text):
    """Each of these reads other text in Python 3.11.2 than in 3.11.5."""
    assert wrong(text)


def test_what_is_right_is_let_through():
    for text in (r"a(?:\.\w\w*+)*+", r"1(?>(?:[eE][-+]?\d++)?)", r'"(?:[^"\\\n]|\\.)*+"', r"(?:[\s,]|\#[^\n]*+)*+\Z"):
        assert not wrong(text)


@pytest.mark.parametrize(
    ("pattern", "text", "end"),
    [
        ("values._WORD", "relu.", 4),
        ("values._WORD", "a:.b", 1),
        ("values._NUMBER", "2e5", 3),
        ("scan.QUOTED", '"""a"""b', 7),
    ],
)
def test_a_round_that_fails_reads_nothing(pattern, text, end):
    module, _, name = pattern.partition(".")
    found = getattr(importlib.import_module(f"convcalc.spec.{module}"), name)

    assert found.match(text).end() == end


def test_an_exponent_without_digits_is_no_number():
    from convcalc.spec import values

    assert values._NUMBER.match("2e") is None
