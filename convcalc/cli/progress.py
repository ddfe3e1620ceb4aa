"""How far long work has come: on a terminal's standard error, and only after a while."""

import sys
from contextlib import contextmanager, suppress

import click

# Work that is done sooner shows nothing.
PATIENCE = 1.0


@contextmanager
def progress_bar(label, quiet):
    """Give what shows the share that is done, or None where no one looks."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from time import monotonic

    begun = monotonic()
    bar = click.progressbar(length=1000, label=label, file=sys.stderr, show_eta=True, width=30)
    shown = 0

    def progress(share):
        nonlocal shown
        if monotonic() - begun < PATIENCE:
            return
        step = int(1000 * share) - shown
        shown += step
        bar.update(step)

    try:
        yield progress
    finally:
        if shown:
            with suppress(OSError):
                # The line is the report's again.
                sys.stderr.write("\r\x1b[2K")
                sys.stderr.flush()
