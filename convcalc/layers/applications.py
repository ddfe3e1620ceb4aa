"""Layers that Keras declares beside its ready-made models: ConvNeXt's and Inception-ResNet's own."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.merge import check_count, elementwise
from convcalc.layers.shared import KERAS
from convcalc.layers.site import Facts, Weight


def layer_scale(site):
    """Size a factor for each channel, which is learnt."""
    dim, shape = site.args["projection_dim"], site.shape
    last = shape[-1] if shape else 1
    if last.__class__ is int and last not in (1, dim) and dim != 1:
        raise site.refuse(
            "wrong_channels",
            f"{site.type} has projection_dim={dim}, its input {last} channels: {show(shape)}.",
            f"Give projection_dim={last}.",
            "projection_dim",
        )
    if dim != 1:
        # One channel becomes as many as there are factors.
        shape = (*shape[:-1], dim)
    return Facts(shape, weights=(Weight("gamma", (dim,), "channel"),), flops=site.cells(shape))


def stochastic_depth(site):
    """Size a layer that drops whole branches in training and lets its input through otherwise."""
    return Facts(site.shape)


def scaled_sum(site):
    """Size the sum of the first input and the second times a constant."""
    check_count(site)
    if len(site.shapes) != 2:
        raise site.illegal(f"{site.type} takes exactly two inputs, not {len(site.shapes)}.", "Give two.")
    facts = elementwise(site)
    return facts._replace(flops=2 * site.cells(facts.output))


FAMILIES = (
    Family(
        "layer_scale", "layerscale", layer_scale, "init_values projection_dim",
        keras=("LayerScale", f"init_values:number projection_dim:count {KERAS}"),
        example="layerscale 0.5 4", sample="6x4", about="a factor a channel that is learnt (ConvNeXt's own)",
    ),
    Family(
        "stochastic_depth", "stochasticdepth", stochastic_depth, "drop_path_rate",
        keras=("StochasticDepth", f"drop_path_rate:number(0|1) {KERAS}"),
        example="stochasticdepth 0.1", about="a branch dropped at random in training (ConvNeXt's own)",
        aliases={"drop_path_rate": "p drop_path_rate rate"},
    ),
    Family(
        "scaled_sum", "customscalelayer scaledsum", scaled_sum, "scale",
        keras=("CustomScaleLayer", f"scale:number {KERAS}"),
        operands="many", example="scaledsum 0.2 @input",
        about="the first input plus a constant times the second (Inception-ResNet's own)",
    ),
)  # fmt: skip
