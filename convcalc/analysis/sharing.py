"""A layer that is used more than once: its weights are those of its first row."""

from convcalc.layers.fit import show
from convcalc.layers.site import Weight


def first_calls(network):
    """Return ``{label: (index, layer)}`` of the first call of each label."""
    firsts: dict = {}
    for index, call in enumerate(network.calls):
        firsts.setdefault(call.label, (index, call.layer))
    return firsts


def check_shared(firsts, weights, site, index, facts):
    """Refuse a layer that is said to be an earlier one used again where no such layer is, or its weights do not fit."""
    name = site.args["shared"]
    at, layer = firsts.get(name, (index, None))
    if at >= index or layer is not site.layer:
        raise site.illegal(
            f"No earlier {site.type} is named '{name}', to share its weights.",
            "Name an earlier layer of the same kind, as in conv2d 8 3 @a | conv2d 8 3 shared=a.",
            "unknown_label",
            "shared",
        )
    for own, first in zip(facts.weights, weights[at], strict=False):
        if own.shape != first.shape:
            raise site.refuse(
                "wrong_shape",
                f"{site.type} would need a {own.name} of the shape ({show(own.shape)}), and that of '{name}', "
                f"which it shares, is ({show(first.shape)}).",
                "Give both the same number of channels.",
                "shared",
            )
    if len(facts.weights) != len(weights[at]):
        raise site.illegal(f"{site.type} and '{name}' do not have the same weights to share.", key="shared")


def own_weights(step):
    """Return the weights that a layer brings: not those that an earlier row has."""
    tied, stored = step.call.args.get("tied"), step.call.args.get("stored")
    if tied or stored:
        left = [weight for weight in step.facts.weights if weight.name not in (tied or ())]
        more = [Weight(f"stored{place or ''}", shape) for place, shape in enumerate(stored or ())]
        return (*left, *more)
    first = step.call.args.get("shared")
    if first is None:
        return step.facts.weights
    if step.facts.weights and "shared" not in [code for code, _ in step.site.notes]:
        step.site.note("shared", f"the layer '{first}' again: its weights are counted there")
    return ()
