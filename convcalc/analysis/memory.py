"""What is alive at once: the peak of activation memory at inference."""

from convcalc.analysis.inputs import symbols_of


def peak_bytes(network, shape, rows, width):
    """Return the largest sum of live tensors at inference, and the layer at which it is reached.

    A tensor lives from the layer that makes it to the last one that reads it; `width` is the bytes
    of one value, and an unknown batch counts as 1. Both are None where a tensor's size is not known.
    """
    if any(row.activation_bytes is None for row in rows):
        return None, None
    # The network's output outlives every layer.
    last_use = {len(rows) - 1: len(rows)}
    for index, call in enumerate(network.calls):
        last_use.update(dict.fromkeys(call.inputs, index))
    running = width
    for n in shape[1:] if shape and shape[0].__class__ is not int else shape:
        running = running * n
    live = {-1: running}
    peak, where = 0, None
    for index, (call, row) in enumerate(zip(network.calls, rows, strict=True)):
        live[index] = row.activation_bytes
        running = running + row.activation_bytes
        if where is None or larger(running, peak):
            peak, where = running, index
        for i in (*call.inputs, index):
            if last_use.get(i, index) <= index and i in live:
                running = running - live.pop(i)
    return peak, where


def larger(a, b):
    """Tell whether a size is larger; symbolic ones are compared where every symbol is 1,000."""
    if a.__class__ is int and b.__class__ is int:
        return a > b
    at = dict.fromkeys(symbols_of((a, b)), 1000)
    a, b = (x if x.__class__ is int else x.at(at) for x in (a, b))
    return a > b
