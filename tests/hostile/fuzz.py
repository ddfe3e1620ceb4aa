"""A mutating fuzzer: ``python -m tests.hostile.fuzz --seconds 600 [--readers] [--seed 7] [--state FILE]``.

Inputs are drawn from the catalogue and mutated; the invariants of `oracle` judge what convcalc
makes of them. They come in blocks, each of which its seed and number alone decide: a run can be
taken up where its state ends, and a find repeated. A line of the state is a block; a find is
written to a file that the tests replay.
"""

import argparse
import gc
import hashlib
import json
import multiprocessing
import os
import platform
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from convcalc.errors import ConvcalcError
from tests.hostile import oracle, watch
from tests.hostile.files import draw_file
from tests.hostile.mutate import mutated
from tests.hostile.oracle import BrokenError
from tests.hostile.seeds import draw, line
from tests.hostile.values import Chance

BLOCK = 500
SLOW = 0.5  # seconds of CPU for one input
REPEATED = 8.0  # seconds more for the up to 100,000 layers of a repeated block
HANG = 15.0
MEMORY = 1 << 30  # bytes that answering may add to what the process has
GROWTH = 200 << 20
LAYERS = 700 << 20  # more for the up to 100,000 layers of a repeated block, each with sizes in symbols
ALIKE = 3  # finds with the same complaint that are written in one run
# Shares of the inputs that are asked all there is to ask: of those that get an answer, and of the rest.
ANSWERED, REFUSED = 0.1, 0.02


class Hang(BaseException):
    """Raised by a timer; no `except Exception` stops it."""


def stop(signum, frame):
    raise Hang


def files(seed, block, size=BLOCK):
    """Yield ``(case, lot)`` for the model files of a block."""
    chance = Chance(f"files/{seed}/{block}")
    for _ in range(size):
        yield draw_file(chance), chance.random()


def cases(seed, block, size=BLOCK):
    """Yield ``(case, lot)`` for the inputs of a block: drawn ones, each with a few mutants of it.

    `lot`, below 1, decides how much is asked.
    """
    chance = Chance(f"{seed}/{block}")
    others = []
    for number in range(size):
        if number % 4 == 0:
            drawn = case = draw(chance)
            others.append(drawn.spec)
        else:
            case = mutant(chance, drawn, others)
        if chance.random() < 0.12:
            case = line(chance, case)
            if chance.random() < 0.4:
                case = case._replace(spec=mutated(chance, case.spec).encode("utf-8", "replace").decode("latin-1"))
        yield case, chance.random()


def mutant(chance, case, others):
    """Return a case with its spec, its input or both mutated, or with its framework exchanged."""
    kind = chance.random()
    if kind < 0.1:
        return case._replace(framework=chance.choice(("keras", "torch", "onnx", None)))
    if kind < 0.8:
        case = case._replace(spec=mutated(chance, case.spec, others))
    if kind > 0.6:
        given = case.input
        if given.__class__ is tuple:
            odd = chance.choice(
                (0, 1, 5, 9, 64, 2**40, -1, 1.5, True, "H", "x", 2**63, (1,), None, float("nan"), "ceil(H/2)", 10**30)
            )
            at = chance.randrange(len(given) + 1)
            given = (*given[:at], odd, *given[at + chance.randrange(2) :])
        else:
            given = mutated(chance, given or "28x28x3")
        case = case._replace(input=given)
    return case


def allowed(case, deep):
    """Return the seconds that a case may take: what is deep asks four times, a repeated block has many layers."""
    return SLOW * (4 if deep else 1) + (REPEATED if "*" in case.spec else 0)


def judge(case, lot):
    """Return ``(outcome, seconds, complaint)`` of a case; the complaint is None where all holds."""
    deep = lot < REFUSED
    start = time.process_time()
    outcome, complaint = "broken", None
    try:
        outcome = oracle.answer(case, deep, lot < ANSWERED)
        deep = deep or (lot < ANSWERED and outcome == "answered")
    except Hang:
        complaint = f"no answer in {HANG} s"
    except BrokenError as broken:
        complaint = str(broken)
    except ConvcalcError as error:
        complaint = f"refused late: {error.message}"
    except (Exception, RecursionError, MemoryError) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        complaint = f"{error.__class__.__name__} at {Path(place.filename).name}:{place.lineno}: {error}"[:500]
    seconds = time.process_time() - start
    if complaint is None and seconds > allowed(case, deep):
        complaint = f"{seconds:.2f} s"
    return outcome, seconds, complaint


def warned(message, *more, **named):
    """Take a warning as a find: it would stand on standard error."""
    raise BrokenError(f"a warning: {message}")


