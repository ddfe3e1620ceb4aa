"""The entry point: what a process owes its shell, before and after the command itself."""

import sys

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
        0 to 4 as the command says, 74 where output cannot be written, 141 where the reader went away.
    """
    argv = sys.argv[1:] if argv is None else argv
    try:
        prepare_streams()
        code = answer(argv)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        from convcalc.cli.output import drop

        drop(1)
        return READER_GONE
    except (OSError, ImportError) as error:
        fault: Exception | None = error
    except (MemoryError, SystemError, RuntimeError) as error:
        # The latter two are what Python and numpy say where an allocation of their own fails.
        if error.__class__ is RuntimeError and "can't allocate" not in str(error):
            raise
        # What holds the memory is held by the traceback, which goes before anything is said.
        fault = None
    return failed(fault, argv)


def answer(argv):
    """Run the command line: a TAB, which waits for no click, or a command."""
    if argv[:1] == ["completion"] and argv[2:3] == ["--for"]:
        from convcalc.completion.shells import answer

        return answer(argv)
    from convcalc.cli.run import run

    return run(argv)


def failed(fault, argv):
    """Say what the system refused, None for memory, and return the exit code."""
    from convcalc.cli.output import drop
    from convcalc.cli.run import fail

    drop(1)
    return fail(refused(fault), argv)


def refused(fault):
    """Return the error that says what the system refused."""
    from convcalc.errors import FileError, LimitError, OutputError

    if fault is None:
        return LimitError("limit", "There is not enough memory.", hint="Ask for less, or free some.")
    while fault.__cause__ is not None:
        fault = fault.__cause__  # numpy's own sentence is a page of advice
    reason = getattr(fault, "strerror", None) or str(fault)
    if isinstance(fault, ImportError):
        return FileError("unreadable", f"{fault.name or 'A module'} cannot be imported: {reason}.")
    if fault.filename is not None:
        # A stream has no name, and files are read behind `FileError`: this is one of Python's own.
        return FileError("unreadable", f"{fault.filename} cannot be read: {reason}.")
    hint = "Make room, or write elsewhere: -o FILE."
    return OutputError("output", f"The output cannot be written: {reason}.", hint=hint)


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
