"""What counters of other tools add up for one layer: small formulas, each with its words.

A term takes a `Step` and returns ``(count, words)``; no words where the count is a layer's MACs as
they are counted here. A count is None where the tool has no answer.
"""

from math import floor, prod

from convcalc.analysis.along import taps_inside

# What is counted once for each value, in the words of a reason.
OUTPUT, INPUT = "output", "input"


def macs(step):
    """Count what is counted here."""
    return step.facts.macs, ""


def nothing(step):
    """Count nothing, on purpose: the tool has a rule for the layer, which says so."""
    return 0, ""


def stops(step):
    """Give no answer: the tool raises an error at such a layer."""
    return None, "stops at it"


def bias(step):
    """Count one for each output of a layer that adds a bias."""
    return (outputs(step) if any(own.layout == "out" for own in step.facts.weights) else 0), "the bias"


def each(number, of=OUTPUT, affine=None):
    """Return the term of so many for each value; `affine` is how many where there is a scale or a shift."""

    def term(step):
        n = affine if affine is not None and parameters(step) else number
        return n * (outputs if of == OUTPUT else inputs)(step), f"{n} an {of} value"

    return term


def outputs(step):
    """Return the number of output values."""
    return step.site.cells(step.facts.output)


def inputs(step):
    """Return the number of input values."""
    return step.site.cells(step.shapes[0])


def parameters(step):
    """Return the number of parameters."""
    return sum(prod(own.shape) for own in step.facts.weights if own.kind == "parameter")


def weight(step, name):
    """Return the number of values of one parameter; 0 where there is none of that name."""
    return sum(prod(own.shape) for own in step.facts.weights if own.name == name)


def samples(step):
    """Return what stands first in the output: samples, where it has a batch."""
    first = step.facts.output[:1]
    return first[0] if first and first[0].__class__ is int else 1


def each_cell(step):
    """Count kernel and bias once for each output cell, transposed or not, as torchinfo does."""
    cells = samples(step) * prod(step.facts.output[2:])
    kernel = weight(step, "weight") * cells
    added = weight(step, "bias") * cells
    if kernel != step.facts.macs:
        return kernel + added, f"the kernel{' and the bias' if added else ''} at output cells"
    return kernel + added, "the bias"


def each_sample(step):
    """Count every parameter once a sample, whatever it is for, as torchinfo does."""
    count, extra = samples(step) * parameters(step), samples(step) * weight(step, "bias")
    return count, "the bias" if count - extra == step.facts.macs else "each parameter once a sample"


def worded_padding(step):
    """Count MACs but where the padding is a word: fvcore does not know the operator that it makes."""
    a = step.call.args
    if a.get("padding").__class__ is str and a.get("padding_mode") == "zeros":
        return 0, "nothing where padding is a word"
    return step.facts.macs, ""


def normalised(trained, tracked=None):
    """Return fvcore's term of a norm: so many a value, one less without a scale; it takes two to five axes."""

    def term(step):
        if not 2 <= len(step.shapes[0]) <= 5:
            return None, "stops at it"
        running = tracked is not None and step.call.args.get("track_running_stats")
        n = (tracked if running else trained) - (not parameters(step))
        return n * inputs(step), f"{n} an input value"

    return term


def over_two_axes(number, of=OUTPUT):
    """Return the term of so many a value for a layer over two axes of cells, and no other."""

    def term(step):
        if step.call.layer.rank not in (None, 2) or len(step.shapes[0]) != 4 - (of == INPUT and unbatched(step)):
            return 0, ""
        return each(number, of)(step)

    return term


def unbatched(step):
    """Tell whether the input is one of torch's without a batch, which no resizing takes."""
    rank = step.call.layer.rank
    if step.call.layer.family.kind[:6] == "upsamp":
        return False
    return rank is not None and len(step.shapes[0]) == rank + 1


def mode_of(step):
    """Return how a layer interpolates."""
    if step.call.layer.family.kind == "upsample_bilinear":
        return "bilinear"
    return step.call.args.get("mode") or "nearest"


def by_mode(**numbers):
    """Return the term of so many an output value, by how a layer interpolates."""

    def term(step):
        return each(numbers.get(mode_of(step), 0))(step)

    return term


def fvcore_resize(step):
    """Count one or four an output value of two axes, nearest or bilinear, as fvcore does; an area is a pool."""
    if mode_of(step) == "area":
        return over_two_axes(1, INPUT)(step)
    return over_two_axes({"nearest": 1, "bilinear": 4}.get(mode_of(step), 0))(step)


def hooked(number, also=None):
    """Return ptflops' term of a layer that it counts twice, as a module and as a function."""
    return each(2 * number, also or INPUT)


def interpolated(step):
    """Count outputs as ptflops' function does, whole factors alone where there is one an axis."""
    a, shape = step.call.args, step.shapes[0]
    factor = a.get("scale")
    if not factor:
        return outputs(step), "1 an output value"
    if isinstance(factor, tuple):
        return inputs(step) * prod(floor(one) for one in factor), "1 an output value"
    if inputs(step).__class__ is not int:
        return outputs(step), "1 an output value"
    return floor(inputs(step) * factor ** (len(shape) - 2)), "1 an output value"


