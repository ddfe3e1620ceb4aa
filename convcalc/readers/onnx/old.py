"""Operators as older versions have them, said as the newest one does."""

from convcalc.readers.onnx.values import Value

# What older versions have and no size depends on.
SILENT = {"consumed_inputs", "is_test", "output_sequence"}
LARGE = 3.4e38


def modern(node, version):
    """Return a node as the newest version of its operator says it.

    Attributes that became inputs keep their names, so that only what changed its name, its default
    or its meaning stands here.
    """
    own = {name: value for name, value in node.attributes.items() if name not in SILENT}
    op = node.op
    if op in CHANGED:
        op = CHANGED[op](own, version, node) or op
    return node._replace(op=op, attributes=own)


def upsample(own, version, node):
    """Say an Upsample as the Resize that it became."""
    own["mode"] = b"linear" if own.get("mode") == b"bilinear" else own.get("mode", b"nearest")
    own |= {"coordinate_transformation_mode": b"asymmetric", "nearest_mode": b"floor"}
    if "width_scale" in own:
        own["scales"] = (1.0, 1.0, own.pop("height_scale"), own.pop("width_scale"))
    return "Resize"


def resize(own, version, node):
    """Say how the first version places its cells."""
    if version < 11:
        own |= {"coordinate_transformation_mode": b"asymmetric", "nearest_mode": b"floor"}


def pad(own, version, node):
    """Say the cells and the value as inputs of their names do."""
    if "paddings" in own:
        own["pads"] = own.pop("paddings")
    if "value" in own:
        own["constant_value"] = own.pop("value")


def clip(own, version, node):
    """Leave out the bounds that are none."""
    for name in ("min", "max"):
        if abs(own.get(name, 0.0)) > LARGE:
            del own[name]


def softmax(own, version, node):
    """Say the axis that was meant where none was given."""
    if version < 13:
        own.setdefault("axis", 1)


def split(own, version, node):
    """Say how many equal parts there are."""
    if version < 18 and "split" not in own and len([name for name in node.inputs if name]) < 2:
        own["num_outputs"] = len(node.outputs)


def concat(own, version, node):
    """Say the axis that was meant where none was given."""
    if version < 4:
        own.setdefault("axis", 1)


def batch_norm(own, version, node):
    """Drop what says that each channel is normalised; another way there was is not known any more."""
    if own.pop("spatial", 1) != 1:
        own["unknown"] = 0


def broadcast(own, version, node):
    """Drop what older versions say of operands of equal shapes."""
    if version < 7 and not own.pop("broadcast", 0):
        own.pop("axis", None)


def gemm(own, version, node):
    """Drop what older versions say of the bias."""
    own.pop("broadcast", None)


def top(own, version, node):
    """Say how many are taken as the input of that name does."""
    if "k" in own:
        own["K"] = own.pop("k")


CHANGED = {
    "Upsample": upsample, "Resize": resize, "Pad": pad, "Clip": clip, "Softmax": softmax, "LogSoftmax": softmax,
    "Hardmax": softmax, "Split": split, "Concat": concat, "BatchNormalization": batch_norm, "Gemm": gemm, "TopK": top,
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Pow"), broadcast),
}  # fmt: skip


def arranged(node, operands, version):
    """Return operands in the places that the newest version has for them."""
    if (node.op == "Upsample" or (node.op == "Resize" and version < 11)) and len(operands) == 2:
        return [operands[0], None, operands[1]]
    return operands


def constant(node):
    """Return the `Value` of a Constant node, whichever way it says it."""
    own = node.attributes
    tensor = own.get("value")
    if tensor is not None and hasattr(tensor, "dims"):
        return Value(tensor.dims, tensor.values)
    for name in ("value_int", "value_float", "value_string"):
        if name in own:
            return Value((), (own[name],))
    for name in ("value_ints", "value_floats", "value_strings"):
        if own.get(name).__class__ is tuple:
            return Value((len(own[name]),), own[name])
    return Value()
