"""convcalc against PyTorch itself, over random calls of every layer."""

from importlib.util import find_spec

import pytest

from tests.live.compare import compare

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed: pip install convcalc[live]")


def test_torch_agrees():
    outcome = compare("torch", 1000, seed="7")
    assert not outcome.disagreements, outcome.text()
    assert outcome.tally["accepted"] > 500
    assert outcome.tally["refused"] > 100
