"""Python source, pasted or in a file: which network it defines, read as data, and what is not known of one."""

import json
import sys

import pytest

import convcalc
from convcalc.errors import FileError, LimitError, SpecError
from convcalc.readers.files import recognise
from convcalc.spec.program import read_program, write

TORCH = "import torch.nn as nn\n"
KERAS = "import keras\nfrom keras import layers\n"
INPUT = KERAS + "i = keras.Input((4,))\n"
# A module of torch's, up to where its forward begins.
MODULE = TORCH + (
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n"
    "    def forward(self, x):\n        "
)


def filled(text):
    """Return a program with the lines that many begin with."""
    for mark, lines in (("{K}", KERAS), ("{I}", INPUT), ("{T}", TORCH), ("{M}", MODULE)):
        text = text.replace(mark, lines)
    return text


def rows(text):
    """Return ``name spec`` of each layer of a program."""
    return [f"{row.name} {row.spec}" for row in convcalc.shape(text).layers]


@pytest.mark.parametrize(
    ("program", "alike"),
    [
        # what stands around a Sequential
        ("{K}n = 10\nmodel = keras.Sequential([layers.Dense(n), # ten\n])\nmodel.summary()\nmodel.fit(x, y)",
         "Dense(10)"),
        ("model = Sequential()\nmodel.add(Dense(3))\nmodel.add(layers.ReLU())", "Dense(3) | ReLU()"),
        ("model = tf.keras.models.Sequential(); model.add(tf.keras.layers.Dense(3))", "Dense(3)"),
        ("{K}a = keras.Sequential([layers.Dense(3)])\nb = keras.Sequential([a, layers.ReLU()])", "Dense(3) | ReLU()"),
        ("{K}d = layers.Dense(3)\nm = keras.Sequential(layers=[d, layers.ReLU()], name='m')", "Dense(3) | ReLU()"),
        ("{K}ls = [layers.Dense(3)]\nls.append(layers.ReLU())\nm = keras.Sequential(ls)", "Dense(3) | ReLU()"),
        ("def make(n=3):\n    model = Sequential([Dense(n)])\n    return model\n", "Dense(3)"),
        ("def make(n=3):\n    return Sequential([Dense(n)])\nmodel = make()", "Dense(3)"),
        ("{K}shape = (4, 4) + (3,)\nm = keras.Sequential([keras.Input(shape=shape), layers.Flatten()])",
         "keras.Sequential([keras.Input((4, 4, 3)), layers.Flatten()])"),
        ("if __name__ == '__main__':\n    m = Sequential([Dense(3)])\n    m.summary()", "Dense(3)"),
        ("with strategy.scope():\n    m = Sequential()\n    m.add(Dense(3))", "Dense(3)"),
        ("import tensorflow.keras.layers as L\nimport tensorflow as t\nm = t.keras.Sequential([L.Dense(3)])",
         "Dense(3)"),
        ("m = Sequential([\n    MaxPool2D(2, input_shape=(4, 4, 3)), GlobalAvgPool2D(),\n    Dense(3)])\nm.compile()",
         "keras.Sequential([MaxPooling2D(2, input_shape=(4, 4, 3)), GlobalAveragePooling2D(), Dense(3)])"),
        ("{K}i = keras.Input((4,), name='i')\nm = keras.Model({'i': i}, {'o': layers.Dense(3)(i)})",
         "input Nx4 | dense 3"),
        ("def make(n=3):\n    return Sequential([Dense(n)])\nmodel = make(5)", "Dense(5)"),
        ("def make(n=3, *, m=2):\n    return Sequential([Dense(n), Dense(m)])\ndef main():\n    model = make(m=7)",
         "Dense(3) | Dense(7)"),
        ("{K}m = keras.Sequential([layers.Dense(3), layers.Dense(9)])\nm.pop()\nm.trainable = False",
         "Dense(3, trainable=False)"),
        # torch
        ("class Net(nn.Module):\n    def __init__(self, c, n=2):\n        self.net = nn.Sequential(nn.Linear(c, n))\n"
         "net = Net(3, n=5).to('cuda')", "nn.Sequential(nn.Linear(3, 5))"),
        ("net = nn.Sequential(nn.Linear(3, 4)).eval()", "nn.Sequential(nn.Linear(3, 4))"),
        ("{T}net = nn.Sequential(nn.Linear(3, 4)).to(device)\nnet.train()", "nn.Sequential(nn.Linear(3, 4))"),
        ("{T}net = nn.Sequential(nn.Linear(16 * 5 * 5, 4), nn.ReLU(),)", "nn.Sequential(nn.Linear(400, 4), nn.ReLU())"),
        ("{T}c = 8\nls = [nn.Linear(c, 4)]\nls += [nn.ReLU()]\nnet = nn.Sequential(*ls, nn.Linear(4, c // 4))",
         "nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))"),
        ("import torch.nn as tn\nfrom torch.nn import Linear as L\nnet = tn.Sequential(L(3, 4))", "nn.Linear(3, 4)"),
        ("{T}a = nn.Sequential(nn.Linear(3, 4))\nb = nn.Sequential(a, nn.Sequential(nn.ReLU(), nn.Tanh()))",
         "nn.Sequential(nn.Sequential(nn.Linear(3, 4)), nn.Sequential(nn.ReLU(), nn.Tanh()))"),
        ("{T}net = nn.Sequential()\nnet.add_module('fc', nn.Linear(3, 4))\nnet.append(nn.ReLU())",
         "nn.Sequential(OrderedDict([('fc', nn.Linear(3, 4)), ('1', nn.ReLU())]))"),
        ("{T}class Net(nn.Module):\n    def __init__(self, c=3):\n        super().__init__()\n        self.c = c\n"
         "        self.fc = nn.Sequential(nn.Linear(c, 2 * self.c), nn.ReLU())\n",
         "nn.Sequential(nn.Linear(3, 6), nn.ReLU())"),
        ("{T}class Net(nn.Sequential):\n    def __init__(self):\n        "
         "super().__init__(nn.Linear(3, 4), nn.ReLU())\n",
         "nn.Sequential(nn.Linear(3, 4), nn.ReLU())"),
        # Keras' functional code
        ("{K}i = keras.Input((9, 9, 3))\nx = layers.Conv2D(8, 3, padding='same')(i)\ny = layers.ReLU()(x)\n"
         "z = layers.add([x, y])\nz = layers.Concatenate(axis=-1)([z, x])\nm = keras.Model(i, z + z)\n",
         "input Nx9x9x3 | conv2d 8 3 pad=same @conv2d | relu | add @conv2d | concat axis=-1 @conv2d @c | add @c"),
        ("{K}i = keras.Input((4,))\nh = keras.Sequential([layers.Dense(3), layers.ReLU()])\n"
         "m = keras.Model(inputs=[i], outputs=[layers.Dense(2)(h(i, training=False))])",
         "keras.Sequential([keras.Input((4,)), Dense(3), ReLU(), Dense(2)])"),
        ("{K}i = keras.Input((4,))\nd = layers.Dense(4, name='d')\nm = keras.Model(i, d(d(i)))",
         "input Nx4 | dense 4 @d | dense 4 shared=d"),
        ("{K}i = keras.Input((4,))\nx = layers.Dense(3)(i)\nx = layers.Dense(2)(x)", "input Nx4 | dense 3 | dense 2"),
        ("{K}i = keras.Input((4,))\na = keras.Model(i, layers.Dense(3)(i))\nj = keras.Input((4,))\n"
         "m = keras.Model(j, layers.ReLU()(a(j)))", "input Nx4 | dense 3 | relu"),
        ("{K}i = keras.Input((4,))\na = keras.Model(i, layers.Dense(3)(i))\n"
         "m = keras.Model(a.input, layers.ReLU()(a.output))",
         "input Nx4 | dense 3 | relu"),
        # what is seldom written
        ("{K}m = keras.Sequential([layers.Dropout(1 / 4)])", "Dropout(0.25)"),
        ("{K}k = [3, 5]\nm = keras.Sequential([layers.Conv2D(8, k)])", "Conv2D(8, (3, 5))"),
        ("{K}n = 3\nn += 1\nm = keras.Sequential([layers.Dense(n)])", "Dense(4)"),
        ("{K}n = 3\nif q:\n    f().n = 4\nm = keras.Sequential([layers.Dense(n)])", "Dense(3)"),
        ("{K}m = keras.Sequential()\nm.add(layers.Lambda(f, input_shape=(4,), name=''))\nm.add(layers.Dense(3))",
         "keras.Sequential([layers.Lambda(f, input_shape=(4,)), layers.Dense(3)])"),
        ("{I}m = keras.Model(i, layers.concatenate([layers.Dense(4)(i), i], axis=-1, name=None))",
         "input Nx4 | dense 4 | concat axis=-1 @input"),
        ("{I}m = keras.Model(i, layers.add([i, layers.Dense(4)(i)], name='a'))",
         "input Nx4 | dense 4 @d | add from=@input @d"),
        ("{I}m = keras.Model(i, layers.add([layers.add([i, i], name=''), i], name=''))",
         "input Nx4 | add @input | add @input"),
        ("{K}n: int\nm: object = keras.Sequential([layers.Dense(3)])", "Dense(3)"),
        ("{I}s = keras.Sequential([i, layers.Dense(3)])\nm = keras.Model(i, layers.ReLU()(s(i)))",
         "input Nx4 | dense 3 | relu"),
        ("{I}a = keras.Model(i, layers.Dense(3)(i))\ns = keras.Sequential([layers.Dense(4), a])\n"
         "m = keras.Model(i, s(i))", "input Nx4 | dense 4 @a | dense 3"),
        ("{I}a = keras.Model(i, layers.Dense(3)(i))\nm = keras.Sequential([layers.Dense(4)])\nm.add(a)",
         "dense 4 | dense 3"),
        ("{I}d, e = layers.Dense(4), layers.Dense(4)\nm = keras.Model(i, e(e(d(d(i)))))",
         "input Nx4 | dense 4 @dense | dense 4 shared=dense | dense 4 @dense_1 | dense 4 shared=dense_1"),
        ("{I}s = keras.Sequential([layers.Dense(3, name='a')])\nm = keras.Model(i, s(layers.Dense(4, name='a')(i)))",
         "input Nx4 | dense 4 @a | dense 3 @b"),
        # whether it is trained
        ("{K}d = layers.Dense(3)\nd.trainable = False\nm = keras.Sequential([d])", "Dense(3, trainable=False)"),
        ("{K}m = keras.Sequential([layers.Dense(3)])\nm.trainable = 0", "Dense(3, trainable=False)"),
        ("{I}x = layers.Dense(4, trainable=True)(i)\nm = keras.Model(i, layers.Dense(3)(x))\nm.trainable = False",
         "input Nx4 | Dense(4, trainable=False) | Dense(3, trainable=False)"),
        ("{T}m = nn.Sequential(nn.Linear(3, 4))\nm.trainable = False", "nn.Linear(3, 4)"),
        # what torch's classes do
        ("{T}class Net(nn.Sequential):\n    def __init__(self):\n        'Two.'\n        print(2)\n"
         "        super().__init__(nn.Linear(3, 4))", "nn.Linear(3, 4)"),
        ("{T}class Net(nn.Module):\n    def __init__(self):\n        self.net = nn.Sequential(nn.ReLU())\n"
         "    def forward(self):\n        return self.net\n", "nn.Sequential(nn.ReLU())"),
        ("{T}class Net(nn.Module):\n    def __init__(self):\n        self.a = nn.Sequential(nn.ReLU())\n"
         "    def both(self):\n        return nn.Sequential(self.a, nn.Tanh())\n",
         "nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh())"),
        ("{T}class Net(nn.Module):\n    def __init__(self):\n        self.register_module('b', nn.ReLU())\n"
         "        self.c = nn.Sequential(self.b, nn.Tanh())\n", "nn.Sequential(nn.ReLU(), nn.Tanh())"),
        ("{M}return self.fc(x.view(x.shape[0], -1))", "nn.Sequential(nn.Flatten(), nn.Linear(4, 4))"),
        ("{M}return self.fc(x.reshape((x.size(0), -1))).relu()",
         "nn.Sequential(nn.Flatten(), nn.Linear(4, 4), nn.ReLU())"),
        ("{M}return torch.flatten(F.relu(self.fc(x)))",
         "nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Flatten(start_dim=0))"),
    ],
)  # fmt: skip
def test_a_program_is_the_network_that_it_defines(program, alike):
    named = "@" in alike or "{M}" in program  # a layer's inputs go by the names of others
    program = filled(program)
    alike = alike.replace("| concat axis=-1 @conv2d @c |", "| concat axis=-1 @conv2d name=c |")
    mine, theirs = convcalc.shape(program), convcalc.shape(alike)
    mine, theirs = (
        [(row.spec, row.inputs, row.output_shape, row.params) for row in one.layers] for one in (mine, theirs)
    )

    if named:
        mine, theirs = ([(spec, shape, params) for spec, _, shape, params in one] for one in (mine, theirs))
    assert mine == theirs


