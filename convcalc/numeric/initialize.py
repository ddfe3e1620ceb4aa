"""Weights drawn by the laws of initialisers: whole arrays, or chunks of them at constant memory.

Seeded draws are the same with the same NumPy; they follow the frameworks' laws, not their generators.
"""

from math import ceil, prod

import numpy as np

from convcalc import laws
from convcalc.analysis.moments import mass
from convcalc.errors import LimitError, SpecError
from convcalc.initializers import law as law_of
from convcalc.numeric.custom import load, said
from convcalc.numeric.limit import binary, ceiling

# Values that are drawn and scaled while they are in a core's own cache.
CHUNK = 2**15
# Of a law that is cut, the share of normal values that has to fall inside for redrawing to be the quick way.
ENOUGH = 0.25


def initialize(given, shape, seed, dtype, max_bytes):
    """Return a weight of a shape, as an `Initial` draws it.

    Parameters
    ----------
    given : Initial
        Its own seed, where it has one, goes before `seed`.
    shape : tuple of int
    seed : int or None
        None draws other values every time.
    dtype : str
        "float32" or "float64".
    max_bytes : int or None

    Raises
    ------
    LimitError
        Before anything is allocated, where it would take more than `max_bytes`.
    """
    kind = np.dtype(dtype)
    law = law_of(given, shape)
    # A matrix that is turned has its factors beside it.
    need = prod(shape) * kind.itemsize * (4 if law.__class__ is laws.Orthogonal else 1)
    if max_bytes is not None and need > max_bytes:
        raise LimitError(
            "limit", f"The weight takes {need:,} bytes ({binary(need)}), the limit is {binary(max_bytes)}.",
            hint=f"Raise the limit: max_bytes={ceiling(need)}",
        )  # fmt: skip
    if law is None:
        return own(given, shape, kind)
    return sample(law, shape, kind, generator(given, seed))


def generator(given, seed):
    """Return the generator of an `Initial`; its own seed goes first."""
    chosen = given.config.get("seed") if given.row else None
    return np.random.Generator(np.random.SFC64(seed if chosen is None else chosen))


def own(given, shape, dtype):
    """Return what the user's own initialiser makes of a shape: called as ``f(shape, dtype)``."""
    found = given.given if callable(given.given) else load(given.given)
    try:
        values = np.asarray(found(shape, dtype.name))
    except Exception as error:
        raise SpecError(
            "bad_value", f"{given.name} failed: {said(error)}", hint="It is called with a shape and a dtype."
        ) from error
    if values.shape != shape or values.dtype.kind not in "fiub":
        raise SpecError(
            "bad_value", f"{given.name} gave {values.dtype} of shape {values.shape} for the shape {shape}.",
            hint="Return numbers of the shape that it is called with.",
        )  # fmt: skip
    return values.astype(dtype, copy=False)


def sample(law, shape, dtype, rng):
    """Return an array of a shape drawn by a law."""
    if not prod(shape):
        return np.empty(shape, dtype)
    if law.__class__ in FILLS:
        values = np.empty(shape, dtype)
        flat = values.reshape(-1)
        fill = FILLS[law.__class__]
        for start in range(0, flat.size, CHUNK):
            fill(law, flat[start : start + CHUNK], rng)
        return values
    return WHOLE[law.__class__](law, shape, dtype, rng)


def chunks(law, shape, dtype, rng, most=None):
    """Yield the values of a weight in chunks, at most `most` in all; each is good until the next.

    They are the values of `sample` in its order. Of a weight of more than `most` values they are a
    sample: of independent values the first, otherwise whole columns, or cells drawn at random.
    """
    count = prod(shape)
    if law.__class__ not in FILLS:
        fits = most is None or count <= most
        yield (sample(law, shape, dtype, rng) if fits else SOME[law.__class__](law, shape, dtype, rng, most)).reshape(
            -1
        )
        return
    left = count if most is None else min(count, most)
    buffer = np.empty(min(left, CHUNK), dtype)
    fill = FILLS[law.__class__]
    while left > 0:
        part = buffer[: min(left, CHUNK)]
        fill(law, part, rng)
        yield part
        left -= part.size


# -- independent values, a chunk at a time ---------------------------------------------------------


def constant(law, out, rng):
    """Fill with one value."""
    out.fill(law.value)


def uniform(law, out, rng):
    """Fill with values between two bounds."""
    rng.random(out=out, dtype=out.dtype)
    # Around the middle, where a law of mean 0 needs nothing more and stays within its bounds.
    out -= out.dtype.type(0.5)
    out *= law.high - law.low
    middle = (law.low + law.high) / 2
    if middle:
        out += middle
        np.clip(out, out.dtype.type(law.low), out.dtype.type(law.high), out=out)


def normal(law, out, rng):
    """Fill with normal values."""
    rng.standard_normal(out=out, dtype=out.dtype)
    if law.std != 1:
        out *= law.std
    if law.mean:
        out += law.mean


def truncated(law, out, rng):
    """Fill with normal values between two bounds."""
    a, b = (law.low - law.mean) / law.std, (law.high - law.mean) / law.std
    if mass(a, b) >= ENOUGH:
        redrawn(a, b, out, rng)
    elif (b - a) * max(a, -b) > 1:
        proposed(out, lambda count: tail(a, b, count, rng))
    else:
        proposed(out, lambda count: middle(a, b, count, rng))
    out *= law.std
    if law.mean:
        out += law.mean
    np.clip(out, out.dtype.type(law.low), out.dtype.type(law.high), out=out)


