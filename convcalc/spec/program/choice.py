"""Which of a program's networks is meant, and that one as the layers that a spec is read into."""

import ast
import re

from convcalc.errors import ConvcalcError, SpecError, suggestion
from convcalc.spec.code import Source, dotted
from convcalc.spec.pattern import Pattern
from convcalc.spec.program.definitions import Program
from convcalc.spec.program.statements import Candidate
from convcalc.spec.program.things import Chain, Failed, Model, Unit
from convcalc.spec.program.write import raws_of
from convcalc.spec.scan import shown

MOST_LISTED = 12
WOULD_DO = (
    "It has to define a keras.Sequential([...]), a model = Sequential() that layers are added to, "
    "an nn.Sequential(...), or a keras.Model(inputs, outputs)."
)
_DEFINES = Pattern(r"^(?:import|from|def|class)\s+\w", re.MULTILINE | re.ASCII)


def read_program(text, names=None, choice=None, how=""):
    r"""Return the layers of the network that a program defines, None where it defines none.

    Parameters
    ----------
    text : str
        Python source.
    names : callable, optional
        Returns the words to suggest for an unknown one.
    choice : str, optional
        The name of the network, where there are several: ``net``, ``Net.features``.
    how : str
        What to say of how one is chosen.

    Returns
    -------
    tuple of Raw or None

    Examples
    --------
    >>> text = "import keras\nn = 10\nmodel = keras.Sequential()\nmodel.add(keras.layers.Dense(n))"
    >>> [(layer.name, layer.args[0].value) for layer in read_program(text)]
    [('Dense', 10)]
    """
    source = Source(text, 0)
    try:
        program = Program(source, names)
        body = source.tree("exec")
        program.read(body)
        program.note(body)
        if program.given:
            # What its functions are called with is known only now.
            given = program.given
            program = Program(source, names)
            program.given = given
            program.read(body)
        found = chosen(program, body, choice, how)
        if found is None:
            return None
        if found.thing.__class__ is Failed:
            raise found.thing.needed()
        return raws_of(program, found.thing)
    except ConvcalcError as error:
        raise error.at(text=text) from None


def instead(text, names):
    """Return the layers of a text that is no spec but may be a program; None where it is no program either.

    What is wrong with it is only told where it is one beyond doubt: of more statements than one.
    """
    try:
        body = Source(text, 0).tree("exec")
    except SpecError:
        if _DEFINES.search(text):
            return read_program(text, names)
        return None
    own = [one for one in body if one.__class__ not in (ast.Import, ast.ImportFrom)]
    if len(body) < 2 and not any(hasattr(one, "body") for one in own):
        made = getattr(own[0], "value", None) if own else None
        if made.__class__ is not ast.Call or dotted(made.func) is not None:
            return None
    found = read_program(text, names)
    if found is None and _DEFINES.search(text):
        raise SpecError("syntax", "This is a program without a Sequential or a model.", hint=WOULD_DO, text=text)
    return found


def chosen(program, body, choice, how):
    """Return the one candidate that is meant, None where there is none at all."""
    found = program.candidates or straight(program, body)
    if choice is not None:
        named = [one for one in found if one.name == choice] or [
            one for one in found if one.name.endswith(f".{choice}") or one.name.rpartition(".")[2] == choice
        ]
        if not named and choice in program.withheld:
            raise program.withheld[choice].needed()
        if not named:
            known = listed(found) or "none"
            raise SpecError(
                "usage",
                f"No Sequential and no model of it is called {shown(choice)}.",
                hint=suggestion(choice, [one.name for one in found]) or f"There are: {known}.",
            )
        found = named
    else:
        # What is a part of something else is not what the program is for.
        found = [one for one in found if not getattr(one.thing, "used", False)] or found
    things = {id(one.thing) for one in found}
    if len(things) > 1:
        raise SpecError(
            "usage",
            f"{len(things)} networks are defined here: {listed(found)}.",
            hint=how or "Give one of them: save the text, and name it as in model.py:net.",
        )
    return found[-1] if found else None


def straight(program, body):
    """Return the one network of a program that makes none: of layers called on an input, or of layers alone."""
    if program.nodes:
        inputs = [index for index, node in enumerate(program.nodes) if not node.inputs]
        if program.latest is None or len(inputs) != 1 or program.latest.index == inputs[0]:
            return []
        unit = program.nodes[program.latest.index].unit
        return [Candidate("outputs", Model(inputs, [program.latest.index], (unit.layer.name_span[0], unit.end)), 1)]
    own = [one for one in body if one.__class__ not in (ast.Import, ast.ImportFrom)]
    if not own or not all(one.__class__ in (ast.Expr, ast.Assign) for one in own):
        return []
    units = [program.attempt(one.value) for one in own]
    if not all(unit.__class__ is Unit for unit in units):
        return []
    # Each takes what the one before it makes, as in a spec.
    return [Candidate("layers", Chain("keras", [(None, unit) for unit in units], (0, 1)), 1)]


def listed(candidates):
    """Return names with their lines, not too many."""
    words = [f"{one.name} (line {one.line})" for one in candidates[:MOST_LISTED]]
    if len(candidates) > MOST_LISTED:
        words.append(f"{len(candidates) - MOST_LISTED} more")
    return ", ".join(words)
