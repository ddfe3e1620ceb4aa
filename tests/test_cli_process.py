"""What a shell does to a process: full disks, closed streams, readers that leave, signals, odd settings."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import clean_environment

CONVCALC = f"{sys.executable} -m convcalc"
NET = "shape -i 28x28x3 conv2d 10 3"
MANY = "shape '[conv2d 8 3 pad=same] * 3000' -i 9x9x3 --format csv"


def bash(script, **env):
    """Run a line of bash and return its exit code, output and errors."""
    done = subprocess.run(
        ["bash", "-c", script.replace("convcalc", CONVCALC, 1)],
        capture_output=True,
        text=True,
        env=clean_environment(**env),
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words", [NET, MANY, "shape -h", "-h", "--version", "schema shape", "list layers"])
def test_full_disk(words):
    code, _, err = bash(f"convcalc {words} > /dev/full")
    assert (code, err) == (
        74,
        "The output cannot be written: No space left on device.\nMake room, or write elsewhere: -o FILE.\n",
    )


@pytest.mark.parametrize("words", [NET, MANY, "-h", "--version", "schema shape"])
def test_closed_standard_output(words):
    code, _, err = bash(f"convcalc {words} >&-")
    assert (code, err) == (
        74,
        "The output cannot be written: standard output is closed.\nMake room, or write elsewhere: -o FILE.\n",
    )


def test_closed_standard_output_is_no_matter_with_a_file(tmp_path):
    code, _, err = bash(f"convcalc {NET} -o {tmp_path}/out.txt >&-")
    assert (code, err) == (0, "")
    assert (tmp_path / "out.txt").read_text().startswith("keras")


def test_full_disk_in_json():
    code, _, err = bash(f"convcalc {NET} --json > /dev/full")
    assert (code, json.loads(err)["error"]["code"]) == (74, "output")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_errors_that_cannot_be_said_keep_their_code(redirection):
    assert bash(f"convcalc shape conv2d 3 3 sd=2 {redirection}")[0] == 2


def test_closed_standard_input():
    assert bash(f"convcalc {NET} <&-")[0] == 0
    assert bash("convcalc shape <&-")[0] == 2


@pytest.mark.parametrize("words", [MANY, "schema shape", "list layers --json", "shape -h"])
def test_reader_that_goes_away(words):
    code, out, err = bash(f"convcalc {words} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}")
    assert code in (0, 141)
    assert (out, err) == ("", "")


def test_reader_that_was_never_there():
    read, write = os.pipe()
    os.close(read)
    argv = [sys.executable, "-m", "convcalc", *NET.split()]
    done = subprocess.run(argv, stdout=write, stderr=subprocess.PIPE, env=clean_environment(), timeout=60, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.fixture(autouse=True)
def interruptible():
    """Let children take SIGINT as they find it, though a job in the background ignores it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def test_interrupt_while_it_waits():
    argv = [sys.executable, "-m", "convcalc", "shape"]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    ) as child:
        wait_until_it_reads(child.pid)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (130, b"", b"interrupted\n")


def wait_until_it_reads(pid):
    """Wait until a process sleeps in a read of its standard input; long enough where that is not shown."""
    for _ in range(500):
        try:
            with open(f"/proc/{pid}/syscall") as file:
                if file.read().startswith("0 0x0 "):
                    return
        except OSError:
            time.sleep(3)
            return
        time.sleep(0.02)
    raise AssertionError("it never read")


def test_interrupt_amid_imports():
    # Slowing each import down makes sure that the signal finds one.
    slow = (
        "import sys, time, os, signal, builtins\n"
        "real = builtins.__import__\n"
        "def slow(name, *args):\n"
        "    if name == 'click': print('importing', flush=True); time.sleep(20)\n"
        "    return real(name, *args)\n"
        "builtins.__import__ = slow\n"
        "from convcalc.__main__ import main\n"
        "sys.argv[1:] = ['shape', 'conv2d', '3', '3']\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    ) as child:
        assert child.stdout.readline() == b"importing\n"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (130, b"", b"interrupted\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
def test_a_signal_takes_the_unfinished_file_along(number, code, tmp_path):
    held = (
        "import sys, os, time\n"
        "def hold(handle): print('holding', flush=True); time.sleep(20)\n"
        "os.fsync = hold\n"
        "from convcalc.__main__ import main\n"
        f"sys.argv[1:] = ['shape', '-o', {str(tmp_path / 'out.txt')!r}, 'conv2d', '3', '3']\n"
        "main()\n"
    )
    (tmp_path / "out.txt").write_text("old")
    with subprocess.Popen(
        [sys.executable, "-c", held], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    ) as child:
        assert child.stdout.readline() == b"holding\n"
        assert len(os.listdir(tmp_path)) == 2
        child.send_signal(number)
        child.communicate(timeout=30)
    assert child.returncode == code
    assert os.listdir(tmp_path) == ["out.txt"]
    assert (tmp_path / "out.txt").read_text() == "old"


def test_an_ignored_interrupt_stays_ignored():
    code, out, _ = bash(f"trap '' INT; convcalc {NET} & wait $!; kill -INT $$; echo alive")
    assert (code, out.splitlines()[-1]) == (0, "alive")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"COLUMNS": "1"},
        {"COLUMNS": "0"},
        {"COLUMNS": "-5"},
        {"COLUMNS": "abc"},
        {"COLUMNS": "9" * 400},
        {"COLUMNS": "²"},
        {"HOME": "/nonexistent"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONDONTWRITEBYTECODE": "1"},
        {"TERM": "dumb"},
    ],
    ids=lambda env: next(f"{k}={v[:9]}" for k, v in env.items()),
)
def test_settings_change_nothing(env, process):
    assert process(*NET.split(), env=env) == process(*NET.split())


def test_unset_home_and_no_terminal_type():
    env = {k: v for k, v in clean_environment().items() if k in ("PATH", "PYTHONPATH")}
    argv = [sys.executable, "-m", "convcalc", *NET.split()]
    done = subprocess.run(argv, capture_output=True, env=env, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_characters_that_the_encoding_lacks(process):
    answer = process("shape", "conv2d 3 3 é=2", env={"PYTHONIOENCODING": "ascii"})
    assert answer.code == 2
    assert "\\xe9" in answer.err
    assert "Traceback" not in answer.err


def test_output_that_the_encoding_lacks():
    code = "from convcalc.cli import main; main.prepare_streams(); print('caf\\u00e9')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=clean_environment(PYTHONIOENCODING="ascii"),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"caf\\xe9\n")


def test_bytes_that_are_no_text():
    argv = [sys.executable.encode(), b"-m", b"convcalc", b"shape", b"\xff\xfe", b"--json"]
    done = subprocess.run(argv, capture_output=True, env=clean_environment(), timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert json.loads(done.stderr)["error"]["code"]


def test_deleted_directory(tmp_path):
    code, out, err = bash(f"cd {tmp_path} && rmdir {tmp_path} && convcalc {NET}")
    assert (code, err) == (0, "")
    assert out.startswith("keras")
    code, _, err = bash(f"mkdir {tmp_path}/x; cd {tmp_path} && convcalc {NET} -o out.txt")
    assert "Traceback" not in err
