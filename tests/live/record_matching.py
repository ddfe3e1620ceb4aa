"""Record what other tools count of random layers, for the suite to replay without them.

    python -m tests.live.record_matching --n 6 --seed 1

rewrites ``tests/corpus/matching.jsonl``: a header with the versions, the date and the command, then a layer a line
with the tools' figures; null is a layer at which the tool stops. Spoiled calls are left out, and what is no question
of counting: see `undecided`.
"""

import argparse
import json
import random
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from convcalc.analysis.infer import begin
from convcalc.analysis.matching.rules import TOOLS
from convcalc.api import network
from convcalc.errors import ConvcalcError
from tests.live.cases import GENERATORS, code_text
from tests.live.cases.render import network_input
from tests.live.oracles import counters
from tests.live.record import CORPUS

PACKAGES = {"thop": "ultralytics-thop"}
# A model of one such node is none that onnx-tool knows: it stops there. Of any other error the reason is elsewhere.
UNKNOWN = "NotImplementedError"


def versions():
    """Return the version of each tool that is installed."""
    found = {}
    for tool in TOOLS:
        try:
            found[tool] = version(PACKAGES.get(tool, tool))
        except PackageNotFoundError:
            continue
    return found


def cases(framework, count, seed):
    """Yield `count` calls of each class, none spoiled on purpose, that convcalc answers: ``(case, text, shape)``."""
    rng = random.Random(f"matching {framework} {seed}")
    rng.spoils = False
    for name, generator in GENERATORS[framework].items():
        for _ in range(count):
            case = {"framework": framework, "name": name, **generator(rng)}
            text, shape = code_text(case), network_input(case)
            try:
                steps = text and shape and begin(network(text, framework), shape, None)[2]
            except ConvcalcError:
                continue
            if steps and steps[-1].facts.output:
                case["output"] = [n if n.__class__ is int else 1 for n in steps[-1].facts.output]
                yield case, text, shape


def undecided(tool, case, found):
    """Tell whether a tool's answer is about something else than its counts.

    An error is, but where a rule says that the tool stops; so is thop's reading of a tuple of one as
    one axis of an average pool.
    """
    if "error" in found:
        stops = found["error"].startswith(UNKNOWN) if tool == "onnx-tool" else found["error"].startswith("Assertion")
        return not stops or tool not in ("onnx-tool", "fvcore")
    values = [*case.get("args", []), *case["kwargs"].values()]
    return tool == "thop" and "AvgPool" in case["name"] and any(isinstance(v, tuple) and len(v) == 1 for v in values)


def lines(count, seed, tools):
    """Yield the lines of a corpus of the tools that are installed."""
    for framework in dict.fromkeys(TOOLS[tool].framework for tool in tools):
        for case, text, shape in cases(framework, count, seed):
            figures = {}
            for tool in tools:
                if TOOLS[tool].framework == framework:
                    found = counters.answer(tool, case)
                    if not undecided(tool, case, found):
                        figures[tool] = None if "error" in found else [found["macs"], found["params"]]
            if figures:
                yield {"text": text, "input": shape, "framework": framework, "figures": figures}


def main(arguments=None):
    """Write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=6, help="how many calls of each class")
    parser.add_argument("--seed", default="1")
    arguments = sys.argv[1:] if arguments is None else arguments
    given = parser.parse_args(arguments)
    asked = versions()
    command = " ".join(["python -m tests.live.record_matching", *arguments])
    header = {"versions": asked, "date": date.today().isoformat(), "seed": given.seed, "command": command}
    path = CORPUS / "matching.jsonl"
    out = [header, *lines(given.n, given.seed, list(asked))]
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in out))
    print(f"{path.name}: {len(out) - 1} layers, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
