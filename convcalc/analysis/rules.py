"""The rule of a size in words, and each axis with its formula: asked of windows and arguments alone.

A window tells what kind of layer it is of: one over bins, over all of an axis, over an input set
apart (a transposed kernel, or a copy of each cell), of one cell that only adds and cuts, or a plain
one. The framework's own words (`same`, `output_padding`) say which of its rules made it.
"""

from convcalc.analysis import along, formulas
from convcalc.analysis.reads import overlap, reads
from convcalc.analysis.sheet import Axis, Rule
from convcalc.layers.fit import AXES

# What rules say. The cells that padding adds are {}: zeros to a kernel, nothing to a pool.
TEXTS = {
    "same": "as many {} as make the output ceil(input / stride); where their number is odd, the extra one goes after",
    "same_lower": "as many {} as make the output ceil(input / stride); "
    "where their number is odd, the extra one goes before",
    "same, torch": "as many {} as keep the size; where their number is odd, the extra one goes after",
    "causal": "dilation*(kernel - 1) {}, all of them before: no output reads a later input",
    "valid": "no {} are added: every window lies inside the input, and what is left over at its end is not read",
    "valid, ceil": "no {} are added",
    "keras": "{} as given, by a ZeroPadding before the layer, which is then valid",
    "torch": "{} as given, at both ends alike",
    "torch, apart": "{} as given, by a padding layer before this one, which takes both ends alike",
    "onnx": "{} as given",
    "reflect": "the cells added mirror the input at its ends",
    "replicate": "the cells added repeat the outermost ones",
    "circular": "the cells added are those of the other end",
    "ceil_mode": "a last window may hang over the end where it begins inside the input or the cells before it",
    "transposed": "each input cell is spread over a kernel, stride cells after the one before: "
    "(input - 1)*stride + kernel in all",
    "cut, same": "the output is input * stride: what is more is cut, where that is odd one more after; "
    "what is missing is added after",
    "cut, same_lower": "the output is input * stride: what is more is cut, where that is odd one more before; "
    "what is missing is added after",
    "cut, output_padding": "of that 2*floor(kernel / 2) less output_padding is cut, where that is odd one more after",
    "cut, keras": "as valid, then Cropping cuts the cells given",
    "cut, cells": "padding is cut from both ends",
    "cut, output_padding given": "padding is cut from both ends; output_padding is added after",
    "uncut": "nothing is cut",
    "uncut, keras": "nothing is cut, and where the kernel is shorter than the stride, the difference is added after",
    "uncut, output_padding": "nothing is cut; output_padding is added after",
    "output_shape": "what is more than the output asked for is cut, what is missing added after",
    "bins": "output i shares cells floor(i*n/bins) up to, not with, ceil((i + 1)*n/bins); "
    "bins may overlap and differ by one cell",
    "dropped": "one window over all cells; the axis is dropped",
    "kept": "one window over all cells; the axis is kept, of one cell",
    "repeat": "each cell stands for as many outputs as the factor says",
    "linear": "outputs between two cells mix them by their distance; at the ends the outermost cell counts alone",
    "picks": "each output is one cell of the input, every stride-th",
    "crop": "cells are cut off the ends",
    "pad": "cells are added at the ends",
}
# Phases of a transposed kernel that are listed.
MOST_PHASES = 4096


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
    if what == "transposed":
        return transposed_words(call.framework, call.args)
    if what == "forward":
        return forward_words(call.framework, call.args, "zeros" if facts.weights else "cells")
    if what == "global":
        dropped = len(facts.output) < len(step.shapes[0])
        return (Rule("global", TEXTS["dropped" if dropped else "kept"]),)
    if what == "spread":
        what = "repeat" if all(w.size == w.base for w in facts.windows) else "linear"
    if what == "ends":
        cutting = any(cells.__class__ is int and cells < 0 for w in facts.windows for cells in w[2:4])
        what = "crop" if cutting else "pad"
    return (Rule(what, TEXTS[what]),)


def forward_words(framework, args, cells):
    """Return the rules of a window that slides over its input; `cells` is what padding adds."""
    padding = args.get("padding", "valid")
    none = padding in ("valid", None) or (padding.__class__ is tuple and not any(map(any_cell, padding)))
    ceil_mode, mode = args.get("ceil_mode"), args.get("padding_mode", "zeros")
    if mode in TEXTS:
        cells = "cells"
    if none:
        rules = [Rule("valid", TEXTS["valid, ceil" if ceil_mode else "valid"].format(cells))]
    elif padding.__class__ is str:
        text = TEXTS["same, torch" if framework == "torch" and padding == "same" else padding]
        rules = [Rule(padding, text.format(cells))]
    else:
        apart = any(pair.__class__ is tuple and pair[0] != pair[1] for pair in padding)
        key = "torch, apart" if framework == "torch" and apart else framework
        rules = [Rule("padding", TEXTS[key].format(cells))]
    if mode in TEXTS:
        rules.append(Rule(mode, TEXTS[mode]))
    if ceil_mode:
        rules.append(Rule("ceil_mode", TEXTS["ceil_mode"]))
    return tuple(rules)


def any_cell(pair):
    """Tell whether a padding of one axis adds or cuts anything."""
    return any(pair) if pair.__class__ is tuple else bool(pair)


def transposed_words(framework, args):
    """Return the rules of a transposed kernel."""
    padding, extra = args.get("padding"), args.get("output_padding")
    keras = framework == "keras"
    name = padding if padding.__class__ is str else "padding"
    if args.get("output_shape") is not None:
        name = key = "output_shape"
    elif padding in ("same", "same_lower"):
        key = "cut, output_padding" if keras and extra is not None else f"cut, {padding}"
    elif padding in ("valid", None):
        key = "uncut, output_padding" if extra and any(extra) else "uncut"
        key = "uncut, keras" if keras and extra is None else key
    elif keras:
        key = "cut, keras"
    else:
        key = "cut, output_padding given" if extra and any(extra) else "cut, cells"
    return (Rule("transposed", TEXTS["transposed"]), Rule(name or "valid", TEXTS[key]))


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
    zeros = cut = span = phases = None
    low, high = (None, None) if len(window) == 2 else window[2:4]
    if what in ("bins", "global"):
        formula = str(out)
    elif what == "transposed":
        formula = formulas.transposed(window, n, framework, padding, extra)
        cut, span = formulas.cut(window, n, out), formulas.span(window)
        phases = overlap(window) if low.__class__ is int and window.base <= MOST_PHASES else None
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
        overlap=phases,
    )  # fmt: skip


def at(value, k):
    """Return an argument's value for one axis."""
    return value[k] if value.__class__ is tuple and k < len(value) else None if value.__class__ is tuple else value
