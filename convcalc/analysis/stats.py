"""Statistics of initialisation: plain records whose attributes are the keys of the JSON."""

from convcalc.analysis.jsonable import ends, kept, opening, summary
from convcalc.record import Record

# What the csv has of a weight; a layer without weights has one row with its signal alone.
COLUMNS = (
    *("index", "name", "type", "spec", "weight", "shape", "initializer", "fan_in", "fan_out", "expected_mean"),
    *("expected_std", "mean", "std", "min", "max", "penalty", "preactivation_std", "output_rms", "output_mean"),
    *("zero_fraction", "dead_units", "backward_gain"),
)


class PenaltyStats(Record):
    """A regulariser's penalty on one weight; None where there is no closed form."""

    name: str
    config: dict
    expected: float | None
    sample: float | None


class WeightStats(Record):
    """What convcalc says of one weight before any training."""

    name: str
    shape: tuple[int, ...]
    layout: str
    initializer: str | None
    config: dict
    fan_in: float | None
    fan_out: float | None
    expected: object  # analysis.moments.Moments, or None where there is no closed form
    sample: object  # numeric.summary.Summary, or None where nothing is drawn
    regularizer: PenaltyStats | None


class ExpectedSignal(Record):
    """What of a `Signal` has a closed form; None where there is none."""

    preactivation_std: float | None
    output_rms: float | None
    output_mean: float | None
    zero_fraction: float | None
    backward_gain: float | None


class Signal(Record):
    """What a layer makes of the signal: measured on noise, and expected.

    Attributes
    ----------
    input_rms, output_rms : float
        Root mean squares of all the values.
    preactivation_std : float or None
        The spread before the activation, of layers that have one.
    output_mean : float
    zero_fraction : float
        The share of outputs that are 0.
    dead_units, units : int
        Units that are 0 for every sample, of how many.
    backward_gain : float or None
        What the root mean square of a gradient is multiplied by on its way back.
    expected : ExpectedSignal
    """

    input_rms: float
    preactivation_std: float | None
    output_rms: float
    output_mean: float
    zero_fraction: float
    dead_units: int
    units: int
    backward_gain: float | None
    expected: ExpectedSignal


class LayerStats(Record):
    """What convcalc says of one layer before any training."""

    index: int  # type: ignore[assignment]  # the JSON's key
    name: str
    type: str
    spec: str
    inputs: tuple[str, ...]
    input_shape: tuple
    output_shape: tuple
    values: int
    weights: tuple[WeightStats, ...]
    signal: Signal | None
    notes: tuple


class InitStats:
    """What convcalc says of a whole network before any training.

    Every attribute but `every` is a key of the JSON.

    Attributes
    ----------
    framework : str
        "keras", "torch" or "onnx".
    data_format : str or None
    seed : int
    samples : int
        How many values of a weight were drawn at most.
    images : int or None
        How many samples went through the network; None where none did.
    reading : str or None
        How the input was read, where it could be read two ways.
    input_shape, output_shape : tuple
    inputs, outputs : tuple of Port
    layers, every : tuple of LayerStats
        The rows to show, and all of them: the same, but in what `keep` returns.
    values : int
        How many values all the weights have.
    penalty : PenaltyStats or None
        Of all the weights together, of which some has a regulariser.
    notes : tuple of Note
        What becomes of the signal, where that matters.
    """

    __slots__ = (
        "data_format", "every", "framework", "images", "input_shape", "inputs", "layers", "notes", "output_shape",
        "outputs", "penalty", "reading", "samples", "seed", "values",
    )  # fmt: skip
    schema = "convcalc/init-stats/1"
    layers: tuple[LayerStats, ...]
    every: tuple[LayerStats, ...]

    def __init__(self, report, layers, seed, samples, images, reading, penalty, notes):
        self.framework = report.framework
        self.data_format = report.data_format
        self.seed = seed
        self.samples = samples
        self.images = images
        self.reading = reading
        self.input_shape = report.input_shape
        self.output_shape = report.output_shape
        self.inputs = report.inputs
        self.outputs = report.outputs
        self.layers = self.every = layers
        self.values = sum(row.values for row in layers)
        self.penalty = penalty
        self.notes = notes

    def keep(self, rows) -> "InitStats":
        """Return the same statistics with only these rows; what is said of all stays."""
        return kept(self, rows)

    def to_dict(self) -> dict:
        """Return the statistics as the JSON object that ``--json`` prints."""
        return {
            "schema": self.schema,
            "framework": self.framework,
            "data_format": self.data_format,
            "seed": self.seed,
            "samples": self.samples,
            "images": self.images,
            "reading": self.reading,
            **ends(self),
            "layers": [layer_dict(row) for row in self.layers],
            "values": self.values,
            "penalty": self.penalty and {"expected": self.penalty.expected, "sample": self.penalty.sample},
            "notes": [note._asdict() for note in self.notes],
        }

    def rows(self) -> list[dict]:
        """Return a dict a weight, with the columns of the csv: ready for a data frame."""
        return [row for layer in self.layers for row in weight_rows(layer)]

    def __repr__(self):
        return summary(self, "init-stats:")


def layer_dict(row):
    """Return one layer's statistics as a JSON object."""
    return {
        **opening(row),
        "values": row.values,
        "weights": [weight_dict(weight) for weight in row.weights],
        "signal": row.signal and {**row.signal._asdict(), "expected": row.signal.expected._asdict()},
        "notes": [note._asdict() for note in row.notes],
    }


def weight_dict(weight):
    """Return one weight's statistics as a JSON object."""
    return {
        "name": weight.name,
        "shape": list(weight.shape),
        "layout": weight.layout,
        "initializer": weight.initializer and {"name": weight.initializer, "config": weight.config},
        "fan_in": weight.fan_in,
        "fan_out": weight.fan_out,
        "expected": weight.expected and weight.expected.to_dict(),
        "sample": weight.sample and weight.sample.to_dict(),
        "regularizer": weight.regularizer and weight.regularizer._asdict(),
    }


def weight_rows(layer):
    """Yield the csv's row of each weight of a layer; of a layer without weights one row with its signal alone."""
    signal = layer.signal
    for weight in layer.weights or (None,):
        expected, sample = weight and weight.expected, weight and weight.sample
        yield {
            "index": layer.index,
            "name": layer.name,
            "type": layer.type,
            "spec": layer.spec,
            "weight": weight and weight.name,
            "shape": weight and ",".join(map(str, weight.shape)),
            "initializer": weight and weight.initializer,
            "fan_in": weight and weight.fan_in,
            "fan_out": weight and weight.fan_out,
            "expected_mean": expected and expected.mean,
            "expected_std": expected and expected.std,
            "mean": sample and sample.mean,
            "std": sample and sample.std,
            "min": sample and sample.min,
            "max": sample and sample.max,
            "penalty": weight and weight.regularizer and weight.regularizer.sample,
            "preactivation_std": signal and signal.preactivation_std,
            "output_rms": signal and signal.output_rms,
            "output_mean": signal and signal.output_mean,
            "zero_fraction": signal and signal.zero_fraction,
            "dead_units": signal and signal.dead_units,
            "backward_gain": signal and signal.backward_gain,
        }
