"""ONNX' recurrent operators over a sequence: LSTM, GRU, and the plain one.

Their weights follow from `hidden_size` and the input; a file says their shapes, which then have to
be those.
"""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.shared import TIED
from convcalc.layers.site import Facts, Weight

# How many gates share a weight; of the values of a step and unit, how many operations they take: an
# activation each, and one for every operand beyond the first where they are joined.
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
JOINED = {"LSTM": 9, "GRU": 8, "RNN": 1}
OUTPUTS = {"LSTM": 3, "GRU": 2, "RNN": 2}


def recurrent(site):
    """Size and count a recurrent operator: all states, or the last one."""
    a, shape = site.args, site.shape
    if len(shape) != 3:
        raise site.refuse(
            "wrong_rank", f"{site.type} takes an input of 3 axes (steps, batch, features), not of {len(shape)}.",
            "Give them with -i \"(5, 1, 64)\"; Transpose and Squeeze bring an image's there.",
        )  # fmt: skip
    if a["layout"] not in (0, 1):
        raise site.illegal(f"{site.type}'s layout must be 0 or 1, not {a['layout']}.", "Leave it out.", "bad_value")
    if a["output"] >= OUTPUTS[site.type]:
        raise site.illegal(
            f"{site.type} has {OUTPUTS[site.type]} outputs, and no output {a['output']}.", "Count them from 0.",
            "bad_value", "output",
        )  # fmt: skip
    steps, batch = shape[:2] if a["layout"] == 0 else shape[1::-1]
    if a["layout"] == 1:
        site.note("backend_cannot_run", "onnxruntime does not run layout=1")
    ways, hidden, gates = 2 if a["direction"] == "bidirectional" else 1, a["hidden_size"], GATES[site.type]
    inner = shape[2] if a["W_shape"] is None else site.match(shape[2], a["W_shape"][-1], "in_features")
    weights = weights_of(site, ways, gates * hidden, inner, batch)
    output: tuple
    if a["output"] == 0:
        output = (steps, ways, batch, hidden) if a["layout"] == 0 else (batch, steps, ways, hidden)
    else:
        output = (ways, batch, hidden) if a["layout"] == 0 else (batch, ways, hidden)
    # An unknown batch counts as 1; an unknown length does not.
    cells = steps * (batch if batch.__class__ is int else 1) * ways * hidden
    macs = cells * gates * (inner + hidden)
    biases = 2 if any(weight.name == "B" for weight in weights) else 0
    flops = 2 * macs + cells * (gates * (1 + biases) + JOINED[site.type])
    return Facts(output, weights=weights, macs=macs, flops=flops, field="unknown")


def weights_of(site, ways, rows, inner, batch):
    """Return the weights; refuse a shape that a file says and that is none of theirs."""
    a = site.args
    hidden = a["hidden_size"]
    shapes = {"W": (ways, rows, inner), "R": (ways, rows, hidden), "B": (ways, 2 * rows)}
    layouts = {"W": "direction out in", "R": "direction out in", "B": "direction out"}
    states = (ways, batch, hidden) if a["layout"] == 0 else (batch, ways, hidden)
    told = a["W_shape"] is not None
    if told != (a["R_shape"] is not None):
        raise site.illegal(f"{site.type} has both of its weights' shapes given, or none.", "Give W_shape and R_shape.")
    biased = a["B_shape"] is not None if told else a["bias"]
    names = ["W", "R", *(["B"] if biased else [])]
    names += [name for name in ("initial_h", "initial_c") if a.get(f"{name}_shape") is not None]
    found = []
    for name in names:
        own = shapes.get(name, states)
        given = a.get(f"{name}_shape")
        if given is not None and (
            len(given) != len(own) or any(n.__class__ is int and n != m for n, m in zip(own, given, strict=True))
        ):
            raise site.refuse(
                "wrong_shape",
                f"{site.type} of hidden_size={hidden} has a {name} of ({show(own)}), not ({show(given)}).",
                f"Give {name}_shape=({show(own)}).",
                f"{name}_shape",
            )
        found.append(Weight(name, tuple(given or own), layouts.get(name, "")))
    return tuple(found)


def family(onnx, about, more=""):
    """Return the family of a recurrent operator."""
    word = onnx.lower()
    cell = " initial_c:constant=none initial_c_shape:dims=none" if onnx == "LSTM" else ""
    return Family(
        word, word, recurrent, "hidden_size",
        onnx=(onnx, "hidden_size:count direction:cased(forward|reverse|bidirectional)=forward layout:int=0 "
              "activations:words=none activation_alpha:numbers=none activation_beta:numbers=none clip:number=none "
              f"{more} * W_shape:dims=none R_shape:dims=none B_shape:dims=none initial_h:constant=none "
              f"initial_h_shape:dims=none{cell} output:count0=0 ~bias:bool=true {TIED}"),
        rank_rule="free", example=f"{word} 4", sample="4x6", about=about, aliases=ALIASES,
    )  # fmt: skip


ALIASES = {
    "hidden_size": "units hidden_size",
    **{key: key.lower() for key in ("W_shape", "R_shape", "B_shape")},
}
FAMILIES = (
    family("LSTM", "a recurrent layer of four gates and a cell", "input_forget:int=0"),
    family("GRU", "a recurrent layer of three gates", "linear_before_reset:int=0"),
    family("RNN", "a recurrent layer without gates"),
)
