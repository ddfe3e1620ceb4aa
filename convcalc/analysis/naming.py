"""What each framework calls its layers: Keras' counted snake case, torch's paths, ONNX's numbers."""

from convcalc.layers.snake import snake


def names(network):
    """Return the name of each call, no two alike; the user's labels win.

    A name that is there already, such as the label of a block's second copy, is counted on as
    Keras counts: ``conv2d``, ``conv2d_1``.
    """
    labels = {call.label for call in network.calls}
    numbers: dict = {}
    used: set = set()
    out: list = []
    for index, call in enumerate(network.calls):
        base = call.label or own_name(call, index)
        number = numbers.get(base, -1) + 1
        name = f"{base}_{number}" if number else base
        while name in used or (name in labels and name != call.label):
            number += 1
            name = f"{base}_{number}"
        numbers[base] = number
        used.add(name)
        out.append(name)
    return out


def own_name(call, index):
    """Return what the framework calls a layer by itself, without the count of its like."""
    if call.framework == "keras":
        return snake(call.layer.type("keras"))
    return call.path or str(index) if call.framework == "torch" else f"{call.layer.type('onnx')}_{index}"
