"""Convolutions: the kernels against the definitions on random windows, and what the frameworks answer."""

import random
import tracemalloc

import numpy as np
import pytest

from convcalc.errors import ConvcalcError
from convcalc.numeric import sample
from tests.numeric import draw_conv
from tests.numeric.conv_values import RECORDED
from tests.numeric.ways import prepare


def agree(spec, shape, framework=None, dtype=np.float32, seed=0):
    """Hold the kernels against the definitions on random data and weights; return the output of the first."""
    program = prepare(spec, shape, framework, dtype)
    x = sample.data(program.nodes[0], shape, np.dtype(dtype), seed)
    weights = sample.weights(program, seed)
    kept = x.copy()
    found, defined = program.fast(x, weights), program.plain(x, weights)
    assert found.dtype == dtype, spec
    assert found.shape == defined.shape == program.nodes[0].output, (spec, shape)
    assert np.array_equal(x, kept), f"{spec} changed its input"
    limit = (1e-5 if found.itemsize == 4 else 1e-12) * np.abs(defined).max(initial=0)
    assert np.abs(found - defined).max(initial=0) <= limit, (spec, shape)
    return found


@pytest.mark.parametrize("draws", [draw_conv.torch, draw_conv.keras, draw_conv.onnx, draw_conv.terse])
def test_random_windows_agree_with_the_definition(draws):
    draw, held = random.Random(7), 0
    for number in range(100):
        spec, framework, shape = draws(draw, 1 + number % 3)
        try:
            agree(spec, shape, framework, draw.choice((np.float32, np.float64)), number)
        except ConvcalcError:
            continue
        held += 1
    assert held > 50


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        # More than one block of output cells, images multiplied together or each by itself.
        ("nn.Conv2d(70, 30, 3, padding=1)", (2, 70, 19, 17)),
        ("nn.Conv2d(40, 30, 3, padding=1)", (150, 40, 4, 4)),
        ("layers.Conv2D(30, 3, strides=2, padding='same')", (2, 41, 35, 70)),
        ("layers.Conv2D(30, 3, data_format='channels_first')", (30, 60, 9, 5)),
        ("nn.Conv1d(300, 5, 7)", (2, 300, 300)),
        ("nn.Conv3d(12, 5, 3, padding=(2, 0, 1))", (2, 12, 9, 10, 11)),
        # Groups merged to wider ones, all of them or most.
        ("nn.Conv2d(64, 64, 3, groups=16)", (2, 64, 9, 9)),
        ("nn.Conv2d(26, 52, 3, groups=26, padding=1)", (2, 26, 12, 9)),
        ("nn.Conv1d(37, 37, 3, groups=37)", (2, 37, 40)),
        ("layers.Conv2D(48, 3, groups=12)", (2, 9, 9, 24)),
        ("layers.DepthwiseConv2D(3, depth_multiplier=2)", (2, 15, 12, 40)),
        ("layers.DepthwiseConv2D(5, strides=2, padding='same')", (1, 40, 37, 48)),
        ("layers.DepthwiseConv2D(3, strides=2, data_format='channels_first')", (2, 40, 25, 12)),
        ("layers.DepthwiseConv1D(3, dilation_rate=4)", (2, 90, 33)),
        ("layers.SeparableConv2D(20, 3, depth_multiplier=2)", (2, 15, 12, 24)),
        ("nn.ConvTranspose2d(24, 12, 3, stride=2, groups=12)", (2, 24, 9, 7)),
        ("nn.ConvTranspose2d(40, 30, 4, stride=2, padding=1)", (3, 40, 17, 9)),
        ("layers.Conv2DTranspose(30, 4, strides=2, padding='same')", (3, 17, 9, 40)),
        ("layers.Conv1DTranspose(3, 40, strides=10, padding='same')", (2, 300, 8)),
        # One tap: the input itself, or every other cell of it.
        ("nn.Conv2d(8, 6, 1)", (3, 8, 13, 12)),
        ("nn.Conv2d(8, 6, 1)", (300, 8, 3, 2)),
        ("nn.Conv2d(8, 6, 1, stride=2, padding=1)", (3, 8, 13, 12)),
        ("layers.Conv2D(6, 1)", (3, 13, 12, 8)),
        # Without a batch, without cells or channels, windows in the padding alone.
        ("nn.Conv2d(4, 6, 3)", (4, 5, 5)),
        ("nn.ConvTranspose1d(4, 6, 3)", (4, 5)),
        ("nn.Conv1d(4, 6, 3)", (0, 4, 5)),
        ("layers.Conv2D(3, 2, padding='same')", (2, 0, 4, 3)),
        ("layers.Conv2DTranspose(3, 2)", (2, 4, 4, 0)),
        ("Conv(filters=2, kernel_shape=(1,), pads=(4, 3))", (1, 2, 2)),
        ("conv2dT 3 2 s=3 pad=4:2x0:5", (1, 3, 4, 2)),
        ("nn.Conv1d(2, 3, 2, padding=-2, padding_mode='circular')", (1, 2, 9)),
        ("conv1d 3 4 s=2 pad=40", (1, 1, 2)),
    ],
)
def test_shapes_of_every_kind_agree_with_the_definition(spec, shape):
    agree(spec, shape)


