"""ONNX's rules as onnxruntime runs them: `auto_pad`, `ceil_mode` and `output_shape` as windows.

Where the standard says otherwise the operator gets a note; see `convcalc.layers.onnx_windows`.
Seen on onnx 1.23.2 and onnxruntime 1.32.0; held by tests/test_onnx_windows.py.
"""

from convcalc.dialects import torch
from convcalc.window import Window


def forward(padding, size, stride, dilation, n):
    """Return the window of a convolution along one axis.

    `padding` is "valid", "same" (the odd cell after), "same_lower" (before), or the cells before and after.

    Examples
    --------
    >>> forward("same", 2, 2, 1, 5)[2:4], forward("same_lower", 2, 2, 1, 5)[2:4]
    ((0, 1), (1, 0))
    """
    if padding not in ("same", "same_lower"):
        low, high = (0, 0) if padding == "valid" else padding
        return Window(size, stride, low, high, dilation)
    if stride > 1 and n.__class__ is not int:
        return Window(size, stride, None, None, dilation)
    total = missing(dilation * (size - 1) + 1, stride, n)
    # Where the stride is larger than the kernel cells are cut, the first half less one.
    low, _ = halves(total + (total < 0), padding)
    return Window(size, stride, low, total - low, dilation)


def pool(padding, size, stride, dilation, ceil_mode, n):
    """Return the window of a pool along one axis.

    Under `same` onnxruntime pads as if the kernel were not dilated, and with `ceil_mode` it follows
    torch: a last window that would start past the end is dropped. A division in C++ rounds towards
    zero, so that a window short of less than a stride still gives an output.

    Examples
    --------
    >>> pool("same", 3, 1, 2, False, 9).out(9), pool((0, 0), 4, 2, 1, False, 3).out(3)
    (7, 1)
    """
    span = dilation * (size - 1) + 1
    if padding not in ("same", "same_lower"):
        low, high = (0, 0) if padding == "valid" else padding
        if ceil_mode and high < span:
            return torch.pool((low, high), size, stride, dilation, True, n)
        if ceil_mode:
            # onnx drops a single window that would start past the end, however many there are.
            return Window(size, stride, low, high - 1, dilation)
        return Window(size, stride, low, high, dilation, 1, short(n + low + high - span, stride))
    if stride > 1 and dilation == 1 and n.__class__ is not int:
        return Window(size, stride, None, None)
    total = missing(size, stride, n)
    low, high = halves(total, padding)
    # Its windows end where the undilated ones would have; what dilation adds is what is missing.
    overhang = (span - size) % stride if ceil_mode else short(n + total - span, stride)
    return Window(size, stride, low, high, dilation, 1, overhang)


def transposed(padding, size, stride, dilation, output_padding, output, n):
    """Return the window of a transposed convolution along one axis.

    `output` is the size that `output_shape` asks for, or None: then `same` asks for ``n*stride``,
    and gets less where the kernel is shorter than the stride. What is too much is cut, the odd cell
    after with "same" and before otherwise; `output` overrides explicit cells.

    Examples
    --------
    >>> transposed("same", 3, 2, 1, 0, None, 5).out(5), transposed("same", 2, 3, 1, 0, None, 5).out(5)
    (10, 14)
    >>> transposed((0, 0), 3, 2, 1, 0, 10, 5)[2:4], transposed("same", 3, 2, 1, 0, 10, 5)[2:4]
    ((1, 2), (2, 1))
    """
    edge = dilation * (size - 1)
    extra = output_padding
    if output is not None or padding in ("same", "same_lower"):
        whole = (n - 1) * stride + edge + 1 + output_padding
        total = whole - (n * stride if output is None else output)
        if total.__class__ is int and total < 0:
            extra -= total if output is not None else 0
            total = 0
        low, high = halves(total, "same" if padding == "same" else "same_lower")
    else:
        low, high = (0, 0) if padding == "valid" else padding
    return Window(size, 1, edge - low, edge - high + extra, dilation, stride, 0, True)


def missing(span, stride, n):
    """Return the cells that make the output ``ceil(n / stride)``; negative ones are too many."""
    return span - 1 if stride == 1 else (-(-n // stride) - 1) * stride + span - n


def halves(total, padding):
    """Return cells before and after; halves are rounded towards zero, as C++ does."""
    first = total + int(padding == "same_lower")
    low = -(-first // 2) if first.__class__ is int and first < 0 else first // 2
    return low, total - low


def short(reach, stride):
    """Return the overhang that makes up for a window that reaches past the end without `ceil_mode`."""
    if reach.__class__ is not int or reach >= 0:
        return 0
    if reach > -stride:
        return -reach
    return stride - 1 if reach > -2 * stride else 0
