"""The rule of a size in words, and each axis with its formula: asked of windows and arguments alone.

A window tells what kind of layer it is of: one over bins, over all of an axis, over an input set
apart (a transposed kernel, or a copy of each cell), of one cell that only adds and cuts, or a plain
one. The framework's own words (`same`, `output_padding`) say which of its rules made it.
"""

from convcalc.analysis import along, formulas
from convcalc.analysis.reads import overlap, reads
from convcalc.analysis.sheet import Axis, Rule
from convcalc.layers.site import AXES

MODES = {
    "reflect": "the cells added mirror the input at its ends",
    "replicate": "the cells added repeat the outermost ones",
    "circular": "the cells added are those of the other end",
}
# Phases of a transposed kernel that are listed.
MOST_PHASES = 4096
SAME = "as many {cells} as make the output ceil(input / stride); where their number is odd, the extra one goes {end}"


def kind(facts):
    """Return what kind of windows a layer has: a word, or None where it has none.

    Examples
    --------
    >>> from convcalc.layers.site import Facts
    >>> from convcalc.window import Window
    >>> kind(Facts((), (Window(3),))), kind(Facts((), (Window(3, 1, 2, 2, 1, 2, 0, True),)))
    ('forward', 'transposed')
    """
    windows = facts.windows
    if not windows or any(window is None for window in windows):
        return None
    if any(len(window) == 2 for window in windows):
        return "bins"
    if facts.field == "whole":
        return "global"
    if any(window.flip for window in windows):
        return "transposed"
    if any(window.base > 1 for window in windows):
        return "spread"
    if not facts.weights and all(window.size == 1 for window in windows):
        return "picks" if any(window.stride > 1 for window in windows) else "ends"
    return "forward"


def spatial_of(step):
    """Return the input's sizes along the windows' axes."""
    shape, count = step.shapes[0], len(step.facts.windows)
    return shape[-count:] if step.site.channels_first else shape[-count - 1 : -1]


def words_of(step, what):
    """Return the `Rule` records of a layer with windows: what its framework does, in words."""
    call, facts = step.call, step.facts
    args, framework = call.args, call.framework
    if what == "bins":
        return (Rule("bins", "output i shares cells floor(i*n/bins) up to, not with, ceil((i + 1)*n/bins); bins may overlap and differ by one cell"),)
    if what == "global":
        dropped = len(facts.output) < len(step.shapes[0])
        return (Rule("global", f"one window over all cells; the axis is {'dropped' if dropped else 'kept, of one cell'}"),)
    if what == "spread":
        return (spread_words(facts.windows),)
    if what == "picks":
        return (Rule("picks", "each output is one cell of the input, every stride-th"),)
    if what == "ends":
        cutting = any(cells.__class__ is int and cells < 0 for w in facts.windows for cells in w[2:4])
        return (Rule("crop", "cells are cut off the ends") if cutting else Rule("pad", "cells are added at the ends"),)
    if what == "transposed":
        return transposed_words(framework, args)
    return forward_words(framework, args, bool(facts.weights))


def spread_words(windows):
    """Return the rule of a layer that makes an axis longer without a kernel of its own."""
    if all(w.size == w.base for w in windows):
        return Rule("repeat", "each cell stands for as many outputs as the factor says")
    return Rule("linear", "outputs between two cells mix them by their distance; at the ends the outermost cell counts alone")


def forward_words(framework, args, weights):
    """Return the rules of a window that slides over its input."""
    padding = args.get("padding", "valid")
    cells = "zeros" if weights else "cells"
    rules = []
    if padding in ("same", "same_lower"):
        if framework == "torch":
            text = f"as many {cells} as keep the size; where their number is odd, the extra one goes after"
        else:
            text = SAME.format(cells=cells, end="before" if padding == "same_lower" else "after")
        rules.append(Rule(padding, text))
    elif padding == "causal":
        rules.append(Rule("causal", f"dilation*(kernel - 1) {cells}, all of them before: no output reads a later input"))
    elif padding in ("valid", None) or not any(map(any_cell, padding if padding.__class__ is tuple else ())):
        rest = "" if args.get("ceil_mode") else ": every window lies inside the input, and what is left over at its end is not read"
        rules.append(Rule("valid", f"no {cells} are added{rest}"))
    elif framework == "keras":
        rules.append(Rule("padding", f"{cells} as given, by a ZeroPadding before the layer, which is then valid"))
    elif framework == "torch" and any(pair.__class__ is tuple and pair[0] != pair[1] for pair in padding):
        rules.append(Rule("padding", f"{cells} as given, by a padding layer before this one, which takes both ends alike"))
    else:
        rules.append(Rule("padding", f"{cells} as given" + (", at both ends alike" if framework == "torch" else "")))
    mode = args.get("padding_mode", "zeros")
    if mode in MODES:
        rules.append(Rule(mode, MODES[mode]))
    if args.get("ceil_mode"):
        rules.append(Rule("ceil_mode", "a last window may hang over the end where it begins inside the input or the cells before it"))
    return tuple(rules)


