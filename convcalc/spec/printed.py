"""What ``print(model)`` shows of a torch module, read back into layers.

It looks so::

Sequential(
(0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=same)
(1-2): 2 x ReLU(inplace=True)
)

A Sequential calls its members in order. What any other module does with its members is not in the text: of it, and of
all that comes after it, the layers with weights are read, each without what feeds it.
"""

import re

from convcalc import layers
from convcalc.errors import SpecError
from convcalc.spec.code import Source, arguments
from convcalc.spec.expand import MOST_LAYERS, too_many
from convcalc.spec.labels import UNFED
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import DEEPEST, NAME, closing, shown, too_deep
from convcalc.spec.tree import Arg, Layer

# What torch 2.13 prints and its own constructor does not take; pinned by tests/live/test_printed.py.
_PRINTED_ONLY = frozenset((("UpsamplingNearest2d", "mode"), ("UpsamplingBilinear2d", "mode")))
# A class of torch's own that only its attention makes, and that is a Linear in all but the name.
_SAME = {"NonDynamicallyQuantizableLinear": "Linear"}
# What has no parameters but those of its members, if it has any; and what has parameters in place of members.
_LISTS = frozenset(("Sequential", "ModuleList", "ModuleDict"))
_VALUES = frozenset(("ParameterList", "ParameterDict"))
# Of torch's own that the catalogue does not have, those without parameters; its losses are more of them.
_BARE = frozenset(
    (
        *("CosineSimilarity", "CrossMapLRN2d", "FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d"),
        *("MaxUnpool2d", "MaxUnpool3d", "PairwiseDistance"),
    )
)
# Of torch's own modules with members, those that keep weights beside them, which are not printed.
_HOLDERS = frozenset(("MultiheadAttention",))

# A module's name, the line or lines that it says of itself, and its first member.
_MEMBERS = r"\((?>(?:\n[ \t]*+[^\s()][^\n]*+){0,9})\s*+\([\w-]++\):\ [A-Za-z_0-9]"
PRINTED = Pattern(rf"[A-Za-z_][\w.]*+{_MEMBERS}", re.ASCII)
_ENTRY = Pattern(r"\s*+\((\d{1,9})-(\d{1,9})\):\ (\d{1,9})\ x\ |\s*+\((\w+(?:-\w+)*)\):\ ", re.ASCII)
_CHILDREN = Pattern(_MEMBERS, re.ASCII)
_SAID = Pattern(r"(?>(?:\n[ \t]*+[^\s()][^\n]*+)*)")
_CLOSE = Pattern(r"\s*+\)")
# What stands for a module without layers of its own, after which the order is not known either.
_BREAK = Layer("", (0, 0))


class _Frame:
    """A module with members that is being read."""

    __slots__ = ("items", "keys", "seen", "size", "start")

    def __init__(self, name, keys, start):
        self.keys = keys  # in the frame around it
        self.items = []  # (keys, path after the key, `Layer` or `_Frame`, where it ends)
        self.size = 0  # layers, written out
        self.start = start
        self.seen = set()
        if name.rpartition(".")[2] != "Sequential":
            self.items.append(((None,), "", _BREAK, start))

    def add(self, keys, item, end):
        """Add a layer or a module with members, once for each key."""
        rest = ""
        if item.__class__ is _Frame:
            if not item.size:
                # Empty: what is left of it is that the order is broken there.
                if item.items and not (self.items and self.items[-1][2] is _BREAK):
                    self.items.append(item.items[0])
                return
            if len(item.items) == 1 and len(item.items[0][0]) == 1:
                # One thing in one thing is one thing with a longer path.
                (key,), rest, item, end = item.items[0]
                rest = f".{key}{rest}"
        self.size += len(keys) * (item.size if item.__class__ is _Frame else 1)
        if self.size > MOST_LAYERS:
            raise too_many(self.size, (self.start, end))
        self.items.append((keys, rest, item, end))


