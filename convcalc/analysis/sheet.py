"""The records of `inspect`: one sheet a layer. Their attributes are the keys of the JSON."""

from typing import Literal, NamedTuple

from convcalc.analysis.jsonable import field_dict, heading, params_dict, plain, summary, window_dict
from convcalc.analysis.report import Field, Note, Params, Port
from convcalc.layers.write import text
from convcalc.sizes import Size
from convcalc.window import Bins, Window


class Argument(NamedTuple):
    """One argument of the framework's own signature.

    `source` is "given", "default", "from the input", or "open" for a symbol; for a given one,
    `written` is how it was written, where that is not the value itself.
    """

    name: str
    value: object
    source: str
    written: str | None = None


class Rule(NamedTuple):
    """One rule that the size follows: the word that chose it, and what it says."""

    name: str
    text: str


class Cells(NamedTuple):
    """Cells added to (or cut from) one axis: how many, by what formula, at which end."""

    formula: str | None
    total: int | None
    before: int | None
    after: int | None


class Read(NamedTuple):
    """What one output reads along an axis: cells `first` to `last`, `step` apart, padding too.

    `first` is None where every tap falls between cells; `padding` is how many of the `taps` fall
    outside the input, None where its size is not known.
    """

    output: int
    first: int | None
    last: int | None
    step: int | None
    taps: int
    padding: int | None


class Axis(NamedTuple):
    """One spatial axis of a layer of windows; what is not known is None."""

    name: str
    input: int | Size
    output: int | Size
    low: int | None
    high: int | None
    span: str | None
    zeros: Cells | None
    cut: Cells | None
    formula: str | None
    window: Window | Bins | None
    reads: tuple[Read, ...]
    unread: int | None
    touching: int | None
    empty: int | None
    overlap: tuple | None


class Grid(NamedTuple):
    """Counts over all spatial axes together; None where they are not known."""

    input: int | Size
    output: int | Size
    unread: int | None
    touching: int | None
    empty: int | None


class WeightLine(NamedTuple):
    """One weight, with a word for each of its axes, and its initialiser where an argument names one."""

    name: str
    kind: str
    shape: tuple[int | Size, ...]
    trainable: bool
    layout: tuple[str, ...]
    size: int | Size
    initializer: object


class Cost(NamedTuple):
    """What a layer costs; formulas are None where there is none that says more than the number."""

    macs: int | Size
    macs_formula: str | None
    macs_inside: int | None
    flops: int | Size
    flops_convention: str | None
    output_bytes: int | Size


class Part(NamedTuple):
    """One step of a layer of several."""

    name: str
    output_shape: tuple[int | Size, ...]
    weights: tuple[WeightLine, ...]
    cost: Cost


class Sheet(NamedTuple):
    """Everything that convcalc says of one layer."""

    index: int  # type: ignore[assignment]
    name: str
    type: str
    spec: str
    inputs: tuple[str, ...]
    input_shape: tuple
    output_shape: tuple[int | Size, ...]
    data_format: str | None
    arguments: tuple[Argument, ...]
    rule: tuple[Rule, ...]
    axes: tuple[Axis, ...]
    grid: Grid | None
    formula: str | None
    params: Params
    weights: tuple[WeightLine, ...]
    cost: Cost
    receptive_field: Field | None
    notes: tuple[Note, ...]
    parts: tuple[Part, ...] = ()

    def to_dict(self) -> dict:
        """Return the sheet as a JSON object; `parts` only where the layer has some."""
        data = {
            "index": self.index,
            "name": self.name,
            "type": self.type,
            "spec": self.spec,
            "inputs": list(self.inputs),
            "input_shape": plain(self.input_shape),
            "output_shape": plain(self.output_shape),
            "data_format": self.data_format,
            "arguments": [argument_dict(argument) for argument in self.arguments],
            "rule": [rule._asdict() for rule in self.rule],
            "formula": self.formula,
            "axes": [axis_dict(axis) for axis in self.axes],
            "grid": record_dict(self.grid),
            "params": params_dict(self.params),
            "weights": [weight_dict(weight) for weight in self.weights],
            "cost": record_dict(self.cost),
            "receptive_field": field_dict(self.receptive_field),
            "notes": [note._asdict() for note in self.notes],
        }
        if self.parts:
            data["parts"] = [part_dict(part) for part in self.parts]
        return data


