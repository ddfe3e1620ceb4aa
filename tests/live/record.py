"""Record what a real framework answers over random cases, for the suite to replay without it.

    python -m tests.live.record torch --n 2300 --seed 1

rewrites ``tests/corpus/torch.jsonl``: a header with the versions, the date and the command, then a case a line, what
was once answered wrongly first. What the framework leaves undecided (see tests.live.compare) is left out. A diff of
the corpus is the review of a change of the framework's.
"""

import argparse
import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tests.live.cases import code_text
from tests.live.cases.render import network_input
from tests.live.compare import COUNTS, judged

CORPUS = Path(__file__).parent.parent / "corpus"
PACKAGES = {
    "torch": ("torch",),
    "keras": ("keras", "tensorflow-cpu", "jax"),
    "onnx": ("onnx", "onnxruntime"),
}


def record(case, answer):
    """Return the line of one case: the text, the input and the answer in full."""
    line = {"text": code_text(case), "input": network_input(case), "ok": answer["ok"]}
    if not answer["ok"]:
        return {**line, "stage": answer["stage"]}
    weights = [[name, shape] for name, shape in answer["weights"]]
    return {**line, "output": answer["output"], "params": [answer["params"][key] for key in COUNTS], "weights": weights}


def guessed(case, answer):
    """Tell whether only a run refused, over sizes that the oracle had to guess: that decides nothing."""
    return not answer["ok"] and answer["stage"] == "run" and None in network_input(case)


def main(arguments=None):
    """Write the corpus of one framework."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("framework", choices=list(PACKAGES))
    parser.add_argument("--n", type=int, default=2300, help="how many random cases")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", action="append", default=[], help="a class; may be repeated")
    arguments = sys.argv[1:] if arguments is None else arguments
    given = parser.parse_args(arguments)
    header = {
        "framework": given.framework,
        "versions": {name: version(name) for name in PACKAGES[given.framework]},
        "date": date.today().isoformat(),
        "seed": given.seed,
        "command": " ".join(["python -m tests.live.record", *arguments]),
    }
    lines = [header]
    seen = set()
    for case, answer, reason in judged(given.framework, given.n, given.seed, given.only, found=True):
        line = None if reason or guessed(case, answer) else record(case, answer)
        key = line and (line["text"], tuple(line["input"]))
        if line and key not in seen:
            seen.add(key)
            lines.append(line)
    path = CORPUS / f"{given.framework}.jsonl"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    print(f"{path.name}: {len(lines) - 1} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
