"""The common case, one straight pass: layers, plain values and plain keys between single spaces.

Whatever else stands in a text is left to `parse.Reader`, which reads all texts and gives the same
layers for these; this pass only gives them several times as fast.
"""

from convcalc.errors import SpecError
from convcalc.spec.labels import OWN_KEYS
from convcalc.spec.tree import Arg, Raw
from convcalc.spec.values import CONSTANTS, read_value

ACTIVATIONS = frozenset(("act", "activation"))
_MOST_WORDS = 4096
_LONGEST_WORD = 40

# What values that are no words are made of; the text is known to be ASCII.
_FIRST = frozenset("-.0123456789")
_MARKS = str.maketrans("", "", "-.,:+")
# What single words have been read as: (key or None, value, where the value begins), True for what
# may be a layer's name, False for all that is not plain. Networks are made of few words.
_words: dict = {}
_OTHER = object()
_new = tuple.__new__


def read_common(text, is_layer):
    """Return the layers of a plain text, None for any other.

    >>> read_common("conv2d 32 k=3", {"conv2d"}.__contains__)[0].args[1].value
    3
    >>> read_common("conv2d 32 3 @a", {"conv2d"}.__contains__) is None
    True
    """
    layers: list = []
    args: list | None = None  # of the layer being read
    name = name_span = None
    begin = 0
    end = 0
    for word in text.split(" "):
        start = end
        end = start + len(word)
        read = read_word(word)
        if read is True:
            if not is_layer(word):
                return None
            if args is not None:
                span = (begin, start - 1)
                layers.append(
                    _new(Raw, (name, None, False, tuple(args), (len(layers) - 1,), None, span, name_span, None, False))
                )
            name = word
            args = []
            begin = start
            name_span = (start, end)
        elif read is False or args is None:
            return None
        else:
            key, value, at = read
            if key is None:
                args.append(_new(Arg, (None, value, (start, end), None)))
            else:
                at += start
                args.append(_new(Arg, (key, value, (at, end), (start, at - 1))))
        end += 1
    layers.append(
        _new(
            Raw,
            (name, None, False, tuple(args or ()), (len(layers) - 1,), None, (begin, end - 1), name_span, None, False),
        )
    )
    return tuple(layers)


def read_word(word):
    """Read one word without its surroundings: see `_words`."""
    read = _words.get(word)
    if read is not None:
        return read
    read = _read_word(word)
    if len(word) <= _LONGEST_WORD:
        if len(_words) >= _MOST_WORDS:
            _words.clear()
        _words[word] = read
    return read


def _read_word(word):
    """Read one word that is not among those read before."""
    read: bool | tuple = False
    if word.isidentifier():
        read = word.lower() not in ACTIVATIONS
    else:
        key, sign, text = word.rpartition("=")
        if not sign or (key.isidentifier() and key.lower() not in OWN_KEYS):
            value = _read_value(text)
            if value is not _OTHER:
                read = (key if sign else None, value, len(word) - len(text))
    return read


def _read_value(text):
    """Read the value that a whole word is, or return `_OTHER` for what is left to the reader.

    Numbers, words and sizes per axis are most of what there is, and need no pattern.
    """
    if text.isdigit() and len(text) < 19:
        return int(text)
    if text.isidentifier():
        return CONSTANTS.get(text.lower(), text)
    if text[:1] not in _FIRST or not text.translate(_MARKS).isalnum():
        return _OTHER
    sizes = text.split("," if "," in text else "x")
    if all(size.isdigit() and len(size) < 19 for size in sizes):
        return tuple(map(int, sizes))
    try:
        value, end = read_value(text, 0, False)
    except SpecError:
        return _OTHER
    return value if end == len(text) else _OTHER
