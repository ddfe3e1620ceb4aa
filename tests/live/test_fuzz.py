"""The fuzzer at its full length: 200,000 specs and lines, 20,000 model files, of a seed of its own."""

import json
import subprocess
import sys

from tests.conftest import HERE, clean_environment
from tests.hostile import planted
from tests.hostile.test_fuzz import CODES, fuzzed


def test_mutated_inputs(tmp_path):
    outcomes = fuzzed(200_000, 11, tmp_path)
    assert outcomes.keys() >= CODES | {"unknown_label", "wrong_shape"}


def test_mutated_files(tmp_path):
    fuzzed(20_000, 11, tmp_path, "--readers")


def test_planted_bugs_are_found():
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.planted"],
        capture_output=True,
        text=True,
        cwd=HERE.parent,
        env=clean_environment(),
        timeout=600,
        check=False,
    )
    found = {record["bug"]: record["found"] for record in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == {bug.__name__ for bugs in planted.PLANTED.values() for bug in bugs}
    assert len(found) >= 10
    assert [bug for bug, after in found.items() if after is None] == [], done.stderr
