"""What convcalc computes against what the real frameworks compute, over random cases of every layer and over chains."""

from importlib.util import find_spec

import pytest

from tests.live.values import compare


def needs(*packages):
    """Skip, naming what is absent."""
    absent = [package for package in packages if find_spec(package) is None]
    return pytest.mark.skipif(
        bool(absent), reason=f"{', '.join(absent) or 'nothing'} not installed: pip install convcalc[live]"
    )


def held(backend, count, **how):
    """Compare; nothing may disagree, and no more than one case in twenty be undecided."""
    outcome = compare(backend, count, seed="7", **how)
    assert not outcome.disagreements, outcome.text()
    assert outcome.tally["agree"] == count
    undecided = sum(number for reason, number in outcome.tally.items() if reason.startswith("undecided"))
    assert undecided <= count // 20, outcome.text()


@needs("torch")
def test_torch_computes_the_same():
    held("torch", 1000, plain=True)
    held("torch", 100, chains=True)


@needs("keras", "tensorflow", "jax")
def test_keras_computes_the_same():
    held("keras", 1000)
    held("keras", 60, chains=True)


@needs("keras", "jax")
def test_keras_computes_the_same_on_jax():
    held("jax", 60)


@needs("onnx", "onnxruntime")
def test_onnx_computes_the_same():
    held("onnx", 1000, plain=True)
