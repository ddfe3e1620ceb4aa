"""Seeded inputs and weights, the same in every process and version of numpy, and arrays as JSON.

All values are such as float32 holds exactly: what two dtypes give is what they make of the same numbers. Most have 23
bits, whose products float32 does not hold; some inputs are multiples of 1/64, which meet each other and the thresholds
of activations. `RandomState` is numpy's only generator whose stream never changes.
"""

import base64
from math import prod

import numpy as np

from tests.live.cases.render import network_input, several

POSITIVE = ("running_var", "moving_variance", "input_var", "variance")
UNUSED = "num_batches_tracked"
# Operators of truth values, whose inputs are 1 and 0.
LOGICAL = ("And", "Or", "Xor", "Not")


def draw(low, high, shape, *seed, grid=None):
    """Return multiples of 1/grid from low up to high, by default of the finest that float32 holds."""
    grid = grid or 2 ** (23 - int(max(-low, high)).bit_length())
    return np.asarray(np.random.RandomState(seed).randint(int(low * grid), int(high * grid), tuple(shape)) / grid)


def data(case, shape):
    """Return an input: values about 0, sometimes without negative ones or far from 0; indices for an embedding."""
    seed = case["seed"]
    if case["name"] == "Embedding":
        named = case["kwargs"]
        rows = case["args"][0] if case["args"] else named.get("input_dim", named.get("num_embeddings"))
        return np.random.RandomState([seed, 0]).randint(0, rows, tuple(shape))
    if case["name"] == "DequantizeLinear":
        return np.random.RandomState([seed, 0]).randint(0, 256, tuple(shape)).astype(float)
    if logical(case, 0):
        return np.random.RandomState([seed, 0]).randint(0, 2, tuple(shape)).astype(float)
    low, high = {0: (0, 3), 1: (-48, 48), 2: (-0.5, 0.5)}.get(seed % 8, (-3, 3))
    if prod(shape) < 8:
        # The greatest of few values may be one that only rounding is left of, such as gelu(-4).
        low, high = max(low, -1), min(high, 3)
    return draw(low, high, shape, seed, 0, grid=64 if seed % 8 == 3 else None)


def logical(case, number):
    """Tell whether an input of a case is of truth values."""
    held = case["kwargs"].keys() & {"condition", "condition_shape"}
    return case["name"] in LOGICAL or (case["name"] == "Where" and not number and not held)


def weight(kind, name, shape, *seed):
    """Return one weight of a class: variances positive, scales near 1, kernels small for their size."""
    last = name.rpartition(".")[2]
    if kind in LOGICAL or name == "condition":
        return (draw(-1, 1, shape, *seed) > 0).astype(float)
    if last in POSITIVE:
        return draw(0.25, 2, shape, *seed)
    if last.lower() in ("gamma", "scale", "x_scale", "y_scale") or ("Norm" in kind and last == "weight"):
        return draw(0.5, 1.5, shape, *seed)
    # A power of two, for the values to stay exact.
    terms = prod(shape) // max(min(shape), 1) if len(shape) > 1 else 1
    return draw(-1, 1, shape, *seed) * 0.5 ** ((max(terms, 1).bit_length() - 1) // 2)


def weights(case, described):
    """Return the arrays of a case whose weights are described as ``[name, shape, class]``, in that order."""
    return [weight(kind, name, shape, case["seed"], 1 + index) for index, (name, shape, kind) in enumerate(described)]


def table(case, number, cells):
    """Return the two rows that an operand's samples alternate between."""
    rows = draw(-3, 3, (2, cells), case["seed"], 1000 + number)
    return (rows > 0).astype(float) if logical(case, number) else rows


def inputs(case):
    """Return the arrays that a framework's layer is called with."""
    if not several(case):
        return [data(case, case["input"])]
    arrays = []
    for number, shape in enumerate(case["input"]):
        if case["framework"] == "torch":
            rows = table(case, number, shape[-1])[np.arange(prod(shape[:-1])) % 2]
        else:
            batch = 1 if case["framework"] == "onnx" else shape[0]
            rows = table(case, number, prod(shape) // batch)[np.arange(batch) % 2]
        arrays.append(rows.reshape(shape))
    return arrays


def given(case, described):
    """Return ``(x, weights)`` for the text of a case: operands are made by dense layers, exactly, out of one input."""
    arrays = weights(case, described)
    if not several(case):
        # A chain's weights in Keras have names of their own only with a path before them.
        by_order = "layers" in case and case["framework"] == "keras"
        named = dict(zip((name for name, _, _ in described), arrays, strict=True))
        return data(case, case["input"]), arrays if by_order else named
    shape = network_input(case)
    x = np.eye(2)[np.arange(prod(shape[:-1])) % 2].reshape(shape)
    feeds = []
    for number, sizes in enumerate(case["input"]):
        torch = case["framework"] == "torch"
        rows = table(case, number, sizes[-1] if torch else prod(sizes) // shape[0])
        feeds += [rows.T if torch else rows, np.zeros(rows.shape[1])]
    return x, [*feeds, *arrays]


def pack(array):
    """Return an array as JSON, exactly.

    >>> unpack(pack(np.arange(3.0)))
    array([0., 1., 2.])
    """
    array = np.asarray(array)
    return {"shape": list(array.shape), "dtype": array.dtype.str, "data": base64.b64encode(array.tobytes()).decode()}


def unpack(packed):
    """Return the array that `pack` wrote."""
    return np.frombuffer(base64.b64decode(packed["data"]), packed["dtype"]).reshape(packed["shape"])
