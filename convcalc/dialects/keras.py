"""Keras' rules: its paddings as windows.

Seen on Keras 3.15.1 with TensorFlow 2.21 and JAX, which agree; held by tests/test_keras_windows.py.
"""

from math import prod

from convcalc.window import Window


def forward(padding, size, stride, dilation, n=None):
    """Return the window of a convolution or a pool along one axis.

    Parameters
    ----------
    padding : str or tuple of int
        "valid", "same", "causal", or the cells before and after.
    size, stride, dilation : int
        As Keras' own arguments.
    n : int or Size
        Cells of the input; `same` depends on it, and without it is that of an unknown size.

    Examples
    --------
    >>> forward("same", 7, 2, 1, 224)
    Window(size=7, stride=2, low=2, high=3, dilation=1, base=1, overhang=0, flip=False)
    """
    if padding == "valid":
        return Window(size, stride, 0, 0, dilation)
    if padding == "same":
        return same(size, stride, dilation, n)
    if padding == "causal":
        return Window(size, stride, dilation * (size - 1), 0, dilation)
    low, high = padding
    return Window(size, stride, low, high, dilation)


def same(size, stride, dilation, n, extra_first=False):
    """Return the window that makes the output ``ceil(n / stride)``, the odd cell after (or first).

    TensorFlow's SAME: ``max((ceil(n/stride) - 1)*stride + span - n, 0)`` cells in all.
    """
    span = dilation * (size - 1) + 1
    if stride == 1:
        total = span - 1
    elif n.__class__ is int:
        total = max((-(-n // stride) - 1) * stride + span - n, 0)
    else:
        return Window(size, stride, None, None, dilation)
    low = (total + extra_first) // 2
    return Window(size, stride, low, total - low, dilation)


def transposed(padding, size, stride, dilation, output_padding, n=None):
    """Return the window of a transposed convolution along one axis, whatever its cells.

    ``output_padding=0`` is not None: with None the output of `same` is ``n*stride``.

    Examples
    --------
    >>> transposed("same", 3, 2, 1, None).out(28), transposed("same", 3, 2, 1, 0).out(28)
    (56, 55)
    """
    span = dilation * (size - 1) + 1
    if padding == "same":
        total = span + stride - 2 if output_padding is None else span + span % 2 - 2 + output_padding
        low = min(-(-total // 2), span - 1)
        high = total - low
    else:
        low = high = span - 1
        high += max(stride - span, 0) if output_padding is None else output_padding
        if padding != "valid":
            low, high = low - padding[0], high - padding[1]
    return Window(size, 1, low, high, dilation, stride, 0, True)


def fans(shape, input_axes=None, output_axes=None):
    """Return ``(fan_in, fan_out)`` of a weight as it is stored; of given axes where both are given.

    The last axis counts as outputs and the one before it as inputs, whatever the layer: a transposed
    convolution stores them the other way round, and a depthwise one has all its channels as inputs.

    Examples
    --------
    >>> fans((3, 3, 4, 8)), fans((3, 3, 8, 4)), fans((3, 3, 4, 1))
    ((36, 72), (72, 36), (36, 9))
    """
    if input_axes is not None and output_axes is not None:
        return prod(shape[axis] for axis in input_axes), prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    cells = prod(shape[:-2])
    return shape[-2] * cells, shape[-1] * cells


# What TensorFlow's CPU kernels do not run though Keras sizes it, and JAX runs it: for a kind of layers
# what their arguments must be for it, and the words. Seen on Keras 3.15.1 with TensorFlow 2.21.
UNEQUAL = ((lambda a, rank: min(a["stride"]) < max(a["stride"]) and _dense(a), "unequal strides"),)
CANNOT_RUN = {
    "conv": ((lambda a, rank: _first(a) and rank < 3 and a["groups"] == 1, "data_format=channels_first"),),
    "transpose": (
        (lambda a, rank: _first(a), "data_format=channels_first"),
        (lambda a, rank: max(a["dilation"]) > 1, "a dilation above 1"),
        (lambda a, rank: _shrinks(a), "padding=same, an even kernel and output_padding=0"),
    ),
    "depthwise": UNEQUAL,
    "separable": UNEQUAL,
}


def cannot_run(kind, args, rank):
    """Return the words for what keeps TensorFlow from running a layer on a CPU, or None."""
    for holds, words in CANNOT_RUN.get(kind, ()):
        if holds(args, rank):
            return words
    return None


def _first(args):
    return args["data_format"] == "channels_first"


def _dense(args):
    return max(args["dilation"]) == 1


def _shrinks(args):
    """Tell whether the output is a whole stride short, so that `same` over it gives a cell less."""
    extra = args["output_padding"]
    if args["padding"] != "same" or extra is None:
        return False
    spans = (d * (k - 1) + 1 for k, d in zip(args["kernel"], args["dilation"], strict=True))
    return any(span % 2 + op == 0 for span, op in zip(spans, extra, strict=True))
