"""convcalc's values against the stored outputs of onnx's own node tests: every operator that convcalc has.

A model becomes the call that a user would write, as in test_onnx_nodes; its weights are given in the operator's own
order. The operands of a merge are made, exactly, by a Gemm each out of the one input.
"""

from collections import Counter
from importlib.util import find_spec

import numpy as np
import pytest

import convcalc
from convcalc import layers
from convcalc.layers.onnx_elementwise import TYPES
from convcalc.layers.onnx_quantize import INTEGERS
from tests.live.cases.onnx_along import GENERATORS
from tests.live.cases.render import python
from tests.live.test_onnx_nodes import CONSTANTS, call_of, collect, plain, reason
from tests.live.values import differ

ABSENT = [package for package in ("onnx",) if find_spec(package) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT) or 'nothing'} not installed: pip install convcalc[live]"
)
# Operators of which all inputs but the first are weights.
RECURRENT = ("LSTM", "GRU", "RNN")
KEYWORDS = CONSTANTS | {"Reshape": {1: "shape"}, "Dropout": {1: "ratio", 2: "training_mode"}}
TOLERANCE = {
    # Its output is written down to four digits.
    "test_averagepool_2d_ceil_last_window_starts_on_pad": 1e-3,
}
ALIGNED = ("test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners")
FRACTIONS = "align_corners over a fraction of a cell, where onnxruntime has whole ones, as the operator's text says"
# Why a test is left out, and which: held against what was left out.
SKIPPED = {
    "a bias that is not one a unit": ["test_gemm_default_matrix_bias"],
    FRACTIONS: list(ALIGNED),
    "peepholes": ["test_lstm_with_peepholes"],
    "training mode": [
        "test_batchnorm_epsilon_training_mode",
        "test_batchnorm_example_training_mode",
        "test_training_dropout",
        "test_training_dropout_default",
        "test_training_dropout_default_mask",
        "test_training_dropout_mask",
    ],
    "an optional or a sequence": ["test_identity_opt", "test_identity_sequence"],
}
# How many of a kind are left out: of data of another type than float32 or float64, which convcalc computes in, most.
COUNTED = {
    "Attention over past keys, or with their number": 34,
    "Attention within a window": 6,
    "a Cast to few bits": 54,
    "a mask of truth values": 7,
    "a quantity of few bits": 7,
    "bfloat16, not float32 or float64": 9,
    "bool, not float32 or float64": 3,
    "float16, not float32 or float64": 13,
    "float4e2m1, not float32 or float64": 5,
    "float8e4m3fn, not float32 or float64": 7,
    "float8e4m3fnuz, not float32 or float64": 4,
    "float8e5m2, not float32 or float64": 5,
    "float8e5m2fnuz, not float32 or float64": 4,
    "float8e8m0, not float32 or float64": 2,
    "int16, not float32 or float64": 13,
    "int2, not float32 or float64": 7,
    "int32, not float32 or float64": 14,
    "int4, not float32 or float64": 7,
    "int64, not float32 or float64": 27,
    "int8, not float32 or float64": 16,
    "scales of blocks": 2,
    "string, not float32 or float64": 2,
    "uint16, not float32 or float64": 13,
    "uint2, not float32 or float64": 7,
    "uint32, not float32 or float64": 12,
    "uint4, not float32 or float64": 7,
    "uint64, not float32 or float64": 13,
    "uint8, not float32 or float64": 16,
}
EXPECTED = 665


def run(test):
    """Yield ``(theirs, ours, text)`` of each output of a test that convcalc has."""
    node = test.model.graph.node[0]
    inputs, outputs = ([array(each) for each in side] for side in test.data_sets[0])
    if node.op_type in GENERATORS:
        text, x, weights = operator(node, inputs)
    else:
        text, _, _ = call_of(test, KEYWORDS)
        arrays = dict(zip((place for place, word in enumerate(node.input) if word), inputs, strict=True))
        constant = KEYWORDS.get(node.op_type, {})
        x = arrays[0]
        weights = [array for place, array in arrays.items() if place and place not in constant]
        if node.op_type == "PRelu":
            text, weights = slopes(x, *weights)
        elif node.op_type == "Gemm" and len(weights) == 2:
            weights[1] = np.broadcast_to(weights[1], outputs[0].shape)[0]
    if node.op_type in ("Split", "TopK", *RECURRENT):
        places = [place for place, word in enumerate(node.output) if word]
        for place, theirs in zip(places, outputs, strict=True):
            text, x, weights = operator(node, inputs, place)
            yield np.asarray(theirs), convcalc.forward(text, x, weights, framework="onnx"), text
        return
    yield np.asarray(outputs[0]), convcalc.forward(text, x, weights, framework="onnx"), text


def array(value):
    """Return a stored value as an array: of a type that numpy has not, it is a tensor yet."""
    from onnx import TensorProto, numpy_helper

    return numpy_helper.to_array(value).astype(np.float64) if isinstance(value, TensorProto) else value


