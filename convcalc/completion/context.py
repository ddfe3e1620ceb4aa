"""What the words of a scanned text mean: the layer that is called, and the argument that is being written."""

from convcalc import layers
from convcalc.spec.values import split_prefix

SEQUENTIAL = "Sequential"


def called(scan, outer, inner):
    """Give the level that a call opens its layer, or what it is one of."""
    prefix, short = split_prefix(inner.name)
    param = argument(outer, scan.found or "keras")
    if short == SEQUENTIAL:
        scan.name_framework(prefix)
        inner.framework = prefix
    elif param is not None and param.kind.startswith("named"):
        inner.what = param.kind.partition("(")[2].rstrip(")")
        inner.framework = outer.framework
    elif layers.is_layer(short):
        own = layers.frameworks_of(short)
        framework = prefix or (scan.found if scan.found in own else own[0] if own else None)
        scan.name_framework(framework)
        inner.framework = framework
        inner.layer = framework and layers.find_class(short, framework)


def is_sequence(frame):
    """Tell whether a level holds layers as code: `Sequential` itself, or a list in it."""
    return frame.kind != "terse" and frame.name.rpartition(".")[2] == SEQUENTIAL


def rules(frame, framework):
    """Return the framework whose rules hold for the layer of a level: its own, or one that has it."""
    own = frame.layer.frameworks()
    wanted = frame.framework or framework
    return wanted if wanted in own else own[0]


def signature(frame, framework):
    """Return the `Signature` that holds for the layer of a level, or None."""
    return frame.layer and frame.layer.signature(rules(frame, framework))


def argument(frame, framework):
    """Return the `Param` whose value is being written at a level, or None."""
    own = signature(frame, framework)
    if own is None:
        return None
    if frame.kind == "call":
        if frame.key:
            return own.by_name.get(frame.key)
        positional = [param for param in own.by_name.values() if param.positional]
        return positional[frame.count] if frame.count < len(positional) else None
    if frame.key:
        return own.terse.get(frame.key.lower())
    # The only words that stand by their position are those after `act`.
    if frame.name.lower() in ("act", "activation") and not frame.count:
        return own.order[0] if own.order else None
    return None
