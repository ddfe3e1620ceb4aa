"""Layers that lay the same values out anew: flatten, reshape, permute, repeat."""

from math import gcd, prod

from convcalc.layers import cells as cells
from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.shared import KERAS
from convcalc.layers.site import Facts
from convcalc.layers.unknown import fresh
from convcalc.sizes import divide


def flatten(site):
    """Size a flatten: Keras' keeps the batch, torch's joins a range of axes, ONNX' makes two axes."""
    shape = site.shape
    rank = len(shape)
    if site.framework == "keras":
        if not rank:
            raise site.wrong_rank("1 or more")
        return Facts((shape[0], prod(shape[1:])), field="keeps" if rank == 2 else "whole")
    if site.framework == "onnx":
        axis = site.args["axis"]
        if not -rank <= axis <= rank:
            raise site.refuse(
                "wrong_rank",
                f"Flatten's axis {axis} is none of an input of {rank} axes.",
                f"Give an axis from {-rank} to {rank}.",
            )
        axis = axis + rank if axis < 0 else axis
        output = (prod(shape[:axis]), prod(shape[axis:]))
        return Facts(output, field="keeps" if output == shape else "whole" if axis == 1 else "unknown")
    start, end = site.args["start_dim"], site.args["end_dim"]
    first, last = (axis + max(rank, 1) if axis < 0 else axis for axis in (start, end))
    if not (0 <= first < max(rank, 1) and 0 <= last < max(rank, 1)):
        raise site.refuse(
            "wrong_rank",
            f"Flatten's axes {start} to {end} are not all axes of an input of {rank}.",
            f"Give axes from {-rank} to {rank - 1}.",
        )
    if first > last:
        raise site.refuse(
            "wrong_rank",
            f"Flatten's start_dim {start} stands after its end_dim {end}.",
            "Give start_dim=0, or an input with a batch.",
        )
    field = "keeps" if first == last else "whole" if first <= 1 and last == rank - 1 else "unknown"
    return Facts((*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]), field=field)


def filled(site, total, target, what):
    """Return `target` with what is left of `total` in the place of its -1; refuse what does not come out even."""
    rest = prod(n for n in target if n != -1)
    if -1 not in target:
        if total != rest and never(total, rest):
            raise site.refuse(
                "wrong_shape",
                f"{site.type} cannot lay {what} of {total} values out as {show(target)}, which are {rest}.",
                "Give sizes whose product is the same, or -1 for one of them.",
            )
        if total != rest:
            assume(site, f"{total} = {rest}")
        return tuple(target)
    if rest == 0 or (total.__class__ is int and rest.__class__ is int and total % rest):
        raise site.refuse(
            "wrong_shape",
            f"{site.type} cannot lay {what} of {total} values out as {show(target)}: they do not divide by {rest}.",
            "Give sizes whose product divides the number of values.",
        )
    left = divide(total, rest)
    if left is None:
        # Sizes behind a layer without a rule do not divide by those of the input: what is left is open too.
        site.used.update(*(n.symbols for n in (total, rest) if n.__class__ is not int))
        [left] = fresh("R", 1, site.used)
        assume(site, f"{rest * left} = {total}")
    elif left * rest != total:
        assume(site, f"{total} divides by {rest}")
    return tuple(left if n == -1 else n for n in target)


def never(total, rest):
    """Tell whether no values of the symbols make two sizes equal: ``4*H`` is never 6."""
    if rest.__class__ is not int:
        return False
    if total.__class__ is int:
        return total != rest
    return rest % gcd(*total.terms.values()) != 0


def assume(site, what):
    """Note what is taken to hold of sizes that are not known."""
    site.note("assumed", f"holds where {what}")


def field_of(before, after):
    """Return the fate of the field when the same values are laid out anew behind the batch."""
    if before == after:
        return "keeps"
    return "whole" if len(after) < 2 else "unknown"


