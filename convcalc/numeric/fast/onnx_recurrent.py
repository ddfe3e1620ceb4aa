"""ONNX' recurrent operators: the input's part of every step in one product, then a step after another."""

import numpy as np

from convcalc.errors import SpecError
from convcalc.layers.onnx_recurrent import GATES
from convcalc.numeric.fast.pointwise import sigmoid
from convcalc.numeric.node import Kernel

FUNCTIONS = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda x: np.maximum(x, x.dtype.type(0))}
DEFAULTS = {"LSTM": ("sigmoid", "tanh", "tanh"), "GRU": ("sigmoid", "tanh"), "RNN": ("tanh",)}


def recurrent(step):
    """Return the rule of an operator by its step: ``step(node, parts, state, matrix, bias, functions)``."""

    def rule(node):
        a, ways = node.args, 2 if node.args["direction"] == "bidirectional" else 1
        each = functions(node, ways)
        hidden, rows = a["hidden_size"], GATES[node.type] * a["hidden_size"]
        steps, batch = node.shape[:2] if a["layout"] == 0 else node.shape[1::-1]

        def run(inputs, weights):
            (x,) = inputs
            x = x if a["layout"] == 0 else x.swapaxes(0, 1)
            states = np.empty((steps, ways, batch, hidden), x.dtype)
            last = []
            for way in range(ways):
                backwards = way == 1 or a["direction"] == "reverse"
                bias = weights["B"][way] if "B" in weights else np.zeros(2 * rows, x.dtype)
                parts = x @ weights["W"][way].T + bias[:rows]
                state = [start(a, weights, name, way, (batch, hidden), x.dtype) for name in ("initial_h", "initial_c")]
                for at in range(steps)[:: -1 if backwards else 1]:
                    state = step(node, parts[at], state, weights["R"][way].T, bias[rows:], each[way])
                    states[at, way] = state[0]
                last.append(state)
            if a["output"]:
                y = np.stack([state[a["output"] - 1] for state in last])
                return y if a["layout"] == 0 else y.swapaxes(0, 1)
            return states if a["layout"] == 0 else states.transpose(2, 0, 1, 3)

        own = node.bytes(steps, batch, rows) * 2 + node.bytes(*node.weights[1].shape[1:])
        return Kernel(run, own + node.bytes(steps, ways, batch, hidden) + 24 * node.bytes(batch, rows))

    return rule


def start(a, weights, name, way, shape, dtype):
    """Return the first state of a direction: a weight, values, or zeros."""
    held = weights.get(name)
    if held is None and a.get(name) is not None:
        held = np.asarray(a[name], dtype)
    if held is None or not held.ndim:
        return np.full(shape, 0 if held is None else held, dtype)
    return held[way] if a["layout"] == 0 else held[:, way]


def functions(node, ways):
    """Return the activations of each direction; refuse what is not computed here."""
    a, own = node.args, DEFAULTS[node.type]
    names = [name.lower() for name in a["activations"] or own * ways]
    unusual = a["clip"] is not None or a.get("input_forget") or len(names) != len(own) * ways
    if unusual or not set(names) <= set(FUNCTIONS):
        raise SpecError(
            "bad_combination",
            f"{node.type} is computed with Sigmoid, Tanh and Relu alone, and without clip and input_forget.",
            hint="Leave activations, clip and input_forget out.",
        )
    each = [FUNCTIONS[name] for name in names]
    return [each[way * len(own) : (way + 1) * len(own)] for way in range(ways)]


def lstm(node, parts, state, matrix, bias, each):
    """Return the state after a step: what is put out, and the cell; the gates are input, output, forget, cell."""
    sigma, squash, out = each
    hidden, cell = state
    i, o, f, c = np.split(parts + hidden @ matrix + bias, 4, -1)
    cell = sigma(f) * cell + sigma(i) * squash(c)
    return [sigma(o) * out(cell), cell]


def gru(node, parts, state, matrix, bias, each):
    """Return the state after a step; the gates are update, reset, hidden."""
    sigma, squash = each
    hidden, n = state[0], node.args["hidden_size"]
    gates = sigma(parts[:, : 2 * n] + hidden @ matrix[:, : 2 * n] + bias[: 2 * n])
    z, r = gates[:, :n], gates[:, n:]
    if node.args["linear_before_reset"]:
        inner = r * (hidden @ matrix[:, 2 * n :] + bias[2 * n :])
    else:
        inner = (r * hidden) @ matrix[:, 2 * n :] + bias[2 * n :]
    new = squash(parts[:, 2 * n :] + inner)
    return [(1 - z) * new + z * hidden, None]


def plain(node, parts, state, matrix, bias, each):
    """Return the state after a step of the operator without gates."""
    return [each[0](parts + state[0] @ matrix + bias), None]


RULES = {"lstm": recurrent(lstm), "gru": recurrent(gru), "rnn": recurrent(plain)}
