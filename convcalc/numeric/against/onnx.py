"""ONNX as a judge: a model of one node a layer, run by onnxruntime."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, defs, helper, numpy_helper

from convcalc.numeric.against import keywords

# The newest that a kernel may be of, then what onnxruntime still has where it lacks that one.
OPSETS = (24, 23, 22, 21, 20, 18, 13)
IR = 10
# Arguments that a node takes as constant inputs, with their type.
CONSTANTS = {
    "pads": np.int64, "axes": np.int64, "sizes": np.int64, "shape": np.int64, "scales": np.float32,
    "roi": np.float32, "constant_value": None, "min": None, "max": None, "ratio": np.float32, "training_mode": np.bool_,
}  # fmt: skip
# What the weights' shapes say in a file.
SHAPES = {"filters", "units", "bias", "num_parameters", "in_channels"}
AUTO = {"same": "SAME_UPPER", "same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}

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
        words = [entry.name for entry in schema.inputs]
        for name, dtype in CONSTANTS.items():
            if name in words and name in own:
                constants[name] = np.array(flat(own.pop(name)), dtype or inputs[0].dtype)
        # What is left of the operator's inputs; those of a merge are all layers' outputs.
        later = [name if name in constants else "" for name in words[len(inputs) :]]
        while later and not later[-1]:
            later.pop()
        attributes = attributes_of(node, own, schema)
        graph = helper.make_graph(
            [helper.make_node(node.type, names + later, ["y"], **attributes)],
            "one",
            [helper.make_tensor_value_info(n, kind, x.shape) for n, x in zip(names, inputs, strict=True)],
            [helper.make_tensor_value_info("y", kind if kind in FLOATS else TensorProto.FLOAT, None)],
            [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        feed = {n: np.ascontiguousarray(x) for n, x in zip(names, inputs, strict=True)}
        return session.run(["y"], feed)[0]


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
        value = flat(value)
        kind = schema.attributes[name].type if name in schema.attributes else None
        if kind == defs.OpSchema.AttrType.INT:
            value = int(value)
        elif kind == defs.OpSchema.AttrType.FLOAT:
            value = float(value)
        out[name] = value
    if "kernel_shape" in schema.attributes:
        out["kernel_shape"] = list(node.args["kernel"])
    return out
