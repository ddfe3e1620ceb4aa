"""Hold convcalc against a real framework over random cases, and print where the two disagree.

    python -m tests.live.compare torch --n 1000 --seed 7 --only Conv2d

Compared are the output shape, the parameter counts, the weights with their shapes, and whether the case is refused.
A Keras case is refused where the constructor or the symbolic call raises, or where the eager call of TensorFlow and of
JAX both raise. Where a framework contradicts itself there is no answer to agree with: such a case is undecided, and
counted.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from itertools import chain

from tests.live.cases import code_text, make_cases
from tests.live.cases.found import found_cases
from tests.live.cases.render import network_input
from tests.live.worker import Oracle

SECOND = {"keras": "jax", "jax": "keras"}
ABSENT = "no such layer here"
BROKE = "an exception of no kind of ours"
COUNTS = ("total", "trainable", "non_trainable", "buffers")


class Comparison:
    """The outcome of one run: `disagreements` is a list of ``(case, kind, theirs, ours)``."""

    def __init__(self, backend):
        self.backend = backend
        self.tally = Counter()
        self.disagreements = []

    def text(self, examples=3):
        """Write the outcome compactly, the disagreements grouped by class and kind."""
        agreed = self.tally["accepted"] + self.tally["refused"]
        lines = [
            f"{self.backend}: {agreed} agree ({self.tally['accepted']} accepted, {self.tally['refused']} refused), "
            f"{len(self.disagreements)} disagree"
        ]
        lines += [
            f"  {count} {reason}" for reason, count in sorted(self.tally.items()) if reason.startswith("undecided")
        ]
        groups = defaultdict(list)
        for case, kind, theirs, ours in self.disagreements:
            # One fault of ours may break every class: it is one group.
            group = (f"convcalc broke, {ours}", kind) if kind == BROKE else (case["name"], kind)
            groups[group].append((case, theirs, ours))
        absent = sorted(name for name, kind in groups if kind == ABSENT)
        if absent:
            lines.append(f"{ABSENT}: {', '.join(absent)}")
        for name in absent:
            del groups[name, ABSENT]
        for (name, kind), found in sorted(groups.items()):
            lines.append(f"{name}: {kind}, {len(found)} times")
            for case, theirs, ours in found[:examples]:
                text = (code_text(case) or f"{name} {case['kwargs']}").replace("\n", " | ")
                lines.append(f"    {text}  on {case['input']}")
                lines.append(f"        theirs {theirs}")
                lines.append(f"        ours   {ours}")
        return "\n".join(lines)


def compare(backend, count, seed, only=()):
    """Run `count` cases through the backend's oracle and through convcalc."""
    outcome = Comparison(backend)
    for case, answer, reason in judged(backend, count, seed, only):
        if reason:
            outcome.tally[f"undecided: {reason}"] += 1
            continue
        difference = differ(answer, ours(case))
        if difference:
            outcome.disagreements.append((case, *difference))
        else:
            outcome.tally["accepted" if answer["ok"] else "refused"] += 1
    return outcome


def judged(backend, count, seed, only=(), found=False):
    """Yield ``(case, answer, reason)``: what the backend's oracle says, and why that is undecided, or None.

    With `found` the cases that were once answered wrongly come first.
    """
    framework = "keras" if backend == "jax" else backend
    judge = Oracle(backend)
    second = Oracle(SECOND[backend]) if backend in SECOND else None
    try:
        before = found_cases(framework) if found else ()
        for case in chain(before, make_cases(framework, count, seed, only)):
            if code_text(case) is None:
                yield case, None, "one input cannot feed these operands"
                continue
            answer = judge(case)
            if answer.get("runs") is False:
                other = second(case)
                if not other["ok"] or other["runs"] is False:
                    answer = {"ok": False, "stage": "run", "error": answer["run_error"]}
            yield case, answer, undecided(case, answer)
    finally:
        judge.close()
        if second:
            second.close()


