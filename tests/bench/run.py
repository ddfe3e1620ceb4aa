"""Commands run in turn and measured: the wall's time, the processor's, and the peak of memory."""

import os
import pty
import statistics
import sys
import threading
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """What one process took: seconds of the wall, of the processor, and KiB at its peak."""

    wall: float
    cpu: float
    peak: int


class Ratio(NamedTuple):
    """The median of the ratios of pairs."""

    wall: float
    cpu: float


def paired(command, against, run, pairs, stdin=(os.devnull, os.devnull)):
    """Return the `Ratio` of a command's cost to another's, run in turn; each has run once before."""
    run(command, stdin[0]), run(against, stdin[1])
    found = [(run(command, stdin[0]), run(against, stdin[1])) for _ in range(pairs)]
    return Ratio(*(statistics.median(a[k] / b[k] for a, b in found) for k in (0, 1)))


def piped(command, stdin=os.devnull):
    """Run a command into nothing."""
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        return measured(command, stdin, sink)
    finally:
        os.close(sink)


def on_terminal(command, stdin=os.devnull):
    """Run a command on a terminal of its own, which is read as it writes."""
    reader, terminal = pty.openpty()
    drain = threading.Thread(target=drained, args=(reader,), daemon=True)
    drain.start()
    try:
        return measured(command, stdin, terminal)
    finally:
        os.close(terminal)
        drain.join(10)
        os.close(reader)


def drained(handle):
    """Read a terminal until its other side closes."""
    try:
        while os.read(handle, 1 << 16):
            pass
    except OSError:
        # Linux reports the end of a terminal as an error.
        return


def measured(command, stdin, stdout):
    """Return the `Cost` of one run; a run that fails ends the measurement."""
    source = os.open(stdin, os.O_RDONLY)
    # A terminal as people have it: nothing decides about colour, and nothing about bytecode.
    drop = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    environment = {key: value for key, value in os.environ.items() if key not in drop and key[:6] != "PYTHON"}
    actions = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, stdout, 1)]
    begin = time.perf_counter()
    process = os.posix_spawn(command[0], command, {**environment, "TERM": "xterm"}, file_actions=actions)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - begin
    os.close(source)
    if status:
        sys.exit(f"{' '.join(command)}: exit code {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss)
