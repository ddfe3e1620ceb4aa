"""What layers start from by default, penalties, names and signatures: against torch and Keras."""

import os
from inspect import Parameter, signature

import numpy as np
import pytest

import convcalc
from convcalc import initializers, layers, regularizers
from convcalc.analysis.initial import initial as default_of
from convcalc.analysis.moments import moments
from convcalc.layers.site import Weight
from convcalc.spec.bind import bind
from convcalc.spec.parse import parse
from convcalc.tables import REQUIRED, read

torch = pytest.importorskip("torch")
os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")


def networks(framework):
    """Every layer with weights of a framework, as a report of its example."""
    for layer in layers.layers():
        if framework not in layer.frameworks():
            continue
        sample = layer.family.sample
        if not sample or "C" in sample:
            sizes = {1: [8], 2: [8, 9], 3: [5, 6, 7]}.get(
                layer.rank, [6, 7] if layer.rank_rule != "spatial" else [8, 9]
            )
            sample = (2, *sizes, 8) if framework == "keras" else (2, 8, *sizes)
        try:
            report = convcalc.shape(layer.example(), sample, framework=framework)
        except convcalc.ConvcalcError:
            continue
        if report.layers[-1].weights:
            yield layer.family.kind, report.layers[-1], layer


def test_torch_layers_start_from_our_defaults():
    """Ten thousand weights of every layer: the expected spread, and the same bounds."""
    seen = set()
    norm = ("weight", "bias", "running_mean", "running_var")
    for build, kind, args, shapes in (
        (lambda: torch.nn.Conv2d(6, 8, 3, groups=2), "conv", {}, {"weight": (8, 3, 3, 3), "bias": (8,)}),
        (lambda: torch.nn.Conv1d(6, 8, 5), "conv", {}, {"weight": (8, 6, 5), "bias": (8,)}),
        (lambda: torch.nn.ConvTranspose2d(4, 6, 3), "transpose", {}, {"weight": (4, 6, 3, 3), "bias": (6,)}),
        (lambda: torch.nn.Linear(20, 9), "dense", {}, {"weight": (9, 20), "bias": (9,)}),
        (lambda: torch.nn.Bilinear(6, 5, 4), "bilinear", {}, {"weight": (4, 6, 5), "bias": (4,)}),
        (lambda: torch.nn.Embedding(30, 5), "embedding", {}, {"weight": (30, 5)}),
        (lambda: torch.nn.BatchNorm2d(5), "batch_norm", {}, dict.fromkeys(norm, (5,))),
        (lambda: torch.nn.InstanceNorm1d(5, affine=True), "instance_norm", {}, dict.fromkeys(("weight", "bias"), (5,))),
        (lambda: torch.nn.GroupNorm(5, 5), "group_norm", {}, dict.fromkeys(("weight", "bias"), (5,))),
        (lambda: torch.nn.LayerNorm(5), "layer_norm", {}, dict.fromkeys(("weight", "bias"), (5,))),
        (lambda: torch.nn.RMSNorm(5), "rms_norm", {}, {"weight": (5,)}),
        (lambda: torch.nn.PReLU(2, 0.3), "prelu", {"alpha": 0.3}, {"weight": (2,)}),
    ):  # fmt: skip
        weights = [Weight(name, shape) for name, shape in shapes.items()]
        torch.manual_seed(1)
        drawn = [build().state_dict() for _ in range(300)]
        for weight in weights:
            theirs = np.concatenate([state[weight.name].numpy().ravel() for state in drawn]).astype(np.float64)
            assert tuple(drawn[0][weight.name].shape) == weight.shape
            given = default_of("torch", kind, args, weight.name, weights)
            told = moments(initializers.law(given, weight.shape), weight.shape)
            assert theirs.std() == pytest.approx(told.std, rel=0.05, abs=1e-7), (kind, weight.name)
            assert theirs.mean() == pytest.approx(told.mean, abs=0.05 * told.std + 1e-7), (kind, weight.name)
            if told.max is not None:
                assert told.min - 1e-7 <= theirs.min() <= told.min + 0.02 * abs(told.min) + 1e-7, (kind, weight.name)
                assert told.max + 1e-7 >= theirs.max() >= told.max - 0.02 * abs(told.max) - 1e-7, (kind, weight.name)
            seen.add(kind)
    assert seen - {"instance_norm"} == {kind for kind, _, _ in networks("torch")}


