"""A `Display` into lines of a width: no number is ever broken, whatever the width.

Two forms: a table, of which only the layer column wraps; and, where even that is too wide, each
row's cells one after another below its layer. With no width, one line a row and one a note.
"""

import re
from itertools import zip_longest

from convcalc.views.text import width as cells_of

GAP = "  "
LAYER = 1
NOTE = "   note  "
# What stands before a last column that found no room beside the others.
WHY = "   why   "
# Where a table is too wide its expressions wrap, in as many columns as there is room for.
EXPRESSIONS = (48, 40, 32)
# A long word may break behind these, but not between the digits of a number.
_JOINTS = r"(?<=[=(*+])|(?<=/)|(?<=,)(?!\d)"
# The names of a path are words of a layer column too.
_NAMES = r" |(?<=/)"


def lines(display, width=None):
    """Return the lines of a table as ``(style, text)``; styles are "", "greatest", "note", "ok" and "FAIL"."""
    out = []
    for line in display.head:
        out += plain_lines(wrapped(line, width))
    out.append(("", ""))
    above = [display.above] if display.above else []
    widths = set_widths(bodies_of(display), width)
    if widths is None:
        if display.loose:
            return lines(lowered(display), width)
        return out + stacked(display, width) + below(display, width)
    for cells in (*above, display.titles, *display.inputs):
        out += row_lines(cells, widths, display.right)
    for line in display.lines:
        out += row_lines(line.cells, widths, display.right, line.style) + note_lines(line.notes, width)
    for cells in display.outputs:
        out += row_lines(cells, widths, display.right)
    if display.total:
        out += [("", ""), *row_lines(display.total, widths, display.right)]
    return out + below(display, width)


def bodies_of(display):
    """Return every row of a table, its titles first."""
    ends = [cells for cells in (display.above, display.total) if cells]
    return [display.titles, *ends, *display.inputs, *(line.cells for line in display.lines), *display.outputs]


def natural(display):
    """Return how wide a table is where nothing wraps."""
    widths = set_widths(bodies_of(display), None)
    return sum(widths) + len(GAP) * (len(widths) - 1)


def set_widths(bodies, width):
    """Return how wide each column is, None where the layer column would find no room for its words.

    Expressions wrap where the table is too wide without.
    """
    columns = list(zip(*bodies, strict=True))
    widths = [max(map(cells_of, column)) for column in columns]
    if width is None:
        return widths
    for most in (None, *EXPRESSIONS):
        if most is not None:
            widths[LAYER + 1 :] = [
                max(cells_of(piece) for cell in column for piece in broken(cell, most))
                for column in columns[LAYER + 1 :]
            ]
        room = width - sum(widths) + widths[LAYER] - len(GAP) * (len(widths) - 1)
        if room >= narrowest(bodies):
            widths[LAYER] = min(room, widths[LAYER])
            return widths
    return None


