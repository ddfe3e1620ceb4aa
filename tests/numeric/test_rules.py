"""Every layer in numbers: a kernel and a definition of each, in every framework that has it, that agree."""

import re
import tracemalloc

import numpy as np
import pytest

import convcalc
from convcalc import layers
from convcalc.api import network
from convcalc.errors import ShapeError
from convcalc.numeric import sample
from convcalc.numeric.program import Program

ENTRIES = [(layer, framework) for layer in layers.layers() for framework in layer.frameworks()]
IDS = [f"{framework}-{layer.word}" for layer, framework in ENTRIES]
SMALL = {None: ("6x5", "6"), 1: ("12x4",), 2: ("11x9x4",), 3: ("5x6x5x3",)}
LARGE = {None: ("300x400", "400"), 1: ("3000x60",), 2: ("50x60x32",), 3: ("12x12x14x16",)}


def whole(layer, framework, sizes, batch=2):
    """Return the first of some inputs that a layer's example takes, with a batch."""
    for given in (layer.family.sample,) if layer.family.sample else sizes[layer.rank]:
        axes = tuple(map(int, given.split("x")))
        if framework != "keras" and layer.rank and not layer.family.sample:
            axes = (axes[-1], *axes[:-1])
        try:
            convcalc.shape(layer.example(), (2, *axes), framework=framework)
        except ShapeError:
            continue
        return (batch, *axes)
    raise AssertionError(f"{layer.example()} takes none of the inputs")


def both(layer, framework, dtype):
    """Return the program of a layer's example, and what its two ways make of one input."""
    shape = whole(layer, framework, SMALL)
    program = Program(network(layer.example(), framework), shape, np.dtype(dtype))
    x = sample.data(program.nodes[0], shape, np.dtype(dtype), 3)
    weights = sample.weights(program, 3)
    for array in (x, *(array for own in weights for array in own.values())):
        array.flags.writeable = False
    return program, program.fast(x, weights), program.plain(x, weights)


@pytest.mark.parametrize("side", ["fast", "plain"])
@pytest.mark.parametrize("kind", sorted({layer.family.kind for layer, _ in ENTRIES}))
def test_every_kind_has_a_rule(kind, side):
    """A layer of the catalogue without numbers is a bug."""
    module = __import__(f"convcalc.numeric.{side}.{layers.place(kind)}", fromlist=["RULES"])

    assert callable(module.RULES[kind])


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=IDS)
def test_the_two_ways_agree(layer, framework):
    """The example of a declaration runs both ways: equal values, in the engine's shape, from inputs that stay."""
    for dtype, allowed in (("float32", 1e-5), ("float64", 1e-12)):
        program, found, defined = both(layer, framework, dtype)
        shape = convcalc.shape(layer.example(), program.shape, framework=framework).output_shape

        assert found.shape == defined.shape == program.nodes[-1].output == shape
        assert (found.dtype, defined.dtype) == (dtype, np.float64)
        assert np.abs(defined).max() > 0 or layer.word == "sub"
        assert np.abs(found - defined).max() <= allowed * np.abs(defined).max()


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=IDS)
def test_an_empty_batch_has_an_empty_output(layer, framework):
    """What the engine takes is computed, by both ways; what it refuses is refused."""
    text, shape = layer.example(), whole(layer, framework, SMALL, batch=0)
    try:
        expected = convcalc.shape(text, shape, framework=framework).output_shape
    except ShapeError as refusal:
        with pytest.raises(ShapeError, match=re.escape(refusal.message)):
            Program(network(text, framework), shape, np.dtype("float32"))
        return
    program = Program(network(text, framework), shape, np.dtype("float32"))
    x = sample.data(program.nodes[0], shape, program.dtype, 0)
    weights = sample.weights(program, 0)

    assert program.fast(x, weights).shape == program.plain(x, weights).shape == expected


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=IDS)
def test_no_kernel_takes_more_memory_than_it_says(layer, framework):
    """The peak of a run is within 1.5 times the estimate and a MiB."""
    shape = whole(layer, framework, LARGE)
    program = Program(network(layer.example(), framework), shape, np.dtype("float32"))
    x, weights = sample.data(program.nodes[0], shape, program.dtype, 0), sample.weights(program, 0)
    held = x.nbytes + sum(array.nbytes for own in weights for array in own.values())
    program.fast(x, weights)
    tracemalloc.start()
    program.fast(x, weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak + held <= 1.5 * program.need + 2**20
