"""The workers of ``--each``, started by this process: whose turn it is, and how each of them ends."""

import os
import time

import pytest

from convcalc.cli import each, workers
from convcalc.cli.each import answers, run
from convcalc.errors import FileError, LimitError
from tests.conftest import asked

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "waitid"), reason="forks, as Linux has them"),
    # Newer Pythons warn where a test's process has threads, which the program's own has not.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture
def crew():
    """Return what starts workers, which are ended with the test, and what their answers go to."""
    begun, got = [], []

    def start(count, work):
        begun.append(workers.Crew(count, work, lambda text, bad: got.append((text, bad))))
        return begun[0], got

    yield start
    for one in begun:
        one.end()


def told(lines, number):
    """Return lines with the number of those before them, the empty ones as bad."""
    return b"%d:" % number + b"+".join(lines), lines.count(b"")


def test_answers_come_in_the_order_of_the_jobs(crew):
    own, got = crew(2, told)
    for number in range(5):
        own.ask([b"a", b""], 2 * number)
    assert own.busy == 2
    own.drain()

    assert got == [(b"%d:a+" % number, 1) for number in (0, 2, 4, 6, 8)]


def test_a_worker_without_more_jobs_ends(crew):
    own, got = crew(2, told)
    own.ask([b"a"], 0)
    own.drain()
    for worker in own.workers:
        worker.jobs.close()
        assert os.waitpid(worker.pid, 0)[1] == 0
        worker.close()
    own.workers.clear()

    assert got == [(b"0:a", 0)]


def full(lines, number):
    raise MemoryError


def wrong(lines, number):
    raise KeyError("of ours")


@pytest.mark.parametrize(("work", "how"), [(full, "exit code 4"), (wrong, "exit code 1")])
def test_a_worker_that_ends_early_says_over_which_lines(work, how, crew, capfd):
    own, got = crew(1, work)
    own.ask([b"a", b"b"], 7)
    with pytest.raises(LimitError, match=rf"ended early \({how}\), over lines 8 to 9\."):
        own.drain()

    assert (got, own.workers) == ([], [])
    assert ("KeyError: 'of ours'" in capfd.readouterr().err) == (work is wrong)


def test_a_job_for_a_worker_that_is_gone(crew):
    own, _ = crew(1, told)
    os.kill(own.workers[0].pid, 9)
    os.waitid(os.P_PID, own.workers[0].pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(LimitError, match=r"\(signal 9\), over lines 1 to 1\."):
        own.ask([b"a"], 0)


def test_a_worker_whose_answers_nobody_reads_ends_in_silence(crew, capfd):
    own, _ = crew(1, told)
    (worker,) = own.workers
    worker.answers.close()
    own.ask([b"a"], 0)

    assert os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1]) == 1
    assert capfd.readouterr().err == ""
    own.workers.clear()
    worker.close()


def test_a_worker_ends_soon_after_the_process_that_started_it(monkeypatch):
    monkeypatch.setattr(workers, "LOOK", 0.01)
    pid = os.fork()
    if not pid:
        workers.watch(os.getppid() + 1, set())
        time.sleep(30)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


def test_one_core_is_not_worth_a_worker(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: range(99), raising=False)
    assert workers.cores() == workers.MOST
    monkeypatch.delattr(os, "sched_getaffinity")
    assert workers.cores() == 1


@pytest.fixture
def answered(monkeypatch, tmp_path):
    """Answer a file's lines on so many cores, read in small pieces; return the exit code and the answers."""

    def ask(data, cores):
        monkeypatch.setattr(each, "CHUNK", 1024)
        monkeypatch.setattr(workers, "cores", lambda: cores)
        (tmp_path / "lines").write_bytes(data)
        out = []
        with open(tmp_path / "lines", "rb", buffering=0) as file:
            code = run(file.fileno(), lambda text: out.append(bytes(text)), lambda: None)
        return code, b"".join(out)

    return ask


def test_workers_answer_as_one_process_does(answered):
    """Many short lines that workers share, and a long one that waits for them."""
    lines = [asked(f"conv2d {n + 1} 3", input=[1, 9, 9, 3], id=n).encode() for n in range(80)]
    data = b"\n".join([*lines, b"konv2d", b"#" * 3000, *lines])

    code, found = answered(data, 2)
    assert (code, found) == answered(data, 1)
    assert (code, found.count(b"\n"), found.count(b'"error"')) == (1, 161, 1)


def test_a_line_over_the_limit_is_cut_and_refused(answered, monkeypatch):
    monkeypatch.setattr(each, "LONGEST_LINE", 2000)
    monkeypatch.setattr("convcalc.cli.line.LONGEST_LINE", 2000)
    code, found = answered(b"dense 4 # " + b"x" * 5000 + b"\ndense 4", 1)

    assert (code, found.count(b'"code":"limit"'), found.count(b"\n")) == (1, 1, 2)


def test_an_input_that_cannot_be_read(tmp_path):
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(FileError, match="Standard input cannot be read: Is a directory"):
            run(handle, None, None)
    finally:
        os.close(handle)


def test_kept_answers_have_a_bound(monkeypatch):
    """Where there are as many as are kept they go, and the next line that comes again begins anew."""
    monkeypatch.setattr(each, "MOST_ANSWERS", 2)
    kept = each.Kept()
    lines = [b"dense %d" % n for n in range(1, 30) for _ in range(3)]
    found = [text.partition('"output_shape":')[2][:7] for text, _ in answers(lines, kept=kept)]

    assert found == [f'["N",{n}]'[:7] for n in range(1, 30) for _ in range(3)]
    assert 1 <= len(kept.answers) <= 2
