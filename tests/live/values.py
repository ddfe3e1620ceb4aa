"""Hold what convcalc computes against what a real framework computes, over random cases.

    python -m tests.live.values torch --n 1000 --seed 7 --only Conv2d
    python -m tests.live.values keras --networks 200 --seed 7

Inputs and weights are seeded, see tests.live.fill. Agreement is: the same shape, NaN and infinities in the same
places, and the greatest difference within 1e-5 of the greatest value in float32, 1e-12 in float64. TensorFlow judges
Keras, JAX what TensorFlow cannot run on a CPU or computes in float32 though asked for float64; onnxruntime judges
ONNX, onnx's reference evaluator what onnxruntime does not run. What the framework refuses is drawn anew.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from itertools import islice

import numpy as np

import convcalc
from convcalc.api import network
from convcalc.numeric.program import Program
from convcalc.numeric.weights import assign
from tests.live import fill
from tests.live.cases import code_text
from tests.live.cases.networks import networks
from tests.live.cases.valued import value_cases
from tests.live.compare import SECOND
from tests.live.compare import undecided as shape_undecided
from tests.live.worker import Oracle

TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
# Of outputs that are all next to nothing the difference counts, not its share: onnxruntime's sigmoid of -30 is 0.
LEAST = 1e-7
# What the other backend of Keras says where one differs.
ROUNDED = "computed in float32 by TensorFlow or JAX though asked for float64"
FAR = "the framework's own float32 is as far from its float64"
NARROW = "TensorFlow and JAX both compute in float32 what is float64"
CONTRARY = "TensorFlow and JAX give different values, and one of them ours"
# Of the cases that a framework is given, about one in three is refused.
TRIES = 4


class Outcome:
    """The outcome of one run: `disagreements` is a list of ``(case, kind, text)``."""

    def __init__(self, backend):
        self.backend = backend
        self.tally = Counter()
        self.disagreements = []

    def text(self, examples=3):
        """Write the outcome compactly, the disagreements grouped by class and kind."""
        undecided = sum(count for reason, count in self.tally.items() if reason.startswith("undecided"))
        lines = [
            f"{self.backend}: {self.tally['agree']} agree, {len(self.disagreements)} disagree, {undecided} undecided"
        ]
        lines += [f"  {count} {reason}" for reason, count in sorted(self.tally.items()) if reason != "agree"]
        groups = defaultdict(list)
        for case, kind, text in self.disagreements:
            groups[case["name"], kind].append((case, text))
        for (name, kind), found in sorted(groups.items()):
            lines.append(f"{name}: {kind}, {len(found)} times")
            for case, text in found[:examples]:
                lines.append(f"    {code_text(case)}  on {case['input']}".replace("\n", " | "))
                lines.append(f"        {text}")
                lines.append(f"        --case '{json.dumps(case)}'")
        return "\n".join(lines)


def compare(backend, count, seed, only=(), chains=False, plain=False):
    """Compare `count` cases that the backend can run, of layers or of chains of layers."""
    framework = "keras" if backend == "jax" else backend
    source = networks(framework, seed) if chains else value_cases(framework, seed, only)
    cases = (case for case in source if code_text(case) is not None)
    outcome = Outcome(backend)
    for case, answer, second in answered(backend, islice(cases, TRIES * count + 20)):
        judge(outcome, case, answer, second, plain)
        if outcome.tally["agree"] + len(outcome.disagreements) >= count:
            break
    return outcome


def answered(backend, cases):
    """Yield ``(case, answer, second)``; `second` asks who judges where the first cannot."""
    first = Oracle(backend, values=True)
    second = Oracle(SECOND.get(backend, backend), values=True)
    try:
        for case, answer in first.ahead(cases):
            if backend in ("keras", "onnx") and answer.get("stage") == "run":
                other = second({**case, "reference": True})
                answer = {"judge": "JAX", **other} if other["ok"] else answer
            yield case, answer, second
    finally:
        first.close()
        second.close()


@np.errstate(all="ignore")
def judge(outcome, case, answer, second, plain=False):
    """Add one case to the outcome."""
    if not answer["ok"]:
        crash = answer.get("stage") == "crash"
        outcome.tally["undecided: the framework crashed" if crash else "refused, drawn anew"] += 1
        return
    doubts, rounded = set(), False
    for dtype, packed in answer["outputs"].items():
        theirs = fill.unpack(packed)
        for side in ("fast", "plain") if plain else ("fast",):
            mine = ours(case, answer["weights"], dtype, side)
            if isinstance(mine, str):
                refuse(outcome, case, mine, second)
                return
            difference = differ(theirs, mine, TOLERANCE[dtype], exact=side == "fast")
            if difference is None:
                continue
            if difference[0] == "shape":
                refuse(outcome, case, f"{dtype}, {side}: {difference[1]}", second)
                return
            doubt = undecided(case, dtype, answer, mine, second)
            if doubt == ROUNDED:
                rounded = True
            elif doubt:
                doubts.add(doubt)
            else:
                outcome.disagreements.append((case, difference[0], f"{dtype}, {side}: {difference[1]}"))
                return
    outcome.tally[f"undecided: {min(doubts)}" if doubts else "agree"] += 1
    if rounded and not doubts:
        outcome.tally[ROUNDED] += 1
    if "judge" in answer and answer["judge"] != "onnxruntime":
        outcome.tally[f"judged by {answer['judge']}"] += 1


def refuse(outcome, case, error, second):
    """Add a case that convcalc does not compute, or to another shape: wrong, where there is a shape to agree with."""
    shapes = Oracle(outcome.backend)
    try:
        answer = shapes(case) if "layers" not in case else {"ok": True}
    finally:
        shapes.close()
    doubt = shape_undecided(case, answer) if "output" in answer else None
    if not answer["ok"]:
        outcome.tally["refused, drawn anew"] += 1
    elif doubt:
        outcome.tally[f"undecided: {doubt}"] += 1
    else:
        outcome.disagreements.append((case, "refused, broken or of another shape", error))


def undecided(case, dtype, answer, mine, second):
    """Say why the framework's values are none to agree with; None where they are."""
    if "evaluator" in answer.get("judge", "") and "Pool" in case["name"]:
        return "onnxruntime refuses, and the reference evaluator's pool gives something else"
    outputs = {name: fill.unpack(packed) for name, packed in answer["outputs"].items()}
    theirs = outputs[dtype]
    if theirs.shape != mine.shape:
        return None
    if case["name"].startswith("CircularPad") and overlaps(case):
        return "torch copies a circular pad's end onto itself, and what comes of it depends on the processor"
    if case["framework"] == "onnx":
        wide = second({**case, "wide": True})
        outputs |= {"float64": fill.unpack(wide["outputs"]["float64"])} if wide["ok"] else {}
    if dtype == "float32" and "float64" in outputs and as_far(outputs["float64"], theirs, mine):
        return FAR
    if case["framework"] == "torch":
        poisoned = second({**case, "poison": True})
        nans = [np.isnan(fill.unpack(outcome["outputs"][dtype])) for outcome in (answer, poisoned) if outcome["ok"]]
        if len(nans) == 2 and (nans[1] & ~nans[0]).any():
            return "torch reads memory that nothing wrote"
    if case["framework"] == "keras":
        return by_other(case, dtype, theirs, mine, answer, second)
    return None


