"""The arithmetic of a size with its numbers in it, as text: zeros, cut cells, and the output.

Every formula is a question to the window of an axis, and each is held against what the window
itself answers: where they differ, the plain formula of windows is given instead. Sizes may be
symbols; formulas use ``floor``, ``ceil``, ``min`` and ``max`` as Python has them.
"""

from convcalc.analysis.sheet import Cells


def term(size):
    """Return a size as a factor of a product: in parentheses where it is a sum or negative.

    Examples
    --------
    >>> from convcalc.sizes import symbol
    >>> term(7), term(-1), term(symbol("H") - 2), term(-(-symbol("H") // 2))
    ('7', '(-1)', '(H - 2)', 'ceil(H/2)')
    """
    words = str(size)
    depth = 0
    for character in words:
        depth += (character == "(") - (character == ")")
        if depth == 0 and character in " -":
            return f"({words})"
    return words


def plus(*sizes):
    """Return a sum as text: no zeros, and what is negative is taken away.

    Examples
    --------
    >>> plus(224, 2, 0, 3, -7), plus(0)
    ('224 + 2 + 3 - 7', '0')
    """
    words = ""
    for size in sizes:
        if size.__class__ is int and not size:
            continue
        if size.__class__ is int and size < 0:
            words += f" - {-size}" if words else str(size)
        else:
            words += f" + {size}" if words else str(size)
    return words or "0"


def span(window):
    """Return the formula of the cells that a dilated kernel spans, or None."""
    if len(window) == 2 or window.dilation == 1 or window.size.__class__ is not int:
        return None
    return f"{window.dilation}*({window.size} - 1) + 1 = {window.span}"


# -- windows over an input ---------------------------------------------------------------------------


def zeros(window, n, out, padding):
    """Return the `Cells` added to an axis, their number by the rule that `padding` names."""
    low, high = window.low, window.high
    known = low.__class__ is int and high.__class__ is int
    if padding in ("same", "same_lower"):
        total = window.span - 1
        if window.stride > 1:
            formula = f"max(({term(out)} - 1)*{window.stride} + {window.span} - {term(n)}, 0)"
            total = max((out - 1) * window.stride + window.span - n, 0) if known and n.__class__ is int else None
        elif window.dilation > 1:
            formula = f"{window.dilation}*({window.size} - 1)"
        else:
            formula = f"{window.size} - 1"
        if not known:
            return Cells(formula, None, None, None)
        # An operator may pad by another rule, as onnxruntime's pools with dilation do.
        return Cells(formula if total == low + high else None, low + high, low, high)
    if not known or (padding != "causal" and not low and not high):
        return Cells(None, 0, 0, 0) if known else None
    causal = padding == "causal" and not high
    return Cells(f"{window.dilation}*({window.size} - 1)" if causal else None, low + high, low, high)


