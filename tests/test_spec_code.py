"""Pasted code: calls, Sequentials, and what torch prints of a model; read as data."""

import json
import warnings
from pathlib import Path

import pytest

from convcalc.errors import LimitError, SpecError
from convcalc.spec import parse
from convcalc.spec.tree import Named

NAMES = frozenset(
    (
        *("conv2d", "dense", "flatten", "relu", "add", "batchnorm2d"),
        *("linear", "leakyrelu", "upsample", "maxpooling2d", "upsamplingnearest2d", "gelu"),
    )
)
CORPUS = Path(__file__).with_name("corpus") / "printed.jsonl"
PRINTED = [json.loads(line) for line in CORPUS.read_text().splitlines()[1:]]


def is_layer(word):
    return word.lower() in NAMES


def read(text):
    return parse(text, is_layer, lambda: NAMES)


def names(text):
    return [(layer.prefix, layer.name) for layer in read(text)]


def test_a_call_with_its_arguments_and_their_places():
    text = 'keras.layers.Conv2D(32, (3, 3), strides=[2, 1], padding="same", activation=keras.activations.relu)'
    (layer,) = read(text)

    assert (layer.name, layer.prefix, layer.call) == ("Conv2D", "keras", True)
    assert [(arg.key, arg.value) for arg in layer.args] == [
        (None, 32),
        (None, (3, 3)),
        ("strides", (2, 1)),
        ("padding", "same"),
        ("activation", "keras.activations.relu"),
    ]
    assert [text[slice(*arg.span)] for arg in layer.args] == [
        "32",
        "(3, 3)",
        "[2, 1]",
        '"same"',
        "keras.activations.relu",
    ]
    assert text[slice(*layer.args[2].key_span)] == "strides"
    assert text[slice(*layer.span)] == text
    assert text[slice(*layer.name_span)] == "keras.layers.Conv2D"


def test_places_count_code_points_over_lines():
    text = "relu |\n Conv2D('\u00e9\U0001f600', 1,\r\n   '\u00e9', k=-2.5, # \u00e9 )\n  p=None)"
    _, layer = read(text)

    assert [text[slice(*arg.span)] for arg in layer.args] == ["'\u00e9\U0001f600'", "1", "'\u00e9'", "-2.5", "None"]
    assert [text[slice(*arg.key_span)] for arg in layer.args[3:]] == ["k", "p"]


def test_named_things_as_values():
    (layer,) = read(
        "Conv2D(3, r=keras.regularizers.L2(1e-4, (1, [2])), a=nn.ReLU(inplace=True), o=mine.Foo(x=Bar()), d=torch.int8)"
    )
    (_, reg, act, own, dtype) = [arg.value for arg in layer.args]

    assert (reg.name, reg.prefix, [arg.value for arg in reg.args]) == ("L2", "keras", [1e-4, (1, (2,))])
    assert (act.name, act.prefix, act.args[0].key, act.args[0].value) == ("ReLU", "torch", "inplace", True)
    assert (own.name, own.prefix) == ("mine.Foo", None)
    assert own.args[0].value == Named("Bar", (), None)
    assert dtype == "torch.int8"


PREFIXES = [
    ("Conv2D(3)", (None, "Conv2D")),
    ("layers.Conv2D(3)", ("keras", "Conv2D")),
    ("tf.keras.layers.Conv2D(3)", ("keras", "Conv2D")),
    ("tensorflow.keras.layers.Conv2D(3)", ("keras", "Conv2D")),
    ("nn.Conv2d(3)", ("torch", "Conv2d")),
    ("torch.nn.Conv2d(3)", ("torch", "Conv2d")),
    ("model = nn.Conv2d(3)", ("torch", "Conv2d")),
    ("self.conv1=nn.Conv2d(3)", ("torch", "Conv2d")),
    ("import torch.nn as nn\nfrom a import (b,\n c)\nnn.Conv2d(3)", ("torch", "Conv2d")),
    ("keras.Input(shape=(28,))", ("keras", "Input")),
    ("InputLayer((28,), name='input')", (None, "InputLayer")),
]


@pytest.mark.parametrize(("text", "expected"), PREFIXES, ids=[text for text, _ in PREFIXES])
def test_prefixes(text, expected):
    assert names(text) == [expected]


