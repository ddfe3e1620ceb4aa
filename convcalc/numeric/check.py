"""A network run by several ways at once, in step: the fast kernels, the definitions, perhaps a framework."""

from math import prod

import numpy as np

from convcalc.analysis.infer import infer
from convcalc.analysis.inputs import resolve
from convcalc.analysis.verdict import LayerVerdict, Outside, Verdict
from convcalc.layers.fit import show
from convcalc.numeric import sample
from convcalc.numeric.limit import need_in_step
from convcalc.numeric.program import Program

# The greatest difference over the greatest value.
ALLOWED = {"float32": 1e-5, "float64": 1e-12}


def check(network, typed, batch, dtype, seed, against, max_bytes, max_macs, trusted, progress=None):
    """Return the `Verdict` of a network on seeded random data and weights.

    Parameters
    ----------
    network : Network
    typed, batch
        As `convcalc.analysis.infer.infer` takes them; an open batch is 1.
    dtype : str
        "float32" or "float64".
    seed : int
    against : str or None
        The framework to ask too.
    max_bytes, max_macs : int or None
    trusted : bool
        Whether a callable named as ``module:attribute`` may be loaded.
    progress : callable, optional
        Called with the share that is done, after each layer.
    """
    shapes, reading, _, _ = resolve(network, typed, batch)
    one = dict(enumerate((1, *shape[1:]) if shape and shape[0].__class__ is not int else shape for shape in shapes))
    kind = np.dtype(dtype)
    program = Program(network, one, kind, False, max_bytes, max_macs, trusted, need_in_step)
    report = infer(network, one, None, dtype)
    judge = None
    if against is not None:
        from convcalc.numeric.against import judge_of

        judge = judge_of(against, network.framework)
    rows = tuple(steps(program, report, sample.inputs(program, kind, seed), seed, judge, ALLOWED[dtype], progress))
    verdict = Verdict(report, rows, dtype, seed, ALLOWED[dtype], judge and judge.version, program.need)
    verdict.reading = reading
    return verdict


def steps(program, report, xs, seed, judge, allowed, progress):
    """Yield a `LayerVerdict` a layer: every way feeds its own outputs on."""
    fast = {-1 - place: x for place, x in enumerate(xs)}
    plain = {place: x if x.dtype.kind in "iu" else x.astype(np.float64) for place, x in fast.items()}
    theirs = fast.copy()
    # The loops take most of the time; a value costs them about as much as some dozen MACs.
    cost = [row.macs + 16 * prod(row.output_shape) for row in report.layers]
    done = 0
    for index, row in enumerate(report.layers):
        sources = program.inputs[index]
        own = sample.layer_weights(program, index, seed)
        fast[index] = program.compute(index, [fast[i] for i in sources], own)
        plain[index] = program.define(index, [plain[i] for i in sources], own)
        error, note = difference(fast[index], plain[index], row.output_shape, "the kernel", "the loops")
        if fast[index].shape != plain[index].shape:
            # The layers behind could not take it, and are to be held against each other all the same.
            fast[index] = plain[index].astype(program.dtype)
        outside = None
        if judge is not None:
            outside = outsider(judge, program, index, theirs, own, row.output_shape, fast[index], allowed)
        yield LayerVerdict(
            row.index, row.name, row.type, row.spec, row.inputs, row.input_shape, row.output_shape, row.params,
            fast[index].size, error, error is not None and error <= allowed, note, outside,
        )  # fmt: skip
        for values in (fast, plain, theirs):
            for old in program.last[index]:
                values.pop(old, None)
        done += cost[index]
        if progress:
            progress(done / max(sum(cost), 1))


def outsider(judge, program, index, theirs, own, shape, ours, allowed):
    """Return the `Outside` of one layer, whose framework's output goes on to the next."""
    # Where it has no output, ours goes on, so that the layers behind are still held against it.
    theirs[index] = ours
    try:
        theirs[index] = judge.run(program.nodes[index], [theirs[i] for i in program.inputs[index]], own)
    except Exception as reason:  # a framework raises every kind
        said = str(reason).strip().splitlines() or [""]
        return Outside(None, False, f"{judge.name} cannot run it: {type(reason).__name__}: {said[0][:200]}")
    error, note = difference(ours, theirs[index], shape, "convcalc", judge.name)
    if theirs[index].shape != ours.shape:
        theirs[index] = ours
    return Outside(error, error is not None and error <= allowed, note)


def difference(ours, theirs, shape, us, them):
    """Return ``(error, note)``: the greatest difference over the greatest value, or None and why there is none.

    Values that are not finite have to be the same in the same places.
    """
    for array, who in ((ours, us), (theirs, them)):
        if tuple(array.shape) != tuple(shape):
            return None, f"{who} gives ({show(tuple(array.shape))}), the engine says ({show(tuple(shape))})"
    if not ours.size:
        return 0.0, None
    ours, theirs = ours.astype(np.float64), np.asarray(theirs).astype(np.float64)
    finite = np.isfinite(ours) & np.isfinite(theirs)
    if not finite.all():
        odd = ~finite
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        if not same[odd].all():
            return None, f"{us} and {them} are not finite in other places"
        ours, theirs = ours[finite], theirs[finite]
        if not ours.size:
            return 0.0, None
    greatest = max(np.abs(ours).max(), np.abs(theirs).max())
    return (float(np.abs(ours - theirs).max() / greatest) if greatest else 0.0), None