def redrawn(a, b, out, rng):
    """Fill with standard normal values, drawing again what falls outside."""
    rng.standard_normal(out=out, dtype=out.dtype)
    outside = np.flatnonzero((out < a) | (out > b))
    while outside.size:
        again = rng.standard_normal(outside.size, dtype=out.dtype)
        out[outside] = again
        outside = outside[(again < a) | (again > b)]


def proposed(out, draw):
    """Fill with what `draw` accepts of a number of proposals."""
    done = 0
    while done < out.size:
        values = draw(2 * (out.size - done) + 16)[: out.size - done]
        out[done : done + values.size] = values
        done += values.size


def tail(a, b, count, rng):
    """Return standard normal values far out between two bounds: exponential ones, some of them refused.

    C. P. Robert, Simulation of truncated normal variables, 1995.
    """
    near, far = (a, b) if a > 0 else (-b, -a)
    steps = rng.standard_exponential(count) / near
    kept = steps[(rng.random(count) <= np.exp(-steps * steps / 2)) & (steps <= far - near)] + near
    return kept if a > 0 else -kept


def middle(a, b, count, rng):
    """Return standard normal values between two near bounds: uniform ones, some of them refused."""
    peak = min(max(a, 0.0), b)
    values = rng.uniform(a, b, count)
    return values[rng.random(count) <= np.exp((peak * peak - values * values) / 2)]


# -- values that depend on each other ---------------------------------------------------------------


def orthogonal(law, shape, dtype, rng):
    """Return a random orthogonal matrix, all as likely: QR of a normal one, the diagonal of R made positive."""
    tall = frame(max(law.rows, law.columns), min(law.rows, law.columns), dtype, rng)
    return (tall if law.rows >= law.columns else tall.T).reshape(shape) * dtype.type(law.gain)


def frame(length, count, dtype, rng):
    """Return `count` random orthogonal columns of a length."""
    q, r = np.linalg.qr(rng.standard_normal((length, count), dtype))
    q *= np.sign(np.diagonal(r))
    return q


def some_orthogonal(law, shape, dtype, rng, most):
    """Return some columns of a random orthogonal matrix; of a very long one, its first cells."""
    length, count = max(law.rows, law.columns), min(law.rows, law.columns)
    if length <= most:
        return frame(length, min(count, most // length), dtype, rng) * dtype.type(law.gain)
    # A column is a normal vector over its length, of which the cells that are not drawn have their share.
    values = rng.standard_normal(most)
    values *= law.gain / np.sqrt(values @ values + rng.chisquare(length - most))
    return values.astype(dtype)


def eye(law, shape, dtype, rng):
    """Return an identity matrix."""
    return np.eye(*shape, dtype=dtype) * dtype.type(law.gain)


def dirac(law, shape, dtype, rng):
    """Return the kernel that passes its inputs on."""
    values = np.zeros(shape, dtype)
    outputs = shape[0] // law.groups
    centre = tuple(size // 2 for size in shape[2:])
    for group in range(law.groups):
        for channel in range(min(outputs, shape[1])):
            values[(group * outputs + channel, channel, *centre)] = 1
    return values


def sparse(law, shape, dtype, rng):
    """Return a sparse matrix: every column has its own zeros."""
    rows = shape[0]
    values = rng.standard_normal(shape, dtype) * dtype.type(law.std)
    zero = np.zeros(shape, bool)
    zero[: ceil(law.sparsity * rows)] = True
    values[rng.permuted(zero, axis=0)] = 0
    return values


def some_sparse(law, shape, dtype, rng, most):
    """Return some columns of a sparse matrix, or some cells of a very long one."""
    if shape[0] <= most:
        return sparse(law, (shape[0], most // shape[0]), dtype, rng)
    values = rng.standard_normal(most, dtype) * dtype.type(law.std)
    values[rng.random(most) < ceil(law.sparsity * shape[0]) / shape[0]] = 0
    return values


def some_ones(law, shape, dtype, rng, most):
    """Return cells of an identity or of a kernel that passes its inputs on, drawn at random."""
    if law.__class__ is laws.Eye:
        value, ones = law.gain, min(shape)
    else:
        value, ones = 1.0, law.groups * min(shape[0] // law.groups, shape[1])
    values = np.zeros(most, dtype)
    values[: rng.binomial(most, ones / prod(shape))] = value
    return values


def stft(law, shape, dtype, rng, times=None):
    """Return the kernel of a Fourier transform; of the given frames of time, where given."""
    length, _, bins = shape
    window = np.array(laws.stft_weights(law, length))
    times = np.arange(length) if times is None else times
    period = 2 * (bins - 1)
    # In whole turns, so that long frames lose no digits.
    turns = np.multiply.outer(times, np.arange(bins)) % period * (-2 * np.pi / period)
    wave = np.cos(turns) if law.side == "real" else np.sin(turns)
    return (wave * window[times, None]).reshape(len(times), 1, bins).astype(dtype)


def some_stft(law, shape, dtype, rng, most):
    """Return some frames of a Fourier kernel, drawn at random."""
    return stft(law, shape, dtype, rng, np.sort(rng.choice(shape[0], max(most // shape[2], 1), replace=False)))


FILLS = {laws.Constant: constant, laws.Uniform: uniform, laws.Normal: normal, laws.Truncated: truncated}
WHOLE = {laws.Orthogonal: orthogonal, laws.Eye: eye, laws.Dirac: dirac, laws.Sparse: sparse, laws.Stft: stft}
SOME = {
    laws.Orthogonal: some_orthogonal,
    laws.Eye: some_ones,
    laws.Dirac: some_ones,
    laws.Sparse: some_sparse,
    laws.Stft: some_stft,
}
