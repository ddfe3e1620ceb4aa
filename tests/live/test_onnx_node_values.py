"""convcalc's values against the stored outputs of onnx's own node tests: every operator that convcalc has.

A model becomes the call that a user would write, as in test_onnx_nodes; its weights are given in the operator's own
order. The operands of a merge are made, exactly, by a Gemm each out of the one input.
"""

from importlib.util import find_spec

import numpy as np
import pytest

import convcalc
from convcalc import layers
from tests.live.cases.render import python
from tests.live.test_onnx_nodes import CONSTANTS, call_of, collect, plain, reason
from tests.live.values import differ

ABSENT = [package for package in ("onnx",) if find_spec(package) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT) or 'nothing'} not installed: pip install convcalc[live]"
)
MERGES = ("Add", "Sub", "Mul", "Sum", "Mean", "Max", "Min", "Concat")
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
    "a slope that is not one a channel": ["test_prelu_broadcast", "test_prelu_example"],
    FRACTIONS: list(ALIGNED),
    "bfloat16, not float32 or float64": ["test_celu_bfloat16"],
    "float16, not float32 or float64": ["test_celu_float16", "test_max_float16", "test_min_float16"],
    "int16, not float32 or float64": [
        "test_add_int16",
        "test_max_int16",
        "test_min_int16",
        "test_mul_int16",
        "test_sub_int16",
    ],
    "int32, not float32 or float64": [
        "test_edge_pad",
        "test_max_int32",
        "test_min_int32",
        "test_reflect_pad",
        "test_wrap_pad",
    ],
    "int64, not float32 or float64": ["test_max_int64", "test_min_int64"],
    "int8, not float32 or float64": [
        "test_add_int8",
        "test_clip_default_int8_inbounds",
        "test_clip_default_int8_inbounds_expanded",
        "test_clip_default_int8_max",
        "test_clip_default_int8_min",
        "test_max_int8",
        "test_min_int8",
        "test_mul_int8",
        "test_sub_int8",
    ],
    "training mode": [
        "test_batchnorm_epsilon_training_mode",
        "test_batchnorm_example_training_mode",
        "test_training_dropout",
        "test_training_dropout_default",
        "test_training_dropout_default_mask",
        "test_training_dropout_mask",
    ],
    "uint16, not float32 or float64": [
        "test_add_uint16",
        "test_max_uint16",
        "test_min_uint16",
        "test_mul_uint16",
        "test_sub_uint16",
    ],
    "uint32, not float32 or float64": [
        "test_add_uint32",
        "test_max_uint32",
        "test_min_uint32",
        "test_mul_uint32",
        "test_sub_uint32",
    ],
    "uint64, not float32 or float64": [
        "test_add_uint64",
        "test_max_uint64",
        "test_min_uint64",
        "test_mul_uint64",
        "test_sub_uint64",
    ],
    "uint8, not float32 or float64": [
        "test_add_uint8",
        "test_max_uint8",
        "test_maxpool_2d_uint8",
        "test_min_uint8",
        "test_mul_uint8",
        "test_sub_uint8",
    ],
    "an optional or a sequence": ["test_identity_opt", "test_identity_sequence"],
}
EXPECTED = 314


def run(test):
    """Return ``(theirs, ours, text)`` of a test."""
    node = test.model.graph.node[0]
    inputs, outputs = test.data_sets[0]
    if node.op_type in MERGES:
        text, x, weights = merge(node, inputs)
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
    ours = convcalc.forward(text, x, weights, framework="onnx")
    return np.asarray(outputs[0]), ours, text


def merge(node, inputs):
    """Return the text, the input and the weights of a merge: ``1 * B + 0`` is each operand."""
    from onnx import helper

    given = ", ".join(f"{a.name}={python(plain(helper.get_attribute_value(a)))}" for a in node.attribute)
    lines = []
    weights = []
    for number, array in enumerate(inputs):
        lines += [f"Gemm(units={array.size}) from=@input", f"Reshape(shape={python(array.shape)}) @x{number}"]
        weights += [array.reshape(1, -1), np.zeros(array.size)]
    operands = "".join(f" @x{number}" for number in range(1, len(inputs)))
    lines.append(f"{node.op_type}({given}) from=@x0{operands}")
    return "\n".join(lines), np.ones((1, 1), inputs[0].dtype), weights


def slopes(x, slope):
    """Return the text and the weights of a PRelu: one slope, or one a channel."""
    if slope.size == 1:
        return "PRelu()", [slope.reshape(1)]
    return f"PRelu(num_parameters={slope.shape[0]})", [slope]


def left_out(test):
    """Return why a test is left out, or None."""
    kind, (inputs, outputs) = test.model.graph.node[0].op_type, test.data_sets[0]
    if kind == "PRelu" and inputs[1].size > 1:
        channels, *spatial = inputs[0].shape[1:]
        if inputs[1].shape != (channels, *[1] * len(spatial)):
            return "a slope that is not one a channel"
    if kind == "Gemm" and len(inputs) == 3 and inputs[2].ndim == 2 and inputs[2].shape[0] > 1:
        return "a bias that is not one a unit"
    if kind == "Dropout" and len(inputs) == 3 and (inputs[0] != outputs[0]).any():
        return "training mode"
    if test.name in ALIGNED:
        return FRACTIONS
    if not test.model.graph.input[0].type.HasField("tensor_type"):
        return "an optional or a sequence"
    return reason(test)


# onnx makes the data of every node test as it loads them, by arithmetic that overflows too.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_stored_outputs_are_ours():
    skipped, wrong, agreed = {}, [], 0
    for name, test in sorted(collect(layers.class_names("onnx")).items()):
        why = left_out(test)
        if why:
            skipped.setdefault(why, []).append(name)
            continue
        try:
            theirs, ours, text = run(test)
            difference = differ(theirs, ours, TOLERANCE.get(name, 1e-5))
        except Exception as error:
            difference, text = f"{type(error).__name__}: {error}", ""
        if difference:
            wrong.append(f"{name}: {text}: {difference}".replace("\n", " | "))
        else:
            agreed += 1
    assert not wrong, "\n".join([f"{len(wrong)} of {agreed + len(wrong)} disagree", *wrong])
    assert skipped == SKIPPED
    assert agreed >= EXPECTED