def test_calls_and_terse_layers_mix():
    layers = read('Conv2D(3, 3) @a relu | Dense(4, name="d"),\n[ReLU(), Flatten(),] * 2 Add() @a @d from=@input')

    assert [layer.name for layer in layers] == [
        *("Conv2D", "relu", "Dense", "ReLU", "Flatten", "ReLU", "Flatten", "Add")
    ]
    assert [layer.label for layer in layers[:3]] == ["a", None, "d"]
    assert layers[-1].inputs == (-1, 0, 2)
    assert [layer.call for layer in layers[:2]] == [True, False]


def test_a_keras_sequential():
    layers = read(
        "model = keras.Sequential([\n  keras.Input(shape=(28, 28, 3)),\n  Conv2D(8, 3, name='c'),\n"
        "  tf.keras.models.Sequential(layers=[Dense(3), # inner\n  ], name='inner'),\n  layers.ReLU(name=None),\n])\n"
    )

    assert [(layer.prefix, layer.name) for layer in layers] == [
        *(("keras", "Input"), ("keras", "Conv2D"), ("keras", "Dense"), ("keras", "ReLU"))
    ]
    assert [layer.label for layer in layers] == [None, "c", None, None]
    assert {layer.path for layer in layers} == {None}
    assert [layer.inputs for layer in layers] == [(-1,), (0,), (1,), (2,)]


def test_a_bare_sequential_is_that_of_what_it_holds():
    assert names("Sequential([Dense(3)])") == [("keras", "Dense")]
    assert names("Sequential(Linear(3, 4), Sequential(ReLU()))") == [("torch", "Linear"), ("torch", "ReLU")]


PATHS = [
    ("nn.Sequential(nn.ReLU(), nn.Sequential(nn.ReLU(), nn.Sequential(), nn.GELU()), nn.GELU(),)", "0 1.0 1.2 2"),
    ("nn.Sequential(*[nn.ReLU(), nn.ReLU()])", "0 1"),
    ("nn.Sequential(OrderedDict([('a', nn.ReLU()), ['b', nn.Sequential(nn.ReLU())]]))", "a b.0"),
    ("Sequential(collections.OrderedDict({'a': ReLU(), 'b': Sequential(OrderedDict(c=ReLU()))}))", "a b.c"),
    ("relu nn.Sequential(nn.ReLU(), nn.ReLU()) relu", "None 1.0 1.1 None"),
    ("[nn.Sequential(nn.ReLU())]*2", "None None"),
]


@pytest.mark.parametrize(("text", "paths"), PATHS, ids=[text for text, _ in PATHS])
def test_module_paths(text, paths):
    assert paths == " ".join(str(layer.path) for layer in read(text))


def test_keys_of_an_ordered_dict_are_labels():
    layers = read("nn.Sequential(OrderedDict([('a', nn.ReLU()), ('b', nn.GELU())])) add @a")

    assert [layer.label for layer in layers] == ["a", "b", None]
    assert layers[-1].inputs == (1, 0)


