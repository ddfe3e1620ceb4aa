"""ONNX as a judge: a model of one node a layer, run by onnxruntime."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, defs, helper, numpy_helper

from convcalc.layers.onnx_elementwise import TYPES
from convcalc.layers.onnx_operands import VARIADIC, arranged, names_of
from convcalc.numeric.against import keywords

# The newest that a kernel may be of, then what onnxruntime still has where it lacks that one.
OPSETS = (24, 23, 22, 21, 20, 18, 13)
IR = 10
# What the weights' shapes say in a file, and which operand or output is meant.
SHAPES = {"filters", "units", "bias", "num_parameters", "in_channels", "place", "output"}
AUTO = {"same": "SAME_UPPER", "same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}
# A number that is a list of one to its operator.
LISTED = {("TopK", "K")}
# Operators of several outputs, whatever they are given.
OUTPUTS = {"TopK": 2, "LSTM": 3, "GRU": 2, "RNN": 2}
NUMBERS = {name: number for number, name in TYPES.items()}
FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)

onnxruntime.set_default_logger_severity(4)


class Judge:
    """onnxruntime on one thread of the CPU."""

    name = "onnxruntime"
    version = f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}"

    def run(self, node, inputs, weights):
        """Return the output of a model of one node."""
        error: Exception | None = None
        for opset in OPSETS:
            try:
                return self.session(node, inputs, weights, opset)
            except Exception as reason:  # onnx and onnxruntime raise every kind
                error = error or reason
        assert error is not None
        raise error

    @staticmethod
    def session(node, inputs, weights, opset):
        """Return the output of a model of one node in a version of the operators."""
        schema = defs.get_schema(node.type, opset)
        own = keywords(node)
        if node.type == "Resize" and "axes" not in own:
            spatial(own, "scales", node.shape, (1, 1))
            spatial(own, "sizes", node.shape, node.shape[:2])
        kind = helper.np_dtype_to_tensor_dtype(inputs[0].dtype)
        names = [f"x{i}" for i in range(len(inputs))]
        constants = dict(weights)
        types = {entry.name: wanted(entry.types, kind) for entry in schema.inputs}
        for word, type_of in types.items():
            own.pop(f"{word}_shape", None)
            if word in own and word not in schema.attributes:
                value = own.pop(word)
                value = flat(value) if word == "pads" else value
                value = [value] if (node.type, word) in LISTED else value
                constants[word] = np.array(value, helper.tensor_dtype_to_np_dtype(type_of))
        if names_of(node.args) and names_of(node.args)[0] in VARIADIC:
            order = [(each, kind) for each in arranged(node.args, names, str)]
        elif len(types) < len(names):
            order = [(each, kind) for each in names]
        else:
            left = iter(names)
            order = [(word if word in constants else next(left, ""), type_of) for word, type_of in types.items()]
        while order and not order[-1][0]:
            order.pop()
        # Operands of another type are cast, and so is what comes out.
        casts = [(name, to) for name, to in order if name in (*names, *weights) and to != kind]
        read = [f"{name}_cast" if (name, to) in casts else name for name, to in order]
        outputs = outputs_of(node)
        graph = helper.make_graph(
            [
                *(helper.make_node("Cast", [name], [f"{name}_cast"], to=to) for name, to in casts),
                helper.make_node(node.type, read, outputs, **attributes_of(node, own, schema)),
                helper.make_node("Cast", ["raw"], ["y"], to=kind if kind in FLOATS else TensorProto.FLOAT),
            ],
            "one",
            [helper.make_tensor_value_info(n, kind, x.shape) for n, x in zip(names, inputs, strict=True)],
            [helper.make_tensor_value_info("y", kind if kind in FLOATS else TensorProto.FLOAT, None)],
            [numpy_helper.from_array(np.asarray(array, order="C"), name) for name, array in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        feed = {n: np.asarray(x, order="C") for n, x in zip(names, inputs, strict=True)}
        return session.run(["y"], feed)[0]


def wanted(types, kind):
    """Return the type that an input has: the data's where it may, else float, truth values or integers."""
    names = {TensorProto.DOUBLE: "double", TensorProto.FLOAT: "float"}
    own = {TensorProto.FLOAT: "float", TensorProto.BOOL: "bool", TensorProto.INT64: "int64", TensorProto.UINT8: "uint8"}
    for each, name in ((kind, names.get(kind)), *own.items()):
        if f"tensor({name})" in types:
            return each
    return TensorProto.INT64


def outputs_of(node):
    """Return the names of a node's outputs; the one that counts is ``raw``."""
    a = node.args
    count = OUTPUTS.get(node.type, 1)
    if node.type == "Split":
        count = a["num_outputs"] or len(a["split"])
    return ["raw" if n == a.get("output", 0) else f"other{n}" for n in range(count)]


def spatial(own, name, shape, before):
    """Write what a terse spec says of the spatial axes alone for all axes."""
    value = own.get(name)
    if value is None:
        return
    value = value if isinstance(value, tuple) else (value,) * (len(shape) - 2)
    own[name] = value if len(value) == len(shape) else (*before, *value)


def flat(value):
    """Return pairs of cells as ONNX has them: all the beginnings, then all the ends."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [pair[0] for pair in value] + [pair[1] for pair in value]
    return list(value) if isinstance(value, tuple) else value


def attributes_of(node, own, schema):
    """Return the attributes of a node."""
    out: dict = {}
    for name, value in own.items():
        if name in SHAPES and name not in schema.attributes:
            continue
        if name == "pads" and isinstance(value, str):
            out["auto_pad"] = AUTO[value]
            continue
        value = NUMBERS[value] if name == "to" else flat(value)
        kind = schema.attributes[name].type if name in schema.attributes else None
        if kind == defs.OpSchema.AttrType.INT:
            value = int(value)
        elif kind == defs.OpSchema.AttrType.FLOAT:
            value = float(value)
        out[name] = value
    if "kernel_shape" in schema.attributes:
        out["kernel_shape"] = list(node.args["kernel"])
    return out
