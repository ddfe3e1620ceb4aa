"""Raw layers to calls: which framework, which layer, and each argument's value in its normal form."""

from convcalc import layers
from convcalc.errors import SpecError
from convcalc.layers.declare import PROPER
from convcalc.layers.kinds import settle
from convcalc.network import ONE, Call, Input, Network
from convcalc.spec.complaints import bad_value, lacks, missing, too_many, unknown_class, unknown_key
from convcalc.spec.given import ended, input_of, input_of_first, inputs_of, sizes_of
from convcalc.values import INPUT, UNSET, BadValue

# Arguments that a terse spec may leave to the input, though the framework's own call needs them.
FROM_INPUT = ("in_channels", "in2_features", "normalized_shape")
INPUTS = ("Input", "InputLayer")
# What says in a program that a call is one more of an earlier layer; no call has such a key itself.
SHARED = "~shared"


def bind(raws, text="", framework=None):
    """Return the `Network` that raw layers mean.

    Parameters
    ----------
    raws : tuple of Raw
        What `convcalc.spec.parse` read.
    text : str
        The text it was read from, for errors.
    framework : str, optional
        "keras", "torch" or "onnx"; decided from the layers' names where not given.

    Raises
    ------
    SpecError
        For a layer that the framework lacks, or an argument that it does not take.
    """
    try:
        chosen = framework or decide(raws)
        return bind_all(raws, text, chosen, framework is not None)
    except SpecError as error:
        raise error.at(text=text) from None


def bind_all(raws, text, framework, forced):
    """Bind each raw layer; input lines and a pasted input layer give the network's inputs instead."""
    calls: list = []
    moved, shape = {-1: -1}, None
    given = inputs_of(raws)
    raws, ends = ended(raws)
    for index, raw in enumerate(raws):
        if index < len(given):
            moved[index] = -1 - index
            continue
        inputs = tuple(moved[i] for i in raw.inputs)
        if raw.call and raw.name in INPUTS and framework == "keras":
            shape = sizes_of(input_of(raw), raw)
            moved[index] = inputs[0]
            continue
        moved[index] = len(calls)
        call = bind_one(raw, framework, forced)
        call.inputs = inputs
        calls.append(call)
        if shape is None and not index and raw.call and framework == "keras":
            shape = sizes_of(input_of_first(call), raw)
    if not calls:
        raise SpecError(
            "syntax", "There is no layer.", hint="Give one: convcalc shape conv2d f=32 k=3", span=(0, len(text))
        )
    if not given:
        given = (Input(INPUT, shape),) if shape is not None else ONE
    return Network(framework, tuple(calls), text, given, tuple([moved[i] for i in ends]))


def decide(raws):
    """Return the framework that prefixes and exact names say; two are refused."""
    found = None
    for raw in raws:
        own = (raw.prefix,) if raw.prefix else layers.frameworks_of(raw.name)
        if len(own) == 1:
            if found and own[0] != found[0]:
                raise SpecError(
                    "mixed_frameworks",
                    f"{raw.name} is a name of {PROPER[own[0]]}, {found[1]} one of {PROPER[found[0]]}: "
                    "a network has one framework.",
                    hint="Write layers in lower case to mean either, and choose with -F.",
                    span=raw.name_span,
                )
            found = found or (own[0], raw.name)
    return found[0] if found else "keras"


def bind_one(raw, framework, forced=False):
    """Return the call of one raw layer.

    A class without a rank in its name, such as ONNX's `Conv`, has the rank of its widest list; where
    it has none the call is bound for each, and the input decides.
    """
    ranks = layers.open_ranks(raw.name, framework)
    if not ranks:
        layer, raw = find_layer(raw, framework, forced)
        return bind_to(layer, raw, framework)
    rank = widest(raw)
    if rank:
        return bind_to(layers.find_class(raw.name, framework, min(max(rank, ranks[0]), ranks[-1])), raw, framework)
    calls = {rank: bind_to(layers.find_class(raw.name, framework, rank), raw, framework) for rank in ranks}
    call = calls[ranks[len(ranks) // 2]]
    call.ranks = calls
    return call


def widest(raw):
    """Return how many axes the widest list of a raw layer's arguments has, or 0 where none has any."""
    lists = [arg for arg in raw.args if arg.value.__class__ is tuple]
    own = [len(arg.value) for arg in lists if arg.key != "pads"]
    # ONNX's pads are beginnings and ends.
    return max(own or [-(-len(arg.value) // 2) for arg in lists], default=0)


def find_layer(raw, framework, forced):
    """Return the layer that a raw layer names, and the raw layer with what that takes."""
    if raw.call:
        layer = layers.find_class(raw.name, framework)
        if layer is None:
            raise unknown_class(raw, framework)
        if framework == "torch" and raw.name == "Identity":
            raw = raw._replace(args=())  # It takes whatever it is given, so that it can replace any layer.
    else:
        own = layers.frameworks_of(raw.name)
        if forced and len(own) == 1 and own[0] != framework:
            raise SpecError(
                "mixed_frameworks",
                f"{raw.name} is a name of {PROPER[own[0]]}, and the framework is {PROPER[framework]}.",
                hint=f"Write it in lower case, or give -F {own[0]}.",
                span=raw.name_span,
            )
        layer = (layers.find_class(raw.name, framework) if own else None) or layers.find(raw.name)
        if layer.type(framework) is None or layer.family.kind == "activation":
            from convcalc.spec.stand_in import stand_in

            layer, raw = stand_in(layer, raw, framework)
            if layer.type(framework) is None:
                raise lacks(layer, raw, framework)
    return layer, raw


def bind_to(layer, raw, framework):
    """Return the call of a raw layer that is known to be this one."""
    signature = layer.signature(framework)
    if framework == "keras" and raw.call and raw.label and "/" in raw.label:
        raise SpecError("bad_value", f"Keras takes no name with a slash: {raw.label!r}.", hint="Use _.", span=raw.span)
    args = dict(signature.defaults)
    given = {}
    position = 0
    order = [p for p in signature.params if p.positional] if raw.call else signature.order
    for arg in raw.args:
        if arg.key is None:
            if position >= len(order):
                raise too_many(layer, raw, arg, order, framework)
            param = order[position]
            position += 1
        else:
            param = (signature.by_name if raw.call else signature.terse).get(arg.key if raw.call else arg.key.lower())
            if arg.key == SHARED:
                param = signature.by_key.get("shared")
            if param is None:
                raise unknown_key(layer, raw, arg, signature, framework)
        value = arg.value
        try:
            settled = settle(param, value, layer.rank, framework, raw.call)
        except BadValue as bad:
            raise bad_value(layer, raw, arg, param, bad, framework) from None
        if settled is UNSET:
            continue
        if param.key in given:
            raise SpecError(
                "duplicate_key",
                f"{param.name} is given twice.",
                hint="Keep one of the two.",
                span=arg.key_span or arg.span,
            )
        args[param.key] = settled
        given[param.key] = (arg.key_span[0], arg.span[1]) if arg.key_span else arg.span
    for param in signature.required:
        if param.key not in args:
            if not raw.call and (param.key in FROM_INPUT or param.key == "filters"):
                args[param.key] = None
            else:
                raise missing(layer, raw, param, framework)
    return Call(layer, framework, args, given, (), raw.label, raw.path, not raw.call, raw.span)
