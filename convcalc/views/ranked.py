"""What a table of rows in order of their cost says: the table of a report, with shares of that cost and bars."""

from convcalc.analysis.ranking import amount, dearest
from convcalc.views import rows
from convcalc.views.layout import natural
from convcalc.views.rows import Line, binary, share

WORDS = {"params": "parameters", "macs": "MACs", "memory": "memory of the output"}
WIDTH = 8
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def display(report, quiet, by, blocks=True):
    """Return the `Display` of a report whose rows stand in order of a cost.

    Parameters
    ----------
    report : Report
        With the rows to show, in order.
    quiet : bool
        Whether to leave out notes and how the input was read.
    by : str
        What shares are of: "params", "macs" or "memory".
    blocks : bool
        Whether the output has characters to draw bars with.
    """
    plain = rows.display(report, quiet)
    # Shares and the receptive field follow.
    macs = plain.titles.index("MACs")
    costs = [amount(row, by) for row in report.every]
    known = len(costs) > 1 and all(cost.__class__ is int for cost in costs) and any(costs)
    whole, most = (sum(costs), dearest(report, by)) if known else (0, 0)
    lines = []
    for row, line in zip(report.layers, plain.lines, strict=True):
        cost = amount(row, by)
        more = [binary(cost) if cost.__class__ is int else str(cost)] if by == "memory" else []
        if known:
            more += [share(cost, whole), bar(cost, most, blocks)]
        greatest = known and cost == most
        lines.append(Line(widened(line.cells, more, macs), line.notes, "greatest" if greatest else ""))
    titles = [*(["memory"] if by == "memory" else []), *(["share", ""] if known else [])]
    blank = [""] * len(titles)
    end = macs + 1 + len(titles)
    many = f", {len(report.layers)} of {len(report.level)}" if len(report.layers) < len(report.level) else ""
    return plain._replace(
        head=(*plain.head[:-1], f"{plain.head[-1]}; rows by {WORDS[by]}{many}"),
        titles=widened(plain.titles, titles, macs),
        right=(0, *(column for column in range(macs - 1, end + 1) if not known or column != end - 1)),
        inputs=tuple([widened(cells, blank, macs) for cells in plain.inputs]),
        lines=tuple(lines),
        total=plain.total and widened(plain.total, blank, macs),
        outputs=tuple([widened(cells, blank, macs) for cells in plain.outputs]),
    )


def barred(report, quiet, columns, blocks=True):
    """Return the `Display` of a report in its own order, with bars of the MACs where a terminal has room for them."""
    plain = rows.display(report, quiet)
    if "share" not in plain.titles:
        return plain
    wide = display(report, quiet, "macs", blocks)._replace(head=plain.head)
    return wide if natural(wide) <= columns else plain


def widened(cells, more, macs):
    """Return the cells of a line with others in the place of its share, which follows its MACs."""
    return (*cells[: macs + 1], *more, cells[-1])


def bar(part, most, blocks=True):
    """Return a bar as long as a part of the most; what is not nothing has some of it.

    >>> bar(3, 4), bar(1, 1000), bar(0, 4), bar(3, 4, blocks=False)
    ('██████', '▏', '', '######')
    """
    eighths = max(part * WIDTH * 8 // most, 1) if part else 0
    if not blocks:
        return "#" * -(-eighths // 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
