"""An activation's word to the layer that means it in a framework.

``gelu`` is Keras' Activation layer with that function, and ``act relu`` is torch's ReLU: whichever
of the two ways it is written, each framework answers with the layer that it has.
"""

from convcalc import layers
from convcalc.activations import KERAS
from convcalc.errors import SpecError, suggestion
from convcalc.layers.activation import KINDS
from convcalc.spec.tree import Arg
from convcalc.values import Named

OWN = ("act", "activation")


def stand_in(layer, raw, framework):
    """Return ``(layer, raw)`` that a terse layer means in a framework; any but an activation is itself.

    Parameters
    ----------
    layer : Layer
        What the word names.
    raw : Raw
    framework : str

    Raises
    ------
    SpecError
        Where the value of ``act`` names no activation.
    """
    if layer.family.kind not in KINDS:
        return layer, raw
    word = raw.name.lower()
    if framework == "keras":
        return (layer, raw) if word in OWN else by_name(layer, raw, word)
    return by_layer(layer, raw, framework) if word in OWN else (layer, raw)


def by_name(layer, raw, word):
    """Return Keras' Activation layer with the function of a word, where it has one."""
    name = word if word in KERAS else next((w for w in layer.words() if w in KERAS), None)
    if name is None:
        return layer, raw
    value = Named(name, raw.args) if raw.args else name
    span = (raw.name_span[0], raw.args[-1].span[1]) if raw.args else raw.name_span
    return layers.find("act"), raw._replace(args=(Arg(None, value, span, None),))


def by_layer(layer, raw, framework):
    """Return the layer of a framework whose name is the value of ``act``."""
    given = [arg for arg in raw.args if arg.key is None or arg.key.lower() in OWN]
    if not given:
        raise SpecError("missing_argument", "act needs the name of an activation.", hint="act relu", span=raw.name_span)
    arg = given[0]
    value = arg.value
    name = value.name if value.__class__ is Named else value
    found = layers.find(name) if name.__class__ is str else None
    if found is None or found.family.kind not in KINDS or found is layer:
        known = [
            w for each in layers.layers() if each.family.kind in KINDS and each.type(framework) for w in each.words()
        ]
        raise SpecError(
            "bad_value",
            f"{framework} has no activation {name!r}."
            if name.__class__ is str
            else "act takes the name of an activation.",
            hint=(suggestion(name, known) if name.__class__ is str else None) or f"One of {', '.join(known)}.",
            span=arg.span,
        )
    rest = tuple(a for a in raw.args if a is not arg)
    inner = value.args if value.__class__ is Named else ()
    return found, raw._replace(name=name, name_span=arg.span, args=(*inner, *rest))
