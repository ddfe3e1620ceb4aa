"""Sheets of `inspect` as text: small headings, two spaces in, and no rules but white space.

A line is a list of ``(style, text)`` pieces; styles are "", "dim" (defaults and units) and "note".
What stands in each section is in `sheet_sizes` and `sheet_parts`.
"""

from convcalc.analysis.jsonable import spaced
from convcalc.views.layout import note_lines, wrapped
from convcalc.views.rows import LAYOUTS
from convcalc.views.sheet_parts import arguments, cost, field, parts, weights
from convcalc.views.sheet_sizes import reads, size
from convcalc.views.text import cut, shortened, visible

# Wider than this, a sheet is no easier to read.
WIDEST = 80
CODES = {"dim": "\x1b[2m", "note": "\x1b[33m"}


def render(inspection, width=None, quiet=False, color=False):
    """Return sheets as text; with no width, no line is wrapped.

    Parameters
    ----------
    inspection : Inspection
    width : int, optional
        Columns of the terminal.
    quiet : bool
        Whether to leave out notes and how the input was read.
    color : bool
        Whether to mark defaults, units and notes with colour.
    """
    out = []
    if inspection.reading and not quiet:
        out += [[("", piece)] for piece in wrapped(visible(inspection.reading), width)] + [[]]
    several = len(inspection.every) > 1
    for sheet in inspection.layers:
        if out and out[-1]:
            out += [[], []]
        notes = () if quiet else [(shortened(note.message), note.code) for note in sheet.notes]
        out += lines(sheet, inspection, width, several, notes)
    needed = [f"{name} = {least}" for name, least in inspection.fits.items() if least > 1]
    if needed:
        out += [[], [("", visible(f"sizes hold from {', '.join(needed)}"))]]
    return "".join(text_of(line, color) + "\n" for line in out)


def text_of(line, color):
    """Return one line as text, its styles as colours or left out."""
    words = "".join(f"{CODES[style]}{text}\x1b[0m" if color and style and text else text for style, text in line)
    return words if color else words.rstrip()


def lines(sheet, inspection, width, several, notes):
    """Return the lines of one sheet."""
    edge = None if width is None else min(width, WIDEST)
    out = head(sheet, inspection.framework, edge, several)
    for title, body in (
        ("arguments", arguments(sheet, edge)),
        *size(sheet, edge),
        *reads(sheet, edge),
        ("weights", weights(sheet, inspection.dtype, edge)),
        *parts(sheet, edge),
        (f"cost, {counted(inspection)}", cost(sheet, inspection.dtype, edge)),
        ("receptive field", field(sheet, edge)),
    ):
        if body:
            out += [[], [("", title)], *body]
    if notes:
        out.append([])
        for style, text in note_lines(notes, width):
            before, word, after = text.partition("note") if style == "note" else (text, "", "")
            out.append([("", before), ("note", word), ("", after)])
    return out


def counted(inspection):
    """Return what counts are for: ``one image``."""
    thing = "image" if len(inspection.input_shape or ()) == 4 else "sample"
    return f"one {thing}" if inspection.batch == 1 else f"{inspection.batch:,} {thing}s"


def head(sheet, framework, edge, several):
    """Return the head line: the layer, its shapes and whose it is; broken in three where too wide."""
    name = f"{sheet.index}  {cut(visible(sheet.type))}"
    if several and sheet.name != str(sheet.index):
        name += f", {cut(visible(sheet.name))}"
    shapes = visible(f"{spaced(sheet.input_shape)}  ->  {spaced(sheet.output_shape)}")
    whose = framework + LAYOUTS.get(sheet.data_format, "")
    line = f"{name}   {shapes}"
    if edge is None:
        return [[("", f"{line}   "), ("dim", whose)]]
    if len(line) + 3 + len(whose) <= edge:
        return [[("", line), ("", " " * (edge - len(line) - len(whose))), ("dim", whose)]]
    if len(name) + 3 + len(whose) <= edge:
        first = [[("", name), ("", " " * (edge - len(name) - len(whose))), ("dim", whose)]]
    else:
        first = [[("", name)], [("", "   "), ("dim", whose)]]
    return first + [[("", "   " + piece)] for piece in wrapped(shapes, max(edge - 3, 1))]
