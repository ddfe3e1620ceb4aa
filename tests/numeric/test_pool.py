"""Pools: the kernels against the definitions on random windows, and what the frameworks answer."""

import random

import numpy as np
import pytest

from convcalc.errors import ConvcalcError
from tests.numeric.ways import agree, fast, held

INF = float("inf")


def listed(values):
    return np.asarray(values, np.float64).ravel().round(6).tolist()


def spatial(draw, rank):
    return [draw.randint(1, {1: 40, 2: 14, 3: 7}[rank]) for _ in range(rank)]


def torch_pool(draw, rank):
    kernel = [draw.randint(1, 5) for _ in range(rank)]
    words = {
        "kernel_size": tuple(kernel),
        "stride": tuple(draw.randint(1, 4) for _ in range(rank)),
        "ceil_mode": draw.random() < 0.4,
    }
    kind = draw.choice(("Max", "Avg", "LP"))
    if kind != "LP":
        words["padding"] = tuple(draw.randint(0, k // 2) for k in kernel)
    if kind == "Max":
        words["dilation"] = tuple(draw.randint(1, 3) for _ in range(rank))
    elif kind == "Avg":
        words["count_include_pad"] = draw.random() < 0.5
        if rank > 1 and draw.random() < 0.3:
            words["divisor_override"] = 3
    else:
        words["norm_type"] = draw.choice((1, 2, 3, 1.5))
        words["kernel_size"] = words["kernel_size"] if rank > 1 else kernel[0]
    return f"nn.{kind}Pool{rank}d({call(words)})", "torch", True


def keras_pool(draw, rank):
    first = draw.random() < 0.3
    words = {
        "pool_size": tuple(draw.randint(1, 5) for _ in range(rank)),
        "strides": tuple(draw.randint(1, 4) for _ in range(rank)),
        "padding": draw.choice(("valid", "same")),
        "data_format": "channels_first" if first else "channels_last",
    }
    return f"layers.{draw.choice(('Max', 'Average'))}Pooling{rank}D({call(words)})", "keras", first


def onnx_pool(draw, rank):
    kernel = [draw.randint(1, 4) for _ in range(rank)]
    kind = draw.choice(("MaxPool", "AveragePool", "LpPool"))
    words = {
        "kernel_shape": tuple(kernel),
        "strides": tuple(draw.randint(1, 3) for _ in range(rank)),
        "dilations": tuple(draw.randint(1, 2) for _ in range(rank)),
        "ceil_mode": draw.randint(0, 1),
    }
    if draw.random() < 0.5:
        words["pads"] = tuple(draw.randint(0, k - 1) for k in kernel * 2)
    elif draw.random() < 0.5:
        words["auto_pad"] = draw.choice(("SAME_UPPER", "SAME_LOWER", "VALID"))
    if kind == "AveragePool":
        words["count_include_pad"] = draw.randint(0, 1)
    return f"{kind}({call(words)})", "onnx", True


def bins(draw, rank):
    size = tuple(draw.randint(1, 7) for _ in range(rank))
    kind = draw.choice(("Avg", "Max"))
    if draw.random() < 0.5:
        return f"nn.Adaptive{kind}Pool{rank}d({size if rank > 1 else size[0]})", "torch", True
    word = {"Avg": "Average"}.get(kind, kind)
    return f"layers.Adaptive{word}Pooling{rank}D({size if rank > 1 else size[0]})", "keras", False


def call(words):
    return ", ".join(f"{name}={value!r}" for name, value in words.items())


@pytest.mark.parametrize("draws", [torch_pool, keras_pool, onnx_pool, bins])
def test_random_windows_agree_with_the_definition(draws):
    draw = random.Random(5)
    held = 0
    for number in range(90):
        rank = 1 + number % 3
        spec, framework, first = draws(draw, rank)
        channels, sizes = draw.randint(1, 4), spatial(draw, rank)
        shape = (draw.randint(1, 3), channels, *sizes) if first else (draw.randint(1, 3), *sizes, channels)
        try:
            agree(spec, shape, framework, draw.choice((np.float32, np.float64)), number)
        except ConvcalcError:
            continue
        held += 1
    assert held > 40


@pytest.mark.parametrize(
    ("spec", "framework", "shape"),
    [
        # Wide rows, and rows of many channels: other slices of the same.
        ("nn.MaxPool2d(3, 2, 1)", "torch", (1, 3, 90, 70)),
        ("nn.AvgPool2d(3, 2, 1)", "torch", (2, 3, 90, 70)),
        ("layers.MaxPooling2D(3, strides=2, padding='same')", "keras", (1, 60, 45, 40)),
        ("layers.AveragePooling2D(3, strides=1, padding='same')", "keras", (1, 60, 45, 40)),
        ("nn.AdaptiveAvgPool2d((3, 5))", "torch", (2, 5, 70, 41)),
        ("layers.AdaptiveMaxPooling2D((3, 5))", "keras", (2, 70, 41, 36)),
        ("nn.MaxPool2d(40, 30, 20, ceil_mode=True)", "torch", (1, 2, 70, 80)),
        ("layers.GlobalAveragePooling2D()", "keras", (2, 30, 40, 5)),
        ("layers.GlobalMaxPooling1D(keepdims=True)", "keras", (2, 700, 5)),
        ("GlobalLpPool(p=3)", "onnx", (2, 3, 30, 20)),
        # Blocks of two outputs, of which three at each end divide by fewer cells.
        ("nn.AvgPool1d(7, 1, 3, count_include_pad=False)", "torch", (1, 30000, 12)),
        # Many samples of few cells.
        ("nn.AvgPool2d(2)", "torch", (300, 2, 4, 4)),
        ("nn.MaxPool1d(2)", "torch", (0, 3, 4)),
        ("nn.AvgPool1d(2)", "torch", (3, 4)),
        ("nn.AdaptiveAvgPool2d(0)", "torch", (1, 3, 4, 4)),
        ("nn.AdaptiveAvgPool2d(1)", "torch", (1, 3, 0, 4)),
        ("nn.AdaptiveMaxPool2d((None, 7))", "torch", (1, 3, 5, 3)),
    ],
)
def test_shapes_of_every_kind_agree_with_the_definition(spec, framework, shape):
    agree(spec, shape, framework)


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        # Recorded from torch 2.13, Keras 3.15 on TensorFlow and onnxruntime 1.32, on 1 to 7.
        ("nn.AvgPool1d(3, 2, 1)", [1, 3, 5, 4.333333]),
        ("nn.AvgPool1d(3, 2, 1, count_include_pad=False)", [1.5, 3, 5, 6.5]),
        ("nn.AvgPool1d(2, 2, ceil_mode=True)", [1.5, 3.5, 5.5, 7]),
        ("nn.LPPool1d(2, 2, ceil_mode=True)", [2.236068, 5, 7.81025, 9.899495]),
        ("nn.AdaptiveAvgPool1d(3)", [2, 4, 6]),
        ("nn.MaxPool1d(3, 2, 1, dilation=2)", [4, 6, 6]),
        ("AveragePool(kernel_shape=(3,), pads=(1, 1))", [1.5, 2, 3, 4, 5, 6, 6.5]),
        ("AveragePool(kernel_shape=(3,), pads=(1, 1), count_include_pad=2)", [1, 2, 3, 4, 5, 6, 4.333333]),
        ("AveragePool(kernel_shape=(3,), pads=(1, 1), dilations=(2,))", [3, 3, 4, 5, 5]),
        ("LpPool(kernel_shape=(3,), p=3)", [3.301927, 4.626065, 6.000001, 7.398637, 8.810868]),
        ("GlobalLpPool(p=0)", [INF]),
    ],
)
def test_values_of_the_frameworks(spec, values):
    x = np.arange(1, 8, dtype=np.float32).reshape(1, 1, 7)
    assert listed(fast(spec, x)) == pytest.approx(values, rel=1e-6)


