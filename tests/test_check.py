"""``convcalc check``: what passes, what it catches when a computation is wrong, and what it refuses."""

import json
import re

import jsonschema
import numpy as np
import pytest

import convcalc
from convcalc.numeric import against
from convcalc.numeric.check import difference

NETWORK = "dense 4 @a | dense 4 | add @a | flatten | dense 3"


@pytest.fixture
def broken(monkeypatch):
    """Make the kernel of a dense layer return what a function makes of its output."""

    def plant(change):
        from convcalc.numeric.fast import dense

        right = dense.RULES["dense"]

        def wrong(node):
            kernel = right(node)
            return kernel._replace(run=lambda inputs, weights: change(kernel.run(inputs, weights)))

        monkeypatch.setitem(dense.RULES, "dense", wrong)

    return plant


class Stand:
    """A judge that says what a test makes it say."""

    name = "keras"
    version = "keras 9.9, paper 1.0"

    def __init__(self, answer):
        self.answer = answer

    def run(self, node, inputs, weights):
        return self.answer(node, inputs, weights)


@pytest.fixture
def judged(monkeypatch):
    """Put a judge in the place of the framework."""
    return lambda answer: monkeypatch.setattr(against, "judge_of", lambda *_: Stand(answer))


def masked(text):
    """Without the digits of rounding errors, which are the machine's."""
    return re.sub(r"\d\.\d+e-\d\d", "#.#e-##", text)


def test_it_agrees(cli, golden):
    answer = cli("check", "-i", "9x3", "--batch", "2", NETWORK)
    assert (answer.code, answer.err) == (0, "")
    golden("check.txt", masked(answer.out))


@pytest.mark.parametrize("form", ["csv", "markdown", "jsonl"])
def test_its_other_forms(cli, golden, form):
    golden(f"check_{form}.txt", masked(cli("check", "-i", "9x3", "--batch", "2", NETWORK, "--format", form).out))


def test_its_json_is_the_schema_s(cli, judged):
    judged(lambda node, inputs, weights: np.full(node.output, np.nan, np.float32))
    answer = cli("check", "-i", "9x3", NETWORK, "--against", "keras", "--json")
    data = json.loads(answer.out)
    jsonschema.validate(data, json.loads(cli("schema", "check").out))
    assert [row["against"]["max_error"] for row in data["layers"]] == [None] * 5
    assert (answer.code, data["ok"], data["against"]) == (1, False, "keras 9.9, paper 1.0")


def test_its_json_reads_back_as_a_network(cli, tmp_path):
    path = tmp_path / "net.json"
    path.write_text(cli("check", "-i", "(1,9,3)", NETWORK, "--json").out)
    again = json.loads(cli("check", str(path), "--json").out)
    assert again == json.loads(path.read_text())
    assert json.loads(cli("shape", str(path), "--json").out)["output_shape"] == [1, 3]


def test_a_seed_is_the_same_data_again(cli):
    first, same, other = (cli("check", "-i", "5", "dense 3", "--json", "--seed", s).out for s in ("1", "1", "2"))
    assert first == same
    assert json.loads(first)["max_error"] != json.loads(other)["max_error"]


def test_in_float64_it_is_a_millionth_of_the_error():
    verdict = convcalc.check("dense 30 dense 30", (4, 50), dtype="float64")
    assert verdict.ok
    assert verdict.allowed == 1e-12
    assert verdict.max_error < 1e-14


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda y: y * np.float32(1.001), "2 of 2 layers differ, the first is row 0, dense."),
        (lambda y: y[..., ::-1], "2 of 2 layers differ, the first is row 0, dense."),
        (lambda y: y[:1], "1 of 2 layers differs, the first is row 0, dense."),
        (lambda y: np.where(y == y.max(), np.nan, y), "2 of 2 layers differ, the first is row 0, dense."),
    ],
    ids=["larger", "reversed", "shape", "nan"],
)
def test_a_wrong_kernel_is_caught(cli, broken, change, says):
    broken(change)
    answer = cli("check", "-i", "(2,5)", "dense 3 flatten")
    assert answer.code == 1
    assert says in answer.err
    assert re.search(r"FAIL: \d of 2 layers differs?: row 0", answer.out)


def test_a_wrong_shape_is_said(cli, broken):
    broken(lambda y: y[:1])
    out = cli("check", "-i", "(2,5)", "dense 3").out
    assert "the kernel gives (1, 3), the engine says (2, 3)" in out


