"""Arguments that networks seldom have: what both ways give, by hand and of each other, and what is refused."""

import numpy as np
import pytest

import convcalc
from convcalc.api import network
from convcalc.errors import ShapeError, SpecError
from convcalc.numeric.check import difference
from convcalc.numeric.program import Program
from convcalc.readers.files import recognise
from tests.numeric.test_simple import agree
from tests.numeric.ways import none
from tests.onnx_bytes import chain, node

INF, NAN = np.inf, np.nan
# A spec, the framework, the input, what comes out.
VALUES = [
    ("pow 3", "onnx", [-1e200, 1e200, 0.0, -2.0], [-INF, INF, 0, -8]),
    ("pow 0.5", "onnx", [-4.0, 9.0], [NAN, 3]),
    ("pow -1", "onnx", [0.0, -0.0, 4.0], [INF, -INF, 0.25]),
    ("pow -2", "onnx", [0.0, -1e-200], [INF, INF]),
    ("mod b=3", "onnx", [-7.0, 7.0, 6.0, INF], [2, 1, 0, NAN]),
    ("mod b=-3", "onnx", [-7.0, 7.0], [-1, -2]),
    ("mod b=3 fmod=1", "onnx", [-7.0, 7.0], [-1, 1]),
    ("mod b=0", "onnx", [1.0], [NAN]),
    ("cosh", "onnx", [1000.0, -1000.0, 0.0], [INF, INF, 1]),
    ("sqrt", "onnx", [-1.0, 4.0], [NAN, 2]),
    ("cast to=float", "onnx", [0.1, -INF], [0.1, -INF]),
    ("cast to=bool", "onnx", [0.0, -0.5, NAN], [0, 1, 1]),
    ("cast to=int8", "onnx", [300.7, -1.5, 128.0, -129.0], [44, -1, -128, 127]),
    ("cast to=uint16", "onnx", [65537.0, -1.0], [1, 65535]),
    ("cast to=int32", "onnx", [NAN], [0]),
    ("cast to=float16", "onnx", [0.1, 70000.0, -70000.0, 1e-9], [0.0999755859375, INF, -INF, 0]),
    ("cast to=bfloat16", "onnx", [0.1, 1.00390625, 1.01171875], [0.10009765625, 1, 1.015625]),
    ("cast to=bfloat16", "onnx", [0.0, -INF, NAN], [0, -INF, NAN]),
    ("cumsum 0 exclusive=1", "onnx", [1.0, 2.0, 3.0], [0, 1, 3]),
    ("cumsum 0 exclusive=1 reverse=1", "onnx", [1.0, 2.0, 3.0], [5, 3, 0]),
    ("Masking(2.0)", "keras", [[[2.0, 2.0], [2.0, 1.0]]], [[[0, 0], [2, 1]]]),
    ("Activation(None)", "keras", [[-1.0, 2.0]], [[-1, 2]]),
    ("Softmax(axis=(0, 1))", "keras", [[0.0, 0.0], [0.0, 0.0]], [[0.25, 0.25], [0.25, 0.25]]),
    ("nn.Softmax(0)", "torch", 3.0, 1),
    ("nn.LogSoftmax(0)", "torch", 3.0, 0),
    ("identity @a | add @a", "onnx", 3.0, 6),
    ("reshape shape=(1,)", "onnx", 3.0, [3]),
    ("mean", "onnx", [1.0, 2.0], [1, 2]),
    ("pad mode=reflect pad=(0:0,0:0)", "onnx", [[1.0], [2.0]], [[1], [2]]),
    ("quantizelinear y_scale=(0.5,0.25) y_zero_point=(1,2) axis=0", "onnx", [[1.0], [-0.3]], [[3], [1]]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "framework", "x", "expected"), VALUES, ids=[f"{v[0]} {v[2]}" for v in VALUES])
def test_values_by_hand(spec, framework, x, expected):
    """Of the kernels and of the definitions alike."""
    x = np.asarray(x)
    program = Program(network(spec, framework), x.shape, x.dtype)
    for found in (program.fast(x, none(program)), program.plain(x, none(program))):
        assert np.array_equal(found, expected, equal_nan=True), found


