"""``convcalc inspect``: one sheet a layer, for people and as JSON."""

import sys

import click

import convcalc
from convcalc.cli.options import asking, chosen_format, read_network, shapes_given, whole_number
from convcalc.cli.output import emit
from convcalc.cli.run import Command
from convcalc.cli.shape import answer, selected
from convcalc.errors import SpecError

FORMATS = ("table", "json", "jsonl")

EXAMPLES = """\
convcalc inspect -i 224x224x3 conv2d 64 7 s=2 pad=same
convcalc inspect -i 28x28x16 conv2dT 10 3 s=2 pad=same
convcalc inspect 'nn.Conv2d(3, 64, 7, stride=2, padding=3)' -i 3x224x224
convcalc inspect -i 32x32x3 net.txt --only -1
convcalc inspect -i 28x28x3 conv2d 32 3 maxpool2d 2 flatten dense 10 --json"""


@click.command(cls=Command, examples=EXAMPLES)
@asking
def inspect(network, inputs, framework, batch, dtype, only, form, as_json, output, quiet, color):
    """One sheet a layer of a NETWORK: every argument and where it came from, the rule of its size.

    In words, as a formula with the numbers in it, and as what the windows read: padding at either
    end, cells that nothing reads, taps that fall into padding; then weights with their layout, cost
    and receptive field. NETWORK and --input are those of shape; --format is table, json or jsonl.
    """
    form = chosen_format(form, as_json)
    if form not in FORMATS:
        hint = f"It has {', '.join(FORMATS)}; shape has {form}."
        raise SpecError("usage", f"inspect has no format {form}.", hint=hint)
    batch = whole_number(batch, "--batch")
    found = answer(read_network(network), shapes_given(inputs), framework, batch, dtype, convcalc.inspect)
    emit(rendered(selected(found, only) if only else found, form, quiet, color, output), output)
    return 0


def rendered(inspection, form, quiet, color, output):
    """Return sheets in the form asked for."""
    if form != "table":
        from convcalc.views import json

        return json.render(inspection) if form == "json" else json.render_lines(inspection)
    from convcalc.views import sheet
    from convcalc.views.text import colored, terminal_width

    terminal = output is None and sys.stdout.isatty()
    width = terminal_width() if terminal else None
    return sheet.render(inspection, width, quiet, colored(color, terminal))
