"""A layer and its arguments to canonical text, which reads back as the same layer."""

from convcalc.values import Named, Pair


def write(layer, framework, args):
    """Return the canonical terse spec: the word, then what differs from the framework's defaults.

    Arguments that terse positional values fill come first, then the rest in the framework's order.
    """
    signature = layer.signature(framework)
    if signature.written is None:
        signature.written = plan(signature)
    words = [layer.word]
    for param, key, checked, default in signature.written:
        value = args.get(key)
        if checked:
            if value is default or (value == default and value.__class__ is default.__class__):
                continue
        elif value is None:
            continue
        if param.kind.startswith("sizes") and value.__class__ is tuple and len(value) == 1:
            value = value[0]
        if param.kind.startswith("integers") and value.__class__ is tuple and len(set(value)) == 1 < len(value):
            # Not one for all axes, as it is of sizes: each is an axis or a size of its own.
            words.append(f"{signature.short(param.key, layer)}=({','.join(map(text, value))})")
            continue
        if param.kind.startswith("named?"):
            # The one thing that an Activation layer is: `act gelu`.
            words.append(text(value))
            continue
        # One number for all of them is an axis' size; of integers their number counts.
        counted = param.kind.startswith("integers") and value.__class__ is tuple and len(value) > 1 and min(value) >= 0
        said = "x".join(map(str, value)) if counted else text(value)
        words.append(f"{signature.short(key, layer)}={said}")
    return " ".join(words)


def plan(signature):
    """Return the arguments in the order in which they are written: each with whether its default is left out."""
    defaults = signature.defaults
    # The size of a pool is what people read first, so it stands there even where it is the default.
    always = [p for p in signature.order[:1] if p.kind.startswith("sizes")]
    rest = [p for p in signature.params if p not in signature.order]
    # What the input gives anyway comes last.
    rest.sort(key=lambda p: p.key == "in_channels")
    return [
        (param, param.key, param.key in defaults and param not in always, defaults.get(param.key))
        for param in (*signature.order, *rest)
    ]


def quoted(value):
    r"""Return a string in quotes, as the terse reader takes it: a backslash keeps the character after it.

    >>> print(quoted("it's"))
    'it\'s'
    """
    for special in "\\'\n":
        value = value.replace(special, "\\" + special)
    return f"'{value}'"


def text(value):
    """Return one value as terse text.

    Examples
    --------
    >>> text((3, 3)), text((3, 1)), text(((0, 1), (0, 1))), text((-1, 4)), text(1e-4)
    ('3', '3x1', '0:1', '(-1,4)', '0.0001')
    """
    kind = value.__class__
    if value is None or kind is bool:
        return str(value).lower()
    if kind is int or kind is float:
        return repr(value)
    if kind is str:
        # A hyphen is a minus in terse text, and some words mean values: such a word is quoted.
        plain = value.replace("_", "").replace(".", "").replace(":", "")
        word = (
            plain.isalnum()
            and value.isascii()
            and value[0].isalpha()
            and value.lower() not in ("none", "true", "false")
        )
        return value if word else quoted(value)
    if kind is Named:
        given = ",".join((f"{arg.key}=" if arg.key else "") + text(arg.value) for arg in value.args)
        return f"{value.name}({given})"
    if kind is Pair:
        return f"{value.low}:{value.high}"
    if kind is tuple:
        if value and all(v.__class__ is tuple and len(v) == 2 for v in value):
            cells = [text(low) if low == high else f"{low}:{high}" for low, high in value]
            return cells[0] if len(set(cells)) == 1 else "x".join(cells)
        if value and all(v.__class__ is int and v >= 0 for v in value):
            if len(set(value)) == 1 and len(value) > 1:
                return str(value[0])
            return "x".join(map(str, value)) if len(value) > 1 else f"({value[0]},)"
        if len(value) > 1 and all(v.__class__ is Pair for v in value):
            return "x".join(map(text, value))
        return "(" + ",".join(map(text, value)) + ("," if len(value) == 1 else "") + ")"
    return str(value)
