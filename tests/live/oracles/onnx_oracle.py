"""What ONNX answers: a model of one node, onnx's shape inference, and a run of onnxruntime, which judges.

Weights are built the way that a file would hold them, from the keywords ``filters``, ``units``, ``bias`` and
``num_parameters``; the constant inputs of an operator (pads, scales, min, ratio, ...) from the keywords of their names.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, defs, helper, numpy_helper

from tests.live import fill
from tests.live.cases.onnx_along import GENERATORS
from tests.live.cases.render import several
from tests.live.oracles.onnx_nodes import bound, nodes
from tests.live.oracles.onnx_reference import WINDOWED, evaluated, opinion

VERSION = f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}"
OPSET, IR = 22, 10
# onnxruntime has no kernel for the newest version of the first; the others came later.
OTHER = {"GlobalLpPool": 18, "RMSNormalization": 23, "Swish": 24, "Attention": 23}
CELLS = 20_000_000
CONSTANTS = {
    "Pad": ("pads", "constant_value", "axes"),
    "Resize": ("roi", "scales", "sizes"),
    "Clip": ("min", "max"),
    "Dropout": ("ratio", "training_mode"),
    "Reshape": ("shape",),
}
KINDS = dict.fromkeys(("pads", "axes", "sizes", "shape"), np.int64) | {"training_mode": np.bool_}
AUTO_PAD = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")

onnxruntime.set_default_logger_severity(4)


def answer(case, opset=None):
    """Answer one case in ONNX; beside the common keys ``inferred`` is what onnx's own inference says, or its error."""
    name, shape = case["name"], list(case["input"])
    opset = opset or OTHER.get(name, OPSET)
    if name in GENERATORS:
        return operator(case, opset)
    stage = "construct"
    try:
        if case.get("args"):
            raise TypeError("a node has no positional attributes")
        attributes = {
            key: list(value) if isinstance(value, (list, tuple)) else value for key, value in case["kwargs"].items()
        }
        if attributes.get("auto_pad", "NOTSET") not in AUTO_PAD:
            raise ValueError("no word that the documentation has, whatever runs")
        weights, inputs = _inputs(name, attributes, shape)
        unknown = sorted(set(attributes) - set(defs.get_schema(name, opset).attributes))
        if unknown:
            raise TypeError(f"{name} has no attribute {', '.join(unknown)}")
        node = helper.make_node(name, inputs, ["output"], **attributes)
        model = _model(node, weights, {"input": shape}, opset)
        onnx.checker.check_node(node, _context(opset))
        stage = "run"
        inferred = _inferred(model)
        output = list(_run(model, {"input": np.zeros(shape, np.float32)}).shape)
    except Exception as error:  # onnx and onnxruntime raise every kind
        refused = {"ok": False, "stage": stage, "error": f"{type(error).__name__}: {error}"[:600]}
        if stage != "run" or name not in WINDOWED:
            return refused
        output, doubt = opinion(case, model, inferred)
        if output is None:
            return {**refused, "doubt": doubt}
    parameters = [
        (key, array) for key, array in weights if array.dtype == np.float32 and key not in CONSTANTS.get(name, ())
    ]
    fixed = sum(array.size for key, array in parameters if key in ("input_mean", "input_var"))
    total = sum(array.size for _, array in parameters)
    return {
        "ok": True,
        "output": output,
        "params": {"total": total, "trainable": total - fixed, "non_trainable": fixed, "buffers": 0},
        "weights": [[key, list(array.shape)] for key, array in parameters],
        "inferred": inferred,
    }


def operator(case, opset):
    """Answer a case of an operator whose arguments are all attributes and inputs."""
    shapes = case["input"] if several(case) else [case["input"]]
    stage = "construct"
    try:
        own = bound(case["name"], case["kwargs"], len(shapes), opset)
        model = model_of(case["name"], own, shapes, opset)
        stage = "run"
        inferred = _inferred(model)
        output = list(_run(model, {f"input{n}": np.zeros(s, np.float32) for n, s in enumerate(shapes)}).shape)
    except Exception as error:  # onnx and onnxruntime raise every kind
        return {"ok": False, "stage": stage, "error": f"{type(error).__name__}: {error}"[:600]}
    total = sum(array.size for _, array in own.weights)
    return {
        "ok": True,
        "output": output,
        "params": {"total": total, "trainable": total, "non_trainable": 0, "buffers": 0},
        "weights": [[key, list(array.shape)] for key, array in own.weights],
        "inferred": inferred,
    }


