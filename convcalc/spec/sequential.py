"""Pasted layers and Sequentials as a flat list of layers, each with its path where torch has one."""

import ast

from convcalc.errors import SpecError
from convcalc.spec.code import Source, arguments, dotted
from convcalc.spec.complaints import unknown
from convcalc.spec.given import LINE
from convcalc.spec.labels import check_label, set_label
from convcalc.spec.pattern import Pattern
from convcalc.spec.printed import PRINTED, read_printed
from convcalc.spec.scan import LONGEST_CALL, NAME, closing, shown, too_long
from convcalc.spec.tree import Layer
from convcalc.spec.unread import SECOND, input_before, is_unread, unread
from convcalc.spec.values import split_prefix

_INPUTS = frozenset(("Input", "InputLayer"))
_REST = Pattern(r"(?:[\s,]|\#[^\n]*+)*+\Z")
_UNUSED = frozenset(("name", "trainable"))


def read_call(reader, pos):
    """Read the call at `pos`, a layer or a whole Sequential; return where it ends."""
    plain = reader.plain
    opening = NAME.match(plain, pos).end()
    if PRINTED.match(plain, pos):
        layers, end = read_printed(reader, pos)
        return take_all(reader, layers, end)
    name = plain[pos:opening]
    bare = split_prefix(name)[1]
    if not is_known(reader, bare):
        raise unknown(reader, pos, opening)
    end = closing(plain, opening)
    if end - pos > LONGEST_CALL:
        raise too_long("The call", end - pos, LONGEST_CALL, (pos, opening))
    if plain[end : end + 1] == "(":
        raise SpecError(
            "syntax",
            "A layer called on a tensor cannot be read as data.",
            hint="Leave out what follows the layer, and join layers with | and labels.",
            span=(end, end + 1),
        )
    source = Source(plain[pos:end], pos)
    call = source.tree()
    if call.__class__ is not ast.Call:
        raise source.refused(call)  # a word of Python's own, such as `not`
    if bare == "Sequential":
        layers = sequential(reader, source, call)
        return take_all(reader, layers, end)
    layer = read_layer(source, call, None)
    reader.finish()
    reader.layer = layer
    label, layer.label = layer.label, None
    if label is not None:
        set_label(reader, label[0], label[1])
    reader.args = None
    reader.waiting = None
    reader.end = reader.comma_after = end
    return end


def take_all(reader, layers, end):
    """Add the layers of a Sequential to the network."""
    plain = reader.plain
    reader.finish()
    count = len(reader.layers) - (bool(reader.layers) and reader.layers[0].name == LINE)
    alone = not count and not reader.blocks and _REST.match(plain, end)
    root = "" if alone else f"{count}."
    for layer, stop in layers:
        if layer.path is not None:
            if layer.label is None and layer.path.isidentifier() and layer.path not in reader.scopes[-1]:
                layer.label = layer.path
            layer.path = root + layer.path
        reader.layer = layer
        reader.end = stop
        reader.finish()
    reader.waiting = None
    reader.comma_after = end
    return end


def is_known(reader, bare):
    """Return whether a name may be called here."""
    return bare == "Sequential" or bare in _INPUTS or bare in SECOND or reader.is_layer(bare)


def read_layer(source, call, prefix):
    """Return the `Layer` of a call, its label as ``(name, span)`` still to be checked."""
    func = call.func
    span = source.span(func)
    own, bare = split_prefix(dotted(func))
    if (own or prefix) != "torch":
        bare = SECOND.get(bare, bare)
    layer = Layer(bare, span, own or prefix, True)
    for arg in arguments(source, call):
        if arg.key == "name" and bare not in _INPUTS:
            if arg.value is None:
                continue
            if layer.label is not None:
                raise SpecError("duplicate_key", "name is given twice.", span=arg.span)
            # Keras takes an empty name, and None, for none.
            layer.label = None if arg.value in (None, "") else (arg.value, arg.span)
        elif arg.key != "name":
            layer.args.append(arg)
    return layer


