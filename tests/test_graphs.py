"""Networks of any form: what is printed of one reads back as the same, and large ones take no longer a layer."""

import json
import random
import sys
import time

import pytest

import convcalc
from convcalc.readers.model import read_model
from convcalc.views import json as as_json
from convcalc.views import plain
from tests.keras_configs import IMAGE, functional, layer

KEEPS = (
    "relu",
    "conv2d 4 3 pad=same",
    "bn",
    "conv2d 4 1 init=truncated_normal(stddev=0.02)",
    "dropout 0.5",
    "act gelu",
)
NAMES = ("a", "res/x", "it's", "my conv", "0", "input_", "output", "relu", "conv2d", "a.b", "re_lu_1")


def drawn(rng):
    """Return the text of a random network: branches, inputs and outputs, shared and unknown layers, odd names."""
    names = list(NAMES)
    rng.shuffle(names)
    inputs = [names.pop() for _ in range(rng.choice([0, 0, 1, 2, 3]))]
    lines = [f"input {rng.choice(('', '(2,8,8,4) ', '8x8x4 '))}name={quoted(name)}" for name in inputs]
    known, shared = list(inputs), {}
    for _ in range(rng.randrange(1, 12)):
        kind = rng.random()
        words = [rng.choice(KEEPS)]
        if kind < 0.3 and known:
            words = [rng.choice(("add", "multiply", "average", "concat axis=1"))]
        elif kind < 0.4:
            words = [f"unknown class_name='my layer' axes=4 weights={rng.choice(('true', 'false'))}"]
        elif kind < 0.5 and shared:
            words = [f"conv2d 4 3 pad=same shared={quoted(rng.choice(list(shared)))}"]
        merge = words[0].split()[0] in ("add", "multiply", "average", "concat")
        if known and rng.random() < 0.4:
            words.append(f"from=@{quoted(rng.choice(known))}")
        if merge:
            words += [f"@{quoted(rng.choice(known))}" for _ in range(rng.choice([1, 1, 2]))]
        if names and rng.random() < 0.5:
            name = names.pop()
            words.append(f"name={quoted(name)}")
            known.append(name)
            if words[0] == "conv2d 4 3 pad=same":
                shared[name] = True
        lines.append(" ".join(words))
    if known and rng.random() < 0.5:
        lines.append(f"output {' '.join(f'@{quoted(name)}' for name in rng.choices(known, k=rng.choice([1, 2, 3])))}")
    return "\n".join(lines)


def quoted(name):
    return "'" + name.replace("'", "\\'") + "'"


def again(report):
    """Return the report of what is printed of a report."""
    source = read_model(as_json.render(report), "printed")
    return convcalc.shape(source.text, source.input, source.framework)


def answered(text):
    """Return the report of a text; None where channels or batches of two inputs do not go together."""
    try:
        return convcalc.shape(text, None if text.startswith("input") else (2, 8, 8, 4))
    except convcalc.ConvcalcError:
        return None


TEXTS = [drawn(random.Random(seed)) for seed in range(80)]
REPORTS = [(text, report) for text, report in ((text, answered(text)) for text in TEXTS) if report]


@pytest.mark.parametrize(("text", "report"), REPORTS, ids=range(len(REPORTS)))
def test_what_is_printed_reads_back(text, report):
    # How an input was read is no matter of the network: what is printed is the tensor's own shape.
    assert again(report).to_dict() == {**report.to_dict(), "reading": None}, text


def test_most_of_those_are_networks():
    """The test above must not be about refusals alone, nor about chains."""
    assert len(REPORTS) > 50
    for count in (1, 2, 3):
        assert any(len(report.inputs) == count for _, report in REPORTS)
        assert any(len(report.outputs) == count for _, report in REPORTS)


def chain(n):
    """A long chain as spec text."""
    return convcalc.shape("conv2d 4 1 | " + "relu | " * (n - 1) + "relu", (1, 8, 8, 4))


def wide(n):
    """One tensor that many layers read, whose outputs one layer joins."""
    return convcalc.shape(
        f"relu @a | {' | '.join(f'relu from=@a @b{i}' for i in range(n))} | concat " + "@b0 " * n, (1, 8, 8, 4)
    )


def blocks(n):
    """Blocks of layers with names of their own, which are all counted on."""
    return convcalc.shape(f"[ conv2d 4 3 pad=same @a | relu | add @a name=s ] * {n // 3}", (1, 8, 8, 4))


def unknown(n):
    """Layers of which nothing is known."""
    return convcalc.shape(f"[ unknown class_name=x axes=3 ] * {n}", (1, 8, 4))


def keras(n):
    """A Keras file; half of its layers read the same tensor."""
    layers = [IMAGE]
    for i in range(n):
        source = layers[-1]["name"] if i % 2 else "image"
        layers.append(layer("ReLU", f"layer_{i}", source))
    ends = [[entry["name"], 0, 0] for entry in layers[1:]]
    return convcalc.shape(read_model(json.dumps(functional(*layers, outputs=ends)), "model").text)


def taken(form, n, *more):
    """Return the seconds of the processor that a network takes, in a stack that leaves no room for recursion."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    begin = time.process_time()
    try:
        report = form(n)
        for one in more:
            one(report)
    finally:
        sys.setrecursionlimit(limit)
    return time.process_time() - begin


@pytest.mark.parametrize(("form", "n"), [(wide, 300), (blocks, 300), (unknown, 1500), (keras, 300)])
def test_a_large_network_takes_no_longer_a_layer(form, n):
    """Five times the layers take about five times as long, and none of it goes deeper into the stack."""
    more = [plain.render, *([again] if form is not unknown else [])]
    less, most = (taken(form, many, *more) for many in (n, 5 * n))
    assert most < 12 * less


def test_twenty_thousand_layers():
    less, most = (taken(chain, n) for n in (2000, 20_000))
    assert most < 25 * less


def test_json_of_many_layers_has_a_line_a_layer(monkeypatch):
    """And is the same JSON."""
    report = convcalc.shape("[ conv2d 4 1 | relu ] * 10", (1, 8, 8, 4))
    usual = as_json.render(report)
    monkeypatch.setattr(as_json, "MANY", 20)
    dense = as_json.render(report)
    assert json.loads(dense) == json.loads(usual)
    assert sum(line.startswith('    {"index":') for line in dense.splitlines()) == 20


def test_an_input_that_nothing_takes_reads_back():
    """Where it is not known what feeds a layer; but a shape that was given stays, and an output that is the input."""
    for text in ("relu from=? | conv2d 4 3", "input (2,8,8,4) @a | relu from=?", "input @a | relu from=? | output @a"):
        report = convcalc.shape(text)
        assert again(report).to_dict() == report.to_dict(), text
        assert (report.input_shape is None) == ("@a" not in text)
