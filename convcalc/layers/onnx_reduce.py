"""ONNX operators along axes: reductions, where the largest stands, the largest few, running sums."""

from convcalc.layers import onnx_windows as onnx_windows  # the kind of value that a flag is
from convcalc.layers.activation import pointwise
from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.onnx_shape import axes_of
from convcalc.layers.shape import assume
from convcalc.layers.site import Facts


def reduce(site):
    """Size and count a reduction over the given axes, or all: one operation a value."""
    a = site.args
    gone = axes_of(site, reduced(a, len(site.shape)), twice=True)
    return without(site, set(gone), a["keepdims"])


def reduced(args, rank):
    """Return the axes that a reduction is over: without any all, or none where the operator says so."""
    if args["axes"] or args["noop_with_empty_axes"]:
        return args["axes"] or ()
    return range(rank)


def without(site, gone, keep):
    """Return the facts of axes of which one value is left."""
    shape = site.shape
    rank = len(shape)
    output = tuple(1 if i in gone else n for i, n in enumerate(shape) if keep or i not in gone)
    # What is left of an image's axes saw all of it; a channel more or less leaves a cell where it is.
    if not gone:
        field = "keeps"
    elif gone >= set(range(min(2, max(rank - 1, 1)), rank)):
        field = "whole"
    else:
        field = "keeps" if keep and gone <= {0, 1} else "unknown"
    return Facts(output, flops=site.cells(shape), field=field)


def index_of(site):
    """Size and count the search for the largest value along an axis."""
    (axis,) = axes_of(site, (site.args["axis"],))
    if site.shape[axis] == 0 and 0 not in (*site.shape[:axis], *site.shape[axis + 1 :]):
        raise site.refuse(
            "wrong_shape", f"{site.type} has nothing to choose along axis {axis}: {show(site.shape)}.", "Give cells."
        )
    return without(site, {axis}, site.args["keepdims"])


def largest(site):
    """Size the largest values along an axis, or their places."""
    a, shape = site.args, site.shape
    (axis,) = axes_of(site, (a["axis"],))
    n, count = shape[axis], a["K"]
    if count < 0 or (n.__class__ is int and count > n):
        raise site.refuse(
            "wrong_shape",
            f"TopK takes {count} of axis {axis}, which has {n}: {show(shape)}.",
            f"Give k={n} or less.",
            "K",
        )
    if n.__class__ is not int and count > 1:
        assume(site, f"{n} >= {count}")
    if a["output"] not in (0, 1):
        raise site.illegal(f"TopK has 2 outputs, and no output {a['output']}.", "Give output=0 or 1.", key="output")
    output = (*shape[:axis], count, *shape[axis + 1 :])
    return Facts(output, flops=site.cells(shape), field="keeps" if axis == 1 and len(shape) > 1 else "unknown")


def running(site):
    """Size and count a running sum along an axis; of no values onnxruntime does not look at the axis."""
    for key in ("exclusive", "reverse"):
        if site.args[key] not in (0, 1):
            raise site.illegal(
                f"CumSum's {key} must be 0 or 1, not {site.args[key]}.", f"Give {key}=1.", "bad_value", key
            )
    if 0 in site.shape:
        return pointwise(site)
    (axis,) = axes_of(site, (site.args["axis"],))
    return pointwise(site)._replace(field="keeps" if axis < 2 and len(site.shape) > 2 else "unknown")


def reduction(onnx, about, after=""):
    """Return the family of a reduction; the example has a layer before it whose values it takes."""
    kind = "reduce_" + "".join(f"_{c.lower()}" if c.isupper() else c for c in onnx[6:]).lstrip("_")
    return Family(
        kind, onnx.lower(), reduce, "axes",
        onnx=(onnx, "axes:axes=none keepdims:flag=true noop_with_empty_axes:flag=false"),
        rank_rule="free", example=f"{after} {onnx.lower()} axes=(-1,)".strip(), about=about,
    )  # fmt: skip


INDEX = "axis:int=0 keepdims:flag=true select_last_index:int=0"

FAMILIES = (
    reduction("ReduceMean", "the mean over axes"),
    reduction("ReduceSum", "the sum over axes"),
    reduction("ReduceMax", "the largest value over axes"),
    reduction("ReduceMin", "the smallest value over axes"),
    reduction("ReduceProd", "the product over axes"),
    reduction("ReduceL1", "the sum of |x| over axes"),
    reduction("ReduceL2", "the root of the sum of squares over axes"),
    reduction("ReduceSumSquare", "the sum of squares over axes"),
    reduction("ReduceLogSum", "the logarithm of the sum over axes", "exp"),
    reduction("ReduceLogSumExp", "log(sum(exp(x))) over axes"),
    Family(
        "argmax", "argmax", index_of, "axis", onnx=("ArgMax", INDEX),
        rank_rule="free", example="argmax 1", about="where the largest value stands along an axis",
    ),
    Family(
        "argmin", "argmin", index_of, "axis", onnx=("ArgMin", INDEX),
        rank_rule="free", example="argmin 1", about="where the smallest value stands along an axis",
    ),
    Family(
        "topk", "topk", largest, "K",
        onnx=("TopK", "K:single axis:int=-1 largest:int=1 sorted:int=1 output:int=0"),
        example="topk 2", about="the largest values along an axis, or as output=1 their places", aliases={"K": "k"},
    ),
    Family(
        "cumsum", "cumsum", running, "axis", onnx=("CumSum", "axis:single exclusive:int=0 reverse:int=0"),
        example="cumsum 1", about="running sums along an axis",
    ),
)  # fmt: skip
