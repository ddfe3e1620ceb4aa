"""The entry point: what a process owes its shell, before and after the command itself.

Nothing but `sys` is imported until the interrupt handler stands, for most of a short run is imports.
"""

import sys

INTERRUPTED = 130
READER_GONE = 141


def main(argv=None):
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : list of str, optional
        The arguments; those of the process by default.

    Returns
    -------
    int
        0 to 4 as the command says, 74 where output cannot be written, 130 where interrupted, 141
        where the reader went away.
    """
    answer_interrupts()
    prepare_streams()
    argv = sys.argv[1:] if argv is None else argv
    try:
        if argv[:1] == ["completion"] and argv[2:3] == ["--for"]:
            # A TAB, which waits for no click.
            from convcalc.completion.shells import answer

            code = answer(argv)
            sys.stdout.flush()
            return code
        from convcalc.cli.run import run

        code = run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        from convcalc.cli.output import drop

        drop(1)
        return READER_GONE
    except OSError as error:
        # Files are read behind `FileError`, so what arrives here could not be written.
        from convcalc.cli.output import drop
        from convcalc.cli.run import fail
        from convcalc.errors import OutputError

        drop(1)
        reason = error.strerror or str(error)
        hint = "Make room, or write elsewhere: -o FILE."
        return fail(OutputError("output", f"The output cannot be written: {reason}.", hint=hint), argv)
    return code


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
    """Leave with 130, taking unfinished files along."""
    import os
    from contextlib import suppress

    output = sys.modules.get("convcalc.cli.output")
    if output is not None:
        output.remove_unfinished()
    with suppress(OSError):
        os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)


class Closed:
    """Stands in for a standard output that the process was started without."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def write(self, text):
        """Refuse, as the system would."""
        raise OSError(9, "standard output is closed")

    def flush(self):
        """Have nothing to flush."""

    def isatty(self):
        """Be no terminal."""
        return False


def prepare_streams():
    """Let no character stop the output, and a closed stream be noticed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        # Python would drop what is printed and answer 0.
        sys.stdout = Closed()
