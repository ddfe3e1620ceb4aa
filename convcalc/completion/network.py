"""How the text of a network may go on: layers, keys, values, labels, and the arguments of pasted calls."""

from convcalc import layers
from convcalc.completion import values
from convcalc.completion.candidate import ARGUMENT, ITEM, ON, Piece
from convcalc.completion.context import SEQUENTIAL, argument, is_sequence, rules, signature
from convcalc.completion.scan import CALL, TERSE, Scan
from convcalc.layers.declare import ALIASES
from convcalc.spec.labels import LINE, OUTPUTS

# Where the frameworks' layers are imported from.
MODULES = {
    "nn.": "torch",
    "torch.nn.": "torch",
    "layers.": "keras",
    "keras.layers.": "keras",
    "tf.keras.layers.": "keras",
}
HOMES = {"nn.": "torch", "torch.nn.": "torch", "keras.": "keras", "tf.keras.": "keras"}
# Words that begin a line and are no layers.
LINES = {
    LINE: "an input of the network: its shape, and its @name",
    OUTPUTS: "the network's outputs, by their labels",
}
# Arguments of no size and no count, left out of a list unless they are asked for by their first letter.
RARE = ("any", "object")
# The catalogue's files whose layers stand in a list beside keys: a key should not be hidden by a layer that few have.
COMMON = ("conv", "pool", "dense", "shape", "activation", "norm", "merge", "dropout")


def pieces(text, framework=None, quote=""):
    """Return every `Piece` that a text may go on with.

    Parameters
    ----------
    text : str
        A network as far as it is typed.
    framework : str, optional
        Whose rules hold, whatever the text says.
    quote : str
        The quote of the shell that the text stands in; strings get the other one.

    Examples
    --------
    >>> [piece.text for piece in pieces("conv2d 32 3 pad=")][:3]
    ['valid', 'same', '0']
    >>> [piece.text for piece in pieces("nn.Conv2d(3, 64, ker")]
    ['kernel_size=']
    """
    scan = Scan(text, framework)
    frame = scan.frame
    if scan.kind in ("closed", "number") and not (scan.kind == "number" and frame.key):
        return []
    if scan.kind == "label" or scan.text.endswith("@"):
        return list(labels(scan))
    if scan.kind == "broken":
        return list(argument_pieces(scan, scan.partial[0], scan.partial[1:], quote))
    if frame.kind == TERSE:
        return list(terse_pieces(scan, quote))
    if is_sequence(frame) and not frame.key:
        return list(class_pieces(scan, "("))
    if frame.kind == CALL:
        return list(call_pieces(scan, quote))
    return []


def labels(scan):
    """Yield the labels that may stand here: after a merge, or after ``from=``."""
    frame = scan.frame
    if frame.kind != TERSE or not (frame.key == "from" or (frame.merges and not frame.key)):
        return
    partial = scan.partial.lstrip("@")
    start = len(scan.text) - len(partial) - 1
    for label in dict.fromkeys([*reversed(scan.labels), "input"]):
        if label.startswith(partial):
            about = "the network's input" if label == "input" else "an earlier layer"
            name = f"@{label}" if label.replace(".", "_").isidentifier() else f"@'{label}'"
            yield Piece(start, name, about, ITEM)


def terse_pieces(scan, quote):
    """Yield what may follow in a terse text."""
    frame, partial = scan.frame, scan.partial
    if frame.key == "from":
        yield from (piece._replace(start=scan.start) for piece in labels(scan) if not partial)
        return
    if frame.key:
        yield from argument_pieces(scan, "", partial, quote)
        return
    if argument(frame, scan.framework) is not None:
        yield from argument_pieces(scan, "", partial, quote)
        return
    own = signature(frame, scan.framework)
    found = []
    if own is not None:
        found = list(keys(scan, own))
        yield from found
    if frame.merges and not partial:
        yield from (piece._replace(start=scan.start) for piece in labels(scan))
    if frame.name == OUTPUTS:
        return
    if partial or own is None:
        yield from layer_pieces(scan, "(" if quote else "", COMMON if found else None)


def keys(scan, own):
    """Yield the keys of the layer being written that have no value yet, one word for each argument."""
    frame, partial = scan.frame, scan.partial.lower()
    taken = {own.terse[key].key for key in frame.given if key in own.terse}
    taken.update(param.key for param in own.order[: frame.count])
    for param in own.params:
        if param.key in taken or (not partial and param.kind in RARE):
            continue
        aliases = frame.layer.family.aliases.get(param.key) or ALIASES.get(param.key, param.key)
        known = (own.short(param.key, frame.layer), param.name, *aliases.split())
        # A word that means another argument here is none of this one's.
        word = next((w for w in known if w.lower().startswith(partial) and own.terse.get(w.lower()) is param), None)
        if word is not None:
            yield Piece(scan.start, f"{word}=", values.described(param, frame.layer.rank), ON)
    if partial and "from".startswith(partial):
        yield Piece(scan.start, "from=@", "the layer whose output this one takes", ON)
    if partial and "name".startswith(partial) and "name" not in own.terse:
        yield Piece(scan.start, "name=", "a label", ON)


