"""ONNX' attention by its definition: what each query of each head makes of the values."""

import math

import numpy as np

from convcalc.numeric.plain.scalars import exp


def attention(node, inputs, weights):
    """Return for each query the mean of the values, by the shares that its scores give."""
    a = node.args
    flat = len(node.shape) == 3
    number = a["q_num_heads"] if flat else node.shape[1]
    others = a["kv_num_heads"] if flat else node.shapes[1][1]
    q, k, v = inputs[:3]
    mask = weights.get("attn_mask", inputs[3] if len(inputs) > 3 else a["attn_mask"])
    y = np.empty(node.output)
    for sample, head, step in np.ndindex(node.shape[0], number, node.shape[-2]):
        own, other = head, head * others // number
        query = row(q, sample, own, step, number)
        keys = [row(k, sample, other, at, others) for at in range(node.shapes[1][-2])]
        scale = len(query) ** -0.5 if a["scale"] is None else a["scale"]
        scores = [score(a, scale * float(query @ key)) for key in keys]
        for at in range(len(scores)):
            if mask is not None:
                bias = np.broadcast_to(np.asarray(mask, float), (node.shape[0], number, node.shape[-2], len(keys)))
                scores[at] += bias[sample, head, step, at]
            if a["is_causal"] and at > step:
                scores[at] = -math.inf
        top = max((s for s in scores if math.isfinite(s)), default=0.0)
        shares = [exp(s - top) for s in scores]
        total = math.fsum(shares) or 1.0
        found = sum((share / total) * row(v, sample, other, at, others) for at, share in enumerate(shares))
        row(y, sample, own, step, number)[...] = found
    return y


def score(a, value):
    """Return a score, bent towards a limit where there is one."""
    return a["softcap"] * math.tanh(value / a["softcap"]) if a["softcap"] else value


def row(x, sample, head, step, number):
    """Return the features of a head at a step, whichever way the heads are laid out."""
    if x.ndim == 4:
        return x[sample, head, step]
    each = x.shape[-1] // number
    return x[sample, step, head * each : (head + 1) * each]


RULES = {"attention": attention}
