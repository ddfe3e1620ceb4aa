"""The windowed operators of ONNX: their attributes as values, what onnxruntime refuses, and the notes.

Windows themselves come from `convcalc.dialects.onnx`; channels, groups and weights are in `conv` and `pool`.
"""

from convcalc.dialects import onnx
from convcalc.layers.fit import AXES, lanes
from convcalc.layers.kinds import KINDS, is_int, pairs, per_axis
from convcalc.layers.shared import CHANNELS, TIED
from convcalc.values import UNSET, BadValue

WORDS = {"NOTSET": UNSET, "VALID": "valid", "SAME_UPPER": "same", "SAME_LOWER": "same_lower"}
SAME = ("same", "same_lower")


# -- attributes ------------------------------------------------------------------------------------


def listed(check):
    """Return the check of an attribute that an operator takes as a list alone, a terse spec as a number too."""

    def strict(value, rank, choices, call, framework):
        if call and value.__class__ is not tuple:
            raise BadValue("must be a list of integers, one an axis")
        return check(value, rank, choices, call, framework)

    return strict


def auto_pad(value, rank, choices, call, framework):
    """Check one of the operator's own words; NOTSET says nothing."""
    if value.__class__ is not str or value not in WORDS:
        raise BadValue("must be " + " or ".join(WORDS))
    return WORDS[value]


def pads(value, rank, choices, call, framework):
    """Check cells: a list of all the beginnings, then all the ends, as ONNX has it.

    A terse spec takes words and the cells of any other framework too, per axis or as low:high pairs.
    """
    if value.__class__ is tuple and len(value) == 2 * rank and all(is_int(v) and v >= 0 for v in value):
        return tuple(zip(value[:rank], value[rank:], strict=True))
    if call:
        must = f"must be a list of {2 * rank} integers of 0 or more"
        raise BadValue(must, "First where each axis begins, then where it ends.")
    if value.__class__ is not str:
        return pairs(value, rank, choices, call, framework)
    word = value.lower()
    if word in ("valid", *SAME):
        return word
    if value.upper() not in WORDS:
        raise BadValue("must be same, same_lower, valid or a number of cells")
    word = WORDS[value.upper()]
    return ((0, 0),) * rank if word is UNSET else word


def flag(value, rank, choices, call, framework):
    """Check an attribute that only 1 turns on (with `any` as choice all but 0 does); a terse spec may say true."""
    if value.__class__ is bool and not call:
        return value
    if not is_int(value) or not (call or value in (0, 1)):
        raise BadValue("must be 0 or 1" if call else "must be true or false")
    return value != 0 if choices else value == 1


KINDS |= {
    "sizes_list": listed(per_axis(1, "a positive integer")),
    "sizes0_list": listed(per_axis(0, "an integer of 0 or more")),
    "auto_pad": auto_pad,
    "pads": pads,
    "flag": flag,
}
PADS = "padding/pads:pads=0 padding/auto_pad:auto_pad=NOTSET"
SLIDE = f"kernel_shape:sizes_list strides:sizes_list=none {PADS} dilations:sizes_list=none"
CONV = f"* filters:count {SLIDE} group:count=1 bias:bool=true {CHANNELS} {TIED}"
TRANSPOSE = (
    f"* filters:count {SLIDE} output_padding:sizes0_list=none output_shape:sizes_list=none "
    f"group:count=1 bias:bool=true {CHANNELS} {TIED}"
)
POOL = f"* {SLIDE} ceil_mode:flag=false"
LP = POOL.replace("* ", "* norm_type/p:int=2 ", 1)
GLOBAL_LP = "* norm_type/p:int=2"


# -- rules -----------------------------------------------------------------------------------------


def attributes(site):
    """Return padding, kernel, stride and dilation; an operator has 1 for what a node leaves out."""
    a, ones = site.args, (1,) * site.rank
    return a["padding"], a["kernel"], a["stride"] or ones, a["dilation"] or ones


def slide_conv(site, spatial):
    """Return windows and sizes of a Conv."""
    padding, kernel, stride, dilation = attributes(site)
    if padding in SAME:
        site.no_empty(spatial, AXES[site.rank])
        if max(dilation) > 1:
            site.note("backend_cannot_run", "onnxruntime runs no auto_pad=SAME_* with a dilation; give cells: pad=1")
    rows = zip(by_axis(padding, site.rank), kernel, stride, dilation, strict=True)
    return site.slide(spatial, lanes(onnx.forward, rows))


