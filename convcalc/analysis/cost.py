"""What a layer costs, as a formula with its numbers: told only where it comes to what was counted."""

from math import prod

from convcalc.analysis.along import taps_inside
from convcalc.analysis.formulas import term
from convcalc.analysis.sheet import Cost

# Of a layer of which nothing says what feeds it.
UNKNOWN = Cost._make([None] * 6)
CELLS = ("l", "d", "h", "w")


def of(step, facts, spatial, width):
    """Return the `Cost` of a step, or of one part of it.

    Parameters
    ----------
    facts : Facts
        The step's, or those of the part.
    spatial : tuple
        The sizes of the input along the windows' axes.
    width : int
        Bytes of a value.
    """
    values = step.site.cells(facts.output)
    return Cost(
        macs=facts.macs,
        macs_formula=formula(step, facts, spatial),
        macs_inside=inside(facts, spatial),
        flops=facts.flops,
        flops_convention=convention(step, facts, values),
        output_bytes=values * width,
    )


def batch_of(step):
    """Return how many samples are counted."""
    shape = step.shapes[0]
    rank = step.call.layer.rank
    if len(shape) == 1 or (rank is not None and len(shape) == rank + 1):
        return 1
    return step.site.batch_of(shape)


def formula(step, facts, spatial):
    """Return the MACs as a product with a word for each factor, or None.

    The factors are read off the kernel's layout: cells of it are taps, the input's channels and
    the filters are what they say. Without a kernel, operands are multiplied with one another.
    """
    if facts.macs == 0:
        return None
    kernel = next((w for w in facts.weights if len(w.shape) > 1 and w.layout), None)
    if kernel is None:
        return products(step, facts)
    words = kernel.layout.split()
    if len(words) != len(kernel.shape):
        return None
    sizes = dict(zip(words, kernel.shape, strict=True))
    taps = [sizes.pop(word) for word in words if word in CELLS]
    flip = any(window.flip for window in facts.windows if len(window) > 2)
    batch = batch_of(step)
    pieces = [([batch], "samples")] if batch != 1 else []
    if taps:
        rank = len(taps)
        out = facts.output[-rank:] if step.site.channels_first else facts.output[-rank - 1 : -1]
        pieces.append((spatial, "input cells") if flip else (out, "cells"))
    elif len(facts.output) > 2:
        pieces.append((facts.output[1:-1], "rows"))
    if taps and "in" in sizes and "out" in sizes and not flip:
        pieces.append(([*taps, sizes.pop("in")], "taps"))
    elif taps:
        pieces.append((taps, "taps"))
    names = {"multiplier": "filters each", "in": "inputs", "out": "units"}
    if taps:
        names |= {"in": "channels", "out": "filters"}
    for word in ("in", "in1", "in2", "multiplier", "out"):
        if word in sizes:
            size = sizes.pop(word)
            if (word, size) != ("multiplier", 1):
                pieces.append(([size], names.get(word, "inputs")))
    if sizes or prod(prod(numbers) for numbers, _ in pieces) != facts.macs:
        return None
    return " * ".join(f"{'*'.join(map(term, numbers))} {counted(numbers, word)}" for numbers, word in pieces)


def products(step, facts):
    """Return the MACs of operands that are multiplied with one another: so many products for each value."""
    values = step.site.cells(facts.output)
    if len(step.shapes) == 1 or facts.macs.__class__ is not int or not values or facts.macs % values:
        return None
    each = facts.macs // values
    return f"{term(values)} {counted([values], 'values')} * {term(each)} {counted([each], 'products')}"


def counted(numbers, word):
    """Return a factor's word, in the singular for one."""
    return word[:-1] if prod(numbers) == 1 and word[-1] == "s" else word


def inside(facts, spatial):
    """Return the MACs without the taps that fall outside the input, exactly; None where not known.

    Of the pairs of an output and a tap, those that meet a cell are a product over the axes, as all
    pairs are; a transposed kernel's MACs are its input cells times its taps.
    """
    windows = facts.windows
    parts = [inside(own, spatial) if own.windows else own.macs for _, own in facts.parts(facts)]
    if parts:
        # A part without windows has no taps to lose.
        return None if None in parts or facts.macs.__class__ is not int else sum(parts)
    if facts.macs.__class__ is not int or not facts.macs or not windows or len(windows) != len(spatial):
        return None
    met = whole = 1
    for window, n in zip(windows, spatial, strict=True):
        count = taps_inside(window, n)
        if count is None:
            return None
        met *= count
        whole *= (n if window.flip else window.out(n)) * window.size
    return facts.macs * met // whole if whole else None


def convention(step, facts, values):
    """Return what the FLOPs count, in words; None where they count something else."""
    flops, macs = facts.flops, facts.macs
    if flops.__class__ is int and not flops:
        return None
    pieces, rest = [], flops
    if macs.__class__ is not int or macs:
        pieces.append("two a MAC")
        rest = rest - 2 * macs
        if any(weight.layout == "out" for weight in facts.weights):
            pieces.append("one a bias add")
            rest = rest - values
        activation = step.call.args.get("activation")
        if activation not in (None, "linear") and rest == values:
            pieces.append("one an activation")
            rest = rest - values
        return ", ".join(pieces) if rest == 0 else None
    if facts.windows and facts.field in ("windows", "whole"):
        return "one a tap of a window"
    if len(step.shapes) > 1:
        return "one a value and operand beyond the first"
    if flops == values:
        return "one a value"
    return "two a value" if flops == 2 * values else None
