"""What torch checks of a normalisation's channels, and the weights that it makes of them.

`num_features` is the shape of the weights, so torch takes a tuple as well; how many axes that may have depends on
which of weights and statistics are kept, and of an input without cells torch looks at next to nothing.
"""

from math import prod

from convcalc.layers.fit import show
from convcalc.layers.site import Weight, one_axis


def torch_weights(a, channels):
    """Yield torch's parameters and buffers of a normalisation over channels."""
    sizes = channels if channels.__class__ is tuple else (channels,)
    if a["affine"]:
        yield Weight("weight", sizes, "channel")
        if a["bias"]:
            yield Weight("bias", sizes, "channel")
    if a.get("track_running_stats"):
        for name, shape in (("running_mean", sizes), ("running_var", sizes), ("num_batches_tracked", ())):
            yield Weight(name, shape, "channel" if shape else "", False, "buffer")


def batch_features(site):
    """Return the output of a batch normalisation, and its number of features or the shape of its weights.

    An empty input torch only multiplies by the first of the weights, which may broadcast it to another shape.
    """
    a, shape = site.args, site.shape
    given = shape[1] if a["in_channels"] is None else a["in_channels"]
    if not (a["affine"] or a["track_running_stats"]):
        return shape, given
    if 0 not in shape:
        if a["in_channels"] is None:
            return shape, given
        if given.__class__ is not tuple or a["track_running_stats"]:
            given = one_axis(site, given)
            return shape, site.match(shape[1], given, "num_features")
        check_sizes(site, given)
        site.match(shape[1], prod(given), "num_features")
        return shape, given
    sizes = given if given.__class__ is tuple else (given,)
    check_sizes(site, sizes)
    if not a["affine"]:
        return shape, given
    if not sizes or not sizes[0]:
        raise site.refuse("wrong_channels", f"{site.type} has no channel to normalise.", "Give an input with channels.")
    together = broadcast(shape, sizes[1:])
    if together is None:
        raise site.refuse(
            "wrong_channels",
            f"{site.type}'s weights of {show(sizes)} do not broadcast against the empty input {show(shape)}.",
            "Give num_features as one integer.",
        )
    return together, given


def check_sizes(site, sizes):
    """Refuse weights of a negative size."""
    if any(n.__class__ is int and n < 0 for n in sizes):
        one = sizes[0] if len(sizes) == 1 else show(sizes)
        raise site.illegal(f"{site.type} cannot have {one} channels.", "Give the input's channels.", "bad_value")


def broadcast(shape, sizes):
    """Return the shape that two shapes broadcast to; None where they do not."""
    rank = max(len(shape), len(sizes))
    pairs = zip((1,) * (rank - len(shape)) + shape, (1,) * (rank - len(sizes)) + sizes, strict=True)
    together = tuple(m if n == 1 else n if m in (1, n) else None for n, m in pairs)
    return None if None in together else together


def site_rank(site):
    """Return the number of spatial axes of a torch layer, by its input where its class has none."""
    return site.rank or min(max(len(site.shape) - 2, 1), 3)


def instance_features(site, batch, channels):
    """Return the number of features of an instance normalisation, given or the input's."""
    a = site.args
    given = a["in_channels"]
    if a["affine"] and 0 in (channels, *batch):
        raise site.refuse(
            "wrong_shape",
            f"{site.type} with weights takes no empty batch: {show(site.shape)}.",
            "Give a batch of 1 or more.",
        )
    if given is None:
        return channels
    if a["affine"]:
        if given.__class__ is tuple:
            raise site.illegal(
                "num_features of an affine InstanceNorm must be an integer.", f"Give {channels}.", "bad_value"
            )
        check_sizes(site, (given,))
        return site.match(channels, given, "num_features")
    if not a["track_running_stats"]:
        return given
    features = 1 if given == () else one_axis(site, given)
    # Of an input without cells nothing is taken, whatever its channels.
    if 0 not in site.shape:
        site.match(channels, features, "num_features")
    return given


def check_spread(site, count, what):
    """Refuse a mean over one value alone, as torch does where it takes statistics from the input."""
    if count == 1:
        raise site.refuse(
            "wrong_shape",
            f"{site.type} takes its statistics from the input, which has one {what}: {show(site.shape)}.",
            "Give a larger batch or more cells, or track_running_stats=true.",
        )


def check_torch_rank(site, legal):
    """Refuse an input of a number of axes that torch's class does not take."""
    axes = len(site.shape)
    if axes not in legal:
        raise site.refuse(
            "wrong_rank",
            f"{site.type} takes an input of {' or '.join(map(str, legal))} axes, not {axes}: {show(site.shape)}.",
            "Give -i with the axes it takes, channels first.",
        )
