"""ONNX operators that drop, add, cut, repeat and pick along axes."""

from convcalc.layers.cells import Listed, is_size, sized
from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.kinds import KINDS, is_int
from convcalc.layers.merge import broadcast
from convcalc.layers.onnx_operands import extent, lowered
from convcalc.layers.shape import assume
from convcalc.layers.shared import TIED
from convcalc.layers.site import Facts, Weight
from convcalc.sizes import Size, ceil_div
from convcalc.values import BadValue
from convcalc.window import Window

# A file says "to the end" by a number that no axis reaches.
ENDLESS = 2**31 - 1


def ends(value, rank, choices, call, framework):
    """Check where slices begin or end: integers, negative ones counted from the end."""
    value = sized((value,) if is_int(value) and not call else value)
    if not isinstance(value, tuple) or not all(map(is_size, value)):
        raise BadValue("must be a tuple of integers")
    return Listed(value)


def indices(value, rank, choices, call, framework):
    """Check indices: an integer, or tuples of them within each other."""
    found = KINDS["constant"](value, rank, choices, call, framework)
    if not all(map(is_int, flat(found))):
        raise BadValue("must be an integer, or tuples of integers")
    return found


def flat(value):
    """Yield the numbers of nested tuples."""
    if isinstance(value, tuple):
        for each in value:
            yield from flat(each)
    else:
        yield value


KINDS.update(bounds=ends, indices=indices)


def axes_of(site, axes, rank=None, twice=False):
    """Return axes counted from 0; refuse one that is none, or unless `twice` that is named again."""
    rank = len(site.shape) if rank is None else rank
    for axis in axes:
        if not -rank <= axis < rank:
            raise site.refuse(
                "wrong_rank",
                f"{site.type}'s axis {axis} is none of {rank}: {show(site.shape) or 'a single value'}.",
                f"Give axes from {-rank} to {rank - 1}." if rank else "Give an input with an axis.",
                "axes",
            )
    found = [axis % rank for axis in axes]
    if len(set(found)) < len(found) and not twice:
        raise site.illegal(f"{site.type}'s axes name one axis twice: {show(axes)}.", "Name each once.", key="axes")
    return found


def squeeze(site):
    """Size the removal of axes of one cell: the given ones, or all."""
    shape, axes = site.shape, site.args["axes"]
    if axes is None:
        gone = [i for i, n in enumerate(shape) if n == 1]
    else:
        gone = axes_of(site, axes)
        for i in gone:
            if shape[i].__class__ is int and shape[i] != 1:
                raise site.refuse(
                    "wrong_shape",
                    f"Squeeze drops axes of one cell, and axis {i} has {shape[i]}: {show(shape)}.",
                    "Name axes of size 1.",
                    "axes",
                )
            if shape[i] != 1:
                assume(site, f"{shape[i]} = 1")
    output = tuple(n for i, n in enumerate(shape) if i not in gone)
    return Facts(output, field="unknown" if gone else "keeps")


def unsqueeze(site):
    """Size the insertion of axes of one cell, which are counted in the output."""
    axes = site.args["axes"]
    rank = len(site.shape) + len(axes)
    new = axes_of(site, axes, rank)
    left = iter(site.shape)
    output = tuple(1 if i in new else next(left) for i in range(rank))
    return Facts(output, field="unknown" if new else "keeps")


def cut(site):
    """Size slices of some axes, each of every so many cells between two bounds."""
    a, shape = site.args, site.shape
    starts, stops, axes, steps = a["starts"], a["ends"], a["axes"], a["steps"]
    axes = range(len(starts)) if axes is None else axes
    steps = (1,) * len(starts) if steps is None else steps
    if not len(starts) == len(stops) == len(axes) == len(steps):
        raise site.illegal(
            f"Slice has {len(starts)} starts, {len(stops)} ends, {len(axes)} axes and {len(steps)} steps.",
            "Give one of each an axis.",
        )
    if 0 in steps:
        raise site.illegal("Slice's steps must not be 0.", "Give steps=1, or leave them out.", "bad_value", "steps")
    output, places = list(shape), {}
    for i, start, stop, step in zip(axes_of(site, axes), starts, stops, steps, strict=True):
        places[i] = bounds(site, shape[i], start, stop, step)
        output[i] = length(*places[i])
    if all(i < 2 for i in places):
        return Facts(tuple(output))
    spatial = [places.get(i, (0, n, 1)) for i, n in enumerate(shape)][2:]
    # Each output is one cell, from the first on; what comes after the last is cut.
    windows = tuple(Window(1, step, -low, high - n) for (low, high, step), n in zip(spatial, shape[2:], strict=True))
    return drawn(tuple(output), windows)


