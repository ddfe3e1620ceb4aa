"""Where a window lies, whether it fits, over which smallest input it would, and what to say where it does not."""

from convcalc.errors import ShapeError
from convcalc.layers.declare import PROPER

AXES = {0: (), 1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


def lanes(rule, rows):
    """Return ``(rule, row, window, reach, base, stride)`` for the arguments of each axis.

    ``rule(*row, n)`` is its window over n cells. The window here is None but where it is the same over any
    cells; a rule that knows such takes no n. Then its reach over n is ``reach + n*base``, as in `Window.out`.

    Examples
    --------
    >>> from convcalc.dialects import keras
    >>> [window and window[:4] for _, _, window, *_ in lanes(keras.forward, [("valid", 3, 2, 1), ("same", 3, 2, 1)])]
    [(3, 2, 0, 0), None]
    """
    found = []
    for row in rows:
        window = rule(*row) if rule.__defaults__ else None
        if window is None or window.low is None:
            found.append((rule, row, None, 0, 0, 0))
        else:
            found.append((rule, row, window, window.room(0) - window.span, window.base, window.stride))
    return tuple(found)


def no_fit(site, name, n, window, lower, least=1):
    """Return the error for a window that does not fit: the axis, the numbers, what would do."""
    smallest = smallest_fit(lower, least)
    if not window.flip:
        reason = f"the kernel spans {window.span}, the input with its padding has {n + window.low + window.high}"
        fixes = ["a smaller kernel", "more padding"]
        if window.dilation > 1:
            fixes.insert(1, "less dilation")
    else:
        full = (n - 1) * window.base + window.span
        cut = 2 * (window.span - 1) - window.low - window.high
        reason = f"of the {full} cells that {n} spread over, {cut} are cut off"
        fixes = ["a larger kernel", "less padding", "more output_padding"]
    turned = looks_swapped(site)
    return ShapeError(
        "does_not_fit",
        f"{site.type} does not fit along {name}: {reason}.",
        hint=f"The channels seem to stand at the other end; {turned}."
        if turned
        else remedy(site, name, smallest, fixes),
        span=site.given.get("kernel"),
    )


# What stands in a hint where the network's own input is not the layer's; `analysis.smallest` says how large.
LARGER = "a larger input"


def remedy(site, name, smallest, fixes):
    """Return what would make a window fit: the smallest input where it is the network's own, and what else."""
    need = "Give "
    if smallest is not None and site.shape == site.source:
        need = f"The smallest input that fits is {smallest} along {name}; or give "
    elif smallest is not None:
        fixes = [LARGER, *fixes]
    return need + (", ".join(fixes[:-1]) + " or " if fixes[1:] else "") + f"{fixes[-1]}."


# Images have one, three or four channels, and more rows than that.
FEW_CHANNELS = 4


def looks_swapped(site):
    """Return a hint where few cells stand where the rows should be, and many where the channels."""
    if len(site.shape) != site.rank + 2 or not all(n.__class__ is int for n in site.shape[1:]):
        return None
    first, last = site.shape[1], site.shape[-1]
    few, many = (last, first) if site.channels_first else (first, last)
    return swapped(site, few) if 1 <= few <= FEW_CHANNELS < many else None


def swapped(site, channels):
    """Return a hint where the input looks as if its channels stood at the other end."""
    shape = site.shape
    if site.rank is None or len(shape) < 3 or shape != site.source:
        return None
    first, last = shape[-site.rank - 1], shape[-1]
    name = PROPER[site.framework]
    if site.channels_first and last == channels:
        inner = (last, *shape[-site.rank - 1 : -1])
        return f"{name} reads channels first: give -i {'x'.join(map(str, inner))}"
    if not site.channels_first and first == channels:
        inner = (*shape[-site.rank :], first)
        return f"{name} reads channels last: give -i {'x'.join(map(str, inner))}, or df=channels_first"
    return None


def layout_words(rank, channels_first):
    """Return "batch, H, W, channels" or the like."""
    axes = ", ".join(AXES[rank])
    return f"batch, channels, {axes}" if channels_first else f"batch, {axes}, channels"


def show(shape):
    """Return a shape as text: ``N, 28, 28, 3``."""
    return ", ".join(map(str, shape))


def fits(window, n, least=1):
    """Tell whether a window gives `least` outputs or more over `n` cells."""
    return window.room(n) - window.span >= (least - 1) * window.stride


def smallest_fit(lower, least=1, limit=1 << 62):
    """Return the smallest input over which the window that `lower` gives fits, or None."""
    high = 1
    while high < limit and not fits(lower(high), high, least):
        high *= 2
    if high >= limit:
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if not fits(lower(middle), middle, least):
            low = middle
        else:
            high = middle
    return high
