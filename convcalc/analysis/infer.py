"""Calls and an input shape to a report: the one pass through a network that every command reads."""

from math import prod
from operator import attrgetter

from convcalc.analysis import notes
from convcalc.analysis.axes import symbols_of
from convcalc.analysis.bounds import check_bits, check_weights
from convcalc.analysis.fold import field_of, fold
from convcalc.analysis.inputs import resolve
from convcalc.analysis.memory import activations
from convcalc.analysis.naming import Titles, labelled, telling
from convcalc.analysis.report import LayerRow, Params, Port, Report, WeightRow
from convcalc.analysis.sharing import check_shared, first_calls, own_weights
from convcalc.analysis.unfed import NOTE, bare, shapes_for, summed, taken
from convcalc.errors import ConvcalcError, ShapeError
from convcalc.layers import UNKNOWN
from convcalc.layers.site import Site
from convcalc.layers.write import text as text_of
from convcalc.layers.write import write
from convcalc.sizes import Symbols, smallest

BYTES = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int8": 1}
SHAPE = attrgetter("shape")


class Step:
    """One call with its facts, before anything is made of them; `unfed` is whether its input is not known."""

    __slots__ = ("call", "facts", "index", "shapes", "site", "unfed")

    def __init__(self, index, call, shapes, site, facts, unfed=False):
        self.index = index
        self.call = call
        self.shapes = shapes
        self.site = site
        self.facts = facts
        self.unfed = unfed


def walk(network, given, open=False, unknown=frozenset()):
    """Yield a `Step` a call, in order; the whole of shape inference.

    `given` are the shapes of the inputs, `unknown` the symbols of sizes that were given as unknown: Keras
    makes no weights of them.
    """
    check_bits(given)
    first = given[0]
    used = Symbols(symbols_of(first) if open else ())
    outputs = {-1: first}
    if len(given) > 1:
        used.update(*map(symbols_of, given))
        outputs = {-1 - place: shape for place, shape in enumerate(given)}
    firsts: dict = {}
    weights: dict = {}
    for index, call in enumerate(network.calls):
        shapes = (outputs[call.inputs[0]],) if len(call.inputs) == 1 else tuple([outputs[i] for i in call.inputs])
        unfed = not shapes or None in shapes
        if unfed:
            shapes = shapes_for(call, used)
        if call.ranks or call.late:
            call = call.settled(len(shapes[0]), outputs)
        site = Site(call, shapes, open or unfed, used, first)
        try:
            facts = call.layer.rule(site)
            if call.args.get("shared") is not None:
                firsts = firsts or first_calls(network)
                check_shared(firsts, weights, site, index, facts)
            check_bits([facts.output, *map(SHAPE, facts.weights)])
            for key in call.given:
                # Keras draws the weights of a layer when it is first called, whatever the shape alone would be.
                if key[-11:] == "initializer" and network.framework == "keras":
                    from convcalc.analysis.initial import check

                    check(call, facts.weights, key)
            if unknown and network.framework == "keras" and not unfed:
                check_weights(site, facts, unknown)
        except ConvcalcError as error:
            raise located(error, network, call, index) from None
        outputs[index] = None if unfed else facts.output
        weights[index] = facts.weights
        if open or unfed or call.layer.family.kind == UNKNOWN:
            used.update(symbols_of(facts.output), *[symbols_of(weight.shape) for weight in facts.weights])
        yield Step(index, call, shapes, site, facts, unfed)


def located(error, network, call, index):
    """Return an error with the layer at fault: where it stands in the text, or its name in a model that has none."""
    if network.text or call.label is None:
        return error.at(network.text, call.span, index)
    text = f"{write(call.layer, call.framework, call.args)} name={text_of(call.label)}"
    return error.at(text, (0, len(text)), index)


def begin(network, typed, batch):
    """Return ``(shapes, reading, steps)``: the inputs, how they were read, and the walk over them.

    A symbol of an input becomes the number of channels that a layer which reads it was given.
    """
    shapes, reading, open, unknown = resolve(network, typed, batch)
    try:
        steps = list(walk(network, shapes, open, unknown))
    except ShapeError as error:
        from convcalc.analysis.larger import told

        raise told(error, network, shapes) from None
    found = [step.site.fixed for step in steps if step.site.fixed and not step.unfed]
    if not found:
        return shapes, reading, steps
    symbols = frozenset().union(*map(symbols_of, shapes))
    fixed = {str(size): given for size, given in reversed(found) if str(size) in symbols}
    if fixed:
        shapes = tuple([tuple([n if n.__class__ is int else n.at(fixed) for n in shape]) for shape in shapes])
        reading = reading and reading.replace("open", "the layer's")
        steps = list(walk(network, shapes, open, unknown - fixed.keys()))
    return shapes, reading, steps


def shape_at(shapes, steps, index):
    """Return the shape of a call's output, None where it is not known, or of an input by its negative index."""
    if index < 0:
        return shapes[-1 - index]
    return None if steps[index].unfed else steps[index].facts.output


