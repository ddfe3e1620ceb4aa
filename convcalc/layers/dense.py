"""Layers that join every input feature to every output feature, and the one that flattens."""

from math import prod

from convcalc.layers.declare import Family
from convcalc.layers.shared import KERAS, KERNEL, TORCH, activated
from convcalc.layers.site import Facts, Weight


def dense(site):
    """Size and count a dense layer over the last axis."""
    a = site.args
    shape = site.shape
    if len(shape) < (2 if site.framework == "keras" else 1):
        raise site.wrong_rank("2 or more")
    inner = site.match(shape[-1], a.get("in_channels"), "in_features")
    units = site.filters()
    output = (*shape[:-1], units)
    if site.framework == "keras":
        weights = (Weight("kernel", (inner, units), "in out"),)
    else:
        weights = (Weight("weight", (units, inner), "out in"),)
    values = site.cells(output)
    macs = values * inner
    flops = 2 * macs + activated(site, values)
    if a["bias"]:
        weights += (Weight("bias", (units,), "out"),)
        flops += values
    # Over one axis a unit sees all there is; over more, the cells before stay apart.
    return Facts(output, (), weights, macs, flops, "whole" if len(shape) == 2 else "keeps")


def flatten(site):
    """Size a flatten: Keras' keeps the batch, torch's takes a range of axes."""
    shape = site.shape
    if site.framework == "keras":
        return Facts((shape[0], prod(shape[1:])), field="whole")
    rank = len(shape)
    start, end = site.args["start_dim"], site.args["end_dim"]
    first, last = (axis + rank if axis < 0 else axis for axis in (start, end))
    if not (0 <= first < max(rank, 1) and 0 <= last < max(rank, 1)):
        raise site.refuse("wrong_rank", f"Flatten's axes {start} to {end} are not axes of an input of {rank}.")
    if first > last:
        raise site.refuse("wrong_rank", f"Flatten's start_dim {start} stands after its end_dim {end}.")
    return Facts((*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]), field="whole" if first < last else "keeps")


FAMILIES = (
    Family(
        "dense", "dense linear", dense, "filters",
        keras=("Dense", f"units:count {KERNEL.replace('* name', 'lora_rank:any=none lora_alpha:any=none quantization_config:any=none * name')}"),
        torch=("Linear", f"in_features:count out_features:count bias:bool=true {TORCH}"),
        example="dense 10", about="every input feature to every unit, over the last axis",
        aliases={"filters": "units f filters out_features"},
    ),
    Family(
        "flatten", "flatten", flatten,
        keras=("Flatten", f"data_format:word(channels_last|channels_first)=none {KERAS}"),
        torch=("Flatten", "start_dim:int=1 end_dim:int=-1"),
        rank_rule="free", example="flatten", about="all axes but the batch in one",
    ),
)