def test_what_a_framework_cannot_run_fails_and_the_rest_is_still_judged(cli, judged):
    def answer(node, inputs, weights):
        if node.kind == "flatten":
            raise RuntimeError("no such kernel\nat all")
        return inputs[0] @ weights["kernel"] + weights["bias"]

    judged(answer)
    answer = cli("check", "-i", "(2,5)", "dense 3 flatten dense 2", "--against", "keras")
    assert answer.code == 1
    assert "keras cannot run it: RuntimeError: no such kernel" in answer.out
    assert [line.split()[-1] for line in answer.out.splitlines() if line[:1].isdigit()] == ["ok", "FAIL", "ok"]


def test_only_the_network_s_own_framework_judges(cli):
    answer = cli("check", "-i", "5", "dense 3", "--against", "torch")
    assert answer.code == 2
    assert "--against torch cannot judge a network of Keras." in answer.err


@pytest.mark.parametrize("framework", ["keras", "torch", "onnx"])
def test_a_framework_that_is_missing_is_named_with_what_installs_it(cli, monkeypatch, framework):
    import sys

    for name in ("keras", "torch", "onnx", "onnxruntime"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"convcalc.numeric.against.{framework}", raising=False)
    answer = cli("check", "-F", framework, "-i", "(1,5)", "dense 3", "--against", framework)
    assert answer.code == 2
    assert f"python -m pip install {framework}" in answer.err


def test_too_much_is_refused_before_anything_is_allocated(cli):
    answer = cli("check", "-i", "(64,200000,3)", "dense 4000", "--json")
    error = json.loads(answer.err)["error"]
    assert (answer.code, answer.out, error["code"]) == (4, "", "limit")
    assert "the limit is 512 MiB" in error["message"]
    small = cli("check", "-i", "(2,3)", "dense 4", "--max-bytes", "100")
    assert small.code == 4
    assert cli("check", "-i", "(2,3)", "dense 4", "--max-macs", "23").code == 4
    assert cli("check", "-i", "(2,3)", "dense 4", "--max-macs", "24").code == 0


def test_a_smaller_input_that_would_do_does():
    with pytest.raises(convcalc.ConvcalcError) as refused:
        convcalc.check("maxpool2d 2", (3, 2000, 2000, 8), max_bytes=2**20)
    smaller = tuple(map(int, refused.value.hint.split("-i ")[1].split(", or")[0].split(",")))
    assert convcalc.check("maxpool2d 2", smaller, max_bytes=2**20).ok


def test_an_open_size_is_refused_but_the_batch(cli):
    assert cli("check", "dense 3").code == 1
    assert "C is open" in cli("check", "dense 3").err
    assert json.loads(cli("check", "-i", "Nx5", "dense 3", "--json").out)["input_shape"] == [1, 5]


def test_a_seed_is_a_whole_number(cli):
    assert cli("check", "-i", "5", "dense 3", "--seed", "-1").code == 2
    assert cli("check", "-i", "5", "dense 3", "--seed", "x").code == 2


def test_a_file_names_no_code_that_is_loaded(cli, tmp_path, monkeypatch):
    (tmp_path / "canary.py").write_text("raise SystemExit('loaded')")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "net.txt"
    path.write_text("dense 3 act=canary:f\n")
    answer = cli("check", "-i", "5", str(path))
    assert answer.code == 3
    assert "canary" in answer.err


def test_progress_goes_up_to_all_of_it():
    shares = []
    convcalc.check("dense 3 dense 4 dense 5", (2, 5), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_differences():
    one = np.array([1.0, -2.0, 4.0])
    assert difference(one, one, (3,), "a", "b") == (0.0, None)
    assert difference(one, np.array([1.0, -2.0, 4.4]), (3,), "a", "b")[0] == pytest.approx(0.4 / 4.4)
    assert difference(np.zeros(3), np.zeros(3), (3,), "a", "b") == (0.0, None)
    assert difference(np.array([np.inf, np.nan]), np.array([np.inf, np.nan]), (2,), "a", "b") == (0.0, None)
    assert difference(np.array([np.inf]), np.array([-np.inf]), (1,), "a", "b")[0] is None
    assert difference(np.zeros((0, 2)), np.zeros((0, 2)), (0, 2), "a", "b") == (0.0, None)
