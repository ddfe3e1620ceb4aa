"""What ``print(model)`` shows for a torch Sequential, read back into layers.

It looks so::

Sequential(
(0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=same)
(1-2): 2 x ReLU(inplace=True)
)
"""

import re

from convcalc.errors import SpecError
from convcalc.spec.code import Source, arguments
from convcalc.spec.expand import MOST_LAYERS, too_many
from convcalc.spec.items import unknown
from convcalc.spec.parse import Layer
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import DEEPEST, NAME, closing, shown, too_deep

# What torch 2.13 prints and its own constructor does not take; pinned by tests/live/test_printed.py.
_PRINTED_ONLY = frozenset((("UpsamplingNearest2d", "mode"), ("UpsamplingBilinear2d", "mode")))

PRINTED = Pattern(r"(?:[\w.]*\.)?Sequential\(\s*\((?:[\w-]+)\): ", re.ASCII)
_ENTRY = Pattern(r"\s*+\((\d{1,9})-(\d{1,9})\):\ (\d{1,9})\ x\ |\s*+\((\w+(?:-\w+)*)\):\ ", re.ASCII)
_CHILDREN = Pattern(r"\(\s*+\([\w-]++\):\ ", re.ASCII)
_CLOSE = Pattern(r"\s*+\)")


class _Frame:
    """A Sequential that is being read."""

    __slots__ = ("items", "keys", "seen", "size", "start")

    def __init__(self, keys, start):
        self.keys = keys  # in the frame around it
        self.items = []  # (keys, path after the key, `Layer` or `_Frame`, where it ends)
        self.size = 0  # layers, written out
        self.start = start
        self.seen = set()

    def add(self, keys, item, end):
        """Add a layer or a Sequential, once for each key."""
        rest = ""
        if item.__class__ is _Frame:
            if not item.size:
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
    """Read the printed Sequential at `pos`; return ``[(layer, where it ends)]`` and where it ends."""
    plain = reader.plain
    pos = NAME.match(plain, pos).end() + 1
    frame = _Frame((), pos - 1)
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
        if name[0] == "Sequential":
            if len(stack) >= DEEPEST:
                raise too_deep(pos)
            stack.append(frame)
            frame = _Frame(keys, end)
            pos = end + 1
            continue
        if _CHILDREN.match(plain, end):
            raise SpecError(
                "syntax",
                f"{shown(name[0])} is no Sequential, and what it does with its parts is not printed.",
                hint="Only Sequentials of known layers can be read.",
                span=(pos, end),
            )
        if not reader.is_layer(name[0]):
            raise unknown(reader, pos, end)
        stop = closing(plain, end)
        source = Source(plain[pos:stop], pos, bare_words=True)
        layer = Layer(name[0], (pos, end), "torch", True)
        args = arguments(source, source.tree())
        layer.args = [arg for arg in args if (layer.name, arg.key) not in _PRINTED_ONLY]
        frame.add(keys, layer, stop)
        pos = stop


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
    stack = [iter([("", frame)])]
    while stack:
        for path, item in stack[-1]:
            if item.__class__ is _Frame:
                stack.append(_members(item, path))
                break
            layer, end = item
            copy = Layer(layer.name, layer.name_span, layer.prefix, True)
            copy.args = layer.args
            copy.path = path
            found.append((copy, end))
        else:
            stack.pop()
    return found


def _members(frame, path):
    """Yield the path of each member of a frame, with the frame or layer that it is."""
    before = path + "." if path else ""
    for keys, rest, item, end in frame.items:
        for key in keys:
            yield before + key + rest, (item if item.__class__ is _Frame else (item, end))


def misplaced(plain, pos, frame):
    """Return the error for what is no entry of a printed Sequential."""
    start = pos + len(plain[pos:]) - len(plain[pos:].lstrip())
    if start >= len(plain):
        return SpecError(
            "syntax",
            "The printed Sequential is never closed.",
            hint="Paste it whole, the last ) included.",
            span=(frame.start, frame.start + 1),
        )
    end = start + len(plain[start:].split("\n")[0][:60])
    return SpecError(
        "syntax",
        "This is no entry of a printed Sequential.",
        hint="An entry looks like (0): ReLU().",
        span=(start, end),
    )
