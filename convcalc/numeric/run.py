"""One network on one array: what `convcalc.forward` does, with the last few programs kept."""

import numpy as np

from convcalc.errors import SpecError
from convcalc.numeric.program import Program
from convcalc.numeric.weights import assign

# (spec, framework, input's shape and dtype, training, limit) -> Program.
_programs: dict = {}
KEPT = 64


def forward(spec, x, weights, framework, training, max_bytes, network):
    """Return the output of a spec on an array; `network` reads the spec, where no program of it is kept."""
    if x.__class__ is not np.ndarray:
        x = np.asarray(x)
    key = (spec, framework, x.shape, x.dtype, training, max_bytes)
    program = _programs.get(key)
    if program is None:
        program = Program(network(spec, framework), x.shape, width(x.dtype), training, max_bytes)
        while len(_programs) >= KEPT:
            del _programs[next(iter(_programs))]
        _programs[key] = program
    # An index is looked up as it is.
    if x.dtype != program.dtype and not (x.dtype.kind in "iu" and program.nodes[0].kind == "embedding"):
        x = x.astype(program.dtype)
    return program.fast(x, assign(program, weights))


def width(dtype):
    """Return the dtype to compute in: float64 stays, every other number is float32."""
    if dtype.kind not in "fiub":
        raise SpecError("bad_value", f"x must be an array of numbers, not of {dtype}.", hint="Give a float32 array.")
    return np.dtype(np.float64 if dtype == np.float64 else np.float32)