def undecided(case, answer):
    """Say why the framework gives no answer to agree with; None where it gives one."""
    if not answer["ok"]:
        return "the framework crashed" if answer["stage"] == "crash" else answer.get("doubt")
    if answer.get("run_output") not in (None, answer["output"]):
        return "inference and eager call give different shapes"
    inferred = answer.get("inferred")
    complete = isinstance(inferred, list) and None not in inferred
    # Of windowed operators convcalc says what onnxruntime does, and notes that onnx differs.
    if complete and inferred != answer["output"] and not re.search("Conv|Pool", case["name"]):
        return "onnx and onnxruntime give different shapes"
    if answer.get("run_error") and answer["runs"] is None:
        return "the guesses at open sizes that are small enough to run do not"
    if case["name"] in ("Flatten", "Reshape") and None in answer["output"][1:] and 0 in case["input"]:
        return "Keras leaves open what is 0 whatever the open sizes are"
    if not answer.get("alone", True):
        return "torch takes an empty batch of what it refuses for one image"
    if any(size is not None and size < 0 for size in answer["output"]):
        return "the framework answers a size below 0"
    if case["name"].startswith("CircularPad") and 0 not in answer["output"] and cuts_more_than_all(case):
        return "torch's circular pad cuts more than there is, and answers what was in memory"
    if case["framework"] == "torch" and case["name"].startswith("Conv"):
        if "Transpose" in case["name"] and 0 in answer["output"][1:]:
            return "whether a transposed output of size 0 runs depends on the kernel that torch picks"
        if 0 in answer["weights"][0][1]:
            return "a convolution of 0 channels gives a shape that its weight denies"
    return None


def cuts_more_than_all(case):
    """Whether a torch pad has a side that cuts more cells than its axis has."""
    sides = case["kwargs"]["padding"] if case["kwargs"] else case["args"][0]
    shape = case["input"]
    sides = [sides] * 2 * int(case["name"][-2]) if isinstance(sides, int) else sides
    return any(
        n + min(pair) < 0 for n, pair in zip(shape[::-1], zip(sides[::2], sides[1::2], strict=False), strict=False)
    )


def ours(case):
    """Return convcalc's answer in the oracles' form."""
    import convcalc

    try:
        report = convcalc.shape(code_text(case), network_input(case), framework=case["framework"]).to_dict()
    except convcalc.ConvcalcError as error:
        return {"ok": False, "stage": error.code, "error": str(error)}
    except Exception as error:
        return {"ok": None, "error": f"{type(error).__name__}: {error}"}
    layer = report["layers"][-1]
    return {
        "ok": True,
        "output": layer["output_shape"],
        "params": layer["params"],
        "weights": [[weight["name"].rpartition(".")[2], weight["shape"]] for weight in layer["weights"]],
    }


def differ(theirs, ours):
    """Return ``(kind, theirs, ours)`` of the first difference, or None."""
    if ours["ok"] is None:
        return BROKE, brief(theirs), ours["error"]
    if theirs["ok"] != ours["ok"]:
        if ours.get("stage") == "unknown_word" and "is no layer" in ours["error"]:
            return ABSENT, brief(theirs), brief(ours)
        kind = "we refuse what it accepts" if theirs["ok"] else "we accept what it refuses"
        return kind, brief(theirs), brief(ours)
    if not theirs["ok"]:
        return None
    if len(theirs["output"]) != len(ours["output"]) or not all(map(same, theirs["output"], ours["output"])):
        return "output shape", theirs["output"], ours["output"]
    counts = [[answer["params"][key] for key in COUNTS] for answer in (theirs, ours)]
    if counts[0] != counts[1]:
        return "parameter counts", counts[0], counts[1]
    if dict(theirs["weights"]) != dict(ours["weights"]):
        return "weights", theirs["weights"], ours["weights"]
    return None


def same(theirs, ours):
    """Whether two sizes agree: an unknown one is an expression of symbols on our side."""
    return isinstance(ours, str) if theirs is None else ours == theirs


def brief(answer):
    """Write an answer in one line."""
    if answer["ok"]:
        return f"{answer['output']} {answer['params']['total']} parameters"
    return f"{answer['stage']}: {' '.join(answer['error'].split())[:160]}"


def main(arguments=None):
    """Run the comparison from the command line; the exit code is 1 where anything disagrees."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("backend", choices=["torch", "keras", "jax", "onnx"])
    parser.add_argument("--n", type=int, default=1000, help="how many cases")
    parser.add_argument("--seed", default="7", help="the same seed gives the same cases")
    parser.add_argument("--only", action="append", default=[], help="a class; may be repeated")
    parser.add_argument("--examples", type=int, default=3, help="examples for each kind of disagreement")
    given = parser.parse_args(arguments)
    outcome = compare(given.backend, given.n, given.seed, given.only)
    print(outcome.text(given.examples))
    return 1 if outcome.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
