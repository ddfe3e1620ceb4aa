"""Where a text that is still being typed ends: in which layer, call, key or label. It refuses nothing.

The reader of specs wants whole texts and says what is wrong with them; this one follows the
beginning of any text, right or wrong, in one pass.
"""

import re

from convcalc import layers
from convcalc.spec.labels import LINE, MERGES, OUTPUTS
from convcalc.spec.pattern import Pattern
from convcalc.spec.values import split_prefix

_TOKEN = Pattern(
    r"""(?P<blank>[ \t]+)
    | (?P<comment>(?:(?<![^ \t\n]))\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<broken>["'](?:[^\n\\]|\\.)*)
    | (?P<label>@(?:'[^'\n]*'|"[^"\n]*"|[\w.]*))
    | (?P<word>[A-Za-z_]\w*(?:\.\w*)*(?::[A-Za-z_][\w.]*)?)
    | (?P<number>-?[.\d][\w.:^+*/]*)
    | (?P<mark>->|[\s\S])""",
    re.VERBOSE | re.ASCII,
)
_FOLLOWS = Pattern(r"(=(?!=)|\(|)")
_FOLLOWS_IN_CALL = Pattern(r"[ \t\n]*+(=(?!=)|\(|)")
_CALLED = Pattern(r"[A-Za-z_][\w.]*\Z", re.ASCII)
# What a word may follow at once; after `my-` it is no word of its own.
_BEFORE = " \t\n|>[({,="
LIST, CALL, TERSE = "list", "call", "terse"


class Frame:
    """What one level of brackets has so far.

    Attributes
    ----------
    kind : str
        `TERSE` for the text itself and for ``[ ... ] * n``, `CALL` for a call, `LIST` for other brackets.
    name : str
        What is called, or the layer that is being written; "" for none.
    layer : Layer or None
    given : set
        Keys that have a value, in lower case.
    count : int
        Values that stand by their position.
    key : str or None
        The key whose value is being written.
    filled : bool
        Whether something stands in the argument that is being written.
    what : str
        "activation", "initializer" or the like where a call names one.
    """

    __slots__ = ("count", "filled", "framework", "given", "key", "kind", "layer", "name", "what")

    def __init__(self, kind, name="", framework=None):
        self.kind = kind
        self.what = ""
        self.begin(name, framework)

    def begin(self, name="", framework=None, layer=None):
        """Begin a layer, or end one."""
        self.name = name
        self.framework = framework
        self.layer = layer
        self.given: set = set()
        self.count = 0
        self.key = None
        self.filled = False

    @property
    def merges(self):
        """Whether labels after the layer are operands."""
        name = self.name.rpartition(".")[2].lower()
        return name in MERGES or name == OUTPUTS

    def end_argument(self):
        """End an argument of a call."""
        if self.key:
            self.given.add(self.key.lower())
        elif self.filled:
            self.count += 1
        self.key, self.filled = None, False


class Scan:
    """The state at the end of a text.

    Attributes
    ----------
    frames : list of Frame
        The open levels, the innermost last.
    labels : list of str
    kind, partial, start : str, str, int
        The token that the text ends in, if it may still go on: "word", "label" or "broken" (a
        quoted string), "number", or "" for none; "closed" where nothing may follow it, and where it begins.
    framework : str
        Whose rules hold: as given, or the first that the text names.
    """

    def __init__(self, text, framework=None):
        self.text = text
        self.frames = [Frame(TERSE)]
        self.labels: list = []
        self.kind, self.partial, self.start = "", "", len(text)
        self.found = None
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if match.end() == len(text) and kind not in ("blank", "mark"):
                whole = kind not in ("word", "number") or match.start() == 0 or text[match.start() - 1] in _BEFORE
                self.kind = kind if whole and kind not in ("string", "comment") else "closed"
                self.partial, self.start = match[0], match.start()
                break
            getattr(self, kind)(match)
        else:
            if text and text[-1] not in _BEFORE:
                self.kind = "closed"
        self.framework = framework or self.found or "keras"

    @property
    def frame(self):
        """The innermost level."""
        return self.frames[-1]

    def blank(self, match):
        """End a value that stands after a key."""
        if self.frame.kind == TERSE:
            self.settled()

    def settled(self):
        """End what is being written of a terse layer."""
        frame = self.frame
        if frame.key:
            frame.given.add(frame.key.lower())
        frame.key = None

    def comment(self, match):
        """Pass a comment over."""

    def string(self, match):
        """Take a quoted value; as a name it is a label."""
        frame = self.frame
        if frame.key == "name" and len(match[0]) > 2:
            self.labels.append(match[0][1:-1])
        self.value()

    def broken(self, match):
        """Take a quote that the line ends without closing."""
        self.value()

    def number(self, match):
        """Take a number."""
        self.value()

    def value(self):
        """Count a value."""
        frame = self.frame
        frame.filled = True
        if frame.kind == TERSE and not frame.key:
            frame.count += 1

    def label(self, match):
        """Take a label: the name of a layer's output, unless it is an operand."""
        frame = self.frame
        if frame.key is None and frame.name and not frame.merges and len(match[0]) > 1:
            self.labels.append(match[0][1:].strip("'\""))
        self.value()

    def word(self, match):
        """Take a word: a key, what is called, a layer's name, or a value."""
        frame, name = self.frame, match[0]
        follows = (_FOLLOWS_IN_CALL if frame.kind == CALL else _FOLLOWS).match(self.text, match.end())[1]
        if follows == "=" and not frame.key:
            frame.key = name
        elif follows == "(":
            frame.filled = True
        elif frame.kind == TERSE and not frame.key:
            self.bare(name)
        else:
            if frame.key == "name":
                self.labels.append(name)
            self.value()

    def bare(self, name):
        """Take a word of a terse text that is no value of a key."""
        frame = self.frame
        prefix, short = split_prefix(name)
        activation = frame.name.lower() in ("act", "activation") and not frame.count
        if name in (LINE, OUTPUTS):
            frame.begin(name)
            return
        if activation or not layers.is_layer(short):
            self.value()
            return
        own = layers.frameworks_of(short)
        self.name_framework(prefix or (own[0] if len(own) == 1 else None))
        frame.begin(name, prefix, layers.find(short))

    def name_framework(self, framework):
        """Note the first framework that the text names."""
        self.found = self.found or framework

    def mark(self, match):
        """Take a bracket, a separator or any other sign."""
        sign, frame = match[0], self.frame
        if sign in "([{":
            self.open(sign, match.start())
        elif sign in (")", "]", "}"):
            if len(self.frames) > 1:
                self.close()
        elif frame.kind == TERSE:
            if sign in ("\n", "|", "->"):
                frame.begin()
        elif sign == ",":
            frame.end_argument()

    def open(self, sign, place):
        """Begin a level."""
        from convcalc.completion.context import called

        outer = self.frame
        before = _CALLED.search(self.text[max(place - 200, 0) : place])
        if sign == "(" and before:
            inner = Frame(CALL, before[0])
            called(self, outer, inner)
        elif sign == "[" and outer.kind == TERSE and not outer.key:
            outer.begin()
            inner = Frame(TERSE)
        else:
            inner = Frame(LIST, outer.name if outer.kind != TERSE else "", outer.framework)
        self.frames.append(inner)

    def close(self):
        """End a level."""
        inner = self.frames.pop()
        outer = self.frame
        outer.filled = True
        if outer.kind == TERSE and not outer.key and (inner.kind == TERSE or inner.layer):
            outer.begin()
        elif outer.kind == TERSE and not outer.key:
            outer.count += 1
