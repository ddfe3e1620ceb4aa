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
        x = array(x)
    key = (spec, framework, x.shape, x.dtype, training, max_bytes)
    try:
        program = _programs.get(key)
    except TypeError:
        # No text: refused where it is read.
        program = None
    if program is None:
        calls = network(spec, framework)
        program = Program(calls, x.shape, width(x.dtype), bool(training), limit(max_bytes))
        while len(_programs) >= KEPT:
            _programs.pop(next(iter(_programs)), None)
        _programs[key] = program
    given = x
    # An index is looked up as it is.
    if x.dtype != program.dtype and not (program.indexed and x.dtype.kind in "iu"):
        x = x.astype(program.dtype)
    y = program.fast(x, assign(program, weights))
    # A layer that lets its input through gives back a view; what the caller has stays the caller's.
    return y.copy() if np.may_share_memory(y, given) else y


def array(x):
    """Return what is no array as one."""
    try:
        return np.asarray(x.detach() if hasattr(x, "detach") else x)
    except (TypeError, ValueError, RuntimeError):
        words = f"x must be an array of numbers, not {x.__class__.__name__} of uneven parts."
        raise SpecError("bad_value", words, hint="Give a float32 array.") from None


def width(dtype):
    """Return the dtype to compute in: float64 stays, every other number is float32."""
    if dtype.kind not in "fiub":
        raise SpecError("bad_value", f"x must be an array of numbers, not of {dtype}.", hint="Give a float32 array.")
    return np.dtype(np.float64 if dtype.kind == "f" and dtype.itemsize >= 8 else np.float32)


def limit(max_bytes):
    """Return a limit in bytes, or None."""
    if max_bytes is None or (max_bytes.__class__ in (int, float) and max_bytes >= 0):
        return max_bytes
    words = f"max_bytes must be a number of bytes or None, not {max_bytes!r}."
    raise SpecError("bad_value", words, hint="Give 512 * 2**20.")
