"""Normalisations of channels: over the batch, over each sample, over groups of channels.

What they leave is their input's shape; what differs is which axes carry weights, and which inputs
a framework refuses because a mean over them says nothing. Two FLOPs a value: scale and shift.
"""

from math import prod

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.norm_torch import (
    batch_features,
    check_spread,
    check_torch_rank,
    instance_features,
    site_rank,
    torch_weights,
)
from convcalc.layers.shared import KERAS, TIED, TORCH
from convcalc.layers.site import Facts, Weight

KEYS = {
    "epsilon": "eps epsilon",
    "in_channels": "num_features num_channels in_channels",
    "groups": "g groups num_groups group",
}


def facts(site, weights=()):
    """Return the facts of a normalisation with these weights."""
    return Facts(site.shape, weights=tuple(weights), flops=2 * site.cells(site.shape))


def batch_norm(site):
    """Size and count a batch normalisation: a scale, a shift and two statistics a channel."""
    a = site.args
    if site.framework == "keras":
        check_rank(site)
        axis = site.axis(a["axis"])
        return facts(site, keras_batch_weights(a, (weight_size(site, axis),)))
    if site.framework == "onnx":
        check_rank(site, 2)
        if a["training_mode"]:
            raise site.illegal(
                "BatchNormalization in training_mode gives three outputs; here a layer gives one.", "Leave it out."
            )
        shape = (site.shape[1],)
        scale = (Weight("scale", shape, "channel"), Weight("B", shape, "channel"))
        kept = (Weight("input_mean", shape, "channel", False), Weight("input_var", shape, "channel", False))
        return facts(site, scale + kept)
    return torch_batch_norm(site)


def torch_batch_norm(site):
    """Size and count torch's batch normalisation, which keeps its input's shape except an empty one's."""
    a = site.args
    check_torch_rank(site, {None: (2, 3, 4, 5), 1: (2, 3), 2: (4,), 3: (5,)}[site.rank])
    shape, channels = batch_features(site)
    if not a["track_running_stats"]:
        check_spread(site, prod(n for axis, n in enumerate(site.shape) if axis != 1), "value per channel")
    least = "0 or more" if a["track_running_stats"] else "more than 0"
    if a["epsilon"] < 0 or (a["epsilon"] == 0 and not a["track_running_stats"]):
        raise site.illegal(f"{site.type}'s eps must be {least}, not {a['epsilon']}.", "Give eps=1e-5.", "bad_value")
    field = "keeps" if shape == site.shape else "unknown"
    return Facts(shape, weights=tuple(torch_weights(a, channels)), flops=2 * site.cells(shape), field=field)


def keras_batch_weights(a, shape):
    """Yield what Keras keeps of each channel; `renorm` keeps three more."""
    if a["scale"]:
        yield Weight("gamma", shape, "channel")
    if a["center"]:
        yield Weight("beta", shape, "channel")
    kept: tuple = ("moving_mean", "moving_variance")
    if a["renorm"]:
        kept += ("moving_stddev", "renorm_mean", "renorm_stddev")
    for name in kept:
        yield Weight(name, shape, "channel", False)


def instance_norm(site):
    """Size and count a normalisation of each channel of each sample by itself."""
    a, shape = site.args, site.shape
    if site.framework == "onnx":
        check_rank(site, 3)
        return facts(site, (Weight("scale", shape[1:2], "channel"), Weight("B", shape[1:2], "channel")))
    rank = site_rank(site)
    check_torch_rank(site, (rank + 1, rank + 2))
    channels = instance_features(site, shape[: -rank - 1], shape[-rank - 1])
    if not a["track_running_stats"]:
        check_spread(site, prod(shape[-rank:]), "cell per channel")
    return facts(site, torch_weights(a, channels))


