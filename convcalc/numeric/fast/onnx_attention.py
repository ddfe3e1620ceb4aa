"""ONNX' attention: two products and a softmax, of all heads at once."""

import numpy as np

from convcalc.numeric.node import Kernel


def attention(node):
    """Compute softmax(Q*K' * scale + mask)*V."""
    a = node.args
    flat = len(node.shape) == 3

    def apart(x, number):
        return x.reshape(*x.shape[:2], number, x.shape[2] // number).swapaxes(1, 2) if flat else x

    def run(inputs, weights):
        q = apart(inputs[0], a["q_num_heads"])
        k, v = (apart(x, a["kv_num_heads"]) for x in inputs[1:3])
        times = q.shape[1] // k.shape[1]
        if times > 1:
            k, v = (np.repeat(x, times, 1) for x in (k, v))
        scores = q @ k.swapaxes(-1, -2)
        scores *= scores.dtype.type(q.shape[-1] ** -0.5 if a["scale"] is None else a["scale"])
        if a["softcap"]:
            cap = scores.dtype.type(a["softcap"])
            scores = cap * np.tanh(scores / cap)
        mask = weights.get("attn_mask", inputs[3] if len(inputs) > 3 else a["attn_mask"])
        if mask is not None:
            scores = scores + np.asarray(mask, scores.dtype)
        if a["is_causal"]:
            scores[..., np.tri(*scores.shape[-2:]) == 0] = -np.inf
        top = scores.max(-1, keepdims=True, initial=-np.inf)
        scores = np.exp(scores - np.where(np.isfinite(top), top, 0))
        total = scores.sum(-1, keepdims=True)
        # A query that may look at nothing gets nothing.
        y = (scores / np.where(total == 0, 1, total)) @ v
        return y.swapaxes(1, 2).reshape(node.output) if flat else y

    number = (a["q_num_heads"] if flat else node.shape[1]) or 1
    scores = node.bytes(node.shape[0], number, node.shape[-2], node.shapes[1][-2])
    return Kernel(run, 5 * scores + 2 * number * node.bytes(*node.shapes[1]) + 3 * node.bytes(*node.output))


RULES = {"attention": attention}