def as_far(wide, theirs, mine):
    """Tell whether in float32 the framework itself is off from its float64, and about as far as convcalc or farther."""
    off, own = (distance(wide, values.astype(np.float64)) for values in (theirs, mine))
    # What is off by more is no rounding.
    return off is not None and own is not None and TOLERANCE["float32"] / 2 < off < 1e-3 and own <= 2 * off


def by_other(case, dtype, theirs, mine, answer, second):
    """Say what the other backend makes of a Keras layer of which one has other values; None where it has them too."""
    wide = dtype == "float64"
    close = wide and (distance(theirs, mine) or 1) <= TOLERANCE["float32"]
    other = {"ok": False} if "judge" in answer else second(case)
    if not other["ok"]:
        # Keras' means on JAX are in float32, and so are some of its transposed convolutions.
        means = any(re.search("Average|Norm", part["name"]) for part in case.get("layers", [case]))
        return ROUNDED if close and (means or theirs.dtype != dtype) else None
    values = fill.unpack(other["outputs"][dtype])
    if not wide and as_far(fill.unpack(other["outputs"]["float64"]), theirs, mine):
        return FAR
    if differ(values, mine, TOLERANCE[dtype]) is None:
        narrow = np.array_equal(theirs, theirs.astype(np.float32), equal_nan=True)
        return ROUNDED if close or (wide and narrow) else CONTRARY
    # The small matrices of a Dense layer with lora_rank are float32 on both.
    if close and ("lora_rank" in case["kwargs"] or differ(values, theirs, TOLERANCE[dtype])):
        return NARROW
    return None


