"""``python -m tests.bench``: every ratio, what it is of, and the figure it is held against."""

import argparse
import gzip
import importlib.util
import json
import random
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.bench.figures import figure, relayed, summary
from tests.bench.run import on_terminal, paired, piped

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "convcalc")
CLICK = [sys.executable, "-c", "import click"]
NUMPY = [sys.executable, "-c", "import click, numpy"]
# What Keras' to_json() says of keras.applications.ResNet50.
MODEL = Path(__file__).parent / "resnet50.json.gz"
RICH = [sys.executable, "-c", "import click, rich.table, rich.console"]
SPECS = {
    "one layer": ["-i", "28x28x3", "conv2d", "32", "3", "s=2", "pad=same"],
    "four layers": ["-i", "28x28x3", *"conv2d 32 3 maxpool2d 2 flatten dense 10".split()],
    "a pasted call": ["-i", "3x224x224", "nn.Conv2d(3, 64, 7, stride=2, padding=3)"],
}
PARTS = ["forward", "sampling", "start", "memory", "lines", "deep"]
LINES = {
    "a key": "convcalc shape 'conv2d k=3 st",
    "a call": "convcalc shape 'nn.Conv2d(3, 64, ker",
    "every layer": "convcalc shape ",
}
# Every other command, and what it is held against: those that compute load numpy.
ONE = ["-i", "9x9x3", "conv2d", "32", "3"]
COMMANDS = {
    "--help": (["--help"], CLICK),
    "shape --help": (["shape", "--help"], CLICK),
    "inspect --json": (["inspect", *ONE, "--json"], CLICK),
    "diff --json": (["diff", "-i", "9x9x3", "conv2d 32 3", "conv2d 32 3", "--json"], CLICK),
    "list layers conv2d --json": (["list", "layers", "conv2d", "--json"], CLICK),
    "schema shape": (["schema", "shape"], CLICK),
    "completion bash": (["completion", "bash"], CLICK),
    "check --json": (["check", *ONE, "--json"], NUMPY),
    "init-stats --json": (["init-stats", *ONE, "--json"], NUMPY),
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
    for name, (words, against) in COMMANDS.items():
        found = paired([SCRIPT, *words], against, piped, pairs)
        show(name, found, "import click" if against is CLICK else "import click and numpy", most=1.3)
    for name, words in SPECS.items():
        command = [SCRIPT, "shape", *words]
        show(f"shape --json, {name}", paired([*command, "--json"], CLICK, piped, pairs), "import click", most=1.3)
        show(f"plain table, {name}", paired(command, CLICK, piped, pairs), "import click", most=1.3)
        show(f"on a terminal, {name}", paired(command, RICH, on_terminal, pairs), "import click and rich", most=1.2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resnet50.json"
        path.write_bytes(gzip.decompress(MODEL.read_bytes()))
        command = [SCRIPT, "shape", str(path)]
        show("shape --json, ResNet50", paired([*command, "--json"], CLICK, piped, pairs), "import click", most=1.8)
        show("on a terminal, ResNet50", paired(command, CLICK, on_terminal, pairs), "import click", most=4)
        peak = max(piped([*command, "--json"]).peak, on_terminal(command).peak) / 1024
        figure(f"{'peak memory, ResNet50':<42} {peak:5.1f} MiB", peak, most=30)


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
        show(f"--each, {count:,} {name}", found, "the loop, in lines a second", by="wall", least=least)


def memory(count, folder):
    """Print the peak memory of ten times as many distinct lines, over that of `count`."""
    peaks = []
    for size in (count, 10 * count):
        path = folder / "lines.jsonl"
        with path.open("w") as target:
            target.writelines(json.dumps(question) + "\n" for question in questions(random.Random(2), size))
        peaks.append(piped([SCRIPT, "shape", "--each"], path).peak)
    words = f"peak memory of --each, {10 * count:,} lines"
    ratio = peaks[1] / peaks[0]
    figure(f"{words:<42} {ratio:5.2f} of {count:,} lines' {peaks[0] / 1024:.0f} MiB", ratio, most=1.1)


def questions(rng, count):
    """Yield distinct questions of one layer of windows each."""
    for number in range(count):
        words = [rng.choice(("conv2d", "conv2dT", "sepconv2d")), f"f={number + 1}", f"k={rng.randint(1, 7)}"]
        words += [f"s={rng.randint(1, 3)}", f"pad={rng.choice(('same', 'valid'))}"]
        sizes = [rng.randint(1, 8), rng.randint(8, 256), rng.randint(8, 256), rng.choice((1, 3, 16, 64))]
        yield {"id": number, "spec": " ".join(words), "input": sizes}


def show(name, found, against, by="cpu", **held):
    """Print one ratio, of processor and of wall time; one of them is held against the figure."""
    text = f"{name:<42} {found.cpu:5.2f} cpu, {found.wall:5.2f} wall of {against}"
    figure(text, getattr(found, by), **held)


def deep(pairs):
    """Print how many times longer ten times as many layers take."""
    less, more = ([SCRIPT, "shape", "-i", "9x9x8", f"[conv2d 8 3 pad=same] * {n}", "--json"] for n in (10**4, 10**5))
    found = paired(more, less, piped, pairs)
    show("100,000 layers", found, "10,000 layers", most=11)


def installed():
    """Return where the package that the script runs begins; this folder's own may be another."""
    code = "import convcalc; print(convcalc.__file__)"
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def main():
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*PARTS, []], help="all of them by default")
    parser.add_argument("--pairs", type=int, default=15, help="runs of each of two commands (15)")
    parser.add_argument("--lines", type=int, default=100_000, help="lines for --each (100,000)")
    asked = parser.parse_args()
    what = asked.what or PARTS
    # In processes of their own, which decide on one thread before numpy is loaded.
    if "forward" in what:
        relayed("tests.bench.forward", str(asked.pairs))
    if "sampling" in what:
        relayed("tests.bench.sampling", str(asked.pairs), "billion")
    if not set(what) <= {"forward", "sampling"}:
        processes(parser, asked, what)
    return summary()


def processes(parser, asked, what):
    """Measure whole processes of the installed script."""
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
        if "deep" in what:
            deep(max(asked.pairs // 5, 1))


if __name__ == "__main__":
    sys.exit(main())
