"""The text of terse networks: what is read of it."""

import pytest

from convcalc.spec import parse
from convcalc.spec.parse import Reader
from convcalc.spec.scan import clean
from convcalc.spec.tree import Named, Pair
from tests.reading import is_layer, read, values

VALUES = [
    ("conv2d 32", [(None, 32)]),
    ("conv2d f=32 K=3", [("f", 32), ("K", 3)]),
    ("conv2d 3,3", [(None, (3, 3))]),
    ("conv2d 3x3", [(None, (3, 3))]),
    ("conv2d (3,3)", [(None, (3, 3))]),
    ("conv2d k=(3, 3)", [("k", (3, 3))]),
    ("conv2d k=[3, 3]", [("k", (3, 3))]),
    ("conv2d k=(3\n,\n3)", [("k", (3, 3))]),
    ("conv2d k=(3,)", [("k", (3,))]),
    ("conv2d k=[3]", [("k", (3,))]),
    ("conv2d k=(3)", [("k", 3)]),
    ("conv2d k=()", [("k", ())]),
    ("conv2d 0x3", [(None, (0, 3))]),
    ("conv2d 1x2x3", [(None, (1, 2, 3))]),
    ("conv2d -1 k=-1x-2", [(None, -1), ("k", (-1, -2))]),
    ("conv2d b=true b=False b=NONE", [("b", True), ("b", False), ("b", None)]),
    ("conv2d true none", [(None, True), (None, None)]),
    ("conv2d pad=same", [("pad", "same")]),
    ("conv2d pad=1:2", [("pad", Pair(1, 2))]),
    ("conv2d pad=0:1x0:1", [("pad", (Pair(0, 1), Pair(0, 1)))]),
    ("conv2d pad=0:1,2:3", [("pad", (Pair(0, 1), Pair(2, 3)))]),
    ("conv2d pad=((0,1),(2,3))", [("pad", ((0, 1), (2, 3)))]),
    ("dropout 0.5 .5 2. 1e-4 -1e-4 2.5E+3", [(None, x) for x in (0.5, 0.5, 2.0, 1e-4, -1e-4, 2500.0)]),
    ("dropout 0.5x.5", [(None, (0.5, 0.5))]),
    ("conv2d 9223372036854775807", [(None, 2**63 - 1)]),
    ("conv2d 'a b' k=\"c, 'd'\"", [(None, "a b"), ("k", "c, 'd'")]),
    ("conv2d k='it\\'s'", [("k", "it's")]),
    ("conv2d k='é'", [("k", "é")]),
    ("conv2d init=mylib.inits:orthonormal", [("init", "mylib.inits:orthonormal")]),
    ("conv2d f=2^3*4 k=7//2 d=-2^2 g=(1+2)*3 s=10-2-3", [("f", 32), ("k", 3), ("d", -4), ("g", 9), ("s", 5)]),
    ("conv2d f=2^3^2", [("f", 512)]),
    ("conv2d f=1+2*3 k=2*3+1 d=1-2*-3", [("f", 7), ("k", 7), ("d", 7)]),
    ("act relu", [(None, "relu")]),
    ("ACTIVATION relu", [(None, "relu")]),
    ("act nn.ReLU", [(None, "nn.ReLU")]),
    ("reshape (-1, 7)", [(None, (-1, 7))]),
]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_values(text, expected):
    found = values(text)

    assert expected == found
    assert [type(value) for _, value in expected] == [type(value) for _, value in found]


def test_named_things_carry_their_arguments():
    (init, reg, custom, module) = [
        value
        for _, value in values(
            "conv2d init=truncated_normal(stddev=0.02, seed=None) reg=l1_l2(1e-5,\n2)"
            " x=mylib.inits:Orthonormal(gain=2) act=nn.LeakyReLU((1, 2), outer=l2([3,], k='x'))"
        )
    ]

    assert (init.name, init.prefix) == ("truncated_normal", None)
    assert [(arg.key, arg.value) for arg in init.args] == [("stddev", 0.02), ("seed", None)]
    assert [(arg.key, arg.value) for arg in reg.args] == [(None, 1e-5), (None, 2)]
    assert (custom.name, custom.args[0].value) == ("mylib.inits:Orthonormal", 2)
    assert (module.name, module.prefix) == ("LeakyReLU", "torch")
    assert module.args[0].value == (1, 2)
    inner = module.args[1].value
    assert isinstance(inner, Named)
    assert [(arg.key, arg.value) for arg in inner.args] == [(None, (3,)), ("k", "x")]


def test_spans_are_those_of_the_text_as_given():
    text = "\ufeffconv2d 32 k=3x3\r\n\u00a0 relu # \u00e9\n| act relu(max_value=6)"
    conv, relu, act = read(text)

    assert text[slice(*conv.span)] == "conv2d 32 k=3x3"
    assert text[slice(*conv.name_span)] == "conv2d"
    assert text[slice(*conv.args[0].span)] == "32"
    assert text[slice(*conv.args[1].key_span)] == "k"
    assert text[slice(*conv.args[1].span)] == "3x3"
    assert text[slice(*relu.span)] == "relu"
    assert text[slice(*act.args[0].span)] == "relu(max_value=6)"
    assert text[slice(*act.args[0].value.args[0].span)] == "6"


