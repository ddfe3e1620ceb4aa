"""Reports as a markdown table, with the head above and notes and totals below."""

import re

from convcalc.views.layout import full_titles
from convcalc.views.rows import display


def render(report, quiet=False, words=display):
    """Return a report as markdown."""
    shown = words(report, quiet)
    out = [paragraph for line in shown.head for paragraph in (cell(line), "")]
    out.append(row(full_titles(shown)))
    out.append("|" + "|".join("---:" if i in shown.right else "---" for i in range(len(shown.titles))) + "|")
    out += [row(cells) for cells in shown.inputs]
    out += [row(line.cells, bold=line.style == "greatest") for line in shown.lines]
    out += [row(cells) for cells in shown.outputs]
    if shown.total:
        out.append(row(shown.total))
    notes = [(f"row {line.cells[0]}: {message}", code) for line in shown.lines for message, code in line.notes]
    notes += shown.notes
    if notes:
        out += ["", *(f"- {cell(message)} [{code}]" for message, code in notes)]
    if shown.footer:
        out += ["", *(f"- {label}: {cell(text)}" if label else cell(text) for label, text in shown.footer)]
    return "\n".join(out) + "\n"


def row(cells, bold=False):
    """Return one row of a table."""
    return "|" + "|".join(f" {mark(cell(text), bold)} " if text else " " for text in cells) + "|"


def mark(text, bold):
    """Return a cell in bold where it is one; with a blank inside, asterisks are only asterisks."""
    return f"**{text.strip()}**" if bold else text


def cell(text):
    r"""Return text with what markdown would take for itself escaped.

    Examples
    --------
    >>> cell("9*C*F | <b>")
    '9\\*C\\*F \\| &lt;b&gt;'
    """
    text = text.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"[|*`\[\]]", r"\\\g<0>", text)
    # Within a word an underscore is only itself.
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
