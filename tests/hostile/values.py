"""Values for arguments: legal ones by their kind, and hostile ones of every kind, as text."""

import random


class Chance(random.Random):
    """A source of chance; `wild`, from 0 to 1, is how far from the usual its values go.

    A draw from a few is half of what a case costs to make; what is uneven about these shows from 2**53 on.
    """

    wild = 1.0

    def choice(self, options):
        """Return one of the options."""
        return options[int(self.random() * len(options))]

    def randrange(self, start, stop=None):
        """Return an integer below `start`, or from `start` up to and without `stop`."""
        if stop is None:
            return int(self.random() * start)
        return start + int(self.random() * (stop - start))


# Integers at the edges of what is legal, of what a machine word holds, and of what work can bear.
INTS = (0, 1, 2, 3, 4, 7, 8, 16, 64, 100, 255, 1000, -1, -2, -7, 65536, 10**9, 2**31 - 1, 2**31, 2**53 + 1, 10**18)
EDGES = (2**62, 2**63 - 1, 2**63, -(2**63), 10**19, 10**40, 2**32 + 1, 46341, 999999937)
SMALL = (1, 1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9)
# Texts that are read in a call and in a terse spec.
BOTH = (
    "True", "False", "None", "true", "false", "none", "1.5", "-0.0", "1e-320", "1e308", ".5", "2.", "1e999",
    "'same'", "same", '"valid"', "causal", "''", "()", "(3,)", "(3,3)", "(3,3,3)", "(1,2,3,4)", "[2,2]",
    "((0,1),(2,3))", "((1,),(2,))", "(1,(2,3))", "(-1,4)", "(0,0)", "(None,3)", "(True,3)", "(1.5,2)",
    "(3," * 8 + ")" * 8, "l2(1e-4)", "truncated_normal(stddev=0.02)", "HeNormal(seed=1)", "relu", "nn.ReLU()",
    "mylib.inits:Orthonormal(gain=2)", "os.system('x')", "channels_first", "channels_last", "H", "'\\x1b[31m'",
    "'[bold]x[/]'", "'\u202ex'", "0", "-1", "9223372036854775807", "9223372036854775808", "00003",
    "relu(max_value=6)", "leaky_relu(-1)", "(9223372036854775807,)*2",
)  # fmt: skip
TERSE = (
    "3x3",
    "0x3",
    "1x2x3",
    "3x3x3x3",
    "0:1",
    "0:1x0:1",
    "-1:2",
    "1:2:3",
    "0:1,2",
    "7x",
    "x7",
    "1x0",
    "same_upper",
    "1_0",
    "+3",
    "0b1",
)
CALL = (
    "3*3",
    "9**9**9",
    "1+1",
    "-(-1)",
    "0xff",
    "1j",
    "...",
    "b'x'",
    "f'{1}'",
    "lambda: 1",
    "[i for i in x]",
    "{}",
    "{'a': 1}",
    "*[1]",
    "x.y",
)


def integer(chance):
    """Return an integer: most often a small one."""
    draw = chance.random() * chance.wild
    if draw < 0.7:
        return chance.choice(SMALL)
    return chance.choice(INTS if draw < 0.95 else EDGES)


def sizes(chance, rank, call):
    """Return a size for all axes, or one each; sometimes too few or too many."""
    if chance.random() < 0.6 or rank is None:
        return str(integer(chance))
    count = rank if chance.random() < 0.85 else chance.randrange(5)
    each = [str(integer(chance)) for _ in range(count)]
    if call or chance.random() < 0.2 or count < 2:
        return f"({','.join(each)}{',' if count == 1 else ''})"
    return "x".join(each)


def cells(chance, rank, call):
    """Return cells of padding: a number, one an axis, or before and after."""
    draw = chance.random()
    if draw < 0.4:
        return str(integer(chance))
    if draw < 0.6:
        return sizes(chance, rank, call)
    pairs = [(chance.choice((0, 1, 2, 3, -1)), integer(chance)) for _ in range(rank or 2)]
    if call:
        if draw < 0.8:
            return f"({', '.join(f'({low}, {high})' for low, high in pairs)})"
        return f"({', '.join(str(n) for pair in pairs for n in pair)})"
    return "x".join(f"{low}:{high}" for low, high in pairs)


def listed(chance, low, high):
    """Return a tuple of integers."""
    return "(" + "".join(f"{integer(chance)}," for _ in range(chance.randrange(low, high))) + ")"


NAMES = {
    "initializer": (
        "he_normal",
        "zeros",
        "glorot_uniform",
        "truncated_normal(stddev=0.02)",
        "VarianceScaling(2.0)",
        "nothing",
    ),
    "regularizer": ("l2", "l1", "l2(1e-4)", "l1_l2(l1=1e-5)", "L2(0.1)", "l3"),
    "constraint": ("max_norm", "non_neg", "unit_norm", "MaxNorm(2)", "none_such"),
    "activation": (
        "relu",
        "gelu",
        "softmax",
        "relu(max_value=6)",
        "leaky_relu",
        "linear",
        "glu",
        "nn.ReLU()",
        "swoosh",
    ),
}
COUNTS = ("count", "count0", "int", "nonzero", "groups", "features", "length")
SIDES = ("padding", "pairs", "pads", "sides", "cells", "ends")
LISTS = ("integers", "target", "order", "axes", "list", "list0", "lengths")


def legal(chance, param, rank, call):
    """Return the text of a value of the parameter's own kind, or near it."""
    kind, _, choices = param.kind.partition("(")
    kind, choices = kind.rstrip("?"), choices.rstrip(")").split("|")
    if kind in ("any", "object") and chance.random() * chance.wild < 0.4:
        return chance.choice(("none", "'a'", "1") if kind == "any" else ("cpu", "'float32'"))
    if kind == "named":
        return chance.choice(NAMES[choices[0]])
    if kind in SIDES and (not choices[0] or chance.random() < 0.5):
        return cells(chance, rank, call)
    if kind in ("bool", "flag"):
        return chance.choice(("true", "false", "True", "False", "1", "0", "None"))
    if kind in COUNTS:
        return str(integer(chance))
    if kind.startswith("sizes"):
        return sizes(chance, rank, call)
    if kind in ("number", "numbers", "factors", "fill"):
        return chance.choice(("0.5", "2", "0", "1", "1e-3", "-1", "3.7", "0.1", "(2,0.5)", "1e30", "(1,1,2,2)"))
    if kind in LISTS:
        return listed(chance, 0, 5) if chance.random() < 0.8 else str(integer(chance))
    if choices[0] and not choices[0].isdigit():
        word = chance.choice(choices)
        return f"'{word}'" if call or chance.random() < 0.1 else word
    return hostile(chance, call)


def hostile(chance, call):
    """Return the text of a value of any kind."""
    if chance.random() < 0.25:
        return str(chance.choice(INTS + EDGES))
    return chance.choice(chance.choice((BOTH, CALL if call else TERSE)))
