"""Random Functional models of several inputs and outputs, shared layers and models within: as files, against Keras."""

import json
import os
import random

import numpy as np
import pytest

import convcalc
from convcalc.readers.model import read_model

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")

from keras.src.backend.common.stateless_scope import StatelessScope  # noqa: E402

L = keras.layers
IMAGES = (
    lambda rng, x: L.Conv2D(rng.choice([2, 3]), rng.choice([1, 2, 3]), rng.choice([1, 2]), padding="same")(x),
    lambda rng, x: L.MaxPooling2D(2, padding="same")(x),
    lambda rng, x: L.SeparableConv2D(3, 3, padding="same")(x),
    lambda rng, x: L.BatchNormalization()(x),
    lambda rng, x: L.ZeroPadding2D(1)(x),
    lambda rng, x: rng.choice([L.GlobalAveragePooling2D, L.Flatten])()(x),
)
VECTORS = (
    lambda rng, x: L.Dense(rng.choice([2, 3, 4]))(x),
    lambda rng, x: L.ReLU()(x),
    lambda rng, x: L.LayerNormalization()(x),
)
MERGES = (L.Add, L.Multiply, L.Average, L.Maximum, L.Concatenate)


def model_of(rng, depth=0, like=None):
    """Return a random model; one that is to be called within another takes tensors such as `like`."""
    shapes = [x.shape[1:] for x in like] if like else rng.choices([(8, 8, 3), (9, 8, 1), (5,)], k=rng.choice([1, 2, 3]))
    inputs = [keras.Input(shape, name=None if like else f"in{place}") for place, shape in enumerate(shapes)]
    pool, shared = list(inputs), {}
    for _ in range(rng.randrange(3, 12)):
        pool += tensors(rng, pool, shared, depth)
    made = pool[len(inputs) :]
    outputs = rng.sample(made, min(len(made), rng.choice([1, 2, 3])))
    return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])


def tensors(rng, pool, shared, depth):
    """Return what a random layer, or model, makes of some tensors."""
    x, kind = rng.choice(pool), rng.random()
    if kind < 0.25:
        alike = [other for other in pool if other.shape == x.shape]
        return [rng.choice(MERGES)()(rng.choices(alike, k=rng.choice([2, 3])))]
    if kind < 0.4 and depth < 2:
        args = rng.sample(pool, min(len(pool), rng.choice([1, 2])))
        within = model_of(rng, depth + 1, args)
        calls = [within(args if len(args) > 1 else args[0]) for _ in range(rng.choice([1, 2]))]
        return [y for call in calls for y in (call if isinstance(call, (list, tuple)) else [call])]
    if kind < 0.55:
        size = (len(x.shape), x.shape[-1])
        if size not in shared:
            shared[size] = L.Conv2D(size[1], 3, padding="same") if size[0] == 4 else L.Dense(size[1])
        return [shared[size](x)]
    return [rng.choice(IMAGES if len(x.shape) == 4 else VECTORS)(rng, x)]


def sizes(ports):
    """Return shapes as Keras has them."""
    return [tuple(n if n.__class__ is int else None for n in port.shape) for port in ports]


def count(weights):
    """Return how many numbers some weights hold."""
    return sum(int(np.prod(weight.shape)) for weight in weights)


@pytest.mark.parametrize("seed", range(15))
def test_a_random_graph(seed):
    """Inputs and outputs by name and shape, all parameters; and the JSON of it reads back as the same."""
    with StatelessScope():
        model = model_of(random.Random(seed))
    text = model.to_json()
    report = convcalc.shape(read_model(text, "model").text)
    ends = [model.inputs, model.outputs]
    assert [sizes(report.inputs), sizes(report.outputs)] == [[tuple(x.shape) for x in own] for own in ends]
    if len(model.inputs) > 1:
        assert [port.name for port in report.inputs] == [x.name for x in model.inputs]
    counts = [count(model.trainable_weights), count(model.non_trainable_weights)]
    assert [report.params.trainable, report.params.non_trainable] == counts
    source = read_model(json.dumps(report.to_dict()), "printed")
    assert convcalc.shape(source.text, source.input, source.framework).to_dict() == report.to_dict()