def model_of(name, own, shapes, opset):
    """Return the checked model of a node's parts."""
    made = nodes(name, own)
    model = _model(made, [*own.constants, *own.weights], {f"input{n}": s for n, s in enumerate(shapes)}, opset)
    for node in made:
        onnx.checker.check_node(node, _context(opset))
    return model


def operator_values(case, shapes, opset):
    """Return ``(model, weights, feeds)`` of a case of such an operator, filled."""
    own = bound(case["name"], case["kwargs"], len(shapes), opset)
    described = [[key, list(array.shape), case["name"]] for key, array in own.weights]
    arrays = fill.weights(case, described)
    weights = [(key, array.astype(old.dtype)) for (key, old), array in zip(own.weights, arrays, strict=True)]
    feeds = {f"input{number}": array.astype(np.float32) for number, array in enumerate(fill.inputs(case))}
    return model_of(case["name"], own._replace(weights=weights), shapes, opset), described, feeds


def values(case):
    """Return what a case computes of seeded data and weights: by onnxruntime, else by onnx's reference evaluator.

    With ``wide`` the evaluator computes in float64, which tells how far off the others are.
    """
    name = case["name"]
    shapes = case["input"] if several(case) else [case["input"]]
    opset = OTHER.get(name, OPSET)
    try:
        if name in GENERATORS:
            model, described, feeds = operator_values(case, shapes, opset)
            return judged(case, model, described, feeds)
        attributes = {
            key: list(value) if isinstance(value, (list, tuple)) else value for key, value in case["kwargs"].items()
        }
        weights, names = _inputs(name, attributes, list(shapes[0]))
        described = [
            [key, list(array.shape), name]
            for key, array in weights
            if array.dtype == np.float32 and key not in CONSTANTS.get(name, ())
        ]
        filled = dict(zip((key for key, _, _ in described), fill.weights(case, described), strict=True))
        weights = [(key, filled.get(key, array).astype(array.dtype)) for key, array in weights]
        feeds = {f"input{number}": array.astype(np.float32) for number, array in enumerate(fill.inputs(case))}
        if case.get("wide") and "stash_type" in defs.get_schema(name, opset).attributes:
            attributes["stash_type"] = TensorProto.DOUBLE
        node = helper.make_node(name, [*feeds, *names[1:]], ["output"], **attributes)
        model = _model(node, weights, {key: array.shape for key, array in feeds.items()}, opset)
        onnx.checker.check_node(node, _context(opset))
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"[:600]}
    return judged(case, model, described, feeds)


def judged(case, model, described, feeds):
    """Return what onnxruntime computes of a model, or onnx's reference evaluator."""
    name, judge = case["name"], "onnxruntime"
    if case.get("wide"):
        try:
            output = evaluated(model, {key: array.astype(np.float64) for key, array in feeds.items()})
        except Exception as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"[:600]}
        return {"ok": True, "weights": described, "outputs": {"float64": fill.pack(output)}}
    try:
        output = _run(model, feeds)
    except Exception as error:
        # The evaluator computes much that ONNX forbids: it is asked where onnxruntime alone has no kernel.
        stage = "run" if name in WINDOWED or "NOT_IMPLEMENTED" in str(error) else "infer"
        if stage == "infer" or not case.get("reference"):
            return {"ok": False, "stage": stage, "error": f"{type(error).__name__}: {error}"[:600]}
        judge = "onnx's reference evaluator"
        try:
            output = evaluated(model, feeds)
        except Exception as second:
            return {"ok": False, "error": f"{type(second).__name__}: {second}"[:600]}
    return {"ok": True, "weights": described, "outputs": {"float32": fill.pack(output)}, "judge": judge}


