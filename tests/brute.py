"""A second implementation of windows, which shares nothing with the engine: cells and nested loops.

A layer along one axis is answered as a list with one entry an output cell: the ``(tap, cell)``
pairs that the output sums, `cell` an index into the input or outside it where that is padding.
There are no formulas here: kernels are placed on a list of cells, or values are scattered.
"""


def place(row, size, stride, dilation):
    """Put a kernel on a row of cells, `stride` further each time, as long as it lies on the row."""
    outputs = []
    start = 0
    while True:
        taps = [start + tap * dilation for tap in range(size)]
        if not row or taps[-1] >= len(row):
            return outputs
        outputs.append([(tap, row[at]) for tap, at in enumerate(taps) if row[at] is not None])
        start += stride


def starts(length, size, stride, dilation):
    """Count how often `place` would put a kernel on a row of this length."""
    return sum(start + (size - 1) * dilation < length for start in range(0, length, stride))


def row_of(n, low, high):
    """Return the input's cells between `low` and `high` cells of padding; negative ones cut."""
    return list(range(-low, n + high))


def forward(n, size, stride, dilation, low, high):
    """Convolve with so many cells of padding at the ends."""
    return place(row_of(n, low, high), size, stride, dilation)


def spread(n, size, stride, dilation, low, high, base):
    """Convolve over cells set `base` apart, nothing (None) between them, in the padding too."""
    row = [at // base if at % base == 0 else None for at in range(-low, (n - 1) * base + 1 + high)]
    return place(row, size, stride, dilation)


def same(n, size, stride, dilation, extra_first=False):
    """Convolve with the fewest cells of padding that give an output for every `stride` cells."""
    wanted = len(range(0, n, stride))
    total = 0
    while starts(n + total, size, stride, dilation) < wanted:
        total += 1
    small, large = total // 2, total - total // 2
    low, high = (large, small) if extra_first else (small, large)
    return forward(n, size, stride, dilation, low, high)


def causal(n, size, stride, dilation):
    """Convolve so that the last tap of output o is cell ``o * stride``, and none lies beyond."""
    return [[(tap, last - (size - 1 - tap) * dilation) for tap in range(size)] for last in range(0, n, stride)]


def pool(n, size, stride, dilation, padding, ceil):
    """Pool as torch does, with `ceil` also the windows that hang over the end.

    Such a window hangs over by less than a stride, and starts in the input or the padding before it.
    Returns the outputs and how many taps of each an average that counts padding divides by.
    """
    length = n + 2 * padding
    outputs, counted = [], []
    start = 0
    while True:
        last = start + (size - 1) * dilation
        fits = last < length
        hangs = ceil and last + 1 < length + stride and start < n + padding
        if not fits and not hangs:
            return outputs, counted
        outputs.append([(tap, start + tap * dilation - padding) for tap in range(size)])
        counted.append(len([tap for tap in range(size) if start + tap * dilation < length]))
        start += stride


def scatter(cells, size, stride, dilation):
    """Return ``{position: [(tap, cell), ...]}``: what each cell of a transposed layer sums.

    Cell i of the input adds its value, times the kernel, at ``i * stride`` and on.
    """
    sums = {}
    for cell in cells:
        for tap in range(size):
            sums.setdefault(cell * stride + tap * dilation, []).append((tap, cell))
    return sums


def full_length(n, size, stride, dilation):
    """Return how many cells the input's own values are scattered over."""
    return max((cell * stride + tap * dilation + 1 for cell in range(n) for tap in range(size)), default=0)


def transposed(n, size, stride, dilation, cut, length):
    """Return `length` outputs of a transposed layer, the first `cut` positions left out."""
    # Cells outside the input too, as far as they reach into the outputs.
    first, last = cut - size * dilation - abs(cut), cut + length + 1
    sums = scatter(range(first // stride, last // stride + 1), size, stride, dilation)
    return [sums.get(cut + o, []) for o in range(length)]


def keras_transposed(n, size, stride, dilation, word, output_padding):
    """Return a transposed layer's outputs in Keras: the adjoint of its convolution over the output."""
    span = len(range((size - 1) * dilation + 1))
    full = full_length(n, size, stride, dilation)
    if output_padding is None:
        # Every input cell has `stride` cells of its own, even where its kernel is shorter.
        length = n * stride if word == "same" else max(full, n * stride)
    elif word == "same":
        length = (n - 1) * stride + span % 2 + output_padding
    else:
        length = full + output_padding
    cut = max(full - length, 0) // 2 if word == "same" else 0
    return transposed(n, size, stride, dilation, cut, length)


def torch_transposed(n, size, stride, dilation, padding, output_padding):
    """Return a transposed layer's outputs in torch: padding cells cut off both ends, some put after."""
    length = full_length(n, size, stride, dilation) - 2 * padding + output_padding
    return transposed(n, size, stride, dilation, padding, max(length, 0))


def adaptive(n, bins):
    """Return the outputs of an adaptive pool: every cell that a bin touches."""
    # Bin o lies from o/bins to (o+1)/bins of the input; cell c from c/n to (c+1)/n.
    return [[(None, c) for c in range(n) if c * bins < (o + 1) * n and (c + 1) * bins > o * n] for o in range(bins)]


def inside(outputs, n):
    """Return the outputs without what falls into padding."""
    return [[(tap, cell) for tap, cell in taps if 0 <= cell < n] for taps in outputs]


def counts(outputs, n):
    """Return ``(cells never read, outputs that touch padding, outputs that read no cell)``."""
    read = {cell for taps in inside(outputs, n) for _, cell in taps}
    touching = [taps for taps in outputs if any(not 0 <= cell < n for _, cell in taps)]
    empty = [taps for taps in inside(outputs, n) if not taps]
    return n - len(read), len(touching), len(empty)


def field(layers, n):
    """Return, for each output of a chain, the set of input cells that it can see, padding too.

    `layers` are functions from a number of cells to outputs; virtual cells, those in padding, see
    what a real cell there would.
    """
    sees = {cell: {cell} for cell in range(n)}
    for layer in layers:
        outputs = layer(len(sees))
        sees = {o: set().union(*(sees.get(cell, set()) for _, cell in taps)) for o, taps in enumerate(outputs)}
    return [sees[o] for o in range(len(sees))]
