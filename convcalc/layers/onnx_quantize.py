"""ONNX operators between real values and the integers that stand for them."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.onnx_operands import given, held, lowered, shape_of
from convcalc.layers.site import Facts, Weight

# ONNX' numbers of the integers of 8 and 16 bits.
INTEGERS = {2: "uint8", 3: "int8", 4: "uint16", 5: "int16"}


def quantize(site):
    """Size a change between values and integers: one scale for all, or one for each cell of an axis."""
    a, shape = site.args, site.shape
    scale, zero = names(site.args)
    if not given(a, scale):
        raise site.illegal(f"{site.type} needs a scale.", f"Give {scale.lower()}=0.1.", "missing_argument")
    sizes = shape_of(a, scale)
    if given(a, zero) and (shape_of(a, zero) or (1,)) != (sizes or (1,)):
        raise site.illegal(
            f"{site.type}'s scale and zero point are of ({show(sizes)}) and ({show(shape_of(a, zero))}).",
            "Give them of one shape.",
        )
    if a["output_dtype"] and a["output_dtype"] not in INTEGERS:
        raise site.illegal(
            f"{site.type} has no rule for output_dtype={a['output_dtype']}.", "Give one from 2 to 5.", "bad_value"
        )
    if sizes not in ((), (1,)):
        n = shape[site.axis(a["axis"])]
        if len(sizes) != 1 or (n.__class__ is int and sizes[0] != n):
            raise site.refuse(
                "wrong_shape", f"{site.type}'s scales are of ({show(sizes)}), its axis {a['axis']} has {n}.",
                "Give one scale for all, or one for each.",
            )  # fmt: skip
    weights = tuple(Weight(n, tuple(a[f"{n}_shape"])) for n in (scale, zero) if a[f"{n}_shape"] is not None)
    return Facts(shape, weights=weights, flops=2 * site.cells(shape))


def names(args):
    """Return what the operator calls its scale and its zero point."""
    return ("y_scale", "y_zero_point") if "y_scale" in args else ("x_scale", "x_zero_point")


def family(kind, onnx, letter, about, example):
    """Return the family of one direction."""
    own = (f"{letter}_scale", f"{letter}_zero_point")
    return Family(
        kind, onnx.lower(), quantize, f"{letter}_scale",
        onnx=(onnx, "axis:int=1 output_dtype:int=0 precision:int=0 saturate:int=1 * " + held(*own)),
        example=example, about=about, aliases=lowered(*own) | {name: f"{name[2:]} {name}" for name in own},
    )  # fmt: skip


FAMILIES = (
    family("quantize", "QuantizeLinear", "y", "its values as integers: round(x/scale) + zero_point",
           "quantizelinear 0.1"),
    family("dequantize", "DequantizeLinear", "x", "the values that integers stand for: (x - zero_point)*scale",
           "quantizelinear 0.1 dequantizelinear 0.1"),
)  # fmt: skip
