"""torch's rules: its paddings and `ceil_mode` as windows.

Seen on torch 2.13.0; held by tests/test_torch_windows.py.
"""

from math import prod

from convcalc.window import Window


def forward(padding, size, stride, dilation, n=None):
    """Return the window of a convolution along one axis, whatever its cells.

    `padding` is "valid", "same" (stride 1 alone, the odd cell after) or the cells before and after.
    """
    if padding == "same":
        total = dilation * (size - 1)
        return Window(size, stride, total // 2, total - total // 2, dilation)
    low, high = (0, 0) if padding == "valid" else padding
    return Window(size, stride, low, high, dilation)


def transposed(padding, size, stride, dilation, output_padding, n=None):
    """Return the window of a transposed convolution along one axis, whatever its cells.

    Examples
    --------
    >>> transposed((1, 1), 3, 2, 1, 1).out(5)
    10
    """
    edge = dilation * (size - 1)
    low, high = padding
    return Window(size, 1, edge - low, edge - high + output_padding, dilation, stride, 0, True)


def pool(padding, size, stride, dilation, ceil_mode, n):
    """Return the window of a pool along one axis.

    With `ceil_mode` the last window may hang over the end, but must start inside the input or its
    padding before: ``outs = min(ceil((n + 2p - span)/s) + 1, ceil((n + p)/s))``.

    Examples
    --------
    >>> pool((0, 0), 3, 2, 1, True, 6)
    Window(size=3, stride=2, low=0, high=0, dilation=1, base=1, overhang=1, flip=False)
    """
    low, high = padding
    if not ceil_mode:
        return Window(size, stride, low, high, dilation)
    span = dilation * (size - 1) + 1
    # Both bounds are ceilings over the same stride, so the smaller numerator is the smaller size:
    # no minimum has to be taken, and the rule holds for a symbolic n too.
    reach = n + low + min(high - span + stride, 0)
    outs = -(-reach // stride)
    overhang = (outs - 1) * stride + span - n - low - high
    if overhang.__class__ is int:
        overhang = max(overhang, 0)
    return Window(size, stride, low, high, dilation, 1, overhang)


def fans(shape):
    """Return ``(fan_in, fan_out)`` of a weight as it is stored, or None of fewer than two axes.

    The second axis counts as inputs and the first as outputs, whatever the layer: a transposed
    convolution has them the other way round, and the outputs of a grouped one are not divided.

    Examples
    --------
    >>> fans((8, 1, 3, 3)), fans((16, 8, 3, 3))
    ((9, 72), (72, 144))
    """
    if len(shape) < 2:
        return None
    cells = prod(shape[2:])
    return shape[1] * cells, shape[0] * cells
