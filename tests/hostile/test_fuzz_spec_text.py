"""Mutated specs and shapes: nothing but a `ConvcalcError` escapes, and nothing takes long."""

import random
import time

import pytest

from convcalc.errors import CODES, ConvcalcError
from convcalc.spec import parse
from convcalc.spec.parse import Reader
from convcalc.spec.program import read_program
from convcalc.spec.scan import clean
from convcalc.spec.shapes import read_shape

SPECS = [
    "conv2d 32 3 s=2 pad=same act=relu",
    "conv2d f=4 k=3x3 p=0:1x0:1 init=truncated_normal(stddev=0.02, seed=None)",
    "[conv1d 32 2 pad=causal d=2^i] * 3 | relu @a add @a",
    "[[conv2d (i+1)*2 i//2 k=ix3 @q]*2 relu @z]*2 add @q -> concat @z @input from=@q name=x",
    "act relu act nn.ReLU() conv2d name='a b' # comment\nrelu",
    'Conv2D(32, 3, strides=(2, 2), padding="same")  @a,\nDense(10, r=keras.regularizers.L2(1e-4))',
    "import keras\nmodel = keras.Sequential([keras.Input(shape=(28, 28, 3)), layers.Conv2D(8, 3), Dense(4),])",
    "nn.Sequential(OrderedDict([('a', nn.ReLU()), ('b', nn.Sequential(nn.Conv2d(3, -8, 3.5e-1)))]))",
    "Sequential(\n  (0): Conv2d(3, k=(7, 7), padding=same)\n  (1-2): 2 x Sequential(\n    (a): ReLU(i=True)\n  )\n)",
    "conv2d init=mylib.inits:Orthonormal(gain=2, x=[1,(2,3),]) k=[3,3] d=-1",
    "conv2d '\u00e9' # \u0441\r\n relu\u00a0",
]
SHAPES = ["28x28x3", "4,28,28,3", "N, ceil((H + 1)/2), 2*W, 3", "(None, 28, ?, any)", "HxWx3"]
PIECES = [
    *"()[]{}|@*=,:^+-/x#'\"\\ \n\t\r.0i_?",
    *(
        "->",
        "1",
        "3x3",
        "conv2d",
        "relu(",
        "Sequential(",
        "nn.",
        '"""',
        "9999999999999999999",
        "1e999",
        "0x",
        "lambda:",
    ),
    *("add", "from=@", "name=", "* 3", "**", "not ", "act ", "import ", "(0): ", " (0-3): 4 x ", "] * 99999", "H", "N"),
    *("\ufeff", "\u00a0", "\u0441", "\ud8ff", "\0", "\udcff", "-" * 50, "(" * 60),
]
NAMES = frozenset(["conv2d", "conv1d", "relu", "act", "dense", "add", "concat"])


def is_layer(word):
    return word.lower() in NAMES


def mutated(chance, text, others):
    """Return `text` with a few pieces cut, put in, repeated or replaced."""
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(1, 8))
        kind = chance.random()
        if kind < 0.25:
            text = text[:start] + text[end:]
        elif kind < 0.6:
            text = text[:start] + chance.choice(PIECES) + text[start:]
        elif kind < 0.75:
            text = text[:start] + chance.choice(PIECES) + text[end:]
        elif kind < 0.85:
            other = chance.choice(others)
            cut = chance.randrange(len(other))
            text = text[:start] + other[cut : cut + chance.randrange(40)] + text[start:]
        elif kind < 0.9:
            text = text[:start] + text[start:end] * chance.choice((2, 20)) + text[end:]
        else:
            point = chance.choice((chance.randrange(128), chance.randrange(0x300), chance.randrange(0x110000)))
            text = text[:start] + chr(point) + text[end:]
    return text


