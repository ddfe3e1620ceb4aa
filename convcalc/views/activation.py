"""Activations for people: a line each, or one in full with its values and its curve."""

from convcalc.views.layout import wrapped
from convcalc.views.listing import FRAMEWORKS, table, usage

COLUMNS = ("name", *FRAMEWORKS, "formula")
# What a row of csv or Markdown has besides.
ALL_COLUMNS = ("name", *FRAMEWORKS, "aliases", "formula", "range", "derivative_at_0")


def cells_of(item, columns=COLUMNS):
    """Return an activation as the cells of a row."""
    own = {f: item["frameworks"].get(f, "") for f in FRAMEWORKS}
    slope = item["derivative_at_0"]
    words = {
        "name": item["name"], **own, "aliases": " ".join(item["aliases"]), "formula": item["formula"],
        "range": item["range"], "derivative_at_0": "" if slope is None else f"{slope:.7g}",
    }  # fmt: skip
    return tuple(words[column] for column in columns)


def entry(item, width, values, lines, words):
    """Return one activation in full; `values` are by framework, `lines` the curve's, `words` say what it shows."""
    out = [*wrapped(" ".join([item["name"], *item["aliases"]]), width, indent="  "), *wrapped(item["about"], width)]
    out += ["", *wrapped(f"  {item['formula']}", width, indent="  "), ""]
    facts = [("range", item["range"]), ("derivative at 0", slope_of(item))]
    if item["layer"]:
        facts.append(("Keras' layer", item["layer"]))
    facts += [("example", item["example"])]
    if item["note"]:
        facts.append(("note", item["note"]))
    out += [table([fact for fact in facts if fact[1]], width, ("", "")).rstrip("\n")]
    if item["parameters"]:
        own = item["frameworks"]
        rows = [("parameter", "also", *(f"{f} {own[f]}" for f in own))]
        for parameter in item["parameters"]:
            used = [usage(parameter["frameworks"].get(f)) for f in own]
            rows.append((parameter["name"], " ".join(parameter["aliases"]), *used))
        out += ["", table(rows, width).rstrip("\n")]
    out += ["", table(value_rows(values)).rstrip("\n"), ""]
    if words:
        out += [f"curve: {words}", ""]
    return "\n".join([*out, *lines]) + "\n"


def slope_of(item):
    """Return what is said of the derivative at 0."""
    slope = item["derivative_at_0"]
    return item["derivative_note"] or ("" if slope is None else f"{slope:.7g}")


def value_rows(values):
    """Return a row a point: one column where every framework has the same values, else one each."""
    points = [shown(x) for x in values["x"]]
    columns = {name: [shown(v) for v in own] for name, own in values.items() if name != "x"}
    half = len(next(iter(columns.values())))
    if half < len(points):
        # Of glu a value comes from two.
        points = [f"{a}, {b}" for a, b in zip(points[:half], points[half:], strict=True)]
    first = next(iter(columns.values()))
    if all(column == first for column in columns.values()):
        columns = {"value": first}
    return right([("x", *columns), *zip(points, *columns.values(), strict=True)])


def right(rows):
    """Return rows of numbers with each column aligned at its right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [tuple(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def shown(value):
    """Return a value with six digits."""
    return f"{float(value) + 0.0:.6g}"
