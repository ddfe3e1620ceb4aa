"""A layer that is used more than once: its weights are those of its first row."""

from convcalc.errors import SpecError


def first_calls(network):
    """Return ``{label: (index, layer)}`` of the first call of each label."""
    firsts: dict = {}
    for index, call in enumerate(network.calls):
        firsts.setdefault(call.label, (index, call.layer))
    return firsts


def check_shared(firsts, call, index):
    """Refuse a layer that is said to be an earlier one used again, and no such layer is."""
    at, layer = firsts.get(call.args["shared"], (index, None))
    if at >= index or layer is not call.layer:
        raise SpecError(
            "unknown_label",
            f"No earlier {call.layer.type(call.framework)} is named '{call.args['shared']}', to share its weights.",
            hint="Name an earlier layer of the same kind, as in conv2d 8 3 @a | conv2d 8 3 shared=a.",
            span=call.given.get("shared"),
        )


def own_weights(step):
    """Return the weights that a layer brings: none where an earlier row is the same layer, and has them."""
    first = step.call.args.get("shared")
    if first is None:
        return step.facts.weights
    if step.facts.weights and "shared" not in [code for code, _ in step.site.notes]:
        step.site.note("shared", f"the layer '{first}' again: its weights are counted there")
    return ()