def guard():
    """Let no input take the machine: a timer for each, and a limit of memory for the process."""
    warnings.simplefilter("always")
    warnings.showwarning = warned
    watch.begin()
    signal.signal(signal.SIGPROF, stop)
    # A third of the time would go into looking for garbage among what stays.
    gc.freeze()
    gc.set_threshold(100_000)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))


def run_block(seed, block, readers=False, size=BLOCK):
    """Return the record of a block: what became of its inputs, and the finds as ``(case, complaint)``."""
    outcomes, finds = Counter(), []
    slowest = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    begin = time.process_time()
    for case, lot in (files if readers else cases)(seed, block, size):
        signal.setitimer(signal.ITIMER_PROF, HANG)
        outcome, seconds, complaint = judge(case, lot)
        signal.setitimer(signal.ITIMER_PROF, 0)
        outcomes[outcome] += 1
        slowest = max(slowest, seconds)
        if complaint is not None:
            finds.append((case, complaint))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - before
    if grown > GROWTH + (LAYERS if slowest > SLOW else 0):
        finds.append((case, f"{grown >> 20} MiB more within the block {block} of this one"))
    record = {
        "of": "files" if readers else "specs",
        "seed": seed,
        "block": block,
        "inputs": size,
        "outcomes": dict(sorted(outcomes.items())),
        "seconds": round(time.process_time() - begin, 3),
        "slowest": round(slowest, 3),
        "finds": len(finds),
    }
    return record, finds


def job(task):
    return run_block(*task)


def blocks(seed, first, last, workers, readers):
    """Yield ``(record, finds)`` of the blocks from `first` on, up to and without `last` where it is given."""
    numbers = range(first, last if last is not None else 1 << 62)
    tasks = ((seed, number, readers) for number in numbers)
    if workers < 2:
        guard()
        yield from map(job, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(workers, guard) as pool:
        # Not imap, which would draw an endless range of tasks at once.
        waiting = []
        for task in tasks:
            waiting.append(pool.apply_async(job, (task,)))
            if len(waiting) >= 2 * workers:
                yield waiting.pop(0).get(600)
        for one in waiting:
            yield one.get(600)


def taken_up(state, seed, of):
    """Return the block after the last one of the same seed in a file of records."""
    if state is None or not state.exists():
        return 0
    with state.open() as lines:
        records = [r for r in map(json.loads, lines) if (r["of"], r["seed"]) == (of, seed)]
    return max((r["block"] + 1 for r in records), default=0)


def keep(folder, case, complaint):
    """Write a find to a file, and say so."""
    name = hashlib.sha256(repr(case).encode("utf-8", "backslashreplace")).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    oracle.write(folder / f"{name}.json", case, complaint)
    print(f"{name}: {complaint}\n  {ascii(case)[:300]}", file=sys.stderr, flush=True)


def main(argv=None):
    """Run blocks until the time or the number of them is over; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)), help="drawn where not given")
    parser.add_argument("--seconds", type=float, help="how long to run")
    parser.add_argument("--blocks", type=int, help=f"how many blocks of {BLOCK} inputs to run")
    parser.add_argument("--first", type=int, help="the first block; after the state's last one where not given")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--readers", action="store_true", help="model files instead of specs and lines")
    parser.add_argument("--state", type=Path, help="a file that grows by a line a block, and is taken up at its end")
    parser.add_argument("--finds", type=Path, default=Path(__file__).parent / "finds", help="where finds are written")
    given = parser.parse_args(argv)
    if given.seconds is None and given.blocks is None:
        parser.error("give --seconds or --blocks")
    of = "files" if given.readers else "specs"
    first = taken_up(given.state, given.seed, of) if given.first is None else given.first
    last = None if given.blocks is None else first + given.blocks
    begin = time.monotonic()
    outcomes, kept, inputs, found = Counter(), Counter(), 0, 0
    for record, finds in blocks(given.seed, first, last, given.workers, given.readers):
        outcomes.update(record["outcomes"])
        inputs += record["inputs"]
        found += len(finds)
        for case, complaint in finds:
            kept[complaint] += 1
            if kept[complaint] <= ALIKE:
                keep(given.finds, case, complaint)
        if given.state is not None:
            with given.state.open("a") as state:
                state.write(json.dumps(record) + "\n")
        if given.seconds is not None and time.monotonic() - begin > given.seconds:
            break
    total = {
        "of": of,
        "seed": given.seed,
        "first": first,
        "inputs": inputs,
        "finds": found,
        "outcomes": dict(outcomes.most_common()),
        "seconds": round(time.monotonic() - begin, 1),
        "python": platform.python_version(),
    }
    print(json.dumps(total))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