def overlaps(case):
    """Tell whether a circular pad cuts one end of an axis and wraps at the other more than that leaves."""
    padding = (case["args"] or [case["kwargs"].get("padding")])[0]
    if isinstance(padding, int):
        return False
    pairs = zip(padding[::2], padding[1::2], reversed(case["input"]), strict=False)
    return any(min(pair) < 0 and max(pair) > n + min(pair) for *pair, n in pairs)


def ours(case, described, dtype, side="fast"):
    """Return what convcalc computes, or what it says instead."""
    x, weights = fill.given(case, described)
    x = x if x.dtype.kind == "i" and dtype == "float32" else x.astype(dtype)
    text, framework = code_text(case), case["framework"]
    try:
        if side == "fast":
            return convcalc.forward(text, x, weights, framework=framework)
        program = Program(network(text, framework), x.shape, np.dtype(dtype))
        return program.plain(x, assign(program, weights)).astype(dtype)
    except convcalc.ConvcalcError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def differ(theirs, mine, tolerance, exact=True):
    """Return ``(kind, text)`` of the first difference, or None; `exact` holds the dtypes too."""
    if theirs.shape != mine.shape:
        return "shape", f"theirs {theirs.shape}, ours {mine.shape}"
    if exact and theirs.dtype != mine.dtype and theirs.dtype.kind == "f":
        return "dtype", f"theirs {theirs.dtype}, ours {mine.dtype}"
    near = distance(theirs, mine)
    if near is None:
        places = np.argwhere(~same_kind(theirs, mine))
        at = tuple(int(i) for i in places[0])
        return "NaN or infinity", f"{len(places)} places, at {at} theirs {theirs[at]}, ours {mine[at]}"
    if near <= tolerance:
        return None
    gap = np.where(np.isfinite(theirs), np.abs(theirs - mine), 0)
    at = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    return "values", f"off by {near:.2g} of the greatest, at {at} theirs {theirs[at]}, ours {mine[at]}"


def same_kind(theirs, mine):
    """Return where both are finite, both NaN, or the same infinity."""
    both = np.isfinite(theirs) & np.isfinite(mine)
    return both | (np.isnan(theirs) & np.isnan(mine)) | (np.isinf(theirs) & (theirs == mine))


def distance(theirs, mine):
    """Return the greatest difference over the greatest value, `LEAST` at least; None where NaN or infinities differ."""
    if not same_kind(theirs, mine).all():
        return None
    finite = np.isfinite(theirs)
    if not finite.any():
        return 0.0
    gap = float(np.abs(theirs[finite].astype(np.float64) - mine[finite]).max())
    return gap / max(float(np.abs(theirs[finite]).max()), LEAST)


def main(arguments=None):
    """Run the comparison from the command line; the exit code is 1 where anything disagrees."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("backend", choices=["torch", "keras", "jax", "onnx"])
    parser.add_argument("--n", type=int, default=1000, help="how many cases")
    parser.add_argument("--networks", type=int, metavar="N", help="chains of layers instead, so many")
    parser.add_argument("--seed", default="7", help="the same seed gives the same cases")
    parser.add_argument("--only", action="append", default=[], help="a class; may be repeated")
    parser.add_argument("--plain", action="store_true", help="hold the plain definitions too")
    parser.add_argument("--case", help="one case, as a disagreement prints it")
    parser.add_argument("--examples", type=int, default=3, help="examples for each kind of disagreement")
    given = parser.parse_args(arguments)
    if given.case:
        outcome = Outcome(given.backend)
        for one in answered(given.backend, [json.loads(given.case)]):
            judge(outcome, *one, given.plain)
    else:
        outcome = compare(
            given.backend, given.networks or given.n, given.seed, given.only, bool(given.networks), given.plain
        )
    print(outcome.text(given.examples))
    return 1 if outcome.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
