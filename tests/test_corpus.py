"""What Keras, torch and onnxruntime answered, recorded by ``python -m tests.live.record``, replayed without them."""

import json
import re
from pathlib import Path

import pytest

import convcalc
from convcalc import layers

CORPUS = Path(__file__).parent / "corpus"
CORPORA = [CORPUS / f"{name}.jsonl" for name in ("keras", "onnx", "torch")]
COUNTS = ("total", "trainable", "non_trainable", "buffers")


def read(path):
    """Return the header of a corpus and its cases."""
    header, *cases = map(json.loads, path.read_text().splitlines())
    return header, cases


def answer(case, framework):
    """Return convcalc's answer to a case, in the form of the corpus."""
    try:
        report = convcalc.shape(case["text"], tuple(case["input"]), framework=framework).to_dict()
    except convcalc.ConvcalcError as error:
        return {"ok": False, "error": f"{error.code}: {error.message}"}
    layer = report["layers"][-1]
    return {
        "ok": True,
        # A size that the framework does not know is an expression of symbols here.
        "output": [None if isinstance(size, str) else size for size in layer["output_shape"]],
        "params": [layer["params"][key] for key in COUNTS],
        "weights": [[weight["name"].rpartition(".")[2], weight["shape"]] for weight in layer["weights"]],
    }


def differs(theirs, ours):
    """Tell whether an answer is not the recorded one; weights may be named in any order."""
    if not theirs["ok"] or not ours["ok"]:
        return theirs["ok"] != ours["ok"]
    same = all(theirs[key] == ours[key] for key in ("output", "params"))
    return not same or sorted(theirs["weights"]) != sorted(ours["weights"])


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.stem)
def test_every_recorded_answer_is_ours(path):
    """Output shapes, parameters, weights, and what is refused."""
    header, cases = read(path)
    wrong = []
    for case in cases:
        ours = answer(case, header["framework"])
        if differs(case, ours):
            wrong.append(f"{case['text']} on {case['input']}\n  theirs {case}\n  ours   {ours}")
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:10])


def test_the_corpora_are_there_and_hold_refusals_too():
    """Keras and torch at least, a couple of thousand cases each, between a tenth and a half of them refused."""
    found = {path.stem: read(path) for path in CORPORA}
    assert {"keras", "torch"} <= set(found)
    for framework, (header, cases) in found.items():
        assert header["framework"] == framework
        assert header["command"].startswith("python -m tests.live.record")
        assert len(cases) > 1500
        assert 0.1 < sum(not case["ok"] for case in cases) / len(cases) < 0.5


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.stem)
def test_every_layer_has_a_recorded_case(path):
    """Of its sizes or of its values: a new layer comes with what its framework says of it."""
    framework = path.stem
    sizes = {name for case in read(path)[1] for name in re.findall(r"(\w+)\(", case["text"])}
    cases = [case["case"] for case in read(CORPUS / "values.jsonl")[1]]
    values = {layer["name"] for case in cases if case["framework"] == framework for layer in each(case)}
    own = [layer for layer in layers.layers() if framework in layer.frameworks()]
    # A layer of any rank has a class of each.
    classes = {layer.word: {layer.type(framework), *(layer.type(framework, n) for n in (3, 4, 5))} for layer in own}

    assert own
    assert [word for word, names in classes.items() if not names & (sizes | values)] == []


def each(case):
    """Yield a case and the layers within it."""
    yield case
    for layer in case.get("layers", ()):
        yield from each(layer)


def test_a_wrong_answer_would_be_seen():
    """One size, count, weight or refusal off is a difference."""
    right = {"ok": True, "output": [1, 2], "params": [3, 3, 0, 0], "weights": [["kernel", [3]]]}
    assert not differs(right, dict(right))
    for key, value in (("output", [1, 3]), ("params", [4, 4, 0, 0]), ("weights", [["kernel", [4]]]), ("ok", False)):
        assert differs(right, {**right, key: value})
        assert differs({**right, key: value}, right)
