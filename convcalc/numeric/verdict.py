"""What becomes of the signal, in a sentence where it matters."""

from collections import Counter
from math import log

from convcalc.analysis.moments import moments
from convcalc.analysis.report import Note
from convcalc.initializers import initial, law, made
from convcalc.numeric.expect import POINTWISE, WINDOWED, State, expect

# A layer that keeps so much of a signal is no cause for a word.
STEADY = 0.9, 1.1
# Nor is a network that keeps so much of it in all.
KEPT = 0.5, 2.0
FORMS = {"softmax", "log_softmax", "sigmoid", "sparsemax"}
# What the literature gives an activation, in each framework's own words.
RELU = {"keras": "he_normal", "torch": "kaiming_normal_(nonlinearity='relu')"}
TANH = {"keras": "glorot_normal", "torch": "xavier_normal_(gain=5/3)"}
SELU = {"keras": "lecun_normal", "torch": "kaiming_normal_(nonlinearity='linear')"}
ARGUMENTS = {"'relu'": "relu", "'linear'": "linear", "5/3": 5 / 3}
WANTED = {
    **dict.fromkeys(("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "swish", "mish", "hard_swish"), RELU),
    **dict.fromkeys(("tanh", "softsign", "hard_tanh"), TANH),
    **dict.fromkeys(("selu", "linear"), SELU),
}


def of(program, rows, drawn):
    """Return the `Note` on what becomes of a signal on its way through a network, or None.

    Parameters
    ----------
    program : Program
    rows : sequence of LayerStats
    drawn : sequence of Drawn
    """
    kernels = [i for i, node in enumerate(program.nodes) if node.kind in WINDOWED or node.kind == "dense"]
    if not kernels:
        return None
    last = kernels[-1]
    start, end = rows[kernels[0]].signal.input_rms, left(program, rows, last)
    share = end / start if start else 1.0
    factor = share ** (1 / len(kernels))
    if len(kernels) == 1:
        if STEADY[0] <= share <= STEADY[1]:
            return None
        word = "keeps" if share < 1 else "makes"
        text = f"one such layer {word} {share:.3g} of the signal{better(program, drawn, last, share)}"
    elif KEPT[0] <= share <= KEPT[1] or (STEADY[0] <= factor <= STEADY[1] and 0.1 <= share <= 10):
        return None
    else:
        word = "shrinks" if share < 1 else "grows"
        text = f"the signal {word} {factor:.2f} a layer and is {share:.2g} at layer {last}"
        text += wants(program, drawn, kernels)
    return Note("signal_shrinks" if share < 1 else "signal_grows", text)


def left(program, rows, last):
    """Return the size of what leaves the last kernel with its activation; before one that only gives it a form."""
    signal = rows[last].signal
    behind = follower(program, last)
    if activation_of(program, last) in FORMS:
        return signal.preactivation_std
    return rows[behind].signal.output_rms if behind is not None else signal.output_rms


def follower(program, index):
    """Return the index of an activation layer that follows on a kernel, or None."""
    behind = index + 1
    if behind < len(program.nodes) and program.inputs[behind] == (index,):
        kind = program.nodes[behind].kind
        if kind in POINTWISE or kind in FORMS or kind == "activation":
            return behind
    return None


def activation_of(program, index):
    """Return the name of the activation that a kernel's output goes through, its own or the next layer's."""
    value = program.nodes[index].args.get("activation")
    behind = follower(program, index)
    if value in (None, "linear") and behind is not None:
        node = program.nodes[behind]
        value = node.args["activation"] if node.kind == "activation" else node.kind
    return "linear" if value is None else value if value.__class__ is str else value.name


def wanted(program, drawn, index):
    """Return the initialiser that a kernel's activation wants, None where its variance is what the kernel has."""
    words = WANTED.get(activation_of(program, index))
    own = drawn[index]
    name = words and words.get(own.framework)
    if not name:
        return None
    found = moments(law(called(name), own.weights[0].shape), own.weights[0].shape)
    has = moments(own.laws[0], own.weights[0].shape)
    near = found and has and abs(found.variance - has.variance) <= 0.05 * found.variance
    return None if near else name


def called(name):
    """Return the `Initial` that a text of `WANTED` means."""
    word, _, argument = name.rstrip(")").partition("(")
    key, _, value = argument.partition("=")
    return made(word, "torch", **{key: ARGUMENTS[value]}) if argument else initial(word)


def better(program, drawn, index, share):
    """Return what one layer would keep with the initialiser that its activation wants, where that is nearer to all."""
    name, node = wanted(program, drawn, index), program.nodes[index]
    if name is None:
        return ""
    own = drawn[index]
    spreads = own.spreads()
    shape = own.weights[0].shape
    spreads[own.weights[0].name] = (0.0, moments(law(called(name), shape), shape).variance)
    found = expect(node, [State(0.0, 1.0, True)], spreads)
    behind = follower(program, index)
    if found.state and behind is not None:
        found = expect(program.nodes[behind], [found.state], {})
    if not found.state:
        return f"; {activation_of(program, index)} wants {name}"
    if abs(log(found.state.rms or 1e-300)) >= abs(log(share or 1e-300)):
        # Of a transposed kernel Keras takes the filters for the inputs, and no initialiser mends that.
        return ""
    padded = any(getattr(window, "low", 0) or getattr(window, "high", 0) for window in node.windows)
    why = " (not 1, for the border reads zeros)" if padded and found.state.rms < 0.995 else ""
    return f"; with init={name} it {'keeps' if found.state.rms < 1.005 else 'makes'} {found.state.rms:.3g}{why}"


def wants(program, drawn, kernels):
    """Return what most of the kernels' activations want, where they do not have it."""
    found = Counter(
        (activation_of(program, index), name) for index in kernels if (name := wanted(program, drawn, index))
    )
    if not found:
        return ""
    (word, name), count = found.most_common(1)[0]
    return f"; {word} wants {name}" if count > len(kernels) / 2 else ""