def test_torch_paths_are_those_of_its_state_dict():
    text = TORCH + (
        "stem = nn.Sequential(OrderedDict([('conv1', nn.Conv2d(3, 8, 3)), ('bn1', nn.BatchNorm2d(8))]))\n"
        "net = nn.Sequential(stem, nn.Sequential(nn.ReLU(), nn.Conv2d(8, 4, 1)))"
    )

    assert [row.name for row in convcalc.shape(text).layers] == ["0.conv1", "0.bn1", "1.0", "1.1"]


NET = (
    TORCH + "import torch.nn.functional as F\nclass Net(nn.Module):\n    def __init__(self, c=3):\n"
    "        self.conv = nn.Conv2d(c, 8, 3)\n        self.pool = nn.MaxPool2d(2)\n        self.fc = nn.Linear(8, 4)\n"
    "        self.head = nn.Sequential(nn.Flatten(), nn.Linear(8, 2))\n    def forward(self, x, y=None):\n"
)  # fmt: skip


def test_a_class_whose_forward_calls_one_layer_after_the_other():
    text = (
        NET + "        x = self.pool(F.relu(self.conv(x)))\n        x = self.pool(x.contiguous())\n"
        "        return self.head(x)\n"
    )
    report = convcalc.shape(text, "3x6x6")

    assert [(row.name, row.type) for row in report.layers] == [
        *(("conv", "Conv2d"), ("1", "ReLU"), ("pool", "MaxPool2d"), ("pool_1", "MaxPool2d")),
        *(("head.0", "Flatten"), ("head.1", "Linear")),
    ]
    assert report.output_shape[1:] == (2,)
    assert convcalc.shape(recognise(text.encode(), "net.py", "head").text, "8").output_shape[1:] == (2,)


