"""The report: plain records whose attributes are the keys of the JSON.

Sizes are integers or `convcalc.sizes.Size` expressions, here and in every view. How a record
becomes a JSON object is in `jsonable`.
"""

from convcalc.analysis.jsonable import (
    field_dict,
    heading,
    kept,
    layer_dict,
    match_dict,
    params_dict,
    plain,
    row_dict,
    summary,
)
from convcalc.record import Record

# As in `typing`: what follows is read by type checkers and loaded by none.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from convcalc.analysis.matching import Match
    from convcalc.sizes import Size
    from convcalc.window import Bins, Window


class Params(Record):
    """Counts of parameters; torch's buffers stand apart and are in no total."""

    total: "int | Size"
    trainable: "int | Size"
    non_trainable: "int | Size"
    buffers: "int | Size" = 0


class WeightRow(Record):
    """One weight: `kind` is "parameter" or "buffer", `layout` names its axes."""

    name: str
    kind: str
    shape: "tuple[int | Size, ...]"
    trainable: bool
    layout: str = ""


class Field(Record):
    """A receptive field, a value per spatial axis; None where unknown."""

    size: tuple
    size_min: tuple
    stride: tuple
    start: tuple


class Note(Record):
    """Something that changes a decision, with its code from the closed list."""

    code: str
    message: str


class Port(Record):
    """An input or an output of a network: an input's name or the row's, and its shape."""

    name: str
    shape: "tuple[int | Size, ...]"


class LayerRow(Record):
    """What convcalc says of one layer; sizes and costs are None where nothing says what feeds it."""

    index: int  # type: ignore[assignment]  # the JSON's key, over a method that no one asks a row for
    name: str
    type: str
    spec: str
    inputs: tuple[str, ...]
    input_shape: tuple  # of a merge, the shapes of all its inputs
    output_shape: "tuple[int | Size, ...]"
    params: Params
    weights: tuple[WeightRow, ...]
    macs: "int | Size"
    flops: "int | Size"
    receptive_field: Field | None
    windows: "tuple[Window | Bins | None, ...]"
    activation_bytes: "int | Size"
    notes: tuple[Note, ...]
    parts: "tuple[LayerRow, ...]" = ()
    match: "Match | None" = None
    label: str | None = None  # its name as a spec gives it, where that says more than the framework's own would
    layers: int = 1  # how many it stands for, where `blocks` folded several