def forward(window, n, ceil_mode=False):
    """Return the formula of the output of a window that slides over its input.

    Examples
    --------
    >>> from convcalc.window import Window
    >>> forward(Window(7, 2, 2, 3), 224)
    'floor((224 + 2 + 3 - 7)/2) + 1'
    >>> forward(Window(3, 1, 1, 1), 28)
    '28 + 1 + 1 - 3 + 1'
    """
    low, high, stride, reach = window.low, window.high, window.stride, window.span
    if low is None:
        return f"ceil({n}/{stride})" if term(n) == str(n) else f"ceil(({n})/{stride})"
    if ceil_mode and stride > 1 and low.__class__ is int and high.__class__ is int:
        last = f"ceil(({plus(n, low, high, -reach)})/{stride}) + 1"
        # The last window may hang over the end where it begins inside the input or before it.
        if high - reach + stride > 0:
            last = f"min({last}, ceil(({plus(n, low)})/{stride}))"
        bound = -(-(n + low + min(high - reach + stride, 0)) // stride)
        if bound == window.out(n):
            return last
    cells = plus(n, low, high, window.overhang, -reach)
    if stride != 1:
        return f"floor(({cells})/{stride}) + 1"
    return plus(n, low, high, window.overhang) if reach == 1 else f"{cells} + 1"


# -- transposed windows ------------------------------------------------------------------------------


def full(window, n):
    """Return the formula of all that a transposed kernel reaches: ``(n - 1)*stride + span``."""
    if window.base == 1:
        return f"{plus(n, -1)} + {window.span}"
    return f"({term(n)} - 1)*{window.base} + {window.span}"


def cut(window, n, out):
    """Return the `Cells` that are cut from the full output; negative ones are added."""
    before, after = window.span - 1 - window.low, window.span - 1 - window.high
    known = all(size.__class__ is int for size in (before, after))
    if not known:
        return Cells(f"{full(window, n)} - {term(out)}", None, None, None)
    formula = f"{full(window, n)} - {term(out)}" if before or after else None
    return Cells(formula, before + after, before, after)


def transposed(window, n, framework, padding, extra):
    """Return the formula of the output of a transposed layer, the framework's own.

    Parameters
    ----------
    padding : str or tuple
        The word, or the cells before and after, of this axis.
    extra : int or None
        The output padding of this axis; in Keras 0 is not None.

    Examples
    --------
    >>> from convcalc.dialects import keras, torch
    >>> transposed(keras.transposed("same", 3, 2, 1, None), 28, "keras", "same", None)
    '28*2'
    >>> transposed(torch.transposed((1, 1), 3, 2, 1, 1), 28, "torch", (1, 1), 1)
    '(28 - 1)*2 + 3 - 2*1 + 1'
    """
    stride, reach, out = window.base, window.span, window.out(n)
    if framework == "keras" and extra is None:
        times = f"{term(n)}*{stride}" if stride > 1 else str(n)
        over = f" + max({reach} - {stride}, 0)" if padding != "same" else ""
        value = n * stride + (max(reach - stride, 0) if over else 0)
        if padding.__class__ is tuple:
            over += "".join(f" - {side}" for side in padding if side)
            value = value - sum(padding)
        words = times + over
    else:
        half = reach // 2 if padding == "same" else 0
        low, high = padding if padding.__class__ is tuple else (half, half)
        sides = "" if not (low or high) else f" - 2*{low}" if low == high else plus(1, -low, -high)[1:]
        words = full(window, n) + sides + (f" + {extra}" if extra else "")
        value = (n - 1) * stride + reach - low - high + (extra or 0)
    if value == out:
        return words
    # Whatever else made the window, it is the full output less what is cut of it.
    before, after = window.span - 1 - window.low, window.span - 1 - window.high
    if before.__class__ is int and after.__class__ is int:
        return full(window, n) + plus(1, -before, -after)[1:]
    return str(out)


# -- the rest ----------------------------------------------------------------------------------------


def spread(window, n):
    """Return the formula of the output of a window over an input set apart, as upsampling has it."""
    out = window.out(n)
    if n * window.base == out:
        return f"{term(n)}*{window.base}"
    return f"{full(window, n)}{plus(1, window.low - window.span + 1, window.high - window.span + 1)[1:]}"


def joined(shapes, output):
    """Return the formula of the axis that a layer without windows changes, or None.

    A product of axes, a sum over operands, or cells of one axis shared between several.

    Examples
    --------
    >>> joined([("N", 7, 7, 64)], ("N", 3136)), joined([(4, 8, 3), (4, 8, 5)], (4, 8, 8))
    ('7*7*64', '3 + 5')
    """
    first = shapes[0]
    if len(shapes) > 1:
        if any(len(shape) != len(output) for shape in shapes):
            return None
        changed = [k for k, size in enumerate(output) if any(shape[k] != size for shape in shapes)]
        if len(changed) != 1:
            return None
        parts = [shape[changed[0]] for shape in shapes]
        return " + ".join(map(str, parts)) if sum(parts) == output[changed[0]] else None
    if len(output) >= len(first) or not output:
        return None
    # The axes that became one: what is left and right of it is as it was.
    left = 0
    while left < len(output) - 1 and output[left] == first[left]:
        left += 1
    right = len(output) - 1 - left
    parts = first[left : len(first) - right]
    if first[len(first) - right :] != output[left + 1 :] or len(parts) < 2:
        return None
    value = 1
    for part in parts:
        value = value * part
    return "*".join(map(term, parts)) if value == output[left] else None
