"""The site of a layer: one call on one input, as its rule sees it; and the facts a rule gives back.

A rule asks the site for channels, spatial sizes and windows, and answers with `Facts`. The site
refuses what does not fit, naming the axis and the numbers, and notes what a symbol must satisfy.
"""

from math import prod
from typing import NamedTuple

from convcalc.errors import ShapeError, SpecError
from convcalc.sizes import symbol

AXES = {0: (), 1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


class Weight(NamedTuple):
    """One weight: name, shape and the words for its axes; buffers are in no total."""

    name: str
    shape: tuple
    layout: str = ""
    trainable: bool = True
    kind: str = "parameter"


class Facts(NamedTuple):
    """What a rule says of one layer.

    `field` tells how the receptive field goes on: "windows" through `windows`, "keeps" unchanged,
    "whole" (each output cell sees the whole input), or "unknown". `macs` and `flops` are of the
    whole batch, with an unknown batch as 1.
    """

    output: tuple
    windows: tuple = ()
    weights: tuple = ()
    macs: int = 0
    flops: int = 0
    field: str = "keeps"
    notes: tuple = ()
    parts: tuple = ()


class Site:
    """One call on its inputs.

    Attributes
    ----------
    layer : Layer
    framework : str
    args : dict
        House key -> value in its normal form.
    shapes : tuple of tuple
        The shapes of all inputs; `shape` is the first.
    open : bool
        Whether nothing is known of the input, so that a missing argument becomes a symbol.
    conditions : list
        Sizes that must be 1 or more, for the symbols in them to fit.
    terse : bool
        Whether the call was written in convcalc's own form.
    """

    __slots__ = ("args", "conditions", "framework", "layer", "notes", "open", "rank", "shape", "shapes", "terse", "used")

    def __init__(self, call, shapes, open=False, used=frozenset()):
        self.layer = call.layer
        self.framework = call.framework
        self.args = call.args
        self.terse = call.terse
        self.rank = call.layer.rank
        self.shapes = shapes
        self.shape = shapes[0]
        self.open = open
        self.used = used
        self.conditions = []
        self.notes = []

    # -- the layout of the input ---------------------------------------------------------------

    @property
    def type(self):
        """The framework's name of the layer."""
        return self.layer.type(self.framework, len(self.shape))

    @property
    def channels_first(self):
        """Whether channels stand before the spatial axes."""
        return self.framework != "keras" or self.args.get("data_format") == "channels_first"

    def split(self, unbatched=False):
        """Return ``(batch, channels, spatial)``; `batch` is empty for torch's unbatched input."""
        shape, rank = self.shape, self.rank
        if len(shape) == rank + 2:
            batch = shape[:1]
        elif unbatched and len(shape) == rank + 1:
            batch = ()
        else:
            raise self.wrong_rank(rank + 2)
        if self.channels_first:
            return batch, shape[len(batch)], shape[len(batch) + 1 :]
        return batch, shape[-1], shape[1:-1]

    def join(self, batch, channels, spatial):
        """Return a shape in the layout that `split` read."""
        if self.channels_first:
            return (*batch, channels, *spatial)
        return (*batch, *spatial, channels)

    @staticmethod
    def batch_of(batch):
        """Return the size of the batch for counting: 1 where it is unknown or there is none."""
        return batch[0] if batch and batch[0].__class__ is int else 1

    def cells(self, shape):
        """Return the number of values in a shape of the site, an unknown batch as 1."""
        if shape and shape[0].__class__ is not int:
            shape = shape[1:]
        return prod(shape)

    # -- arguments -----------------------------------------------------------------------------

    def filters(self, key="filters"):
        """Return the output channels; a symbol where nothing is known, else an error if missing."""
        value = self.args.get(key)
        if value is not None:
            return value
        if not self.open:
            raise SpecError(
                "missing_argument",
                f"{self.layer.word} needs {key}.",
                hint=f"Give the number of output channels: {self.layer.word} f=32",
            )
        letter = next(s for s in ("F", "M", "K", *(f"F{i}" for i in range(1, 10**6))) if s not in self.used)
        return symbol(letter)

    def match(self, channels, given, what="in_channels"):
        """Refuse an input whose channels are not the given ones; return the channels."""
        if given is None or channels == given:
            return channels
        if channels.__class__ is not int:
            # A symbol: the layer fixes it, and the report says so through the weight's shape.
            return given
        raise ShapeError(
            "wrong_channels",
            f"{self.type} has {what}={given}, its input {channels} channels.",
            hint=self.swapped(given) or f"Give {what}={channels}, or an input with {given} channels.",
        )

    def swapped(self, channels):
        """Return a hint where the input looks as if its channels stood at the other end."""
        shape = self.shape
        if self.rank is None or len(shape) < 3:
            return None
        first, last = shape[-self.rank - 1], shape[-1]
        if self.channels_first and last == channels:
            inner = (last, *shape[-self.rank - 1 : -1])
            return f"{self.framework} reads channels first: give -i {'x'.join(map(str, inner))}"
        if not self.channels_first and first == channels:
            inner = (*shape[-self.rank :], first)
            return f"keras reads channels last: give -i {'x'.join(map(str, inner))}, or df=channels_first"
        return None

    def axis(self, value):
        """Return the index of an axis given from either end; refuse one that the input does not have."""
        axes = len(self.shape)
        if -axes <= value < axes:
            return value % axes
        raise ShapeError(
            "wrong_rank",
            f"{self.type}'s axis {value} is no axis of an input of {axes}: {show(self.shape) or 'a single value'}.",
            hint=f"Give one from {-axes} to {axes - 1}." if axes else "Give -i with an axis.",
        )

    # -- windows -------------------------------------------------------------------------------

    def slide(self, spatial, lower, least=1):
        """Lower each axis and return ``(windows, sizes)``; refuse the first that does not fit.

        `lower(axis, n)` gives the window of an axis over `n` cells; `least` is the smallest output
        that the framework takes.
        """
        windows, sizes = [], []
        for axis, n in enumerate(spatial):
            window = lower(axis, n)
            size = window.out(n)
            if size.__class__ is not int:
                self.conditions.append(size)
            elif size < 1 and window.low is not None and not fits(window, n, least):
                raise self.no_fit(axis, n, window, lower, least)
            windows.append(window)
            sizes.append(size)
        return tuple(windows), tuple(sizes)

    def no_fit(self, axis, n, window, lower, least=1):
        """Return the error for a window that does not fit: the axis, the numbers, what would do."""
        name = AXES[self.rank][axis]
        smallest = smallest_fit(lower, axis, least)
        if not window.flip:
            reason = f"the kernel spans {window.span}, the input with its padding has {n + window.low + window.high}"
            fixes = ["a smaller kernel", "more padding"]
            if window.dilation > 1:
                fixes.insert(1, "less dilation")
        else:
            full = (n - 1) * window.base + window.span
            cut = 2 * (window.span - 1) - window.low - window.high
            reason = f"of the {full} cells that {n} spread over, {cut} are cut off"
            fixes = ["a larger kernel", "less padding", "more output_padding"]
        need = f"The smallest input that fits is {smallest} along {name}; or give " if smallest is not None else "Give "
        swapped = None
        if self.framework == "keras" and len(self.shape) == self.rank + 2 and not self.channels_first:
            first = self.shape[1]
            if axis == 0 and first.__class__ is int and first <= 4:
                swapped = self.swapped(first)
        return ShapeError(
            "does_not_fit",
            f"{self.type} does not fit along {name}: {reason}.",
            hint=(f"This looks like channels first, but {swapped}." if swapped else need + ", ".join(fixes[:-1]) + f" or {fixes[-1]}."),
        )

    def no_empty(self, sizes, names):
        """Refuse an axis without cells, as torch does; only its batch may be empty."""
        for size, name in zip(sizes, names, strict=True):
            if size.__class__ is int and size < 1:
                raise ShapeError(
                    "does_not_fit",
                    f"{self.type} takes no input without cells: its {name} {'are' if name == 'channels' else 'is'} 0.",
                    hint="Give an input with 1 or more along every axis but the batch.",
                )

    def check_padding(self, padding):
        """Refuse or note explicit cells where the framework's own layer takes words alone."""
        if padding.__class__ is str:
            if padding == "causal" and self.rank != 1:
                raise self.illegal("causal padding is for one-dimensional convolutions alone.", "Give pad=same or valid.")
        elif self.framework == "keras":
            self.note("explicit_padding", "Keras has no such argument: " + self.explicit(padding))
        elif self.framework == "torch" and any(low != high for low, high in padding):
            self.note("explicit_padding", "torch pads both ends alike: this means a padding layer before it")

    def explicit(self, padding):
        """Return what explicit cells mean in Keras."""
        if self.layer.family.kind == "transpose":
            return f"this means padding='valid', then Cropping{self.rank}D({padding})"
        return f"this means ZeroPadding{self.rank}D({padding}), then padding='valid'"

    # -- refusals ------------------------------------------------------------------------------

    def wrong_rank(self, expected):
        """Return the error for an input of the wrong number of axes."""
        layout = "channels" if self.rank is None else layout_words(self.rank, self.channels_first)
        return ShapeError(
            "wrong_rank",
            f"{self.type} takes an input of {expected} axes ({layout}), not {len(self.shape)}: {show(self.shape)}.",
            hint="Give -i with the axes it takes; Flatten, Reshape or a pool changes their number.",
        )

    def refuse(self, code, message, hint=None):
        """Return the error for what is wrong with this input."""
        return ShapeError(code, message, hint=hint)

    def illegal(self, message, hint=None, code="bad_combination"):
        """Return the error for arguments that are wrong whatever the input."""
        return SpecError(code, message, hint=hint)

    def note(self, code, message):
        """Keep a note for the report."""
        self.notes.append((code, message))


def layout_words(rank, channels_first):
    """Return "batch, H, W, channels" or the like."""
    axes = ", ".join(AXES[rank])
    return f"batch, channels, {axes}" if channels_first else f"batch, {axes}, channels"


def show(shape):
    """Return a shape as text: ``N, 28, 28, 3``."""
    return ", ".join(map(str, shape))


def fits(window, n, least=1):
    """Tell whether a window gives `least` outputs or more over `n` cells."""
    return window.room(n) - window.span >= (least - 1) * window.stride


def smallest_fit(lower, axis, least=1, limit=1 << 62):
    """Return the smallest input along an axis over which the lowered window fits, or None."""
    if least < 1 and fits(lower(axis, 0), 0, least):
        return 0
    high = 1
    while high < limit and not fits(lower(axis, high), high, least):
        high *= 2
    if high >= limit:
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if not fits(lower(axis, middle), middle, least):
            low = middle
        else:
            high = middle
    return high
