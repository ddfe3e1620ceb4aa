"""The catalogue for people and for programs: a line an entry, or one entry in full."""

from convcalc.record import Record
from convcalc.views.layout import GAP, flowed, padded, wrapped
from convcalc.views.text import visible
from convcalc.views.text import width as columns_of

SCHEMA = "convcalc/list/1"
FRAMEWORKS = ("keras", "torch", "onnx")
COLUMNS = ("name", *FRAMEWORKS, "aliases")
# A last column of fewer does not wrap: a word would not fit.
NARROWEST = 24


class View(Record):
    """How one kind of entries is shown.

    Attributes
    ----------
    columns, all_columns : tuple of str
        What a row of a table, and of csv or Markdown, has.
    cells : callable
        ``cells(item, columns)``: the cells of a row.
    entry : callable
        ``entry(item, width)``: one entry in full.
    """

    columns: tuple
    all_columns: tuple
    cells: object
    entry: object


def render(items, form, full=False, view=None, width=None):
    """Return the items of a list in one of the forms; `full` spells out a table's entries.

    A table is `width` columns wide, or as wide as it is.
    """
    view = view or LAYERS
    if form == "json":
        from convcalc.views.json import encoder, pretty

        return pretty({"schema": SCHEMA, "items": items}, encoder(", ", ": ")) + "\n"
    if form == "jsonl":
        from json import dumps

        return "".join(dumps(item, separators=(",", ":")) + "\n" for item in items)
    if form == "csv":
        return as_csv([view.cells(item, view.all_columns) for item in items], view.all_columns)
    if form == "markdown":
        from convcalc.views.markdown import row

        head = [row(view.all_columns), "|" + "---|" * len(view.all_columns)]
        return "\n".join([*head, *(row(view.cells(item, view.all_columns)) for item in items)]) + "\n"
    if full:
        return "\n".join(view.entry(item, width) for item in items)
    return table([view.columns, *(view.cells(item, view.columns) for item in items)], width)


def cells_of(item, columns=COLUMNS):
    """Return a layer's words and what each framework calls it."""
    own = item["frameworks"]
    return (item["name"], *(own.get(f, "") for f in FRAMEWORKS), " ".join(item["aliases"]))


def as_csv(rows, columns):
    """Return rows of cells under their columns."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def table(rows, width=None, titles=None):
    """Return rows of cells as aligned text, in so many columns of a terminal where `width` is given.

    The last column wraps below itself; where that leaves too little, each row's cells flow below its
    first, with the titles that the first row, or `titles`, has.
    """
    widths = [max(map(columns_of, column)) for column in zip(*rows, strict=True)]
    room = None if width is None else width - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)
    if room is not None and room < min(widths[-1], NARROWEST):
        return flowing(rows[1:], rows[0], width) if titles is None else flowing(rows, titles, width)
    out = []
    for *cells, last in rows:
        first, *more = wrapped(last, room)
        head = GAP.join([*map(padded, cells, widths), first]).rstrip()
        margin = " " * (sum(widths[:-1]) + len(GAP) * len(cells))
        out += [head, *(margin + line for line in more)]
    return "".join(line + "\n" for line in out)


def flowing(rows, titles, width):
    """Return rows for a narrow terminal: the first cell, and below it every other with its title."""
    out = []
    for first, *cells in rows:
        items = [f"{title} {cell}".strip() for title, cell in zip(titles[1:], cells, strict=True) if cell]
        out += [first, *(f"    {line}" for line in flowed(items, width - 4))]
    return "".join(line + "\n" for line in out)


def entry(item, width=None):
    """Return one entry in full: its words, its classes, an example, a row a parameter."""
    own = item["frameworks"]
    out = wrapped(" ".join([item["name"], *item["aliases"]]), width, indent="  ")
    if item["about"]:
        out += wrapped(item["about"], width)
    out += ["", f"  {item['example']}", ""]
    rows = [("parameter", "also", *(f"{f} {own[f]}" for f in own))]
    for parameter in item["parameters"]:
        cells = [parameter["name"], " ".join(parameter["aliases"])]
        cells += [usage(parameter["frameworks"].get(f)) for f in own]
        rows.append(tuple(cells))
    return "\n".join(out) + "\n" + table(rows, width)


def usage(own):
    """Return what one framework calls a parameter and what it is by default."""
    if own is None:
        return ""
    if own["required"]:
        return f"{own['name']}, required"
    default = own["default"]
    words = {None: "none", True: "true", False: "false"}
    word = words[default] if default.__class__ in (bool, type(None)) else str(default)
    return visible(f"{own['name']} = {word}")


LAYERS = View(COLUMNS, COLUMNS, cells_of, entry)
