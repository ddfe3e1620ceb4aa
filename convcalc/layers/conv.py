"""Convolutions: plain, transposed, depthwise and separable, in one to three dimensions.

What they read is a `Window` per axis from the dialect; channels, groups and weights stand beside it.
"""

from functools import partial
from math import prod

from convcalc.layers import keras_windows, onnx_windows, torch_windows
from convcalc.layers.declare import Family
from convcalc.layers.shared import CHANNELS, DATA_FORMAT, KERAS, KERNEL, SPATIAL, TORCH, activated
from convcalc.layers.site import Facts, Weight, alone

# What turns the arguments of each framework into windows, and refuses what it refuses.
RULES = {"keras": keras_windows, "torch": torch_windows, "onnx": onnx_windows}


def conv(site):
    """Size and count a convolution."""
    a = site.args
    batch, channels, spatial = site.split(unbatched=site.framework == "torch")
    channels = site.match(channels, a.get("in_channels"))
    filters, groups = site.filters(), a["groups"]
    check_groups(site, channels, filters, groups)
    if site.framework != "onnx":
        check_channels(site, channels)
    kernel = a["kernel"]
    windows, sizes = RULES[site.framework].slide_conv(site, spatial)
    cells = prod(sizes) * site.batch_of(batch)
    inner = channels // groups
    if site.framework == "keras":
        check_causal(site, batch, spatial)
        shape, layout = (*kernel, inner, filters), f"{SPATIAL[site.rank]} in out"
    else:
        shape, layout = (filters, inner, *kernel), f"out in {SPATIAL[site.rank]}"
    weight = Weight(KERNEL_NAMES[site.framework], shape, layout)
    return kernel_facts(site, batch, filters, sizes, windows, cells, cells * prod(shape), (weight,))


def transpose(site):
    """Size and count a transposed convolution: its MACs are input cells times kernel."""
    a = site.args
    batch, channels, spatial = site.split(unbatched=site.framework == "torch")
    channels = site.match(channels, a.get("in_channels"))
    filters, groups, kernel = site.filters(), a.get("groups", 1), a["kernel"]
    check_groups(site, channels, filters, groups)
    windows, sizes = RULES[site.framework].slide_transposed(site, spatial)
    samples = site.batch_of(batch)
    inner = filters // groups
    if site.framework == "keras":
        shape, layout = (*kernel, filters, channels), f"{SPATIAL[site.rank]} out in"
    else:
        shape, layout = (channels, inner, *kernel), f"in out {SPATIAL[site.rank]}"
    weight = Weight(KERNEL_NAMES[site.framework], shape, layout)
    macs = prod(spatial) * samples * prod(shape)
    return kernel_facts(site, batch, filters, sizes, windows, prod(sizes) * samples, macs, (weight,))


def check_causal(site, batch, spatial):
    """Refuse causal cells before no cells in Keras, whose backends call that an empty output of some input."""
    a = site.args
    if a["padding"] == "causal" and spatial == (0,) and a["kernel"][0] > 1 and batch != (0,):
        raise site.refuse("does_not_fit", f"{site.type} has no cell to give an output for.", "Give a longer input.")


def depthwise(site):
    """Size and count a depthwise convolution: every channel has its own kernels."""
    a = site.args
    batch, channels, spatial = site.split()
    channels = site.match(channels, a["in_channels"])
    multiplier, kernel = a["depth_multiplier"], a["kernel"]
    windows, sizes = RULES[site.framework].slide_conv(site, spatial)
    if channels == 0 and any(code == "backend_cannot_run" for code, _ in site.notes):
        # JAX makes a group of each channel, and takes none of 0.
        raise site.refuse(
            "wrong_channels", f"{site.type} has no channel: no backend runs that with these arguments.",
            "Give an input with channels.",
        )  # fmt: skip
    filters = channels * multiplier
    shape = (*kernel, channels, multiplier)
    cells = prod(sizes) * site.batch_of(batch)
    weight = Weight("kernel", shape, f"{SPATIAL[site.rank]} in multiplier")
    return kernel_facts(site, batch, filters, sizes, windows, cells, cells * prod(shape), (weight,))


