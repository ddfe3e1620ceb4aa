"""Mutations of texts: by characters, by words, and by the pieces that mean something to a reader."""

import re

PIECES = [
    *"()[]{}|@*=,:^+-/x#'\"\\ \n\t\r.0i_?", "->", "1", "3x3", "conv2d", "relu(", "Sequential(", "nn.", "keras.",
    '"""', "9999999999999999999", "1e999", "0x", "lambda:", "] * 3", "add", "from=@", "name=", "* 3", "**", "not ",
    "act ", "import ", "(0): ", " (0-3): 4 x ", "] * 9999", "H", "N", "@input", "None", "-1", "\ufeff", "\u00a0",
    "\u0441", "\ud8ff", "\0", "\udcff", "\x1b[2J", "\u202e", "\u0663", "\uff13", "\u017f", "\u200b", "-" * 50,
    "(" * 60, "9" * 20, "9223372036854775807", "2^63", "1_0", "True", "k=0", "k=1000000000000000000", "s=0", "g=0",
    "pad=same", "d=2^i", "f=0",
]  # fmt: skip
VALUES = (
    0,
    1,
    1,
    2,
    2,
    3,
    3,
    4,
    5,
    6,
    7,
    8,
    16,
    31,
    64,
    100,
    1000,
    4097,
    20_001,
    10**5,
    10**9,
    2**31,
    2**32 + 1,
    10**18,
    2**63 - 1,
    2**63,
    "-1",
    "i",
)
# An integer, but how often a block is repeated: that many layers are read each time.
NUMBER = re.compile(r"(?<![\w.])(?<!\] \* )\d+").finditer
WORD = re.compile(r"\w+|\s+|[^\w\s]").findall
LONGEST = 1 << 17


def mutated(chance, text, others=()):
    """Return `text` with a few pieces cut, put in, repeated, exchanged or replaced."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        text = once(chance, text, others)
    return text if len(text) <= LONGEST else text[:LONGEST]


def once(chance, text, others):
    """Return `text` after one mutation."""
    kind = chance.random()
    if kind < 0.3:
        return number(chance, text)
    if kind < 0.5:
        return words(chance, text, others)
    kind = (kind - 0.5) * 2
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.randrange(1, 8))
    if kind < 0.25:
        return text[:start] + text[end:]
    if kind < 0.5:
        return text[:start] + chance.choice(PIECES) + text[start:]
    if kind < 0.7:
        return text[:start] + chance.choice(PIECES) + text[end:]
    if kind < 0.85 and others:
        other = chance.choice(others)
        cut = chance.randrange(len(other) + 1)
        return text[:start] + other[cut : cut + chance.randrange(40)] + text[start:]
    if kind < 0.9:
        return text[:start] + text[start:end] * chance.choice((2, 3, 20, 300)) + text[end:]
    point = chance.choice(
        (chance.randrange(128), chance.randrange(128), chance.randrange(0x300), chance.randrange(0x110000))
    )
    return text[:start] + chr(point) + text[end:]


def number(chance, text):
    """Return `text` with one of its integers exchanged: what reads it stays the same."""
    found = list(NUMBER(text[:4000]))
    if not found:
        return text
    start, end = chance.choice(found).span()
    return text[:start] + str(chance.choice(VALUES)) + text[end:]


def words(chance, text, others):
    """Return `text` with one word or mark of it cut, doubled, exchanged for another, or put elsewhere."""
    parts = WORD(text[:4000])
    if not parts:
        return chance.choice(PIECES)
    rest = text[4000:]
    at = chance.randrange(len(parts))
    kind = chance.randrange(5)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, parts[at])
    elif kind == 2:
        other = chance.randrange(len(parts))
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 3:
        parts[at] = chance.choice(PIECES)
    else:
        parts[at] = chance.choice(WORD(chance.choice(others)) or PIECES) if others else parts[at].swapcase()
    return "".join(parts) + rest
