"""Inputs drawn from the catalogue: networks in every form, the shapes they are asked about, and lines of ``--each``."""

import json
from typing import NamedTuple

from convcalc import layers
from convcalc.layers.declare import FRAMEWORKS
from tests.hostile.corpus import SPECS
from tests.hostile.values import EDGES, INTS, hostile, integer, legal


class Case(NamedTuple):
    """One input: `kind` is "shape", or "each" for a line whose bytes `spec` has as latin-1."""

    kind: str
    spec: str
    input: object = None
    framework: str | None = None
    batch: int | None = None


# (layer, framework) in the catalogue's order; a network draws its framework first.
LAYERS = {f: [layer for layer in layers.layers() if f in layer.frameworks()] for f in FRAMEWORKS}
SYMBOLS = (
    "H",
    "W",
    "N",
    "?",
    "any",
    "None",
    "T",
    "C",
    "Cin",
    "2*H",
    "ceil(H/2)",
    "floor((H + 3)/8)",
    "H*W",
    "floor(0.7*H)",
    "-1",
    "0",
)
SEPARATORS = (" | ", " ", "\n", " -> ", "|", " \r\n")
# Layers of which a repeated block grows something: sizes, channels, strides, phases, the receptive field.
GROWING = (
    "upsample{r}d {n}", "zeropad{r}d {n}", "conv{r}dT 1 {n} {n}", "conv{r}dT 2 3 {n} pad=same", "concat @input",
    "conv{r}d 1 1 {n}", "maxpool{r}d {n} 1 pad=same", "conv{r}d 1 3 d={n} pad=same", "conv{r}d {n} 1",
    "conv{r}d 1 {n} pad=same",
)  # fmt: skip
MERGES = (
    "add @a",
    "concat @a",
    "mul @a @a",
    "concat @input @a axis=1",
    "sub @b",
    "conv2d 3 1 from=@a",
    "relu from=@input",
    "max @input",
)


def call_text(chance, layer, framework):
    """Return a layer as its framework's own call."""
    signature = layer.signature(framework)
    name = layer.type(framework)
    if chance.random() < 0.15:
        name = {"keras": "keras.layers.", "torch": "nn.", "onnx": "onnx."}[framework] + name
    words = []
    positional = True
    for param in signature.params:
        needed = param in signature.required
        if chance.random() > (0.95 if needed else 0.12):
            positional = False
            continue
        value = legal(chance, param, layer.rank, True) if chance.random() * chance.wild < 0.6 else hostile(chance, True)
        positional = positional and chance.random() < 0.6
        words.append(value if positional else f"{param.name}={value}")
    return f"{name}({', '.join(words)})"


def terse_text(chance, layer, framework):
    """Return a layer in terse form, by any of its words and keys."""
    signature = layer.signature(framework)
    words = [chance.choice(layer.words()) if chance.random() < 0.8 else layer.type(framework)]
    if chance.random() < 0.25:
        return layer.example()
    rest = list(signature.order)
    while rest and chance.random() < 0.85:
        param = rest.pop(0)
        words.append(
            legal(chance, param, layer.rank, False) if chance.random() * chance.wild < 0.65 else hostile(chance, False)
        )
    keys = list(signature.terse)
    while keys and chance.random() < 0.4:
        key = chance.choice(keys)
        param = signature.terse[key]
        value = (
            legal(chance, param, layer.rank, False) if chance.random() * chance.wild < 0.65 else hostile(chance, False)
        )
        words.append(f"{key}={value}")
    return " ".join(words)


def one_layer(chance, framework):
    """Return the text of a layer, and the layer."""
    layer = chance.choice(LAYERS[framework])
    write = call_text if chance.random() < 0.35 else terse_text
    return write(chance, layer, framework), layer


