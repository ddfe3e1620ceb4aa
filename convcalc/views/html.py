"""Reports as a small HTML table, for notebooks."""

from html import escape

from convcalc.views.layout import full_titles
from convcalc.views.shown import shown as shown_of


def render(report):
    """Return a report as HTML."""
    shown = shown_of(report)
    out = ["<div class='convcalc'>", *(f"<p>{escape(line)}</p>" for line in shown.head), "<table>"]
    out.append(row(full_titles(shown), shown.right, "th"))
    out += [row(cells, shown.right) for cells in shown.inputs]
    for line in shown.lines:
        out.append(row(line.cells, shown.right, weight="bold" if line.style == "greatest" else "normal"))
        for message, code in line.notes:
            out.append(note(message, code, len(shown.titles) - 1))
    out += [row(cells, shown.right) for cells in shown.outputs]
    if shown.total:
        out.append(row(shown.total, shown.right))
    out.append("</table>")
    out += [f"<p>note: {escape(message)} [{code}]</p>" for message, code in shown.notes]
    out += [f"<p>{label}: {escape(text)}</p>" for label, text in shown.footer]
    out.append("</div>")
    return "\n".join(out)


def row(cells, right, tag="td", weight="normal"):
    """Return one row of a table."""
    parts = []
    for column, text in enumerate(cells):
        side = "right" if column in right else "left"
        parts.append(f"<{tag} style='text-align:{side};font-weight:{weight}'>{escape(text)}</{tag}>")
    return "<tr>" + "".join(parts) + "</tr>"


def note(message, code, span):
    """Return a note as a row of its own."""
    return f"<tr><td></td><td colspan='{span}' style='text-align:left'>note: {escape(message)} [{code}]</td></tr>"