def group_norm(site):
    """Size and count a normalisation over groups of channels."""
    a, shape = site.args, site.shape
    groups = a["groups"]
    if site.framework == "keras":
        check_rank(site, 2)
        axis = site.axis(a["axis"])
        if a["axis"] == -len(shape):
            raise site.refuse(
                "wrong_shape", f"{site.type} cannot group the batch axis as axis={a['axis']}.", "Give axis=-1."
            )
        channels = weight_size(site, axis)
        groups = channels if groups == -1 else groups
        check_divides(site, channels, groups or 1)
        names = [name for name, flag in (("gamma", "scale"), ("beta", "center")) if a[flag]]
        return facts(site, (Weight(name, (channels,), "channel") for name in names))
    check_rank(site, 2)
    channels = shape[1]
    if site.framework == "onnx":
        if 0 in shape:
            raise site.refuse("wrong_shape", f"{site.type} takes no empty input: {show(shape)}.", "Give sizes above 0.")
        check_divides(site, channels, groups)
        return facts(site, (Weight("scale", (channels,), "channel"), Weight("bias", (channels,), "channel")))
    given = a["in_channels"]
    if given is not None:
        if given % groups:
            raise site.illegal(
                f"{site.type} cannot split {given} channels into groups={groups}.", f"Give groups that divide {given}."
            )
        if a["affine"] and given < 0:
            raise site.illegal(f"{site.type} cannot have {given} channels.", "Give the input's channels.", "bad_value")
    check_divides(site, channels, groups, empty_ok=True)
    given = site.match(channels, given, "num_channels") if a["affine"] else channels if given is None else given
    if channels.__class__ is int:
        check_spread(site, shape[0] * channels // groups * prod(shape[2:]), "value per group")
    return facts(site, torch_weights(a, given))


def check_divides(site, channels, groups, empty_ok=False):
    """Refuse channels that the groups do not divide."""
    if channels.__class__ is int and (channels % groups or not (channels or empty_ok)):
        divisors = [n for n in range(1, min(channels, 64) + 1) if channels % n == 0]
        raise site.refuse(
            "wrong_channels",
            f"{site.type} cannot split {channels} channels into {groups} groups.",
            f"Give groups={divisors[-1] if divisors else 1}, or an input whose channels {groups} divides.",
        )


def weight_size(site, axis):
    """Return the size of an axis that carries Keras' weights, which cannot be the open batch."""
    size = site.shape[axis]
    if axis == 0 and size.__class__ is not int:
        raise site.refuse(
            "wrong_shape",
            f"{site.type} has weights along the batch, and Keras needs its size: {show(site.shape)}.",
            "Give axis=-1, or the batch.",
        )
    return size


def check_rank(site, least=1):
    """Refuse an input of too few axes, or of another number than the layer's rank says."""
    axes = len(site.shape)
    if site.rank is not None and axes != site.rank + 2:
        raise site.wrong_rank(site.rank + 2)
    if axes < least:
        raise site.refuse(
            "wrong_rank",
            f"{site.type} takes an input of {least} or more axes, not {axes}: {show(site.shape)}.",
            "Give -i with the batch and the channels, or in parentheses as the whole shape.",
        )


AFFINE = (
    "beta_initializer:named(initializer)=zeros gamma_initializer:named(initializer)=ones {stats}"
    "beta_regularizer:named(regularizer)=none gamma_regularizer:named(regularizer)=none "
    "beta_constraint:named(constraint)=none gamma_constraint:named(constraint)=none "
)
STATS = "moving_mean_initializer:named(initializer)=zeros moving_variance_initializer:named(initializer)=ones "
FLAGS = "center:bool(loose)=true scale:bool(loose)=true "
SAMPLE = FLAGS + AFFINE.format(stats="")
TORCH_STATS = (
    "in_channels/num_features:features epsilon/eps:number=1e-05 momentum:number?=0.1 affine:bool(loose)={on} "
    "track_running_stats:bool(loose)={on} {torch} * bias:bool(loose)=true"
)

FAMILIES = (
    Family(
        "batch_norm", "bn batchnorm batchnormalization bn{r}d batchnorm{r}d", batch_norm,
        keras=("BatchNormalization",
               f"axis:int=-1 momentum:number=0.99 epsilon:number=0.001 {FLAGS}{AFFINE.format(stats=STATS)}"
               "renorm:bool(loose)=false renorm_clipping:any=none renorm_momentum:number=0.99 "
               f"synchronized:bool(loose)=false {KERAS}"),
        torch=("BatchNorm{r}d", TORCH_STATS.format(on="true", torch=TORCH)),
        onnx=("BatchNormalization", f"epsilon:number=1e-05 momentum:number=0.9 training_mode:int=0 * {TIED}"),
        ranks=(None, 1, 2, 3), rank_rule="spatial", example="bn{r}d",
        about="each channel to the batch's mean and variance", aliases=KEYS,
    ),
    Family(
        "instance_norm", "in instancenorm instancenormalization in{r}d instancenorm{r}d", instance_norm,
        torch=("InstanceNorm{r}d", TORCH_STATS.format(on="false", torch=TORCH)),
        onnx=("InstanceNormalization", f"epsilon:number=1e-05 * {TIED}"),
        ranks=(None, 1, 2, 3), rank_rule="spatial", example="in{r}d",
        about="each channel of each sample to its own mean and variance", aliases=KEYS,
    ),
    Family(
        "group_norm", "gn groupnorm groupnormalization", group_norm, "groups",
        keras=("GroupNormalization", f"groups:groups=32 axis:int=-1 epsilon:number=0.001 {SAMPLE}{KERAS}"),
        torch=("GroupNorm", "num_groups:count in_channels/num_channels:int epsilon/eps:number=1e-05 "
               f"affine:bool(loose)=true {TORCH} * bias:bool(loose)=true"),
        onnx=("GroupNormalization", f"epsilon:number=1e-05 num_groups:count stash_type:int=1 * {TIED}"),
        example="gn 4", sample="8x8x8", about="groups of channels of each sample to their own mean and variance",
        aliases=KEYS,
    ),
)  # fmt: skip
