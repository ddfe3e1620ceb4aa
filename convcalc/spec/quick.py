"""Lines like the ones before: put together without reading a whole text again.

A text that differs from one before in its output channels alone has the same call but for them. In any
other, a word such as ``k=3`` means the same argument and value each time it stands in a call of the same
layer, so what it came to is kept with the layer's signature. A text with anything else than layers
that were met before and plain words goes the full way, and so does one that is wrong in any way:
that way has the positions for its errors.
"""

from convcalc import layers
from convcalc.layers.kinds import settle
from convcalc.network import Call, Network
from convcalc.spec import parse
from convcalc.spec.bind import FROM_INPUT, bind
from convcalc.spec.common import read_word
from convcalc.values import BadValue

# Words kept for one signature, and layer words kept in all; a longer word is not kept.
MOST_WORDS = 4096
LONGEST_WORD = 40
_heads: dict = {}
_SPAN = (0, 0)
# The calls of texts without the number of their output channels, how many are kept, and the longest text.
_calls: dict = {}
MOST_CALLS = 4096
LONGEST_TEXT = 120
# More digits may be more than an argument takes.
MOST_DIGITS = 18


def read(text, framework=None):
    """Return the `Network` of a text, put together from its words where they are all plain.

    Examples
    --------
    >>> [read("conv2d 32 3").calls[0].args["filters"] for _ in range(2)]
    [32, 32]
    """
    if text.__class__ is Network:
        return text.under(framework)  # of a model file, one network for all lines
    before, mark, rest = text.partition(" f=")
    if not mark:
        before, mark, rest = text.partition(" ")
    number, _, after = rest.partition(" ")
    plain = number.isdigit() and number.isascii() and number[0] != "0" and len(number) <= MOST_DIGITS
    if not plain or len(text) > LONGEST_TEXT:
        return assemble(text, framework) or read_fully(text, framework)
    place = framework, before, mark, after
    call = _calls.get(place)
    if call is not None:
        return Network(call.framework, (call.filling(int(number)),), text)
    network = assemble(text, framework)
    if network is None:
        return read_fully(text, framework)
    if len(network.calls) == 1 and takes_channels(network.calls[0], mark):
        if len(_calls) >= MOST_CALLS:
            _calls.clear()
        _calls[place] = network.calls[0]
    return network


def takes_channels(call, mark):
    """Tell whether the number after a mark, ` f=` or the blank after its name, is a call's output channels."""
    signature = call.layer.signature(call.framework)
    param = signature.terse.get("f") if mark == " f=" else signature.order[0]
    return param is not None and param.key == "filters"


def read_fully(text, framework=None):
    """Return the `Network` of a text the full way, with positions; keep the layers that it names."""
    if text.__class__ is Network:
        return text
    raws = parse(text, layers.is_layer, layers.words)
    network = bind(raws, text, framework)
    learn(raws, network, framework)
    return network


def assemble(text, framework):
    """Return the network of plain words, or None."""
    calls: list = []
    layer = signature = args = None
    given = position = 0
    chosen = framework
    for word in text.split(" "):
        if signature is not None:
            place = word if "=" in word else (position, word)
            known = signature.bound.get(place) or settled(layer, signature, chosen, place)
            if known is not None:
                args[known[0]] = known[1]
                given += 1
                position += place is not word
                continue
        head = _heads.get((word, framework))
        if head is None or (layer is not None and head[2] != chosen):
            return None
        if layer is not None and not close(calls, layer, signature, args, given, chosen):
            return None
        layer, signature, chosen = head
        args = {}
        given = position = 0
    if layer is None or not close(calls, layer, signature, args, given, chosen):
        return None
    return Network(chosen, tuple(calls), text)


def settled(layer, signature, framework, place):
    """Return ``(house key, value)`` of a word at its place, and keep it; None for what is not plain."""
    position, word = (0, place) if place.__class__ is str else place
    if not word.isascii():
        return None  # there are digits that are no ASCII, and for some of them `int` has a number
    plain = read_word(word)
    if plain is True or plain is False:
        return None
    key, value, _ = plain
    if key is not None:
        param = signature.terse.get(key.lower())
    else:
        param = signature.order[position] if position < len(signature.order) else None
    if param is None:
        return None
    try:
        value = settle(param, value, layer.rank, framework, call=False)
    except BadValue:
        return None
    if len(word) <= LONGEST_WORD:
        if len(signature.bound) >= MOST_WORDS:
            signature.bound.clear()
        signature.bound[place] = param.key, value
    return param.key, value


def close(calls, layer, signature, args, given, framework):
    """Add the call that has been put together; False where the full way must say what is wrong."""
    if len(args) != given:
        return False
    whole = {**signature.defaults, **args}
    for param in signature.required:
        if param.key not in args:
            if param.key not in FROM_INPUT and param.key != "filters":
                return False
            whole[param.key] = None
    calls.append(Call(layer, framework, whole, {}, (len(calls) - 1,), span=_SPAN))
    return True


def learn(raws, network, framework):
    """Keep what the layers' words of a terse text mean, but for those that other words can change."""
    if len(raws) != len(network.calls) or len(_heads) >= MOST_WORDS:
        return
    for raw, call in zip(raws, network.calls, strict=True):
        if raw.call or raw.prefix or call.layer.family.kind == "activation" or not call.terse:
            continue
        if raw.name.lower() in ("act", "activation") or layers.open_ranks(raw.name, call.framework):
            continue
        if framework or call.framework == decided(raw.name):
            _heads[raw.name, framework] = call.layer, call.layer.signature(call.framework), call.framework


def decided(name):
    """Return the framework that a name decides by itself."""
    own = layers.frameworks_of(name)
    return own[0] if len(own) == 1 else "keras"
