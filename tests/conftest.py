"""Fixtures: goldens with ``--overwrite``, the command line in this process and in one of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

# Two test processes have a processor each: products in threads of their own would wait for one another. Before
# NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# How long an example takes is the machine's; a busy one must not fail a test.
settings.register_profile("convcalc", deadline=None)
settings.load_profile("convcalc")

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"


def pytest_addoption(parser):
    parser.addoption("--overwrite", action="store_true", help="write tests/golden anew instead of comparing")


class Answer(NamedTuple):
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


def error(answer):
    """The error object on standard error; standard output must be empty."""
    assert answer.out == ""
    return json.loads(answer.err)["error"]


def asked(spec, **more):
    """Return a line that asks about a spec."""
    return json.dumps({"spec": spec, **more})


def clean_environment(**more):
    """Return an environment that decides nothing about colour, width, encoding or buffers."""
    drop = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM")
    env = {name: value for name, value in os.environ.items() if name not in drop and not name.startswith("PYTHON")}
    return {**env, "PYTHONPATH": str(HERE.parent), **more}


@pytest.fixture
def golden(request):
    """Compare a text with a file of tests/golden; a missing file is a failure."""

    def compare(name, text):
        path = GOLDEN / name
        if request.config.getoption("--overwrite"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: run pytest --overwrite and read what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def cli(capsys, monkeypatch):
    """Run the command line in this process, with nothing on standard input."""

    def run(*argv, stdin=None):
        from convcalc.cli import options
        from convcalc.cli.run import run as entry

        for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name, raising=False)
        if stdin is not None:
            from convcalc.readers.files import recognise

            data = stdin if isinstance(stdin, bytes) else stdin.encode()
            monkeypatch.setattr(options, "read_input_stream", lambda asked: recognise(data, "standard input"))
        code = entry(argv)
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def process():
    """Run ``python -m convcalc`` as a process of its own."""

    def run(*argv, env=None, stdin=b"", python=(), **more):
        done = subprocess.run(
            [sys.executable, *python, "-m", "convcalc", *argv],
            input=stdin,
            capture_output=True,
            env=clean_environment(**(env or {})),
            timeout=60,
            check=False,
            **more,
        )
        return Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


@pytest.fixture
def each(cli, monkeypatch, tmp_path):
    """Answer lines in this process; return the answers."""

    def run(*lines, options=(), code=0):
        data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        (tmp_path / "lines").write_bytes(data)
        with open(tmp_path / "lines", encoding="utf-8") as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            done = cli("shape", "--each", *options)
        assert (done.code, done.err) == (code, "")
        assert all(line == json.dumps(json.loads(line), separators=(",", ":")) for line in done.out.splitlines())
        return [json.loads(line) for line in done.out.splitlines()]

    return run
