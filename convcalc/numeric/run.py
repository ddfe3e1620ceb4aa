"""One network on one array: what `convcalc.forward` does, with the last few programs kept."""

import numpy as np

from convcalc.errors import SpecError
from convcalc.network import Network
from convcalc.numeric.program import Program
from convcalc.numeric.weights import assign

# (spec, framework, inputs' shapes and dtypes, training, limit) -> Program.
_programs: dict = {}
KEPT = 64


def forward(spec, x, weights, framework, training, max_bytes, network):
    """Return the output of a spec on an array; `network` reads the spec, where no program of it is kept.

    Of several inputs `x` is a dict by name or a list in order; several outputs are a list.
    """
    typed = spec.__class__ is str  # and no live model, of which nothing is loaded by its name
    if x.__class__ in (dict, list, tuple) or not typed:
        spec = network(spec, framework)
    if x.__class__ in (dict, list, tuple):
        x = in_order(x, [one.name for one in spec.inputs])
    elif x.__class__ is not np.ndarray:
        x = array(x)
    given = x if x.__class__ is list else [x]
    sizes = tuple([(one.shape, one.dtype) for one in given])
    text = spec.text if spec.__class__ is Network else spec
    key = (text, framework, sizes, training, max_bytes) if text else None
    try:
        program = key and _programs.get(key)
    except TypeError:
        # No text: refused where it is read.
        program = None
    if program is None:
        calls = network(spec, framework)
        if len(calls.inputs) != len(given):
            raise wrong_number(len(given), [one.name for one in calls.inputs])
        widest = max([width(one.dtype) for one in given], key=lambda dtype: dtype.itemsize)
        shapes = {place: one.shape for place, one in enumerate(given)}
        program = Program(calls, shapes, widest, bool(training), limit(max_bytes), trusted=typed)
        if key:
            while len(_programs) >= KEPT:
                _programs.pop(next(iter(_programs)), None)
            _programs[key] = program
    # An index is looked up as it is.
    xs = [
        one if one.dtype == program.dtype or (alone and one.dtype.kind in "iu") else one.astype(program.dtype)
        for one, alone in zip(given, program.indexed, strict=True)
    ]
    found = program.fast(xs, assign(program, weights))
    # A layer that lets its input through gives back a view; what the caller has stays the caller's.
    ys = [y.copy() if any(np.may_share_memory(y, one) for one in given) else y for y in outputs(found)]
    return ys if found.__class__ is list else ys[0]


def outputs(found):
    """Return what a program gave as a list."""
    return found if found.__class__ is list else [found]


def in_order(x, names):
    """Return the inputs of a network as a list of arrays in its order; of one input the array itself.

    Parameters
    ----------
    x : dict, list or tuple
        Arrays by name, or in order; of one input a nest of numbers.
    names : list of str
        The inputs'.
    """
    if x.__class__ is dict:
        odd = next((key for key in x if key not in names), None)
        if odd is not None or len(x) != len(names):
            what = f"no input named {odd!r}" if odd is not None else f"{len(names)} inputs, and {len(x)} are given"
            raise SpecError("bad_input", f"The network has {what}.", hint=f"Give {', '.join(names[:8])}.")
        x = [x[name] for name in names]
        return [array(one) for one in x] if len(names) > 1 else array(x[0])
    if len(names) == 1:
        return array(x)
    if len(x) != len(names):
        raise wrong_number(len(x), names)
    return [array(one) for one in x]


def wrong_number(count, names):
    """Return the error for another number of arrays than of inputs."""
    return SpecError(
        "bad_input",
        f"The network has {len(names)} input{'s' * (len(names) != 1)}, and x is {count}.",
        hint=f"Give a dict or a list of {', '.join(names[:8])}.",
    )


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