def test_keras_layers_start_from_our_defaults():
    """Of every layer with weights: the class of each weight's initialiser, and the fixed ones by value."""
    seen = 0
    fixed = {"scale": 1.0, "gamma": 1.0, "beta": 0.0, "mean": 0.0, "variance": 1.0, "count": 0.0}
    for kind, row, layer in networks("keras"):
        if not hasattr(keras.layers, row.type):  # one that an application of Keras keeps for itself
            continue
        call = bind(parse(layer.example(), layers.is_layer, layers.words), layer.example(), "keras").calls[0]
        for weight in row.weights:
            given = default_of("keras", kind, call.args, weight.name, row.weights)
            law = initializers.law(given, weight.shape)
            own = getattr(keras.layers, row.type)
            names = [f"{stem}_initializer" for stem in (weight.name, weight.name.removesuffix("_kernel"), "depthwise")]
            known = signature(own).parameters
            name = next((n for n in names if n in known), None)
            if name:
                theirs = keras.initializers.get(known[name].default)
                ours = keras.initializers.get(given.name)
                assert theirs.__class__ is ours.__class__, (row.type, weight.name)
            else:
                assert law.value == fixed[weight.name]
            seen += 1
    assert seen > 20


REGULARIZERS = [
    "L1()", "L1(0.3)", "L2()", "L2(l2=2)", "L1L2(l1=0.1)", "L1L2(0.1, 0.2)", "L1L2()",
    "OrthogonalRegularizer()", "OrthogonalRegularizer(factor=0.5, mode='columns')",
]  # fmt: skip


@pytest.mark.parametrize("call", REGULARIZERS)
@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (2, 2)])
def test_penalties_are_keras(call, shape):
    w = np.random.default_rng(4).standard_normal(shape).astype(np.float32)
    theirs = float(eval(f"keras.regularizers.{call}", {"keras": keras})(keras.ops.convert_to_tensor(w)))

    assert convcalc.penalty(call, w) == pytest.approx(theirs, rel=1e-6)


def test_weight_decay_is_twice_l2():
    """A step of SGD: torch's weight_decay of d against the gradient of our l2 of d/2."""
    w = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5]))
    w.grad = torch.zeros(3)
    before = w.detach().clone().numpy()
    torch.optim.SGD([w], lr=0.1, weight_decay=0.3).step()
    step = (before - w.detach().numpy()) / 0.1
    for index in range(3):
        moved = [before.astype(np.float64) for _ in range(2)]
        moved[0][index] -= 1e-4
        moved[1][index] += 1e-4
        low, high = (convcalc.penalty("l2(0.15)", one) for one in moved)
        assert step[index] == pytest.approx((high - low) / 2e-4, rel=1e-4)


def test_names_are_the_frameworks():
    ours = {name for row in initializers.ROWS for name in initializers.names_of(row, "keras")}
    known = {name for name in dir(keras.initializers) if name[0] != "_"}
    assert known - {"Initializer", "deserialize", "get", "serialize"} <= ours
    for name in ours:
        assert keras.initializers.get(name) if not hasattr(keras.initializers, name) else True
    ours = {name for row in initializers.ROWS for name in initializers.names_of(row, "torch")}
    assert ours == {name for name in torch.nn.init.__all__ if name != "calculate_gain"}
    known = {name for name in dir(keras.regularizers) if name[0] != "_"}
    assert known - {"Regularizer", "deserialize", "get", "serialize"} <= set(regularizers.KERAS)


def test_arguments_and_defaults_are_the_frameworks():

    for row in initializers.ROWS:
        for framework, home in (("keras", keras.initializers), ("torch", torch.nn.init)):
            own = getattr(row, framework)
            if own is None:
                continue
            function = getattr(home, own[0].split()[0])
            theirs = [p for name, p in signature(function).parameters.items() if name != "tensor"]
            theirs = [p for p in theirs if p.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
            ours = read(own[1])
            assert [p.name for p in theirs] == [a.name for a in ours], own[0]
            for p, a in zip(theirs, ours, strict=True):
                assert a.default == (REQUIRED if p.default is Parameter.empty else p.default), (own[0], a.name)
