"""convcalc against onnx's own backend node tests: every one-node model of the operators that convcalc sizes.

A model becomes the call that a user would write: the operator's attributes as keywords, what a weight's shape says as
`filters`, `units` and `bias`, and constant inputs by the input's own name. Held is the shape of the test's own output.
"""

from functools import cache
from importlib.util import find_spec

import pytest

import convcalc
from tests.live.cases.render import python

ABSENT = [package for package in ("onnx", "numpy") if find_spec(package) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT) or 'nothing'} not installed: pip install convcalc[live]"
)

OPERATORS = """
    Conv ConvTranspose MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool BatchNormalization
    InstanceNormalization LayerNormalization GroupNormalization Gemm Flatten DepthToSpace SpaceToDepth Pad Resize
    Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Softmax LogSoftmax Softplus Softsign Tanh
    ThresholdedRelu Gelu Mish Swish Hardmax Shrink Clip
"""
# Constant inputs that are keywords, by their place.
CONSTANTS = {
    "Pad": {1: "pads", 2: "constant_value", 3: "axes"},
    "Resize": {1: "roi", 2: "scales", 3: "sizes"},
    "Clip": {1: "min", 2: "max"},
}
# Why a test is left out, and which: held against what was left out.
SKIPPED = {
    "bfloat16, not float32 or float64": ["test_celu_bfloat16"],
    "float16, not float32 or float64": ["test_celu_float16"],
    "int32, not float32 or float64": ["test_edge_pad", "test_reflect_pad", "test_wrap_pad"],
    "int8, not float32 or float64": [
        "test_clip_default_int8_inbounds",
        "test_clip_default_int8_max",
        "test_clip_default_int8_min",
    ],
    "training mode": ["test_batchnorm_epsilon_training_mode", "test_batchnorm_example_training_mode"],
    "uint8, not float32 or float64": ["test_maxpool_2d_uint8"],
}
EXPECTED = 226


@cache
def node_tests():
    """Return all of onnx's tests of a node; to make their data takes seconds."""
    from onnx.backend.test.loader import load_model_tests

    return load_model_tests(kind="node")


def collect(operators):
    """Return the one-node tests of some operators, by name."""
    found = {}
    for test in node_tests():
        nodes = test.model.graph.node
        if len(nodes) == 1 and nodes[0].op_type in operators:
            found[test.name] = test
    return found


def reason(test):
    """Return why a test is left out, or None."""
    from onnx import TensorProto, helper

    graph = test.model.graph
    kind = graph.input[0].type.tensor_type.elem_type
    if kind not in (TensorProto.FLOAT, TensorProto.DOUBLE):
        return f"{TensorProto.DataType.Name(kind).lower()}, not float32 or float64"
    attributes = {a.name: helper.get_attribute_value(a) for a in graph.node[0].attribute}
    if attributes.get("training_mode"):
        return "training mode"
    return None


def call_of(test, constants=CONSTANTS):
    """Return ``(text, input shape, output shape)`` of a test; `constants` says which inputs are keywords."""
    from onnx import helper

    graph, (inputs, outputs) = test.model.graph, test.data_sets[0]
    node = graph.node[0]
    name = node.op_type
    given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    given = {key: plain(value) for key, value in given.items()}
    # An input that is left out has an empty name, and no array.
    arrays, left = {}, iter(inputs)
    for place, word in enumerate(node.input):
        if word:
            arrays[place] = next(left)
    if name in ("Conv", "ConvTranspose"):
        weight = arrays[1].shape
        given["filters"] = weight[0] if name == "Conv" else weight[1] * given.get("group", 1)
        given["bias"] = 2 in arrays
        given.setdefault("kernel_shape", tuple(weight[2:]))
    elif name == "Gemm":
        given["units"] = arrays[1].shape[0 if given.get("transB") else 1]
        given["bias"] = 2 in arrays
    for place, word in constants.get(name, {}).items():
        if place in arrays and arrays[place].size:
            value = arrays[place].tolist()
            given[word] = tuple(value) if isinstance(value, list) else value
    words = ", ".join(f"{key}={python(value)}" for key, value in given.items())
    return f"{name}({words})", arrays[0].shape, outputs[0].shape


def plain(value):
    """Return an attribute's value in Python's own types."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return round(value, 7) if isinstance(value, float) else value


# onnx makes the data of every node test as it loads them, by arithmetic that overflows too.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_all_of_them_agree():
    skipped, wrong, agreed = {}, [], 0
    for name, test in sorted(collect(OPERATORS.split()).items()):
        why = reason(test)
        if why:
            skipped.setdefault(why, []).append(name)
            continue
        text, shape, expected = call_of(test)
        try:
            found = convcalc.shape(text, tuple(shape), framework="onnx").output_shape
        except convcalc.ConvcalcError as error:
            found = str(error)
        if found == tuple(expected):
            agreed += 1
        else:
            wrong.append(f"{name}: {text} on {tuple(shape)} gives {tuple(expected)}, not {found}")
    assert not wrong, "\n".join([f"{len(wrong)} of {agreed + len(wrong)} disagree", *wrong])
    assert skipped == SKIPPED
    assert agreed >= EXPECTED
