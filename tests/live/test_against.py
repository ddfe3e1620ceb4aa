"""``convcalc check --against`` builds every layer of the catalogue in the installed framework, and agrees."""

import os

import pytest

import convcalc
from convcalc import layers
from tests import readme
from tests.test_help import examples

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# A sample for the examples that bring none, channels last, by the layer's rank.
SAMPLES = {1: (9, 4), 2: (9, 8, 4), 3: (5, 6, 7, 4), None: (8, 8, 8)}
# What the example alone does not say, or what this rank of input is not for.
SPECIAL = {("onnx", "dense"): "(2,8)", ("keras", "repeat"): "8", ("torch", "unflatten"): "8"}


def cases():
    """Yield each layer's example in each framework that has it."""
    for layer in layers.layers():
        for framework in layer.frameworks():
            sample = SAMPLES[layer.rank]
            if framework != "keras" and layer.rank:
                sample = (sample[-1], *sample[:-1])
            given = SPECIAL.get((framework, layer.family.kind)) or layer.family.sample or "x".join(map(str, sample))
            yield pytest.param(framework, layer.example(), given, id=f"{framework}-{layer.word}")


@pytest.mark.parametrize(("framework", "spec", "given"), list(cases()))
def test_the_framework_agrees(framework, spec, given):
    verdict = convcalc.check(spec, given, framework=framework, against=framework)
    (row, *_) = verdict.wrong() or [None]
    if row and "not supported" in (row.against.note or "") and framework == "keras":
        pytest.skip(f"TensorFlow has no such kernel on a CPU: {row.against.note}")
    assert row is None, (row.max_error, row.note, row.against)


@pytest.mark.parametrize("example", [example for _, example in examples() if "--against" in example])
def test_the_example_of_the_help_runs(example, tmp_path):
    code, text = readme.run(example, tmp_path, readme.prepare(tmp_path))

    assert code == 0, text
    assert "shapes and values agree" in text