ERRORS = [
    ("Conv2q(3)", "unknown_word", "Conv2q", "conv2d"),
    ("foo.Conv2D(3)", "unknown_word", "foo.Conv2D", ""),
    ("keras.Sequential([Foo()])", "unknown_word", "Foo", ""),
    ("Conv2D(3", "syntax", "(", "never closed"),
    ("Conv2D(3]", "syntax", "]", "Write )"),
    ("Conv2D('3)", "syntax", "'", "never closed"),
    ("Conv2D(3))", "syntax", ")", "after a call"),
    ("Conv2D(3) 4", "syntax", "4", "parentheses"),
    ("Conv2D(3) k=4", "syntax", "k=4", "parentheses"),
    ("Conv2D(3)(x)", "syntax", "(", "tensor"),
    ("Conv2D(3 4)", "syntax", "3 4", "comma"),
    ("Conv2D(k=3, 4)", "syntax", ")", "Positional arguments come first."),
    ("Conv2D(3, padding=same)", "bad_value", "same", "in quotes"),
    ("Conv2D(0x3)", "bad_value", "0x3", "Write 3."),
    ("Conv2D(1_0)", "bad_value", "1_0", "Write 10."),
    ("Conv2D(1_0.0)", "bad_value", "1_0.0", "plain digits"),
    ("Conv2D(1e999)", "bad_value", "1e999", "float"),
    ("Conv2D(9223372036854775808)", "bad_value", "9223372036854775808", "2^63"),
    ("Conv2D(3j)", "syntax", "3j", "complex"),
    ("Conv2D(b'a')", "syntax", "b'a'", "bytes"),
    ("Conv2D(...)", "syntax", "...", "no value"),
    ("Conv2D(+3)", "syntax", "+3", "plus sign"),
    ("Conv2D(-x)", "syntax", "-x", "minus sign"),
    ("Conv2D(--3)", "syntax", "--3", "minus sign"),
    ("Conv2D(-True)", "syntax", "-True", "minus sign"),
    ("Conv2D(not 3)", "syntax", "not 3", "minus sign"),
    ("Conv2D(2**3)", "syntax", "2**3", "result"),
    ("Conv2D(*args)", "syntax", "*args", "starred"),
    ("Conv2D(**args)", "syntax", "**", "one by one"),
    ("Conv2D(a=Foo(**args))", "syntax", "args", "read"),
    ("Conv2D(lambda: 3)", "syntax", "lambda: 3", "lambda"),
    ("Conv2D(f'{3}')", "syntax", "f'{3}'", "f-string"),
    ("Conv2D([i for i in x])", "syntax", "[i for i in x]", "comprehension"),
    ("Conv2D({'a': 3})", "syntax", "{'a': 3}", "dict"),
    ("Conv2D(x[0])", "syntax", "x[0]", "index"),
    ("Conv2D(x().y)", "syntax", "x().y", "read"),
    ("Conv2D(x()())", "syntax", "x()()", "read"),
    ("Conv2D(__import__('os').system('x'))", "syntax", "__import__('os').system('x')", "read"),
    ("keras.Sequential([Dense(3)] * 3)", "syntax", "[Dense(3)] * 3", "[ ... ] * 3 around terse layers"),
    ("nn.Sequential(*[nn.ReLU()] * 3)", "syntax", "*[nn.ReLU()] * 3", "[ ... ] * 3 around terse layers"),
    ("keras.Sequential([Dense(3) for _ in x])", "syntax", "[Dense(3) for _ in x]", "comprehension"),
    ("nn.Sequential(nn.ReLU() for _ in x)", "syntax", "(nn.ReLU() for _ in x)", "comprehension"),
    ("keras.Sequential(layers)", "syntax", "layers", "variable"),
    ("nn.Sequential([nn.ReLU()])", "syntax", "[nn.ReLU()]", "brackets"),
    ("keras.Sequential(Dense(3))", "syntax", "Dense(3)", "list"),
    ("keras.Sequential([], foo=3)", "unknown_key", "foo", "foo"),
    ("nn.Sequential(nn.ReLU(), x)", "syntax", "x", "variable"),
    ("nn.Sequential(nn.ReLU(), 3)", "syntax", "3", "missing"),
    ("nn.Sequential(nn.ReLU(), (nn.ReLU(),))", "syntax", "(nn.ReLU(),)", "missing"),
    ("nn.Sequential(OrderedDict([('a', nn.ReLU()), ('a', nn.ReLU())]))", "duplicate_key", "'a'", "'a'"),
    ("nn.Sequential(OrderedDict([('a.b', nn.ReLU())]))", "bad_value", "'a.b'", "dot"),
    ("nn.Sequential(OrderedDict([nn.ReLU()]))", "syntax", "nn.ReLU()", "pairs"),
    ("keras.Sequential([])", "syntax", None, "no layer"),
    ("Dense(3, name='a') Dense(3, name='a')", "duplicate_key", "'a'", "'a'"),
    ("keras.Sequential([Dense(3, name='a'), Dense(3, name='a')])", "duplicate_key", "'a'", "'a'"),
    ("Dense(3, name=4)", "bad_value", "4", "word"),
    ("Dense(" + "(" * 101 + ")" * 102, "syntax", "(", "100"),
    ("Dense(" + "-" * 60000 + "1)", "syntax", "Dense(" + "-" * 60000 + "1)", "too deeply"),
    ("Dense(" + "1+" * 30000 + "1)", "syntax", "Dense(" + "1+" * 30000 + "1)", "too deeply"),
    ("Dense(" + "9" * 5000 + ")", "bad_value", "Dense(" + "9" * 5000 + ")", "2^63"),
    ("Dense(0x" + "f" * 60000 + ")", "bad_value", "0x" + "f" * 60000, "digits"),
    # what torch prints
    ("Sequential(\n  (0): ReLU()\n", "syntax", "(", "the last )"),
    ("Sequential(\n  (0): ReLU()\n  oops\n)", "syntax", "oops", "entry"),
    ("Sequential(\n  (0): ReLU\n)", "syntax", "ReLU", "entry"),
    ("Sequential(\n  (0): ReLU()\n  (0): ReLU()\n)", "duplicate_key", "0", "'0'"),
    ("Sequential(\n  (0-2): 2 x ReLU()\n)", "syntax", "(0-2): 2", "2 layers"),
    ("Sequential(\n  (0): Block(\n    (a): ReLU()\n  )\n)", "syntax", None, "no layer"),
]


