"""What each framework calls its layers: Keras' counted snake case, torch's paths, ONNX's numbers."""


def names(network):
    """Return the name of each call; the user's labels win."""
    framework = network.framework
    if framework == "keras":
        return keras_names(network.calls)
    if framework == "torch":
        return [c.label or c.path or str(i) for i, c in enumerate(network.calls)]
    return [c.label or f"{c.layer.type('onnx')}_{i}" for i, c in enumerate(network.calls)]


def keras_names(calls):
    """Return Keras' automatic names: ``conv2d``, ``conv2d_1``, counted a class."""
    seen = {}
    out = []
    for call in calls:
        base = snake(call.layer.type("keras"))
        number = seen.get(base, 0)
        if call.label:
            out.append(call.label)
            continue
        seen[base] = number + 1
        out.append(f"{base}_{number}" if number else base)
    return out


def snake(name):
    """Return a class name as Keras writes it.

    Examples
    --------
    >>> snake("Conv2DTranspose"), snake("MaxPooling2D"), snake("PReLU")
    ('conv2d_transpose', 'max_pooling2d', 'p_re_lu')
    """
    out = ""
    for before, letter, after in zip(" " + name, name, name[1:] + " ", strict=False):
        # A capital begins a word after a small letter, and before one.
        begins = out and letter.isupper() and (before.islower() or after.islower())
        out += "_" + letter if begins else letter
    return out.lower()
