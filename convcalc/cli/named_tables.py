"""``convcalc list initializers`` and ``regularizers``: the rows of the tables as items."""

from convcalc import initializers, regularizers
from convcalc.errors import SpecError, suggestion
from convcalc.laws import COSINES
from convcalc.layers.kind_words import described
from convcalc.tables import REQUIRED, read

# The kinds of these tables' arguments that the catalogue says in other words.
SAID = {
    "scale": "number", "positive": "number", "share": "number", "seed": "count",
    "window": f"word({'|'.join(COSINES)})",
}  # fmt: skip


def items(kind, name=None):
    """Return the items of a table, or the one of a name in a list; refuse a name that none has."""
    rows = initializers.ROWS if kind == "initializers" else regularizers.ROWS
    found = [row for row in rows if name is None or name.lower() in (word.lower() for word in words_of(row))]
    if not found:
        known = [word for row in rows for word in words_of(row)]
        raise SpecError(
            "unknown_word",
            f"'{name}' is no {kind[:-1].replace('z', 's')}.",
            hint=suggestion(name, known) or f"See: convcalc list {kind}",
            text=name,
            span=(0, len(name)),
        )
    return [item_of(row) for row in found[: None if name is None else 1]]


def owns(row):
    """Return ``{framework: (names, arguments)}`` of a row."""
    if row.__class__ is regularizers.Regularizer:
        return {"keras": (row.names.split(), row.arguments)}
    return {f: (own[0].split(), own[1]) for f in initializers.HAVE if (own := getattr(row, f))}


def words_of(row):
    """Return every word for a row, its name first."""
    further = row.words.split() if row.__class__ is initializers.Initializer else []
    names = [name for own, _ in owns(row).values() for name in own]
    return list(dict.fromkeys([row.name, *further, *names]))


def item_of(row):
    """Return a row as the JSON item of it."""
    own = owns(row)
    classes = {framework: names[0] for framework, (names, _) in own.items()}
    return {
        "name": row.name,
        "aliases": [word for word in words_of(row) if word != row.name and word not in classes.values()],
        "frameworks": classes,
        "about": row.about,
        "example": example(row, own),
        "parameters": parameters(own),
        "formula": row.formula,
        "note": row.note or None,
    }


def example(row, own):
    """Return a layer with it, or torch's call of it where only torch has it."""
    if row.__class__ is regularizers.Regularizer:
        return f"dense 10 reg={row.name}"
    if row.name == "stft":
        return "conv1d 129 256 init=stft"
    if "keras" in own:
        return f"dense 10 init={row.name}"
    names, text = own["torch"]
    needed = ", ".join(f"{each.name}=0.1" for each in read(text) if each.default is REQUIRED)
    return f"nn.init.{names[0]}({needed})"


def parameters(own):
    """Return the arguments of a row in every framework, those of one key as one."""
    found: dict = {}
    for framework, (_, text) in own.items():
        for each in read(text):
            entry = found.setdefault(each.key, {"name": each.key, "aliases": [], "frameworks": {}})
            if each.name != each.key and each.name not in entry["aliases"]:
                entry["aliases"].append(each.name)
            kind = each.kind.rstrip("?")
            required = each.default is REQUIRED
            entry["frameworks"][framework] = {
                "name": each.name,
                **described(SAID.get(kind, kind)),
                "required": required,
                "default": None if required else each.default,
            }
    return list(found.values())
