"""What stands in a terse text beside the common words and numbers: labels, brackets, comments, calls.

Each function takes the `Reader` of the text and a position, and returns the position after what it
read.
"""

import re

from convcalc.errors import SpecError
from convcalc.spec.complaints import unknown
from convcalc.spec.expand import MOST_LAYERS, Block, too_many
from convcalc.spec.labels import LINE, OUTPUTS, label, replace, set_label
from convcalc.spec.pattern import Pattern
from convcalc.spec.scan import DEEPEST, NAME, shown, too_deep
from convcalc.spec.tree import Arg
from convcalc.spec.values import integer, read_value, split_prefix

EXAMPLES = {LINE: "input 28x28x3 @image", OUTPUTS: "output @a @b"}

_ENDS = r"(?=[ \t\n|\[\],]|->|\Z)"
_BLANK = Pattern(r"[ \t]*+")
_KEY = Pattern(r"([A-Za-z_]\w*+)=(?!=)", re.ASCII)
_TIMES = Pattern(rf"[ \t]*+\*[ \t]*+([0-9]++){_ENDS}", re.ASCII)
_LINE = Pattern(r"[^\n]*+")
_IMPORT = Pattern(
    r"(?:import[ \t]++[\w.]++|from[ \t]++[\w.]++[ \t]++import\b)(?>(?:[^\n(]*+\([^()]*+\))?)[^\n]*+",
    re.ASCII,
)
_SEQUENTIAL = Pattern(r"[\w.]*\bSequential\(", re.ASCII)
_ASSIGNED = Pattern(r"[A-Za-z_][\w.]*+[ \t]*+=[ \t]*+(?=[A-Za-z_][\w.]*+\()", re.ASCII)


def other(reader, pos):
    """Read whatever stands at `pos`, blanks before it skipped."""
    plain = reader.plain
    start = pos
    pos = _BLANK.match(plain, pos).end()
    char = plain[pos]
    if char == "@":
        return label(reader, pos)
    if char == "[":
        return open_block(reader, pos)
    if char == "]":
        return close_block(reader, pos)
    if char == "#" and (pos == 0 or start < pos or plain[pos - 1] in " \t\n"):
        return _LINE.match(plain, pos).end()
    if char == "," and _BLANK.match(plain, reader.comma_after).end() == pos:
        reader.finish()
        return pos + 1
    if char.isalpha() or char == "_":
        if reader.layer is None:
            match = _IMPORT.match(plain, pos) or _ASSIGNED.match(plain, pos)
            if match:
                if reader.layers and match[0][-1] != ")" and _SEQUENTIAL.match(plain, match.end()):
                    # Of a program with several networks one has to be chosen.
                    raise SpecError("syntax", "A second network begins here.", span=match.span())
                return match.end()
        if _KEY.match(plain, pos):
            return keyed(reader, pos)
        return word(reader, pos)
    if char == "-" and not plain[pos + 1 : pos + 2].strip() and not plain[pos + 1 :].strip():
        raise SpecError(
            "syntax",
            "The text ends in a lone -.",
            hint="your shell took `>` as a redirection: quote the network, or use `|` in quotes",
            span=(pos, pos + 1),
        )
    return positional(reader, pos)


def word(reader, pos):
    """Read the word at `pos`: a call, a layer's name with a prefix, or a value after `act`."""
    plain = reader.plain
    end = NAME.match(plain, pos).end()
    if reader.after_act:
        return positional(reader, pos)
    name = plain[pos:end]
    follows = plain[end : end + 1]
    if follows == "(":
        from convcalc.spec.sequential import read_call

        return read_call(reader, pos)
    prefix, bare = split_prefix(name)
    if follows in ("", " ", "\t", "\n", "|", "[", "]") or plain.startswith("->", end):
        if prefix and reader.is_layer(bare):
            reader.begin(bare, (pos, end), prefix)
            return end
        lower = name.lower()
        if reader.args is not None and lower in ("true", "false", "none"):
            return positional(reader, pos)
        if reader.args is not None and name == "i" and reader.open_blocks:
            return positional(reader, pos)
    elif reader.args is not None and name == "i" and reader.open_blocks:
        return positional(reader, pos)
    line = name.lower()
    if line in (LINE, OUTPUTS):
        from convcalc.spec.given import read_line, read_outputs

        return (read_line if line == LINE else read_outputs)(reader, pos, end)
    raise unknown(reader, pos, end)


def positional(reader, pos):
    """Read a value that stands by its position."""
    refuse_stray(reader, pos)
    value, end = read_value(reader.plain, pos, bool(reader.open_blocks))
    reader.args.append(Arg(None, value, (pos, end), None))
    reader.after_act = False
    reader.end = end
    return end


