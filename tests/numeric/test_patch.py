"""Pixel shuffles, unfold and fold: the kernels against the definitions, and what the frameworks answer."""

import random

import numpy as np
import pytest

from convcalc.errors import ConvcalcError
from tests.numeric.ways import agree, fast, held


@pytest.mark.parametrize(
    ("spec", "framework", "shape"),
    [
        ("nn.PixelShuffle(2)", "torch", (2, 12, 3, 5)),
        ("nn.PixelShuffle(3)", "torch", (9, 2, 3)),
        ("nn.PixelUnshuffle(2)", "torch", (3, 2, 5, 4, 6)),
        ("nn.PixelUnshuffle(2)", "torch", (0, 3, 4, 6)),
        ("nn.ChannelShuffle(3)", "torch", (2, 6, 4)),
        ("DepthToSpace(blocksize=2)", "onnx", (2, 12, 3, 5)),
        ("DepthToSpace(blocksize=2, mode='CRD')", "onnx", (2, 12, 3, 5)),
        ("SpaceToDepth(blocksize=3)", "onnx", (2, 2, 6, 3)),
    ],
)
def test_shuffles_agree_with_the_definition(spec, framework, shape):
    agree(spec, shape, framework)


def test_random_patches_agree_with_the_definition():
    draw, done = random.Random(7), 0
    for number in range(60):
        kernel, stride, dilation = ([draw.randint(1, 3) for _ in range(2)] for _ in range(3))
        padding = [draw.randint(0, 2) for _ in range(2)]
        words = f"dilation={tuple(dilation)}, padding={tuple(padding)}, stride={tuple(stride)}"
        size = [draw.randint(3, 8) for _ in range(2)]
        lead = (draw.randint(0, 2), 2) if draw.random() < 0.8 else (3,)
        dtype = draw.choice((np.float32, np.float64))
        try:
            columns = agree(f"nn.Unfold({tuple(kernel)}, {words})", (*lead, *size), "torch", dtype, number)
        except ConvcalcError:
            continue
        agree(f"nn.Fold({tuple(size)}, {tuple(kernel)}, {words})", columns.shape, "torch", dtype, number)
        done += 1
    assert done > 20


def test_values_of_the_frameworks():
    # Recorded from torch 2.13 and onnxruntime 1.32.
    x = np.arange(8, dtype=np.float32).reshape(1, 8, 1, 1)
    assert fast("nn.PixelShuffle(2)", x).tolist() == [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]]
    assert fast("DepthToSpace(blocksize=2)", x).tolist() == [[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]
    assert fast("nn.ChannelShuffle(2)", x).ravel().tolist() == [0, 4, 1, 5, 2, 6, 3, 7]
    square = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
    columns = fast("nn.Unfold(2)", square)
    assert columns.tolist() == [[[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]]
    assert fast("nn.Fold(3, 2)", columns).tolist() == [[[[1, 4, 3], [8, 20, 12], [7, 16, 9]]]]


def test_memory_stays_within_the_estimate():
    for spec, shape in (("nn.Unfold(3, padding=1)", (1, 16, 60, 60)), ("nn.PixelShuffle(2)", (1, 64, 60, 60))):
        peak, need = held(spec, shape, "torch")
        assert peak <= 1.5 * need + 2**20