def separable(site):
    """Size and count a depthwise convolution followed by a pointwise one, as two parts of a row."""
    a = site.args
    batch, channels, spatial = site.split()
    channels = site.match(channels, a["in_channels"])
    filters, kernel = site.filters(), a["kernel"]
    windows, sizes = RULES[site.framework].slide_conv(site, spatial)
    check_channels(site, channels)
    inner = channels * a["depth_multiplier"]
    axes = SPATIAL[site.rank]
    first = Weight("depthwise_kernel", (*kernel, channels, a["depth_multiplier"]), f"{axes} in multiplier")
    second = Weight("pointwise_kernel", (*(1,) * site.rank, inner, filters), f"{axes} in out")
    cells = prod(sizes) * site.batch_of(batch)
    depth_macs, point_macs = cells * prod(first.shape), cells * prod(second.shape)
    parts = partial(depth_and_point, site.join(batch, inner, sizes), depth_macs)
    macs = depth_macs + point_macs
    return kernel_facts(site, batch, filters, sizes, windows, cells, macs, (first, second), parts)


def depth_and_point(middle, depth_macs, whole):
    """Return the two layers that a separable one is made of; `middle` is the shape between them."""
    first, *others = whole.weights
    depth_flops = 2 * depth_macs
    return (
        ("depthwise", Facts(middle, whole.windows, (first,), depth_macs, depth_flops, "windows")),
        ("pointwise", Facts(whole.output, (), tuple(others), whole.macs - depth_macs, whole.flops - depth_flops)),
    )


# What the frameworks call the weights of a convolution.
KERNEL_NAMES = {"keras": "kernel", "torch": "weight", "onnx": "W"}
BIAS_NAMES = {"keras": "bias", "torch": "bias", "onnx": "B"}


def kernel_facts(site, batch, filters, sizes, windows, cells, macs, weights, parts=alone):
    """Return the facts of a layer of these kernels, and of a bias where it has one; `cells` are those of the output."""
    flops = 2 * macs + activated(site, cells * filters)
    if site.args["bias"]:
        weights += (Weight(BIAS_NAMES[site.framework], (filters,), "out"),)
        flops += cells * filters
    return Facts(site.join(batch, filters, sizes), windows, weights, macs, flops, "windows", (), parts)


def check_groups(site, channels, filters, groups):
    """Refuse groups that divide the channels or the filters unevenly."""
    if groups == 1:
        return
    for count, what in ((channels, "input channels"), (filters, "filters")):
        if count.__class__ is int and count % groups:
            refuse = site.refuse if what == "input channels" and site.args.get("in_channels") is None else site.illegal
            raise refuse(
                code="wrong_channels" if refuse == site.refuse else "bad_combination",
                message=f"{site.type} cannot split {count} {what} into groups={groups}.",
                hint=f"Give a number of groups that divides {count}.",
                key="groups",
            )


def check_channels(site, channels):
    """Refuse an input without channels; a depthwise or a transposed convolution in Keras takes it."""
    if channels.__class__ is int and channels < 1:
        raise site.refuse("wrong_channels", f"{site.type} takes no input of 0 channels.", "Give 1 or more.")


TRANSPOSE = (
    "filters:count kernel_size:sizes strides:sizes=1 padding:padding(valid|same)=valid "
    f"output_padding:sizes0=none {DATA_FORMAT} dilation_rate:sizes=1 {KERNEL} {CHANNELS}"
)