def read_printed(reader, pos):
    """Read the printed module at `pos`; return ``[(layer, where it ends)]`` and where it ends."""
    plain = reader.plain
    end = NAME.match(plain, pos).end()
    frame, pos = opened(plain, plain[pos:end], (), end)
    stack: list = []
    entries = 0
    while True:
        match = _CLOSE.match(plain, pos)
        if match:
            pos = match.end()
            if not stack:
                return written_out(frame), pos
            inner, frame = frame, stack.pop()
            frame.add(inner.keys, inner, pos)
            continue
        match = _ENTRY.match(plain, pos)
        if match is None:
            raise misplaced(plain, pos, frame)
        entries += count_of(match)
        if entries > MOST_LAYERS:
            raise too_many(entries, match.span())
        keys = keys_of(match, frame)
        pos = match.end()
        name = NAME.match(plain, pos)
        if name is None or plain[name.end() : name.end() + 1] != "(":
            raise misplaced(plain, pos, frame)
        end = name.end()
        if name[0] in _LISTS or (name[0] not in _VALUES and _CHILDREN.match(plain, end)):
            if len(stack) >= DEEPEST:
                raise too_deep(pos)
            stack.append(frame)
            frame, pos = opened(plain, name[0], keys, end)
            continue
        stop = closing(plain, end)
        frame.add(keys, leaf(plain, name[0], pos, stop), stop)
        pos = stop


def opened(plain, name, keys, end):
    """Return the frame of the module whose bracket stands at `end`, and where its first member begins."""
    frame = _Frame(name, keys, end)
    if name in _HOLDERS:
        frame.add((None,), unknown(name, (end - len(name), end)), end)
    return frame, _SAID.match(plain, end + 1).end()


def leaf(plain, name, pos, stop):
    """Return the layer of a module without members; of a class that torch does not have, an unknown one."""
    span = pos, pos + len(name)
    name = _SAME.get(name, name)
    if layers.find_class(name, "torch") is None:
        return unknown(name, span)
    source = Source(plain[pos:stop], pos, bare_words=True)
    layer = Layer(name, span, "torch", True)
    args = arguments(source, source.tree())
    layer.args = [arg for arg in args if (name, arg.key) not in _PRINTED_ONLY]
    return layer


def unknown(name, span):
    """Return the layer that stands for a module of which nothing is known but its class."""
    layer = Layer("Unknown", span, "torch", True)
    weights = name not in _BARE and not name.endswith("Loss")
    layer.args = [Arg("class_name", name, span, span), Arg("weights", weights, span, span)]
    return layer


def count_of(match):
    """Return how many modules an entry stands for: one, or the 3 of ``(0-2): 3 x``."""
    if match[3] is None:
        return 1
    first, last, count = int(match[1]), int(match[2]), int(match[3])
    if last - first + 1 != count:
        raise SpecError(
            "syntax",
            f"({first}-{last}) are not {count} layers.",
            span=(match.start(1) - 1, match.end(3)),
        )
    return count


def keys_of(match, frame):
    """Return the keys of an entry, none of which the frame may have yet."""
    keys = [str(key) for key in range(int(match[1]), int(match[2]) + 1)] if match[4] is None else [match[4]]
    for key in keys:
        if key in frame.seen:
            raise SpecError(
                "duplicate_key",
                f"An earlier module is called {shown(key)}.",
                span=match.span(4) if match[4] else match.span(1),
            )
    frame.seen.update(keys)
    return keys


def written_out(frame):
    """Return ``[(layer, where it ends)]`` with every repetition written out, paths filled in."""
    found = []
    broken = False
    stack = [iter([("", frame)])]
    while stack:
        for path, item in stack[-1]:
            if item.__class__ is _Frame:
                stack.append(_members(item, path))
                break
            layer, end = item
            if layer is _BREAK:
                broken = True
                continue
            if broken and not has_weights(layer):
                continue
            copy = Layer(layer.name, layer.name_span, layer.prefix, True)
            copy.args = layer.args
            copy.path = path
            copy.source = UNFED if broken else None
            found.append((copy, end))
        else:
            stack.pop()
    return found


def has_weights(layer):
    """Tell whether a layer may have weights: torch's layers that make some take a device to make them on."""
    if layer.name == "Unknown":
        return layer.args[1].value
    return "device" in layers.find_class(layer.name, "torch").signature("torch").by_name


def _members(frame, path):
    """Yield the path of each member of a frame, with the frame or layer that it is."""
    before = path + "." if path else ""
    for keys, rest, item, end in frame.items:
        for key in keys:
            place = path if key is None else before + key + rest
            yield place, (item if item.__class__ is _Frame else (item, end))


def misplaced(plain, pos, frame):
    """Return the error for what is no entry of a printed module."""
    start = pos + len(plain[pos:]) - len(plain[pos:].lstrip())
    if start >= len(plain):
        return SpecError(
            "syntax",
            "The printed module is never closed.",
            hint="Paste it whole, the last ) included.",
            span=(frame.start, frame.start + 1),
        )
    end = start + len(plain[start:].split("\n")[0][:60])
    return SpecError(
        "syntax",
        "This is no entry of a printed module.",
        hint="An entry looks like (0): ReLU().",
        span=(start, end),
    )