def operator(node, inputs, output=0):
    """Return the text, the input and the weights of a node whose inputs are integers that say how, or operands.

    ``1 * B + 0`` is each of several operands.
    """
    from onnx import defs, helper

    from tests.live.oracles.onnx_nodes import whole

    given = {a.name: plain(helper.get_attribute_value(a)) for a in node.attribute}
    words = [entry.name for entry in defs.get_schema(node.op_type).inputs]
    places = [place for place, word in enumerate(node.input) if word]
    operands, weights = [], []
    kind = next((values.dtype for values in inputs if values.dtype.kind == "f"), np.dtype(np.float64))
    # A function written out may have inputs that the node does not read.
    for place, values in zip(places, inputs, strict=False):
        word = words[min(place, len(words) - 1)]
        if whole(node.op_type, word):
            given[word] = nested(values.tolist())
        elif word.endswith("zero_point"):
            given[word] = nested(values.tolist())
            given["output_dtype"] = helper.np_dtype_to_tensor_dtype(values.dtype)
        elif place and node.op_type in (*RECURRENT, "QuantizeLinear"):
            given[f"{word}_shape"] = values.shape
            weights.append(values)
        else:
            operands.append(values.astype(kind))
    if node.op_type == "Split" and "split" not in given:
        given.setdefault("num_outputs", len(node.output))
    if output:
        given["output"] = output
    call = f"{node.op_type}({', '.join(f'{key}={python(value)}' for key, value in given.items())})"
    if len(operands) == 1:
        return call, operands[0], weights
    lines = []
    for number, values in enumerate(operands):
        lines += [f"Gemm(units={values.size}) from=@input", f"Reshape(shape={python(values.shape)}) @x{number}"]
        weights += [values.reshape(1, -1), np.zeros(values.size)]
    labels = "".join(f" @x{number}" for number in range(1, len(operands)))
    lines.append(f"{call} from=@x0{labels}")
    return "\n".join(lines), np.ones((1, 1), operands[0].dtype), weights


def nested(value):
    """Return lists as tuples."""
    return tuple(map(nested, value)) if isinstance(value, list) else value


def slopes(x, slope):
    """Return the text and the weights of a PRelu: one slope, or a shape of them."""
    if slope.size == 1:
        return "PRelu()", [slope.reshape(1)]
    return f"PRelu(slope_shape={python(slope.shape)})", [slope]


def left_out(test):
    """Return why a test is left out, or None."""
    kind, (inputs, outputs) = test.model.graph.node[0].op_type, test.data_sets[0]
    if kind == "Gemm" and len(inputs) == 3 and inputs[2].ndim == 2 and inputs[2].shape[0] > 1:
        return "a bias that is not one a unit"
    if kind == "Dropout" and len(inputs) == 3 and (inputs[0] != outputs[0]).any():
        return "training mode"
    if kind == "LSTM" and len(inputs) > 6:
        return "peepholes"
    if kind == "QuantizeLinear":
        if any(a.name == "block_size" for a in test.model.graph.node[0].attribute):
            return "scales of blocks"
        if test.model.graph.output[0].type.tensor_type.elem_type not in INTEGERS:
            return "a quantity of few bits"
    if kind == "Attention":
        node = test.model.graph.node[0]
        if any(node.input[4:]):
            return "Attention over past keys, or with their number"
        if any("window" in a.name for a in node.attribute):
            return "Attention within a window"
        if len(inputs) > 3 and inputs[3].dtype == bool:
            return "a mask of truth values"
    if test.name in ALIGNED:
        return FRACTIONS
    if not test.model.graph.input[0].type.HasField("tensor_type"):
        return "an optional or a sequence"
    if kind == "Cast" and test.model.graph.node[0].attribute[0].i not in TYPES:
        return "a Cast to few bits"
    if kind in ("And", "Or", "Xor", "Not", "Where"):
        return None
    return reason(test)


# onnx makes the data of every node test as it loads them, by arithmetic that overflows too.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_stored_outputs_are_ours():
    skipped, wrong, agreed = {}, [], 0
    counted = Counter()
    for name, test in sorted(collect(layers.class_names("onnx")).items()):
        why = left_out(test)
        if why and why not in SKIPPED:
            counted[why] += 1
            continue
        if why:
            skipped.setdefault(why, []).append(name)
            continue
        text = ""
        try:
            for theirs, ours, asked in run(test):
                text = asked
                difference = differ(theirs, ours, TOLERANCE.get(name, 1e-5), exact="cast" not in name)
                if difference:
                    break
        except Exception as error:
            difference = f"{type(error).__name__}: {error}"
        if difference:
            wrong.append(f"{name}: {text}: {difference}".replace("\n", " | "))
        else:
            agreed += 1
    assert not wrong, "\n".join([f"{len(wrong)} of {agreed + len(wrong)} disagree", *wrong])
    assert skipped == SKIPPED
    assert counted == COUNTED
    assert agreed >= EXPECTED
