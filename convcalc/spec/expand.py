"""Repetition: expressions of the counter `i`, and ``[ ... ] * n`` written out layer by layer."""

from convcalc.errors import LimitError, SpecError
from convcalc.spec.scan import LARGEST
from convcalc.spec.tree import Named, Pair, Raw
from convcalc.values import INPUT

MOST_LAYERS = 100_000
MOST_WORK = 1_000_000

_new = tuple.__new__
_BINDS = {"+": 1, "-": 1, "*": 2, "//": 2, "neg": 3, "^": 4}


class Count:
    """An expression of `i`, in postfix order, to be worked out for each copy."""

    __slots__ = ("postfix", "span")

    def __init__(self, postfix, span):
        self.postfix = postfix
        self.span = span

    def at(self, i):
        """Return the integer that the expression is in copy `i`."""
        return _evaluate(self.postfix, i, self.span)


def combine(parts):
    """Return the one value of operands and operators ``(mark, value, start, end)`` in a row.

    From loosest to tightest: ``x`` between axes, ``:`` between the two ends of one, arithmetic.
    """
    axes = _split(parts, "x")
    if len(axes) > 1:
        return tuple([_ends(axis) for axis in axes])
    return _ends(parts)


def _split(parts, mark):
    """Split `parts` at each `mark`."""
    pieces: list = [[]]
    for part in parts:
        if part[0] == mark:
            pieces.append([])
        else:
            pieces[-1].append(part)
    return pieces


def _ends(parts):
    """Return an axis's value, a `Pair` where it holds a colon."""
    ends = _split(parts, ":")
    if len(ends) == 1:
        return _arithmetic(parts)
    if len(ends) > 2:
        raise SpecError(
            "syntax",
            "One axis has a padding low and high, and here are more.",
            hint="Write low:high, and x or a comma between axes.",
            span=(parts[0][2], parts[-1][3]),
        )
    return Pair(_arithmetic(ends[0]), _arithmetic(ends[1]))


def _arithmetic(parts):
    """Return the integer that the parts make, or a `Count` where `i` is among them."""
    if len(parts) == 1:
        return parts[0][1]
    if len(parts) == 2 and parts[1][1].__class__ is float:
        return -parts[1][1]
    postfix: list = []
    waiting: list = []
    counts = False
    for mark, value, start, end in parts:
        if mark == "value":
            if value.__class__ is Count:
                counts = True
                postfix.extend(value.postfix)
            elif value.__class__ is int:
                postfix.append(value)
            else:
                raise SpecError(
                    "bad_value",
                    "Arithmetic takes integers, and this is none.",
                    hint="i counts the copies within [ ... ] * n." if value == "i" else None,
                    span=(start, end),
                )
            continue
        binds = _BINDS[mark]
        while mark != "neg" and waiting:
            above = _BINDS[waiting[-1]]
            if above < binds or (above == binds and mark == "^"):
                break
            postfix.append(waiting.pop())
        waiting.append(mark)
    postfix.extend(reversed(waiting))
    span = (parts[0][2], parts[-1][3])
    return Count(tuple(postfix), span) if counts else _evaluate(postfix, None, span)


def _evaluate(postfix, i, span):
    """Work out a postfix expression; no number on the way may pass 2^63 - 1."""
    stack = []
    for item in postfix:
        if item.__class__ is int:
            stack.append(item)
            continue
        if item == "i":
            stack.append(i)
            continue
        right = stack.pop()
        if item == "neg":
            value = -right
        else:
            left = stack.pop()
            if item == "+":
                value = left + right
            elif item == "-":
                value = left - right
            elif item == "*":
                value = left * right
            elif item == "//":
                if right == 0:
                    raise _unfit("A division by 0", i, span)
                value = left // right
            elif right < 0:
                raise _unfit("A negative power", i, span)
            elif (abs(left).bit_length() - 1) * right > 63:
                raise _unfit("A number over 2^63 - 1", i, span)
            else:
                value = left**right
        if abs(value) > LARGEST:
            raise _unfit("A number over 2^63 - 1", i, span)
        stack.append(value)
    return stack[0]


def _unfit(what, i, span):
    """Return the error for an expression that is no usable integer."""
    where = "" if i is None else f", for i = {i}"
    return SpecError("bad_value", f"{what} stands in this expression{where}.", span=span)


def holds_count(value):
    """Return whether an expression of `i` stands anywhere in an argument's value."""
    kind = value.__class__
    if kind is tuple or kind is Pair:
        return any(holds_count(item) for item in value)
    if kind is Named:
        return any(holds_count(arg.value) for arg in value.args)
    return kind is Count


