"""What an activation makes of a normal law: its moments, by quadrature."""

import numpy as np

from convcalc.record import Record

# Standard deviations to either side, and cells of the midpoint rule; even, so that 0 is between two of them.
REACH, CELLS = 10.0, 20_000
# Of the standard deviation: the step of the derivative.
STEP = 1e-6


class Moments(Record):
    """Of an activation's output where its input is normal.

    Attributes
    ----------
    mean, rms : float
        Of the output; `rms` is the root of its second moment.
    zeros : float
        The share of outputs that are exactly 0.
    slope : float
        The root of the mean square of the derivative: what a gradient is multiplied by.
    """

    mean: float
    rms: float
    zeros: float
    slope: float


def moments(function, std, mean=0.0):
    """Return the `Moments` of a function of each value by itself, on a normal input.

    Parameters
    ----------
    function : callable
        Of an array.
    std, mean : float
        Of the input.

    Examples
    --------
    >>> import numpy as np
    >>> found = moments(lambda x: np.maximum(x, 0), 1.0)
    >>> round(found.rms**2, 6), round(found.mean, 6), round(found.zeros, 6), round(found.slope**2, 6)
    (0.5, 0.398942, 0.5, 0.5)
    """
    z = (np.arange(CELLS) + 0.5) * (2 * REACH / CELLS) - REACH
    weight = np.exp(-0.5 * z * z)
    weight /= weight.sum()
    x = mean + std * z
    y = function(x)
    step = STEP * std
    slope = (function(x + step) - function(x - step)) / (2 * step)
    return Moments(
        float(weight @ y), float(np.sqrt(weight @ (y * y))), float(weight[y == 0].sum()),
        float(np.sqrt(weight @ (slope * slope))),
    )  # fmt: skip
