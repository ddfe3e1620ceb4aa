"""An `If` whose condition the sizes decide, as torch writes around `squeeze`: the one node that its branch is."""

from convcalc.readers.onnx.old import constant
from convcalc.readers.onnx.proto import Node
from convcalc.readers.onnx.values import Value


def taken(node, place, condition, held):
    """Return the node that makes an output of an `If` in the branch that is taken; None where that is not one node.

    Parameters
    ----------
    node : Node
    place : int
        Which of its outputs.
    condition : Value
        What decides, as far as it is known.
    held : dict
        Tensor's name -> its `Value`; what the branch holds itself is put into it.
    """
    chosen = condition.items[0] if condition.items else None
    if chosen not in (True, False) or len(node.bodies) != 2:
        return None
    body = node.bodies[0 if chosen else 1]
    if place >= len(body.outputs):
        return None
    wanted = body.outputs[place].name
    makers = [inner for inner in body.nodes if inner.op != "Constant" or inner.domain]
    if not makers and all(wanted not in inner.outputs for inner in body.nodes) and wanted not in body.tensors:
        return Node("Identity", "", node.name, (wanted,), (node.outputs[place],), {})
    if len(makers) != 1 or wanted not in makers[0].outputs or makers[0].bodies:
        return None
    own = {name: Value(tensor.dims, tensor.values) for name, tensor in body.tensors.items()}
    own |= {inner.outputs[0]: constant(inner) for inner in body.nodes if inner is not makers[0]}
    # No tensor outside has a name with this in it.
    names = {name: f"{node.outputs[place]}\0{name}" for name in own}
    held.update({names[name]: value for name, value in own.items()})
    (inner,) = makers
    inputs = tuple([names.get(name, name) for name in inner.inputs])
    return inner._replace(name=node.name, inputs=inputs)
