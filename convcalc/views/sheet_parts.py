"""The sections of a sheet on arguments, weights, cost and receptive field, and how lines are set.

A section is a list of lines, each of ``(style, text)`` pieces.
"""

from convcalc.analysis.arguments import shown
from convcalc.analysis.infer import BYTES
from convcalc.analysis.jsonable import spaced
from convcalc.views.layout import wrapped
from convcalc.views.rows import binary, grouped
from convcalc.views.text import visible

MARGIN = "  "


def labelled(rows, edge):
    """Return ``(label, text, style)`` rows with their texts below one another."""
    if not rows:
        return []
    margin = max(len(label) for label, *_ in rows) + 2
    out = []
    for label, text, style in rows:
        first, *rest = wrapped(visible(text), edge and max(edge - margin - 2, 1))
        out.append([("", f"{MARGIN}{label:<{margin}}"), (style, first)])
        out += [[("", MARGIN + " " * margin), (style, more)] for more in rest]
    return out


def columns(rows, right=()):
    """Return rows of ``(style, cells)`` as lines, the cells below one another."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*(cells for _, cells in rows), strict=True)]
    out = []
    for style, cells in rows:
        set_ = [c.rjust(w) if k in right else c.ljust(w) for k, (c, w) in enumerate(zip(cells, widths, strict=True))]
        out.append([("", MARGIN), (style, "  ".join(set_).rstrip())])
    return out


def arguments(sheet, edge):
    """Return every argument, its value and where that came from."""
    rows = []
    for argument in sheet.arguments:
        source = argument.source if argument.written is None else f"given as {argument.written}"
        style = "dim" if argument.source == "default" else ""
        rows.append((style, (argument.name, visible(shown(argument.value)), visible(source))))
    if edge is None or not rows:
        return columns(rows)
    names, sources = (max(len(cells[k]) for _, cells in rows) for k in (0, 2))
    room = max(edge - names - sources - 6, 12)
    out = []
    for style, (name, value, source) in rows:
        first, *rest = wrapped(value, room)
        out.append((style, (name, first, source)))
        out += [(style, ("", more, "")) for more in rest]
    return columns(out)


def weights(sheet, dtype, edge):
    """Return every weight: shape, a word an axis, values, initialiser."""
    rows = []
    for weight in sheet.weights:
        start = shown(weight.initializer) if weight.initializer is not None else ""
        if weight.kind == "buffer":
            start = f"{start}  buffer".strip()
        elif not weight.trainable:
            start = f"{start}  not trained".strip()
        rows.append(
            ("", (weight.name, spaced(weight.shape), ", ".join(weight.layout), grouped(weight.size), visible(start)))
        )
    total = sheet.params.total
    if len(rows) > 1 or (rows and total.__class__ is int):
        size = f"{binary(total * BYTES[dtype])} {dtype}" if total.__class__ is int else ""
        rows.append(("", ("total", "", "", grouped(total), size)))
    out = columns(rows, right=(3,))
    if edge is None or all(sum(len(text) for _, text in line) <= edge for line in out):
        return out
    # Too narrow for columns: a weight a line, what is known of it below.
    narrow = []
    for _, (name, *cells) in rows:
        narrow.append((name, "  ".join(cell for cell in cells if cell), ""))
    return labelled(narrow, edge)


def parts(sheet, edge):
    """Return the sections of the steps of a layer of several."""
    out = []
    for part in sheet.parts:
        rows = [("output", spaced(part.output_shape), "")]
        formula = part.cost.macs_formula
        rows.append(("MACs", grouped(part.cost.macs) + (f" = {formula}" if formula else ""), ""))
        out.append((f"part, {part.name}", labelled(rows, edge)))
    return out


def cost(sheet, dtype, edge):
    """Return MACs, FLOPs and bytes, each with what it counts; nothing where they are not known."""
    own = sheet.cost
    if own.macs is None:
        return []
    rows = []
    if own.macs.__class__ is not int or own.macs:
        rows.append(("MACs", grouped(own.macs), f"= {own.macs_formula}" if own.macs_formula else "", ""))
        if own.macs_inside is not None and own.macs_inside != own.macs:
            edge_ = any(axis.cut for axis in sheet.axes)
            what = "whose outputs are cut off" if edge_ else "that fall into padding"
            rows.append(("", grouped(own.macs_inside), f"without the taps {what}", ""))
    if own.flops.__class__ is not int or own.flops:
        rows.append(("FLOPs", grouped(own.flops), own.flops_convention or "", "dim"))
    size = own.output_bytes
    rows.append(
        (
            "output",
            grouped(size),
            f"bytes, {binary(size)} {dtype}" if size.__class__ is int and size >= 1024 else f"bytes {dtype}",
            "dim",
        )
    )
    numbers = [row[1] for row in rows if row[1].replace(",", "").isdigit()]
    width = max(map(len, numbers), default=0)
    margin = max(len(label) for label, *_ in rows) + 2
    out = []
    for label, number, text, style in rows:
        first = f"{MARGIN}{label:<{margin}}{number:>{width}}"
        if edge is None or len(first) + 2 + len(text) <= edge:
            out.append([("", first), (style, f"  {text}" if text else "")])
            continue
        room = edge - margin - 4
        out += [
            [("", (first if not k else MARGIN + " " * margin + piece))] for k, piece in enumerate(wrapped(number, room))
        ]
        out += [[("", MARGIN + " " * margin + "  "), (style, piece)] for piece in wrapped(text, max(room, 1))]
    return out


def field(sheet, edge):
    """Return the receptive field in words."""
    own = sheet.receptive_field
    if own is None or not own.size:
        return []
    sizes = []
    for most, least in zip(own.size, own.size_min, strict=True):
        sizes.append("?" if most is None else str(most) if least in (None, most) else f"{least}..{most}")
    text = " x ".join(sizes)
    if all(stride is None for stride in own.stride):
        text = f"the whole input, {text}" if "?" not in sizes else "not known"
        return labelled_text(text, edge)
    strides = [str(stride) for stride in own.stride]
    steps = strides[0] if len(set(strides)) == 1 else " x ".join(strides)
    cells = "cell" if steps == "1" or steps.startswith("1/") else "cells"
    starts = [str(start) for start in own.start]
    begin = starts[0] if len(set(starts)) == 1 else ", ".join(starts)
    return labelled_text(f"{text}, one step is {steps} {cells}, the first starts at {begin}".replace("None", "?"), edge)


def labelled_text(text, edge):
    """Return a text as lines, two spaces in."""
    return [[("", MARGIN + piece)] for piece in wrapped(visible(text), edge and max(edge - 2, 1))]
