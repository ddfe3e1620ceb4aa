"""Where data goes: standard output, or a file that is either all there or as it was."""

import os
import sys
from contextlib import contextmanager, suppress

from convcalc.errors import OutputError

# Files begun and not yet in place; an interrupt removes them.
_unfinished: set = set()


def emit(text, path=None):
    """Write `text` to a file, or to standard output where there is no `path`."""
    if path is None:
        sys.stdout.write(text)
        return
    with opened(path) as target:
        target.write(text.encode("utf-8", "backslashreplace"))


@contextmanager
def opened(path):
    """Give a binary file to write to, which is at `path` in the end, all of it or nothing."""
    try:
        with replacing(path) as target:
            yield target
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("output", f"{path} cannot be written: {reason}.") from None
    except ValueError as error:
        raise OutputError("output", f"{path!r} cannot be written: {error}.") from None


def drop(descriptor):
    """Send what is still buffered for a stream nowhere, so that the interpreter's last flush works.

    Python would otherwise complain at its end, and answer 120 whatever the exit code was.
    """
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


@contextmanager
def replacing(path):
    """Put what is written at `path` in one step: a temporary file beside it, synced, then renamed.

    What is no regular file (a device, a pipe) is written to as it is, for renaming over
    ``/dev/null`` would replace it. A link keeps pointing where it did.
    """
    path = os.path.realpath(path)
    mode = None
    if os.path.exists(path):
        status = os.stat(path)
        if status.st_mode & 0o170000 != 0o100000:
            with open(path, "wb") as target:
                yield target
            return
        mode = status.st_mode & 0o7777
        if not os.access(path, os.W_OK):
            raise PermissionError(13, os.strerror(13))
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name[:100]}.{os.getpid()}.tmp")
    # On the list before it exists: an interrupt between the two must find it.
    _unfinished.add(beside)
    previous = catch_termination()
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with open(handle, "wb") as target:
            if mode is not None:
                os.chmod(beside, mode)
            yield target
            target.flush()
            os.fsync(target.fileno())
        os.replace(beside, path)
        _unfinished.discard(beside)
    finally:
        remove_unfinished()
        restore(previous)


def remove_unfinished():
    """Remove files begun and not finished. Safe at any moment, from a signal handler too."""
    while _unfinished:
        with suppress(OSError):
            os.unlink(_unfinished.pop())


def catch_termination():
    """Have SIGTERM and SIGHUP clean up before they end the process; return what was there."""
    import signal

    def leave(signum, frame):
        remove_unfinished()
        signal.signal(signum, signal.SIG_DFL)
        os.kill(os.getpid(), signum)

    previous = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            previous[number] = signal.signal(number, leave)
    return previous


def restore(previous):
    """Put signal handlers back."""
    import signal

    for number, handler in previous.items():
        signal.signal(number, handler)
