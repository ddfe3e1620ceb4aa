"""Random cases for the real frameworks: generators written by hand from each framework's own signatures.

A case is ``{"framework", "name", "args", "kwargs", "input"}`` in plain JSON values (a tuple is a list
there). About a quarter of the cases are spoiled on purpose; whether a case is valid is for the framework to say.
"""

import random
import re

from tests.live.cases import keras_cases, onnx_along, onnx_cases, torch_cases
from tests.live.cases.render import code_text

GENERATORS = {
    "torch": torch_cases.GENERATORS,
    "keras": keras_cases.GENERATORS,
    "onnx": onnx_cases.GENERATORS | onnx_along.GENERATORS,
}

__all__ = ["GENERATORS", "code_text", "make_cases"]


def make_cases(framework, count, seed, only=()):
    """Yield `count` cases; the same seed gives the same cases, whatever `count` is.

    >>> first, second = make_cases("torch", 2, seed=7, only=["Linear"])
    >>> first["name"], second["name"]
    ('Linear', 'Linear')
    """
    generators = GENERATORS[framework]
    unknown = sorted(set(only) - set(generators))
    if unknown:
        raise ValueError(f"no generator for {', '.join(unknown)} in {framework}")
    # Windows are where the rules are: their classes come up three times as often as the others.
    names = [
        name for name in generators if not only or name in only for _ in range(3 if re.search("Conv|Pool", name) else 1)
    ]
    rng = random.Random(f"{framework} {seed}")
    # Every class comes up within one round, so that a short run touches all of them.
    for number in range(count):
        if number % len(names) == 0:
            rng.shuffle(names)
        name = names[number % len(names)]
        yield {"framework": framework, "name": name, **generators[name](rng)}
