"""What takes too long for every day: each allocation of every command that fails, and commands in real shells."""

import os
import subprocess
import sys

import pytest

from tests.conftest import clean_environment
from tests.hostile import commands
from tests.hostile.test_faults import hold

CONVCALC = f"{sys.executable} -m convcalc"
COMMANDS = {
    name: " ".join(f"'{word}'" for word in argv)
    for name, argv in commands.WRITING.items()
    if name not in ("shape each", "tab", "shape markdown", "diff json", "list json")
}


def bash(script, **env):
    """Run a line of bash, the command in it a process of its own; return code, output and errors."""
    done = subprocess.run(
        ["bash", "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={name: value for name, value in clean_environment(**env).items() if value is not None},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_allocations():
    hold("allocations", 13)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_and_a_closed_output(name):
    command = f"{CONVCALC} {COMMANDS[name]}"
    for redirection, reason in ((">/dev/full", b"No space left on device"), (">&-", b"standard output is closed")):
        code, out, err = bash(f"{command} {redirection}")
        assert (code, out) == (74, b"")
        assert err.count(b"\n") <= 2
        assert b"The output cannot be written: " + reason in err
    code, out, err = bash(f"set -o pipefail; {command} | true")
    assert code in (0, 141)
    assert (out, err) == (b"", b"")
    assert bash(f"{command} 2>&-") == bash(command)


SETTINGS = {
    "COLUMNS=10": {"COLUMNS": "10"},
    "COLUMNS=-5": {"COLUMNS": "-5"},
    "COLUMNS=abc": {"COLUMNS": "abc"},
    "no HOME and TERM": {"HOME": None, "TERM": None, "LANG": None},
    "HOME=/nonexistent": {"HOME": "/nonexistent"},
    "PYTHONOPTIMIZE=2": {"PYTHONOPTIMIZE": "2"},
    "PYTHONDONTWRITEBYTECODE": {"PYTHONDONTWRITEBYTECODE": "1"},
    "PYTHONDEVMODE": {"PYTHONDEVMODE": "1"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings(setting):
    for name in ("shape", "inspect json", "check", "init-stats", "diff", "list", "completion", "schema", "version"):
        command = f"{CONVCALC} {COMMANDS[name]}"
        told = bash(command, **SETTINGS[setting])
        plain = bash(command)
        if setting in ("POSIX", "ascii", "cp1252"):
            # Blocks are digits there, and a word that the encoding lacks is escaped.
            assert (told[0], told[2], len(told[1].splitlines())) == (plain[0], plain[2], len(plain[1].splitlines()))
            assert told[1].isascii()
        else:
            assert told == plain


@pytest.mark.parametrize("name", ["shape", "inspect", "check", "init-stats", "diff", "list", "schema"])
def test_nowhere_to_be(name, tmp_path):
    command = f"{CONVCALC} {COMMANDS[name]}"
    assert bash(f"cd {tmp_path}; rmdir {tmp_path}; {command}") == bash(command)
    if os.environ.get("PYTHONPATH") is None:
        # Isolated, Python finds what is installed alone.
        assert bash(command.replace("-m", "-I -m", 1)) == bash(command)


@pytest.mark.parametrize(
    "words", ["shape conv2d 3 3 sd=2", "shape ./none.txt --json", "shap", "check conv2d 3", "diff relu"]
)
def test_errors_that_cannot_be_said(words):
    code = bash(f"{CONVCALC} {words}")[0]
    assert code in (2, 3)
    for redirection in ("2>&-", "2>/dev/full", ">&- 2>&-"):
        assert bash(f"{CONVCALC} {words} {redirection}")[0] == code