def any_cell(pair):
    """Tell whether a padding of one axis adds or cuts anything."""
    return any(pair) if pair.__class__ is tuple else bool(pair)


def transposed_words(framework, args):
    """Return the rules of a transposed kernel."""
    padding, extra = args.get("padding"), args.get("output_padding")
    rules = [Rule("transposed", "each input cell is spread over a kernel, stride cells after the one before: (input - 1)*stride + kernel in all")]
    asked = args.get("output_shape")
    if asked is not None:
        rules.append(Rule("output_shape", "what is more than the output asked for is cut, what is missing added after"))
    elif padding == "same" and framework == "keras" and extra is not None:
        rules.append(Rule("same", "of that 2*floor(kernel / 2) less output_padding is cut, where that is odd one more after"))
    elif padding in ("same", "same_lower"):
        end = "before" if padding == "same_lower" else "after"
        rules.append(Rule(padding, f"the output is input * stride: what is more is cut, where that is odd one more {end}; what is missing is added after"))
    elif padding in ("valid", None):
        text = "nothing is cut" if extra is None else "nothing is cut; output_padding is added after"
        if framework == "keras" and extra is None:
            text += ", and where the kernel is shorter than the stride, the difference is added after"
        rules.append(Rule("valid", text))
    elif framework == "keras":
        rules.append(Rule("padding", "as valid, then Cropping cuts the cells given"))
    else:
        rules.append(Rule("padding", "padding is cut from both ends" + ("; output_padding is added after" if any(extra or ()) else "")))
    return tuple(rules)


def axes_of(step, what):
    """Return the `Axis` of each window of a layer, and the counts of each."""
    spatial, windows = spatial_of(step), step.facts.windows
    names = AXES.get(len(windows)) or tuple(f"axis {k}" for k in range(len(windows)))
    found, counts = [], []
    for k, (name, n, window) in enumerate(zip(names, spatial, windows, strict=True)):
        count = reads(window, n)
        counts.append(count)
        found.append(axis(step, what, k, name, n, window, count))
    return tuple(found), counts


def axis(step, what, k, name, n, window, count):
    """Return one `Axis`."""
    args, framework = step.call.args, step.call.framework
    out = window.out(n)
    padding, extra = at(args.get("padding", "valid"), k), at(args.get("output_padding"), k)
    zeros = cut = span = None
    low, high = (None, None) if len(window) == 2 else window[2:4]
    if what in ("bins", "global"):
        formula = str(out)
    elif what == "transposed":
        formula = formulas.transposed(window, n, framework, padding, extra)
        cut, span = formulas.cut(window, n, out), formulas.span(window)
    elif what == "spread":
        formula = formulas.spread(window, n)
    else:
        formula = formulas.forward(window, n, args.get("ceil_mode"))
        span = formulas.span(window)
        zeros = formulas.zeros(window, n, out, padding if what == "forward" else None)
    blank = count is None
    return Axis(
        name=name, input=n, output=out,
        low=low if low.__class__ is int else None, high=high if high.__class__ is int else None,
        span=span, zeros=zeros, cut=cut, formula=formula, window=window,
        reads=along.listed(window, n, out),
        unread=None if blank else count.unread,
        touching=None if blank else count.touching,
        empty=None if blank else count.empty,
        overlap=overlap(window) if what == "transposed" and window.base <= MOST_PHASES else None,
    )  # fmt: skip


def at(value, k):
    """Return an argument's value for one axis."""
    return value[k] if value.__class__ is tuple and k < len(value) else None if value.__class__ is tuple else value
