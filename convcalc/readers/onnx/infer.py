"""What onnx's own shape inference says of one node; of the file it is given sizes and attributes, and no weight."""

import onnx
from onnx import TensorProto, helper, shape_inference

from convcalc.layers.cells import Listed
from convcalc.sizes import parse


def has(node, opsets):
    """Tell whether onnx knows an operator."""
    return onnx.defs.has(node.op, domain=node.domain) and node.domain in opsets


def inferred(node, place, shapes, values, types, opsets):
    """Return ``(shape, type)`` of an output of a node, each None where onnx cannot say it.

    Parameters
    ----------
    node : Node
    place : int
        Which of its outputs.
    shapes : list of tuple or None
        Of its inputs, in their order; None for one that is left out.
    values : list of tuple or None
        The values of those that the file holds, where they are few.
    types : dict
        Tensor's name -> the number of its type, where the file tells it.
    opsets : dict
        Domain -> version of its operators.
    """
    try:
        model = alone(node, shapes, values, types, opsets)
        told = shape_inference.infer_shapes(model, data_prop=True)
    except Exception:  # onnx raises every kind
        return None, None
    for value in (*told.graph.output, *told.graph.value_info):
        if value.name == f"o{place}":
            known, tensor = {str(n) for shape in shapes if shape for n in shape}, value.type.tensor_type
            return sizes(tensor.shape.dim, known) if tensor.HasField("shape") else None, tensor.elem_type or None
    return None, None


def alone(node, shapes, values, types, opsets):
    """Return a model of the one node."""
    inputs, held, names = [], [], []
    for number, (name, shape, own) in enumerate(zip(node.inputs, shapes, values, strict=True)):
        names.append(f"i{number}" if name else "")
        known = own is not None and all(n.__class__ in (int, float, bool) for n in own)
        whole = known and own and all(n.__class__ is int for n in own)
        # Of what computes sizes the file tells no type.
        kind = types.get(name, TensorProto.INT64 if whole else TensorProto.FLOAT)
        if known:
            held.append(helper.make_tensor(f"i{number}", kind, shape, own))
        elif name:
            dims = None if shape is None else [n if n.__class__ is int else str(n) for n in shape]
            inputs.append(helper.make_tensor_value_info(f"i{number}", kind, dims))
    outputs = [f"o{number}" if name else "" for number, name in enumerate(node.outputs)]
    made = helper.make_node(node.op, names, outputs, domain=node.domain)
    for name, value in node.attributes.items():
        if value is None or hasattr(value, "dims"):
            continue
        made.attribute.append(helper.make_attribute(name, list(value) if value.__class__ is tuple else value))
    told = [helper.make_empty_tensor_value_info(name) for name in outputs if name]
    graph = helper.make_graph([made], "one", inputs, told, held)
    imports = [helper.make_opsetid(domain, min(version, newest(domain))) for domain, version in opsets.items()]
    return helper.make_model(graph, opset_imports=imports)


def newest(domain):
    """Return the newest version of a set of operators that this onnx knows."""
    return onnx.defs.onnx_opset_version() if not domain else 1 << 30


def sizes(dims, known):
    """Return the sizes that onnx tells: integers, sizes of ours again, None where it does not know."""
    found: list = []
    for dim in dims:
        if dim.HasField("dim_value"):
            # A window that does not fit is none of its concern.
            found.append(dim.dim_value if dim.dim_value >= 0 else None)
        else:
            # onnx has names of its own for what it does not know.
            found.append(parse(dim.dim_param) if dim.dim_param in known else None)
    return Listed(found)
