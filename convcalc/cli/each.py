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
# Answers that wait to be written together.
MOST_WAITING = 512
# Whole answers kept for lines that come again, and the longest line and answer that are kept.
MOST_ANSWERS = 4096
LONGEST_KEPT = 1024


def answers(lines, spec=None, typed=None, framework=None, batch=None):
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
    """
    kept: dict = {}
    met = [0] * MOST_ANSWERS
    number = 0
    for raw in lines:
        number += 1
        answer = kept.get(raw)
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
                if len(kept) >= MOST_ANSWERS:
                    kept.clear()
                kept[raw] = answer
        name, rest, ok = answer
        yield f'{{"id":{name},"line":{number},{rest}}}\n', ok


def lines_of(handle):
    """Yield lists of lines as they arrive on a file descriptor; a line over the limit comes cut."""
    rest = b""
    while True:
        try:
            chunk = os.read(handle, CHUNK)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileError("unreadable", f"Standard input cannot be read: {reason}.") from None
        if not chunk:
            if rest:
                yield [rest]
            return
        lines = (rest + chunk).split(b"\n") if b"\n" in chunk else [rest + chunk]
        rest = lines.pop()
        if len(rest) > LONGEST_LINE + 1:
            # Enough to be refused as too long; what follows of it is not kept.
            rest = rest[: LONGEST_LINE + 1]
        if lines:
            yield lines


def run(handle, write, flush, **given):
    """Answer every line on a file descriptor; return the exit code.

    Parameters
    ----------
    handle : int
        The file descriptor to read.
    write, flush : callable
        Take the answers' text; flush is called before each read that may block.
    """
    bad = 0

    def lines():
        for batch_of_lines in lines_of(handle):
            yield from batch_of_lines
            put()
            flush()

    def put():
        write("".join(out))
        out.clear()

    out: list = []
    for text, ok in answers(lines(), **given):
        out.append(text)
        bad += not ok
        if len(out) >= MOST_WAITING:
            put()
    put()
    flush()
    return 1 if bad else 0


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
        return run(sys.stdin.fileno(), sys.stdout.write, sys.stdout.flush, **given)
    with opened(output) as target:
        return run(sys.stdin.fileno(), lambda text: target.write(text.encode()), target.flush, **given)
