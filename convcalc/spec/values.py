"""The values of terse layers: numbers, words, tuples, pairs, named things, expressions of `i`.

Read with a stack of open brackets, never by recursion::

    3x3   3,3   (3, 3)   0:1x0:1   same   l2(1e-4)   2^i   (i + 1)*2   mylib.inits:Orthonormal(gain=2)
"""

import re

from convcalc.errors import SpecError
from convcalc.spec.expand import Count, combine
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import DEEPEST, LARGEST, QUOTED, shown, too_deep, unclosed_quote
from convcalc.spec.tree import Arg, Named

_INFINITE = float("inf")
CONSTANTS = {"true": True, "false": False, "none": None}
_ROOTS = {
    "keras": "keras",
    "layers": "keras",
    "models": "keras",
    "initializers": "keras",
    "regularizers": "keras",
    "activations": "keras",
    "constraints": "keras",
    "torch": "torch",
    "nn": "torch",
    "onnx": "onnx",
}

_BLANK = Pattern(r"[ \t\n]*+")
_NUMBER = Pattern(r"(\d++(?![.\w])|\d++(?=x))|(?:\d++\.?\d*+|\.\d++)(?>(?:[eE][-+]?\d++)?)(?!\w(?<!x)|\.)", re.ASCII)
_WORD = Pattern(r"[A-Za-z_]\w*+(?:\.\w\w*+)*+(?::[A-Za-z_]\w*+(?:\.\w\w*+)*+)?+", re.ASCII)
_AFTER = Pattern(r"//|[-+*^:,x)\]]")
_COUNTER = Pattern(r"i(?=x[\d(\-]|(?!\w))", re.ASCII)
_ENDS = " \t\n|[]#"


def split_prefix(name):
    """Return ``(prefix, bare name)`` of a dotted name; None for a root that is no framework's.

    >>> split_prefix("tf.keras.layers.Conv2D"), split_prefix("nn.ReLU"), split_prefix("relu")
    (('keras', 'Conv2D'), ('torch', 'ReLU'), (None, 'relu'))
    """
    root, dot, rest = name.partition(".")
    if not dot or ":" in name:
        return None, name
    if root in ("tf", "tensorflow") and rest.startswith("keras."):
        root = "keras"
    if root not in _ROOTS:
        return None, name
    return _ROOTS[root], name.rpartition(".")[2]


def integer(digits, span):
    """Return the integer that `digits` spell, refusing what no size can be."""
    if len(digits) > 19 or int(digits) > LARGEST:
        raise SpecError("bad_value", f"{shown(digits)} is over 2^63 - 1.", span=span)
    return int(digits)


class _Open:
    """A bracket that is open, or the value as a whole: what has been read of it so far."""

    __slots__ = ("comma", "items", "key", "key_span", "name", "opener", "parts", "start")

    def __init__(self, opener, name, start):
        self.opener = opener
        self.name = name
        self.start = start
        self.items = []
        self.parts = []
        self.key = self.key_span = None
        self.comma = False

    def close_item(self):
        """Turn the parts read since the last comma into one item."""
        parts = self.parts
        value = parts[0][1] if len(parts) == 1 else combine(parts)
        self.items.append(Arg(self.key, value, (parts[0][2], parts[-1][3]), self.key_span))
        self.parts = []
        self.key = self.key_span = None
        self.comma = False

    def close(self):
        """Return the value that the closed bracket stands for."""
        if self.opener == "named":
            prefix, name = split_prefix(self.name)
            return Named(name, tuple(self.items), prefix)
        if len(self.items) == 1 and self.opener != "[" and not self.comma:
            return self.items[0].value
        return tuple([item.value for item in self.items])


def read_value(plain, pos, in_block):
    """Read one terse value at `pos`; return it and where it ends.

    Parameters
    ----------
    plain : str
        The cleaned text.
    pos : int
        Where the value begins.
    in_block : bool
        Whether `i` counts copies here.
    """
    frame = _Open("", None, pos)
    stack: list = []
    length = len(plain)
    while True:
        # An operand is wanted.
        if stack:
            pos = _BLANK.match(plain, pos).end()
        char = plain[pos] if pos < length else ""
        if char == "-":
            frame.parts.append(("neg", None, pos, pos + 1))
            pos += 1
            continue
        if char == "(" or char == "[":
            if len(stack) >= DEEPEST:
                raise too_deep(pos)
            stack.append(frame)
            frame = _Open(char, None, pos)
            pos += 1
            continue
        if char in (")", "]") and stack and not frame.parts and frame.key is None:
            pass  # an empty bracket, or a trailing comma
        else:
            end = _operand(plain, pos, frame, in_block, bool(stack))
            if end < 0:  # a name with its opening parenthesis
                if len(stack) >= DEEPEST:
                    raise too_deep(pos)
                stack.append(frame)
                frame = _Open("named", plain[pos : -end - 1], pos)
                pos = -end
                continue
            pos = end
            if frame.parts == []:  # it was a key
                continue
        # An operand has been read: what follows it?
        while True:
            if stack:
                pos = _BLANK.match(plain, pos).end()
            elif pos >= length or plain[pos] in _ENDS or plain.startswith("->", pos):
                frame.close_item()
                return frame.close(), pos
            match = _AFTER.match(plain, pos)
            if match is None:
                raise _stray(plain, pos, frame, stack)
            mark = match[0]
            if mark in ")]":
                if not stack or (mark == "]") != (frame.opener == "["):
                    raise _mismatched(frame, mark, pos)
                if frame.parts:
                    frame.close_item()
                else:
                    frame.comma = True
                pos += 1
                value, start = frame.close(), frame.start
                frame = stack.pop()
                frame.parts.append(("value", value, start, pos))
                continue
            if mark == ",":
                frame.close_item()
                frame.comma = True
            else:
                frame.parts.append((mark, None, pos, match.end()))
            pos = match.end()
            break


