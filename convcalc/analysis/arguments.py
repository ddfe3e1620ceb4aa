"""Every argument of a framework's own signature: its value in full, and where that came from."""

from convcalc.analysis.sheet import Argument
from convcalc.layers.declare import REQUIRED
from convcalc.values import Named

# ONNX says with one attribute what other frameworks put into the padding.
AUTO_PAD = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}
# What every Keras layer takes.
OF_ANY_LAYER = (
    "name", "trainable", "dtype", "autocast", "activity_regularizer",
    "input_shape", "batch_shape", "input_dim", "batch_input_shape",
)  # fmt: skip
# An argument that is None by default, and what of the windows it then comes to.
OF_WINDOWS = {"stride": 1, "dilation": 4}


def of(step, text):
    """Return the `Argument` records of a step, in the order of its framework's signature.

    What Keras' layers take beside their own arguments (`name`, `dtype`, `input_shape`, ...) is told
    only where it was given. `text` is the text of the network.
    """
    call = step.call
    signature = call.layer.signature(call.framework)
    found = []
    for param in signature.by_name.values():
        given = param.key in call.given
        if param.name == "name" and call.label is not None:
            found.append(Argument(param.name, call.label, "given"))
            continue
        if call.framework == "keras" and not param.positional and not given and not own(param):
            continue
        value, mine = shared(call, signature, param)
        if not mine:
            found.append(Argument(param.name, value, "default"))
        elif given:
            span = call.given[param.key]
            written = span and written_as(text, span)
            same = written is None or plain(written) == plain(shown(value))
            found.append(Argument(param.name, value, "given", None if same else written))
        else:
            found.append(filled(step, param, value))
    return tuple(found)


def own(param):
    """Tell whether a keyword-only argument of Keras is a class's own, such as `rms_scaling`."""
    return param.name not in OF_ANY_LAYER


def shared(call, signature, param):
    """Return ``(value, mine)``: two attributes may say one thing, as ONNX' `pads` and `auto_pad`."""
    value = call.args.get(param.key)
    if param.key != "padding" or call.framework != "onnx" or "auto_pad" not in signature.by_name:
        return value, True
    word = value.__class__ is str
    if param.name == "auto_pad":
        return (AUTO_PAD.get(value, value), True) if word else ("NOTSET", False)
    return (None, False) if word else (value, True)


def filled(step, param, value):
    """Return an argument that was not given: a default, or what the input says."""
    args, framework = step.call.args, step.call.framework
    if param.default is REQUIRED and value is None:
        if param.key == "filters":
            return Argument(param.name, features(step, "out"), "open")
        return Argument(param.name, told_by_input(step, param), "from the input")
    if value is None and param.key in OF_WINDOWS and step.facts.windows and "kernel" in args:
        place = OF_WINDOWS[param.key]
        windows = step.facts.windows
        if all(window is not None and len(window) > place for window in windows):
            base = param.key == "stride" and any(window.flip for window in windows)
            value = tuple(window[5 if base else place] for window in windows)
    if value is None and param.key == "data_format" and framework == "keras":
        value = "channels_last"
    return Argument(param.name, value, "default")


def told_by_input(step, param):
    """Return what the input says of an argument that a terse spec may leave out."""
    if param.key == "normalized_shape":
        return step.shapes[0][-1:]
    if param.key == "in2_features":
        return step.shapes[1][-1]
    return features(step, "in")


def features(step, end):
    """Return the number of channels going in or out, from the shapes that the layer has them in."""
    site = step.site
    shape = step.shapes[0] if end == "in" else step.facts.output
    if step.call.layer.rank is not None and len(shape) > step.call.layer.rank:
        return shape[-step.call.layer.rank - 1] if site.channels_first else shape[-1]
    weights = step.facts.weights
    if any("in" in weight.layout.split() or "out" in weight.layout.split() for weight in weights):
        return shape[-1] if shape else None
    if weights:
        return weights[0].shape[0] if len(weights[0].shape) == 1 else weights[0].shape
    # Without weights to count, a normalisation's channels still stand where they do.
    return shape[1] if len(shape) > 1 else None


def written_as(text, span):
    """Return an argument's value as it was written, without its key; None where that is not known."""
    start, end = span
    words = text[start:end].strip()
    if not words:
        return None
    key, equals, value = words.partition("=")
    return value.strip() if equals and key.strip().isidentifier() else words


def plain(words):
    """Return a value's text without what does not tell values apart."""
    return words.strip("'\"").replace(" ", "").strip("()[]").rstrip(",").lower()


def shown(value):
    """Return a value for people, in full.

    Examples
    --------
    >>> shown((7, 7)), shown(((0, 1), (2, 2))), shown(None), shown(True)
    ('7, 7', '0:1, 2:2', 'none', 'true')
    """
    if value is None or value.__class__ is bool:
        return str(value).lower()
    if value.__class__ is str:
        return value
    if value.__class__ is Named:
        given = ", ".join((f"{arg.key}=" if arg.key else "") + shown(arg.value) for arg in value.args)
        return f"{value.name}({given})"
    if isinstance(value, tuple):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            if all(item[0] == item[1] for item in value):
                return ", ".join(str(item[0]) for item in value)
            return ", ".join(f"{item[0]}:{item[1]}" for item in value)
        return ", ".join(map(shown, value)) if value else "()"
    return str(value)


def of_weight(name, args, what):
    """Return what an argument names for a weight: its initializer, regularizer or constraint; or None.

    Examples
    --------
    >>> of_weight("bias", {"bias_initializer": "zeros"}, "initializer"), of_weight("weight", {}, "initializer")
    ('zeros', None)
    """
    for stem in (name, name.removesuffix("_kernel"), *(("depthwise",) if name == "kernel" else ())):
        if f"{stem}_{what}" in args:
            return args[f"{stem}_{what}"]
    return None