def layer_pieces(scan, bracket, places=None):
    """Yield the names of layers that begin as the text ends; of some of the catalogue's files where given."""
    partial = scan.partial
    if "." in partial or partial[:1].isupper():
        found = list(class_pieces(scan, bracket if "." in partial else ""))
        if found or "." in partial:
            yield from found
            return
    lower = partial.lower()
    for layer in layers.layers():
        if places and layers.place(layer.family.kind) not in places:
            continue
        for word in layer.words() if partial else layer.words()[:1]:
            if word.lower().startswith(lower):
                yield Piece(scan.start, word, layer.family.about, ITEM)
    for word, about in LINES.items():
        if partial and word.startswith(partial):
            yield Piece(scan.start, word, about, ITEM)
    if partial and not places:
        for module, framework in MODULES.items():
            if module.startswith(partial):
                yield Piece(scan.start, module, f"a layer as {framework} has it", ON)


def class_pieces(scan, bracket):
    """Yield the framework's own classes, after a module or bare."""
    partial, start = scan.partial, scan.start
    module, dot, begun = partial.rpartition(".")
    module += dot
    framework = scan.framework if scan.found else None
    if module:
        for other in (*MODULES, *HOMES):
            if other.startswith(partial) and other != partial:
                yield Piece(start, other, "a module", ON)
                break
        framework = MODULES.get(module)
    if f"{SEQUENTIAL}(".startswith(begun) and module in HOMES and bracket:
        yield Piece(start, f"{module}{SEQUENTIAL}(", "layers one after the other", ON)
    if framework is None and module:
        return
    names = layers.class_names(framework)
    found = [name for name in names if name.startswith(begun)]
    if module and not found:
        found = [name for name in names if name.lower().startswith(begun.lower())]
    for name in found:
        own = layers.frameworks_of(name)
        entry = layers.find_class(name, framework or own[0])
        yield Piece(start, f"{module}{name}{bracket}", entry.family.about, ON if bracket else ITEM)


def call_pieces(scan, quote):
    """Yield what may follow in the arguments of a call: names, or values."""
    frame, partial = scan.frame, scan.partial
    own = signature(frame, scan.framework)
    if frame.key:
        if not frame.filled:
            yield from argument_pieces(scan, "", partial, quote)
        return
    if frame.filled:
        return
    if own is None:
        for name, kind in values.arguments(frame.what, frame.name, scan.framework)[frame.count :]:
            if name.startswith(partial) and name not in frame.given:
                yield Piece(scan.start, f"{name}=", kind, ON)
        return
    positional = [param for param in own.by_name.values() if param.positional]
    taken = {param.name for param in positional[: frame.count]} | frame.given
    for name, param in own.by_name.items():
        # Words that `**kwargs` takes are many; they come when asked for.
        if name.startswith(partial) and name not in taken and (partial or param.kind not in RARE):
            yield Piece(scan.start, f"{name}=", values.described(param, frame.layer.rank), ON)


def argument_pieces(scan, inner, partial, quote):
    """Yield the values of the argument being written, of which `partial` stands, after the quote `inner`."""
    frame = scan.frame
    call = frame.kind == CALL
    start = len(scan.text) - len(partial) - len(inner)
    end = ARGUMENT if call else ITEM
    python = any(level.kind == CALL and level.layer for level in scan.frames)
    mark = inner or ('"' if quote == "'" else "'")
    own = signature(frame, scan.framework)
    if own is None:
        kinds = dict(values.arguments(frame.what, frame.name, scan.framework))
        for text in values.argument_values(kinds.get(frame.key, ""), python):
            quoted = f"{mark}{text}{mark}" if inner or (python and text not in ("True", "False")) else text
            if text.startswith(partial):
                yield Piece(start, quoted, "", end)
        return
    param = argument(frame, scan.framework)
    if param is None:
        return
    framework = rules(frame, scan.framework)
    lower = partial.lower()
    found = [
        (value, text, about)
        for value, text, about in values.values(param, frame.layer.rank, framework, call)
        if (text if call else text.lower()).startswith(partial if call else lower)
    ]
    upper = partial[:1].isupper()
    for value, text, about in found:
        named = param.kind.startswith("named")
        if named and text[:1].isupper() != upper and any(t[:1].isupper() == upper for _, t, _ in found):
            continue
        word = value.__class__ is str
        if inner and not word:
            continue
        if word and (call or inner or "-" in text):
            if text.endswith("("):
                continue
            text = f"{mark}{text}{mark}"
        yield Piece(start, text, about, ON if text.endswith("(") else end)
