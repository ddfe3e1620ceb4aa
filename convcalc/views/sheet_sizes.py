"""The sections of a sheet on sizes and windows: axes that are alike stand together.

A section is ``(title, lines)``, for where axes differ there is one for each.
"""

import re

from convcalc.views.rows import share
from convcalc.views.sheet_parts import MARGIN, columns, labelled

# More phases than this are told by their extremes.
MOST_PHASES = 8


def groups(axes):
    """Return the axes that are alike, together: ``(title, axis)``.

    Axes of unknown sizes are alike where they differ in the symbol alone; the first one's is told.
    """
    found = {}
    for axis in axes:
        key = axis._replace(name="")
        if axis.input.__class__ is not int and str(axis.input).isidentifier():
            key = re.sub(rf"\b{axis.input}\b", "", repr(key))
        found.setdefault(key, (axis, []))[1].append(axis.name)
    out = []
    for alike, names in found.values():
        title = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} alike"
        out.append((title, alike))
    return out


def size(sheet, edge):
    """Return the sections on sizes: the rules, and what they come to along each axis."""
    rules = [(rule.name, rule.text, "") for rule in sheet.rule]
    if not sheet.axes:
        if sheet.formula:
            rules.append(("output", sheet.formula + f" = {changed(sheet)}", ""))
        return [("shape", labelled(rules, edge))]
    alike = groups(sheet.axes)
    if len(alike) == 1:
        title, axis = alike[0]
        return [(f"size, {title}", labelled(rules + amounts(sheet, axis), edge))]
    return [
        ("rule", labelled(rules, edge)),
        *((f"size, {title}", labelled(amounts(sheet, axis), edge)) for title, axis in alike),
    ]


def changed(sheet):
    """Return the size of the one axis that a layer without windows changes."""
    shapes = sheet.input_shape
    first = shapes[0] if shapes and shapes[0].__class__ is tuple else shapes
    for k, n in enumerate(sheet.output_shape):
        if k >= len(first) or n != first[k]:
            return n
    return sheet.output_shape[-1]


def amounts(sheet, axis):
    """Return the lines of one axis: span, added cells, cut cells, and the output."""
    rows = []
    if axis.span:
        rows.append(("span", axis.span, ""))
    for label, cells in (("zeros" if sheet.weights else "cells", axis.zeros), ("cut", axis.cut)):
        if cells is None or (cells.formula is None and not cells.before and not cells.after):
            continue
        if cells.total is not None and cells.total < 0 and cells.before <= 0 and cells.after <= 0:
            rows.append(("added" if label == "cut" else "cut", ends(-cells.before, -cells.after), ""))
            continue
        ways = "" if cells.total is None else ends(cells.before, cells.after)
        if cells.formula is None:
            rows.append((label, ways, ""))
        else:
            rows.append((label, cells.formula + (f" = {cells.total}: {ways}" if ways else ""), ""))
    value = str(axis.output)
    rows.append(("output", value if axis.formula in (None, value) else f"{axis.formula} = {value}", ""))
    return rows


def ends(before, after):
    """Return cells at both ends in words."""
    return f"{before} before, {after} after"


def reads(sheet, edge):
    """Return the sections on windows: what outputs read along an axis, and counts over the grid."""
    if not sheet.axes:
        return []
    alike = groups(sheet.axes)
    out = []
    for title, axis in alike:
        body = along(axis)
        if axis.overlap:
            body += overlap(axis)
        if len(alike) == 1:
            body += counts(sheet)
        out.append(
            (
                f"windows along {title.split()[0] if len(sheet.axes) == 1 else 'one axis' if len(alike) == 1 else title}",
                body,
            )
        )
    if len(alike) > 1:
        out.append(("cells, all axes together", counts(sheet)))
    return out


def along(axis):
    """Return a line for each listed output of an axis."""
    if not axis.reads:
        return []
    known = [read for read in axis.reads if read.first is not None]
    widths = [max((len(str(value)) for value in column), default=1) for column in (
        [read.output for read in axis.reads], [read.first for read in known], [read.last for read in known])]  # fmt: skip
    lines, width = [], 0
    for read in axis.reads:
        start = f"output {read.output:>{widths[0]}} reads "
        if read.first is None:
            lines.append((start + "nothing: its taps fall between cells", ""))
            continue
        cells = f"input {read.first:>{widths[1]}}"
        if read.taps > 1:
            cells += f" .. {read.last:>{widths[2]}}"
            if read.step > 1:
                cells += f" by {read.step}"
        past = ""
        if read.padding:
            past = f"{read.padding:,} of {read.taps:,} {'is' if read.padding == 1 else 'are'} {padding(axis)}"
            if read.padding == read.taps == 1:
                past = f"which is {padding(axis)}"
        lines.append((start + cells, past))
        width = max(width, len(start + cells))
    return [[("", MARGIN + (f"{start:<{width}}    {past}" if past else start).rstrip())] for start, past in lines]


def padding(axis):
    """Return the word for a cell outside the input."""
    return "past the edge" if axis.cut else "padding"


def overlap(axis):
    """Return how many taps an output inside sums, phase by phase."""
    sums = axis.overlap
    told = ", ".join(map(str, sums)) if len(sums) <= MOST_PHASES else f"{min(sums)} to {max(sums)}"
    if len(set(sums)) == 1:
        return [
            [
                ("", f"{MARGIN}taps that an output inside sums  {sums[0]}"),
                ("dim", ", all alike" if len(sums) > 1 else ""),
            ]
        ]
    return [[("", f"{MARGIN}taps that an output inside sums  {told} by turns"), ("dim", ", uneven")]]


def counts(sheet):
    """Return the counts over the whole grid."""
    grid = sheet.grid
    flip = any(axis.cut for axis in sheet.axes)
    rows = [
        ("input cells never read", grid.unread, grid.input),
        ("output cells reading past the edge" if flip else "output cells touching padding", grid.touching, grid.output),
        ("output cells that read nothing" if flip else "output cells of padding only", grid.empty, grid.output),
    ]
    if any(n.__class__ is not int for _, _, n in rows):
        return []
    if grid.unread is None:
        return [[("", f"{MARGIN}cells that are not read: not known, the pattern is too long to count")]]
    cells = []
    for label, count, whole in rows:
        part = share(count, whole) if count else ""
        cells.append(("", (label, f"{count:,}", f"of {whole:,}", part)))
    out = columns([(style, (c[0], c[1], "", "")) for style, c in cells], right=(1,))
    longest = max(len(c[2]) for _, c in cells)
    for line, (_, c) in zip(out, cells, strict=True):
        line.append(("", f" {c[2]:<{longest}}  {c[3]:>6}".rstrip()))
    return out
