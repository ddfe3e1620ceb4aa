"""The site of a layer: one call on one input, as its rule sees it; and the facts a rule gives back.

A rule asks the site for channels, spatial sizes and windows, and answers with `Facts`. The site
refuses what does not fit, naming the axis and the numbers, and notes what a symbol must satisfy.
"""

from functools import partial
from math import prod

from convcalc.errors import ShapeError, SpecError
from convcalc.layers.fit import AXES, fits, layout_words, no_fit, show, swapped
from convcalc.record import Record
from convcalc.sizes import Symbols, symbol


class Weight(Record):
    """One weight: name, shape and the words for its axes; buffers are in no total."""

    name: str
    shape: tuple
    layout: str = ""
    trainable: bool = True
    kind: str = "parameter"


def alone(facts):
    """Return the parts of a layer that is not made of others."""
    return ()


class Facts(Record):
    """What a rule says of one layer.

    `field` tells how the receptive field goes on: "windows" through `windows`, "keeps" unchanged,
    "whole" (each output cell sees the whole input), "unknown" unless every input saw the whole, or
    "mixes": unknown unless any did. `macs` and `flops` are of the
    whole batch, with an unknown batch as 1. `parts` gives ``(kind, facts)`` of each layer that it is
    made of, from the facts of the whole: what only a report asks.
    """

    output: tuple
    windows: tuple = ()
    weights: tuple = ()
    macs: int = 0
    flops: int = 0
    field: str = "keeps"
    notes: tuple = ()
    parts: object = alone


