"""The signal through the depth: measured on seeded noise, beside what is expected of it."""

import numpy as np

from convcalc.analysis.stats import ExpectedSignal, Signal
from convcalc.numeric.expect import NORMS, POINTWISE, State, expect, mixed

# Their units are along the last axis in every framework.
LAST = {"dense", "bilinear", "layer_norm", "rms_norm", "embedding"}
# Of the input's root mean square: the step of the derivative along a random direction.
STEP = 1e-6


def signals(program, x, weights, spreads, seed=0):
    """Yield the `Signal` of each layer of a program in float64.

    Parameters
    ----------
    program : Program
        Normalisations in training; a network has its own statistics before any training.
    x : numpy.ndarray or list
        The input, or all of them.
    weights, spreads : callable
        Of a layer's index: its arrays by name; mean and variance of each, or None.
    seed : int
        Of the directions along which gains are measured.
    """
    values = {-1 - place: one for place, one in enumerate(x if x.__class__ is list else [x])}
    states = dict.fromkeys(values, State(0.0, 1.0, True))
    directions = np.random.default_rng([seed, 0x51])
    for index, node in enumerate(program.nodes):
        sources = program.inputs[index]
        inputs, own = [values[i] for i in sources], weights(index)
        before = program.kernels[index].run(inputs, own)
        after = program.fused[index](before) if program.fused[index] else before
        expected = expect(node, [states[i] for i in sources], spreads(index))
        yield measure(program, index, inputs, own, before, after, expected, directions)
        values[index] = after
        states[index] = expected.state or State(float(after.mean()), rms(after), False)
        for done in program.last[index]:
            values.pop(done, None)


def measure(program, index, inputs, own, before, after, expected, directions):
    """Return the `Signal` of one layer on its inputs."""
    node = program.nodes[index]
    std = None
    if node.kind in POINTWISE or node.kind == "activation":
        std = spread(inputs[0])
    elif node.weights and node.kind not in NORMS and node.kind not in ("rms_norm", "embedding", "prelu"):
        std = spread(before)
    zero = after == 0
    state = expected.state and mixed(expected.state, node.output, node.channels_first)
    return Signal(
        input_rms=rms(*inputs),
        preactivation_std=std,
        output_rms=rms(after),
        output_mean=float(after.mean()) if after.size else 0.0,
        zero_fraction=float(zero.mean()) if after.size else 0.0,
        dead_units=dead(node, zero),
        units=units(node),
        backward_gain=gain(program, index, inputs, own, directions),
        expected=ExpectedSignal(
            expected.preactivation_std,
            state and state.rms,
            state and state.mean,
            expected.zeros,
            expected.gain,
        ),
    )


def unit(direction):
    """Return a direction whose values have the root mean square 1."""
    return direction / (rms(direction) or 1.0)


def rms(*arrays):
    """Return the root mean square of all the values of some arrays."""
    count = sum(array.size for array in arrays)
    total = sum(float(np.square(array, dtype=np.float64).sum()) for array in arrays)
    return (total / count) ** 0.5 if count else 0.0


def spread(array):
    """Return the standard deviation of all values."""
    return float(array.std()) if array.size else 0.0


def units(node):
    """Return how many units a layer's output has: its channels, or the values of its last axis."""
    axis = unit_axis(node)
    return node.output[axis] if axis is not None else 0


def unit_axis(node):
    """Return the axis of a layer's output that counts its units, or None."""
    axes = len(node.output)
    if not axes:
        return None
    if not node.channels_first or axes < 3 or node.kind in LAST:
        return axes - 1
    # torch's input without a batch begins with its channels.
    return 0 if node.rank and axes == node.rank + 1 else 1


def dead(node, zero):
    """Return how many units are 0 for every sample and cell."""
    axis = unit_axis(node)
    if axis is None or not zero.size:
        return 0
    return int(zero.all(axis=tuple(a for a in range(zero.ndim) if a != axis)).sum())


def gain(program, index, inputs, own, directions):
    """Return what the layer multiplies the root mean square of a gradient by; None of indices.

    A gradient of independent values of size 1 at the outputs has, at the inputs, the mean square
    ``|J|**2 / inputs``, J the Jacobian; and that is what J makes of a random direction, which a
    difference along it measures. So nothing has to be computed backwards.
    """
    if any(array.dtype.kind in "iu" for array in inputs) or not all(array.size for array in inputs):
        return None
    step = STEP * (rms(*inputs) or 1.0)
    along = [unit(directions.standard_normal(array.shape)) for array in inputs]
    up = program.compute(index, [a + step * v for a, v in zip(inputs, along, strict=True)], own)
    down = program.compute(index, [a - step * v for a, v in zip(inputs, along, strict=True)], own)
    size = sum(array.size for array in inputs)
    change = float(np.square(up - down).sum()) ** 0.5 / (2 * step)
    return change / size**0.5 if np.isfinite(change) else None