@pytest.mark.parametrize(
    ("forward", "words", "says"),
    [
        ("return self.pool(x) + x", "self.pool(x) + x", "no layer that does"),
        ("return torch.cat([x, self.pool(x)], 1)", "torch.cat([x, self.pool(x)], 1)", "no layer that does"),
        ("return self.fc(self.fc(x))", "nn.Linear", "more than once"),
        ("return x.permute(0, 2, 1)", "x.permute(0, 2, 1)", "method 'permute'"),
        ("return x.view(2, 3)", "x.view(2, 3)", "method 'view'"),
        ("return F.max_pool2d(x, 2, 2, 0, 1, True)", "True", "cannot be read"),
        ("if x:\n            return x\n        return self.pool(x)", "x", "more than once"),
        ("if x:\n            return self.pool(x)", "return self.pool(x)", "depends on a condition"),
        ("for _ in range(3):\n            x = self.pool(x)\n        return x", "x", "in a loop"),
        ("return 3", "x", "no tensor"),
        ("pass", "x", "returns nothing"),
    ],
)
def test_what_a_forward_does_not_tell(forward, words, says):
    text = (
        NET.replace("        self.head = nn.Sequential(nn.Flatten(), nn.Linear(8, 2))\n", "") + f"        {forward}\n"
    )
    with pytest.raises(SpecError) as caught:
        convcalc.shape(text)

    assert says in f"{caught.value.message} {caught.value.hint}"
    assert text[slice(*caught.value.span)] == words


