"""convcalc against onnx and onnxruntime, over random nodes of every operator."""

from importlib.util import find_spec

import pytest

from tests.live.compare import compare

ABSENT = [package for package in ("onnx", "onnxruntime") if find_spec(package) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT) or 'nothing'} not installed: pip install convcalc[live]"
)


def test_onnx_agrees():
    outcome = compare("onnx", 1000, seed="7")
    assert not outcome.disagreements, outcome.text()
    assert outcome.tally["accepted"] > 500
    assert outcome.tally["refused"] > 50
