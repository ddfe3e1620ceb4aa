"""The text of a network, read into layers: terse ones here, pasted code with `code` and `printed`.

A layer begins at the start, after a newline, ``|``, ``->`` or ``[``, and at every bare word that
is a layer's name; what follows it are its values, its ``key=value`` and its labels.
"""

import re

from convcalc.errors import ConvcalcError, SpecError
from convcalc.spec.common import ACTIVATIONS, read_common
from convcalc.spec.expand import MOST_LAYERS, expand, too_many
from convcalc.spec.items import check_waiting, keyed, other, separate
from convcalc.spec.labels import OWN_KEYS, UNFED
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import LONGEST_CALL, clean
from convcalc.spec.tree import Arg, Layer, Raw
from convcalc.spec.values import CONSTANTS, read_value
from convcalc.values import INPUT

# What nearly every item of a terse text is, read by one match: so one match is one item.
_ITEM = Pattern(
    r"""[ \t]*+(?:
      ([A-Za-z_]\w*+)=(?:(-?[0-9]{1,18}+)|([A-Za-z_]\w*+))(?=[ \t\n|\]]|->|\Z)  # key=2 key=word
    | ([A-Za-z_]\w*+)(?=[ \t\n|\[\]]|->|\Z)                                      # a bare word
    | (-?[0-9]{1,18}+)(?=[ \t\n|\[\]]|->|\Z)                                     # an integer
    | (\n|\||->)                                                                 # a separator
    | (\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
_new = tuple.__new__
# Lines of inputs and outputs are read as layers, and are none.
SPARE = 1000


def parse(text, is_layer, names=None, *, is_merge=None):
    """Read the text of a network.

    Parameters
    ----------
    text : str
        Terse layers, pasted code, or both.
    is_layer : callable
        ``is_layer(word) -> bool``: whether a bare word names a layer, whatever its case.
    names : callable, optional
        Returns the words to suggest for an unknown one; called only on the failing path.
    is_merge : callable, optional
        Whether a layer's name is one of a merge, so that ``@a`` after it is an operand.

    Returns
    -------
    tuple of Raw

    Examples
    --------
    >>> layers = parse("conv2d 32 k=3x3 | add @input", {"conv2d", "add"}.__contains__)
    >>> [(layer.name, layer.inputs) for layer in layers]
    [('conv2d', (-1,)), ('add', (0, -1))]
    >>> layers[0].args[1].value
    (3, 3)
    """
    plain = text
    try:
        if len(text) > LONGEST_CALL or not (text.isascii() and text.isprintable()):
            plain = clean(text)
        else:
            layers = read_common(text, is_layer)
            if layers is not None:
                return layers
        return Reader(plain, is_layer, is_merge, names).read()
    except ConvcalcError as error:
        if (
            error.__class__ is SpecError
            and "(" in text
            and any(mark in text for mark in ("\n", ";", ")."))
            and len(text) <= LONGEST_CALL
        ):
            from convcalc.spec.program import instead

            layers = instead(text, names)
            if layers is not None:
                return layers
        raise error.at(text=text) from None


class Reader:
    """The state of reading one text."""

    __slots__ = (
        "after_act",
        "args",
        "blocks",
        "comma_after",
        "end",
        "extra",
        "is_layer",
        "is_merge",
        "layer",
        "layers",
        "names",
        "open_blocks",
        "plain",
        "replaced",
        "scopes",
        "waiting",
    )  # fmt: skip

    def __init__(self, plain, is_layer, is_merge, names):
        self.plain = plain
        self.is_layer = is_layer
        self.is_merge = is_merge
        self.names = names
        self.layers = []
        self.layer = None
        self.args: list | None = None  # None where no value may stand: no layer yet, or a call
        self.end = 0  # where what has been read of the layer ends
        self.scopes: list = [{}]  # label -> (layer, whether this level gave it), a level each open block
        self.blocks = []
        self.open_blocks = []
        self.replaced = None
        self.waiting = None  # the | or -> that no layer has followed yet
        self.after_act = False
        self.extra = 0  # layers that the blocks add when written out
        self.comma_after = -1  # where a call or a block ended: a comma may follow, as in a list

    def begin(self, name, name_span, prefix=None):
        """Begin a layer by its name."""
        self.finish()
        self.layer = layer = Layer(name, name_span, prefix)
        self.args = layer.args
        self.after_act = name.lower() in ACTIVATIONS
        self.waiting = None
        self.end = name_span[1]

    def read(self):
        """Read everything; return the layers."""
        plain = self.plain
        is_layer = self.is_layer
        pos = 0
        item = _ITEM.match
        while True:
            match = item(plain, pos)
            kind = match.lastindex if match is not None else 0
            if kind == 2 or kind == 3:
                args = self.args
                key = match[1]
                if args is None or key.lower() in OWN_KEYS:
                    pos = keyed(self, match.start(1))
                    continue
                if kind == 2:
                    value = int(match[2])
                else:
                    value = match[3]
                    if value[0] == "i" and self.open_blocks:
                        value = read_value(plain, match.start(3), True)[0]
                    else:
                        value = CONSTANTS.get(value.lower(), value)
                args.append(_new(Arg, (key, value, match.span(kind), match.span(1))))
                self.after_act = False
                self.end = pos = match.end()
            elif kind == 4:
                word = match[4]
                if self.after_act and self.args is not None:
                    value = CONSTANTS.get(word.lower(), word)
                    self.args.append(_new(Arg, (None, value, match.span(4), None)))
                    self.after_act = False
                    self.end = pos = match.end()
                elif is_layer(word):
                    self.finish()
                    self.layer = layer = Layer(word, match.span(4))
                    self.args = layer.args
                    self.after_act = word.lower() in ACTIVATIONS
                    self.waiting = None
                    self.end = pos = match.end()
                else:
                    pos = other(self, match.start(4))
            elif kind == 5 and self.args is not None:
                self.args.append(_new(Arg, (None, int(match[5]), match.span(5), None)))
                self.after_act = False
                self.end = pos = match.end()
            elif kind == 6:
                pos = match.end()
                separate(self, match.span(6))
            elif kind == 7:
                break
            else:
                pos = other(self, pos)
        return self.finished()

    def finish(self):
        """End the layer being read, if there is one."""
        layer = self.layer
        if layer is None:
            return
        layers = self.layers
        index = len(layers)
        if index >= MOST_LAYERS + SPARE:
            raise too_many(index, layer.name_span)
        # What follows several inputs takes the first.
        first = 0 if index > 1 and layers[-1].name == INPUT else index - 1
        if layer.source is not None:
            first = layer.source
            if self.replaced is None:
                self.replaced = set()
            self.replaced.add(index)
        inputs = () if first == UNFED else (first, *layer.operands)
        name_span = layer.name_span
        layers.append(
            _new(
                Raw,
                (
                    layer.name, layer.prefix, layer.call, tuple(layer.args),
                    inputs, layer.label, (name_span[0], self.end), name_span,
                    layer.path, bool(layer.operands),
                ),
            )
        )  # fmt: skip
        if layer.label is not None:
            self.scopes[-1][layer.label] = (index, True)
        self.layer = self.args = None
        self.after_act = False

    def finished(self):
        """End the text; return the layers with every block written out."""
        self.finish()
        if self.open_blocks:
            start = self.open_blocks[-1].start
            raise SpecError("syntax", "[ is never closed.", hint="Add ] * n.", span=(start, start + 1))
        check_waiting(self)
        if not self.layers:
            raise SpecError("syntax", "There is no layer in this text.", hint="Write one, as in conv2d 32 3.")
        if len(self.layers) + self.extra > MOST_LAYERS:
            raise too_many(len(self.layers) + self.extra, None)
        if not self.blocks:
            return tuple(self.layers)
        return tuple(expand(self.layers, self.blocks, self.replaced or ()))