def test_the_sequential_of_a_class_whose_forward_does_not_tell():
    report = convcalc.shape(NET + "        return self.head(x) + x\n")

    assert [row.type for row in report.layers] == ["Flatten", "Linear"]


def test_why_a_class_of_which_the_sequential_is_read_is_not_itself():
    with pytest.raises(SpecError, match=r"What 'self\.nothing' returns is not known\.") as caught:
        recognise((NET + "        return self.nothing(x)\n").encode(), "model.py", "Net")

    assert caught.value.line == 10


@pytest.mark.parametrize("head", ["", KERAS])
def test_a_layer_of_keras_without_a_rule_is_a_row_of_unknown_sizes(head):
    text = head + (
        "m = keras.Sequential([\n    layers.RandomFlip('horizontal', input_shape=(8, 8, 3)),\n"
        "    layers.Flatten(),\n    layers.Lambda(lambda x: x * 2, name='twice'),\n])"
    )
    report = convcalc.shape(text)

    assert report.inputs[0].shape[1:] == (8, 8, 3)
    assert [(row.type, row.params.total) for row in report.layers] == [("RandomFlip", 0), ("Flatten", 0), ("Lambda", 0)]
    assert [row.output_shape[1:] for row in report.layers[:2]] == [(8, 8, 3), (192,)]
    assert [note.code for row in report.layers for note in row.notes] == ["unknown_layer"] * 2
    assert [row.name for row in report.layers] == ["random_flip", "flatten", "twice"]


def test_a_recurrent_layer_has_the_axes_that_it_returns():
    many, last = (
        convcalc.shape(f"keras.Sequential([layers.Embedding(9, 4), layers.Bidirectional(layers.LSTM(3{more}))])")
        for more in (", return_sequences=True", "")
    )

    assert (str(many.output_shape), str(last.output_shape)) == ("(N, U1, U2)", "(N, U1)")
    assert [str(one.params.total) for one in (many, last)] == ["P1 + 36"] * 2


