"""What a run needs, in exact integers, before anything is allocated; and the refusal of too much."""

from math import prod

from convcalc.errors import LimitError

MAX_BYTES = 512 * 2**20
# About a minute of one thread.
MAX_MACS = 2 * 10**10


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


def live(program):
    """Yield ``(index, alive, output)`` a layer: the values alive while it is computed, and those of its output."""
    values = {-1: prod(program.shape)}
    for index, node in enumerate(program.nodes):
        values[index] = prod(node.output)
        yield index, sum(values.values()), values[index]
        for done in program.last[index]:
            values.pop(done, None)


def weight_values(node):
    """Return how many values the weights of a layer have."""
    return sum(prod(weight.shape) for weight in node.weights)


def within(program, total, max_bytes, max_macs):
    """Return what a run needs; refuse what is over a limit (None is none), with a smaller input that would do."""
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
    smaller = shrunk(program, share)
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
    """Return an input, as it would be typed, that needs about that share of the whole or less; or None.

    The batch goes first, then the sizes of the spatial axes, halved together.
    """
    node = next((n for n in program.nodes if n.rank), None)
    sizes = list(program.shape)
    if node is None or len(sizes) != node.rank + 2:
        return None
    spatial = range(2, len(sizes)) if node.channels_first else range(1, len(sizes) - 1)
    # A little less than the share, for what does not shrink with the input.
    while prod(sizes) > 0.8 * share * prod(program.shape):
        if sizes[0] > 1:
            sizes[0] = max(1, sizes[0] // 2)
        elif any(sizes[axis] > 1 for axis in spatial):
            for axis in spatial:
                sizes[axis] = max(1, sizes[axis] // 2)
        else:
            return None
    return ",".join(map(str, sizes))
