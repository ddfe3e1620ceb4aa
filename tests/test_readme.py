"""The README: every console block prints what it says, and what it names exists."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from convcalc import errors
from convcalc.analysis import notes
from convcalc.cli.run import COMMANDS
from tests import readme

TEXT = readme.README.read_text()
BLOCKS = readme.blocks(TEXT)


@pytest.mark.parametrize("pairs", BLOCKS, ids=lambda pairs: pairs[0][0].split("\n")[0][:60])
def test_a_block_prints_what_it_says(pairs, tmp_path):
    """Run each command of a block, in one folder."""
    environment = readme.prepare(tmp_path)
    for command, printed in pairs:
        if "jq " in command and not shutil.which("jq"):
            pytest.skip("jq is not installed")

        assert masked(readme.run(command, tmp_path, environment)[1]) == masked(printed)


def masked(text):
    """Without the digits of rounding errors, which are the machine's, and without how wide they stand."""
    return re.sub(r" *\b\d\.\de-\d\d", " #", text) if "greatest difference" in text else text


def test_the_python_runs(tmp_path, monkeypatch):
    """Run the blocks of Python in order; a comment that is a value is what the line comes to."""
    blocks = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    (tmp_path / "mylib").mkdir()
    (tmp_path / "mylib" / "inits.py").write_text(next(block for block in blocks if "class" in block))
    monkeypatch.syspath_prepend(tmp_path)
    names, told, text = {}, 0, "".join(blocks)
    with readme.forgotten("mylib"):
        for line in ast.parse(text).body:
            code = ast.get_source_segment(text, line)
            if not isinstance(line, ast.Expr):
                exec(code, names)
                continue
            value = eval(code, names)
            said = re.search(rf"^{re.escape(code)}  # (\(?\d.*)$", text, re.MULTILINE)
            if said:
                told += 1
                assert value == ast.literal_eval(said[1])
    assert told == 4


def test_there_are_blocks():
    """A change of the fences must not leave nothing to run."""
    assert len(BLOCKS) >= 8


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_is_shown(command):
    """The README shows each command at work."""
    assert any(f"convcalc {command}" in line for pairs in BLOCKS for line, _ in pairs)


@pytest.mark.parametrize("code", [*errors.CODES, *notes.CODES])
def test_every_code_is_documented(code):
    """Codes are a closed list that scripts rely on."""
    assert f"`{code}`" in TEXT


def test_the_tables_are_those_of_the_declarations():
    """Written anew, the generated tables come out as they stand."""
    assert readme.tables(TEXT) == TEXT


def test_the_picture_is_what_a_terminal_shows(golden):
    """Drawn anew, the picture comes out as it stands; and it fetches nothing from any host."""
    drawn = readme.picture()

    golden(readme.PICTURE.name, drawn)
    assert f"(tests/golden/{readme.PICTURE.name})" in TEXT
    assert re.findall(r"https?://[^\s\"]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert "10,838,016" in drawn


def test_the_two_commands_are_those_of_ci():
    """What the README says to run for the tests is what is run before a change lands."""
    ci = (Path(__file__).parent.parent / ".ci" / "run").read_text()

    assert ".venv/bin/python -m pytest -q" in TEXT
    assert '"$python" -m pytest -q' in ci
    assert "pip install -e '.[dev]'" in TEXT
    assert "-e '.[dev]'" in ci
