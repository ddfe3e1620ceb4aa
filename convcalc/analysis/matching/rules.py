"""What each tool counts of each kind of layer: kind -> the terms that add up to its figure.

A kind that a table does not have is one that the tool has no rule for: `rest` says what becomes of
it. Measured on the versions named here, a live test and a corpus hold them.
"""

from convcalc.analysis.matching import terms as t
from convcalc.record import Record

CONVOLUTIONS = ("conv", "transpose")
MAX_POOLS = ("max_pool", "adaptive_max_pool")
POOLS = (*MAX_POOLS, "average_pool", "adaptive_average_pool")


class Tool(Record):
    """A tool: whose layers it counts, at which version it was asked, and its rules.

    `rest` is the term of every kind without a rule; `params` is which parameters it counts: "all",
    "trainable", or "ruled" for those of layers that it has a rule for. `sample` tells that it always
    counts one sample.
    """

    framework: str
    version: str
    rules: dict
    rest: tuple = ()
    trained: bool = False
    sample: bool = False
    macs: bool = True


def same(kinds, *terms):
    """Return the same rule for several kinds."""
    return dict.fromkeys(kinds, terms)


# What onnx-tool counts for each output value, and the operators.
EACH = {
    1: "relu hardmax add subtract multiply maximum minimum modulo equal greater less greater_or_equal less_or_equal "
    "logical_and logical_or logical_xor logical_not abs negative floor ceil round sign cumsum",
    2: "leaky_relu prelu clip",
    4: "hard_sigmoid divide reciprocal",
    5: "hard_swish",
    7: "instance_norm",
    24: "sqrt",
    31: "batch_norm",
    32: "sigmoid exp power",
    33: "unit_norm",
    34: "gelu",
    35: "elu",
    36: "softmax",
    39: "sin cos",
    43: "log",
    64: "atan",
    76: "tanh softplus",
    80: "log_softmax",
}
FREE = (
    "flatten reshape transpose_axes concat dropout pad depth_to_space identity where cast erf squeeze unsqueeze slice "
    "split expand tile gather argmax topk trilu"
)
TORCHINFO = same(CONVOLUTIONS, t.each_cell)

FVCORE = {
    "conv": (t.worded_padding,),
    "transpose": (t.macs,),
    "dense": (t.macs,),
    "batch_norm": (t.normalised(5, tracked=2),),
    "instance_norm": (t.normalised(5),),
    "group_norm": (t.normalised(5),),
    "layer_norm": (t.normalised(5),),
    **same(("upsampling", "upsample", "upsample_nearest", "upsample_bilinear"), t.fvcore_resize),
    "adaptive_average_pool": (t.over_two_axes(1, t.INPUT),),
}

PTFLOPS = {
    **same((*CONVOLUTIONS, "dense"), t.macs, t.bias),
    **same(POOLS, t.hooked(1)),
    **same(("relu", "prelu", "elu", "gelu"), t.hooked(1)),
    **same(("relu6", "leaky_relu", "silu", "softmax", "softmax2d"), t.each(1, t.INPUT)),
    **same(("batch_norm", "instance_norm", "group_norm"), t.each(1, t.INPUT, affine=2)),
    "layer_norm": (t.each(1, t.INPUT),),
    "lp_pool": (t.powers,),
    "local_response_norm": (t.neighbours,),
    **same(("upsampling", "upsample"), t.upsampled),
    **same(("upsample_nearest", "upsample_bilinear"), t.interpolated),
}

THOP = {
    **same((*CONVOLUTIONS, "dense"), t.macs),
    "bilinear": (t.two_products,),
    **same(("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm"), t.each(2, t.INPUT, affine=4)),
    "prelu": (t.each(1, t.INPUT),),
    "softmax": (t.softmax,),
    "log_softmax": (t.log_softmax,),
    "softmin": (t.softmin,),
    "softmax2d": (t.softmax_channels,),
    **same(("average_pool", "adaptive_average_pool"), t.averaged),
    **same(
        ("upsampling", "upsample", "upsample_nearest", "upsample_bilinear"),
        t.by_mode(linear=5, bilinear=11, bicubic=259, trilinear=31),
    ),
    **same((*MAX_POOLS, "relu", "relu6", "leaky_relu", "embedding"), t.nothing),
}

ONNX_TOOL = {
    **same(("conv", "dense", "matmul"), t.macs, t.bias),
    "einsum": (t.products,),
    "transpose": (t.at_outputs, t.bias),
    **same(("max_pool", "average_pool"), t.square),
    "global_average_pool": (t.pooled,),
    "layer_norm": (t.layer_norm,),
    "local_response_norm": (t.ranges,),
    "sum": (t.operands,),
    "lstm": (t.recurrent(180),),
    "gru": (t.recurrent(110),),
    **same(("upsampling", "upsample"), t.by_mode(linear=4, cubic=8)),
    **same("reduce_mean reduce_sum reduce_max reduce_min reduce_prod".split(), t.each(1, t.INPUT)),
    "reduce_l2": (t.each(25, t.INPUT),),
    **{kind: (t.each(number),) for number, kinds in EACH.items() for kind in kinds.split()},
    **same(FREE.split(), t.nothing),
}

TOOLS = {
    "torchinfo": Tool("torch", "1.8.0", TORCHINFO, (t.each_sample,)),
    "fvcore": Tool("torch", "0.1.5", FVCORE),
    "ptflops": Tool("torch", "0.7.5", PTFLOPS, trained=True, sample=True),
    "thop": Tool("torch", "ultralytics-thop 2.2.3", THOP),
    "keras": Tool("keras", "3.15.1", {}, macs=False),
    "onnx-tool": Tool("onnx", "1.0.1", ONNX_TOOL, (t.stops,)),
}