NETWORKS = [
    ("conv2d 32 3 relu dense 10", ["conv2d", "relu", "dense"]),
    ("conv2d 32|relu->dense 10", ["conv2d", "relu", "dense"]),
    ("conv2d 3->relu", ["conv2d", "relu"]),
    ("\n\n conv2d 3 |\n relu\n", ["conv2d", "relu"]),
    ("# all\nconv2d 3 # one\n#two\n relu", ["conv2d", "relu"]),
    ("act relu relu", ["act", "relu"]),
    ("act fn=relu relu", ["act", "relu"]),
    ("act\nrelu", ["act", "relu"]),
    ("act | relu", ["act", "relu"]),
    ("nn.relu | keras.layers.conv2d 3", ["relu", "conv2d"]),
    ("[relu] * 3", ["relu"] * 3),
    ("[relu]*2 dense 3", ["relu", "relu", "dense"]),
    ("[relu [dense 3 bn]*2]*2", ["relu", "dense", "bn", "dense", "bn"] * 2),
    ("[[relu]*2]*3", ["relu"] * 6),
    ("[relu | bn]", ["relu", "bn"]),
    ("conv2d 3[relu]*2", ["conv2d", "relu", "relu"]),
]


@pytest.mark.parametrize(("text", "names"), NETWORKS, ids=[text for text, _ in NETWORKS])
def test_networks(text, names):
    layers = read(text)

    assert names == [layer.name for layer in layers]
    assert [(n - 1,) for n in range(len(names))] == [layer.inputs for layer in layers]


def test_the_plain_pass_and_the_full_reader_agree():
    for text in [text for text, _ in NETWORKS + VALUES]:
        assert read(text) == tuple(Reader(clean(text), is_layer, None, None).read())


def test_the_counter_counts_copies():
    layers = read("[conv1d (i + 1)*2 2 k=ix3 pad=i:i d=2^i init=l2(i)] * 3")

    assert [layer.args[0].value for layer in layers] == [2, 4, 6]
    assert [layer.args[2].value for layer in layers] == [(0, 3), (1, 3), (2, 3)]
    assert [layer.args[3].value for layer in layers] == [Pair(0, 0), Pair(1, 1), Pair(2, 2)]
    assert [layer.args[4].value for layer in layers] == [1, 2, 4]
    assert [layer.args[5].value.args[0].value for layer in layers] == [0, 1, 2]


def test_the_counter_is_that_of_the_innermost_block():
    layers = read("[conv1d i [conv1d i] * 3] * 2 [[conv1d i]*2]*2")

    assert [layer.args[0].value for layer in layers] == [0, 0, 1, 2, 1, 0, 1, 2, 0, 1, 0, 1]


def test_copies_without_the_counter_share_their_arguments():
    first, second = read("[conv2d 32 3] * 2")

    assert first.args is second.args


def test_a_quoted_counter_is_a_word():
    assert [layer.args[0].value for layer in read("[conv1d 'i']*2")] == ["i", "i"]


LABELS = [
    ("relu @a bn add @a", [(-1,), (0,), (1, 0)]),
    ("relu name=a bn add @a", [(-1,), (0,), (1, 0)]),
    ("relu @a bn @b concat @a @b @input", [(-1,), (0,), (1, 0, 1, -1)]),
    ("relu @a bn dense 3 from=@a", [(-1,), (0,), (0,)]),
    ("relu bn from=@input", [(-1,), (-1,)]),
    ("relu @a add from=@a @a", [(-1,), (0, 0)]),
    # a block's labels are its copy's own, outside it the last copy's
    ("[relu @a bn add @a] * 2", [(-1,), (0,), (1, 0), (2,), (3,), (4, 3)]),
    ("[relu @a bn] * 2 add @a", [(-1,), (0,), (1,), (2,), (3, 2)]),
    ("relu @a [bn add @a] * 2", [(-1,), (0,), (1, 0), (2,), (3, 0)]),
    ("relu @a [add @a bn @a] * 2 add @a", [(-1,), (0, 0), (1,), (2, 0), (3,), (4, 4)]),
    ("relu @a [bn @a add @a] * 2", [(-1,), (0,), (1, 1), (2,), (3, 3)]),
    ("[relu @a] * 2 bn @a add @a", [(-1,), (0,), (1,), (2, 2)]),
    ("[relu from=@input] * 2", [(-1,), (-1,)]),
    ("[[relu @a]*2 add @a]*2 add @a", [(-1,), (0,), (1, 1), (2,), (3,), (4, 4), (5, 4)]),
]


@pytest.mark.parametrize(("text", "inputs"), LABELS, ids=[text for text, _ in LABELS])
def test_labels(text, inputs):
    assert inputs == [layer.inputs for layer in read(text)]


def test_labels_and_operands_are_told_apart():
    relu, add = read("relu @a add @a name=sum")

    assert (relu.label, relu.operands) == ("a", False)
    assert (add.label, add.operands) == ("sum", True)
    assert parse("relu @a bn @a", is_layer, is_merge="bn".__eq__)[1].inputs == (0, 0)
