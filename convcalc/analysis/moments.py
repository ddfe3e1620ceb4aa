"""Closed forms: what is to be expected of a weight that an initialiser draws, and of the penalty on it."""

from math import ceil, cos, erf, erfc, exp, inf, lgamma, pi, prod, sin, sqrt

from convcalc import laws
from convcalc.record import Record

# Cells of a Fourier kernel up to which they are all looked at: it has no short closed form.
MOST = 2_000_000


class Moments(Record):
    """What is to be expected of the values of a weight.

    Attributes
    ----------
    mean, std, variance : float
    min, max : float or None
        The bounds of what can be drawn; None where there is none.
    norm : float
        The L2 norm: the root of the expected sum of squares.
    size : float
        The expected absolute value.
    """

    mean: float
    std: float
    variance: float
    min: float | None
    max: float | None
    norm: float
    size: float

    def to_dict(self):
        """Return the JSON of it."""
        return {key: value for key, value in self._asdict().items() if key != "size"}


def moments(law, shape):
    """Return the `Moments` of a weight of a shape, or None where nothing is known or nothing is there.

    Examples
    --------
    >>> found = moments(laws.Truncated(0.0, 1.0, -2.0, 2.0), (10, 10))
    >>> round(found.std, 8), found.min, round(found.norm, 7)
    (0.87962566, -2.0, 8.7962566)
    """
    count = prod(shape)
    if law is None or not count:
        return None
    own = FORMULAS[law.__class__](law, shape)
    if own is None:
        return None
    mean, square, low, high, size = own
    # Rounding of the one who takes two equal numbers from each other is no spread.
    variance = SPREADS[law.__class__](law) if law.__class__ in SPREADS else max(square - mean * mean, 0.0)
    return Moments(mean, sqrt(variance), variance, low, high, sqrt(count * square), size)


def penalty(penalised, law, shape):
    """Return the expected penalty of a regulariser on what a law draws, or None where no closed form is known.

    Examples
    --------
    >>> from convcalc import regularizers
    >>> penalty(regularizers.penalty("l2"), laws.Normal(0.0, 0.5), (10, 10))
    0.25
    """
    found = moments(law, shape)
    if found is None or penalised.row is None:
        return None
    config = penalised.config
    if penalised.name == "orthogonal_regularizer":
        return orthogonality(law, shape, config)
    return config.get("l1", 0.0) * prod(shape) * found.size + config.get("l2", 0.0) * found.norm**2


def orthogonality(law, shape, config):
    """Return the expected penalty on vectors that are not orthogonal to each other; None if not known.

    It is the factor times the mean of ``|cos|`` over the pairs. Of independent normal vectors of n
    values that is a coordinate of a vector on a sphere, `coordinate`.
    """
    if len(shape) != 2:
        return None
    vectors, length = shape if config["mode"] == "rows" else shape[::-1]
    if vectors < 2:
        return None
    if law.__class__ is laws.Normal and law.mean == 0:
        return config["factor"] * coordinate(length)
    if law.__class__ is laws.Constant:
        return config["factor"] * float(law.value != 0)
    if law.__class__ is laws.Eye or (law.__class__ is laws.Orthogonal and vectors <= length):
        return 0.0
    return None


def coordinate(n):
    """Return the expected absolute value of one coordinate of a random vector of length 1 and n axes.

    >>> coordinate(1), round(coordinate(3), 12)
    (1.0, 0.5)
    """
    return exp(lgamma(n / 2) - lgamma((n + 1) / 2)) / sqrt(pi) if n > 1 else 1.0


# Each returns (mean, mean of squares, least, greatest, mean of absolute values) of one value.


def constant(law, shape):
    """Return the moments of one value."""
    return law.value, law.value**2, law.value, law.value, abs(law.value)


def uniform(law, shape):
    """Return the moments of a uniform law."""
    low, high = law
    square = (low * low + low * high + high * high) / 3
    size = (high * abs(high) - low * abs(low)) / (2 * (high - low))
    return (low + high) / 2, square, low, high, size


def normal(law, shape):
    """Return the moments of a normal law; the absolute value is a folded one's."""
    mean, std = law
    z = mean / std
    size = std * sqrt(2 / pi) * exp(-z * z / 2) + mean * erf(z / sqrt(2))
    return mean, std * std + mean * mean, None, None, size


def truncated(law, shape):
    """Return the moments of a normal law that is cut."""
    mean, std, low, high = law
    a, b = (low - mean) / std, (high - mean) / std
    first, second = cut(a, b)
    # The absolute value is what lies above 0 less what lies below.
    zero = -mean / std
    if not a < zero < b:
        size = abs(mean + std * first)
    else:
        above, below = mass(zero, b) / mass(a, b), mass(a, zero) / mass(a, b)
        size = above * (mean + std * cut(zero, b)[0]) if above else 0.0
        size -= below * (mean + std * cut(a, zero)[0]) if below else 0.0
    square = mean * mean + 2 * mean * std * first + std * std * (second + first * first)
    return mean + std * first, square, low, high, size