def infer(network, typed=None, batch=None, dtype="float32"):
    """Return the `Report` of a network on an input.

    Parameters
    ----------
    network : Network
    typed : Typed, tuple or None
        The input shape as `-i` read it, or the tensor's own; None leaves every size a symbol.
    batch : int, optional
        The batch, given outright.
    dtype : str
        What a value is stored as, for bytes.

    Raises
    ------
    ShapeError
        Where a layer does not take its input.
    """
    shapes, reading, steps = begin(network, typed, batch)
    fields = fold(steps, shapes)
    width = BYTES[dtype]
    titles = Titles(network)
    rows = tuple(row(step, titles, fields, width) for step in steps)
    unfed = any(step.unfed for step in steps)
    params = total(r.params for r in rows)
    conditions = [c for step in steps if not step.unfed for c in step.site.conditions]
    smallest_sizes = fits(conditions, shapes)
    memory = activations(network, shapes, rows, width)
    shapes = taken(network, typed, shapes)
    shape = shapes[0]
    return Report(
        framework=network.framework,
        data_format=data_format(network),
        dtype=dtype,
        batch=shape[0] if shape and shape[0].__class__ is int else 1,
        reading=reading,
        input_shape=shape,
        output_shape=shape_at(shapes, steps, network.ends[0]),
        inputs=tuple(map(Port, titles.inputs, shapes)),
        outputs=tuple([Port(titles.of(index), shape_at(shapes, steps, index)) for index in network.ends]),
        fits=smallest_sizes,
        layers=rows,
        params=params,
        macs=summed(r.macs for r in rows),
        flops=summed(r.flops for r in rows),
        receptive_field=field_of(fields[network.ends[0]]),
        param_bytes=params.total * width,
        peak_activation_bytes=memory.peak,
        peak_layer=memory.layer,
        training_activation_bytes=memory.training,
        notes=(NOTE,) if unfed else (),
    )


def row(step, titles, fields, width):
    """Return the row of one step."""
    call, facts = step.call, step.facts
    trainable = call.args.get("trainable", True)
    spatial = spatial_of(step)
    weights = tuple(
        WeightRow(w.name, w.kind, w.shape, w.trainable and trainable and w.kind == "parameter", w.layout)
        for w in own_weights(step)
    )
    name = titles.calls[step.index]
    own = LayerRow(
        index=step.index,
        name=name,
        type=step.site.type,
        spec=write(call.layer, call.framework, call.args),
        inputs=tuple([titles.of(i) for i in call.inputs]),
        input_shape=step.shapes[0] if len(step.shapes) == 1 else step.shapes,
        output_shape=facts.output,
        params=count(weights),
        weights=weights,
        macs=facts.macs,
        flops=facts.flops,
        receptive_field=field_of(fields[step.index]),
        windows=facts.windows,
        activation_bytes=step.site.cells(facts.output) * width,
        notes=notes.of(call, facts, spatial, step.site.notes),
        parts=tuple(part(step, name, kind, own, width) for kind, own in facts.parts(facts)),
        label=labelled(call, name) if step.unfed or telling(name, call) else None,
    )
    return bare(own, step) if step.unfed else own


def part(step, name, kind, facts, width):
    """Return the sub-row of a composite layer."""
    weights = tuple(WeightRow(w.name, w.kind, w.shape, w.trainable, w.layout) for w in facts.weights)
    return LayerRow(
        step.index, f"{name}.{kind}", kind, "", (), (), facts.output, count(weights), weights, facts.macs, facts.flops,
        None, facts.windows, step.site.cells(facts.output) * width, (),
    )  # fmt: skip


def spatial_of(step):
    """Return the input's spatial sizes for a layer of windows."""
    rank, shape = step.call.layer.rank, step.shapes[0]
    if not step.facts.windows or rank is None:
        return shape[-len(step.facts.windows) :] if step.facts.windows else ()
    return shape[-rank:] if step.site.channels_first else shape[-rank - 1 : -1]


def count(weights, live=True):
    """Return the `Params` of some weights; `live` is whether the layer is trained at all."""
    all_of = trainable = buffers = 0
    for weight in weights:
        size = prod(weight.shape)
        if weight.kind == "buffer":
            buffers += size
        else:
            all_of += size
            if live and weight.trainable:
                trainable += size
    return Params(all_of, trainable, all_of - trainable, buffers)


def total(params):
    """Return the sum of some `Params`."""
    return Params(*(sum(column) for column in zip(*params, strict=True)))


def data_format(network):
    """Return the layout that the network's spatial layers read, or None."""
    for call in network.calls:
        if call.layer.rank is not None:
            first = network.framework != "keras" or call.args.get("data_format") == "channels_first"
            return "channels_first" if first else "channels_last"
    return None


def fits(conditions, shapes):
    """Return the smallest size of each of the inputs' symbols that has to be more than 1."""
    if not conditions:
        return {}
    found = smallest(conditions, sorted(frozenset().union(*map(symbols_of, shapes))))
    return {name: size for name, size in found.items() if size is not None and size > 1}
