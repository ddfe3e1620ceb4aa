"""Notes: what a reader should know of a layer before deciding. Asked of its windows alone.

`CODES` is the closed list; each note says the consequence first, then the remedy.
"""

from functools import lru_cache
from itertools import product

from convcalc.analysis.reads import calm, lost, overlap
from convcalc.analysis.report import Note
from convcalc.layers.fit import AXES
from convcalc.window import Window

CODES = {
    "differs": "two computations give other values, or other shapes",
    "lopsided_padding": "more cells are added at one end than at the other",
    "unread_cells": "input cells that no output cell reads",
    "padding_only": "output cells that read padding or nothing",
    "checkerboard": "a transposed layer whose outputs sum unequal numbers of taps",
    "backend_cannot_run": "a backend refuses to run what the framework sizes",
    "explicit_padding": "cells of padding where the framework's layer takes words",
    "docs_disagree": "what runs is not what the documentation or another framework would give",
    "assumed": "what is taken to hold of sizes that are not known",
    "paths_unaligned": "branches whose receptive fields do not line up",
    "signal_shrinks": "a signal gets smaller on its way through the layers",
    "signal_grows": "a signal gets larger on its way through the layers",
    "unknown_layer": "a layer without a rule",
    "order_unknown": "layers of which nothing says what feeds them",
    "inferred_by_onnx": "a layer without a rule, whose sizes onnx infers",
    "shared": "a layer used again, whose weights an earlier row counts",
}


# The words that pad as much as the size needs; cells that were asked for surprise nobody.
SAME = ("same", "same_upper", "same_lower")


def of(call, facts, spatial, extra=()):
    """Return the notes of one layer: those of its site and its rule, then those of its windows."""
    own = tuple(Note(*note) for note in (*extra, *facts.notes)) if extra or facts.notes else ()
    if not facts.windows or facts.field == "whole" or moves(facts):
        return own
    return own + of_windows(call.framework, call.args.get("padding") in SAME, facts.windows, spatial)


def moves(facts):
    """Tell whether a layer only adds cells, cuts or picks them: that some are not read is what it is for."""
    return not (facts.weights or facts.flops) and all(len(w) > 2 and w.size == w.base == 1 for w in facts.windows)


def of_windows(framework, same, windows, spatial):
    """Return the notes of the windows of a layer, each code once; `same` is whether a word padded them."""
    found: dict = {}
    if getattr(windows[0], "flip", False):
        uneven = checkerboard(windows)
        if uneven:
            found["checkerboard"] = uneven
    for name, window, n in zip(AXES[len(windows)], windows, spatial, strict=False):
        if len(window) == 2:
            continue
        whole = n.__class__ is int
        if window.low is None and not whole:
            continue
        shifted, uneven, calm_from = outlook(framework, same, window) if whole else (*ends(framework, same, window), 0)
        if shifted:
            found.setdefault("docs_disagree", shifted)
        if uneven and "lopsided_padding" not in found:
            found["lopsided_padding"] = lopsided(window.low, window.high, alike(window, n))
        if whole and n < calm_from:
            unread, empty = lost(window, n)
            if unread > 0 and "unread_cells" not in found:
                found["unread_cells"] = unread_cells(unread, n, name, window)
            if empty > 0 and "padding_only" not in found:
                found["padding_only"] = padding_only(empty, n, name, window)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def outlook(framework, same, window):
    """Return what `ends` does of a window over so many cells, and from how many on it reads all, and one at least."""
    return *ends(framework, same, window), calm(window)


def ends(framework, same, window):
    """Return ``(note, uneven)``: how torch's layer is shifted, and whether a word pads the ends unlike torch."""
    if window.flip:
        return torch_shift(window) if framework == "keras" else None, False
    low, high = window.low, window.high
    return None, same and low != high and low.__class__ is int and framework != "torch"