def check_layers(text, layers):
    """Hold that read layers refer to earlier ones, and that the plain pass says what the reader says."""
    assert layers
    for index, layer in enumerate(layers):
        assert all(-1 <= source < index for source in layer.inputs)
        assert 0 <= layer.span[0] <= layer.name_span[0] < layer.name_span[1] <= layer.span[1] <= len(text)
    try:
        again = tuple(Reader(clean(text), is_layer, None, None).read())
    except ConvcalcError:
        again = read_program(text)  # of statements and no spec
    assert layers == again


@pytest.mark.parametrize("seed", range(4))
def test_mutated_specs(seed):
    chance = random.Random(seed)
    slowest = read = 0
    for _ in range(4000):
        text = mutated(chance, chance.choice(SPECS), SPECS)
        start = time.process_time()
        try:
            layers = parse(text, is_layer, lambda: NAMES)
        except ConvcalcError as error:
            check_error(text, error)
        else:
            slowest = max(slowest, 0 if len(layers) > 1000 else time.process_time() - start)
            read += 1
            check_layers(text, layers)
    assert read > 100
    assert slowest < 0.25


@pytest.mark.parametrize("seed", range(2))
def test_mutated_shapes(seed):
    chance = random.Random(seed)
    read = 0
    for _ in range(2000):
        text = mutated(chance, chance.choice(SHAPES), SHAPES)
        try:
            typed = read_shape(text)
        except ConvcalcError as error:
            check_error(text, error)
        else:
            read += 1
            assert typed.dims
    assert read > 100


def check_error(text, error):
    """Hold that an error has a known code, a message that can be shown, and a place in its text."""
    assert error.code in CODES
    assert error.exit_code in (2, 4)
    assert error.message.isprintable()
    assert len(error.message) < 500
    assert error.text == text or error.span is None or error.exit_code == 4
    if error.span is not None:
        assert 0 <= error.span[0] <= error.span[1] <= len(text)


HUGE = {
    "parentheses": "(" * 65000,
    "brackets": "[" * 65000,
    "quotes": "conv2d '" * 8000,
    "triple quotes": 'Conv2D("""' * 6000,
    "one quote": "'" * 65000,
    "backslashes": "relu '" + "\\" * 60000,
    "dots": "conv2d " + "a." * 32000,
    "keys": "conv2d " + "k=" * 30000,
    "axes": "conv2d k=" + "1x" * 31000 + "1",
    "sum": "conv2d k=" + "1+" * 31000 + "1",
    "signs": "conv2d k=" + "-" * 60000 + "1",
    "minus": "conv2d " + "-1.5 " * 12000 + " ",
    "counters": "[conv1d " + "i " * 30000 + "] * 100000",
    "operands": "relu @a [add " + "@a " * 20000 + "] * 100000",
    "many operands": "relu @a add " + "@a " * 20000,
    "blocks": "[relu]" * 10000,
    "nested blocks": "[" * 99 + "relu" + "]" * 98 + "] * 100000",
    "call": "Conv2D(" + "1," * 31000 + ")",
    "call of signs": "Conv2D(" + "-" * 60000 + "1)",
    "call of attributes": "Conv2D(a" + ".a" * 30000 + ")",
    "call of conditions": "Conv2D(" + "1 if 1 else " * 5000 + "1)",
    "calls in calls": "Conv2D(" * 9000,
    "calls": "Conv2D() " * 7000,
    "wide characters": "Conv2D('" + "\u00e9" * 30000 + "'," + "1," * 15000 + ")",
    "imports": "import a\n" * 7000 + "relu",
    "open imports": "from a import (" * 4000,
    "assignments": "a = b(" * 9000,
    "printed": "Sequential(\n (0): " * 3000,
    "no-break spaces": "relu" + "\u00a0" * 60000,
    "labels": " ".join(f"relu @a{n}" for n in range(5000)),
    "continued lines": "Conv2D(" + "\\\n" * 29000 + ")",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_the_longest_specs_are_read_in_a_moment(text):
    start = time.process_time()
    try:
        assert parse(text, is_layer, lambda: NAMES)
    except ConvcalcError as error:
        check_error(text, error)
    assert time.process_time() - start < 5
