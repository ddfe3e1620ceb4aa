"""Nodes of an ONNX file without a rule here: rows whose sizes onnx's own inference tells, or nobody."""

import importlib.util

from convcalc.errors import shortened
from convcalc.layers import find_class
from convcalc.layers.cells import Listed
from convcalc.readers.onnx.bind import Bound


def unknown(reader, node, place, operands, tied, extra, outputs):
    """Return one output of a node as a layer of which nothing is known, but what onnx infers of it.

    Parameters
    ----------
    reader : Reader
    node : Node
    place : int
        Which of its outputs it is.
    operands : list of Operand or None
    tied : set of int
        The operands that are no weights of this row.
    extra : list of int
        Calls that the graphs within it take.
    outputs : dict or None
        Call -> the shape of its output; None while the network is read.
    """
    layer = find_class("Unknown", "onnx")
    told = reader.graph.told.get(node.outputs[place]) or reader.ends.get(node.outputs[place])
    weights = tuple([Listed(o.shape) for i, o in enumerate(operands) if is_weight(o) and i not in tied])
    args = {
        **layer.signature("onnx").defaults,
        "class_name": shortened(f"{node.domain}.{node.op}" if node.domain else node.op),
        "axes": None if told is None or told.dims is None else len(told.dims),
        "weights_shapes": Listed(weights) or None,
    }
    inputs = tuple([o.call for o in operands if o is not None and o.call is not None] + extra)
    if outputs is not None and not extra:
        args["output_shape"], args["inferred"] = inference(reader, node, place, operands, outputs)
    return Bound(layer, args, dict.fromkeys(("class_name", "axes"), None), inputs)


def is_weight(operand):
    """Tell whether an operand is one that the file holds as a weight."""
    return operand is not None and operand.call is None and bool(operand.sources) and bool(operand.shape)


def inference(reader, node, place, operands, outputs):
    """Return ``(shape, whether onnx was asked)`` of one output of a node."""
    if importlib.util.find_spec("onnx") is None:
        return None, False
    from convcalc.readers.onnx.infer import inferred

    shapes = [None if o is None else outputs[o.call] if o.call is not None else o.shape for o in operands]
    values = [None if o is None or o.call is not None else o.value.numbers for o in operands]
    return inferred(node, place, shapes, values, reader.types, reader.model.opsets), True
