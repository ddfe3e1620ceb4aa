"""Rows of a report folded: the layers below one path as one row, with their sums."""

from convcalc.analysis.infer import total
from convcalc.analysis.matching import joined
from convcalc.analysis.unfed import summed

# What stands between the names of a path: torch's modules, Keras' nested models, the names that torch's exporter gives.
MARKS = {"torch": ".", "keras": "/", "onnx": "/"}
BLOCK = "block"


def path(name, mark):
    """Return the names that a layer's own is made of.

    >>> path("layer1.0.conv1", "."), path("/layer1/conv1/Conv", "/")
    (['layer1', '0', 'conv1'], ['layer1', 'conv1', 'Conv'])
    """
    return name.lstrip(mark).split(mark)


def folded(report, depth):
    """Return the report with what lies deeper than `depth` folded; a layer alone in its block stays itself."""
    mark = MARKS[report.framework]
    groups: dict = {}
    for row in report.layers:
        names = path(row.name, mark)
        key = mark.join(names[:depth]) if len(names) > depth else row.index
        groups.setdefault(key, []).append(row)
    owners = {row.name: name_of(key, rows) for key, rows in groups.items() for row in rows}
    made = report.keep(
        block(key, rows, owners) if len(rows) > 1 else rows[0]._replace(inputs=taken(rows, owners))
        for key, rows in groups.items()
    )
    made.blocks = made.layers
    return made


def taken(rows, owners):
    """Return what some rows take, blocks by their names."""
    return tuple(owners.get(one, one) for row in rows for one in row.inputs)


def name_of(key, rows):
    """Return what a row of the folded report is called."""
    return key if len(rows) > 1 else rows[0].name


def block(name, rows, owners):
    """Return one row that stands for several: the first's input, the last's output, and sums."""
    first, last = rows[0], rows[-1]
    return last._replace(
        index=first.index,
        name=name,
        type=BLOCK,
        spec=f"{name}: {len(rows)} layers",
        inputs=tuple(one for one in dict.fromkeys(taken(rows, owners)) if one != name),
        input_shape=first.input_shape,
        params=total(row.params for row in rows),
        weights=(),
        macs=summed(row.macs for row in rows),
        flops=summed(row.flops for row in rows),
        windows=(),
        activation_bytes=summed(row.activation_bytes for row in rows),
        notes=(),
        parts=(),
        match=joined(rows) if first.match else None,
        layers=len(rows),
    )