def slide_transposed(site, spatial):
    """Return windows and sizes of a ConvTranspose."""
    padding, kernel, stride, dilation = attributes(site)
    extra, output = site.args["output_padding"] or (0,) * site.rank, site.args["output_shape"]
    # Over three axes onnxruntime fails or crashes where one of the first two is empty.
    if site.rank == 3:
        site.no_empty(spatial[:2], AXES[3][:2])
    for axis, name in enumerate(AXES[site.rank]):
        op, s, k, n = extra[axis], stride[axis], dilation[axis] * (kernel[axis] - 1) + 1, spatial[axis]
        if op >= s:
            raise site.illegal(
                f"output_padding {op} along {name} must be less than the stride {s}.",
                f"Give op={s - 1} or less." if s > 1 else "Leave it out.",
            )
        if output is not None:
            check_output(site, name, output[axis], k, s, n)
        elif padding in SAME:
            note_same(site, name, k, s, op)
        if n.__class__ is int and n < 1 and (op or output is not None):
            site.no_empty((n,), (name,))

    asked = output or (None,) * site.rank
    rows = zip(by_axis(padding, site.rank), kernel, stride, dilation, extra, asked, strict=True)
    return site.slide(spatial, lanes(onnx.transposed, rows))


def check_output(site, name, output, span, stride, n):
    """Refuse an `output_shape` that no output_padding under the stride would reach."""
    most = (n - 1) * stride + span + stride - 1
    if most.__class__ is not int:
        site.conditions.append(most - output + 1)
    elif output > most:
        raise site.refuse(
            "does_not_fit",
            f"output_shape {output} along {name} is out of reach: an input of {n} gives {most} at most.",
            f"Give {most} or less, or a larger input.",
        )


def note_same(site, name, span, stride, op):
    """Note where `same` does not give what the standard says it does."""
    if span + op < stride:
        cells = stride - span - op
        site.note(
            "docs_disagree",
            f"the standard says {stride} times the input along {name}; onnxruntime gives {cells} less, "
            "for the kernel is shorter than the stride",
        )
    elif op:
        site.note("docs_disagree", "onnx's own inference adds output_padding to auto_pad=SAME_*; onnxruntime does not")


def slide_pool(site, batch, channels, spatial):
    """Return windows and sizes of a MaxPool, AveragePool or LpPool."""
    padding, kernel, stride, dilation = attributes(site)
    check_cells(site, batch, channels, spatial)
    wide = padding.__class__ is tuple and any(max(cells) >= k for cells, k in zip(padding, kernel, strict=True))
    if wide:
        site.note("backend_cannot_run", "onnxruntime takes pads smaller than the kernel alone; put Pad before it")
    ceil_mode = (site.args["ceil_mode"],) * site.rank
    rows = zip(by_axis(padding, site.rank), kernel, stride, dilation, ceil_mode, strict=True)
    windows, sizes = site.slide(spatial, lanes(onnx.pool, rows), least=1 if wide else 0)
    for window, size, n, name in zip(windows, sizes, spatial, AXES[site.rank], strict=True):
        note_pool(site, window, size, n, name)
    if (
        site.layer.family.kind == "max_pool"
        and max(dilation) == 1
        and any(cells.__class__ is int and cells < 0 for w in windows for cells in (w.low, w.high))
    ):
        words = "onnxruntime runs no MaxPool with auto_pad=SAME_* and a stride above the kernel"
        site.note("backend_cannot_run", words)
    return windows, sizes


def note_pool(site, window, size, n, name):
    """Note where a pool does not give what the standard says it does."""
    padding, stride = site.args["padding"], window.stride
    if n.__class__ is int and n + window.low + window.high < window.span:
        site.note(
            "docs_disagree",
            f"the window of {window.span} is larger than what it slides over along {name}; "
            f"onnxruntime answers {size} all the same",
        )
    elif padding in SAME and window.dilation > 1 and not same_size(size, n, stride):
        site.note(
            "docs_disagree",
            f"the standard says {-(-n // stride)} along {name}; onnxruntime pads as if the kernel were not dilated",
        )
    elif padding == "valid" and window.overhang.__class__ is int and window.overhang > 0:
        words = f"the standard says {size - 1} along {name} for VALID; onnxruntime lets ceil_mode count"
        site.note("docs_disagree", words)


def same_size(size, n, stride):
    """Tell whether a size is what `same` promises."""
    return size == -(-n // stride)


def check_cells(site, batch, channels, spatial):
    """Refuse what onnxruntime's pools do: an input without cells, unless it is the batch that is empty."""
    if batch != (0,):
        site.no_empty((channels, *spatial), ("channels", *AXES[site.rank]))


def by_axis(padding, rank):
    """Return padding with an element for each axis; a word holds for all."""
    return (padding,) * rank if padding.__class__ is str else padding