def refuse_stray(reader, pos):
    """Raise where no value may stand."""
    if reader.args is not None:
        return
    end = pos + 1
    plain = reader.plain
    while end < len(plain) and end - pos < 60 and plain[end] not in " \t\n|[]":
        end += 1
    piece = shown(plain[pos:end])
    if reader.layer is None:
        message = f"{piece} stands where a layer's name should."
        hint = "A layer begins with its name, as in conv2d 32 3."
    elif reader.layer.name in (LINE, OUTPUTS):
        message = f"{piece} stands where a layer's name should."
        hint = f"A line of an {reader.layer.name} has labels alone behind it, as in {EXAMPLES[reader.layer.name]}."
    else:
        message = f"{piece} stands after a call."
        hint = "Put the arguments of a call into its parentheses."
    raise SpecError("syntax", message, hint=hint, span=(pos, end))


def keyed(reader, pos):
    """Read ``key=value``, ``name=x`` or ``from=@x``."""
    plain = reader.plain
    match = _KEY.match(plain, pos)
    key = match[1]
    lower = key.lower()
    start = match.end()
    if lower == "from" or lower == "name":
        if reader.layer is None:
            refuse_stray(reader, pos)
        if lower == "from":
            return replace(reader, pos, start)
    else:
        refuse_stray(reader, pos)
    value, end = read_value(plain, start, bool(reader.open_blocks))
    if lower == "name":
        set_label(reader, value, (start, end))
    else:
        reader.args.append(Arg(key, value, (start, end), (pos, start - 1)))
    reader.after_act = False
    reader.end = end
    return end


def separate(reader, span):
    """End the layer at a newline, ``|`` or ``->``; the latter two want a layer on both sides."""
    reader.finish()
    mark = reader.plain[span[0] : span[1]]
    if mark == "\n":
        return
    check_waiting(reader)
    if len(reader.layers) == (reader.open_blocks[-1].first if reader.open_blocks else 0):
        raise SpecError("syntax", f"No layer stands before this {mark}.", span=span)
    reader.waiting = span


def check_waiting(reader):
    """Raise where a ``|`` or ``->`` has had no layer after it."""
    if reader.waiting is not None:
        start, end = reader.waiting
        mark = reader.plain[start:end]
        raise SpecError("syntax", f"No layer stands after this {mark}.", span=(start, end))


def open_block(reader, pos):
    """Begin ``[ ... ] * n``."""
    reader.finish()
    if len(reader.open_blocks) >= DEEPEST:
        raise too_deep(pos)
    reader.waiting = None
    block = Block(len(reader.layers), pos, len(reader.blocks))
    reader.blocks.append(block)
    reader.open_blocks.append(block)
    reader.scopes.append({})
    return pos + 1


def close_block(reader, pos):
    """End ``[ ... ] * n`` and read the number of copies, one where there is none."""
    reader.finish()
    if not reader.open_blocks:
        raise SpecError("syntax", "] closes nothing.", span=(pos, pos + 1))
    check_waiting(reader)
    block = reader.open_blocks.pop()
    block.stop = len(reader.layers)
    typed = block.stop - block.first
    if not typed:
        raise SpecError("syntax", "No layer stands in these brackets.", span=(block.start, pos + 1))
    block.count, end = _copies(reader.plain, pos + 1)
    block.cycle = block.count
    total = (typed + block.extra) * block.count
    if total > MOST_LAYERS:
        raise too_many(total, (block.start, end))
    if reader.open_blocks:
        reader.open_blocks[-1].extra += total - typed
    else:
        reader.extra += total - typed
    for name, (index, _) in reader.scopes.pop().items():
        reader.scopes[-1][name] = (index, False)
    block.absorb(reader.blocks)
    reader.comma_after = end
    return end


def _copies(plain, pos):
    """Read ``* n`` at `pos`; return the number and where it ends."""
    match = _TIMES.match(plain, pos)
    if match:
        count = integer(match[1], match.span(1))
        if count:
            return count, match.end()
        raise SpecError("bad_value", "A block is repeated at least once.", span=match.span(1))
    star = _BLANK.match(plain, pos).end()
    if plain[star : star + 1] != "*":
        return 1, pos
    end = star + 1 + len(plain[star + 1 :].lstrip(" \t").split("\n")[0].split(" ")[0])
    raise SpecError(
        "syntax",
        "The number of copies is a plain integer.",
        hint="Write [ ... ] * 3.",
        span=(star, end),
    )
