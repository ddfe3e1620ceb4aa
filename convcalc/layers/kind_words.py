"""What a user is told of the kinds of arguments: a closed list of words, and the words that may be given.

`kinds` checks by finer kinds, which say how a framework reads a value; these say what to give.
"""

# Said of a kind -> the kinds that it is said of. `schemas/list.json` says what each means.
WORDS = {
    "boolean": "bool flag",
    "integer": "count count0 int groups features single",
    "integers": "integers axes order bounds indices",
    "integer per axis": "sizes sizes0 sizes_list sizes0_list lengths",
    "number": "number nonzero fill",
    "numbers": "numbers nested constant",
    "number per axis": "factors",
    "cells per axis": "cells ends pads sides pairs",
    "padding": "padding pool_padding",
    "shape": "target told shapes dims",
    "word": "word exact cased layout",
    "name": "object tensor_type words equation",
    "any": "any",
}
SAID = {kind: word for word, kinds in WORDS.items() for kind in kinds.split()}
# Choices that say how a value is read, not what to give.
READ_AS = frozenset(("cut", "short"))


def told(kind):
    """Return ``(word, choices)`` of a kind as it is declared: what to give, and the words it is one of.

    Examples
    --------
    >>> told("sizes(one)"), told("padding(valid|same|cut)"), told("named(initializer)")
    (('integer per axis', ()), ('padding', ('valid', 'same')), ('initializer', ()))
    """
    name = kind.partition("(")[0].rstrip("?")
    choices = tuple(kind.partition("(")[2].rstrip(")").split("|"))
    if name == "named":
        return choices[0], ()
    word = SAID[name]
    if kind in ("nonzero(int)", "sizes(alone)"):
        word = "integer"
    if word not in ("word", "padding"):
        return word, ()
    return word, tuple(choice for choice in choices if choice and choice not in READ_AS)


def described(kind):
    """Return the keys of an argument's kind in JSON."""
    word, choices = told(kind)
    return {"kind": word, "choices": list(choices)} if choices else {"kind": word}
