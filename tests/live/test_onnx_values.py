"""What the windows of ONNX's operators read, held against the values that onnxruntime computes."""

import random
from importlib.util import find_spec

import pytest

import convcalc
from tests.live.cases.render import python

ABSENT = [package for package in ("onnx", "onnxruntime") if find_spec(package) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT) or 'nothing'} not installed: pip install convcalc[live]"
)
OPERATORS = ("Conv", "ConvTranspose", "AveragePool", "MaxPool", "LpPool")
SMALLEST = -3.0e38


def draw(rng, name):
    """Return the attributes of a node over one axis, and the input's size."""
    n, k, s, d = rng.randint(1, 12), rng.randint(1, 4), rng.randint(1, 5), rng.choice((1, 1, 2, 3))
    given = {"kernel_shape": [k], "strides": [s], "dilations": [d]}
    word = rng.choice(("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"))
    if word != "NOTSET":
        given["auto_pad"] = word
    elif rng.random() < 0.7:
        given["pads"] = [rng.randint(0, k - 1), rng.randint(0, k - 1)]
    if name == "ConvTranspose":
        if rng.random() < 0.4:
            given["output_padding"] = [rng.randint(0, s - 1)]
        if rng.random() < 0.3:
            given["output_shape"] = [rng.randint(1, n * s + k)]
    if "Pool" in name and rng.random() < 0.5:
        given["ceil_mode"] = 1
    if name == "LpPool":
        given["p"] = 1
    return given, n


def run(name, given, cells, weight):
    """Return onnxruntime's output as a list, or None where it refuses."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    constants = [numpy_helper.from_array(np.array([[weight]], np.float32), "W")] if "Conv" in name else []
    node = helper.make_node(name, ["X", "W"][: 1 + len(constants)], ["Y"], **given)
    first = helper.make_tensor_value_info("X", TensorProto.FLOAT, [1, 1, len(cells)])
    last = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "one", [first], [last], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    onnxruntime.set_default_logger_severity(4)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, {"X": np.array([[cells]], np.float32)})[0].ravel().tolist()
    except Exception:
        return None


def read(name, window, cells, weight):
    """Return the outputs that a window reads out of the cells."""
    outputs = []
    for o in range(window.out(len(cells))):
        taps = list(window.taps(len(cells), o))
        seen = [cells[cell] for _, cell in taps]
        if "Conv" in name:
            outputs.append(sum(weight[tap] * cells[cell] for tap, cell in taps))
        elif name == "MaxPool":
            outputs.append(max(seen, default=SMALLEST))
        else:
            outputs.append(sum(seen) / (max(len(seen), 1) if name == "AveragePool" else 1))
    return outputs


@pytest.mark.parametrize("name", OPERATORS)
def test_windows_read_what_onnxruntime_reads(name):
    rng, compared = random.Random(f"values {name}"), 0
    for _ in range(1200):
        given, n = draw(rng, name)
        cells = [rng.randint(1, 50) for _ in range(n)]
        weight = [rng.randint(1, 9) for _ in range(given["kernel_shape"][0])]
        expected = run(name, given, cells, weight)
        if expected is None:
            continue
        own = {**given, "filters": 1, "bias": False} if "Conv" in name else given
        text = f"{name}({', '.join(f'{key}={python(value)}' for key, value in own.items())})"
        window = convcalc.shape(text, (1, 1, n), framework="onnx").layers[0].windows[0]
        if name == "AveragePool" and window.high < 0 < window.overhang:
            continue  # here onnxruntime leaves out the cells that auto_pad cut, though the window reaches them
        found = read(name, window, cells, weight)
        assert len(found) == len(expected), (text, n)
        for ours, theirs in zip(found, expected, strict=True):
            assert ours == pytest.approx(max(theirs, SMALLEST), abs=1e-3), (text, n, found, expected)
        compared += 1
    assert compared > 700
