"""Initialisers and regularisers for people: a line each, or one in full."""

from convcalc.views.layout import wrapped
from convcalc.views.listing import View, table, usage

HAVE = ("keras", "torch")
COLUMNS = ("name", *HAVE, "formula")
ALL_COLUMNS = ("name", *HAVE, "aliases", "formula", "about")


def cells_of(item, columns=COLUMNS):
    """Return an entry as the cells of a row."""
    own = {f: item["frameworks"].get(f, "") for f in HAVE}
    words = {**item, **own, "aliases": " ".join(item["aliases"])}
    return tuple(words[column] for column in columns)


def entry(item, width=None):
    """Return one entry in full: its words, what it draws or adds, an example, a row a parameter."""
    own = item["frameworks"]
    out = [*wrapped(" ".join([item["name"], *item["aliases"]]), width, indent="  "), *wrapped(item["about"], width)]
    out += ["", *wrapped(f"  {item['formula']}", width, indent="  "), ""]
    facts = (("example", item["example"]), ("note", item["note"]))
    out += [table([fact for fact in facts if fact[1]], width, ("", ""))]
    rows = [("parameter", "also", *(f"{f} {own[f]}" for f in own))]
    for parameter in item["parameters"]:
        used = (usage(parameter["frameworks"].get(f)) for f in own)
        rows.append((parameter["name"], " ".join(parameter["aliases"]), *used))
    return "\n".join(out) + ("\n" + table(rows, width) if len(rows) > 1 else "")


VIEW = View(COLUMNS, ALL_COLUMNS, cells_of, entry)
