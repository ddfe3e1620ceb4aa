"""The process: ``python -m convcalc`` and the installed script."""

import gc
import os
import sys
from contextlib import suppress

from convcalc.cli.main import main as run


def main():
    """Run the command line and end the process with its exit code.

    Two things that Python does for long programs are a fifth of a short run, so it does neither:
    looking for garbage while modules are imported, and taking them all apart again at the end.
    """
    gc.disable()
    code = run()
    # Standard output has been flushed: whether it could be written is part of the exit code.
    with suppress(OSError, AttributeError):
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
