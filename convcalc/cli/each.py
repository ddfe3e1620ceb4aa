"""``--each``: one network a line in, one JSON object a line out, in order, in flat memory.

What is written goes out before the next read may block, and never line by line.
"""

import gc
import os
import sys

from convcalc.cli.line import LONGEST_LINE, answer_to
from convcalc.cli.output import opened
from convcalc.errors import FileError, SpecError
from convcalc.spec import quick
from convcalc.spec.shapes import given as shapes

CHUNK = 1 << 16
# New objects between two looks for garbage, of which lines leave next to none.
NEW_OBJECTS = 100_000
# Lines that are answered together, and then written.
JOB = 512
# How many chunks of many lines must come in a row before other processes help.
FULL, MANY = 2, 16
# Whole answers kept for lines that come again, and the longest line and answer that are kept.
MOST_ANSWERS = 4096
LONGEST_KEPT = 1024


class Kept:
    """Whole answers of lines that came again, and marks of those that came once."""

    def __init__(self):
        self.answers: dict = {}
        self.met = [0] * MOST_ANSWERS


def answers(lines, spec=None, typed=None, framework=None, batch=None, number=0, kept=None):
    """Yield ``(text, ok)`` for each line that asks something; blank and comment lines ask nothing.

    Parameters
    ----------
    lines : iterable of bytes
        Without their line ends.
    spec : str, optional
        A network given on the command line; each line is then an input for it.
    typed : Typed, optional
        The input for lines that have none of their own.
    framework : str, optional
        The framework for lines that name none of their own.
    batch : int, optional
        The batch, given outright.
    number : int
        How many lines came before.
    kept : Kept, optional
        What was kept of them.
    """
    kept = kept or Kept()
    known, met = kept.answers, kept.met
    for raw in lines:
        number += 1
        answer = known.get(raw)
        if answer is None:
            answer = answer_to(raw, spec, typed, framework, batch)
            if answer is None:
                continue
            # Of lines that come once nothing is kept but a number, so that their memory is free for the next.
            mark = hash(raw)
            place = mark % MOST_ANSWERS
            if met[place] != mark:
                met[place] = mark
            elif len(raw) + len(answer[1]) <= LONGEST_KEPT:
                if len(known) >= MOST_ANSWERS:
                    known.clear()
                known[raw] = answer
        name, rest, ok = answer
        yield f'{{"id":{name},"line":{number},{rest}}}\n', ok


def chunks_of(handle):
    """Yield ``(lines, size)`` of what arrives on a file descriptor; a line over the limit comes cut."""
    rest = b""
    while True:
        try:
            chunk = os.read(handle, CHUNK)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileError("unreadable", f"Standard input cannot be read: {reason}.") from None
        if not chunk:
            if rest:
                yield [rest], 0
            return
        lines = (rest + chunk).split(b"\n") if b"\n" in chunk else [rest + chunk]
        rest = lines.pop()
        if len(rest) > LONGEST_LINE + 1:
            # Enough to be refused as too long; what follows of it is not kept.
            rest = rest[: LONGEST_LINE + 1]
        yield lines, len(chunk)


def run(handle, write, flush, **given):
    """Answer every line on a file descriptor; return the exit code.

    Parameters
    ----------
    handle : int
        The file descriptor to read.
    write, flush : callable
        Take the answers' bytes; flush is called before each read that may block.
    """
    kept = Kept()
    bad = number = full = 0
    crew = None

    def work(lines, number):
        out = []
        wrong = 0
        for text, ok in answers(lines, number=number, kept=kept, **given):
            out.append(text)
            wrong += not ok
        return "".join(out).encode(), wrong

    def put(text, wrong):
        nonlocal bad
        bad += wrong
        write(text)

    try:
        for lines, size in chunks_of(handle):
            large = size >= CHUNK // 2 and len(lines) >= MANY
            full = full + 1 if large else 0
            if crew is None and full == FULL:
                from convcalc.cli import workers

                flush()
                crew = workers.cores() > 1 and workers.Crew(workers.cores(), work, put)
            for job in jobs_of(lines):
                if crew and large:
                    crew.ask(job, number)
                else:
                    if crew:
                        crew.drain()
                    put(*work(job, number))
                number += len(job)
            if crew and crew.busy and not waits(handle):
                crew.drain()
            if not crew or not crew.busy:
                flush()
        if crew:
            crew.drain()
    finally:
        if crew:
            crew.end()
    flush()
    return 1 if bad else 0


def jobs_of(lines):
    """Yield lines in equal parts, none of them over `JOB`.

    >>> [*map(len, jobs_of([b""] * (JOB + 2)))]
    [257, 257]
    """
    count = -(-len(lines) // JOB)
    for part in range(count):
        yield lines[len(lines) * part // count : len(lines) * (part + 1) // count]


def waits(handle):
    """Tell whether input waits on a file descriptor, or its end."""
    from select import select

    return bool(select([handle], [], [], 0)[0])


def answer_lines(source, input, framework, batch, output):
    """Answer standard input for the command line; return the exit code.

    Parameters
    ----------
    source : Source or None
        The network that lines are inputs for; None where lines are networks.
    input, framework, batch, output
        What the options of these names gave.
    """
    if sys.stdin is None:
        raise SpecError("usage", "Standard input is closed.", hint="Pipe lines in: convcalc shape --each < lines.txt")
    spec = None
    typed = shapes(input)
    if source is not None:
        spec, framework = source.text, framework or source.framework
        quick.read(spec, framework)
    given = {"spec": spec, "typed": typed, "framework": framework, "batch": batch}
    # The process began without looking for garbage, which is for short runs.
    gc.freeze()
    gc.enable()
    gc.set_threshold(NEW_OBJECTS)
    if output is None:
        return run(sys.stdin.fileno(), lambda text: sys.stdout.write(text.decode()), sys.stdout.flush, **given)
    with opened(output) as target:
        return run(sys.stdin.fileno(), target.write, target.flush, **given)