def sequential(reader, source, root):
    """Return ``[(layer, where it ends)]`` of a Sequential, those within it written out in place."""
    found: list = []
    names: set = set()
    stack = []  # (remaining (key, node), path before the key or None, prefix)

    def enter(call, path, prefix):
        prefix = split_prefix(dotted(call.func))[0] or prefix
        kind, members = members_of(source, call, prefix)
        stack.append((iter(members), path, kind))

    enter(root, "", None)
    while stack:
        members, path, prefix = stack[-1]
        for key, node in members:
            here = None if path is None or key is None else path + key
            name = dotted(node.func) if node.__class__ is ast.Call else None
            if name is None:
                raise no_layer(source, node)
            own, bare = split_prefix(name)
            if not is_known(reader, bare) and not is_unread(bare, own or prefix):
                raise unknown(reader, *source.span(node.func))
            if bare == "Sequential":
                enter(node, None if here is None else here + ".", prefix)
                break
            known = is_known(reader, bare)
            before = None if known or found else input_before(source, node)
            if before is not None:
                found.append((before, source.span(node)[1]))
            layer = read_layer(source, node, prefix) if known else unread(source, node, bare)
            layer.path = here
            if layer.label is not None:
                layer.label = checked(layer.label, names)
            found.append((layer, source.span(node)[1]))
        else:
            stack.pop()
    return found


def checked(label, names):
    """Return the label of ``(label, span)``, which no other layer here may have."""
    name, span = label
    check_label(name, name in names, span)
    names.add(name)
    return name


def no_layer(source, node):
    """Return the error for something in a Sequential that is no call of a layer."""
    if node.__class__ is ast.Name or node.__class__ is ast.Attribute:
        return SpecError(
            "syntax",
            f"{shown(dotted(node) or 'This')} is a variable here, and its value is not known.",
            hint="Write the layer itself.",
            span=source.span(node),
        )
    if node.__class__ in (ast.Constant, ast.Tuple, ast.List):
        return SpecError(
            "syntax", "A layer is missing here.", hint="Write its call, as in ReLU().", span=source.span(node)
        )
    return source.refused(node)


def members_of(source, call, prefix):
    """Return ``(prefix, [(key, node)])``: a Sequential's kind and its members.

    Keras takes one list, torch the layers themselves or an OrderedDict of them.
    """
    args = call.args
    for keyword in call.keywords:
        if keyword.arg == "layers" and not args:
            args = [keyword.value]
        elif keyword.arg not in _UNUSED or prefix == "torch":
            start = source.place(keyword.lineno, keyword.col_offset)
            raise SpecError(
                "unknown_key",
                f"Sequential takes no {shown(keyword.arg or '**')}.",
                span=(start, start + len(keyword.arg or "**")),
            )
    if len(args) == 1 and args[0].__class__ is ast.Starred and args[0].value.__class__ in (ast.List, ast.Tuple):
        args, prefix = args[0].value.elts, prefix or "torch"
    elif len(args) == 1 and args[0].__class__ in (ast.List, ast.Tuple):
        if prefix == "torch":
            raise SpecError(
                "syntax",
                "nn.Sequential takes the layers themselves, not a list of them.",
                hint="Leave out the brackets.",
                span=source.span(args[0]),
            )
        return "keras", [(None, node) for node in args[0].elts]
    elif len(args) == 1 and args[0].__class__ is not ast.Call:
        raise no_layer(source, args[0])
    elif prefix == "keras" and args:
        raise SpecError(
            "syntax",
            "keras.Sequential takes one list of layers.",
            hint="Write Sequential([ ... ]).",
            span=source.span(args[0]),
        )
    elif len(args) == 1 and args[0].__class__ is ast.Call:
        name = dotted(args[0].func)
        if name in ("OrderedDict", "collections.OrderedDict"):
            return "torch", ordered(source, args[0])
    if not args:
        return prefix, []
    return "torch", [(str(n), node) for n, node in enumerate(args)]


def ordered(source, call):
    """Return the ``(key, node)`` of an OrderedDict of layers."""
    pairs = [(keyword.arg, keyword.value, keyword.value) for keyword in call.keywords]
    for group in call.args[:1]:
        if group.__class__ is ast.Dict:
            for key, node in zip(group.keys, group.values, strict=True):
                pairs.append((getattr(key, "value", None), node, key or node))
        elif group.__class__ in (ast.List, ast.Tuple):
            for pair in group.elts:
                if pair.__class__ not in (ast.Tuple, ast.List) or len(pair.elts) != 2:
                    raise SpecError(
                        "syntax",
                        "An OrderedDict holds pairs of a name and a layer.",
                        hint='Write ("conv1", nn.Conv2d(3, 8, 3)).',
                        span=source.span(pair),
                    )
                pairs.append((getattr(pair.elts[0], "value", None), pair.elts[1], pair.elts[0]))
        else:
            raise source.refused(group)
    seen = set()
    for key, _, at in pairs:
        if key.__class__ is not str or not key or "." in key:
            raise SpecError("bad_value", "A module's name is a string without a dot.", span=source.span(at))
        if key in seen:
            raise SpecError("duplicate_key", f"An earlier module is called {shown(key)}.", span=source.span(at))
        seen.add(key)
    return [(key, node) for key, node, _ in pairs]
