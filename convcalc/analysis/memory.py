"""What is alive at once: the peak of activation memory at inference."""

from convcalc.analysis.inputs import symbols_of


def peak_bytes(network, shape, rows, width):
    """Return the largest sum of live tensors at inference, and the layer at which it is reached."""
    last_use = {}
    for index, call in enumerate(network.calls):
        for i in call.inputs:
            last_use[i] = index
    first = shape[1:] if shape and shape[0].__class__ is not int else shape
    size = width
    for n in first:
        size = size * n
    live = {-1: size}
    running = size
    peak, where = None, None
    for index, r in enumerate(rows):
        live[index] = r.activation_bytes
        running = running + r.activation_bytes
        if peak is None or larger(running, peak):
            peak, where = running, index
        for i in {*network.calls[index].inputs, index}:
            if last_use.get(i, index) <= index and i in live and not (i == index and i in last_use):
                if i != index or index != len(rows) - 1:
                    running = running - live.pop(i)
    return peak, where


def larger(a, b):
    """Tell whether a size is larger; symbolic ones are compared where every symbol is 1,000."""
    if a.__class__ is int and b.__class__ is int:
        return a > b
    at = dict.fromkeys(symbols_of((a, b)), 1000)
    a, b = (x if x.__class__ is int else x.at(at) for x in (a, b))
    return a > b
