"""A network to its sheets: what `inspect` says of each layer, put together from the files beside."""

from math import prod

from convcalc.analysis import along, arguments, cost, formulas, rules
from convcalc.analysis.infer import BYTES, begin, infer
from convcalc.analysis.sheet import Inspection, Part, Rule, Sheet, WeightLine


def inspect(network, typed=None, batch=None, dtype="float32"):
    """Return the `Inspection` of a network on an input; arguments are those of `infer`."""
    report = infer(network, typed, batch, dtype)
    _, _, steps = begin(network, typed, batch)
    width = BYTES[dtype]
    sheets = (
        sheet(step, row, network.text, width, report.data_format)
        for step, row in zip(steps, report.layers, strict=True)
    )
    return Inspection(report, tuple(sheets))


def sheet(step, row, text, width, data_format):
    """Return the `Sheet` of one layer."""
    facts, layer = step.facts, step.call.layer
    what = None if step.unfed else rules.kind(facts)
    if what is None:
        rule, axes, grid = (Rule(layer.word, layer.family.about),), (), None
        spatial = ()
    else:
        rule = rules.words_of(step, what)
        axes, counts = rules.axes_of(step, what)
        spatial = tuple(axis.input for axis in axes)
        grid = along.grid(spatial, [axis.output for axis in axes], counts)
    if layer.rank is not None:
        data_format = "channels_first" if step.site.channels_first else "channels_last"
    return Sheet(
        index=row.index,
        name=row.name,
        type=row.type,
        spec=row.spec,
        inputs=row.inputs,
        input_shape=row.input_shape,
        output_shape=row.output_shape,
        data_format=data_format,
        arguments=arguments.of(step, text),
        rule=rule,
        axes=axes,
        grid=grid,
        formula=None if axes or step.unfed else formulas.joined(step.shapes, facts.output),
        params=row.params,
        weights=tuple(weight(w, step.call.args) for w in row.weights),
        cost=cost.UNKNOWN if step.unfed else cost.of(step, facts, spatial, width),
        receptive_field=row.receptive_field,
        notes=row.notes,
        parts=tuple(part(step, name, own, spatial, width) for name, own in facts.parts(facts) if not step.unfed),
    )


def weight(row, args):
    """Return the `WeightLine` of a weight, with the initialiser that the framework takes for it."""
    layout = tuple(row.layout.split())
    named = arguments.of_weight(row.name, args, "initializer")
    return WeightLine(row.name, row.kind, row.shape, row.trainable, layout, prod(row.shape), named)


def part(step, name, facts, spatial, width):
    """Return the `Part` of a layer of several steps."""
    return Part(
        name,
        facts.output,
        tuple(weight(w, step.call.args) for w in facts.weights),
        cost.of(step, facts, spatial, width),
    )