def reshape(site):
    """Size a reshape: Keras' target leaves the batch out, ONNX' has it and copies where it says 0."""
    shape, target = site.shape, site.args["shape"]
    if site.framework == "keras":
        if not shape:
            raise site.wrong_rank("1 or more")
        output = (shape[0], *filled(site, prod(shape[1:]), target, "samples"))
    else:
        if site.args["allowzero"] != 1:
            if 0 in target[len(shape) :]:
                raise site.refuse(
                    "wrong_rank", f"Reshape's 0 copies an axis that an input of {len(shape)} axes does not have."
                )
            target = tuple(shape[i] if n == 0 else n for i, n in enumerate(target))
        elif 0 in target and -1 in target:
            raise site.illegal("Reshape with allowzero takes no 0 and -1 together.")
        output = filled(site, prod(shape), target, "an input")
    return Facts(output, field=field_of(shape[1:], output[1:]))


def unflatten(site):
    """Size the inverse of a flatten: one axis becomes several."""
    shape, dim = site.shape, site.args["dim"]
    rank = len(shape)
    if not -rank <= dim < rank:
        raise site.refuse(
            "wrong_rank",
            f"Unflatten's dim {dim} is no axis of an input of {rank}.",
            f"Give a dim from {-rank} to {rank - 1}.",
        )
    at = dim % rank
    sizes = filled(site, shape[at], site.args["shape"], f"axis {at}")
    return Facts((*shape[:at], *sizes, *shape[at + 1 :]), field="keeps" if len(sizes) == 1 else "unknown")


def permute(site):
    """Size an exchange of the axes after the batch."""
    shape, dims = site.shape, site.args["dims"]
    if len(shape) != len(dims) + 1:
        raise site.refuse(
            "wrong_rank",
            f"Permute has {len(dims)} axes, its input {len(shape) - 1} after the batch.",
            "Name each axis after the batch once, from 1 on.",
        )
    return Facts((shape[0], *(shape[d] for d in dims)), field="keeps" if dims == tuple(sorted(dims)) else "unknown")


def transpose(site):
    """Size ONNX' exchange of all axes, the batch too; without `perm` they are reversed."""
    shape, perm = site.shape, site.args["perm"]
    if perm is None:
        perm = tuple(reversed(range(len(shape))))
    if len(perm) != len(shape):
        raise site.refuse(
            "wrong_rank",
            f"Transpose's perm has {len(perm)} axes, its input {len(shape)}.",
            "Name each axis once, from 0 on.",
        )
    return Facts(tuple(shape[p] for p in perm), field="keeps" if tuple(perm) == tuple(sorted(perm)) else "unknown")


def repeat(site):
    """Size the repetition of a vector."""
    if len(site.shape) != 2:
        raise site.wrong_rank(2)
    return Facts((site.shape[0], site.args["n"], site.shape[1]))


FAMILIES = (
    Family(
        "flatten", "flatten", flatten, "start_dim end_dim axis",
        keras=("Flatten", f"data_format:word(channels_last|channels_first)=none {KERAS}"),
        torch=("Flatten", "start_dim:int=1 end_dim:int=-1"),
        onnx=("Flatten", "axis:int=1"),
        rank_rule="free", example="flatten", about="all axes but the batch in one",
    ),
    Family(
        "reshape", "reshape", reshape, "shape",
        keras=("Reshape", f"shape/target_shape:target {KERAS}"),
        onnx=("Reshape", "shape:target allowzero:int=0"),
        rank_rule="free", example="reshape (-1,2)", sample="4x6", about="the same values in another shape",
        aliases={"shape": "shape target_shape"},
    ),
    Family(
        "unflatten", "unflatten", unflatten, "dim shape",
        torch=("Unflatten", "dim:int shape/unflattened_size:target(some)"),
        rank_rule="free", example="unflatten 1 (2,-1)", sample="6x5", about="one axis as several",
        aliases={"shape": "shape unflattened_size"},
    ),
    Family(
        "permute", "permute", permute, "dims",
        keras=("Permute", f"dims:order(1) {KERAS}"),
        rank_rule="free", example="permute 2x1", sample="4x6", about="the axes after the batch in another order",
    ),
    Family(
        "transpose_axes", "transpose", transpose, "perm",
        onnx=("Transpose", "perm:order(0)=none"),
        rank_rule="free", example="transpose 0x2x1", sample="4x6", about="all axes in another order",
    ),
    Family(
        "repeat", "repeat repeatvector", repeat, "n",
        keras=("RepeatVector", f"n:count {KERAS}"),
        rank_rule="sample:1", example="repeat 3", about="a vector so many times",
    ),
)  # fmt: skip