def test_a_keras_layer_of_the_program_itself_is_not_evaluated():
    text = KERAS + (
        "class Sampling(layers.Layer):\n    def call(self, inputs):\n        return inputs\n"
        "i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(2)(Sampling(name='s')(layers.Dense(3)(i))))\n"
    )
    report = convcalc.shape(text)

    assert [(row.name, row.type) for row in report.layers] == [
        *(("dense", "Dense"), ("s", "Sampling"), ("dense_1", "Dense")),
    ]
    assert [str(row.output_shape) for row in report.layers] == ["(N, 3)", "(N, U1)", "(N, 2)"]


SEVERAL = TORCH + (
    "class Net(nn.Module):\n    def __init__(self):\n        self.features = nn.Sequential(nn.Linear(3, 4))\n"
    "        self.head = nn.Sequential(nn.Linear(4, 5), nn.ReLU())\n"
    "class Other(nn.Module):\n    def __init__(self, n):\n        self.head = nn.Sequential(nn.Linear(n, 6))\n"
)


@pytest.mark.parametrize(
    ("choice", "specs"),
    [
        ("features", ["dense units=4 in_channels=3"]),
        ("Net.features", ["dense units=4 in_channels=3"]),
        ("Net.head", ["dense units=5 in_channels=4", "relu"]),
    ],
)
def test_one_of_several_is_chosen_by_its_name(choice, specs):
    source = recognise(SEVERAL.encode(), "model.py", choice)

    assert [row.spec for row in convcalc.shape(source.text).layers] == specs


@pytest.mark.parametrize(
    ("choice", "says", "hint"),
    [
        (None, "3 networks are defined here: Net.features (line 4), Net.head (line 5), Other.head (line 8).",
         "Name one: convcalc shape model.py:NAME"),
        ("head", "2 networks are defined here: Net.head (line 5), Other.head (line 8).", "Name one"),
        ("heads", "No Sequential and no model of it is called 'heads'.", "Did you mean 'Net.head'"),
        ("xyz", "No Sequential and no model of it is called 'xyz'.", "Net.head (line 5)"),
    ],
)  # fmt: skip
def test_a_name_that_does_not_choose(choice, says, hint):
    with pytest.raises(SpecError) as caught:
        recognise(SEVERAL.encode(), "model.py", choice)

    assert caught.value.message == says
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


