"""Nodes of an ONNX file without a rule here: rows whose sizes onnx's own inference tells, or nobody."""

from convcalc.errors import shortened
from convcalc.layers import find_class
from convcalc.layers.cells import shapes
from convcalc.readers.onnx.bind import Bound

# How many nodes onnx is asked about for one input; it takes half a millisecond for each.
MOST = 10_000


def unknown(reader, node, place, operands, weights, extra, outputs):
    """Return one output of a node as a layer of which nothing is known, but what onnx infers of it.

    Parameters
    ----------
    reader : Reader
    node : Node
    place : int
        Which of its outputs it is.
    operands : list of Operand or None
    weights : Weights
    extra : list of int
        Calls that the graphs within it take.
    outputs : dict or None
        Call -> the shape of its output; None while the network is read.
    """
    layer = find_class("Unknown", "onnx")
    told = reader.graph.told.get(node.outputs[place]) or reader.ends.get(node.outputs[place])
    own = [o.shape for i, o in enumerate(operands) if o is not None and o.weighs and o.shape and i not in weights.tied]
    own += weights.stored
    args = {
        **layer.signature("onnx").defaults,
        "class_name": shortened(f"{node.domain}.{node.op}" if node.domain else node.op),
        "axes": None if told is None or told.dims is None else len(told.dims),
        "weights_shapes": shapes(tuple(own)) if own else None,
    }
    inputs = tuple([o.call for o in operands if o is not None and o.call is not None] + extra)
    if outputs is not None and not extra:
        args["output_shape"], args["inferred"] = inference(reader, node, place, operands, outputs)
    return Bound(layer, args, dict.fromkeys(("class_name", "axes"), None), inputs)


def inference(reader, node, place, operands, outputs):
    """Return ``(shape, whether onnx was asked)`` of one output of a node."""
    import importlib.util

    if importlib.util.find_spec("onnx") is None:
        return None, False
    from convcalc.readers.onnx.infer import has, inferred

    reader.fold.asked += 1
    if reader.fold.asked > MOST or not has(node, reader.model.opsets):
        return None, True
    shapes = [None if o is None else outputs[o.call] if o.call is not None else o.shape for o in operands]
    values = [None if o is None or o.call is not None else o.value.numbers for o in operands]
    shape, kind = inferred(node, place, shapes, values, reader.types, reader.model.opsets)
    if kind:
        reader.types.setdefault(node.outputs[place], kind)
    return shape, True
