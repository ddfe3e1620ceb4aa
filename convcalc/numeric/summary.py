"""A stream of values in numbers: moments, quantiles and a histogram, at constant memory."""

import numpy as np

from convcalc.numeric.initialize import chunks, generator, own
from convcalc.record import Record

# Up to so many values are kept, and quantiles and histogram are exact; beyond they come from bins.
KEPT = 2**20
FINE = 2**13
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
SAMPLES = 1_000_000
BINS = 24


class Summary(Record):
    """What a sample is like.

    Attributes
    ----------
    count : int
        Values that are finite; `not_finite` counts the others.
    mean, std, min, max : float or None
        None where there is no value.
    quantiles : dict of str to float
    edges, counts : tuple
        The histogram: one edge more than counts.
    not_finite : int
    """

    count: int  # type: ignore[assignment]
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    quantiles: dict
    edges: tuple
    counts: tuple
    not_finite: int = 0

    def to_dict(self):
        """Return the JSON of it."""
        own = self._asdict()
        own["histogram"] = {"edges": list(own.pop("edges")), "counts": list(own.pop("counts"))}
        return own


def sampled(given, law, shape, dtype="float32", seed=0, samples=SAMPLES, bins=BINS):
    """Return the `Summary` of a seeded sample of a weight, of at most `samples` values.

    Parameters
    ----------
    given : Initial
    law : law of `convcalc.laws` or None
        None for the user's own, of which the whole weight is made.
    shape : tuple of int
    dtype : str
    seed : int or None
    samples : int or None
        None for as many as the weight has.
    bins : int

    Examples
    --------
    >>> from convcalc.initializers import initial, law
    >>> given = initial("he_uniform")
    >>> found = sampled(given, law(given, (100, 100)), (100, 100))
    >>> found.count, round(found.std, 2)
    (10000, 0.14)
    """
    kind = np.dtype(dtype)
    if law is None:
        return summarise([own(given, shape, kind).reshape(-1)], bins)
    return summarise(chunks(law, shape, kind, generator(given, seed), samples), bins)


def summarise(stream, bins=BINS):
    """Return the `Summary` of a stream of arrays of one axis.

    >>> summarise([np.arange(4.0), np.arange(4.0, 5.0)], 2).counts
    (2, 3)
    """
    whole = Stream()
    for chunk in stream:
        whole.add(chunk)
    return whole.summary(bins)


class Stream:
    """What has been seen of a stream: its moments, and all values or, of a long one, fine bins."""

    def __init__(self):
        self.count = self.not_finite = 0
        self.shift = self.total = self.squares = 0.0
        self.low, self.high = np.inf, -np.inf
        self.kept: list = []
        # Of a long stream: the range of the bins, and how many values are in each.
        self.start = self.stop = 0.0
        self.bins = np.zeros(0, np.int64)

    def add(self, chunk):
        """Take the next values."""
        wide = chunk.astype(np.float64)
        total = float(wide.sum())
        if total - total != 0:  # NaN and infinity are in no statistic
            finite = np.isfinite(wide)
            self.not_finite += int(wide.size - np.count_nonzero(finite))
            chunk, wide = chunk[finite], wide[finite]
        if not wide.size:
            return
        if not self.count:
            self.shift = float(wide.mean())
        # From about the mean, so that a small spread around a large one keeps its digits.
        wide -= self.shift
        self.total += float(wide.sum())
        self.squares += float(wide @ wide)
        self.count += wide.size
        low, high = float(chunk.min()), float(chunk.max())
        self.low, self.high = min(self.low, low), max(self.high, high)
        if not self.bins.size and self.count <= KEPT:
            self.kept.append(chunk.copy())
        else:
            self.bin(chunk, low, high)

    def bin(self, chunk, low, high):
        """Count values into the fine bins; at first the ones that were kept."""
        if not self.bins.size:
            self.bins = np.zeros(FINE, np.int64)
            margin = max(self.high - self.low, abs(self.high) * 1e-6, 1e-30) / 8
            self.start, self.stop = self.low - margin, self.high + margin
            for one in self.kept:
                self.put(one)
            self.kept = []
        while low < self.start:
            self.start -= self.stop - self.start
            self.bins = np.concatenate([np.zeros(FINE // 2, np.int64), self.bins.reshape(-1, 2).sum(1)])
        while high > self.stop:
            self.stop += self.stop - self.start
            self.bins = np.concatenate([self.bins.reshape(-1, 2).sum(1), np.zeros(FINE // 2, np.int64)])
        self.put(chunk)

    def put(self, chunk):
        """Count values that are within the range."""
        for begin in range(0, chunk.size, KEPT):
            places = chunk[begin : begin + KEPT].astype(np.float64)
            places -= self.start
            places *= FINE / (self.stop - self.start)
            np.clip(places, 0, FINE - 1, out=places)
            self.bins += np.bincount(places.astype(np.int32), minlength=FINE)

    def summary(self, bins):
        """Return the `Summary`."""
        if not self.count:
            return Summary(0, None, None, None, None, {}, (), (), self.not_finite)
        mean = self.total / self.count
        std = max(self.squares / self.count - mean * mean, 0.0) ** 0.5
        if not self.bins.size:
            values = np.concatenate(self.kept)
            quantiles = np.quantile(values, QUANTILES).tolist()
            counts, edges = np.histogram(values, bins)
        else:
            quantiles, edges, counts = self.binned(bins)
        named = {str(q): float(v) for q, v in zip(QUANTILES, quantiles, strict=True)}
        histogram = tuple(edges.astype(np.float64).tolist()), tuple(counts.tolist())
        return Summary(self.count, self.shift + mean, std, self.low, self.high, named, *histogram, self.not_finite)

    def binned(self, bins):
        """Return quantiles, edges and counts from the fine bins: those with values in them, some taken together."""
        width = (self.stop - self.start) / FINE
        used = np.flatnonzero(self.bins)
        first, last = int(used[0]), int(used[-1]) + 1
        step = -(-(last - first) // bins)
        starts = np.arange(first, last, step)
        counts = np.add.reduceat(self.bins[first:last], starts - first)
        edges = self.start + width * np.append(starts, starts[-1] + step)
        seen = np.concatenate([[0], np.cumsum(self.bins)])
        places = np.interp(np.array(QUANTILES) * self.count, seen, self.start + width * np.arange(FINE + 1))
        return np.clip(places, self.low, self.high).tolist(), edges, counts
