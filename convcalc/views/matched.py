"""What a table says of a report beside another tool's counts: its figures next to ours, and why they differ."""

from convcalc.analysis.matching import differences
from convcalc.views import rows
from convcalc.views.rows import Line, grouped, share

COLUMNS = ("match_macs", "match_params", "match_reason")


def display(report, quiet=False, words=rows.display):
    """Return the `Display` of a report with another tool's figures; `words` makes that of the report alone."""
    plain = words(report, quiet)
    if words is rows.display:
        plain = without(plain, ("share", "RF"))
    tool, several = report.match.tool, len(report.every) > 1
    # A column of figures that are all ours would say nothing; parameters are, nearly always.
    params = report.match.macs is None and tool == "keras"
    params = params or any(row.match.params != row.params.total for row in report.every)
    macs = tool != "keras"
    added = [("params", "params")] * params + [("MACs", "macs")] * macs

    def widened(cells, match, last=""):
        cells = list(cells)
        for title, key in reversed(added):
            value = getattr(match, key) if match else ""
            cells.insert(plain.titles.index(title) + 1, "?" if value is None else grouped(value))
        return (*cells, last)

    titles = list(widened(plain.titles, None, "why"))
    above = [""] * len(titles)
    for place, title in enumerate(titles):
        if title == "" and titles[place - 1] in ("params", "MACs"):
            above[place], titles[place] = tool, titles[place - 1]
    right = {"#", "params", "MACs", "share", "memory", "RF"}
    lines = tuple(
        Line(widened(line.cells, row.match, row.match.reason or ""), line.notes, line.style)
        for row, line in zip(report.layers, plain.lines, strict=True)
    )
    return plain._replace(
        titles=tuple(titles),
        above=tuple(above),
        right=tuple(place for place, title in enumerate(titles) if title in right),
        inputs=tuple(widened(cells, None) for cells in plain.inputs),
        outputs=tuple(widened(cells, None) for cells in plain.outputs),
        lines=lines,
        total=plain.total and widened(plain.total, report.match),
        footer=(*plain.footer, (tool, summary(report))) if several else plain.footer,
        loose=True,
    )


def without(display, titles):
    """Return a `Display` without some columns: figures that the question is not about."""
    kept = [place for place, title in enumerate(display.titles) if title not in titles]

    def narrow(cells):
        return cells and tuple(cells[place] for place in kept)

    return display._replace(
        titles=narrow(display.titles),
        right=tuple(kept.index(place) for place in display.right if place in kept),
        inputs=tuple(map(narrow, display.inputs)),
        outputs=tuple(map(narrow, display.outputs)),
        lines=tuple(line._replace(cells=narrow(line.cells)) for line in display.lines),
        total=narrow(display.total),
    )


def summary(report):
    """Return how far a tool's total is from ours, and what that comes of."""
    match, ours = report.match, report.macs
    if match.tool == "keras":
        return f"{match.version}, which counts parameters and no MACs"
    if ours is None:
        return f"{match.version}, whose MACs are not known where layers' inputs are not"
    found = differences(report)
    if found is None:
        row = next(row for row in report.every if row.match.macs is None)
        return f"{match.version}, which stops at row {row.index} and gives no total"
    if not found:
        return f"{match.version}, the same MACs"
    if match.macs.__class__ is not int or ours.__class__ is not int:
        return f"{match.version}: " + "; ".join(f"{kind} {reason}" for (kind, reason), _ in found)
    more = match.macs - ours
    size = f", {share(abs(more), ours)}" if ours else ""
    text = f"{match.version}, {abs(more):,} MACs {'more' if more >= 0 else 'less'}{size}"
    return f"{text}: " + "; ".join(f"{kind} {count:+,}, {reason}" for (kind, reason), count in found)
