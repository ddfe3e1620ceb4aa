"""Labels: ``@name`` after a layer, ``name=x``, and what refers to them, operands and ``from=@name``.

A name of other characters stands in quotes: ``@'my conv'``. Each function takes the `Reader` of the text; those that
read return the position after it.
"""

import re

from convcalc.errors import SpecError, suggestion
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import shown
from convcalc.spec.values import unquoted
from convcalc.values import INPUT

# The names, in lower case, of the layers that take several inputs.
MERGES = frozenset(
    {
        *("add", "sum", "subtract", "sub", "multiply", "mul", "div", "average", "avg", "mean"),
        *("maximum", "max", "minimum", "min", "concatenate", "concat", "cat", "bilinear"),
        *("scaledsum", "customscalelayer", "unknown", "matmul", "einsum", "attention", "gather", "where", "mod"),
        *("divide", "pow", "power", "equal", "greater", "less", "and", "or", "xor"),
        *("greaterorequal", "greater_or_equal", "lessorequal", "less_or_equal"),
    }
)
# In place of a source: nothing says what feeds the layer.
UNFED = -2
# The words that begin an input and an output line; no layer has them.
LINE = INPUT
OUTPUTS = "output"
OWN_KEYS = frozenset(("name", "from"))  # keys of every layer, read here

_LABEL = Pattern(
    r"@(?:([A-Za-z_]\w*+(?:\.\w\w*+)*+)|('(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\"))(?=[ \t\n|\[\],]|->|\Z)",
    re.ASCII | re.DOTALL,
)
_UNFED = Pattern(r"\?(?=[ \t\n|\[\],]|->|\Z)")


def replace(reader, pos, start):
    """Read the label after ``from=``, which takes the place of the current value."""
    layer = reader.layer
    match = _LABEL.match(reader.plain, start) or _UNFED.match(reader.plain, start)
    if match is None:
        end = max(start, len(reader.plain))
        end = start + len(reader.plain[start:end].split(" ")[0])
        raise SpecError(
            "syntax",
            "from takes a label.",
            hint="Write from=@name, from=@input for the network's input, or from=? where it is not known.",
            span=(pos, end),
        )
    if layer.source is not None:
        raise SpecError("duplicate_key", "from is given twice.", span=(pos, match.end()))
    layer.source = UNFED if match[0] == "?" else resolve(reader, name_in(match), (start, match.end()))
    reader.after_act = False
    reader.end = match.end()
    return match.end()


def label(reader, pos):
    """Read ``@name``: an operand of a merge, the label of any other layer."""
    match = _LABEL.match(reader.plain, pos)
    layer = reader.layer
    if match is None:
        raise SpecError(
            "syntax",
            "A label is @ and a name of letters, digits and _.",
            hint="Put another name in quotes, as in @'my conv'.",
            span=(pos, pos + 1),
        )
    end = match.end()
    if layer is None:
        raise SpecError(
            "syntax",
            f"{shown(match[0])} stands after no layer.",
            hint="A label follows the layer whose output it names.",
            span=(pos, end),
        )
    is_merge = reader.is_merge
    if layer.name == OUTPUTS or (layer.name.lower() in MERGES if is_merge is None else is_merge(layer.name)):
        layer.operands = layer.operands or []
        layer.operands.append(resolve(reader, name_in(match), (pos, end)))
    else:
        set_label(reader, name_in(match), (pos, end))
    reader.after_act = False
    reader.end = end
    return end


def name_in(match):
    """Return the name that a label has, without its quotes."""
    return match[1] or unquoted(match[2])


def set_label(reader, name, span):
    """Label the layer being read, once, with a name that its level does not have yet."""
    layer = reader.layer
    if name == "" or (name == INPUT == layer.name and not reader.layers):
        return  # Keras takes an empty name for none; the first input has this one anyway.
    if layer.label is not None:
        raise SpecError("duplicate_key", f"This layer has a name already, {shown(layer.label)}.", span=span)
    check_label(name, name.__class__ is str and reader.scopes[-1].get(name, (0, False))[1], span)
    layer.label = name


def check_label(name, taken, span):
    """Raise for what cannot be a label here."""
    if name.__class__ is not str or not name:
        raise SpecError("bad_value", "A layer's name is a word.", span=span)
    if name == INPUT:
        raise SpecError(
            "bad_value",
            "'input' always names the network's first input.",
            hint="Choose another label.",
            span=span,
        )
    if taken:
        raise SpecError(
            "duplicate_key",
            f"An earlier layer is called {shown(name)}.",
            hint="Give each layer a name of its own.",
            span=span,
        )


def resolve(reader, name, span):
    """Return the index of the layer that `name` stands for here, the innermost one first."""
    if name == INPUT:
        return -1 if not reader.layers or reader.layers[0].name != INPUT else 0
    for scope in reversed(reader.scopes):
        if name in scope:
            return scope[name][0]
    known = [known for scope in reader.scopes for known in scope]
    hint = "A label stands before its use, as in relu @a | add @a."
    if reader.layer is not None and reader.layer.operands and reader.layer.name != OUTPUTS:
        hint = f"Every label on a merge is one more input of it; what it makes is named with name={name}."
    raise SpecError(
        "unknown_label",
        f"No earlier layer is called {shown(name)}.",
        hint=suggestion(name, known) or hint,
        span=span,
    )