def unread_cells(unread, n, name, window):
    """Return the note of so many of n cells along the axis of a name that are not read."""
    few = f"{unread:,} of {n:,} cells along {name} {'is' if unread == 1 else 'are'} never read"
    gap = window.base == 1 and window.stride > window.span
    remedy = (
        "the stride is larger than the kernel" if gap else "the windows end before the input does: pad, or cut it first"
    )
    return Note("unread_cells", f"{few}; {remedy}")


def padding_only(empty, n, name, window):
    """Return the note of so many outputs along the axis of a name that read none of its n cells."""
    remedy = "a kernel of at least the stride reads everywhere" if window.base > 1 else "pad less"
    few = f"{empty:,} of {window.out(n):,} outputs along {name} read{'s' * (empty == 1)} padding or nothing"
    return Note("padding_only", f"{few}; {remedy}")


def alike(window, n):
    """Tell whether the larger of a window's two paddings at both ends gives as many outputs."""
    more = max(window.low, window.high)
    return Window(window.size, window.stride, more, more, window.dilation).out(n) == window.out(n)


@lru_cache(maxsize=256)
def lopsided(low, high, alike):
    """Return the note of a padding with unequal ends; `alike` is whether torch's larger one gives the size."""
    text = f"pads {low} before, {high} after: "
    more = max(low, high)
    if alike:
        cells = "one cell" if more - low == 1 else f"{more - low} cells"
        shift = f"its windows start {cells} earlier" if more > low else "its last window ends later"
        text += f"torch's padding={more} gives this size but other values, {shift}"
    else:
        text += "no torch padding gives this; put ZeroPad before the layer"
    return Note("lopsided_padding", text)


@lru_cache(maxsize=1024)
def torch_shift(window):
    """Return the note where torch's same-size transposed layer is shifted, else None.

    torch has low = span-1-p and high = low + output_padding, with output_padding under the stride.
    """
    edge = window.span - 1
    extra = window.high - window.low
    most = max(window.base, window.dilation)
    if 0 <= extra < most and window.low <= edge:
        return None
    exact = f"exact is padding={max(edge - window.low, 0)}, "
    over = -extra if extra < 0 else extra - most + 1
    cut = "cell" if over == 1 else f"{over} cells"
    exact += f"the last {cut} along each axis cut" if extra < 0 else f"then {over} zeros after"
    total = window.low + window.high
    for output_padding in range((total - 2 * edge) % 2, most, 2):
        low = (total - output_padding) // 2
        if low <= edge:
            shift = abs(window.low - low)
            by = "one cell" if shift == 1 else f"{shift} cells"
            same_size = f"torch's padding={edge - low}, output_padding={output_padding}"
            return Note("docs_disagree", f"{same_size} gives this size shifted by {by}; {exact}")
    return Note("docs_disagree", f"no torch padding gives this size; {exact}")


@lru_cache(maxsize=4096)
def checkerboard(windows):
    """Return the note of a transposed layer with uneven overlap, or None."""
    if all(len(w) == 2 or w.base == 1 for w in windows):
        return None
    sums = [overlap(w) for w in windows]
    if all(len(set(s)) == 1 for s in sums) or all(not w.flip for w in windows):
        return None
    taps = sorted(_times(s) for s in product(*(sorted(s) for s in sums))) if _times(map(len, sums)) <= 16 else []
    listed = (
        ", ".join(map(str, taps[:-1])) + f" or {taps[-1]}"
        if taps
        else f"{_times(map(min, sums))} to {_times(map(max, sums))}"
    )
    even = []
    for w in windows:
        below = w.size // w.base * w.base
        even.append((below or w.base, -(-w.size // w.base) * w.base))
    w = even[[len(set(s)) > 1 for s in sums].index(True)]
    remedy = " or ".join(f"k={k}" for k in sorted(set(w)))
    return Note(
        "checkerboard",
        f"uneven overlap: a cell inside sums {listed} kernel taps a channel (checkerboard); {remedy} overlaps evenly",
    )


def _times(numbers):
    out = 1
    for number in numbers:
        out *= number
    return out