class Report:
    """What convcalc says of a whole network: a row a layer, and the totals.

    Every attribute but `batch` and `every` is a key of the JSON. Sizes and costs are None where nothing says what
    feeds a layer.

    Attributes
    ----------
    framework : str
        "keras", "torch" or "onnx".
    data_format : str or None
        "channels_last" or "channels_first"; None where no layer fixes it.
    dtype : str
        The type that bytes are counted in.
    batch : int
        How many samples the counts are for; 1 where the batch is a symbol.
    input_shape, output_shape : tuple
        Sizes, the batch included; of several, those of the first.
    inputs, outputs : tuple of Port
        All of them.
    layers, every : tuple of LayerRow
        The rows to show, and all of them: the same, but in what `keep` returns.
    params : Params
    macs, flops : int or Size
    receptive_field : Field or None
    param_bytes, peak_activation_bytes, training_activation_bytes : int or Size
        Of parameters; of tensors alive at once at inference; of all tensors, which training keeps.
    peak_layer : int or None
        Index of the layer at which the peak is reached.
    notes : tuple of Note
        What holds for the network and for no single layer.
    fits : dict
        The smallest size at which every window fits, by symbol: ``{"H": 7}``.
    reading : str or None
        How the input was read, where it could be read two ways.
    match : Match or None
        What another tool counts of all of it, where one was named.
    """

    __slots__ = (
        "batch",
        "blocks",
        "data_format",
        "dtype",
        "every",
        "fits",
        "flops",
        "framework",
        "input_shape",
        "inputs",
        "layers",
        "macs",
        "match",
        "notes",
        "output_shape",
        "outputs",
        "param_bytes",
        "params",
        "peak_activation_bytes",
        "peak_layer",
        "reading",
        "receptive_field",
        "training_activation_bytes",
    )
    schema = "convcalc/shape/1"
    framework: "Literal['keras', 'torch', 'onnx']"
    data_format: str | None
    dtype: "Literal['float32', 'float64', 'float16', 'bfloat16', 'int8']"
    batch: int
    reading: str | None
    input_shape: "tuple[int | Size, ...]"
    output_shape: "tuple[int | Size, ...]"
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    fits: dict[str, int]
    layers: tuple[LayerRow, ...]
    every: tuple[LayerRow, ...]
    params: Params
    macs: "int | Size"
    flops: "int | Size"
    receptive_field: Field | None
    param_bytes: "int | Size"
    peak_activation_bytes: "int | Size"
    training_activation_bytes: "int | Size"
    peak_layer: int | None
    notes: tuple[Note, ...]
    match: "Match | None"

    def __init__(
        self,
        *,
        framework,
        input_shape,
        output_shape,
        inputs,
        outputs,
        layers,
        params,
        macs,
        flops,
        receptive_field,
        param_bytes,
        peak_activation_bytes,
        training_activation_bytes,
        peak_layer=None,
        notes=(),
        fits=None,
        reading=None,
        data_format=None,
        dtype="float32",
        batch=1,
        match=None,
    ):
        self.framework = framework
        self.input_shape = input_shape
        self.output_shape = output_shape
        self.inputs = inputs
        self.outputs = outputs
        self.layers = self.every = layers
        self.params = params
        self.macs = macs
        self.flops = flops
        self.receptive_field = receptive_field
        self.param_bytes = param_bytes
        self.peak_activation_bytes = peak_activation_bytes
        self.training_activation_bytes = training_activation_bytes
        self.peak_layer = peak_layer
        self.notes = notes
        self.fits = fits or {}
        self.reading = reading
        self.data_format = data_format
        self.dtype = dtype
        self.batch = batch
        self.match = match
        self.blocks = None

    @property
    def level(self) -> "tuple[LayerRow, ...]":
        """All the rows at the depth that is shown: every layer, or the blocks that they are folded into."""
        return self.every if self.blocks is None else self.blocks

    def to_dict(self) -> dict:
        """Return the report as the JSON object that ``--json`` prints."""
        return {
            **heading(self),
            "layers": [layer_dict(row) for row in self.layers],
            "params": params_dict(self.params),
            "macs": plain(self.macs),
            "flops": plain(self.flops),
            "receptive_field": field_dict(self.receptive_field),
            "param_bytes": plain(self.param_bytes),
            "peak_activation_bytes": plain(self.peak_activation_bytes),
            "peak_layer": self.peak_layer,
            "training_activation_bytes": plain(self.training_activation_bytes),
            "notes": [note._asdict() for note in self.notes],
            **match_dict(self.match),
        }

    def rows(self) -> list[dict]:
        """Return a dict a layer, with the columns of the csv: ready for a data frame."""
        return [row_dict(row) for row in self.layers]

    def keep(self, rows) -> "Report":
        """Return the same report with only these rows; the totals stay those of the whole."""
        return kept(self, rows)

    def fold(self, depth: int) -> "Report":
        """Return the same report with what lies deeper than `depth` in a path of names as a row a block.

        Examples
        --------
        >>> import convcalc
        >>> net = "nn.Sequential(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), nn.Flatten())"
        >>> [(row.name, row.layers) for row in convcalc.shape(net, (1, 3, 8, 8)).fold(1).layers]
        [('0', 2), ('1', 1)]
        """
        from convcalc.analysis.blocks import folded

        return folded(self, depth)

    def __rich__(self):
        from convcalc.views.table import Table

        return Table(self)

    def _repr_html_(self):
        from convcalc.views.html import render

        return render(self)

    def __repr__(self):
        return summary(self, "report:")
