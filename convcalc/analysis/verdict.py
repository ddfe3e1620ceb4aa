"""The verdict of a check: plain records whose attributes are the keys of the JSON."""

from convcalc.analysis.jsonable import commas, ends, kept, opening, params_dict, summary
from convcalc.analysis.report import Params
from convcalc.record import Record


class Outside(Record):
    """What another framework says of one layer, or of all: the greatest relative difference, and whether it passes.

    `max_error` is None where no number says it: other shapes, or no value where there should be one.
    """

    max_error: float | None
    ok: bool
    note: str | None = None


class LayerVerdict(Record):
    """What a check says of one layer."""

    index: int  # type: ignore[assignment]  # the JSON's key, over a method that no one asks a row for
    name: str
    type: str
    spec: str
    inputs: tuple[str, ...]
    input_shape: tuple  # of a merge, the shapes of all its inputs
    output_shape: tuple[int, ...]
    params: Params
    values: int
    max_error: float | None
    ok: bool
    note: str | None = None
    against: Outside | None = None


class Verdict:
    """What a check says of a whole network: a row a layer, and all of them together.

    Every attribute but `every` is a key of the JSON.

    Attributes
    ----------
    framework : str
        "keras", "torch" or "onnx".
    data_format : str or None
    dtype : str
        What was computed in.
    seed : int
        Of the random input and weights.
    reading : str or None
        How the input was read, where it could be read two ways.
    input_shape, output_shape : tuple of int
    inputs, outputs : tuple of Port
    layers, every : tuple of LayerVerdict
        The rows to show, and all of them: the same, but in what `keep` returns.
    ok : bool
        Whether every shape and value agrees.
    max_error : float or None
        The greatest difference over the greatest value, of all layers; None where no number says it.
    allowed : float
    against : str or None
        The framework that was asked too, with its version.
    values, params : int, Params
        How many values were compared, of how many parameters.
    bytes, macs : int
        What the run was estimated to need.
    """

    __slots__ = (
        "against", "allowed", "bytes", "data_format", "dtype", "every", "framework", "input_shape", "inputs", "layers",
        "macs", "max_error", "ok", "output_shape", "outputs", "params", "reading", "seed", "values",
    )  # fmt: skip
    schema = "convcalc/check/1"
    layers: tuple[LayerVerdict, ...]
    every: tuple[LayerVerdict, ...]

    def __init__(self, report, layers, dtype, seed, allowed, against, need):
        self.framework = report.framework
        self.data_format = report.data_format
        self.dtype = dtype
        self.seed = seed
        self.reading = report.reading
        self.input_shape = report.input_shape
        self.output_shape = report.output_shape
        self.inputs = report.inputs
        self.outputs = report.outputs
        self.layers = self.every = layers
        self.ok = not self.wrong()
        self.max_error = greatest([row.max_error for row in layers])
        self.allowed = allowed
        self.against = against
        self.values = sum(row.values for row in layers)
        self.params = report.params
        self.bytes = need
        self.macs = report.macs

    def wrong(self) -> list[LayerVerdict]:
        """Return the rows of the whole network that do not pass."""
        return [row for row in self.every if not (row.ok and (row.against is None or row.against.ok))]

    def keep(self, rows) -> "Verdict":
        """Return the same verdict with only these rows; what is said of all stays."""
        return kept(self, rows)

    def to_dict(self) -> dict:
        """Return the verdict as the JSON object that ``--json`` prints."""
        return {
            "schema": self.schema,
            "framework": self.framework,
            "data_format": self.data_format,
            "dtype": self.dtype,
            "seed": self.seed,
            "reading": self.reading,
            **ends(self),
            "layers": [verdict_dict(row) for row in self.layers],
            "ok": self.ok,
            "max_error": self.max_error,
            "allowed": self.allowed,
            "against": self.against,
            "values": self.values,
            "params": params_dict(self.params),
            "bytes": self.bytes,
            "macs": self.macs,
        }

    def rows(self) -> list[dict]:
        """Return a dict a layer, with the columns of the csv: ready for a data frame."""
        return [
            {
                "index": row.index,
                "name": row.name,
                "type": row.type,
                "spec": row.spec,
                "output_shape": commas(row.output_shape),
                "values": row.values,
                "max_error": row.max_error,
                "against": row.against and row.against.max_error,
                "ok": row.ok and (row.against is None or row.against.ok),
                "note": row.note or (row.against and row.against.note),
            }
            for row in self.layers
        ]

    def __repr__(self):
        word = "ok" if self.ok else "FAIL"
        return summary(self, f"verdict: {word},")


def greatest(errors):
    """Return the greatest of some errors; None, which no number says, is greater than any.

    >>> greatest([1e-7, 2e-7]), greatest([1e-7, None]), greatest([])
    (2e-07, None, 0.0)
    """
    return None if None in errors else max(errors, default=0.0)


def verdict_dict(row):
    """Return one layer's verdict as a JSON object."""
    return {
        **opening(row),
        "params": params_dict(row.params),
        "values": row.values,
        "max_error": row.max_error,
        "ok": row.ok,
        "note": row.note,
        "against": row.against and row.against._asdict(),
    }