def row_lines(cells, widths, right, style=""):
    """Return a row as lines, its cells wrapped in their columns; nothing is ever cut."""
    line = row_text(cells, widths, right, wraps=True)
    if line is not None:
        return [(style, line)]
    pieces = [
        wrapped(cell, width, indent="  ") if column == LAYER else broken(cell, width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return [(style, row_text(line, widths, right)) for line in zip_longest(*pieces, fillvalue="")]


def lowered(display):
    """Return a `Display` whose last column stands under the rows, where it says something."""

    def under(line):
        *cells, last = line.cells
        return line._replace(cells=tuple(cells), notes=(*([(last, None)] if last else []), *line.notes))

    return display._replace(
        titles=display.titles[:-1],
        above=display.above and display.above[:-1],
        inputs=tuple(cells[:-1] for cells in display.inputs),
        outputs=tuple(cells[:-1] for cells in display.outputs),
        lines=tuple(map(under, display.lines)),
        total=display.total and display.total[:-1],
        loose=False,
    )


def narrowest(bodies):
    """Return the least width of the layer column that breaks no word in it, nor a name in a path."""
    words = [word for cells in bodies for word in re.split(_NAMES, cells[LAYER])]
    return min(max(map(cells_of, words)) + 2, max(cells_of(cells[LAYER]) for cells in bodies))


def row_text(cells, widths, right, wraps=False):
    """Return one row of a table on one line; None where a cell `wraps`, for it is wider than its column."""
    parts = []
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        blank = width - cells_of(cell)
        if wraps and blank < 0:
            return None
        parts.append(" " * blank + cell if column in right else cell + " " * blank)
    return GAP.join(parts).rstrip()


def padded(text, width):
    """Return a text set in so many columns of a terminal."""
    return text + " " * (width - cells_of(text))


def stacked(display, width):
    """Return the rows for a narrow terminal: the layer, and below it each cell with its title."""
    out = []
    gutter = max(len(line.cells[0]) for line in display.lines) + len(GAP) if display.lines else 3
    margin = " " * gutter
    bodies = [(cells, (), "") for cells in display.inputs]
    bodies += [(line.cells, line.notes, line.style) for line in display.lines]
    bodies += [(cells, (), "") for cells in display.outputs]
    if display.total:
        bodies.append((display.total, (), ""))
    for cells, notes, style in bodies:
        first, *rest = wrapped(cells[LAYER], width - gutter, indent="  ")
        out.append((style, f"{cells[0]:<{gutter}}{first}"))
        out += [(style, margin + more) for more in rest]
        items = [
            cell.replace("  ", " ") if title == "output" else f"{title} {cell}".strip()
            for title, cell in list(zip(full_titles(display), cells, strict=True))[LAYER + 1 :]
            if cell
        ]
        for line in flowed(items, width - gutter - 2):
            out.append((style, f"{margin}  {line}"))
        out += note_lines(notes, width)
    return out


def full_titles(display):
    """Return the title of each column in one line."""
    above = display.above or ("",) * len(display.titles)
    return [f"{upper} {title}".strip() for upper, title in zip(above, display.titles, strict=True)]


def flowed(items, width):
    """Yield lines of items with two spaces between; an item breaks only where it is too wide."""
    line = ""
    for item in items:
        if line and cells_of(line) + len(GAP) + cells_of(item) > width:
            yield line
            line = ""
        line = f"{line}{GAP}{item}" if line else item
        if cells_of(line) > width:
            *full, line = wrapped(line, width)
            yield from full
    if line:
        yield line


def below(display, width):
    """Return what stands under the table: the network's own notes and the footer."""
    out = []
    if display.notes:
        out += [("", ""), *note_lines(display.notes, width)]
    if display.footer:
        out.append(("", ""))
        margin = max(len(label) for label, _ in display.footer)
        margin += len(GAP) if margin else 0
        for label, text in display.footer:
            first, *rest = wrapped(text, width and max(width - margin, 1))
            out.append(("", f"{label:<{margin}}{first}"))
            out += [("", " " * margin + more) for more in rest]
    return out


def note_lines(notes, width):
    """Return notes as lines, their code in brackets at the right edge."""
    out = []
    for message, code in notes:
        edge = min(width or 80, 80)
        if code is None:
            out += plain_lines(WHY + line for line in wrapped(message, max(edge - len(WHY), 1)))
            continue
        tag = f"[{code}]"
        if width is None:
            out.append(("note", f"{NOTE}{message}  {tag}"))
            continue
        first, *rest = wrapped(message, max(edge - len(NOTE), 1))
        block = [NOTE + first, *(" " * len(NOTE) + more for more in rest)]
        if len(block[-1]) + len(GAP) + len(tag) <= edge:
            block[-1] += tag.rjust(edge - len(block[-1]))
        else:
            block.append(tag.rjust(edge))
        out.append(("note", block[0]))
        out += plain_lines(block[1:])
    return out


def plain_lines(texts):
    """Return texts as lines of no style."""
    return [("", text) for text in texts]


def wrapped(text, width=None, indent=""):
    """Return `text` in lines of a width, broken at spaces; further lines begin with `indent`.

    A word wider than a line breaks behind ``=``, ``(``, ``,``, ``*``, ``+`` or ``/``, and a number never.

    Examples
    --------
    >>> wrapped("conv2d f=32 k=3 s=2 pad=same", 16, indent="  ")
    ['conv2d f=32 k=3', '  s=2 pad=same']
    >>> wrapped("10,838,016", 4)
    ['10,838,016']
    """
    if width is None or cells_of(text) <= width:
        return [text]
    out = [""]
    for word in text.split(" "):
        room = width - len(indent)
        pieces = [word] if cells_of(word) <= room else re.split(_JOINTS, word)
        glue = " "
        for piece in pieces:
            line = out[-1]
            if not line.strip():
                out[-1] += piece
            elif cells_of(line) + len(glue) + cells_of(piece) <= width:
                out[-1] = line + glue + piece
            else:
                out.append(indent + piece)
            glue = ""
    return out


def broken(text, width):
    """Return a cell on lines of a width, broken behind blanks and ``*`` outside all parentheses.

    >>> broken("N, floor((H - 7)/2), 3200*floor((H - 7)/2)*W", 22)
    ['N, floor((H - 7)/2),', '3200*floor((H - 7)/2)*', 'W']
    """
    if cells_of(text) <= width:
        return [text]
    out, line, depth, begin = [], "", 0, 0
    for end, c in enumerate(text, 1):
        depth += (c == "(") - (c == ")")
        if end == len(text) or (not depth and c in " *"):
            piece = text[begin:end]
            if line and cells_of(line) + cells_of(piece.rstrip()) > width:
                out.append(line.rstrip())
                line = ""
            line, begin = line + piece, end
    return [*out, line]
