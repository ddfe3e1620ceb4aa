"""What each framework calls its layers: Keras' counted snake case, torch's paths, ONNX's numbers."""

from convcalc.analysis.jsonable import port_dict
from convcalc.analysis.report import Port
from convcalc.layers.snake import snake
from convcalc.layers.write import text


class Titles:
    """What the tensors of a network are called.

    Attributes
    ----------
    calls, inputs : list of str
        By the index of a call, and of an input in its order.
    """

    __slots__ = ("calls", "inputs")

    def __init__(self, network):
        self.inputs = [one.name for one in network.inputs]
        self.calls = names(network)

    def of(self, index):
        """Return the name of a call, or of an input by its negative index."""
        return self.calls[index] if index >= 0 else self.inputs[-1 - index]


def ports_dict(network, inputs, outputs):
    """Return the inputs and outputs of a network, whose shapes these are, as JSON has them."""
    titles = Titles(network)
    named = (("inputs", titles.inputs, inputs), ("outputs", map(titles.of, network.ends), outputs))
    return {key: list(map(port_dict, map(Port, names, shapes))) for key, names, shapes in named}


def names(network):
    """Return the name of each call, no two alike and none an input's; the user's labels win.

    A name that is there already, such as the label of a block's second copy, is counted on as
    Keras counts: ``conv2d``, ``conv2d_1``.
    """
    labels = {call.label for call in network.calls}
    numbers: dict = {}
    used = {one.name for one in network.inputs}
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
        return snake(call.args.get("class_name") or call.layer.type("keras"))
    return call.path or str(index) if call.framework == "torch" else f"{call.layer.type('onnx')}_{index}"


def telling(name, call):
    """Tell whether a name says more of a call than the framework's own name for it would.

    >>> from convcalc import api
    >>> calls = api.network("conv2d 8 3 name=stem conv2d 8 3 name=conv2d_7").calls
    >>> [telling(call.label, call) for call in calls]
    [True, False]
    """
    if call.framework == "torch":
        return not name.replace(".", "").isdigit()
    return name.rstrip("0123456789").rstrip("_") != own_name(call, "").rstrip("_")


def labelled(call, name):
    """Return the words that give a call its name in a spec; an ``@`` behind a merge would be an operand."""
    return ("name=" if call.layer.family.operands == "many" else "@") + text(name)
