"""Statistics of initialisation: each weight, expected and sampled, and the signal through the layers."""

from math import prod

import numpy as np

from convcalc import initializers
from convcalc.analysis import initial as initials
from convcalc.analysis import moments as closed
from convcalc.analysis.infer import begin, infer
from convcalc.analysis.report import Note
from convcalc.analysis.stats import InitStats, LayerStats, PenaltyStats, WeightStats
from convcalc.errors import LimitError, SpecError
from convcalc.layers.fit import show
from convcalc.numeric import custom, verdict
from convcalc.numeric import sample as sampling
from convcalc.numeric.expect import NORMS
from convcalc.numeric.initialize import chunks, generator, initialize
from convcalc.numeric.limit import need_in_signal
from convcalc.numeric.penalty import penalty
from convcalc.numeric.program import Program
from convcalc.numeric.signal import signals
from convcalc.numeric.summary import sampled

# Samples that go through a network, where that is no more work than so many MACs.
IMAGES = 64
WORK = 2 * 10**9
# Before any training a network has no statistics of its own.
TRAINED = frozenset((*NORMS, "rms_norm"))
COUNTER = "num_batches_tracked"
# Penalties that are sums over values, which need no whole weight; of others, what one may be large.
SUMS = {"l1", "l2", "l1_l2"}
WHOLE = 2**24


def init_stats(network, typed, batch, seed, samples, images, max_bytes, trusted, progress=None):
    """Return the `InitStats` of a network.

    Parameters
    ----------
    network : Network
    typed, batch
        As `convcalc.analysis.infer.infer` takes them; the channels have to be known.
    seed : int
    samples : int
        How many values of a weight are drawn at most.
    images : int or None
        How many samples go through the network, 0 for none; None for as many as are quick.
    max_bytes : int or None
    trusted : bool
        Whether a callable named as ``module:attribute`` may be loaded.
    progress : callable, optional
        Called with the share that is done.
    """
    report = infer(network, typed, batch)
    _, _, steps = begin(network, typed, batch)
    known(steps)
    drawn = [Drawn(step, seed, trusted) for step in steps]
    fed = not any(step.unfed for step in steps)
    program = prepared(network, report, images, max_bytes, trusted) if fed else None
    found = [None] * len(steps)
    if program is not None and all(one.complete for one in drawn):
        xs = sampling.inputs(program, program.dtype, seed)
        for index, signal in enumerate(
            signals(program, xs, lambda i: drawn[i].arrays(), lambda i: drawn[i].spreads(), seed)
        ):
            found[index] = signal
            if progress:
                progress((index + 1) / len(steps))
    else:
        program = None
    rows = tuple(
        LayerStats(
            row.index, row.name, row.type, row.spec, row.inputs, row.input_shape, row.output_shape,
            sum(prod(w.shape) for w in row.weights if w.kind == "parameter"), one.stats(samples), signal,
            one.notes(),
        )
        for row, one, signal in zip(report.layers, drawn, found, strict=True)
    )  # fmt: skip
    said = verdict.of(program, rows, drawn) if program else None
    through = program.shape[0] if program and len(program.shape) == len(report.input_shape) else None
    return InitStats(report, rows, seed, samples, through, report.reading, total(rows), (said,) if said else ())


def known(steps):
    """Refuse a network of which the shape of a weight is open."""
    for step in steps:
        for weight in step.facts.weights:
            if any(n.__class__ is not int for n in weight.shape):
                raise SpecError(
                    "missing_argument",
                    f"init-stats needs every size of a weight, but {step.site.type}'s {weight.name} "
                    f"has the shape ({show(weight.shape)}).",
                    hint="Give -i with the channels, such as -i 32x32x3.",
                ).at(None, step.call.span, step.index)


def prepared(network, report, images, max_bytes, trusted):
    """Return the program that a signal goes through, or None where there is none.

    Where the batch is open, it is as many images as are asked for; else as many as are quick.
    """
    shapes = [port.shape for port in report.inputs]
    free = any(shape and shape[0].__class__ is not int for shape in shapes)
    if images == 0 or any(n.__class__ is not int for shape in shapes for n in shape[1:]):
        return None
    count = images or IMAGES
    if free and images is None:
        while count > 1 and count * report.macs > WORK:
            count //= 2
    while True:
        own = {
            place: (count, *shape[1:]) if shape and shape[0].__class__ is not int else shape
            for place, shape in enumerate(shapes)
        }
        try:
            return Program(network, own, np.dtype("float64"), TRAINED, max_bytes, None, trusted, need_in_signal)
        except LimitError as error:
            if not free or images is not None or count == 1:
                error.hint = f"{error.hint}; or leave the signal out: --images 0"
                raise
            count //= 2