def network_text(chance, framework):
    """Return the text of a network, and its first layer."""
    draw = chance.random()
    text, first = one_layer(chance, framework)
    if draw < 0.6:
        return text, first
    texts = [text, *(one_layer(chance, framework)[0] for _ in range(chance.choice((1, 1, 2, 3))))]
    if draw < 0.75:
        return chance.choice(SEPARATORS).join(texts), first
    if draw < 0.77:
        rank = chance.choice((1, 2, 3))
        numbers = (2, 3, 7, 64, 4099, 10**9, 2**62, 2**63 - 1)
        words = [
            chance.choice(GROWING).format(r=rank, n=chance.choice(numbers)) for _ in range(chance.choice((1, 1, 2)))
        ]
        first = next(layer for layer in LAYERS[framework] if layer.rank == rank)
        return f"[{' | '.join(words)}] * {chance.choice((3, 10, 30, 90))}", first
    if draw < 0.8:
        times = chance.choice(
            (0, 1, 1, 2, 2, 2, 3, 3, 5, 10, 10, 33, 100, 400 if chance.random() < 0.95 else 20_000, 10**6, 10**18)
        )
        counter = chance.choice(("", "", " dilation=2^i", " k=i+1", " f=(i+1)*8", " f=2^(9^9)", " pad=i"))
        return f"[{' | '.join(texts)}{counter}] * {times}", first
    if draw < 0.87:
        return f"{texts[0]} @a | {texts[1]} name=b | {chance.choice(MERGES)}", first
    calls = [call_text(chance, chance.choice(LAYERS[framework]), framework) for _ in texts]
    if draw < 0.95 or framework != "torch":
        prefix = chance.choice(("keras.", "tf.keras.", "")) if framework == "keras" else "nn."
        body = ", ".join(calls)
        return (f"{prefix}Sequential([{body}])" if framework == "keras" else f"{prefix}Sequential({body})"), first
    lines = "".join(f"  ({i if chance.random() < 0.9 else '0-2'}): {call}\n" for i, call in enumerate(calls))
    return f"Sequential(\n{lines})", first


def dims(chance, layer):
    """Return sizes for a layer's input, most often as many as it takes."""
    rule, rank = layer.rank_rule, layer.rank
    count = (
        rank + 2 if rule == "spatial" else int(rule[7:]) + 1 if rule.startswith("sample:") else chance.randrange(1, 6)
    )
    if chance.random() < 0.12:
        count = chance.randrange(7)
    draw = chance.random()
    if draw * chance.wild < 0.5:
        return [chance.choice((1, 2, 3, 4, 4, 5, 7, 8, 12, 16, 28, 32, 224)) for _ in range(count)]
    if draw < 0.7:
        return [integer(chance) for _ in range(count)]
    return [
        chance.choice(SYMBOLS) if chance.random() < 0.4 else abs(chance.choice(INTS + EDGES[:2])) for _ in range(count)
    ]


def shape_of(chance, layer):
    """Return an input: None, a text as it would be typed, or the tensor's own shape."""
    draw = chance.random()
    if draw < 0.2:
        return None
    found = dims(chance, layer)
    if draw < 0.35:
        # The sample that the catalogue gives for the example, where it has one.
        return layer.family.sample or "x".join(map(str, found[1:] or [7]))
    if draw < 0.6:
        mark = chance.choice(("x", ",", ", ", "x"))
        text = mark.join(map(str, found[1 if len(found) > 1 and chance.random() < 0.7 else 0 :]))
        return f"({text})" if chance.random() < 0.3 else text
    odd = {"?": None, "None": None, "any": None, "-1": -1, "0": 0}
    return tuple(odd.get(n) if n.__class__ is str else n for n in found)


def draw(chance):
    """Return a `Case` as it might be meant, before it is mutated; of every two one is tame."""
    chance.wild = chance.choice((0.0, 0.6, 0.75, 1.0))
    framework = chance.choice(("keras", "keras", "torch", "torch", "onnx"))
    text, first = network_text(chance, framework)
    if chance.random() < 0.002:
        text = chance.choice(tuple(SPECS.values()))
    given = shape_of(chance, first)
    said = framework if chance.random() < 0.8 else chance.choice((None, None, *FRAMEWORKS))
    batch = chance.choice((1, 4, 0, 2**63 - 1)) if chance.random() < 0.05 else None
    return Case("shape", text, given, said, batch)


def line(chance, case):
    """Return a case as a line of ``--each``."""
    if chance.random() < 0.3:
        text = case.spec
    else:
        record = {"id": chance.choice((1, "a", None, 2**63, "\x1b[31m", 1.5, [1])), "spec": case.spec}
        if case.input is not None:
            record["input"] = case.input
        if case.framework and chance.random() < 0.8:
            record["framework"] = case.framework
        text = json.dumps(record, ensure_ascii=chance.random() < 0.5)
    return case._replace(kind="each", spec=text.encode("utf-8", "surrogatepass").decode("latin-1"))
