"""Layers of which nothing says what feeds them: their sizes and costs are not known, their weights mostly are.

A layer that takes its input from such a layer is one too. Its weights are those that it has on an input of its own,
every size of which is open.
"""

from convcalc.analysis.axes import fill, layout, names
from convcalc.analysis.report import Note
from convcalc.layers import UNKNOWN
from convcalc.network import Network

NOTE = Note(
    "order_unknown",
    "torch prints no order outside Sequentials: rows marked ? are the layers with weights, whose sizes and MACs "
    "are not known; parameters that a module holds beside its layers are not printed",
)


def shapes_for(call, used):
    """Return the shapes that stand for the inputs of a layer, with symbols that are not used yet.

    >>> from convcalc import api
    >>> shapes_for(api.network("nn.Conv2d(3, 8, 3)").calls[0], ())
    ((N, C, H, W),)
    """
    if call.layer.family.kind == UNKNOWN:
        return ((),)
    sizes = call.args.get("normalized_shape")
    if sizes.__class__ is tuple:
        return (fill((None, *sizes), ("N", *sizes), used),)
    axes, rank, first = layout(Network(call.framework, (call,)), False)
    count = 2 if axes is None else axes + 1
    shape = fill((None,) * count, names(count, axes, rank, first), used)
    return (shape,) if call.layer.family.operands == "one" else (shape, shape)


def taken(network, typed, shapes):
    """Return the inputs' shapes, None for the only one where no layer is said to take it and none was given."""
    given = typed if typed.__class__ is not dict else any(one is not None for one in typed.values())
    given = given or network.inputs[0].shape or -1 in network.ends
    if given or len(shapes) > 1 or any(-1 in call.inputs for call in network.calls):
        return shapes
    return (None,)


def bare(row, step):
    """Return the row of a layer with nothing in it that its input would have to say."""
    return row._replace(
        input_shape=None, output_shape=None, macs=None, flops=None, receptive_field=None, windows=(),
        activation_bytes=None, notes=tuple(Note(*note) for note in step.site.notes), parts=(),
    )  # fmt: skip


def summed(amounts):
    """Return a sum, None where one of the amounts is not known.

    >>> summed([1, 2]), summed([1, None])
    (3, None)
    """
    amounts = list(amounts)
    return None if None in amounts else sum(amounts)