def drawn(output, windows):
    """Return the facts of cuts along the spatial axes: windows where every one is known, and forwards."""
    known = len(windows) <= 3 and all(w.low.__class__ is w.high.__class__ is int and w.stride > 0 for w in windows)
    return Facts(output, windows, field="windows") if known else Facts(output, field="unknown")


def bounds(site, n, start, stop, step):
    """Return ``(first, end, step)`` of a slice over n cells; unlike Python's it never begins before the first."""
    back = step < 0
    if n.__class__ is start.__class__ is stop.__class__ is int:
        low, high = (at + n if at < 0 else at for at in (start, stop))
        return min(max(low, 0), n - back), min(max(high, -back), n - back), step
    return near(site, n, start, -1 if back else 0, back), near(site, n, stop, -1, back), step


def near(site, n, place, least, back):
    """Return where a bound lies along an axis of unknown size; what it lies within is assumed."""
    if place.__class__ is Size:
        if place != n:
            assume(site, f"{n} >= {place}")
        return place
    if n.__class__ is int:
        return min(max(place + n if place < 0 else place, least), n)
    if place >= ENDLESS:
        return n - 1 if back else n
    if place <= -ENDLESS:
        return least if back else 0
    if place < 0:
        if place < -1:
            assume(site, f"{n} >= {-place}")
        return n + place
    if place > 0:
        assume(site, f"{n} >= {place + (1 if back else 0)}")
    return place


def length(low, high, step):
    """Return how many cells a slice takes.

    >>> length(0, 7, 2), length(6, -1, -3), length(4, 2, 1)
    (4, 3, 0)
    """
    size = ceil_div(high - low, step) if step > 0 else ceil_div(low - high, -step)
    return max(size, 0) if size.__class__ is int else size


def split(site):
    """Size one of the parts that an axis is split into: of given sizes, or of so many equal ones and a rest."""
    a, shape = site.args, site.shape
    if not shape:
        raise site.refuse("wrong_rank", "Split takes an input with an axis.", "Give -i with an axis.")
    (at,) = axes_of(site, (a["axis"],))
    n, number, sizes = shape[at], a["num_outputs"], a["split"]
    if (sizes is None) == (number is None):
        raise site.illegal(
            "Split takes the sizes of its parts or their number, one of the two.",
            "Give split=(16,48), or num_outputs=2.",
            key="split",
        )
    chosen, count = a["output"], number if sizes is None else len(sizes)
    if not 0 <= chosen < count:
        raise site.illegal(
            f"Split has {count} outputs, and no output {chosen}.", "Count them from 0.", "bad_value", "output"
        )
    if sizes is None:
        # Not a list of them: there may be any number.
        each = ceil_div(n, number)
        rest = n - each * (number - 1)
        if n.__class__ is int and rest < 0:
            raise site.refuse(
                "wrong_shape", f"Split cannot make {number} parts of {n} cells.", "Give fewer parts.", "num_outputs"
            )
        size, before = rest if chosen == number - 1 else each, each * chosen
    else:
        if n.__class__ is int and sum(sizes) != n:
            raise site.refuse(
                "wrong_shape",
                f"Split's parts of {show(sizes)} are {sum(sizes)} cells, axis {at} has {n}.",
                f"Give sizes that add up to {n}.",
                "split",
            )
        if sum(sizes) != n:
            assume(site, f"{n} = {sum(sizes)}")
        size, before = sizes[chosen], sum(sizes[:chosen])
    output = (*shape[:at], size, *shape[at + 1 :])
    if at < 2:
        return Facts(output, field="keeps")
    windows = [Window(1)] * len(shape)
    windows[at] = Window(1, 1, -before, before + size - n)
    return drawn(output, tuple(windows[2:]))


