"""The figures that a run is held against: each is printed with its verdict, and all of them are counted at the end."""

import subprocess
import sys

VERDICTS = ("PASS", "MISS")
# The lines with a verdict, in the order in which they were printed.
_lines: list = []


def figure(text, value, most=None, least=None):
    """Print what was measured, the figure and the verdict."""
    reached = (most is None or value <= most) and (least is None or value >= least)
    held = f"at most {most:g}" if least is None else f"at least {least:g}"
    keep(f"{text}  ({held})  {VERDICTS[not reached]}")


def keep(line):
    """Print a line, and remember it where it has a verdict."""
    print(line, flush=True)
    if line.endswith(VERDICTS):
        _lines.append(line)


def relayed(*words):
    """Run a part of the benchmark in a process of its own, and keep the lines that it prints."""
    with subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True) as part:
        for line in part.stdout:
            keep(line.rstrip("\n"))
    if part.returncode:
        sys.exit(part.returncode)


def summary():
    """Print how many figures were reached, and those that were not; return the exit code."""
    missed = [line for line in _lines if line.endswith("MISS")]
    print(f"\n{len(_lines) - len(missed)} of {len(_lines)} figures reached", *missed, sep="\n")
    return 1 if missed else 0