def _operand(plain, pos, frame, in_block, inside):
    """Read a number, word, quoted string or key into `frame`; return where it ends.

    Where it ends is negative for a name that opens a parenthesis.
    """
    match = _NUMBER.match(plain, pos)
    if match:
        end = match.end()
        piece = match[0]
        if match[1]:
            value = integer(piece, (pos, end))
        else:
            value = float(piece) if len(piece) <= 64 else _INFINITE
            if value == _INFINITE:
                raise SpecError("bad_value", f"{shown(piece)} is over what a float holds.", span=(pos, end))
        frame.parts.append(("value", value, pos, end))
        return end
    if in_block and _COUNTER.match(plain, pos) and not (inside and plain[pos + 1 : pos + 2] == "="):
        frame.parts.append(("value", Count(("i",), (pos, pos + 1)), pos, pos + 1))
        return pos + 1
    match = _WORD.match(plain, pos)
    if match:
        end = match.end()
        follows = plain[end : end + 1]
        if follows == "(":
            return -(end + 1)
        if inside and frame.opener == "named" and not frame.parts:
            blank = _BLANK.match(plain, end).end()
            if plain[blank : blank + 1] == "=" and frame.key is None:
                frame.key, frame.key_span = match[0], (pos, end)
                return blank + 1
        word = match[0]
        frame.parts.append(("value", CONSTANTS.get(word.lower(), word), pos, end))
        return end
    match = QUOTED.match(plain, pos)
    if match:
        if match.lastindex is None:
            raise unclosed_quote(pos)
        frame.parts.append(("value", unquoted(match[0]), pos, match.end()))
        return match.end()
    raise _no_operand(plain, pos, inside)


def unquoted(piece):
    """Return what stands between the quotes; a backslash keeps the character after it."""
    width = 3 if piece[:3] in ('"""', "'''") and len(piece) >= 6 else 1
    return re.sub(r"\\(.)", r"\1", piece[width:-width], flags=re.DOTALL)


def _piece(plain, pos):
    """Return the end of the run of characters at `pos` that a person would call one word."""
    end = pos + 1
    while end < len(plain) and end - pos < 60 and plain[end] not in " \t\n|[](),":
        end += 1
    return end


def _no_operand(plain, pos, inside):
    """Return the error for a place where a value should begin and none does."""
    if pos >= len(plain) or plain[pos] in " \t\n|":
        before = plain[pos - 1 : pos]
        hint = "Write lists without spaces, as in 3,3." if before == "," else None
        return SpecError(
            "syntax",
            f"A value is missing after {before}." if before.strip() else "A value is missing.",
            hint=hint or "Write key=value without spaces, as in k=3.",
            span=(max(pos - 1, 0), pos),
        )
    end = _piece(plain, pos)
    piece = plain[pos:end]
    digits = re.sub(r"[_+]", "", piece)
    hint = f"Write {digits}." if digits.isdigit() and digits != piece else None
    if piece[0] == ",":
        hint = "Write lists without spaces, as in 3,3; no comma stands between layers."
    return SpecError("syntax", f"{shown(piece)} is no value.", hint=hint, span=(pos, end))


def _stray(plain, pos, frame, stack):
    """Return the error for something that cannot follow a value."""
    if pos >= len(plain):
        opener = "(" if frame.opener == "named" else frame.opener
        place = frame.start + len(frame.name or "")
        return SpecError(
            "syntax",
            f"{opener} is never closed.",
            hint=f"Add the missing {']' if opener == '[' else ')'}.",
            span=(place, place + 1),
        )
    if plain[pos] == "=":
        return SpecError(
            "syntax",
            "= stands where a value ends.",
            hint="Give each argument once, as key=value.",
            span=(pos, pos + 1),
        )
    end = _piece(plain, pos)
    return SpecError("syntax", f"{shown(plain[pos:end])} cannot follow a value.", span=(pos, end))


def _mismatched(frame, mark, pos):
    """Return the error for a closing bracket that closes nothing, or the wrong one."""
    if not frame.opener:
        return SpecError("syntax", f"{mark} closes nothing.", span=(pos, pos + 1))
    opener = "(" if frame.opener == "named" else frame.opener
    return SpecError(
        "syntax",
        f"{mark} closes what {opener} opened.",
        hint=f"Write {']' if opener == '[' else ')'} here.",
        span=(pos, pos + 1),
    )
