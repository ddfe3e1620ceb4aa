"""Bugs of the kinds that there have been, to plant into convcalc: a fuzzer that misses one is no fuzzer.

``python -m tests.hostile.planted [NAME]...`` plants them one by one and fuzzes until each is found.
"""

import ast
import json
import os
import sys
import time
from contextlib import suppress

from convcalc import errors
from convcalc.analysis import infer, jsonable
from convcalc.cli import line
from convcalc.layers import fit, write
from convcalc.readers import keras_graph
from convcalc.spec import code, scan
from tests.hostile import fuzz

# Blocks that each may take: a tenth of what CI runs.
BLOCKS = {"specs": 40, "files": 4}


def everywhere(real, fake):
    """Put a function in the place of another, wherever it has been imported to."""
    for name, module in list(sys.modules.items()):
        if name.startswith("convcalc"):
            for key, value in list(vars(module).items()):
                if value is real:
                    setattr(module, key, fake)


def deep_calls():
    """Take what Python says of a text that nests too deep for what it says of one that is no Python."""

    def tree(self, mode="eval"):
        try:
            return ast.parse(self.text, mode=mode).body
        except (SyntaxError, ValueError, RecursionError) as error:
            raise self.syntax_error(error) from None

    code.Source.tree = tree


def control_characters():
    """Put what was typed into messages as it is."""
    everywhere(scan.shown, lambda word: word)
    everywhere(errors.shortened, lambda sentence: sentence)


def spans_outside():
    """Take where a call begins for where its text does: a span that is off by its beginning."""
    real = code.Source.place
    code.Source.place = lambda self, line, column, points=False: real(self, line, column, points) + self.start


def windows_of_one_stride():
    """Divide by one less than the stride in what is said of a window that does not fit."""
    real = fit.no_fit

    def no_fit(site, name, n, window, *rest):
        return real(site, name, n // (window.stride - 1), window, *rest)

    everywhere(real, no_fit)


def wrong_total():
    """Leave the buffers in the total of parameters."""
    real = infer.total

    def total(counts):
        found = real(counts)
        return found._replace(total=found.total + found.buffers)

    everywhere(real, total)


def wrong_spec():
    """Leave an argument that is 2 out of the spec that is written."""
    real = write.write

    def written(layer, framework, args):
        return real(layer, framework, {key: value for key, value in args.items() if value != 2})

    everywhere(real, written)


def evaluated():
    """Evaluate what stands in a call before it is read."""
    real = code.Source.tree

    def tree(self, *mode):
        with suppress(Exception):
            eval(self.text, {"__builtins__": {}})
        return real(self, *mode)

    code.Source.tree = tree


def slow_parentheses():
    """Take a second over many open parentheses."""
    real = scan.closing

    def closing(plain, start):
        end = time.process_time() + (plain.count("(") > 50)
        while time.process_time() < end:
            pass
        return real(plain, start)

    everywhere(real, closing)


def floats():
    """Give sizes as floats where they are large."""
    real = jsonable.plain

    def plain(value):
        value = real(value)
        return float(value) if value.__class__ is int and value > 1 << 53 else value

    everywhere(real, plain)


def broken_lines():
    """Write an answer's texts into its line as they are."""
    line.value = str


def unchecked_entries():
    """Believe that a model's layers are as Keras writes them."""
    keras_graph.Flat.odd = lambda self, why: KeyError(why)


PLANTED = {
    "specs": (
        *(deep_calls, control_characters, spans_outside, windows_of_one_stride, wrong_total),
        *(wrong_spec, evaluated, slow_parentheses, floats, broken_lines),
    ),
    "files": (unchecked_entries,),
}


def after(of, bug):
    """Plant a bug and fuzz; return after how many inputs it was found and what was said, or None."""
    bug()
    for block in range(BLOCKS[of]):
        _, finds = fuzz.run_block(13, block, of == "files")
        if finds:
            return (block + 1) * fuzz.BLOCK, finds[0][1][:300]
    return None


def main():
    """Plant bugs, each in a process of its own; print a JSON object for each."""
    fuzz.guard()
    for of, bugs in PLANTED.items():
        for bug in bugs:
            if sys.argv[1:] and bug.__name__ not in sys.argv[1:]:
                continue
            child = os.fork()
            if not child:
                print(json.dumps({"bug": bug.__name__, "of": of, "found": after(of, bug)}), flush=True)
                os._exit(0)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
