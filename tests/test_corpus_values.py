"""What the frameworks computed, recorded by ``python -m tests.live.record_values``, replayed without them."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

import convcalc
from tests.live import fill
from tests.live.cases import code_text

PATH = Path(__file__).with_name("corpus") / "values.jsonl"
TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
FRAMEWORKS = ("keras", "torch", "onnx")


def read():
    """Return the header of the corpus and its lines."""
    header, *lines = map(json.loads, PATH.read_text().splitlines())
    return header, lines


def computed(line):
    """Return what convcalc computes of a recorded case."""
    case = line["case"]
    x, weights = fill.given(case, line["weights"])
    x = x if x.dtype.kind == "i" else x.astype(line["dtype"])
    with np.errstate(all="ignore"):
        return convcalc.forward(code_text(case), x, weights, framework=case["framework"])


def differs(line, ours):
    """Say what of an output is not as it was recorded, or None."""
    if list(ours.shape) != line["shape"]:
        return f"shape {ours.shape}, not {line['shape']}"
    theirs = np.frombuffer(base64.b64decode(line["values"]), line["dtype"]).astype(np.float64)
    flat = ours.ravel().astype(np.float64)
    mine = flat[:: line["step"]]
    if not np.array_equal(np.isfinite(theirs), np.isfinite(mine)):
        return "NaN or infinity in other places"
    finite = np.isfinite(theirs)
    if not np.array_equal(theirs[~finite], mine[~finite], equal_nan=True):
        return "NaN for infinity"
    if not finite.any():
        return None
    within = TOLERANCE[line["dtype"]] * np.abs(flat[np.isfinite(flat)]).max()
    gap = np.abs(theirs[finite] - mine[finite]).max()
    if gap > within:
        return f"values off by {gap:.3g}, more than {within:.3g}"
    if "sum" in line and abs(flat.sum() - line["sum"]) > within * flat.size:
        return f"a sum of {flat.sum()}, not {line['sum']}"
    return None


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_recorded_value_is_ours(framework):
    """Outputs of layers and chains, from seeded inputs and weights."""
    wrong = []
    for line in read()[1]:
        if line["case"]["framework"] == framework:
            difference = differs(line, computed(line))
            if difference:
                wrong.append(f"{code_text(line['case'])} on {line['case']['input']}: {difference}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:10])


def test_the_corpus_is_of_every_framework_and_of_both_dtypes():
    header, lines = read()
    assert header["command"].startswith("python -m tests.live.record_values")
    for framework in FRAMEWORKS:
        own = [line for line in lines if line["case"]["framework"] == framework]
        assert len(own) > 100
        assert len({line["case"]["name"] for line in own}) > 40
        assert {line["dtype"] for line in own} == ({"float32"} if framework == "onnx" else {"float32", "float64"})


def test_a_wrong_value_would_be_seen():
    """A value, a place of NaN, a shape or a sum that is off is a difference."""
    right = np.arange(1.0, 5.0)
    line = {"dtype": "float64", "shape": [4], "step": 2, "values": fill.pack(right[::2])["data"], "sum": 10.0}
    assert differs(line, right) is None
    for wrong in ([1, 2, 3.0001, 4], [1, 2, np.nan, 4], [1, 2, np.inf, 4], [1, 2.1, 3, 4], [[1, 2, 3, 4]]):
        assert differs(line, np.array(wrong, np.float64))
