"""Failures of the system one after the other: every command says so in a line, with the exit code that is promised."""

import json
import subprocess
import sys

import pytest

from tests.conftest import HERE, clean_environment
from tests.hostile import commands

# Every n-th allocation: all of them take a minute, and are asked in tests/live.
STEPS = {"writes": 1, "calls": 1, "sizes": 1, "allocations": 307}
NAMES = {
    "writes": {*commands.WRITING, *commands.REFUSED},
    "calls": {*commands.FILES, *commands.TO_FILE},
    "sizes": set(commands.TO_FILE),
    "allocations": {*commands.WRITING, *commands.FILES, *commands.REFUSED},
}
LEAST = {"writes": 2, "calls": 2, "sizes": 4, "allocations": 20}


def hold(kind, step):
    """Run the faults of a kind, and hold that none did harm."""
    if kind == "allocations":
        pytest.importorskip("_testcapi", reason="this Python has no failing allocations")
        if sys.version_info >= (3, 12):
            pytest.skip("3.12 and newer end with a signal of their own where some allocations fail")
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.faults", kind, str(step)],
        capture_output=True,
        text=True,
        env=clean_environment(),
        cwd=HERE.parent,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record for record in records if record["wrong"]] == []
    assert {record["name"] for record in records} == NAMES[kind]
    assert min(record["faults"] for record in records) >= LEAST[kind]


@pytest.mark.parametrize("kind", STEPS)
def test_faults(kind):
    hold(kind, STEPS[kind])


INTERRUPTED = """
import builtins, os, sys
real, sys.argv[1:] = __import__, ["shape", "-i", "9x9x3", "conv2d", "3", "3"]
os.close(1)
for n in range(0, 10_000, 23):
    child = os.fork()
    if not child:
        left = None
        def slow(name, *args):
            global left
            # The first after the handler stands.
            if name == "gc":
                left = n
            elif left is not None:
                left -= 1
            if left == 0:
                os.kill(os.getpid(), 2)
            return real(name, *args)
        builtins.__import__ = slow
        from convcalc.__main__ import main
        sys.stdout = open(os.devnull, "w")
        main()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        break
    assert code == 130, code
os.write(2, b"%d" % n)
"""


def test_an_interrupt_at_any_import():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        env=clean_environment(),
        timeout=60,
        check=False,
        preexec_fn=interruptible,
    )
    assert (done.returncode, done.stdout) == (0, b"")
    *lines, last = done.stderr.splitlines()
    assert set(lines) == {b"interrupted"}
    assert int(last) > 100
    assert len(lines) == int(last) // 23


def interruptible():
    """Let a child take SIGINT as Python does, though a job in the background ignores it."""
    import signal

    signal.signal(signal.SIGINT, signal.default_int_handler)


def limited(megabytes):
    """Return what leaves a child so much memory to ask for.

    Enough for small things always: where there is none for those, Python 3.11 may unwind an exception for ever.
    """
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)


@pytest.mark.parametrize(
    ("argv", "megabytes", "codes"),
    [
        (["check", "-i", "32x32x3", "conv2d 8 3 | flatten | dense 10"], 1024, (0,)),
        (["shape", "-i", "9x9x3", "[conv2d 8 3 pad=same] * 4000", "--json"], 1024, (0,)),
        (["check", "-i", "1000x1000x64", "conv2d 64 3"], 1024, (4,)),
        (["check", "-i", "1000x1000x16", "conv2d 16 3", "--max-bytes", "100000000000"], 400, (4,)),
        (["shape", "-"], 1024, (4,)),
        (["shape", "--each"], 1024, (1,)),
    ],
)
def test_little_memory(argv, megabytes, codes):
    # Of lines there may be any number, of a file there may not be, and of a line neither.
    line = ["yes", "{"] if argv[-1] == "-" else ["head", "-c", "100000000", "/dev/zero"]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as endless:
        done = subprocess.run(
            [sys.executable, "-m", "convcalc", *argv],
            stdin=endless.stdout,
            capture_output=True,
            env=clean_environment(OPENBLAS_NUM_THREADS="1"),
            timeout=60,
            check=False,
            preexec_fn=limited(megabytes),
        )
        endless.stdout.close()
        endless.kill()
    if done.stderr.startswith(b"OpenBLAS error"):
        pytest.skip("this NumPy's OpenBLAS ends the process itself")
    assert done.returncode in codes, done.stderr
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert bool(done.stdout) == (done.returncode in (0, 1))
