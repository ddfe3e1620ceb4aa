"""The process: ``python -m convcalc`` and the installed script.

Most of a short run is imports, so nothing is imported here but what Python has at its start: an
interrupt amid the imports that follow finds its handler.
"""

import os
import sys

LIMIT, INTERRUPTED = 4, 130


def main():
    """Run the command line and end the process with its exit code.

    Two things that Python does for long programs are a fifth of a short run, so it does neither:
    looking for garbage while modules are imported, and taking them all apart again at the end.
    """
    try:
        answer_interrupts()
        # What fails while something is thrown away changes no answer.
        sys.unraisablehook = ignore
        import gc

        gc.disable()
        from convcalc.cli.main import main as run

        code = run()
    except MemoryError:
        # Not even enough to say so as the command line would.
        say(b"There is not enough memory.\n")
        code = LIMIT
    # Standard output has been flushed: whether it could be written is part of the exit code.
    try:  # noqa: SIM105 - contextlib costs a millisecond
        sys.stderr.flush()
    except (OSError, AttributeError):
        pass
    os._exit(code)


def ignore(unraisable):
    """Say nothing of an exception that no one can catch."""


def say(line):
    """Write a line to standard error past every buffer, if it can be written."""
    try:  # noqa: SIM105
        os.write(2, line)
    except OSError:
        pass


def answer_interrupts():
    """Answer SIGINT with one word and 130 from here on, even amid imports.

    A raised KeyboardInterrupt would be lost where Python calls back (``__del__``, weak references)
    and would print a traceback from imports, so the handler leaves at once. Where the parent had
    the process ignore SIGINT (nohup, a script's background job), it stays ignored.
    """
    # Not `signal`: it makes enums first, several milliseconds in which an interrupt is a traceback.
    import _signal  # type: ignore[import-not-found]

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, interrupted)


def interrupted(signum, frame):
    """Leave with 130, taking unfinished files along; no module may be asked for, for one may be half there."""
    output = sys.modules.get("convcalc.cli.output")
    remove_unfinished = getattr(output, "remove_unfinished", None)
    if remove_unfinished is not None:
        remove_unfinished()
    say(b"interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
