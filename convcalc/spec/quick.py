"""Lines like the ones before: words that were bound before, put together without reading them again.

A word such as ``k=3`` means the same argument and value each time it stands in a call of the same
layer, so what the full reader made of it is kept with the layer's signature. A text of known words
alone needs no reader; any other goes the full way, which also has the positions for its errors.
"""

from convcalc import layers
from convcalc.network import Call, Network
from convcalc.spec import parse
from convcalc.spec.bind import FROM_INPUT, bind

# Words kept for one signature, and layer words kept in all.
MOST_WORDS = 4096
_heads = {}
_SPAN = (0, 0)


def read(text, framework=None):
    """Return the `Network` of a text, by its known words where they are all known."""
    network = assemble(text, framework)
    if network is None:
        raws = parse(text, layers.is_layer, layers.words)
        network = bind(raws, text, framework)
        learn(raws, network, text, framework)
    return network


def assemble(text, framework):
    """Return the network of known words, or None."""
    calls = []
    layer = signature = args = None
    given = position = 0
    chosen = framework
    for word in text.split(" "):
        if signature is not None:
            known = signature.bound.get(word)
            if known is None:
                known = signature.bound.get((position, word))
                position += 1
            if known is not None:
                args[known[0]] = known[1]
                given += 1
                continue
        head = _heads.get((word, framework))
        if head is None or (calls and head[2] != chosen):
            return None
        if layer is not None and not close(calls, layer, signature, args, given, chosen):
            return None
        layer, signature, chosen = head
        args = {}
        given = position = 0
    if layer is None or not close(calls, layer, signature, args, given, chosen):
        return None
    return Network(chosen, tuple(calls), text)


def close(calls, layer, signature, args, given, framework):
    """Add the call that has been put together; False where the full way must say what is wrong."""
    if len(args) != given:
        return False
    whole = dict(signature.defaults)
    whole.update(args)
    for param in signature.required:
        if param.key not in args:
            if param.key not in FROM_INPUT and param.key != "filters":
                return False
            whole[param.key] = None
    index = len(calls)
    calls.append(Call(layer, framework, whole, {}, (index - 1,), span=_SPAN))
    return True


def learn(raws, network, text, framework):
    """Keep what the words of a terse text mean; texts with blocks or calls teach nothing."""
    if "[" in text or "(" in text or "@" in text or len(raws) != len(network.calls):
        return
    for raw, call in zip(raws, network.calls, strict=True):
        named = call.layer.family.kind == "activation" or raw.name.lower() in ("act", "activation")
        if raw.call or raw.prefix or named:
            return
        if layers.open_ranks(raw.name, call.framework):
            return
        signature = call.layer.signature(call.framework)
        if len(_heads) < MOST_WORDS and (framework or call.framework == decided(raw.name)):
            _heads[raw.name, framework] = (call.layer, signature, call.framework)
        bound = signature.bound
        position = 0
        for arg in raw.args:
            start = arg.span[0] if arg.key is None else arg.key_span[0]
            word = text[start : arg.span[1]]
            if arg.key is None:
                param = signature.order[position]
                word = (position, word)
                position += 1
            else:
                param = signature.terse[arg.key.lower()]
            if len(bound) < MOST_WORDS:
                bound[word] = (param.key, call.args[param.key])


def decided(name):
    """Return the framework that a name decides by itself."""
    own = layers.frameworks_of(name)
    return own[0] if len(own) == 1 else "keras"