FAMILIES = (
    Family(
        "conv",
        "conv{r}d convolution{r}d",
        conv,
        "filters kernel stride",
        keras=(
            "Conv{r}D",
            "filters:count kernel_size:sizes strides:sizes=1 padding:padding(valid|same|causal)=valid "
            f"{DATA_FORMAT} dilation_rate:sizes=1 groups:count=1 {KERNEL} {CHANNELS}",
        ),
        torch=(
            "Conv{r}d",
            "in_channels:count out_channels:count kernel_size:sizes stride:sizes(one)=1 "
            "padding:padding(valid|same|cut|short)=0 dilation:sizes(one)=1 groups:count=1 bias:bool(loose)=true "
            f"padding_mode:word(zeros|reflect|replicate|circular)=zeros {TORCH}",
        ),
        onnx=("Conv", onnx_windows.CONV),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="conv{r}d 8 3",
        about="convolution",
    ),
    Family(
        "transpose",
        "conv{r}dT deconv{r}d conv{r}dtranspose convtranspose{r}d convolution{r}dtranspose",
        transpose,
        "filters kernel stride",
        keras=(
            "Conv{r}DTranspose",
            {
                1: TRANSPOSE,
                2: TRANSPOSE,
                3: TRANSPOSE.replace(
                    f"output_padding:sizes0=none {DATA_FORMAT}", f"{DATA_FORMAT} output_padding:sizes0=none"
                ),
            },
        ),
        torch=(
            "ConvTranspose{r}d",
            "in_channels:count out_channels:count kernel_size:sizes stride:sizes(one)=1 "
            "padding:padding()=0 output_padding:sizes0(one)=0 groups:count=1 bias:bool(loose)=true "
            "dilation:sizes(one)=1 "
            f"padding_mode:word(zeros)=zeros {TORCH}",
        ),
        onnx=("ConvTranspose", onnx_windows.TRANSPOSE),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="conv{r}dT 8 3 2",
        about="transposed convolution, the size-inverse of a convolution",
    ),
    Family(
        "depthwise",
        "dwconv{r}d depthwiseconv{r}d",
        depthwise,
        "kernel stride",
        keras=(
            "DepthwiseConv{r}D",
            "kernel_size:sizes strides:sizes=1 padding:padding(valid|same)=valid "
            "depth_multiplier:count=1 "
            f"{DATA_FORMAT} dilation_rate:sizes=1 {KERNEL.replace('kernel_', 'depthwise_')} {CHANNELS}",
        ),
        ranks=(1, 2),
        rank_rule="spatial",
        example="dwconv{r}d 3",
        about="convolution of each channel by itself",
        aliases={
            "depthwise_initializer": "init depthwise_initializer kernel_initializer",
            "depthwise_regularizer": "reg depthwise_regularizer kernel_regularizer",
        },
    ),
    Family(
        "separable",
        "sepconv{r}d separableconv{r}d separableconvolution{r}d",
        separable,
        "filters kernel stride",
        keras=(
            "SeparableConv{r}D",
            "filters:count kernel_size:sizes strides:sizes=1 padding:padding(valid|same)=valid "
            f"{DATA_FORMAT} dilation_rate:sizes=1 depth_multiplier:count=1 "
            "activation:named(activation)=none use_bias:bool(loose)=true "
            "depthwise_initializer:named(initializer)=glorot_uniform "
            "pointwise_initializer:named(initializer)=glorot_uniform "
            "bias_initializer:named(initializer)=zeros depthwise_regularizer:named(regularizer)=none "
            "pointwise_regularizer:named(regularizer)=none bias_regularizer:named(regularizer)=none "
            "activity_regularizer:named(regularizer)=none depthwise_constraint:named(constraint)=none "
            "pointwise_constraint:named(constraint)=none bias_constraint:named(constraint)=none "
            + KERAS.replace(" activity_regularizer:named(regularizer)=none", "")
            + f" {CHANNELS}",
        ),
        ranks=(1, 2),
        rank_rule="spatial",
        example="sepconv{r}d 8 3",
        about="depthwise convolution followed by a pointwise one",
    ),
)
