"""How long drawing a weight takes, as ratios to torch.nn.init's time on one thread, in the same run.

Both sides run in turn; a ratio is the median over the pairs, of processor time. Each is asked for a new
weight; beside it stands the ratio to torch filling a tensor that it has, which convcalc never does.
torch is only asked where it is installed.
"""

import os
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec

# One thread, decided before numpy is loaded.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import convcalc
from tests.bench.figures import figure

VALUES = 10_000_000
# Ours, torch's, and the most that the ratio should be.
LAWS = {
    "normal": ("normal_()", "normal_", 2),
    "uniform": ("uniform_(a=-1, b=1)", "uniform_", 1),
    "truncated normal": ("trunc_normal_()", "trunc_normal_", 0.5),
}
MATRIX = (1000, 1000)


def seconds(work):
    """Return the processor time of a piece of work."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def against_torch(pairs):
    """Print a ratio for each law, and for a large orthogonal matrix."""
    import torch

    torch.set_num_threads(1)
    for name, (call, fill, most) in LAWS.items():
        fill, tensor = getattr(torch.nn.init, fill), torch.empty(VALUES)
        ways = (
            lambda call=call: convcalc.initialize(call, VALUES, seed=0),
            lambda fill=fill: fill(torch.empty(VALUES)),
            lambda fill=fill, tensor=tensor: fill(tensor),
        )
        ours, anew, again = medians(ways, pairs)
        words = f"{ours.ratio(anew):5.2f} of torch's time, {ours.ratio(again):.2f} where it only fills"
        figure(f"{name:<26} {words}, {ours.median() / VALUES * 1e9:.1f} ns a value", ours.ratio(anew), most=most)
    ways = (
        lambda: convcalc.initialize("orthogonal_", MATRIX, seed=0),
        lambda: torch.nn.init.orthogonal_(torch.empty(MATRIX)),
    )
    ours, theirs = medians(ways, pairs)
    print(f"{'orthogonal, 1000 by 1000':<26} {ours.ratio(theirs):5.2f} of torch's time", flush=True)


class Times(list):
    """The seconds of runs, each beside those of another way in the same turn."""

    def ratio(self, other):
        """Return the median of the ratios to another's."""
        return statistics.median(a / b for a, b in zip(self, other, strict=True))

    def median(self):
        """Return the median of the seconds."""
        return statistics.median(self)


def medians(ways, pairs):
    """Return the `Times` of each way, all run in turn, once before."""
    found = [Times() for _ in ways]
    for turn in range(pairs + 1):
        for way, times in zip(ways, found, strict=True):
            took = seconds(way)
            if turn:
                times.append(took)
    return found


def billion():
    """Print the peak memory and the time of a summary of 10^9 values, in a process of its own."""
    # A process begins with the peak of the one that starts it, but for what its own memory says.
    code = (
        "from tests.bench.sampling import summarise; summarise();"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    )
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
    took = time.perf_counter() - begin
    peak = int(done.stdout) / 1024
    figure(f"{'10^9 values summarised':<42} {peak:5.0f} MiB in {took:.0f} s", peak, most=200)


def summarise():
    """Summarise a weight of 10^9 values."""
    from convcalc.initializers import initial, law
    from convcalc.numeric.summary import sampled

    given, shape = initial("he_normal"), (1000, 1000, 1000)
    assert sampled(given, law(given, shape), shape, samples=None).count == 10**9


def main():
    """Measure what is asked for: the pairs, and whether the billion too."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if find_spec("torch") is None:
        print("torch is not installed: nothing to hold sampling against")
    else:
        against_torch(pairs)
    if "billion" in sys.argv:
        billion()


if __name__ == "__main__":
    main()