# A spec and a shape that both ways answer alike, with weights that are drawn.
ALIKE = [
    ("matmul 4 name=k | attention 4 2 from=@input @k @k", (2, 3, 8), "onnx"),
    ("attention 2 2 softcap=0.5 is_causal=1 @input @input", (2, 3, 8), "onnx"),
    ("attention 2 2 attn_mask_shape=(3,3) @input @input", (2, 3, 8), "onnx"),
    ("attention scale=0.3 is_causal=1 @input @input", (1, 2, 3, 4), "onnx"),
    ("gru 3 linear_before_reset=1", (4, 2, 5), "onnx"),
    ("lstm 3 initial_h_shape=(1,2,3) output=1", (4, 2, 5), "onnx"),
    ("lstm 3 layout=1 initial_c_shape=(2,1,3) output=2", (2, 4, 5), "onnx"),
    ("rnn 3 initial_h=0.5 direction=bidirectional activations=(Relu,Sigmoid)", (4, 2, 5), "onnx"),
    ("reducemean", (2, 3, 4), "onnx"),
    ("split split=(1,3) axis=1 output=1", (2, 4, 3), "onnx"),
    ("resize sizes=(5,7) axes=(2,3) keep_aspect_ratio_policy=not_larger", (1, 2, 4, 3), "onnx"),
    ("resize sizes=(5,7) axes=(2,3) keep_aspect_ratio_policy=not_smaller", (1, 2, 4, 3), "onnx"),
    ("Embedding(5, 3, lora_rank=2)", (2, 4), "keras"),
    ("nn.Embedding(5, 3, max_norm=0.1)", (2, 4), "torch"),
    ("nn.Embedding(5, 3, max_norm=0.1, norm_type=0)", (2, 4), "torch"),
    ("prelu slope_shape=(3,1)", (2, 3, 4), "onnx"),
    ("gmaxpool1d @a | add @a", (3, 2, 3), "keras"),
    ("layernorm", (0, 3), "keras"),
    ("nn.GroupNorm(1, 3)", (0, 3), "torch"),
]


@pytest.mark.parametrize(("spec", "shape", "framework"), ALIKE, ids=[spec for spec, *_ in ALIKE])
def test_both_ways_answer_alike(spec, shape, framework):
    agree(spec, shape, framework)


REFUSED = [
    ("lstm 3 clip=1.0", (4, 2, 5), "onnx", False, "Sigmoid, Tanh and Relu alone"),
    ("gru 3 activations=(Elu,Tanh)", (4, 2, 5), "onnx", False, "Sigmoid, Tanh and Relu alone"),
    ("nn.RReLU()", (2, 3), "torch", True, "draws its slopes at random"),
    ("StochasticDepth(0.5)", (2, 3), "keras", True, "in training is random"),
    ("BatchNormalization(renorm=True, renorm_clipping=3)", (2, 3), "keras", True, "a mapping of rmin, rmax and dmax"),
]


@pytest.mark.parametrize(("spec", "shape", "framework", "training", "words"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_is_not_computed_is_refused(spec, shape, framework, training, words):
    with pytest.raises((SpecError, ShapeError), match=words) as caught:
        convcalc.forward(spec, np.ones(shape), framework=framework, training=training)
    assert caught.value.layer == 0


class Half:
    """An initialiser of its own, which is built without arguments."""

    def __call__(self, shape, dtype=None):
        return np.full(shape, 0.5)


class Broken:
    """A regulariser of its own, which fails."""

    def __call__(self, w):
        raise KeyError("of ours")


def test_a_class_of_its_own_is_built():
    assert convcalc.initialize(Half, (2,)).tolist() == [0.5, 0.5]
    with pytest.raises(SpecError, match="Broken failed: KeyError: 'of ours'"):
        convcalc.penalty(Broken, [1.0])


def test_a_network_of_two_inputs_takes_no_single_array():
    with pytest.raises(SpecError, match="The network has 2 inputs, and x is 1"):
        convcalc.forward("input 3 @a | input 3 @b | add @a @b", np.ones((1, 3)))


def test_a_network_that_is_no_text_is_computed():
    """What a file holds, whose programs are not kept."""
    data = chain(node("Relu", ["x"], ["y"]), shape=(1, 2))

    assert convcalc.forward(recognise(data, "net").text, np.array([[-1.0, 2.0]])).tolist() == [[0, 2]]


class Parameter:
    """A weight as torch holds it: its numbers are there without its gradient alone."""

    def __init__(self, numbers):
        self.numbers = numbers

    def detach(self):
        return np.array(self.numbers)


def test_weights_as_torch_holds_them():
    """With what torch counts beside them."""
    given = {"weight": Parameter([[1.0, 2.0]]), "other.num_batches_tracked": np.array(3)}

    assert convcalc.forward("nn.Linear(2, 1, bias=False)", [[1.0, 1.0]], given).tolist() == [[3.0]]


def test_numbers_that_are_all_infinite_differ_by_nothing():
    wide = np.array([INF, NAN])

    assert difference(wide, wide, (2,), "one", "other") == (0.0, None)
    assert difference(wide, -wide, (2,), "one", "other")[0] is None


def test_the_row_of_a_padding_index_is_zero():
    """In the signal, of which it then is a part."""
    shares = [
        convcalc.init_stats(f"nn.Embedding(2, 3{more})", (2, 4), images=2).layers[0].signal.zero_fraction
        for more in (", padding_idx=1", "")
    ]

    assert 0 < shares[0] < 1
    assert shares[1] == 0


def test_no_samples_are_refused():
    with pytest.raises(SpecError, match="samples must be an integer of 1 or more, not 0"):
        convcalc.init_stats("dense 3", (1, 2), samples=0)