class Drawn:
    """The weights of one layer before any training: what draws them, and what they are.

    Attributes
    ----------
    complete : bool
        Whether every weight is drawn by something.
    """

    def __init__(self, step, seed, trusted):
        call = step.call
        self.kind, self.args, self.framework = call.layer.family.kind, call.args, call.framework
        self.weights = [weight for weight in step.facts.weights if weight.name != COUNTER]
        self.seeds = [[seed, 1 + step.index, number] for number in range(len(self.weights))]
        self.type = step.site.type
        self.initials, self.laws = [], []
        try:
            for weight in self.weights:
                given = initials.initial(self.framework, self.kind, self.args, weight.name, self.weights)
                if given is not None and given.row is None:
                    custom.load(given.given, trusted)
                self.initials.append(given)
                self.laws.append(given and initializers.law(given, weight.shape))
            self.penalties = [initials.regularizer(self.args, weight.name) for weight in self.weights]
        except Exception as error:
            if hasattr(error, "at"):
                error.at(None, call.span, step.index)
            raise
        self.complete = None not in self.initials

    def arrays(self):
        """Return the weights in float64 by name: the float32 values that a sample of all of them has."""
        out = {}
        for weight, given, seed in zip(self.weights, self.initials, self.seeds, strict=True):
            array = initialize(given, weight.shape, seed, "float32", None)
            out[weight.name] = self.fixed(weight, array).astype(np.float64)
        return out

    def fixed(self, weight, array):
        """Return what the framework does to a weight after it was drawn: the row of a padding index is 0."""
        row = self.args.get("padding_idx")
        if self.kind == "embedding" and row is not None and self.framework == "torch":
            array[row] = 0
        return array

    def spreads(self):
        """Return mean and variance of each weight by name, None where there is no closed form."""
        out = {}
        for weight, law in zip(self.weights, self.laws, strict=True):
            own = closed.moments(law, weight.shape)
            out[weight.name] = own and (own.mean, own.variance)
        return out

    def stats(self, samples):
        """Return the `WeightStats` of each weight."""
        return tuple(
            self.one(*each, samples)
            for each in zip(self.weights, self.initials, self.laws, self.penalties, self.seeds, strict=True)
        )

    def one(self, weight, given, law, penalised, seed, samples):
        """Return the `WeightStats` of one weight."""
        if given is None:
            return WeightStats(weight.name, weight.shape, weight.layout, None, {}, None, None, None, None, None)
        inputs, outputs = initializers.fans(given, weight.shape) or (None, None)
        found = sampled(given, law, weight.shape, "float32", seed, samples) if prod(weight.shape) else None
        own = None
        if penalised is not None:
            expected = closed.penalty(penalised, law, weight.shape)
            own = PenaltyStats(
                penalised.name, penalised.config, expected, self.penalty(weight, given, penalised, seed, samples)
            )
        return WeightStats(
            weight.name, weight.shape, weight.layout, given.name, given.config, inputs, outputs,
            closed.moments(law, weight.shape), found, own,
        )  # fmt: skip

    def penalty(self, weight, given, penalised, seed, samples):
        """Return the penalty on a drawn weight; None of one that is larger than a sample."""
        count = prod(weight.shape)
        law = initializers.law(given, weight.shape)
        if count > samples or (count > WHOLE and (law is None or penalised.name not in SUMS)):
            return None
        if law is not None and penalised.name in SUMS:
            rng = generator(given, seed)
            value = sum(penalty(penalised, part) for part in chunks(law, weight.shape, np.dtype(np.float32), rng))
        else:
            value = penalty(penalised, self.fixed(weight, initialize(given, weight.shape, seed, "float32", None)))
        return value if np.isfinite(value) else None

    def notes(self):
        """Return what people do not expect of the fans that Keras computes."""
        if self.framework != "keras" or self.kind not in ("transpose", "depthwise", "separable"):
            return ()
        (inputs, outputs) = initializers.fans(self.initials[0], self.weights[0].shape) or (None, None)
        cells = prod(self.weights[0].shape[:-2])
        if self.kind == "transpose":
            told = (
                f"Keras takes the filters for the inputs of a transposed kernel: fan_in {inputs:,}, fan_out {outputs:,}"
            )
        else:
            told = (
                f"Keras counts all channels of a depthwise kernel as inputs: fan_in {inputs:,}, "
                f"where an output cell sums {cells:,} taps of one channel"
            )
        return (Note("docs_disagree", told),) if inputs else ()


def total(rows):
    """Return the penalty on all weights together, or None where none has a regulariser."""
    own = [weight.regularizer for row in rows for weight in row.weights if weight.regularizer]
    if not own:
        return None
    columns = [p.expected for p in own], [p.sample for p in own]
    return PenaltyStats("total", {}, *(None if None in column else sum(column) for column in columns))
