"""The help of each command: examples come first, and every one of them runs."""

import json
import re
from importlib import import_module

import pytest

from convcalc.cli.run import COMMANDS, EXAMPLES
from tests import readme

# What the examples name.
FILES = {
    "net.txt": "conv2d 8 3",
    "old.txt": "conv2d 8 3",
    "new.txt": "conv2d 8 5",
    "specs.txt": "conv2d 8 3\nmaxpool2d 2\n",
    "mylib/inits.py": "def Mine(shape, dtype):\n    import numpy\n\n    return numpy.ones(shape, dtype)\n",
}


def examples():
    """Yield each command with one of its examples."""
    yield from (("convcalc", line) for line in EXAMPLES.splitlines())
    for name, (place, _) in COMMANDS.items():
        module, _, attribute = place.partition(":")
        lines = getattr(import_module(module), attribute).examples.splitlines()
        assert lines, name
        yield from ((name, line) for line in lines)


@pytest.fixture
def room(tmp_path, cli):
    """A folder with every file that an example names."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    printed = cli("shape", "--json", "-i", "3x224x224", "-F", "torch", "conv2d", "64", "7", "2").out
    (tmp_path / "old.json").write_text(json.dumps(json.loads(printed)))
    return tmp_path


def runs(name, example, room):
    """Run an example; of a line for a shell's own settings, only what convcalc does in it."""
    command = re.search(r"convcalc completion \w+", example)[0] if name == "completion" else example

    code, text = readme.run(command, room, readme.prepare(room))

    # The networks of diff's examples differ.
    assert code == (name == "diff"), text
    assert text


@pytest.mark.parametrize(
    ("name", "example"),
    # What asks a framework is run where the frameworks are: tests/live.
    [pair for pair in examples() if "--against" not in pair[1]],
    ids=lambda text: text.removeprefix("convcalc "),
)
def test_an_example_runs(name, example, room):
    runs(name, example, room)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_come_first(name, cli):
    answer = cli(name, "--help")

    assert answer.code == 0
    assert answer.out.startswith(f"Examples:\n  {'eval' if name == 'completion' else f'convcalc {name} '}")
