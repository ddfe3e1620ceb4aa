"""Faults of the system, one at a time: the n-th write, call or allocation of a command fails, n = 1 until none does.

``python -m tests.hostile.faults KIND [STEP]`` runs every command in this one process, which is what makes it
cheap, and prints a JSON object a command: how many faults there were, and what was wrong after one.
"""

import errno
import io
import json
import os
import resource
import shutil
import sys
import tempfile
from pathlib import Path

import convcalc.__main__ as process
from tests.hostile.commands import COMPUTING, FILES, NET, REFUSED, TO_FILE, WRITING
from tests.keras_configs import CONV, IMAGE, archive, functional

DISK_FULL = "The output cannot be written: No space left on device.\nMake room, or write elsewhere: -o FILE.\n"
# What a command asks of the system about files, by where it is asked.
CALLS = ("open", "fstat", "stat", "read", "lseek", "dup", "fsync", "replace", "chmod", "access")


class Left(BaseException):
    """Stands for the end of the process, with its exit code."""


class Disk(io.RawIOBase):
    """An output that takes a little at a time, and of which the n-th write fails, and every one after it."""

    def __init__(self, fails=0, why=errno.ENOSPC):
        self.got, self.writes, self.fails, self.why = b"", 0, fails, why

    def writable(self):
        return True

    def write(self, data):
        self.writes += 1
        if 0 < self.fails <= self.writes:
            raise OSError(self.why, os.strerror(self.why))
        taken = min(len(data), 512)
        self.got += bytes(data[:taken])
        return taken


def run(argv, out=None, err=None, begin=lambda: None, end=lambda: None):
    """Run a command line as a process would; return code, output, errors, and what escaped."""
    out, err = out or Disk(), err or Disk()
    kept = sys.stdout, sys.stderr, sys.stdin, sys.argv, os._exit

    def leave(code):
        end()
        raise Left(code)

    sys.stdout = io.TextIOWrapper(io.BufferedWriter(out, 256), "utf-8")
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(err, 64), "utf-8")
    sys.argv, os._exit = ["convcalc", *argv], leave
    code, escaped = None, None
    with open("lines.txt") as sys.stdin:
        try:
            begin()
            process.main()
        except Left as left:
            code = left.args[0]
        except BaseException as error:
            escaped = error
        finally:
            end()
            sys.stdout, sys.stderr, sys.stdin, sys.argv, os._exit = kept
    # A full disk may cut a character.
    return code, out.got.decode("utf-8", "ignore"), err.got.decode(), escaped


def folder():
    """Return what the directory holds."""
    return {path.name: path.read_bytes() for path in Path(".").iterdir()}


def writes(step):
    """Yield ``(name, faults, wrong)`` of full disks and of readers that went away, in standard output and -o."""
    for name, argv in WRITING.items():
        whole = run(argv)
        for why, code, said in ((errno.ENOSPC, 74, DISK_FULL), (errno.EPIPE, 141, "")):
            for n in range(1, 10_000, step):
                disk = Disk(n, why)
                answer = run(argv, disk)
                if disk.writes < n:
                    break
                heard = answer[2]
                if "--json" in argv and heard:
                    error = json.loads(heard)["error"]
                    heard = f"{error['message']}\n{error['hint']}\n"
                # What was written before is the beginning of what is meant.
                wrong = answer[0] != code or heard != said or not whole[1].startswith(answer[1])
                yield name, n, answer if wrong else None
            yield name, 0, None if answer == whole else answer
    for name, argv in REFUSED.items():
        whole = run(argv)
        for n in range(1, 100, step):
            disk = Disk(n)
            answer = run(argv, err=disk)
            wrong = answer[0] != whole[0] or answer[1] or answer[3]
            yield name, n, answer if wrong else None
            if disk.writes < n:
                break


def failing(n, why, names=CALLS):
    """Return ``(begin, end, count)`` that have the n-th of the calls fail, once."""
    count = [0]
    real = {name: getattr(os, name) for name in names}

    def watched(name):
        def call(*args, **more):
            count[0] += 1
            if count[0] == n:
                raise OSError(why, os.strerror(why))
            return real[name](*args, **more)

        return call

    def begin():
        for name in names:
            setattr(os, name, watched(name))

    def end():
        for name, call in real.items():
            setattr(os, name, call)

    return begin, end, count


