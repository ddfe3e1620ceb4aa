"""The sections of a sheet on sizes and windows: axes that are alike stand together.

A section is ``(title, lines)``, for where axes differ there is one for each.
"""

import re

from convcalc.views.rows import share
from convcalc.views.sheet_parts import MARGIN, columns, labelled, labelled_text

# More phases than this are told by their extremes.
MOST_PHASES = 8
# Rules by which the cells that padding adds are copies of the input's.
COPYING = ("reflect", "replicate", "circular")


def groups(axes):
    """Return the axes that are alike, together: ``(title, axis)``.

    Axes of unknown sizes are alike where they differ in the symbol alone; the first one's is told.
    """
    found: dict = {}
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
    zeros = sheet.weights and not any(rule.name in COPYING for rule in sheet.rule)
    for label, cells in (("zeros" if zeros else "cells", axis.zeros), ("cut", axis.cut)):
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
        body = along(axis, edge)
        if axis.overlap:
            body += overlap(axis)
        if len(alike) == 1:
            body += counts(sheet, edge)
        where = title if len(alike) > 1 or len(sheet.axes) == 1 else "one axis"
        out.append((f"windows along {where}", body))
    if len(alike) > 1:
        out.append(("cells, all axes together", counts(sheet, edge)))
    return out


def along(axis, edge):
    """Return a line for each listed output of an axis; what is past the edge below it where too wide."""
    outputs = widest(read.output for read in axis.reads)
    firsts, lasts = (widest(getattr(read, end) for read in axis.reads) for end in ("first", "last"))
    told = []
    for read in axis.reads:
        cells = "nothing: its taps fall between cells"
        if read.first is not None:
            cells = f"input {read.first:>{firsts}}"
            if read.taps > 1:
                cells += f" .. {read.last:>{lasts}}" + (f" by {read.step}" if read.step > 1 else "")
        told.append((f"output {read.output:>{outputs}} reads {cells}", past(axis, read)))
    width = max((len(start) for start, end in told if end), default=0)
    out = []
    for start, end in told:
        line = MARGIN + (f"{start:<{width}}    {end}" if end else start)
        if edge is not None and end and len(line) > edge:
            out.append([("", MARGIN + start)])
            line = MARGIN * 2 + end
        out.append([("", line)])
    return out


def widest(numbers):
    """Return the width of the widest number."""
    return max((len(str(number)) for number in numbers if number is not None), default=1)


def past(axis, read):
    """Return what of a window lies outside the input, in words."""
    where = "past the edge" if axis.cut else "padding"
    if not read.padding:
        return ""
    if read.taps == 1:
        return f"which is {where}"
    return f"{read.padding:,} of {read.taps:,} {'is' if read.padding == 1 else 'are'} {where}"


def overlap(axis):
    """Return how many taps an output inside sums, phase by phase."""
    sums = axis.overlap
    if len(set(sums)) == 1:
        told = str(sums[0])
    elif len(sums) <= MOST_PHASES:
        told = ", ".join(map(str, sums))
    else:
        told = f"{min(sums)} to {max(sums)}"
    told += " by turns" if len(set(sums)) > 1 else ""
    by = ", uneven" if len(set(sums)) > 1 else ", all alike" if len(sums) > 1 else ""
    return [[("", f"{MARGIN}taps that an output inside sums  {told}"), ("dim", by)]]


def counts(sheet, edge):
    """Return the counts over the whole grid; where too wide, each below what it counts."""
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
        return labelled_text("cells that are not read: not known, the pattern is too long to count", edge)
    told = [(label, f"{n:,}", f"of {whole:,}", share(n, whole) if n else "") for label, n, whole in rows]
    longest = max(len(whole) for _, _, whole, _ in told)
    lines = columns([("", (label, count)) for label, count, _, _ in told], right=(1,))
    out = []
    for line, (label, count, whole, part) in zip(lines, told, strict=True):
        line.append(("", f" {whole:<{longest}}  {part:>6}".rstrip()))
        if edge is not None and sum(len(text) for _, text in line) > edge:
            out.append([("", MARGIN + label)])
            line = [("", f"{MARGIN * 2}{count} {whole}  {part}".rstrip())]
        out.append(line)
    return out