def _filled(value, i):
    """Return `value` with its expressions worked out for copy `i`."""
    kind = value.__class__
    if kind is Count:
        return value.at(i)
    if kind is tuple:
        return tuple([_filled(item, i) for item in value])
    if kind is Pair:
        return Pair(_filled(value.low, i), _filled(value.high, i))
    if kind is Named:
        return value._replace(args=_filled_args(value.args, i))
    return value


def _filled_args(args, i):
    """Return `args` with the expressions in their values worked out for copy `i`."""
    return tuple([arg._replace(value=_filled(arg.value, i)) for arg in args])


class Block:
    """One ``[ ... ] * count``: the layers from `first` up to, not with, `stop`, as they are typed."""

    __slots__ = ("count", "cycle", "extra", "first", "index", "start", "stop")

    def __init__(self, first, start, index):
        self.first = first
        self.start = start
        self.index = index  # among the blocks, in the order in which they open
        self.stop = None
        self.count = self.cycle = None  # `i` is the copy modulo the cycle
        self.extra = 0  # layers that blocks within add when written out

    def absorb(self, blocks):
        """Take in a block that holds the same layers, so that ``[[[relu]]]`` costs one block."""
        if self.index + 1 < len(blocks):
            inner = blocks[self.index + 1]
            if inner.first == self.first and inner.stop == self.stop:
                self.count *= inner.count
                self.cycle = inner.cycle
                del blocks[self.index + 1]


def too_many(size, span):
    """Return the error for a network of `size` layers."""
    return LimitError(
        "limit",
        f"The network has {size:,} layers, and at most {MOST_LAYERS:,} are read.",
        hint="Repeat fewer times.",
        span=span,
    )


def expand(layers, blocks, replaced):
    """Write out every block; return all layers, their inputs being indices of the written-out list.

    Parameters
    ----------
    layers : list of Raw
        As typed; their inputs are indices of this list.
    blocks : list of Block
        In the order in which they open.
    replaced : set of int
        The layers whose first input is not the current value.
    """
    counted = {n for n, layer in enumerate(layers) if any(holds_count(arg.value) for arg in layer.args)}
    _refuse_long(layers, blocks, counted)
    flat: list = []
    filled: dict = {}  # (layer as typed, i) -> its arguments: copies of equal i share them
    latest = {-1: -1}  # where each typed layer's last copy stands: its own copy, or the last one
    stack = []  # [block, copy, blocks opened before its first layer]
    at = opened = 0
    while at < len(layers) and layers[at].name == INPUT:
        at += 1
    given = at if at > 1 else -1  # what follows several inputs takes the first
    at = 0
    while at < len(layers):
        while opened < len(blocks) and blocks[opened].first == at:
            opened += 1
            stack.append([blocks[opened - 1], 0, opened])
        layer = layers[at]
        args = layer.args
        if at in counted:
            i = stack[-1][1] % stack[-1][0].cycle
            args = filled.get((at, i))
            if args is None:
                args = filled[at, i] = _filled_args(layer.args, i)
        inputs = layer.inputs
        if inputs:
            first = latest[inputs[0]] if at in replaced else 0 if len(flat) == given else len(flat) - 1
            inputs = (first,) if len(inputs) == 1 else (first, *[latest[n] for n in inputs[1:]])
        latest[at] = len(flat)
        name, prefix, call, _, _, label, span, name_span, path, operands = layer
        if stack:
            path = None  # as copies of one thing have one path
        flat.append(_new(Raw, (name, prefix, call, args, inputs, label, span, name_span, path, operands)))
        at += 1
        while stack and at == stack[-1][0].stop:
            top = stack[-1]
            top[1] += 1
            if top[1] < top[0].count:
                at, opened = top[0].first, top[2]
                break
            stack.pop()
    return flat


def _refuse_long(layers, blocks, counted):
    """Raise where operands and expressions, written out, would be far more than layers may be."""
    work = 0
    copies, cycle = 1, 1
    stack: list = []
    opened = 0
    for at, layer in enumerate(layers):
        while stack and stack[-1][0].stop == at:
            _, copies, cycle = stack.pop()
        while opened < len(blocks) and blocks[opened].first == at:
            block = blocks[opened]
            opened += 1
            stack.append((block, copies, cycle))
            copies, cycle = copies * block.count, block.cycle
        work += copies * (len(layer.inputs) - 1)
        if at in counted:
            work += cycle * sum([_weight(arg.value) for arg in layer.args])
        if work > MOST_WORK:
            raise LimitError(
                "limit",
                f"Written out, the blocks have more than {MOST_WORK:,} operands and expressions of i.",
                hint="Repeat fewer times.",
                span=layer.span,
            )


def _weight(value):
    """Return how many numbers, words and operators a value is made of."""
    kind = value.__class__
    if kind is tuple or kind is Pair:
        return 1 + sum([_weight(item) for item in value])
    if kind is Named:
        return 1 + sum([_weight(arg.value) for arg in value.args])
    return len(value.postfix) if kind is Count else 1
