"""Hostile inputs through the real process, and with every door of a process watched."""

import json
import subprocess
import sys

import pytest

from tests.conftest import HERE, clean_environment
from tests.hostile.corpus import INPUTS, SPECS

CODES = (0, 1, 2, 3, 4)
LONGEST = 4096


def run(*argv, stdin=b"", cwd=None, **more):
    """Run ``python -m convcalc`` with arguments of bytes; return code, output and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "convcalc", *argv],
        input=stdin,
        capture_output=True,
        env=clean_environment(**more),
        timeout=30,
        check=False,
        cwd=cwd,
    )
    return done.returncode, done.stdout, done.stderr


def check(answer, as_json=True):
    """Hold what every run owes its shell."""
    code, out, err = answer
    assert code in CODES, err[-600:]
    assert b"Traceback" not in err
    assert len(err) <= LONGEST
    assert (code == 0) == (not err)
    if as_json:
        if out:
            json.loads(out)
        if err:
            error = json.loads(err)["error"]
            assert error["message"].isprintable()
        assert bool(out) != bool(err)
    else:
        assert not [c for c in (out + err).decode() if not c.isprintable() and c != "\n"]


def given(spec):
    """Return how a spec reaches the process: ``(arguments, standard input)``."""
    data = spec.encode("utf-8", "surrogatepass")
    # An argument holds no NUL, and no more than 128 KiB.
    if "\0" in spec or len(data) > 100_000:
        return [b"-"], data
    return [data], b""


# A process each costs more than all else here; every one of them goes through the watched child below.
@pytest.mark.parametrize("name", list(SPECS)[::4])
def test_specs(name):
    argv, stdin = given(SPECS[name])
    as_json = len(name) % 2 == 0
    chosen = [b"--json"] if as_json else [b"--color", b"always"][: 2 * (len(name) % 4 == 1)]
    answer = run(b"shape", b"-i", b"224x224x3", *chosen, b"--", *argv, stdin=stdin)
    if chosen == [b"--color", b"always"]:
        assert answer[0] in CODES
        assert b"Traceback" not in answer[2]
    else:
        check(answer, as_json)


@pytest.mark.parametrize("text", INPUTS, ids=lambda text: text[:20])
def test_inputs(text):
    check(run("shape", "conv2d 8 3 pad=same", "-i", text, "--json"))


@pytest.mark.parametrize(
    "argv",
    [
        (b"shape", b"\xff\xfe", b"--json"),
        (b"shape", b"conv2d", b"8", b"3", b"-i", b"\xff", b"--json"),
        (b"shape", b"conv2d 8 3", b"-F", b"\xff", b"--json"),
        (b"shape", b"conv2d 8 3 name='\xff'", b"--json"),
        (b"shape", b"./\xff/\xfe", b"--json"),
        (b"\xff", b"--json"),
        (b"shape", b"conv2d 8 3", b"--\xff", b"--json"),
        (b"inspect", b"\xed\xa0\x80", b"--json"),
    ],
    ids=ascii,
)
def test_bytes_that_are_no_text(argv):
    check(run(*argv))
    check(run(*[arg for arg in argv if arg != b"--json"]), as_json=False)


@pytest.mark.parametrize(
    "stdin",
    [
        b"",
        b"\xff\xfe\x00",
        b"\0" * 1000,
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"PK\x03\x04" + b"\0" * 99,
        b"\x80\x04\x95",
        b"(" * (1 << 20),
    ],
    ids=lambda stdin: ascii(stdin[:8]),
)
def test_standard_input(stdin):
    check(run("shape", "-", "--json", stdin=stdin))


WATCH = '''
import importlib, json, pkgutil, sys
corpus, inputs = json.load(sys.stdin)
import convcalc, difflib, unicodedata, ast, csv, rich.table, rich.console, rich.text
from convcalc.errors import ConvcalcError
for module in pkgutil.walk_packages(convcalc.__path__, "convcalc."):
    # Those that stand for a framework import it, where it is installed.
    frameworks = ("convcalc.numeric.against.", "convcalc.readers.onnx.infer")
    if not module.name.endswith("__main__") and not module.name.startswith(frameworks):
        importlib.import_module(module.name)
from convcalc.api import inspect
from convcalc.cli import each
from convcalc.cli.errors import render

def ask():
    """Ask all there is to ask; return how many questions were answered or refused."""
    count = 0
    for spec in corpus:
        for framework in (None, "torch", "onnx"):
            long = len(spec) > 1000
            for given in inputs:
                for question in (inspect, convcalc.shape)[: 1 if long or framework else 2]:
                    try:
                        answer = question(spec, given, framework=framework)
                        answer.to_dict()
                        # Thousands of layers take their time, and every one of them the same ways.
                        long = long or len(answer.layers) > 500
                    except ConvcalcError as error:
                        render(error)
                    count += 1
                if long:
                    break
        record = json.dumps({"spec": spec, "input": inputs[0]}).encode()
        count += len(list(each.answers([record, spec.encode("utf-8", "surrogatepass").replace(b"\\n", b" ")])))
    return count

# What a first answer loads lazily, as `encodings`; a record compiles its constructor when it is first made.
from convcalc.record import Record
for record in Record.__subclasses__():
    record(*record._fields)
convcalc.shape("conv2d 8 3 | flatten | dense 10", "28x28x3")
try:
    convcalc.shape("conv2x 8")
except ConvcalcError as error:
    render(error)
seen, quiet = [], False
DOORS = ("socket", "subprocess", "os", "shutil", "ctypes", "pickle", "urllib", "tempfile", "webbrowser")
known = set(sys.modules)
def watch(event, args):
    if quiet:
        return
    if event == "open":
        # A lazy import of the standard library may read, from its own folder alone.
        writes = isinstance(args[1], str) and set(args[1]) & set("wax+")
        # Of a program that is wrong, Python itself opens the file that it is told to be from.
        if writes or not str(args[0]).startswith((sys.base_prefix, sys.prefix, "/dev/null")):
            seen.append(f"open {args[0]!r}")
    elif event == "exec":
        if args[0].co_filename.startswith("<") and not args[0].co_filename.startswith("<frozen"):
            seen.append(f"exec {args[0].co_filename}")
    elif event == "import":
        if args[0].partition(".")[0] not in sys.stdlib_module_names | {"convcalc"}:
            seen.append(f"import {args[0]}")
    elif event.partition(".")[0] in DOORS:
        if event not in ("os.listdir", "os.scandir"):
            seen.append(event)
sys.addaudithook(watch)
count = ask()
found = list(dict.fromkeys(seen))
# The watch must see what it is there for.
seen.clear()
exec("1"); open("/dev/null", "w").close()
for name in ("canary_module_missing",):
    try:
        __import__(name)
    except ImportError:
        pass
import socket; socket.socket().close()
quiet = True
more = [name for name in set(sys.modules) - known if "canary" in name]
print(json.dumps({"count": count, "found": found, "sees": len(set(seen)), "more": more}))
'''


def test_nothing_is_run_imported_written_or_sent(tmp_path):
    (tmp_path / "canary_module.py").write_text("open('canary_file', 'w').write('x')\ndef go(*args): return 8\n")
    question = json.dumps([list(SPECS.values()), list(INPUTS)])
    done = subprocess.run(
        [sys.executable, "-c", WATCH],
        input=question.encode(),
        capture_output=True,
        env=clean_environment(PYTHONPATH=f"{HERE.parent}:{tmp_path}"),
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert not done.stderr, done.stderr.decode()[-2000:]
    answer = json.loads(done.stdout)
    assert answer["found"] == []
    assert answer["more"] == []
    assert answer["sees"] == 4
    assert answer["count"] > 800
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["canary_module.py"]