def calls(step):
    """Yield ``(name, faults, wrong)`` of system calls that fail, of files that are read and written."""
    for name, argv in FILES.items():
        whole = run(argv)
        for n in range(1, 1000, step):
            begin, end, count = failing(n, errno.EIO)
            answer = run(argv, begin=begin, end=end)
            if count[0] < n:
                break
            # Some failures do no harm, and lines are answered as they come.
            said = answer[1] if name == "each" else ""
            refused = answer[0] == 3 and answer[1] == said and answer[2].count("\n") <= 3
            right = (refused and whole[1].startswith(said)) or answer == whole
            yield name, n, None if right else answer
    for name, argv in TO_FILE.items():
        for old in (b"old\n", None):
            before = folder()
            if old:
                before["out.txt"] = old
                Path("out.txt").write_bytes(old)
            for n in range(1, 1000, step):
                begin, end, count = failing(n, errno.ENOSPC)
                code, out, err, escaped = run(argv, begin=begin, end=end)
                after = folder()
                if count[0] < n:
                    break
                right = after == before and code in (3, 74) and err.count("\n") <= 2 and escaped is None
                yield name, n, None if right or code == 0 else (code, out, err, escaped, sorted(after))
                if old:
                    Path("out.txt").write_bytes(old)
                else:
                    Path("out.txt").unlink(missing_ok=True)
            Path("out.txt").unlink(missing_ok=True)


def sizes(step):
    """Yield ``(name, faults, wrong)`` of files of which no more than n bytes can be written."""
    for name, argv in TO_FILE.items():
        run(argv)
        whole = Path("out.txt").read_bytes()
        before = {**folder(), "out.txt": b"old\n"}
        for n in (0, 1, len(whole) // 2, len(whole) - 1):
            Path("out.txt").write_bytes(b"old\n")
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            answer = run(
                argv,
                begin=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n, limits[1])),  # noqa: B023
                end=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),  # noqa: B023
            )
            right = answer[0] == 74 and answer[2].count("\n") == 1 and folder() == before
            yield name, n, None if right else answer
        Path("out.txt").unlink()


def allocations(step):
    """Yield ``(name, faults, wrong)`` of allocations of Python's own that fail, in every command."""
    for name, argv in {**WRITING, **FILES, **REFUSED}.items():
        for _ in range(2):
            whole = run(argv)
        n = 1
        while n:
            n = yield from in_a_child(name, argv, whole, n, step)


def in_a_child(name, argv, whole, first, step):
    """Yield what becomes of a command from an allocation on, and return where to go on, or None.

    numpy itself may crash where it has no memory, and takes its process along.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w", 1) as to:
            for n, wrong in failing_allocations(name, argv, whole, first, step):
                to.write(f"{n} {wrong!r}\n")
        os._exit(0)
    os.close(writing)
    n = first
    with os.fdopen(reading) as lines:
        for line in lines:
            number, _, wrong = line.rstrip().partition(" ")
            yield name, (n := int(number)), None if wrong == "None" else wrong
    status = os.waitpid(child, 0)[1]
    if status == 0:
        return None
    if not (os.WIFSIGNALED(status) and argv[0] in COMPUTING):
        yield name, n, f"ended with {status}"
    return n + 2 * step


def failing_allocations(name, argv, whole, n, step):
    """Yield ``(n, wrong)`` of every `step`-th allocation that fails."""
    import _testcapi

    before, right = folder(), 0
    # Once past the last one, every run is right; on the way there now and then.
    while right < 20:
        answer = run(
            argv,
            begin=lambda: _testcapi.set_nomemory(n, n + 1),  # noqa: B023
            end=_testcapi.remove_mem_hooks,
        )
        right = right + 1 if answer == whole else 0
        refused = answer[0] in (2, 3, 4) and answer[3] is None and answer[2].count("\n") <= 4
        good = right or (refused and whole[1].startswith(answer[1])) or (name == "tab" and not any(answer))
        yield n, None if good and folder() == before else answer
        n += step


KINDS = {"writes": writes, "calls": calls, "sizes": sizes, "allocations": allocations}


def prepare():
    """Write what the commands read."""
    Path("specs.txt").write_text("conv2d 2 3\nrelu\n")
    Path("lines.txt").write_text("conv2d 2 3 | relu\n" * 3)
    Path("model.json").write_text(json.dumps(functional(IMAGE, CONV)))
    Path("model.keras").write_bytes(archive(functional(IMAGE, CONV)))
    Path("own.json").write_text(run(("shape", *NET, "--json"))[1])


def main():
    """Run the faults of a kind in a directory of their own, and say what was wrong."""
    kind, step = sys.argv[1], int((sys.argv[2:] or ["1"])[0])
    # What is dropped goes to descriptors 1 and 2; the report is written to another one.
    report = os.fdopen(os.dup(1), "w")
    room = tempfile.mkdtemp()
    os.chdir(room)
    try:
        prepare()
        found: dict = {}
        for name, _, wrong in KINDS[kind](step):
            count, wrongs = found.setdefault(name, (0, []))
            found[name] = (count + 1, wrongs if wrong is None else [*wrongs, repr(wrong)[:600]])
    finally:
        os.chdir("/")
        shutil.rmtree(room)
    for name, (count, wrongs) in found.items():
        report.write(json.dumps({"name": name, "faults": count, "wrong": wrongs[:5], "wrongs": len(wrongs)}) + "\n")
    report.close()


if __name__ == "__main__":
    main()