def cut(a, b):
    """Return mean and variance of a standard normal law between two bounds.

    The closed form takes large numbers from each other where the bounds are near, or far out in a
    tail: there Simpson's rule takes its place.
    """
    share = mass(a, b)
    if share < 1e-3 or b - a < 0.1:
        return simpson(a, b)
    at_a, at_b = density(a), density(b)
    first = (at_a - at_b) / share
    return first, 1 + ((a * at_a if at_a else 0.0) - (b * at_b if at_b else 0.0)) / share - first * first


def density(z):
    """Return the density of a standard normal law."""
    return exp(-z * z / 2) / sqrt(2 * pi) if abs(z) < 1e3 else 0.0


def mass(a, b):
    """Return the share of a standard normal law between two bounds, exact in either tail."""
    if a > 0:
        a, b = -b, -a
    return (erfc(-b / sqrt(2)) - erfc(-a / sqrt(2))) / 2


def simpson(a, b, steps=2000):
    """Return mean and variance between two bounds by quadrature, around the place where most of it is."""
    peak = min(max(a, 0.0), b)
    # Away from the peak the density falls at least as exp(-slope*x - x^2/2): nothing is left at 40.
    reach = min(40 / max(abs(peak), 1.0), 10.0) if peak else 10.0
    a, b = max(a, peak - reach), min(b, peak + reach)
    step = (b - a) / steps
    total = first = second = 0.0
    for k in range(steps + 1):
        x = a + k * step - peak
        weight = (1 if k in (0, steps) else 4 if k % 2 else 2) * exp(-x * (x / 2 + peak))
        total += weight
        first += weight * x
        second += weight * x * x
    first /= total
    return peak + first, second / total - first * first


def spread(law):
    """Return the variance of a normal law that is cut."""
    return law.std**2 * cut((law.low - law.mean) / law.std, (law.high - law.mean) / law.std)[1]


def orthogonal(law, shape):
    """Return the moments of an entry of an orthogonal matrix: a coordinate of a vector on a sphere."""
    size = abs(law.gain)
    n = max(law.rows, law.columns)
    return 0.0, law.gain**2 / n, -size, size, size * coordinate(n)


def ones(count, total, value):
    """Return the moments of `count` equal values among `total`, the others 0."""
    share = count / total
    ends = [value] * (count > 0) + [0.0] * (count < total)
    return value * share, value * value * share, min(ends), max(ends), abs(value) * share


def eye(law, shape):
    """Return the moments of an identity matrix."""
    return ones(min(shape), prod(shape), law.gain)


def dirac(law, shape):
    """Return the moments of a kernel that passes its inputs on."""
    return ones(law.groups * min(shape[0] // law.groups, shape[1]), prod(shape), 1.0)


def sparse(law, shape):
    """Return the moments of a sparse matrix: what is not 0 is normal."""
    share = 1 - min(ceil(law.sparsity * shape[0]), shape[0]) / shape[0]
    bound = None if share and law.std else 0.0
    return 0.0, share * law.std**2, bound, bound, share * law.std * sqrt(2 / pi)


def stft(law, shape):
    """Return the moments of a Fourier kernel, value by value; None of a very large one."""
    length, _, bins = shape
    if length * bins > MOST:
        return None
    wave = cos if law.side == "real" else sin
    period = 2 * (bins - 1)
    table = [wave(-2 * pi * k / period) for k in range(period)]
    total = square = size = 0.0
    low, high = inf, -inf
    for t, weight in enumerate(laws.stft_weights(law, length)):
        row = [weight * table[t * f % period] for f in range(bins)]
        total += sum(row)
        square += sum(v * v for v in row)
        size += sum(map(abs, row))
        low, high = min(low, *row), max(high, *row)
    count = length * bins
    return total / count, square / count, low, high, size / count


FORMULAS = {
    laws.Constant: constant,
    laws.Uniform: uniform,
    laws.Normal: normal,
    laws.Truncated: truncated,
    laws.Orthogonal: orthogonal,
    laws.Eye: eye,
    laws.Dirac: dirac,
    laws.Sparse: sparse,
    laws.Stft: stft,
}
# Of laws whose mean may be far larger than their spread, the variance in a form of its own.
SPREADS = {
    laws.Constant: lambda law: 0.0,
    laws.Uniform: lambda law: (law.high - law.low) ** 2 / 12,
    laws.Normal: lambda law: law.std**2,
    laws.Truncated: spread,
}
