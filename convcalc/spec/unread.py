"""Keras' layers that pasted code may name and the catalogue does not: second names, and layers without a rule."""

import ast

from convcalc.layers.keeps import KEEPS
from convcalc.spec.code import value
from convcalc.spec.tree import Arg, Layer

_POOLS = {"Max": "Max", "Avg": "Average", "GlobalMax": "GlobalMax", "GlobalAvg": "GlobalAverage"}
# What Keras itself calls otherwise once it is built.
SECOND = {
    **{f"{a}Pool{r}D": f"{b}Pooling{r}D" for a, b in _POOLS.items() for r in (1, 2, 3)},
    **{f"Convolution{r}D{t}": f"Conv{r}D{t}" for r in (1, 2, 3) for t in ("", "Transpose")},
    **{f"SeparableConvolution{r}D": f"SeparableConv{r}D" for r in (1, 2)},
}
RECURRENT = frozenset(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"))
# With weights, and without; what is in a Lambda is code.
HOLDERS = RECURRENT | frozenset(
    (
        *("AdditiveAttention", "Attention", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "EinsumDense", "GRUCell"),
        *("GroupQueryAttention", "LSTMCell", "MultiHeadAttention", "ReversibleEmbedding", "SimpleRNNCell"),
        *("SpectralNormalization", "StackedRNNCells", "TFSMLayer", "TimeDistributed"),
    )
)
BARE = KEEPS | frozenset(
    (
        *("CategoryEncoding", "CenterCrop", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "Lambda"),
        *("MelSpectrogram", "RandomCrop", "Resizing", "STFTSpectrogram", "StringLookup", "TextVectorization"),
    )
)


def is_unread(bare, prefix):
    """Tell whether a name is that of a Keras layer that has no rule here."""
    return prefix != "torch" and (bare in HOLDERS or bare in BARE)


def unread(source, call, bare, prefix="keras"):
    """Return the layer that stands for one without a rule, of which its class is known and its name."""
    span = source.span(call.func)
    layer = Layer("Unknown", span, prefix, True)
    layer.args = [Arg("class_name", bare, span, span), Arg("weights", bare not in BARE, span, span)]
    if bare in KEEPS:
        layer.args.append(Arg("keeps", True, span, span))
    if bare in RECURRENT:
        # The last step alone, unless all are asked for.
        layer.args.append(Arg("axes", 3 if returns_sequences(call) else 2, span, span))
    for keyword in call.keywords:
        name = keyword.value.value if keyword.value.__class__ is ast.Constant else None
        if keyword.arg == "name" and name and name.__class__ is str:
            layer.label = name, source.span(keyword.value)
    return layer


def input_before(source, call):
    """Return the layer that stands for the input which a first layer without a rule says it takes, or None."""
    for keyword in call.keywords:
        if keyword.arg == "input_shape":
            span = source.span(keyword.value)
            layer = Layer("Input", span, "keras", True)
            layer.args.append(Arg("shape", value(source, keyword.value), span, span))
            return layer
    return None


def returns_sequences(call):
    """Tell whether a recurrent layer, or the one in it, is asked for all of its steps."""
    calls = [call, *[arg for arg in call.args if arg.__class__ is ast.Call]]
    return any(
        keyword.arg == "return_sequences" and getattr(keyword.value, "value", None) is True
        for one in calls
        for keyword in one.keywords
    )
