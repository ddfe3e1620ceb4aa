"""Pads and crops: the kernels against the definitions, and what the frameworks answer."""

import random

import numpy as np
import pytest

from convcalc.errors import ConvcalcError
from tests.numeric.ways import agree, fast, held

ROW = np.arange(1, 5, dtype=np.float32).reshape(1, 1, 4)


def torch_pad(draw, rank):
    kind = draw.choice(("Zero", "Constant", "Reflection", "Replication", "Circular"))
    # After a cut torch's circular pads copy from parts of the output that may be empty.
    low = 0 if kind == "Circular" else -2
    sides = tuple(draw.randint(low, 4) for _ in range(2 * rank))
    value = ", 2.5" if kind == "Constant" else ""
    return f"nn.{kind}Pad{rank}d({sides}{value})", "torch", True


def keras_pad(draw, rank):
    sides = tuple((draw.randint(0, 3), draw.randint(0, 3)) for _ in range(rank))
    sides = sides[0] if rank == 1 else sides
    first = rank > 1 and draw.random() < 0.4
    layout = ", data_format='channels_first'" if first else ""
    return f"layers.{draw.choice(('ZeroPadding', 'Cropping'))}{rank}D({sides}{layout})", "keras", first


def onnx_pad(draw, rank):
    count = 2 * (rank + 2)
    mode = draw.choice(("constant", "reflect", "edge", "wrap"))
    words = f"pads={tuple(draw.randint(-1, 3) for _ in range(count))}, mode={mode!r}"
    if draw.random() < 0.4:
        words = f"pads={tuple(draw.randint(-1, 5) for _ in range(2 * rank))}, mode={mode!r}, axes={(*range(-rank, 0),)}"
    return f"Pad({words}, constant_value=1.5)", "onnx", True


@pytest.mark.parametrize("draws", [torch_pad, keras_pad, onnx_pad])
def test_random_pads_agree_with_the_definition(draws):
    draw, done = random.Random(3), 0
    for number in range(150):
        rank = 1 + number % 3
        spec, framework, first = draws(draw, rank)
        channels, sizes = draw.randint(1, 3), [draw.randint(1, 7) for _ in range(rank)]
        shape = (draw.randint(0, 2), channels, *sizes) if first else (draw.randint(0, 2), *sizes, channels)
        try:
            agree(spec, shape, framework, draw.choice((np.float32, np.float64)), number)
        except ConvcalcError:
            continue
        done += 1
    assert done > 40


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        # Recorded from torch 2.13 and onnxruntime 1.32, on 1 to 4.
        ("nn.ReflectionPad1d((3, 2))", [4, 3, 2, 1, 2, 3, 4, 3, 2]),
        ("nn.ReflectionPad1d((3, -2))", [4, 3, 2, 1, 2]),
        ("nn.ReplicationPad1d((-2, 3))", [3, 4, 4, 4, 4]),
        ("nn.CircularPad1d((2, 1))", [3, 4, 1, 2, 3, 4, 1]),
        ("nn.CircularPad1d((2, -1))", [2, 3, 1, 2, 3]),
        ("nn.ConstantPad1d((1, -1), 7)", [7, 1, 2, 3]),
        ("Pad(pads=(2, -1), axes=(2,), mode='reflect')", [3, 2, 1, 2, 3]),
        ("Pad(pads=(-1, 2), axes=(2,), mode='edge')", [2, 3, 4, 4, 4]),
        ("Pad(pads=(5, 1), axes=(-1,), mode='wrap')", [4, 1, 2, 3, 4, 1, 2, 3, 4, 1]),
    ],
)
def test_values_of_the_frameworks(spec, values):
    assert fast(spec, ROW).ravel().tolist() == values


def test_a_few_cells_wrapped_often():
    x = np.array([[[1, 2]]], np.float32)
    assert fast("Pad(pads=(41, 40), axes=(2,), mode='wrap')", x).ravel().tolist() == [2, *[1, 2] * 41]


def test_a_crop_is_a_view():
    x = np.ones((1, 9, 9, 2), np.float32)
    assert np.shares_memory(fast("layers.Cropping2D(2)", x), x)


def test_memory_stays_within_the_estimate():
    for spec, framework, shape in (
        ("nn.ReflectionPad2d(3)", "torch", (2, 16, 90, 90)),
        ("layers.ZeroPadding2D(2)", "keras", (2, 90, 90, 16)),
    ):
        peak, need = held(spec, shape, framework)
        assert peak <= 1.5 * need + 2**20