def modelled(case):
    """Return the model of a case's one node, and the names of its parameters."""
    name, shapes = case["name"], case["input"] if several(case) else [case["input"]]
    opset = OTHER.get(name, OPSET)
    if name in GENERATORS:
        own = bound(name, case["kwargs"], len(shapes), opset)
        return model_of(name, own, shapes, opset), [key for key, _ in own.weights]
    attributes = {key: list(v) if isinstance(v, (list, tuple)) else v for key, v in case["kwargs"].items()}
    weights, inputs = _inputs(name, attributes, list(shapes[0]))
    node = helper.make_node(name, inputs, ["output"], name="node", **attributes)
    kept = [key for key, _ in weights if key not in CONSTANTS.get(name, ())]
    return _model(node, weights, {"input": shapes[0]}, opset), kept


def _run(model, feeds):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(["output"], feeds)[0]


def _inputs(name, attributes, shape):
    """Take the keywords that stand for inputs out of the attributes; return the constants and the node's inputs."""
    weights = []

    def add(key, *size):
        if any(n < 0 for n in size):
            raise ValueError(f"{key} cannot have the shape {size}")
        if np.prod(size, dtype=float) > CELLS:
            raise MemoryError(f"{key} is too large for this oracle")
        weights.append((key, np.ones(size, np.float32)))

    channels = shape[1] if len(shape) > 1 else 0
    if name in ("Conv", "ConvTranspose"):
        filters, bias = attributes.pop("filters"), attributes.pop("bias", True)
        group, kernel = attributes.get("group", 1), attributes["kernel_shape"]
        kernel = kernel if isinstance(kernel, list) else [kernel]
        if group < 1 or filters < 1 or channels % group or filters % group:
            raise ValueError("the groups do not divide the channels and the filters")
        ends = (filters, channels // group) if name == "Conv" else (channels, filters // group)
        add("W", *ends, *kernel)
        if bias:
            add("B", filters)
    elif name == "Gemm":
        units, bias = attributes.pop("units"), attributes.pop("bias", True)
        inner = shape[0] if attributes.get("transA") else shape[-1]
        add("B", *((units, inner) if attributes.get("transB") else (inner, units)))
        if bias:
            add("C", units)
    elif name == "BatchNormalization":
        for key in ("scale", "B", "input_mean", "input_var"):
            add(key, channels)
    elif name in ("InstanceNormalization", "GroupNormalization"):
        add("scale", channels)
        add("B" if name[0] == "I" else "bias", channels)
    elif name == "LayerNormalization":
        bias = attributes.pop("bias", True)
        for key in ("Scale", "B")[: 1 + bias]:
            add(key, *trailing(attributes, shape))
    elif name == "RMSNormalization":
        add("scale", *trailing(attributes, shape))
    elif name == "PRelu":
        number, sizes = attributes.pop("num_parameters", 1), attributes.pop("slope_shape", None)
        if number < 1:
            raise ValueError("a slope for each of no channels")
        by_channel = (1,) if number == 1 else (number, *(1 for _ in shape[2:]))
        add("slope", *(by_channel if sizes is None else sizes))
    names = [key for key, _ in weights]
    for key in CONSTANTS.get(name, ()):
        value = attributes.pop(key, None)
        if value is None:
            names.append("")
            continue
        weights.append((key, np.array(value, KINDS.get(key, np.float32))))
        names.append(key)
    while names and not names[-1]:
        names.pop()
    return weights, ["input", *names]


def trailing(attributes, shape):
    """Return the sizes from the attribute's axis on."""
    axis = attributes.get("axis", -1)
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis {axis} is out of range")
    return shape[axis:]


def _context(opset):
    context = onnx.checker.C.CheckerContext()
    context.ir_version = IR
    context.opset_imports = {"": opset}
    return context


def _model(node, weights, shapes, opset):
    graph = helper.make_graph(
        node if isinstance(node, list) else [node],
        "one",
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in shapes.items()],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, key) for key, array in weights],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR)


def _inferred(model):
    try:
        graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    tensor = graph.output[0].type.tensor_type
    if not tensor.HasField("shape"):
        return None
    return [size.dim_value if size.HasField("dim_value") else None for size in tensor.shape.dim]