def expand(site):
    """Size a broadcast to a shape, which may have more axes, or 1 where the input has more."""
    shape = site.shape
    output = broadcast(site, (shape, site.args["shape"]))
    return Facts(output, field="keeps" if output[2:] == shape[2:] and len(output) == len(shape) else "unknown")


def tile(site):
    """Size a repetition along each axis."""
    shape, repeats = site.shape, site.args["repeats"]
    if len(repeats) != len(shape):
        raise site.refuse(
            "wrong_rank",
            f"Tile's repeats are for {len(repeats)} axes, its input has {len(shape)}: {show(shape)}.",
            "Give one for each axis, the batch too.",
            "repeats",
        )
    output = tuple(n * times for n, times in zip(shape, repeats, strict=True))
    return Facts(output, field="keeps" if output[2:] == shape[2:] else "unknown")


def gather(site):
    """Size a look-up along an axis: by indices held, of a table of weights, or of two inputs."""
    a = site.args
    table, held = a["data_shape"], a["indices"]
    count = len(site.shapes) + (table is not None) + (held is not None)
    if count != 2:
        raise site.illegal(
            f"Gather takes two inputs, data and indices, not {count}.",
            "Give indices=0, or data_shape=1000x64 for a table of weights.",
        )
    data = site.shape if table is None else tuple(table)
    places = extent(held) if held is not None else site.shapes[-1]
    rank = len(data)
    if not -rank <= a["axis"] < rank:
        raise site.refuse(
            "wrong_rank", f"Gather's axis {a['axis']} is none of {rank}: {show(data)}.", "Give another.", "axis"
        )
    at = a["axis"] % rank
    n = data[at]
    for index in () if held is None else flat(held):
        if n.__class__ is int and not -n <= index < n:
            raise site.refuse(
                "wrong_shape", f"Gather's index {index} is none of {n} along axis {at}: {show(data)}.",
                f"Give indices from {-n} to {n - 1}." if n else "Give an axis with cells.", "indices",
            )  # fmt: skip
    output = (*data[:at], *places, *data[at + 1 :])
    weights = () if table is None else (Weight("data", data, "word out" if rank == 2 and not at else ""),)
    channels = at == 1 and len(places) == 1 and table is None
    return Facts(output, weights=weights, field="keeps" if channels else "unknown")


FAMILIES = (
    Family(
        "squeeze", "squeeze", squeeze, "axes", onnx=("Squeeze", "axes:axes=none"),
        rank_rule="free", example="squeeze", about="axes of one cell dropped",
    ),
    Family(
        "unsqueeze", "unsqueeze", unsqueeze, "axes", onnx=("Unsqueeze", "axes:axes"),
        rank_rule="free", example="unsqueeze 1", about="axes of one cell put in",
    ),
    Family(
        "slice", "slice", cut, "starts ends axes steps",
        onnx=("Slice", "starts:bounds ends:bounds axes:axes=none steps:bounds=none"),
        example="slice 1 4 1", about="the cells between two bounds, every so many",
    ),
    Family(
        "split", "split", split, "output",
        onnx=("Split", "axis:int=0 num_outputs:count=none split:dims=none output:int=0"),
        example="split 1 axis=1 num_outputs=2", about="one of the parts of an axis",
    ),
    Family(
        "expand", "expand", expand, "shape", onnx=("Expand", "shape:dims"),
        rank_rule="free", example="expand 1x1x1", about="axes of one cell repeated, and axes put in front",
    ),
    Family(
        "tile", "tile", tile, "repeats", onnx=("Tile", "repeats:dims"),
        example="tile 1x2x3", sample="4x6", about="the whole repeated along each axis",
    ),
    Family(
        "gather", "gather", gather, "axis",
        onnx=("Gather", f"axis:int=0 indices:indices=none data_shape:dims=none * {TIED}"),
        rank_rule="free", operands="many", example="gather 1 indices=(2,0)", aliases=lowered("data"),
        about="what stands at indices along an axis: of the input, or of a table of weights",
    ),
)  # fmt: skip