class Site:
    """One call on its inputs.

    Attributes
    ----------
    layer : Layer
    framework : str
    args : dict
        House key -> value in its normal form.
    given : dict
        House key -> span of the words that gave it, for errors.
    shapes : tuple of tuple
        The shapes of all inputs; `shape` is the first.
    open : bool
        Whether nothing is known of the input, so that a missing argument becomes a symbol.
    channels_first : bool
        Whether channels stand before the spatial axes.
    conditions : list
        Sizes that must be 1 or more, for the symbols in them to fit.
    terse : bool
        Whether the call was written in convcalc's own form.
    source : tuple or None
        The network's own input, which a layer's first input may still be.
    fixed : tuple or None
        The input's open size and the number of channels that the call says it is.
    """

    __slots__ = (
        "args",
        "channels_first",
        "conditions",
        "fixed",
        "framework",
        "given",
        "kept",
        "layer",
        "notes",
        "open",
        "rank",
        "shape",
        "shapes",
        "source",
        "terse",
        "used",
    )

    def __init__(self, call, shapes, open=False, used=None, source=None):
        self.layer = call.layer
        self.framework = call.framework
        self.args = call.args
        self.channels_first = call.framework != "keras" or call.args.get("data_format") == "channels_first"
        self.given = call.given
        self.kept = call.kept
        self.terse = call.terse
        self.rank = call.layer.rank
        self.shapes = shapes
        self.shape = shapes[0]
        self.open = open
        self.used = used if used is not None else Symbols()
        self.conditions = []
        self.notes = []
        self.fixed = None
        self.source = source

    # -- the layout of the input ---------------------------------------------------------------

    @property
    def type(self):
        """The framework's name of the layer; of one without a rule, what its file calls it."""
        if "class_name" in self.args:
            return self.args["class_name"]
        return self.layer.type(self.framework, len(self.shape))

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

    def batch_of(self, batch):
        """Return the size of the batch for counting: 1 where it is unknown or there is none."""
        if not batch or batch[0].__class__ is int:
            return batch[0] if batch else 1
        # A symbol by itself is the batch, whichever input it comes from; one among factors is counted with them.
        alone = self.framework != "onnx" and str(batch[0]) in batch[0].symbols
        return 1 if alone else self.unbatched(batch[0])

    def unbatched(self, size):
        """Return a count with 1 for the network's unknown batch, which layers move to any axis or join to others."""
        if size.__class__ is int or not self.source or self.source[0].__class__ is int:
            return size
        names = size.symbols & self.source[0].symbols
        return size.at(dict.fromkeys(names, 1)) if names else size

    def cells(self, shape):
        """Return the number of values in a shape of the site, an unknown batch as 1."""
        if not shape or shape[0].__class__ is int:
            return self.unbatched(prod(shape))
        return self.unbatched(prod(shape[1:])) * self.batch_of(shape)

    # -- arguments -----------------------------------------------------------------------------

    def filters(self, key="filters"):
        """Return the output channels; a symbol where nothing is known, else an error if missing."""
        value = self.args.get(key)
        if value is not None:
            return value
        if not self.open:
            signature, word = self.layer.signature(self.framework), self.layer.word
            raise SpecError(
                "missing_argument",
                f"{word} needs {signature.by_key[key].name}.",
                hint=f"Give the number of output channels: {word} {signature.short(key, self.layer)}=32",
            )
        used = self.used
        return symbol(next((letter for letter in ("F", "M", "K") if letter not in used), None) or used.numbered("F"))

    def match(self, channels, given, what="in_channels"):
        """Refuse an input whose channels are not the given ones; return the channels."""
        if given is None or channels == given:
            return channels
        if channels.__class__ is not int:
            # An open size, which the layer fixes; one worked out of others it cannot.
            self.fixed = (channels, given)
            if str(channels) not in channels.symbols:
                self.note("assumed", f"holds where {channels} = {given}")
            return given
        raise ShapeError(
            "wrong_channels",
            f"{self.type} has {what}={given}, its input {channels} channels.",
            hint=swapped(self, given) or f"Give {what}={channels}, or an input with {given} channels.",
            span=self.given.get("in_channels"),
        )

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

    def once(self, made):
        """Return ``made(site)``, which asks for arguments alone, but for the output channels: kept with the call.

        What it noted is noted each time.
        """
        found = self.kept.get(made)
        if found is None:
            before = len(self.notes)
            value = made(self)
            self.kept[made] = value, self.notes[before:]
            return value
        value, notes = found
        if notes:
            self.notes += notes
        return value

    def slide(self, spatial, lanes, least=1):
        """Lower each axis and return ``(windows, sizes)``; refuse the first that does not fit.

        `lanes` are what `fit.lanes` makes of a rule and the arguments of each axis; `least` is the smallest
        output that the framework takes.
        """
        windows: list = []
        sizes: list = []
        for (rule, row, window, reach, base, stride), n in zip(lanes, spatial, strict=True):
            if window is None:
                window = rule(*row, n)
                size = window.out(n)
            else:
                reach += n * base
                size = reach // stride + 1 if reach.__class__ is not int or reach >= 0 else 0
            if size.__class__ is not int:
                self.conditions.append(size)
            elif size < 1 and window.low is not None and not fits(window, n, least):
                raise no_fit(self, AXES[self.rank][len(windows)], n, window, partial(rule, *row), least)
            windows.append(window)
            sizes.append(size)
        return tuple(windows), tuple(sizes)

    def no_empty(self, sizes, names):
        """Refuse an axis without cells, as torch does; only its batch may be empty."""
        for size, name in zip(sizes, names, strict=True):
            if size.__class__ is int and size < 1:
                raise ShapeError(
                    "does_not_fit",
                    f"{self.type} takes no input without cells: its {name} {'are' if name == 'channels' else 'is'} 0.",
                    hint="Give an input with 1 or more along every axis but the batch.",
                )

    # -- refusals ------------------------------------------------------------------------------

    def wrong_rank(self, expected):
        """Return the error for an input of the wrong number of axes."""
        layout = "channels" if self.rank is None else layout_words(self.rank, self.channels_first)
        return ShapeError(
            "wrong_rank",
            f"{self.type} takes an input of {expected} axes ({layout}), not {len(self.shape)}: {show(self.shape)}.",
            hint="Give -i with the axes it takes; Flatten, Reshape or a pool changes their number.",
        )

    def refuse(self, code, message, hint=None, key=None):
        """Return the error for what is wrong with this input; `key` is the argument at fault."""
        return ShapeError(code, message, hint=hint, span=self.given.get(key))

    def illegal(self, message, hint=None, code="bad_combination", key=None):
        """Return the error for arguments that are wrong whatever the input; `key` is the one at fault."""
        return SpecError(code, message, hint=hint, span=self.given.get(key))

    def note(self, code, message):
        """Keep a note for the report."""
        self.notes.append((code, message))


def one_axis(site, number):
    """Return a number of channels that torch takes as the shape of its weights too: ``(4,)`` is 4."""
    if number.__class__ is tuple:
        if len(number) != 1:
            raise site.illegal(
                f"{site.type} has weights of one axis, not of {len(number)}.", "Give an integer.", "bad_value"
            )
        number = number[0]
    if number < 0:
        raise site.illegal(f"{site.type} cannot have {number} channels.", "Give the input's channels.", "bad_value")
    return number