# text, what stands at the fault, what is said of it
UNKNOWN = [
    ("{K}m = keras.Sequential([layers.Dense(n)])", "n", "variable"),
    ("{K}n = f()\nm = keras.Sequential([layers.Dense(n)])", "f", "'f' returns"),
    ("def make(n):\n    return Sequential([Dense(n)])", "n", "'n' is an argument of 'make'"),
    ("{K}m = keras.Sequential()\nfor n in range(3):\n    m.add(layers.Dense(3))",
     "m.add(layers.Dense(3))", "in a loop"),
    ("{K}m = keras.Sequential()\nif deep:\n    m.add(layers.Dense(3))", "m.add(layers.Dense(3))", "under a condition"),
    ("{K}n = 3\nfor _ in x:\n    m = keras.Sequential([layers.Dense(n)])\n    n = 4", "n", "in a loop"),
    ("{K}n = 3\nwhile n:\n    n = 4\nm = keras.Sequential([layers.Dense(n)])", "n", "in a loop"),
    ("{K}n = 3\nif x:\n    n = 4\nm = keras.Sequential([layers.Dense(n)])", "n", "under a condition"),
    ("def make(n=3):\n    return Sequential([Dense(n)])\na, b = make(4), make(5)", "n", "several values"),
    ("def make(n=3):\n    return Sequential([Dense(n)])\na = make(**b)", "n", "several values"),
    ("{T}m = nn.Sequential(nn.ReLU())\nm[0] = nn.GELU()", "m[0]", "not followed"),
    ("{T}m = nn.Sequential(nn.ReLU(), nn.GELU())\ndel m[0]", "m[0]", "not followed"),
    ("{T}m = nn.Sequential(nn.ReLU())\nm.insert(0, nn.GELU())", "m.insert(0, nn.GELU())", "not followed"),
    ("{T}m = nn.Sequential(*[nn.Linear(3, 3) for _ in range(3)])",
     "[nn.Linear(3, 3) for _ in range(3)]", "comprehension"),
    ("{T}m = nn.Sequential(*[nn.Linear(3, 3)] * 3)", "[nn.Linear(3, 3)] * 3", "list times"),
    ("{T}ls = []\nfor n in (1, 2):\n    ls.append(nn.Linear(n, 3))\nm = nn.Sequential(*ls)",
     "ls.append(nn.Linear(n, 3))", "in a loop"),
    ("{K}n = 9**9\nm = keras.Sequential([layers.Dense(n)])", "9**9", "Arithmetic"),
    ("{K}n = 9223372036854775807 * 2\nm = keras.Sequential([layers.Dense(n)])", "9223372036854775807 * 2", "2^63"),
    ("{K}n = 1e308 * 10\nm = keras.Sequential([layers.Dropout(n)])", "1e308 * 10", "2^63"),
    ("{K}n = 'a' * 3\nm = keras.Sequential([layers.Dense(n)])", "'a' * 3", "Arithmetic"),
    ("{K}n = 3 // 0\nm = keras.Sequential([layers.Dense(n)])", "3 // 0", "Arithmetic"),
    ("{K}m = keras.Sequential([keras.applications.VGG16(), layers.Dense(3)])", "keras.applications.VGG16", "to_json()"),
    ("{K}m = keras.Sequential([layers.Dens(3)])", "layers.Dens", "no layer"),
    ("{K}m = keras.Sequential([layers.Dense(unit=3)])", "unit", "takes no 'unit'"),
    ("{T}m = nn.Sequential([nn.ReLU()])", "[nn.ReLU()]", "brackets"),
    ("{K}i = keras.Input((4,))\nm = keras.Model(i, block(i))", "block", "'block' returns"),
    ("{K}def block(x):\n    return x\ni = keras.Input((4,))\nm = keras.Model(i, block(i))",
     "block", "function or a class"),
    ("{K}i = keras.Input((4,))\nm = keras.Model(i)", "keras.Model(i)", "needs its outputs"),
    ("{K}i = keras.Input((4,))\nm = keras.Model(i, 3)", "3", "no tensors"),
    ("{K}i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(3)(i, mode='x'))", "'x'", "called with 'mode'"),
    ("{K}i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(3)(3))", "layers.Dense(3)(3)", "no tensor"),
    ("{K}i = keras.Input((4,))\nm = keras.Model(i, i)", None, "There is no layer"),
    ("{K}i, j = keras.Input((4,)), keras.Input((4,))\nm = keras.Model(i, layers.add([i, j]))",
     "keras.Model(i, layers.add([i, j]))", "an input that the model does not name"),
    ("import os\n\n  x = 3\n", " ", "Python cannot read"),
    ("class Net(nn.Module):\n    pass\nx = 3(", "(", "Python cannot read"),
    ("{K}m = keras.Sequential([layers.Dense(3, name=4)])", "4", "name is a word"),
    ("{K}m = keras.Sequential([layers.Dense(3, name='a'), layers.Dense(3, name='a')])",
     "layers.Dense", "is called 'a'"),
    ("{K}m = keras.Sequential()", "keras.Sequential()", "no layer in it"),
    # names
    ("{I}m = keras.Model(i, layers.add([i, i], name=3))", "3", "name is a word"),
    ("{K}i, j = keras.Input((4,), name=[1]), keras.Input((4,))\nm = keras.Model([j, i], layers.add([i, j]))",
     "[1]", "name is a word"),
    ("{I}m = keras.Model(i, layers.ReLU(name='a')(layers.Dense(4, name='a')(i)))", "layers.ReLU", "is called 'a'"),
    ("{K}i = keras.Input((4,), name='a')\nm = keras.Model(i, layers.Dense(4, name='a')(i))",
     "layers.Dense", "is called 'a'"),
    # calls on tensors
    ("{I}m = keras.Model(i, layers.Dense(3)(i)(i))", "layers.Dense(3)(i)(i)", "This cannot be read"),
    ("{I}j = keras.Input((4,))\na = keras.Model([i, j], layers.add([i, j]))\nm = keras.Model(i, a(i))",
     "a(i)", "2 inputs is called on 1"),
    ("{I}j = keras.Input((4,))\na = keras.Model([i, j], layers.add([i, j]))\nm = keras.Sequential([a])",
     "keras.Model([i, j], layers.add([i, j]))", "2 inputs and 1 outputs stands in a Sequential"),
    ("{I}s = keras.Sequential([layers.Dense(4)])\nif q:\n    s.add(layers.ReLU())\nm = keras.Model(i, s(i))",
     "s.add(layers.ReLU())", "under a condition"),
    ("{I}m = keras.Model(i, layers.ReLU().output)", "layers.ReLU().output", "This cannot be read"),
    ("{I}d = layers.Dense(3)\nm = keras.Model(i, d.output)", "d.output", "no tensors"),
    ("{M}return self.fc.shape[0]", "self.fc.shape[0]", "An index"),
    # what is added or changed
    ("{K}s = keras.Sequential([layers.Dense(4)])\nm = keras.Sequential([s])\nif q:\n    s.add(layers.ReLU())",
     "s.add(layers.ReLU())", "under a condition"),
    ("{K}m = keras.Sequential()\nm.add(3)", "3", "no layer"),
    ("{K}ls = [layers.Dense(3)]\nls.append(layers.Dense(q))\nm = keras.Sequential(ls)", "q", "variable"),
    ("{K}ls = [layers.Dense(3)]\nls.pop()\nm = keras.Sequential(ls)", "ls.pop()", "not followed"),
    ("{K}ls = [layers.Dense(3), 4]\nm = keras.Sequential(ls)", "keras.Sequential(ls)", "This cannot be read"),
    ("{K}n = 4\nm = keras.Sequential([layers.Dense(3), n])", "n", "variable"),
    ("{K}m = keras.Sequential([layers.Dense(3), 4])", "4", "A layer is missing"),
    ("{K}m = keras.Sequential([layers.Dense(3)])\nm.trainable = q", "m.trainable", "not followed"),
    ("{K}d = layers.Dense(3)\nm = keras.Sequential([d])\nd.trainable = q", "d.trainable", "not followed"),
    ("{I}m = keras.Model(i, layers.Dense(3)(i))\nm.trainable = q", "m.trainable", "not followed"),
    ("{I}a = keras.Model(i, layers.Dense(3)(i))\na.trainable = q\nm = keras.Model(i, layers.ReLU()(a(i)))",
     "a.trainable", "not followed"),
    # classes and what is within one another
    ("{T}class Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(q, 4))",
     "q", "variable"),
    ("{T}class Net(nn.Module):\n    def __init__(self):\n        self.register_module(q, nn.ReLU())\n"
     "        self.c = nn.Sequential(self.b)", "self.b", "variable"),
    ("{T}a = nn.Sequential(nn.ReLU())\n" + "a = nn.Sequential(a)\n" * 101, "nn.Sequential(a)", "Over 100"),
    ("{T}d = nn.Linear(3, 3)\nm = nn.Sequential(d, nn.ReLU(), d)", "nn.Linear", "called more than once"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "says"), UNKNOWN, ids=[ascii(row[0][3:60]) for row in UNKNOWN])
