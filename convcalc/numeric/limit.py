"""What a run needs, in exact integers, before anything is allocated; and the refusal of too much."""

from math import prod

from convcalc.errors import LimitError


def need(program, work):
    """Return the bytes that a run of the fast kernels needs at its peak.

    These are the weights, and the largest sum of live tensors (the input among them) with the work
    space of the layer that is computed; `work` is the latter, a number a layer.
    """
    size = program.dtype.itemsize
    weights = sum(weight_values(node) for node in program.nodes) * size
    return weights + max(
        alive * size + max(work[index], output * size if program.has_fused(index) else 0)
        for index, alive, output in live(program)
    )


def need_in_step(program, work):
    """Return the bytes that a check needs at its peak: kernels and float64 definitions side by side.

    The weights are those of one layer at a time; to compare two outputs takes four copies of one.
    """
    size = program.dtype.itemsize
    return max(
        alive * (size + 8) + max(work[index], 32 * output) + weight_values(program.nodes[index]) * (size + 8)
        for index, alive, output in live(program)
    )


def need_in_signal(program, work):
    """Return the bytes that a signal needs at its peak: a layer, and what a step either way makes of it."""
    size = program.dtype.itemsize
    return max(
        (3 * alive + 2 * output) * size + work[index] + weight_values(program.nodes[index]) * (size + 4)
        for index, alive, output in live(program)
    )


def live(program):
    """Yield ``(index, alive, output)`` a layer: the values alive while it is computed, and those of its output."""
    values = {-1 - place: prod(shape) for place, shape in enumerate(program.shapes)}
    for index, node in enumerate(program.nodes):
        values[index] = prod(node.output)
        yield index, sum(values.values()), values[index]
        for done in program.last[index]:
            values.pop(done, None)


def weight_values(node):
    """Return how many values the weights of a layer have."""
    return sum(prod(weight.shape) for weight in node.weights)


def within(program, total, max_bytes, max_macs, would_do=None):
    """Return what a run needs; refuse what is over a limit (None is none).

    `would_do` tells of the sizes of a smaller input whether it would do; the first that does is the hint.
    """
    if max_bytes is not None and total > max_bytes:
        share = max_bytes / total
        over = f"The run needs {total:,} bytes ({binary(total)}), the limit is {binary(max_bytes)}."
        option = f"--max-bytes {ceiling(total)}"
    elif max_macs is not None and program.macs > max_macs:
        share = max_macs / program.macs
        over = f"The run takes {program.macs:,} MACs, the limit is {max_macs:,}."
        option = f"--max-macs {program.macs}"
    else:
        return total
    smaller = would_do and next((text(program, sizes) for sizes in shrunk(program, share) if would_do(sizes)), None)
    hint = f"Try -i {smaller}, or raise the limit: {option}" if smaller else f"Raise the limit: {option}"
    raise LimitError("limit", over, hint=hint)


def binary(count):
    """Return bytes as people read them.

    >>> binary(512 * 2**20), binary(5 * 10**12)
    ('512 MiB', '4.55 TiB')
    """
    power = 0
    value = float(count)
    while value >= 1024 and power < 6:
        value /= 1024
        power += 1
    unit = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")[power]
    return f"{value:.0f} {unit}" if value == int(value) or value >= 100 else f"{value:.3g} {unit}"


def ceiling(count):
    """Return a round number of bytes that is enough: the next whole MiB."""
    return -(-count // 2**20) * 2**20


def shrunk(program, share):
    """Yield the sizes of smaller inputs, from one that needs about that share of the whole on.

    The batch goes first, then the sizes of the spatial axes, halved together.
    """
    sizes = list(program.shape)
    spatial = spatial_axes(program)
    batched = len(sizes) > len(spatial) + 1
    # No more than the share: weights do not shrink with the input.
    most = share * prod(sizes)
    while True:
        if batched and sizes[0] > 1:
            sizes[0] //= 2
        elif any(sizes[axis] > 1 for axis in spatial):
            for axis in spatial:
                sizes[axis] = max(1, sizes[axis] // 2)
        else:
            return
        if prod(sizes) <= most:
            yield tuple(sizes)


def spatial_axes(program):
    """Return the input's spatial axes as the first layer that has any reads them; () where none does."""
    node = next((n for n in program.nodes if n.rank), None)
    axes = len(program.shape)
    if node is None or axes not in (node.rank + 1, node.rank + 2):
        return ()
    return tuple(range(axes - node.rank, axes)) if node.channels_first else tuple(range(axes - 1 - node.rank, axes - 1))


def text(program, sizes):
    """Return a shape as it would be typed; in parentheses where without them it may be read as a sample's."""
    plain = ",".join(map(str, sizes))
    return plain if len(sizes) == len(spatial_axes(program)) + 2 else f"'({plain})'"
