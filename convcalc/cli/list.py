"""``convcalc list``: the catalogue, all of it or one entry in full."""

import sys

import click

from convcalc import layers
from convcalc.cli.options import chosen_format, printing
from convcalc.cli.output import emit
from convcalc.cli.run import Command
from convcalc.errors import SpecError, suggestion
from convcalc.layers.kind_words import described
from convcalc.views.text import terminal_width

EXAMPLES = """\
convcalc list layers
convcalc list layers conv2dT
convcalc list layers --json
convcalc list activations gelu --at -2,-1,0,0.5
convcalc list initializers he_normal
convcalc list regularizers"""
KINDS = ("layers", "activations", "initializers", "regularizers")


@click.command("list", cls=Command, examples=EXAMPLES)
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("name", required=False)
@click.option("--at", metavar="X,X", help="Where to show an activation's values: --at -2,-1,0,0.5.")
@printing
def list_(kind, name, at, form, as_json, output, quiet, color):
    """What convcalc knows, in each framework that has it; with a NAME, that entry in full.

    KIND is layers, activations, initializers or regularizers. A NAME is any word that a spec may use: conv2d,
    Conv2DTranspose, gelu, he_normal.
    """
    form = chosen_format(form, as_json)
    if at is not None and (kind != "activations" or name is None):
        raise SpecError(
            "usage", "--at shows the values of one activation.", hint="convcalc list activations gelu --at -1,0,1"
        )
    width = terminal_width() if output is None and sys.stdout.isatty() else None
    if kind == "activations":
        emit(activations(name, at, form, output, width), output)
        return 0
    if kind != "layers":
        from convcalc.cli.named_tables import items
        from convcalc.views import listing
        from convcalc.views.named_table import VIEW

        emit(listing.render(items(kind, name), form, name is not None, VIEW, width), output)
        return 0
    if name is None:
        entries = list(layers.layers())
    else:
        found = layers.find(name)
        entries = [found] if found else of_class(name)
        if not entries:
            known = [*layers.class_names(), *(word for layer in layers.layers() for word in layer.words())]
            raise SpecError(
                "unknown_word",
                f"'{name}' is no layer.",
                hint=suggestion(name, known) or "See: convcalc list layers",
                text=name,
                span=(0, len(name)),
            )
    from convcalc.views import listing

    emit(listing.render([item_of(entry) for entry in entries], form, full=name is not None, width=width), output)
    return 0


def of_class(name):
    """Return the layers of every rank that a framework has as one class, such as ONNX' Conv."""
    word = name.lower()
    return [one for one in layers.layers() if any((one.type(f) or "").lower() == word for f in one.frameworks())]


def activations(name, at, form, output, width):
    """Return the text that lists activations."""
    from convcalc.cli import activations as table
    from convcalc.views import activation as view
    from convcalc.views.listing import View, render

    rows = table.entries(name)
    items = [table.item_of(row) for row in rows]
    shown: tuple = ()
    if name is not None:
        values = table.with_values(items[0], rows[0], at)
        if form == "table":
            shown = table.drawn(rows[0], items[0], values, at is not None, output is not None)
    full = View(view.COLUMNS, view.ALL_COLUMNS, view.cells_of, lambda item, width: view.entry(item, width, *shown))
    return render(items, form, name is not None, full, width)


def item_of(layer):
    """Return a layer of the catalogue as the JSON item of it."""
    frameworks = layer.frameworks()
    parameters: dict = {}
    for framework in frameworks:
        signature = layer.signature(framework)
        for param in (p for p in signature.params if not p.terse):
            entry = parameters.setdefault(
                param.key, {"name": signature.short(param.key, layer), "aliases": [], "frameworks": {}}
            )
            for word, meant in signature.terse.items():
                if meant is param and word != entry["name"] and word not in entry["aliases"]:
                    entry["aliases"].append(word)
            required = param in signature.required
            entry["frameworks"][framework] = {
                "name": param.name,
                **described(param.kind),
                "required": required,
                "default": None if required else param.default,
            }
    return {
        "name": layer.word,
        "aliases": layer.words()[1:],
        "frameworks": {framework: layer.type(framework) for framework in frameworks},
        "about": layer.family.about,
        "example": layer.example(),
        "parameters": list(parameters.values()),
    }