def upsampled(step):
    """Count an Upsample as ptflops does: as a module and as a function, which for areas is a pool too."""
    pool = inputs(step) if mode_of(step) == "area" else 0
    return outputs(step) + interpolated(step)[0] + pool, "2 an output value"


def powers(step):
    """Count the pool within an LP pool, its relu and its product, as ptflops does."""
    return inputs(step) + 2 * outputs(step), "1 an input and 2 an output value"


def neighbours(step):
    """Count the pool over channels of a local response norm and its products, as ptflops does."""
    channels = step.shapes[0][1]
    around = inputs(step) // channels * (channels + step.call.args["size"] - 1) if channels else 0
    return 3 * inputs(step) + around, "4 an input value and the padding"


def softmax(step, axis=None, extra=0):
    """Count an exponential, a sum and a division along an axis, as thop does; `extra` for each row."""
    shape = step.shapes[0]
    axis = step.call.args.get("axis") if axis is None else axis
    axis = (0 if len(shape) in (0, 1, 3) else 1) if axis is None else axis
    long = shape[axis] if shape else 1
    rows = inputs(step) // long if long else 0
    return rows * (3 * long - 1 + extra) if long else 0, "3 an input value, less 1 a row"


def log_softmax(step):
    """Count a softmax and a logarithm a row."""
    return softmax(step, extra=1)[0], "3 an input value"


def softmin(step):
    """Count a softmax and the signs."""
    return softmax(step)[0] + inputs(step), "4 an input value, less 1 a row"


def softmax_channels(step):
    """Count a softmax over channels."""
    return softmax(step, -3)


def averaged(step):
    """Count the cells that each window of an average reads and a division, as thop does."""
    windows, spatial = step.facts.windows, spatial_of(step)
    taps = inputs(step) // prod(spatial) if prod(spatial) else 0
    for window, n in zip(windows, spatial, strict=True):
        if len(window) > 2 and step.call.args.get("count_include_pad"):
            n, window = n + window.low + window.high, window._replace(low=0, high=0)
        met = taps_inside(window, n)
        if met is None:
            return None, "a tap and a division an output value"
        taps = taps * met
    return taps + outputs(step), "each tap of a window, and a division"


def two_products(step):
    """Count both products of a bilinear layer, as thop does."""
    second = step.shapes[1][-1]
    return step.facts.macs + second * outputs(step), "both products"


def spatial_of(step):
    """Return the input's sizes along the windows."""
    return step.shapes[0][-len(step.facts.windows) :]


# -- ONNX ----------------------------------------------------------------------------------------


def operands(step):
    """Count one an output value for every operand but the first."""
    held = step.call.args.get("data_0") is not None or bool(step.facts.weights)
    n = len(step.shapes) + held - 1
    return n * outputs(step), f"{n} an output value"


def recurrent(number):
    """Return onnx-tool's term of a recurrent layer: its weights a step, and so many a hidden value of one direction.

    It stops where there is neither a bias nor anything after it.
    """

    def term(step):
        shapes = {own.name: own.shape for own in step.facts.weights}
        if len(shapes) < 3 and len(step.shapes) == 1:
            return None, "stops at it"
        weights = sum(prod(shapes[name]) for name in "WRB" if name in shapes)
        each_step = weights + number * shapes["R"][2]
        return each_step * prod(step.shapes[0][:2]), f"the bias and {number} a hidden value"

    return term


def products(step):
    """Count a product of each value along every letter of an equation, as onnx-tool does."""
    return (outputs(step), "1 an output value") if step.facts.macs == 0 else macs(step)


def at_outputs(step):
    """Count filters and kernel at each output value of a transposed convolution, as onnx-tool does."""
    kernel = next(own.shape for own in step.facts.weights if own.name == "W")
    return outputs(step) * prod(kernel[1:]), "filters and kernel at each output value"


def square(step):
    """Count the taps of a window over two axes, and the first of any other, as onnx-tool does."""
    sizes = [window.size for window in step.facts.windows]
    taps = prod(sizes) if len(sizes) == 2 else sizes[0]
    return outputs(step) * taps, f"{taps} an output value"


def pooled(step):
    """Count an addition an input and a division an output, as onnx-tool does."""
    return inputs(step) + 4 * outputs(step), "1 an input and 4 an output value"


def layer_norm(step):
    """Count 7 a value and 29 a row of one axis, as onnx-tool does."""
    values, long = inputs(step), step.shapes[0][step.call.args.get("axis", -1)]
    return 7 * values + 29 * (values // long if long else 0), "7 an input value and 29 a row"


def ranges(step):
    """Count 37 and the window's size for each value of a local response norm."""
    n = 37 + step.call.args["size"]
    return n * outputs(step), f"{n} an output value"
