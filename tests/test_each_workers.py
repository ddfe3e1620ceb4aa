"""``--each`` over much input: the answers of many processes are those of one, whatever ends early."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import asked, clean_environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self").exists(), reason="forks and /proc")
# The program as it runs on so many cores, whatever there are here.
PROGRAM = (
    "import sys; from convcalc.cli import each, workers; from convcalc.__main__ import main\n"
    "workers.cores = lambda: {cores}; each.CHUNK = {chunk}\n"
    "sys.argv[1:] = {words!r}; main()"
)


def command(*words, cores=3, chunk=1 << 16):
    """Return the command line of ``shape --each`` on so many cores, that reads so many bytes at once."""
    return [sys.executable, "-c", PROGRAM.format(cores=cores, chunk=chunk, words=["shape", "--each", *words])]


def questions(count):
    """Return the lines of distinct questions, some of them bad, blank or comments."""
    lines = []
    for n in range(count):
        lines.append(asked(f"conv2d f={n + 1} k={n % 7 + 1} s={n % 3 + 1}", input=[1, 9 + n % 90, 40, 3], id=f"q{n}"))
        if n % 97 == 0:
            lines.append(("konv2d", "", "# nothing", '{"id": 7}', "dense 4")[n // 97 % 5])
    return "".join(line + "\n" for line in lines).encode()


def started(*words, data, stdout=subprocess.PIPE, chunk=1 << 16):
    """Start the program on two cores, in a session of its own, and feed it as it reads; its input stays open."""
    process = subprocess.Popen(
        command(*words, cores=2, chunk=chunk), stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE,
        env=clean_environment(), start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=feed, args=(process, data), daemon=True).start()
    return process


def feed(process, data):
    """Write to a process for as long as it reads."""
    with suppress(OSError, ValueError):
        process.stdin.write(data)
        process.stdin.flush()


def members(process):
    """Return the processes of a process' session that live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
            if int(session) == process.pid and state != "Z":
                found.append(int(path.parent.name))
    return found


def until(holds):
    """Wait until something holds; tell whether it did."""
    for _ in range(500):
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_many_processes_answer_as_one():
    data = questions(6000)
    done = {
        cores: subprocess.run(
            command(cores=cores), input=data, capture_output=True, env=clean_environment(), timeout=120, check=False
        )
        for cores in (1, 3)
    }

    assert done[3].stdout == done[1].stdout
    answers = [json.loads(line) for line in done[3].stdout.splitlines()]
    assert [answer["line"] for answer in answers] == sorted({answer["line"] for answer in answers})
    assert [answer["id"] for answer in answers if str(answer["id"])[:1] == "q"] == [f"q{n}" for n in range(6000)]
    assert {run.returncode for run in done.values()} == {1}
    assert {run.stderr for run in done.values()} == {b""}


def test_answers_leave_before_it_waits_for_more():
    # The last bytes fill what is read at once, so that workers have been given all lines.
    lines = b"".join(b"conv2d f=%d k=3 s=2\n" % n for n in range(1, 1001))
    data = lines + b"#".ljust(-len(lines) % 1024, b"#")[:-1] + b"\n"
    assert len(data) % 1024 == 0
    with started("-i", "9x9x3", data=data, chunk=1024) as process:
        answers = b""
        while b'"line":1000,' not in answers:
            assert select.select([process.stdout], [], [], 30)[0], "answers are held while input is awaited"
            answers += os.read(process.stdout.fileno(), 1 << 16)
        assert len(members(process)) == 3
        process.stdin.close()
        assert process.wait(30) == 0
    assert until(lambda: not members(process))


SIGNALS = [(signal.SIGINT, 130, b"interrupted\n"), (signal.SIGTERM, -15, b"")]


@pytest.mark.parametrize(("number", "code", "said"), SIGNALS)
def test_a_signal_ends_them_all(number, code, said, tmp_path):
    # As where a job in the background ignores it.
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    with started("-o", str(tmp_path / "out"), data=questions(4000)) as process:
        signal.signal(signal.SIGINT, previous)
        assert until(lambda: len(members(process)) == 3)
        assert len(os.listdir(tmp_path)) == 1
        process.send_signal(number)
        assert process.wait(30) == code
        assert process.stderr.read() == said
    assert until(lambda: not members(process))
    assert not os.listdir(tmp_path)


def test_a_full_disk_ends_them_all():
    with open("/dev/full", "wb") as full, started(data=questions(4000), stdout=full) as process:
        assert process.wait(30) == 74
        assert process.stderr.read().count(b"\n") == 2
    assert until(lambda: not members(process))


def test_a_reader_that_goes_away_ends_them_all():
    with started(data=questions(9000)) as process:
        while len(members(process)) < 3:
            assert os.read(process.stdout.fileno(), 1 << 16)
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""
    assert until(lambda: not members(process))


def test_a_worker_that_is_killed_is_an_error(tmp_path):
    with started("-o", str(tmp_path / "out"), data=questions(9000)) as process:
        assert until(lambda: len(members(process)) == 3)
        os.kill(max(members(process)), signal.SIGKILL)
        assert process.wait(30) == 4
        assert process.stderr.read().startswith(b"A worker process ended early (signal 9), over lines ")
    assert until(lambda: not members(process))
    assert not os.listdir(tmp_path)
