"""The penalty of a regulariser on a weight, summed in float64."""

import numpy as np

from convcalc.errors import ShapeError, SpecError
from convcalc.numeric.custom import load, said

CHUNK = 2**18


def penalty(given, w):
    """Return the penalty of a `convcalc.regularizers.Penalty` on an array, as a float.

    Examples
    --------
    >>> from convcalc import regularizers
    >>> penalty(regularizers.penalty("l2"), np.full((3, 3), 2.0))
    0.36
    """
    array = np.asarray(w)
    if array.dtype.kind not in "fiub":
        raise SpecError(
            "bad_value", f"w must be an array of numbers, not of {array.dtype}.", hint="Give a float32 array."
        )
    if given.row is None:
        return own(given, array)
    config = given.config
    if given.name == "orthogonal_regularizer":
        return orthogonality(array, **config)
    first, second = config.get("l1", 0.0), config.get("l2", 0.0)
    total = 0.0
    flat = array.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        part = flat[start : start + CHUNK].astype(np.float64)
        total += (first * float(np.abs(part).sum()) if first else 0.0) + (
            second * float(part @ part) if second else 0.0
        )
    return total


def orthogonality(array, factor, mode):
    """Return the factor times the mean of ``|cos|`` over the pairs of rows or columns.

    Of one row alone there is no pair, and the mean is NaN, as Keras has it.
    """
    if array.ndim != 2:
        raise ShapeError(
            "wrong_rank", f"OrthogonalRegularizer takes a weight of exactly 2 axes, not of {array.ndim}.",
            hint="It fits a dense kernel.",
        )  # fmt: skip
    vectors = (array if mode == "rows" else array.T).astype(np.float64)
    count = len(vectors)
    if count < 2:
        return float("nan")
    lengths = np.sqrt((vectors * vectors).sum(1, keepdims=True))
    vectors /= np.where(lengths == 0, 1.0, lengths)
    # A block of rows at a time: the products of all pairs may be far more than the weight.
    total = 0.0
    step = max(CHUNK // count, 1)
    for start in range(0, count, step):
        cosines = np.abs(vectors[start : start + step] @ vectors.T)
        total += float(cosines.sum()) - float(np.trace(cosines, start))
    return factor * total / (count * (count - 1.0))


def own(given, array):
    """Return what the user's own regulariser makes of a weight: called as ``f(w)``, and one number."""
    found = given.given if callable(given.given) else load(given.given)
    try:
        value = np.asarray(found(array.copy()))
    except Exception as error:
        raise SpecError(
            "bad_value", f"{given.name} failed: {said(error)}", hint="It is called with the weight alone."
        ) from error
    if value.size != 1 or value.dtype.kind not in "fiub":
        raise SpecError(
            "bad_value", f"{given.name} gave {value.dtype} of shape {value.shape}, not one number.",
            hint="Return the penalty: a sum over all values.",
        )  # fmt: skip
    return float(value.reshape(()))