def test_what_is_not_known_of_the_network_is_refused_with_its_place(text, words, says):
    text = filled(text)
    with pytest.raises(SpecError) as caught:
        convcalc.shape(recognise(text.encode(), "model.py").text)
    error = caught.value

    assert says in f"{error.message} {error.hint}"
    if words is not None:
        assert text[slice(*error.span)] == words
    assert error.exit_code == 2


@pytest.mark.parametrize(
    "text",
    [
        "m = Sequential([Dense(" + "(" * 300 + ")" * 300 + ")])\nx = 3",
        "m = Sequential([Dense(" + "-" * 50000 + "1)])\nx = 3",
        "m = Sequential([Dense(" + "1+" * 50000 + "1)])\nx = 3",
        "m = Sequential([Dense(" + "9" * 5000 + ")])\nx = 3",
        "import keras\nm = keras.Model(i, " + "f(" * 90 + "x" + ")" * 90 + ")",
        "import keras\nx = keras.Input((3,))\n" + "y = " + " + ".join(["x"] * 900) + "\nm = keras.Model(x, y)",
        "m = Sequential([" * 150 + "])" * 150,
        "import keras\n"
        + "if x:\n"
        + "".join(" " * n + "if x:\n" for n in range(1, 90))
        + " " * 90
        + "m = Sequential([d])",
        "import keras\nn = \x00",
    ],
)
def test_programs_without_end(text):
    with pytest.raises(SpecError):
        convcalc.shape(recognise(text.encode(), "model.py").text)


def test_a_model_called_within_itself_again_and_again():
    text = KERAS + "i = keras.Input((3,))\nm = keras.Model(i, layers.Dense(3)(i))\n"
    text += "m = keras.Model(i, m(m(i)))\n" * 40

    with pytest.raises(LimitError):
        read_program(text)


def test_a_program_of_megabytes():
    with pytest.raises(LimitError):
        recognise(b"import keras\n" + b"x = 3\n" * 200_000, "model.py")


def test_a_network_of_too_many_layers(monkeypatch):
    monkeypatch.setattr(write, "MOST_LAYERS", 9)
    part = TORCH + "a = nn.Sequential(nn.ReLU(), nn.ReLU(), nn.ReLU())\nm = nn.Sequential(a, a, a"

    assert len(read_program(part + ")")) == 9
    with pytest.raises(LimitError, match="over 9 layers"):
        read_program(part + ", nn.Tanh())")


