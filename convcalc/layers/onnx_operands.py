"""Operands of ONNX operators that a file holds, and the rule by which any reader of a file binds a node.

An argument has the name of the operator's attribute, or of its input, in the newest opset:

    an attribute                     ``axis=1``
    an input that says how           ``axes=(2,3)``, ``shape=(0,-1)``, ``k=5``: its values
    an operand held as values        ``B=0.5``: a number, or tuples of them within each other
    an operand held as a weight      ``B_shape=(1,64,1,1)``: a parameter, called B
    one of any number of operands    ``inputs_shape=(1,1,768) place=0``: where it stands, the last by default
    one of several outputs           ``output=1``, counted from 0: a call an output

What is not held is an input, in the operator's order: ``Sub(A=1.0)`` is 1 less the current value.
Operators from before, whose weights follow from their sizes, say ``filters``, ``units`` and ``bias``.
"""

from convcalc.layers import cells as cells
from convcalc.layers.kinds import KINDS, is_int
from convcalc.layers.shared import TIED
from convcalc.layers.site import Weight
from convcalc.values import BadValue

# Operands that there may be any number of.
VARIADIC = ("data_0", "inputs", "Inputs")
# What is no literal of a number.
WORDS = ("inf", "-inf", "nan")
DEEPEST = 8


class Nested(tuple):
    """Values within each other, written in full.

    >>> str(Nested((1.0, Nested((2, 3)))))
    '(1.0,(2,3))'
    """

    __slots__ = ()

    def __str__(self):
        return f"({','.join(map(str, self))}{',' if len(self) == 1 else ''})"

    __repr__ = __str__


def constant(value, rank, choices, call, framework, depth=0):
    """Check an operand's values: a number, a truth value, inf, -inf or nan; or tuples within each other, all alike."""
    kind = value.__class__
    if kind in (int, float) or (kind is str and value in WORDS):
        return value
    if kind is bool:
        return int(value)
    if kind in (tuple, Nested) and depth < DEEPEST:
        items = Nested(constant(each, rank, choices, call, framework, depth + 1) for each in value)
        if len({extent(each) for each in items}) < 2:
            return items
    raise BadValue("must be a number, or tuples of them of equal lengths")


def extent(value):
    """Return the shape of an operand's values.

    >>> extent(0.5), extent(((1, 2, 3), (4, 5, 6)))
    ((), (2, 3))
    """
    if not isinstance(value, tuple):
        return ()
    return (len(value), *extent(value[0])) if value else (0,)


def single(value, rank, choices, call, framework):
    """Check an integer, which a file has as a tensor of one value too."""
    value = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    if not is_int(value):
        raise BadValue("must be an integer")
    return value


KINDS.update(constant=constant, single=single)


def held(*names):
    """Return the signature of operands that a file may hold."""
    values = " ".join(f"{name}:constant=none" for name in names)
    return f"{values} {' '.join(f'{name}_shape:dims=none' for name in names)} {TIED}"


def lowered(*names):
    """Return the aliases of operands: their names in lower case."""
    return {key: key.lower() for name in names for key in (name, f"{name}_shape")}


def names_of(args):
    """Return the operands that a file may hold, in the operator's order."""
    return [key[:-6] for key in args if key[-6:] == "_shape"]


def given(args, name):
    """Tell whether an operand is held by the file."""
    return args[name] is not None or args[f"{name}_shape"] is not None


def arranged(args, inputs, make):
    """Return the operands in the operator's order: the inputs, and what `make(name)` says of those held."""
    names = names_of(args)
    if names and names[0] in VARIADIC:
        found = list(inputs)
        if given(args, names[0]):
            place = args.get("place", -1)
            found.insert(place if place >= 0 else len(found) + 1 + place, make(names[0]))
        return found
    left = iter(inputs)
    return [make(name) if given(args, name) else next(left) for name in names]


def shape_of(args, name):
    """Return the shape of an operand that is held."""
    shape = args[f"{name}_shape"]
    return extent(args[name]) if shape is None else shape


def operands(site):
    """Return ``(shapes, weights)``: of all operands in the operator's order, and those of them that are weights."""
    a = site.args
    names = names_of(a)
    taken = [name for name in names if given(a, name)]
    for name in taken:
        if a[name] is not None and a[f"{name}_shape"] is not None:
            raise site.illegal(
                f"{site.type}'s {name} is either its values or a weight of a shape.",
                f"Leave out {name}, or {name}_shape.",
                key=name,
            )
    count = len(site.shapes) + len(taken)
    if names[0] in VARIADIC:
        if not -count <= a.get("place", -1) < count:
            raise site.illegal(f"{site.type} has {count} operands, and no place {a['place']}.", key="place")
    elif count != len(names):
        many = {2: "two", 3: "three"}[len(names)]
        raise site.illegal(
            f"{site.type} takes exactly {many} inputs, not {count}.",
            f"Label an earlier layer and name it: conv2d 8 3 pad=same @a | relu | {site.layer.word} @a; "
            f"or give one: {names[-1].lower()}=2.",
        )
    weights = tuple(Weight(n, tuple(a[f"{n}_shape"])) for n in taken if a[f"{n}_shape"] is not None)
    return tuple(arranged(a, site.shapes, lambda name: shape_of(a, name))), weights
