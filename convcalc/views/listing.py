"""The catalogue for people and for programs: a line an entry, or one entry in full."""

from convcalc.record import Record
from convcalc.views.layout import GAP
from convcalc.views.text import visible

SCHEMA = "convcalc/list/1"
FRAMEWORKS = ("keras", "torch", "onnx")
COLUMNS = ("name", *FRAMEWORKS, "aliases")


class View(Record):
    """How one kind of entries is shown.

    Attributes
    ----------
    columns, all_columns : tuple of str
        What a row of a table, and of csv or Markdown, has.
    cells : callable
        ``cells(item, columns)``: the cells of a row.
    entry : callable
        ``entry(item)``: one entry in full.
    """

    columns: tuple
    all_columns: tuple
    cells: object
    entry: object


def render(items, form, full=False, view=None):
    """Return the items of a list in one of the forms; `full` spells out a table's entries."""
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
        return "\n".join(view.entry(item) for item in items)
    return table([view.columns, *(view.cells(item, view.columns) for item in items)])


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


def table(rows):
    """Return rows of cells as aligned text."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (GAP.join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "".join(line + "\n" for line in lines)


def entry(item):
    """Return one entry in full: its words, its classes, an example, a row a parameter."""
    own = item["frameworks"]
    out = [" ".join([item["name"], *item["aliases"]])]
    if item["about"]:
        out.append(item["about"])
    out += ["", f"  {item['example']}", ""]
    rows = [("parameter", "also", *(f"{f} {own[f]}" for f in own))]
    for parameter in item["parameters"]:
        cells = [parameter["name"], " ".join(parameter["aliases"])]
        cells += [usage(parameter["frameworks"].get(f)) for f in own]
        rows.append(tuple(cells))
    return "\n".join(out) + "\n" + table(rows)


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