class Inspection:
    """A sheet a layer of a network.

    Attributes
    ----------
    framework, data_format, dtype, batch, reading, input_shape, output_shape, inputs, outputs, fits
        As of `Report`.
    layers, every : tuple of Sheet
        The sheets to show, and all of them.
    """

    __slots__ = (
        "batch",
        "data_format",
        "dtype",
        "every",
        "fits",
        "framework",
        "input_shape",
        "inputs",
        "layers",
        "output_shape",
        "outputs",
        "reading",
    )
    schema = "convcalc/inspect/1"
    framework: Literal["keras", "torch", "onnx"]
    data_format: str | None
    dtype: Literal["float32", "float64", "float16", "bfloat16", "int8"]
    batch: int
    reading: str | None
    input_shape: tuple[int | Size, ...]
    output_shape: tuple[int | Size, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    fits: dict[str, int]
    layers: tuple[Sheet, ...]
    every: tuple[Sheet, ...]

    def __init__(self, report, layers):
        self.framework = report.framework
        self.data_format = report.data_format
        self.dtype = report.dtype
        self.batch = report.batch
        self.reading = report.reading
        self.input_shape = report.input_shape
        self.output_shape = report.output_shape
        self.inputs = report.inputs
        self.outputs = report.outputs
        self.fits = report.fits
        self.layers = self.every = layers

    def keep(self, sheets) -> "Inspection":
        """Return the same with only these sheets."""
        kept = Inspection(self, tuple(sheets))
        kept.every = self.every
        return kept

    def to_dict(self) -> dict:
        """Return what ``--json`` prints."""
        return {**heading(self), "layers": [sheet.to_dict() for sheet in self.layers]}

    def __repr__(self):
        return summary(self, "inspection:")


def argument_dict(argument):
    """Return an argument as a JSON object; a named thing as its text."""
    own = {"name": argument.name, "value": value_of(argument.value), "source": argument.source}
    if argument.written is not None:
        own["written"] = argument.written
    return own


def value_of(value):
    """Return a value as JSON has it; a named thing, or anything else of ours, as terse text.

    Examples
    --------
    >>> value_of((3, 3)), value_of(((1, 2), (0, 0))), value_of(None), value_of(0.5)
    ([3, 3], [[1, 2], [0, 0]], None, 0.5)
    """
    kind = value.__class__
    if kind is float:
        # JSON has no infinity.
        return value if abs(value) < float("inf") else repr(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind in (tuple, list):
        return [value_of(item) for item in value]
    return text(value)


def axis_dict(axis):
    """Return an axis as a JSON object."""
    own = {}
    for key, value in zip(axis._fields, axis, strict=True):
        if key == "window":
            value = window_dict(value)
        elif key == "reads":
            value = [read._asdict() for read in value]
        elif key in ("zeros", "cut"):
            value = record_dict(value)
        else:
            value = plain(value)
        own[key] = value
    return own


def weight_dict(weight):
    """Return a weight as a JSON object."""
    return {**record_dict(weight), "initializer": value_of(weight.initializer)}


def part_dict(part):
    """Return a part as a JSON object."""
    return {
        "name": part.name,
        "output_shape": plain(part.output_shape),
        "weights": [weight_dict(weight) for weight in part.weights],
        "cost": record_dict(part.cost),
    }


def record_dict(record):
    """Return a flat record as a JSON object, or None."""
    return record and {key: plain(value) for key, value in zip(record._fields, record, strict=True)}