def test_of_many_networks_the_first_are_listed():
    text = TORCH + "".join(f"net{n} = nn.Sequential(nn.ReLU())\n" for n in range(14))

    with pytest.raises(SpecError, match=r"14 networks .* net11 \(line 13\), 2 more\.$"):
        read_program(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import os\nx = f(3)\ny = 4", "a program without a Sequential or a model"),
        ("import keras\nx = 3(", "Python cannot read this call: '(' was never closed."),
        (INPUT + "j = keras.Input((4,))\nx = layers.Dense(3)(i)\n", "a program without a Sequential or a model"),
    ],
)
def test_a_text_that_is_a_program_but_no_network(text, says):
    with pytest.raises(SpecError) as caught:
        convcalc.shape(text)

    assert says in caught.value.message


def test_a_model_of_two_inputs_is_called_on_others():
    text = INPUT + (
        "j = keras.Input((4,))\na = keras.Model([i, j], layers.subtract([i, layers.Dense(4)(j)]))\n"
        "m = keras.Model([i, j], a([j, i]))"
    )
    report = convcalc.shape(text)

    assert [row.inputs for row in report.layers] == [("input_layer",), ("input_layer_1", "dense")]


def test_a_forward_that_returns_two_tensors():
    report = convcalc.shape(MODULE + "x = self.fc(x)\n        return x, F.relu(x)\n", (2, 4))

    assert [(one.name, one.shape) for one in report.outputs] == [("fc", (2, 4)), ("1", (2, 4))]


EMPTY = "class Net(nn.Sequential):\n    def __init__(self):\n        super().__init__()\n"


@pytest.mark.parametrize("text", ["import os\nprint(3)\n", "def f():\n    return 3\n", "class A:\n    pass\n", EMPTY])
def test_a_file_without_a_network(text):
    with pytest.raises(FileError, match="without a Sequential or a model") as caught:
        recognise(text.encode(), "model.py")

    assert caught.value.exit_code == 3
    assert "nn.Sequential" in caught.value.hint


def test_a_file_of_layers_alone_is_a_spec():
    source = recognise(b"import torch.nn as nn\nnn.Conv2d(3, 8, 3)\nact = nn.ReLU()\n", "net.txt")

    assert [row.type for row in convcalc.shape(source.text).layers] == ["Conv2d", "ReLU"]


def test_nothing_of_a_program_is_imported_or_run(tmp_path, cli):
    path = tmp_path / "model.py"
    canary = tmp_path / "canary"
    path.write_text(
        f"import antigravity, {'convcalc_canary'}\nopen({str(canary)!r}, 'w')\n"
        f"from keras import layers\nn = open({str(canary)!r}, 'w') or 3\n"
        "m = keras.Sequential([layers.Dense(3, kernel_initializer=__import__('os').system('true'))])\n"
    )
    answer = cli("shape", str(path))

    assert answer.code == 2
    assert not canary.exists()
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("command", ["shape", "inspect", "init-stats"])
def test_every_command_takes_a_file(command, tmp_path, cli):
    path = tmp_path / "model.py"
    path.write_text(SEVERAL)

    assert cli(command, f"{path}:features").code == 0
    assert cli("diff", f"{path}:features", f"{path}:features").code == 0
    assert cli("check", f"{path}:features", "-i", "3").code == 0
    assert cli(command, f"{path}:heads").code == 2


@pytest.mark.parametrize("words", [(), ("-i", "5")])
def test_an_error_in_a_file_has_its_line_and_column(words, tmp_path, cli):
    path = tmp_path / "model.py"
    path.write_text(TORCH + "net = nn.Sequential(\n    nn.Linear(3, 4),\n    nn.Linear(4, 5, 6, 7, 8, 9))\n")
    answer = cli("shape", str(path), *words)
    assert answer.code == 2
    assert "line 4: Linear's bias" in answer.err
    path.write_text(TORCH + "net = nn.Sequential(\n    nn.Linear(3, 4),\n    nn.Linear(5, 6))\n")
    answer = cli("shape", str(path), *words)
    assert answer.code == 1
    assert "line 3: " in answer.err if words else "line 4: " in answer.err
    assert json.loads(cli("shape", str(path), *words, "--json").err)["error"]["column"] == 15


def test_standard_input_is_recognised_by_what_is_in_it(process):
    answer = process("shape", "-", stdin=SEVERAL.encode())
    assert answer.code == 2
    assert "3 networks are defined here" in answer.err
    answer = process("shape", stdin=(TORCH + "net = nn.Sequential(nn.Linear(3, 4))\n").encode())
    assert (answer.code, answer.err) == (0, "")
    assert "dense units=4" in answer.out
