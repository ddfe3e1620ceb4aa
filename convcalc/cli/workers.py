"""Worker processes for ``--each``: where much input waits, its lines are answered on every core.

The workers are forked from this process, so they begin with what it knows. Each takes one job at a
time, in turn, and gives its answers back through a pipe: they come in the order of the lines, and
never more than a job of each worker is held.
"""

import os
import signal
import sys
from contextlib import suppress
from struct import Struct

from convcalc.errors import LimitError

# Of a job: the bytes of its lines, and the number of lines before them. Of its answers: bytes, bad lines.
JOB = Struct("<QQ")
DONE = Struct("<QQ")
# More workers than this one process does not keep busy.
MOST = 16
# Seconds between two looks whether the process that started a worker is still there.
LOOK = 0.2
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def cores():
    """Return how many workers are worth starting: 1 where there is one core, or none can be forked."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity"):
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


class Worker:
    """One worker, as the process that started it sees it."""

    def __init__(self, work, others):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        # Until the worker answers them in its own way, signals wait.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, [getattr(signal, name) for name in ENDING])
        self.pid = os.fork()
        if not self.pid:
            serve(work, to_read, from_write, [to_write, from_read, *others], held)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        os.close(to_read)
        os.close(from_write)
        self.jobs = os.fdopen(to_write, "wb")
        self.answers = os.fdopen(from_read, "rb")
        self.lines = (0, 0)

    def close(self):
        """Close both pipes; a job that was not taken goes nowhere."""
        with suppress(OSError):
            self.jobs.close()
        self.answers.close()


class Crew:
    """The workers, and whose turn it is.

    Parameters
    ----------
    count : int
        How many workers to start.
    work : callable
        ``work(lines, number)`` gives the answers to lines, as bytes, and how many of them are bad;
        `number` lines came before.
    put : callable
        Takes what `work` gave, job by job in order.
    """

    def __init__(self, count, work, put):
        self.workers: list = []
        self.put = put
        self.turn = self.busy = 0
        for _ in range(count):
            others = [handle for worker in self.workers for handle in (worker.jobs.fileno(), worker.answers.fileno())]
            self.workers.append(Worker(work, others))

    def ask(self, lines, number):
        """Give a job to the next worker; first take the answers to the one that it has."""
        if self.busy == len(self.workers):
            self.take()
        worker = self.workers[self.turn]
        worker.lines = number + 1, number + len(lines)
        job = b"\n".join(lines)
        try:
            worker.jobs.write(JOB.pack(len(job), number) + job)
            worker.jobs.flush()
        except OSError:
            raise self.lost(worker) from None
        self.turn = (self.turn + 1) % len(self.workers)
        self.busy += 1

    def take(self):
        """Take the answers to the oldest job."""
        worker = self.workers[(self.turn - self.busy) % len(self.workers)]
        head = worker.answers.read(DONE.size)
        size, bad = DONE.unpack(head) if len(head) == DONE.size else (1, 0)
        text = worker.answers.read(size)
        if len(text) < size:
            raise self.lost(worker)
        self.busy -= 1
        self.put(text, bad)

    def drain(self):
        """Take the answers to all jobs."""
        while self.busy:
            self.take()

    def lost(self, worker):
        """Return the error for a worker that ended by itself."""
        self.workers.remove(worker)
        _, status = os.waitpid(worker.pid, 0)
        worker.close()
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        first, last = worker.lines
        return LimitError(
            "limit",
            f"A worker process ended early ({how}), over lines {first} to {last}.",
            hint="Give it more memory, or fewer cores: taskset -c 0 convcalc ...",
        )

    def end(self):
        """End the workers, whatever they are doing."""
        for worker in self.workers:
            os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)
            worker.close()


def serve(work, source, sink, others, held):
    """Answer jobs until there are no more, and end the process; `others` are handles that are not this worker's."""
    code = 1
    try:
        watch(os.getppid(), held)
        # A reader of the output must see its end where this process is the last to end.
        for handle in (0, 1, *others):
            with suppress(OSError):
                os.close(handle)
        jobs, answers = os.fdopen(source, "rb"), os.fdopen(sink, "wb")
        while head := jobs.read(JOB.size):
            size, number = JOB.unpack(head)
            text, bad = work(jobs.read(size).split(b"\n"), number)
            answers.write(DONE.pack(len(text), bad) + text)
            answers.flush()
        code = 0
    except MemoryError:
        code = LimitError.exit_code
    except BrokenPipeError:
        # The process that started it is gone.
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def watch(parent, held):
    """Leave signals to the process that started this one, and end soon after that has."""

    def look(signum, frame):
        if os.getppid() != parent:
            os._exit(1)

    # An interrupt from the terminal comes to all; who started the workers ends them then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK, LOOK)
    signal.pthread_sigmask(signal.SIG_SETMASK, held)
