"""``convcalc diff``: two networks row by row."""

import click

from convcalc.cli.options import chosen_format, framed, printing, read_network, shapes_given, whole_number
from convcalc.cli.output import emit
from convcalc.cli.run import Command
from convcalc.cli.shape import answer, rendered
from convcalc.errors import ConvcalcError, SpecError, suggestion

EXAMPLES = """\
convcalc diff -i 28x28x3 'conv2d 32 3 | dense 10' 'conv2d 32 5 | dense 10'
convcalc diff old.txt new.txt -i 224x224x3 --only shape,params
convcalc diff -i 3x224x224 old.json 'nn.Conv2d(3, 64, 7, stride=2)' --json"""


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("networks", nargs=-1, metavar="A B")
@framed
@click.option("--only", multiple=True, metavar="WHAT,WHAT", help="Compare these: spec, inputs, shape, params, macs.")
@printing
def diff(networks, inputs, framework, batch, dtype, only, form, as_json, output, quiet, color):
    """Two networks, A and B, row by row: shapes, parameters and MACs of both, and what B has more.

    A and B are an argument each: a spec in quotes, or a file; one of them may be - for standard
    input. Rows are aligned by the names that they were given, and then by order. The exit code is 1
    where anything differs, or what --only names: the layer itself is its spec, where it takes its
    values from its inputs.
    """
    from convcalc.analysis.comparison import COLUMNS, Comparison
    from convcalc.views.comparison import display

    form = chosen_format(form, as_json)
    batch = whole_number(batch, "--batch")
    compared = aspects(only)
    if len(networks) != 2 or networks == ("-", "-"):
        raise SpecError(
            "usage",
            f"diff takes two networks, and here are {len(networks)} arguments."
            if len(networks) != 2
            else "Standard input is one network, not two.",
            hint="Quote each: convcalc diff 'conv2d 8 3' 'conv2d 8 5'.",
        )
    sources: list = []
    reports: list = []
    for letter, network in zip("AB", networks, strict=True):
        try:
            sources.append(read_network((network,)))
            reports.append(answer(sources[-1], shapes_given(inputs), framework, batch, dtype))
        except ConvcalcError as error:
            error.message = f"In {letter}: {error.message}"
            raise
    comparison = Comparison(reports[0], reports[1], compared, tuple(source.name for source in sources))
    emit(rendered(comparison, form, quiet, color, output, display, COLUMNS), output)
    return 0 if comparison.equal else 1


def aspects(only):
    """Return what to compare: all of it, or what ``--only`` names."""
    from convcalc.analysis.comparison import ASPECTS

    words = [word for one in only for word in one.split(",")]
    for word in words:
        if word not in ASPECTS:
            raise SpecError(
                "usage",
                f"--only takes {', '.join(ASPECTS)}, not '{word}'.",
                hint=suggestion(word, ASPECTS) or "Put commas between: --only shape,params.",
            )
    return words or ASPECTS