def ramp(shape, period):
    """Return whole numbers around 0, over and over."""
    return (np.arange(np.prod(shape)) % period - period // 2).reshape(shape).astype(np.float32)


@pytest.mark.parametrize(("spec", "shape", "output", "values"), RECORDED)
def test_values_of_the_frameworks(spec, shape, output, values):
    program = prepare(spec, shape)
    weights = [{w.name: ramp(w.shape, 5) for w in program.nodes[0].weights}]
    y = program.fast(ramp(shape, 7), weights)
    assert y.shape == output
    assert y.ravel().tolist() == values


@pytest.mark.parametrize(
    ("pad", "mode", "values"),
    [
        # Recorded from torch 2.13: a padding that cuts one end; a circular one wraps what is left.
        ("-2:2", "circular", [2, -1, -4, -3, 2]),
        ("2:-1", "circular", [-1, 1, 8, 5, 2, -1]),
        ("-2:2", "reflect", [2, -1, -4, -5, -2]),
        ("2:-1", "reflect", [4, 7, 8, 5, 2, -1]),
        ("2:-1", "replicate", [9, 9, 8, 5, 2, -1]),
        ("-1:-1", "replicate", [5, 2, -1]),
    ],
)
def test_a_padding_that_cuts(pad, mode, values):
    program = prepare(f"conv1d 1 2 pad={pad} bias=false padding_mode={mode}", (1, 1, 6), "torch")
    for way in (program.fast, program.plain):
        assert way(ramp((1, 1, 6), 7), [{"weight": ramp((1, 1, 2), 5)}]).ravel().tolist() == values


def test_an_input_that_does_not_lie_side_by_side():
    rng = np.random.default_rng(1)
    for spec, shape in (
        ("nn.Conv2d(3, 4, 3)", (2, 3, 7, 6)),
        ("nn.Conv2d(3, 4, 1)", (3, 7, 6)),
        ("nn.Conv2d(3, 4, 3, padding=-1, padding_mode='reflect')", (2, 3, 7, 6)),
        ("layers.Conv2D(4, 3, padding='same')", (2, 7, 6, 3)),
        ("nn.ConvTranspose2d(3, 4, 3, stride=2)", (2, 3, 7, 6)),
    ):
        program = prepare(spec, shape)
        x = rng.standard_normal(shape[::-1], np.float32).T
        weights = sample.weights(program, 0)
        weights[0] = {name: np.asfortranarray(w) for name, w in weights[0].items()}
        assert np.array_equal(program.fast(x, weights), program.fast(np.ascontiguousarray(x), weights)), spec


def measured(spec, shape, framework=None):
    """Return ``(peak, estimate)`` in bytes of what a run allocates, the input and the weights in neither."""
    program = prepare(spec, shape, framework)
    x, weights = np.ones(shape, np.float32), sample.weights(program, 0)
    tracemalloc.start()
    program.fast(x, weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, program.need - x.nbytes - sum(w.nbytes for own in weights for w in own.values())


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        ("nn.Conv2d(64, 64, 3, padding=1)", (1, 64, 56, 56)),
        ("nn.Conv2d(256, 16, 1)", (4, 256, 28, 28)),
        ("nn.Conv2d(64, 64, 3, padding=2, padding_mode='reflect', groups=16)", (2, 64, 40, 40)),
        ("nn.Conv1d(600, 900, 5)", (20, 600, 30)),
        ("layers.Conv3D(8, 3, padding='same')", (1, 20, 30, 30, 16)),
        ("layers.DepthwiseConv2D(3, strides=2, padding='same')", (2, 56, 56, 96)),
        ("layers.DepthwiseConv2D(3, data_format='channels_first')", (2, 96, 56, 56)),
        ("layers.SeparableConv2D(200, 3, depth_multiplier=2)", (1, 40, 40, 64)),
        ("nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1)", (4, 128, 16, 16)),
        ("layers.Conv2DTranspose(64, 4, strides=2, padding='same')", (4, 16, 16, 128)),
    ],
)
def test_memory_stays_within_the_estimate(spec, shape):
    peak, estimate = measured(spec, shape)
    assert peak <= 1.5 * estimate + 2**20
    assert estimate <= 1.5 * peak + 2**20
