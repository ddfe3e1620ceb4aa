"""ONNX' recurrent operators by their equations: a sample, a step and a unit at a time."""

import math

import numpy as np

from convcalc.numeric.plain.scalars import sigmoid

FUNCTIONS = {"sigmoid": sigmoid, "tanh": math.tanh, "relu": lambda x: max(x, 0.0)}
DEFAULTS = {"lstm": "sigmoid tanh tanh", "gru": "sigmoid tanh", "rnn": "tanh"}
ORDER = {"lstm": "iofc", "gru": "zrh", "rnn": "i"}


class Weights:
    """The weights of one direction, gate by gate."""

    def __init__(self, node, weights, way):
        self.hidden = node.args["hidden_size"]
        self.order = ORDER[node.kind]
        self.w, self.r = weights["W"][way], weights["R"][way]
        self.b = weights["B"][way] if "B" in weights else np.zeros(2 * len(self.w))

    def of_input(self, gate, unit, x):
        """Return what the input adds to a gate of a unit, with its bias."""
        row = self.order.index(gate) * self.hidden + unit
        return float(self.w[row] @ x + self.b[row])

    def of_state(self, gate, unit, h):
        """Return what the state adds to a gate of a unit, with its bias."""
        row = self.order.index(gate) * self.hidden + unit
        return float(self.r[row] @ h + self.b[len(self.w) + row])


def recurrent(node, inputs, weights):
    """Return all states, or the last one or the last cell."""
    (x,), a = inputs, node.args
    x = x if a["layout"] == 0 else np.swapaxes(x, 0, 1)
    steps, batch = x.shape[:2]
    ways, hidden = len(weights["W"]), a["hidden_size"]
    count = len(DEFAULTS[node.kind].split())
    names = [name.lower() for name in a["activations"] or DEFAULTS[node.kind].split() * ways]
    every = np.empty((steps, ways, batch, hidden))
    last = np.empty((2, ways, batch, hidden))
    for way, sample in np.ndindex(ways, batch):
        own = Weights(node, weights, way)
        each = [FUNCTIONS[name] for name in names[way * count : (way + 1) * count]]
        h, c = (first(a, weights, name, way, sample) for name in ("initial_h", "initial_c"))
        for at in sorted(range(steps), reverse=way == 1 or a["direction"] == "reverse"):
            h, c = STEPS[node.kind](own, x[at, sample], h, c, each, a)
            every[at, way, sample] = h
        last[:, way, sample] = h, c
    if a["output"] == 0:
        return every if a["layout"] == 0 else every.transpose(2, 0, 1, 3)
    return last[a["output"] - 1] if a["layout"] == 0 else np.swapaxes(last[a["output"] - 1], 0, 1)


def first(a, weights, name, way, sample):
    """Return the state before the first step."""
    held = weights.get(name)
    if held is None:
        held = np.asarray(0.0 if a.get(name) is None else a[name], float)
    if not held.ndim:
        return np.full(a["hidden_size"], float(held))
    return held[way, sample] if a["layout"] == 0 else held[sample, way]


def lstm(own, x, h, c, each, a):
    """Return the state and the cell after a step."""
    sigma, squash, out = each
    new, cell = np.empty(len(h)), np.empty(len(h))
    for unit in range(len(h)):
        gate = {g: own.of_input(g, unit, x) + own.of_state(g, unit, h) for g in "iofc"}
        cell[unit] = sigma(gate["f"]) * c[unit] + sigma(gate["i"]) * squash(gate["c"])
        new[unit] = sigma(gate["o"]) * out(cell[unit])
    return new, cell


def gru(own, x, h, c, each, a):
    """Return the state after a step: a share of the one before, the rest new."""
    sigma, squash = each
    units = range(len(h))
    z, r = (np.array([sigma(own.of_input(g, u, x) + own.of_state(g, u, h)) for u in units]) for g in "zr")
    new = np.empty(len(h))
    for unit in units:
        seen = r[unit] * own.of_state("h", unit, h) if a["linear_before_reset"] else own.of_state("h", unit, r * h)
        new[unit] = (1 - z[unit]) * squash(own.of_input("h", unit, x) + seen) + z[unit] * h[unit]
    return new, c


def plain(own, x, h, c, each, a):
    """Return the state after a step."""
    return np.array([each[0](own.of_input("i", u, x) + own.of_state("i", u, h)) for u in range(len(h))]), c


STEPS = {"lstm": lstm, "gru": gru, "rnn": plain}
RULES = dict.fromkeys(STEPS, recurrent)
