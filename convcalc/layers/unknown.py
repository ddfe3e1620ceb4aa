"""The layer without a rule: what a file has and no one here evaluates."""

from convcalc.layers import cells as cells
from convcalc.layers.declare import Family
from convcalc.layers.site import Facts, Weight
from convcalc.sizes import symbol


def unknown(site):
    """Leave every size but the batch open, and the number of weights where it may have some.

    `axes` is how many its output has; that of its first input where nothing says so. Of a layer that `keeps` its
    input's sizes those are known.
    """
    a, shape = site.args, site.shape
    shapes = (site.source or (), *site.shapes)
    taken = site.used
    taken.update(*(n.symbols for own in shapes for n in own if n.__class__ is not int))
    told = a.get("output_shape")
    if a.get("keeps"):
        output = shape
    elif told is not None:
        rest = iter(fresh("U", told.count(None), taken))
        output = tuple([next(rest) if n is None else n for n in told])
    else:
        axes = len(shape) if a["axes"] is None else a["axes"]
        # The first axis is a sample's in every layer, and anything in an operator.
        batch = shape[:1] if axes and site.framework != "onnx" else ()
        output = (*batch, *fresh("U", axes - len(batch), taken))
    weights: tuple = ()
    if a.get("weights_shapes") is not None:
        weights = tuple(Weight(f"weights{i or ''}", own, "unknown") for i, own in enumerate(a.get("weights_shapes")))
    elif a["weights"]:
        weights = (Weight("weights", fresh("P", 1, taken), "unknown"),)
    site.note("unknown_layer" if told is None else "inferred_by_onnx", said(site))
    return Facts(output, weights=weights, field="unknown")


def fresh(letter, count, taken):
    """Return so many new symbols of a letter."""
    found: list = []
    for _ in range(count):
        name = taken.numbered(letter)
        taken.add(name)
        found.append(symbol(name))
    return tuple(found)


def said(site):
    """Return what is known of a layer without a rule."""
    a = site.args
    if a.get("output_shape") is not None:
        return f"{a['class_name']} has no rule here: its output's sizes are what onnx infers"
    if a.get("inferred") is False:
        return (
            f"{a['class_name']} has no rule here: its output's sizes are not known; "
            "pip install 'convcalc[onnx]' lets onnx infer them"
        )
    if a.get("keeps"):
        return f"{a['class_name']} has no rule here: its output has the sizes of its input"
    # Where nothing says what feeds it, there is no input to keep the axes of.
    of = "" if a["axes"] is not None or not site.shape else "; taken to keep the number of axes"
    if a["class_name"] == "Lambda":
        return f"Lambda holds code, which is not evaluated: its output's sizes are not known{of}"
    counts = ", its weights (P) are not counted" if a["weights"] else ""
    return f"{a['class_name']} has no rule here: its output's sizes are not known{counts}{of}"


SIGNATURE = "class_name:object axes:count0=none weights:bool=false * trainable:bool=true"
KERAS = f"{SIGNATURE} keeps:bool=false"
ONNX = f"{SIGNATURE} output_shape:told=none weights_shapes:shapes=none inferred:bool=none"

FAMILIES = (
    Family(
        "unknown", "unknown", unknown, "class_name axes",
        keras=("Unknown", KERAS), torch=("Unknown", SIGNATURE), onnx=("Unknown", ONNX),
        rank_rule="free", operands="many", example="unknown my_layer", about="a layer of which nothing is known",
    ),
)  # fmt: skip