@pytest.mark.parametrize(("text", "code", "words", "says"), ERRORS, ids=[ascii(row[0][:50]) for row in ERRORS])
def test_errors(text, code, words, says):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SpecError) as caught:
            read(text)
    error = caught.value

    assert code == error.code
    found = error.span and text[slice(*error.span)]
    assert words == found
    assert says in f"{error.message} {error.hint}"
    assert error.exit_code == 2


def test_python_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (layer,) = read(r"Conv2D('\d')")

    assert layer.args[0].value == r"\d"


@pytest.mark.parametrize("row", PRINTED, ids=[row["text"][13:60].strip() for row in PRINTED])
def test_what_torch_prints(row):
    found = parse(row["text"], lambda word: True)

    names = [layer.args[0].value if layer.name == "Unknown" else layer.name for layer in found]
    assert row["layers"] == [[layer.path, name] for layer, name in zip(found, names, strict=True)]
    assert {layer.prefix for layer in found} <= {"torch"}
    for layer, name in zip(found, names, strict=True):
        assert row["text"][slice(*layer.name_span)] == name
        assert row["text"][layer.span[1] - 1] == ")"


def test_bare_words_are_strings_in_what_torch_prints():
    (layer,) = read("Sequential(\n  (0): Conv2d(3, 8, padding=same, mode='reflect', p=-inf, q=inf)\n)")

    assert [arg.value for arg in layer.args] == [3, 8, "same", "reflect", -float("inf"), float("inf")]


def test_printed_repetitions():
    layers = read(
        "Sequential(\n  (0-1): 2 x Sequential(\n    (2-3): 2 x ReLU()\n    (g): GELU()\n  )\n  (9): ReLU()\n)"
    )

    assert [layer.path for layer in layers] == ["0.2", "0.3", "0.g", "1.2", "1.3", "1.g", "9"]


def test_printed_sequentials_of_one_thing_or_none():
    (layer,) = read("Sequential(\n  (0): Sequential(\n    (a): Sequential(\n      (1): ReLU()\n    )\n  )\n)")

    assert layer.path == "0.a.1"
    # 2^40 empty Sequentials, were they written out
    assert len(read("Sequential(\n  (0): ReLU()\n" + "  (1-2): 2 x Sequential(\n" * 40 + ")" * 41)) == 1


def test_what_torch_prints_and_does_not_take():
    (layer,) = read("Sequential(\n  (0): UpsamplingNearest2d(size=8, mode='nearest')\n)")

    assert [arg.key for arg in layer.args] == ["size"]


@pytest.mark.parametrize(
    "text",
    [
        "Sequential(\n  (0-100000): 100001 x ReLU()\n)",
        "Sequential(\n  (0-999): 1000 x Sequential(\n (0-999): 1000 x ReLU()\n)\n)",
        "Sequential(" + "\n(0-99999): 100000 x Sequential()" * 100 + ")",
        "Sequential(" + "(0-1): 2 x Sequential(" * 99 + "(0): ReLU()" + ")" * 100,
    ],
)
def test_printed_repetitions_are_counted_first(text):
    with pytest.raises(LimitError):
        read(text)
