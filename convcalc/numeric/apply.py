"""An activation by itself on an array: what `convcalc.activation` does."""

import numpy as np

from convcalc.errors import ShapeError, SpecError
from convcalc.numeric.fast.activation import named
from convcalc.numeric.fast.pointwise import leaky_relu
from convcalc.numeric.program import Program
from convcalc.numeric.run import array, width


def activation(asked, x):
    """Return what an activation makes of an array.

    Parameters
    ----------
    asked : Asked
        What `convcalc.spec.activation` read.
    x : array_like
    """
    x = x if x.__class__ is np.ndarray else array(x)
    x = x.astype(width(x.dtype), copy=False)
    if asked.slope is not None:
        y = prelu(x, asked.slope, asked.framework)
    elif asked.function is not None:
        y = named(asked.function)(x)
    else:
        # A number alone is a row of one, except to what works along an axis, which refuses it or not.
        row = x if x.ndim or "axis" in asked.network.calls[0].args else x.reshape(1)
        y = Program(asked.network, row.shape, x.dtype).fast(row, [{}])
        y = y if row is x else y.reshape(x.shape)
    y = np.asarray(y)
    return y.copy() if np.may_share_memory(x, y) else y


def prelu(x, slope, framework):
    """Return x, or its slope's share of it where it is not above 0; torch's slopes are the second axis'."""
    try:
        slope = np.asarray(slope, x.dtype)
    except (TypeError, ValueError):
        raise SpecError("bad_value", "The slopes of prelu must be numbers.", hint="Give alpha=0.25.") from None
    if framework == "torch" and slope.ndim == 1 and slope.size > 1:
        slope = slope.reshape(slope.shape + (1,) * max(x.ndim - 2, 0))
    try:
        whole = np.broadcast_shapes(slope.shape, x.shape)
    except ValueError:
        whole = ()
    if whole != x.shape:
        raise ShapeError(
            "wrong_shape",
            f"Slopes of shape {slope.shape} do not go with an input of shape {x.shape}.",
            hint="Give one slope, or one for each channel.",
        )
    with np.errstate(all="ignore"):
        return leaky_relu(x, slope)
