"""Record what the real frameworks compute over random cases, for the suite to replay without them.

    python -m tests.live.record_values --n 220 --seed 1

rewrites ``tests/corpus/values.jsonl``: a header with the versions, the date and the command, then a case a line, what
was once computed wrongly first. Inputs and weights are not in it: their seed is, see tests.live.fill. The values are
those of the whole output in base64 where it is small, else some of them at even distances, and the sum of all.
"""

import argparse
import json
import sys
from datetime import date
from importlib.metadata import version
from itertools import chain, islice

import numpy as np

from tests.live import fill
from tests.live.cases import code_text
from tests.live.cases.found import valued_cases
from tests.live.cases.networks import networks
from tests.live.cases.valued import value_cases
from tests.live.record import CORPUS, PACKAGES
from tests.live.values import ROUNDED, Outcome, answered, judge

PROBES = 48


def record(case, answer, dtype):
    """Return the line of one case."""
    output = fill.unpack(answer["outputs"][dtype])
    flat = output.ravel()
    step = -(-flat.size // PROBES) if flat.size > 2 * PROBES else 1
    line = {"case": case, "weights": answer["weights"], "dtype": dtype, "shape": list(output.shape), "step": step}
    line["values"] = fill.pack(flat[::step])["data"]
    if step > 1 and np.isfinite(flat).all():
        line["sum"] = float(flat.sum(dtype=np.float64))
    return line


def lines(framework, count, seed):
    """Yield the lines of one framework, of layers and a few chains; what the framework leaves undecided is left out."""
    sources = [valued_cases(framework), islice(value_cases(framework, seed), count)]
    if framework != "onnx":
        sources.append(islice(networks(framework, seed), count // 10))
    cases = (case for case in chain(*sources) if code_text(case) is not None)
    for number, (case, answer, second) in enumerate(answered(framework, cases)):
        outcome = Outcome(framework)
        judge(outcome, case, answer, second)
        if outcome.tally["agree"] or outcome.disagreements:
            # Half of them in float64, where the framework computes in it.
            wide = number % 2 and ROUNDED not in outcome.tally and "float64" in answer["outputs"]
            yield record(case, answer, "float64" if wide else "float32")


def main(arguments=None):
    """Write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=220, help="how many random cases a framework")
    parser.add_argument("--seed", default="1")
    arguments = sys.argv[1:] if arguments is None else arguments
    given = parser.parse_args(arguments)
    header = {
        "versions": {name: version(name) for names in PACKAGES.values() for name in names},
        "date": date.today().isoformat(),
        "seed": given.seed,
        "command": " ".join(["python -m tests.live.record_values", *arguments]),
    }
    written = [header, *(line for framework in PACKAGES for line in lines(framework, given.n, given.seed))]
    path = CORPUS / "values.jsonl"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in written))
    print(f"{path.name}: {len(written) - 1} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
