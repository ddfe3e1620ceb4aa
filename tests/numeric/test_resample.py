"""Resizing: the kernels against the definitions, and what the frameworks answer."""

import random

import numpy as np
import pytest

from convcalc.errors import ConvcalcError
from tests.numeric.ways import agree, fast, held

FACTORS = (0.3, 0.5, 0.77, 1.0, 1.1, 1.5, 2.0, 2.5, 3.3)
TORCH = {
    1: ("nearest", "linear", "nearest-exact", "area"),
    2: ("nearest", "bilinear", "bicubic", "nearest-exact", "area"),
    3: ("nearest", "trilinear", "nearest-exact", "area"),
}
COORDINATES = (
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize",
)  # fmt: skip
NEAREST = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


def torch_upsample(draw, rank):
    mode = draw.choice(TORCH[rank])
    if draw.random() < 0.5:
        words = f"size={tuple(draw.randint(1, 12) for _ in range(rank))}"
    else:
        words = f"scale_factor={tuple(draw.choice(FACTORS) for _ in range(rank))}"
        words += ", recompute_scale_factor=True" if draw.random() < 0.3 else ""
    if "linear" in mode or "cubic" in mode:
        words += f", align_corners={draw.random() < 0.5}"
    return f"nn.Upsample({words}, mode={mode!r})", "torch", True


def keras_upsample(draw, rank):
    words = str(tuple(draw.randint(1, 4) for _ in range(rank)) if rank > 1 else draw.randint(1, 4))
    if rank == 2:
        words += f", interpolation={draw.choice(('nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', 'area'))!r}"
    return f"layers.UpSampling{rank}D({words})", "keras", False


def onnx_resize(draw, rank):
    mode = draw.choice(("nearest", "linear", "cubic") if rank == 2 else ("nearest", "linear"))
    words = {"mode": mode, "coordinate_transformation_mode": draw.choice(COORDINATES)}
    words["axes"] = tuple(range(2, 2 + rank))
    if draw.random() < 0.5:
        words["scales"] = tuple(draw.choice(FACTORS) for _ in range(rank))
    else:
        words["sizes"] = tuple(draw.randint(1, 12) for _ in range(rank))
    if words["coordinate_transformation_mode"] == "tf_crop_and_resize":
        words |= {"roi": (0.1,) * rank + (1.2,) * rank, "extrapolation_value": 1.5}
    if mode == "nearest":
        words["nearest_mode"] = draw.choice(NEAREST)
    elif draw.random() < 0.4:
        words |= {"antialias": 1, "exclude_outside": draw.randint(0, 1)}
    if mode == "cubic":
        words |= {"cubic_coeff_a": draw.choice((-0.5, -0.75)), "exclude_outside": draw.randint(0, 1)}
    return f"Resize({', '.join(f'{name}={value!r}' for name, value in words.items())})", "onnx", True


@pytest.mark.parametrize("draws", [torch_upsample, keras_upsample, onnx_resize])
def test_random_sizes_agree_with_the_definition(draws):
    draw, done = random.Random(11), 0
    for number in range(120):
        rank = 1 + number % 3
        spec, framework, first = draws(draw, rank)
        channels, sizes = draw.randint(1, 3), [draw.randint(1, 9) for _ in range(rank)]
        shape = (draw.randint(1, 2), channels, *sizes) if first else (draw.randint(1, 2), *sizes, channels)
        try:
            agree(spec, shape, framework, draw.choice((np.float32, np.float64)), number)
        except ConvcalcError:
            continue
        done += 1
    assert done > 60


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        # Recorded from torch 2.13 and onnxruntime 1.32, on 0 to 3.
        ("nn.Upsample(scale_factor=2, mode='linear')", [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]),
        ("nn.Upsample(size=7, mode='linear', align_corners=True)", [0, 0.5, 1, 1.5, 2, 2.5, 3]),
        ("nn.Upsample(scale_factor=1.5)", [0, 0, 1, 2, 2, 3]),
        ("nn.Upsample(scale_factor=1.5, mode='nearest-exact')", [0, 1, 1, 2, 3, 3]),
        ("nn.Upsample(size=3, mode='area')", [0.5, 1.5, 2.5]),
        ("Resize(axes=(2,), scales=(1.5,))", [0, 0, 1, 2, 2, 3]),
        ("Resize(axes=(2,), scales=(0.5,), mode='linear')", [0.5, 2.5]),
    ],
)
def test_values_of_the_frameworks(spec, values):
    x = np.arange(4, dtype=np.float32).reshape(1, 1, 4)
    assert fast(spec, x).ravel().tolist() == pytest.approx(values, abs=1e-6)


def test_values_of_keras_over_two_axes():
    # Recorded from Keras 3.15 on TensorFlow: one row of a column's two cells.
    x = np.array([0, 1], np.float32).reshape(1, 1, 2, 1)
    assert fast("layers.UpSampling2D((1, 2), interpolation='bilinear')", x).ravel().tolist() == [0, 0.25, 0.75, 1]
    cubic = fast("layers.UpSampling2D((1, 3), interpolation='bicubic')", x).ravel()
    # Weights of exact thirds would give 0.3 for the third: TensorFlow's are from a table.
    assert cubic.tolist() == pytest.approx([-0.1052063, 0, 0.2996241, 0.7003759, 1, 1.1052063], abs=1e-6)


def test_memory_stays_within_the_estimate():
    for spec, framework, shape in (
        ("nn.Upsample(scale_factor=2, mode='bilinear')", "torch", (1, 32, 56, 56)),
        ("nn.Upsample(scale_factor=3)", "torch", (2, 8, 56, 56)),
        ("layers.UpSampling2D(2, interpolation='bicubic')", "keras", (1, 56, 56, 16)),
    ):
        peak, need = held(spec, shape, framework)
        assert peak <= 1.5 * need + 2**20
        assert need <= 2 * peak + 2**20
