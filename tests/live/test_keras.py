"""convcalc against Keras itself, over random calls of every layer; TensorFlow judges, JAX a smaller number."""

from importlib.util import find_spec

import pytest

from tests.live.compare import compare


def needs(*packages):
    """Skip, naming what is absent."""
    absent = [package for package in packages if find_spec(package) is None]
    return pytest.mark.skipif(
        bool(absent), reason=f"{', '.join(absent) or 'nothing'} not installed: pip install convcalc[live]"
    )


@needs("keras", "tensorflow", "jax")
@pytest.mark.parametrize(("backend", "count"), [("keras", 1000), ("jax", 300)])
def test_keras_agrees(backend, count):
    outcome = compare(backend, count, seed="7")
    assert not outcome.disagreements, outcome.text()
    assert outcome.tally["accepted"] > count // 2
    assert outcome.tally["refused"] > count // 10
