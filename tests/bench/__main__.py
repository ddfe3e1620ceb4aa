"""``python -m tests.bench``: every ratio, what it is of, and the figure it is held against."""

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.bench.run import on_terminal, paired, piped

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "convcalc")
CLICK = [sys.executable, "-c", "import click"]
RICH = [sys.executable, "-c", "import click, rich.table, rich.console"]
SPECS = {
    "one layer": ["-i", "28x28x3", "conv2d", "32", "3", "s=2", "pad=same"],
    "four layers": ["-i", "28x28x3", *"conv2d 32 3 maxpool2d 2 flatten dense 10".split()],
    "a pasted call": ["-i", "3x224x224", "nn.Conv2d(3, 64, 7, stride=2, padding=3)"],
}
LINES = {
    "a key": "convcalc shape 'conv2d k=3 st",
    "a call": "convcalc shape 'nn.Conv2d(3, 64, ker",
    "every layer": "convcalc shape ",
}
LOOP = [
    sys.executable,
    "-c",
    "import json, sys\nfor line in sys.stdin: sys.stdout.write(json.dumps(json.loads(line)) + '\\n')",
]


def start(pairs):
    """Print what one question costs, as a whole process."""
    for name, line in LINES.items():
        command = [SCRIPT, "completion", "bash", "--for", line]
        show(f"TAB, {name}", paired(command, CLICK, piped, pairs), "import click", most=1.3)
    for name, words in SPECS.items():
        command = [SCRIPT, "shape", *words]
        show(f"shape --json, {name}", paired([*command, "--json"], CLICK, piped, pairs), "import click", most=1.3)
        show(f"plain table, {name}", paired(command, CLICK, piped, pairs), "import click", most=1.3)
        show(f"on a terminal, {name}", paired(command, RICH, on_terminal, pairs), "import click and rich", most=1.2)


def lines(pairs, count, folder):
    """Print the lines a second of ``--each``, as shares of those of a loop that parses and prints them."""
    rng = random.Random(1)
    drawn = list(questions(rng, count))
    again = [drawn[n % 500] for n in range(count)]
    each = [SCRIPT, "shape", "--each"]
    files = {
        "objects": (each, [json.dumps(question) for question in drawn], 1 / 4),
        "specs": ([*each, "-i", "28x28x3"], [question["spec"] for question in drawn], 1 / 4),
        "repeated objects": (each, [json.dumps(question) for question in again], 1),
        "repeated specs": ([*each, "-i", "28x28x3"], [question["spec"] for question in again], 1),
    }
    for name, (command, texts, least) in files.items():
        own, loops = folder / "own.txt", folder / "loop.jsonl"
        own.write_text("\n".join(texts) + "\n")
        loops.write_text("".join(json.dumps(question) + "\n" for question in (again if least == 1 else drawn)))
        found = paired(LOOP, command, piped, pairs, stdin=(loops, own))
        show(f"--each, {count:,} {name}", found, "the loop, in lines a second", least=least)


def memory(count, folder):
    """Print the peak memory of ten times as many distinct lines, over that of `count`."""
    peaks = []
    for size in (count, 10 * count):
        path = folder / "lines.jsonl"
        with path.open("w") as target:
            target.writelines(json.dumps(question) + "\n" for question in questions(random.Random(2), size))
        peaks.append(piped([SCRIPT, "shape", "--each"], path).peak)
    words = f"peak memory, {10 * count:,} lines"
    print(f"{words:<42} {peaks[1] / peaks[0]:5.2f} of {count:,} lines' {peaks[0] / 1024:.0f} MiB  (at most 1.1)")


def questions(rng, count):
    """Yield distinct questions of one layer of windows each."""
    for number in range(count):
        words = [rng.choice(("conv2d", "conv2dT", "sepconv2d")), f"f={number + 1}", f"k={rng.randint(1, 7)}"]
        words += [f"s={rng.randint(1, 3)}", f"pad={rng.choice(('same', 'valid'))}"]
        sizes = [rng.randint(1, 8), rng.randint(8, 256), rng.randint(8, 256), rng.choice((1, 3, 16, 64))]
        yield {"id": number, "spec": " ".join(words), "input": sizes}


def show(name, found, against, most=None, least=None):
    """Print one ratio, of processor and of wall time, and the figure."""
    figure = f"at most {most}" if most else f"at least {least}"
    print(f"{name:<42} {found.cpu:5.2f} cpu, {found.wall:5.2f} wall of {against}  ({figure})", flush=True)


def installed():
    """Return where the package that the script runs begins; this folder's own may be another."""
    code = "import convcalc; print(convcalc.__file__)"
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def main():
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        choices=["start", "lines", "memory", "forward", "sampling", []],
        help="all of them by default",
    )
    parser.add_argument("--pairs", type=int, default=15, help="runs of each of two commands (15)")
    parser.add_argument("--lines", type=int, default=100_000, help="lines for --each (100,000)")
    asked = parser.parse_args()
    what = asked.what or ["start", "lines", "memory", "forward", "sampling"]
    if "forward" in what:
        # In a process of its own, which decides on one thread before numpy is loaded.
        subprocess.run([sys.executable, "-m", "tests.bench.forward", str(asked.pairs)], check=True)
        what = [word for word in what if word != "forward"]
    if "sampling" in what:
        subprocess.run([sys.executable, "-m", "tests.bench.sampling", str(asked.pairs), "billion"], check=True)
        what = [word for word in what if word != "sampling"]
    if not what:
        return
    if not Path(SCRIPT).exists():
        parser.error(f"{SCRIPT} is missing: install the package into this environment")
    if not Path(importlib.util.cache_from_source(installed())).exists():
        print(f"note: {installed()} has no bytecode; starts will look slow")
    print(f"median over {asked.pairs} pairs; Python {sys.version.split()[0]}, {SCRIPT}")
    with tempfile.TemporaryDirectory() as folder:
        if "start" in what:
            start(asked.pairs)
        # Before the lines are drawn: a process begins with the peak of the one that starts it.
        if "memory" in what:
            memory(asked.lines, Path(folder))
        if "lines" in what:
            lines(max(asked.pairs // 5, 1), asked.lines, Path(folder))


if __name__ == "__main__":
    main()