def test_same_average_divides_by_real_cells():
    x = np.arange(1, 9, dtype=np.float32).reshape(1, 8, 1)
    assert listed(fast("layers.AveragePooling1D(3, strides=2, padding='same')", x)) == [2, 4, 6, 7.5]


def test_a_maximum_of_padding_alone():
    x = -np.arange(1, 4, dtype=np.float32).reshape(1, 1, 3)
    spec = "MaxPool(kernel_shape=(2,), dilations=(3,), pads=(1, 1), strides=(3,))"
    assert np.isfinite(fast(spec, x)).all()
    assert fast("nn.MaxPool1d(3, 1, 1, dilation=3)", np.ones((1, 1, 5), np.float32)).tolist() == [[[1]]]
    assert fast("nn.MaxPool1d(2, 1, 1, dilation=3)", -np.ones((1, 1, 2), np.float32)).tolist() == [[[-INF]]]


@pytest.mark.parametrize(
    ("spec", "framework", "shape"),
    [
        ("nn.MaxPool2d(3, 2, 1)", "torch", (1, 32, 112, 112)),
        ("layers.AveragePooling2D(3, strides=2, padding='same')", "keras", (2, 112, 112, 32)),
        ("nn.LPPool2d(2, 3)", "torch", (4, 32, 56, 56)),
        ("GlobalLpPool(p=3)", "onnx", (1, 64, 56, 56)),
        ("nn.AdaptiveAvgPool2d(6)", "torch", (8, 64, 32, 32)),
        ("nn.AvgPool3d(2)", "torch", (1, 16, 16, 40, 40)),
    ],
)
def test_memory_stays_within_the_estimate(spec, framework, shape):
    peak, need = held(spec, shape, framework)
    assert peak <= 1.5 * need + 2**20
    assert need <= 1.5 * peak + 2**20
