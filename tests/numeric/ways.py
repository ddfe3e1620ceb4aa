"""One spec by both ways: the fast kernels and the definitions, with the memory that the first takes."""

import tracemalloc

import numpy as np

from convcalc.api import network
from convcalc.numeric.program import Program


def prepare(spec, shape, framework=None, dtype=np.float32):
    """Return the program of a spec for an input of a shape."""
    return Program(network(spec, framework), tuple(shape), np.dtype(dtype))


def none(program):
    """Return the weights of a program without weights."""
    return [{} for _ in program.nodes]


def fast(spec, x, framework=None):
    """Return what the fast kernels make of an array."""
    x = np.asarray(x, getattr(x, "dtype", np.float32))
    program = prepare(spec, x.shape, framework, x.dtype)
    return program.fast(x, none(program))


def agree(spec, shape, framework=None, dtype=np.float32, seed=0):
    """Hold the fast kernels against the definitions on random data; return the output of the first."""
    program = prepare(spec, shape, framework, dtype)
    x = np.random.default_rng(seed).standard_normal(shape).astype(dtype)
    kept = x.copy()
    found, defined = program.fast(x, none(program)), program.plain(x, none(program))
    assert found.dtype == dtype, spec
    assert found.shape == defined.shape == program.nodes[-1].output, spec
    assert np.array_equal(x, kept), f"{spec} changed its input"
    known = np.isfinite(defined)
    assert np.array_equal(found[~known], defined[~known].astype(dtype), equal_nan=True), spec
    most = np.abs(defined[known]).max(initial=0)
    limit = 1e-5 if found.itemsize == 4 else 1e-12
    assert np.abs(found[known] - defined[known]).max(initial=0) <= limit * most, (spec, shape)
    return found


def held(spec, shape, framework=None):
    """Return ``(peak, need)`` in bytes of a run, the input in both."""
    program = prepare(spec, shape, framework)
    x = np.ones(shape, np.float32)
    program.fast(x, none(program))
    tracemalloc.start()
    program.fast(x, none(program))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak + x.nbytes, program.need
