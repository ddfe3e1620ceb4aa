"""Custom initialisers and regularisers as people write them, on NumPy: ``tests.examples:ExampleRandomNormal``."""

import numpy as np


class ExampleRandomNormal:
    """An initialiser: normal values, built with its arguments and called with a shape and a dtype."""

    def __init__(self, mean, stddev, seed=None):
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape, dtype=None, **kwargs):
        rng = np.random.default_rng(self.seed)
        return rng.normal(self.mean, self.stddev, shape).astype(dtype)

    def get_config(self):
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


def my_regularizer(x):
    """A regulariser: called with the weight."""
    return 1e-3 * np.sum(np.square(x))


class MyRegularizer:
    """A regulariser of a strength, built with it first."""

    def __init__(self, strength):
        self.strength = strength

    def __call__(self, x):
        return self.strength * np.sum(np.square(x))


def fails(shape, dtype=None):
    """An initialiser that raises."""
    raise RuntimeError(f"no weights of {len(shape)} axes today")


def turned(shape, dtype=None):
    """An initialiser that returns another shape."""
    return np.zeros(shape[::-1], dtype)


def each(x):
    """A regulariser that forgets to sum."""
    return np.square(x)
