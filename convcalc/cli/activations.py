"""``convcalc list activations``: the rows of the table as items, and one of them with its values and its curve."""

from convcalc import layers
from convcalc.activations import ROWS, read
from convcalc.errors import SpecError, suggestion
from convcalc.layers.declare import FRAMEWORKS
from convcalc.layers.kind_words import described
from convcalc.layers.shared import KERAS

# Where values are shown, and how many points an answer has at most.
POINTS = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
MOST_POINTS = 1000
# The curve's range, and the points to compute it at: four for each of its dots.
RANGE = (-4.0, 4.0)
DOTS = 480
KERAS_OWN = {word.partition(":")[0] for word in KERAS.split()} | {"device"}


def entries(name=None):
    """Return the rows of the table, or the one of a name in a list; refuse a name that none has."""
    if name is None:
        return list(ROWS)
    known: dict = {}
    for row in ROWS:
        own = layer_of(row)
        classes = [own.type(framework) for framework in own.frameworks()] if own else []
        for word in (row.name, *row.words.split(), *(own.words() if own else ()), *classes):
            known.setdefault(word, row)
    lower = {word.lower(): row for word, row in reversed(known.items())}
    found = known.get(name) or lower.get(name.lower())
    if found is None:
        raise SpecError(
            "unknown_word",
            f"'{name}' is no activation.",
            hint=suggestion(name, [*lower]) or "See: convcalc list activations",
            text=name,
            span=(0, len(name)),
        )
    return [found]


def layer_of(row):
    """Return the layer of a row, or None where there are functions of it alone."""
    layer = layers.find(row.kind or row.name)
    return layer if layer and layer.family.kind != "activation" else None


def item_of(row):
    """Return a row as the JSON item of it."""
    layer = layer_of(row)
    own = {framework: layer.type(framework) for framework in layer.frameworks()} if layer else {}
    words = [*row.words.split(), *(layer.words() if layer else ())]
    frameworks = {f: row.name if f == "keras" and row.keras is not None else own.get(f) for f in FRAMEWORKS}
    kink = row.slope.__class__ is str
    return {
        "name": row.name,
        "aliases": [word for word in dict.fromkeys(words) if word != row.name],
        "frameworks": {framework: name for framework, name in frameworks.items() if name},
        "about": row.about,
        "example": layer.example() if layer else f"act {row.name}",
        "parameters": parameters(row, layer),
        "formula": row.formula,
        "range": row.range,
        "derivative_at_0": None if kink else row.slope,
        "derivative_note": row.slope if kink else None,
        "layer": own.get("keras") if row.keras is not None else None,
        "note": row.note or None,
    }


def parameters(row, layer):
    """Return the arguments of a row in every framework, those that mean the same as one."""
    found: dict = {}
    for argument in read(row.keras or ""):
        entry = found[argument.name] = {"name": argument.name, "aliases": [*argument.aliases], "frameworks": {}}
        entry["frameworks"]["keras"] = {
            "name": argument.name, **described(argument.kind),
            "required": argument.required, "default": argument.default,
        }  # fmt: skip
    for framework in layer.frameworks() if layer else ():
        if framework == "keras" and row.keras is not None:
            continue
        signature = layer.signature(framework)
        for param in (p for p in signature.params if not p.terse and p.name not in KERAS_OWN):
            key = next((name for name, e in found.items() if param.key in (name, *e["aliases"])), param.key)
            entry = found.setdefault(key, {"name": key, "aliases": [], "frameworks": {}})
            if param.name != entry["name"] and param.name not in entry["aliases"]:
                entry["aliases"].append(param.name)
            required = param in signature.required
            entry["frameworks"][framework] = {
                "name": param.name, **described(param.kind), "required": required,
                "default": None if required else param.default,
            }  # fmt: skip
    return list(found.values())


def points_of(text):
    """Return the points that ``--at`` gives."""
    parts = text.split(",")
    start = len("--at ")
    for part in parts:
        word = part.strip()
        try:
            if not word.isascii() or "_" in word:
                raise ValueError
            float(word)
        except ValueError:
            raise SpecError(
                "bad_value",
                f"--at takes numbers, not '{word}'.",
                hint="Write them with commas: --at -2,-1,0,0.5",
                text=f"--at {text}",
                span=(start, start + len(part)),
            ) from None
        start += len(part) + 1
    if len(parts) > MOST_POINTS:
        raise SpecError("bad_value", f"--at takes at most {MOST_POINTS} points, not {len(parts)}.")
    return tuple(float(part) for part in parts)


def with_values(item, row, at):
    """Add an activation's values to its item; return ``{"x": points, framework: values}`` as they are.

    Each framework's are by its own defaults; what works along an axis takes the points as one row.
    """
    points = points_of(at) if at is not None else POINTS
    if row.name == "glu" and len(points) % 2:
        if at is not None:
            raise SpecError(
                "bad_value", f"glu takes an even number of points, not {len(points)}.", hint="Give one more."
            )
        points = points[1:]
    values = {"x": points, **{f: computed(row, item, f, points) for f in item["frameworks"]}}
    item["values"] = {name: finite(own) for name, own in values.items()}
    return values


def finite(numbers):
    """Return numbers as JSON has them: null for what is none, or infinite."""
    own = [float(n) for n in numbers]
    return [n if n - n == 0 else None for n in own]


def computed(row, item, framework, points):
    """Return the values of one row of points, in float64."""
    from convcalc.arrays import activation

    own = item["frameworks"][framework]
    name = f"{own}({row.example})" if row.example else own
    if row.name == "softmax2d":
        return activation(name, [[[[x]] for x in points]], framework).ravel()
    return activation(name, list(points), framework)


def drawn(row, item, values, given, to_file):
    """Return ``(values, lines, words)`` for an entry in full: the curve and what it shows."""
    import sys

    from convcalc.views.curve import draw, fits

    low, high = RANGE
    inside = [x for x in values["x"] if x - x == 0]
    if given and inside and min(inside) < max(inside):
        low, high = min(inside), max(inside)
    steps = [low + (high - low) * i / (DOTS - 1) for i in range(DOTS)]
    curve, words = curve_of(row, item, steps)
    return values, draw(low, high, curve, to_file or fits(sys.stdout.encoding)), words


def curve_of(row, item, steps):
    """Return an activation at points by themselves, and the words for what they are put into for that."""
    framework = next(iter(item["frameworks"]))
    if row.slope is not None:
        return [float(v) for v in computed(row, item, framework, steps)], ""
    from convcalc.arrays import activation

    pairs = [[x, x if row.name == "glu" else 0.0] for x in steps]
    own = item["frameworks"][framework]
    if row.name == "softmax2d":
        pairs = [[[[v]] for v in pair] for pair in pairs]
    name = own if row.name in ("glu", "softmax2d") else f"{own}(axis=-1)" if framework != "torch" else f"{own}(dim=-1)"
    y = activation(name, pairs, framework)
    words = "glu of (x, x)" if row.name == "glu" else f"the first value of {row.name} of (x, 0)"
    return [float(v) for v in y.reshape(len(pairs), -1)[:, 0]], words
