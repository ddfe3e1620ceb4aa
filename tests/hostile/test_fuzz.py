"""The fuzzer within the suite: inputs of a fixed seed, and every find there ever was."""

import json
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest

from convcalc.errors import ConvcalcError, SpecError
from tests.conftest import clean_environment
from tests.hostile import fuzz, oracle
from tests.hostile.mutate import mutated
from tests.hostile.seeds import LAYERS, Case, draw
from tests.hostile.values import Chance

HERE = Path(__file__).parent
FINDS = sorted((HERE / "finds").glob("*.json"))
# A tenth of what the live group runs, in blocks of its own.
INPUTS, MODELS = 20_000, 2_000
# Every code that a spec and an input can be refused with, but for the rarest.
CODES = {"duplicate_key", "framework_lacks", "wrong_channels", "does_not_fit", "limit", "wrong_rank", "bad_input"}


def fuzzed(inputs, seed, finds, *options):
    """Run blocks in two processes, for a processor each; return what the inputs came to, by their codes."""
    half = inputs // fuzz.BLOCK // 2
    shared = ("--seed", str(seed), "--blocks", str(half), "--finds", str(finds), *options)
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.fuzz", "--first", str(first), *shared],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=HERE.parent.parent,
            env=clean_environment(),
        )
        for first in (0, half)
    ]
    outcomes, said = Counter(), ""
    for run in runs:
        out, err = run.communicate(timeout=900)
        said += err
        outcomes.update(json.loads(out)["outcomes"] if out else {})
    assert not said, said[:4000]
    assert outcomes.total() == inputs
    return outcomes


def test_mutated_inputs(tmp_path):
    outcomes = fuzzed(INPUTS, 7, tmp_path)
    assert outcomes["answered"] > INPUTS // 10
    assert outcomes.keys() >= CODES


def test_mutated_files(tmp_path):
    outcomes = fuzzed(MODELS, 7, tmp_path, "--readers")
    assert MODELS // 10 < outcomes["answered"] < MODELS // 2 < outcomes["unreadable"] + outcomes["syntax"]


@pytest.mark.parametrize("path", FINDS, ids=lambda path: path.stem)
def test_finds_stay_found(path):
    case = oracle.read(path)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = fuzz.warned
        for lot in (0, 1):
            _, _, complaint = fuzz.judge(case, lot)
            assert complaint is None


def test_blocks_repeat():
    first, again, other = (list(fuzz.cases(seed, 3, 40)) for seed in (1, 1, 2))
    assert repr(first) == repr(again) != repr(other)


def test_every_layer_is_drawn():
    chance = Chance(1)
    text = " ".join(draw(chance).spec for _ in range(6000)).lower()
    for framework, layers in LAYERS.items():
        for layer in layers:
            assert any(word in text for word in (*layer.words(), layer.type(framework).lower())), layer.word


def test_mutants_differ():
    chance = Chance(1)
    assert len({mutated(chance, "conv2d 32 3 s=2 | relu") for _ in range(300)}) > 200


def broken_error(**fields):
    """Return an error that is right but for the given fields."""
    error = SpecError("syntax", "Wrong.", text="abc", span=(0, 1))
    for name, value in fields.items():
        setattr(error, name, value)
    return error


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a bug"),
        RecursionError(),
        broken_error(code="none"),
        broken_error(exit_code=3),
        broken_error(message="two\nlines."),
        broken_error(message="\x1b[31m."),
        broken_error(message="no sentence"),
        broken_error(message="long" * 2000 + "."),
        broken_error(message="\udcff."),
        broken_error(hint=""),
        broken_error(span=(1, 4)),
        broken_error(span=(2, 1)),
        broken_error(text="another text"),
        broken_error(line=float("nan")),
    ],
    ids=lambda error: ascii(getattr(error, "message", error))[:20],
)
def test_the_oracle_sees_a_wrong_error(error, monkeypatch):
    def fail(*args, **more):
        raise error

    monkeypatch.setattr(oracle.convcalc, "shape", fail, raising=False)
    assert fuzz.judge(Case("shape", "abc"), 0)[2] is not None


def test_the_oracle_takes_a_right_error(monkeypatch):
    def fail(*args, **more):
        raise broken_error()

    monkeypatch.setattr(oracle.convcalc, "shape", fail, raising=False)
    assert fuzz.judge(Case("shape", "abc"), 0)[2] is None


def test_the_oracle_sees_a_slow_answer(monkeypatch):
    monkeypatch.setattr(fuzz, "SLOW", 0)
    assert fuzz.judge(Case("shape", "relu"), 1)[2].endswith(" s")


def test_a_log_is_taken_up(tmp_path):
    log = tmp_path / "log.jsonl"
    for _ in range(2):
        assert (
            fuzz.main(["--seed", "5", "--blocks", "1", "--state", str(log), "--workers", "2", "--finds", str(tmp_path)])
            == 0
        )
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [record["block"] for record in records] == [0, 1]


def test_a_find_reads_back(tmp_path):
    case = Case("shape", "conv2d \udcff", (1, None, 3), "keras", 4)
    oracle.write(tmp_path / "find.json", case, "why")
    assert oracle.read(tmp_path / "find.json") == case
    with pytest.raises(ConvcalcError):
        oracle.convcalc.shape(*case[1:])
