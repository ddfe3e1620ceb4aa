"""Layers that join every input feature to every output feature."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.shared import CHANNELS, KERNEL, TIED, TORCH, activated
from convcalc.layers.site import Facts, Weight


def dense(site):
    """Size and count a dense layer over the last axis."""
    a = site.args
    shape = site.shape
    if len(shape) < (2 if site.framework == "keras" else 1):
        raise site.wrong_rank("2 or more" if site.framework == "keras" else "1 or more")
    inner = site.match(shape[-1], a.get("in_channels"), "in_features")
    units = site.filters()
    output = (*shape[:-1], units)
    if site.framework == "keras":
        weights = keras_weights(site, inner, units)
    else:
        weights = (Weight("weight", (units, inner), "out in"),)
        if a["bias"]:
            weights += (Weight("bias", (units,), "out"),)
    values = site.cells(output)
    macs = values * inner
    flops = 2 * macs + activated(site, values) + (values if a["bias"] else 0)
    # Over one axis a unit sees all there is; over channels the cells before stay apart; torch's last axis is spatial.
    field = "whole" if len(shape) < 3 else "keeps" if site.framework == "keras" else "unknown"
    return Facts(output, (), weights, macs, flops, field)


def keras_weights(site, inner, units):
    """Return the weights of Keras' layer; with `lora_rank` the kernel is fixed and two small ones are trained."""
    rank = site.args["lora_rank"]
    weights: tuple = (Weight("kernel", (inner, units), "in out", trainable=not rank),)
    if site.args["bias"]:
        weights += (Weight("bias", (units,), "out"),)
    if rank:
        weights += (
            Weight("lora_kernel_a", (inner, rank), "in rank"),
            Weight("lora_kernel_b", (rank, units), "rank out"),
        )
    return weights


def gemm(site):
    """Size and count ONNX' Gemm with a matrix of weights."""
    a, shape = site.args, site.shape
    if len(shape) != 2:
        raise site.refuse(
            "wrong_rank", f"Gemm takes an input of 2 axes, not {len(shape)}: {show(shape)}.", "Put flatten before it."
        )
    rows, inner = (shape[1], shape[0]) if a["transA"] else shape
    inner = site.match(inner, a["in_channels"], "in_features")
    units = site.filters()
    output = (rows, units)
    shape, layout = ((units, inner), "out in") if a["transB"] else ((inner, units), "in out")
    weights: tuple = (Weight("B", shape, layout),)
    values = site.cells(output)
    macs = values * inner
    flops = 2 * macs
    if a["bias"]:
        weights += (Weight("C", (units,), "out"),)
        flops += values
    return Facts(output, (), weights, macs, flops, "unknown" if a["transA"] else "whole")


def one_of(site):
    """Size and count a dense layer in the framework's own rule."""
    return gemm(site) if site.framework == "onnx" else dense(site)


def bilinear(site):
    """Size and count torch's bilinear layer of two inputs that differ in their last axis alone."""
    a = site.args
    if len(site.shapes) != 2:
        raise site.illegal(
            f"Bilinear takes exactly two inputs, not {len(site.shapes)}.",
            "Label an earlier layer and name it: bilinear 8 @a",
        )
    first, second = site.shapes
    if not first or not second:
        raise site.wrong_rank("1 or more")
    if first[:-1] != second[:-1]:
        raise site.refuse(
            "wrong_shape",
            f"Bilinear takes inputs that differ in the last axis alone, not ({show(first)}) and ({show(second)}).",
            "Bring both to the same leading axes.",
        )
    one = site.match(first[-1], a["in_channels"], "in1_features")
    two = site.match(second[-1], a["in2_features"], "in2_features")
    if two == 0:
        raise site.illegal("Bilinear's in2_features must be a positive integer.", code="bad_value")
    units = site.filters()
    output = (*first[:-1], units)
    weights: tuple = (Weight("weight", (units, one, two), "out in1 in2"),)
    values = site.cells(output)
    macs = values * one * two
    flops = 2 * macs
    if a["bias"]:
        weights += (Weight("bias", (units,), "out"),)
        flops += values
    return Facts(output, (), weights, macs, flops, "whole" if len(first) < 3 else "unknown")


LORA = "lora_rank:count0=none lora_alpha:number=none quantization_config:any=none * name"
FAMILIES = (
    Family(
        "dense", "dense linear", one_of, "filters",
        keras=("Dense", f"units:count {KERNEL.replace('* name', LORA)} {CHANNELS}"),
        torch=("Linear", f"in_features:count0 out_features:count0 bias:bool(loose)=true {TORCH}"),
        onnx=("Gemm", "units:count0 filters:count0 alpha:number=1.0 beta:number=1.0 transA:int=0 "
              f"transB:int=0 bias:bool=true {CHANNELS} {TIED}"),
        example="dense 10", about="every input feature to every unit, over the last axis",
        aliases={"filters": "units f filters out_features"},
    ),
    Family(
        "bilinear", "bilinear", bilinear, "filters",
        torch=("Bilinear", "in_channels/in1_features:count in2_features:count0 out_features:count0 "
               f"bias:bool(loose)=true {TORCH}"),
        operands="many", example="bilinear 4 @input", about="every pair of features of two inputs to every unit",
        aliases={"in_channels": "in1_features", "filters": "f units filters out_features"},
    ),
)  # fmt: skip
