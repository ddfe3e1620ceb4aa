"""What is said of a word that is no layer, and where a raw layer cannot be bound: what is at fault, what would do."""

from convcalc import layers
from convcalc.errors import SpecError, suggestion
from convcalc.layers.declare import KEYS, PROPER
from convcalc.spec.scan import shown
from convcalc.spec.values import split_prefix
from convcalc.values import Named

_PAD_WORDS = frozenset(("same", "valid", "causal"))


def called(layer, raw, framework):
    """Return what the user called a layer: the framework's class in a call, else the terse word."""
    return layer.type(framework) if raw.call else layer.word


def having(names):
    """Return "A has" or "A and B have"."""
    names = list(names)
    return f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'}"


def show(value):
    """Return a value as a person wrote it."""
    if value is None or value.__class__ is bool:
        return str(value).lower()
    if value.__class__ is tuple:
        return "(" + ", ".join(map(show, value)) + ("," if len(value) == 1 else "") + ")"
    if value.__class__ is Named:
        return f"{value.name}(...)"
    return (
        repr(value)
        if value.__class__ is str
        else str(value)
        if not hasattr(value, "low")
        else f"{value.low}:{value.high}"
    )


def unknown(reader, pos, end):
    """Return the error for the word from `pos` to `end`, which is no layer's name."""
    plain = reader.plain
    name = plain[pos:end]
    hint = None
    if name.lower() in _PAD_WORDS:
        hint = f"Write pad={name.lower()}."
    elif plain[end : end + 1] in (" ", "\t") and plain[end:].lstrip(" \t")[:1] == "=":
        hint = f"Write {name[:40]}=value without spaces."
    elif name.lower() in KEYS:
        hint = f"Write {name}=value, and no blank or colon between."
    elif reader.names is not None:
        bare = split_prefix(name)[1]
        hint = suggestion(bare, reader.names())
    return SpecError("unknown_word", f"{shown(name)} is no layer.", hint=hint, span=(pos, end))


def unknown_class(raw, framework):
    """Return the error for a call of a class that the framework does not have."""
    others = layers.frameworks_of(raw.name)
    if others:
        same = layers.find(raw.name)
        own = same and same.type(framework)
        return SpecError(
            "framework_lacks" if raw.prefix else "mixed_frameworks",
            f"{PROPER[framework]} has no {raw.name}; {having(PROPER[f] for f in others)} it.",
            hint=f"{PROPER[framework]} calls it {own}; or give -F {others[0]}." if own else f"Give -F {others[0]}.",
            span=raw.name_span,
        )
    if layers.is_layer(raw.name):
        layer = layers.find(raw.name)
        own = layer.type(framework)
        if own:
            return SpecError(
                "unknown_word",
                f"A call takes the framework's exact name, and {PROPER[framework]} has no {raw.name!r}.",
                hint=f"Write {own}(...), or a terse spec without parentheses: {layer.example()}",
                span=raw.name_span,
            )
        return lacks(layer, raw, framework)
    return SpecError(
        "unknown_word",
        f"{PROPER[framework]} has no layer {raw.name!r}.",
        hint=suggestion(raw.name, layers.class_names(framework)) or "See `convcalc list layers`.",
        span=raw.name_span,
    )


def bad_value(layer, raw, arg, param, bad, framework):
    """Return the error for a value of the wrong kind or out of range; a word may be one misspelt."""
    words = param.kind.partition("(")[2].rstrip("?)").split("|")
    near = suggestion(arg.value, words) if arg.value.__class__ is str else None
    return SpecError(
        "bad_value",
        f"{called(layer, raw, framework)}'s {param.name} {bad.must}, not {show(arg.value)}.",
        hint=bad.hint or near,
        span=arg.span,
    )


def lacks(layer, raw, framework):
    """Return the error for a layer that exists, but not in this framework."""
    own = having(f"{PROPER[f]} ({layer.type(f)})" for f in layer.frameworks())
    return SpecError(
        "framework_lacks",
        f"{PROPER[framework]} has no {raw.name}; {own} it.",
        hint=f"Give -F {layer.frameworks()[0]}, or another layer.",
        span=raw.name_span,
    )


def too_many(layer, raw, arg, order, framework):
    """Return the error for a positional value too many."""
    takes = f"{len(order)} positional value{'s' * (len(order) > 1)} ({', '.join(p.name for p in order)})"
    return SpecError(
        "unknown_key",
        f"{called(layer, raw, framework)} takes {takes if order else 'no positional values'}; this is one more.",
        hint="Name it: key=value.",
        span=arg.span,
    )


def unknown_key(layer, raw, arg, signature, framework):
    """Return the error for a key that the layer does not take, with the closest that it does."""
    known = list(signature.by_name if raw.call else signature.terse)
    short = list(signature.by_name) if raw.call else [signature.short(p.key, layer) for p in signature.params]
    hint = suggestion(arg.key, known) or "It takes " + ", ".join(dict.fromkeys(short)) + "."
    if not raw.call and arg.key.lower() in ("act", "activation") and framework != "keras":
        hint = f"In {PROPER[framework]} an activation is a layer of its own: {layer.word} ... relu"
    return SpecError(
        "unknown_key",
        f"{called(layer, raw, framework)} takes no {arg.key!r}.",
        hint=hint,
        span=arg.key_span,
    )


def missing(layer, raw, param, framework):
    """Return the error for an argument that the layer needs."""
    short = layer.signature(framework).short(param.key, layer)
    if raw.call:
        hint = f"Give {param.name}=..."
    elif param.kind.startswith(("count", "sizes")):
        hint = f"Give it: {layer.word} {short}=3"
    else:
        hint = f"Give it, as in: {layer.example()}"
    return SpecError(
        "missing_argument",
        f"{called(layer, raw, framework)} needs {param.name}.",
        hint=hint,
        span=raw.name_span,
    )
