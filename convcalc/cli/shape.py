"""``convcalc shape``: a row a layer, totals, and what scripts pick out of them."""

import sys
from functools import partial

import click

import convcalc
from convcalc.cli.options import asking, chosen_format, merged, read_network, shapes_given, whole_number
from convcalc.cli.output import emit
from convcalc.cli.run import Command
from convcalc.errors import ConvcalcError, SpecError, suggestion

TOOLS = ("torchinfo", "fvcore", "ptflops", "thop", "keras", "onnx-tool")
# Nobody reads more on a screen, and rich would take long over them.
MOST_ROWS = 100

EXAMPLES = """\
convcalc shape conv2dT k=3 s=2 pad=same
convcalc shape -i 28x28x3 conv2d 32 3 maxpool2d 2 flatten dense 10
convcalc shape -i 3x224x224 'nn.Conv2d(3, 64, 7, stride=2, padding=3)'
convcalc shape -i HxWx3 --expect '?,ceil(H/2),ceil(W/2),8' conv2d 8 3 s=2 pad=same
convcalc shape -i 4,28,28,3 --field output_shape --field macs conv2d 10 3
convcalc shape -i 32x32x3 net.txt --json
convcalc shape -i 32x32x3 net.txt --sort macs --top 5 --max-params 1.5M
convcalc shape -i 32x32x3 net.txt --depth 1
convcalc shape -i 3x32x32 -F torch --match fvcore conv2d 8 3 bn2d
convcalc shape --each -i 28x28x3 < specs.txt"""


@click.command(cls=Command, examples=EXAMPLES)
@asking
@click.option("--each", is_flag=True, help="A network a line on standard input, a JSON object a line out.")
@click.option("--expect", metavar="SHAPE", help="Exit 1 unless the output has this shape; ? matches any size.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="PATH",
    help="Print one value of the JSON: output_shape, layers.-1.macs.",
)
@click.option("--sort", type=click.Choice(("params", "macs", "memory")), help="Rows by cost, the costliest first.")
@click.option("--top", metavar="N", help="The N costliest rows; by MACs unless --sort says otherwise.")
@click.option("--depth", metavar="N", help="Fold what lies deeper in a path of names: a row a block.")
@click.option("--match", type=click.Choice(TOOLS), help="Another tool's counts beside, and why they differ.")
@click.option("--max-params", metavar="N", help="Exit 1 where there are more parameters: 300K, 1.5M.")
@click.option("--max-macs", metavar="N", help="Exit 1 where there are more MACs: 300M, 1.5G.")
@click.option("--max-memory", metavar="N", help="Exit 1 where the peak of activations has more bytes: 4MiB.")
def shape(
    network,
    inputs,
    framework,
    batch,
    dtype,
    only,
    form,
    as_json,
    output,
    quiet,
    color,
    each,
    expect,
    fields,
    sort,
    top,
    depth,
    match,
    max_params,
    max_macs,
    max_memory,
):
    """Output shapes, parameters, MACs and receptive fields of a NETWORK, a row a layer.

    NETWORK is a spec in convcalc's short form, Keras' or PyTorch's own code, what print(model) shows
    of a torch module, a file of that, where model.py:net is one of several networks, a model file,
    or what --json printed; - reads it from standard input. Sizes that are not known stay symbols:
    with no --input, all of them. With --each, standard input holds networks, or inputs for the
    NETWORK, as specs and shapes or as objects such as {"id": 7, "spec": ..., "input": [4,28,28,3]}.
    """
    asked = form
    form = chosen_format(form, as_json)
    batch = whole_number(batch, "--batch")
    input = shapes_given(inputs)
    if each:
        given = click.get_current_context().get_parameter_source("dtype") is click.core.ParameterSource.COMMANDLINE
        options = {"--expect": expect, "--field": fields, "--only": only, "--dtype": given}
        options |= {"--sort": sort, "--top": top, "--depth": depth, "--match": match}
        options |= {"--max-params": max_params, "--max-macs": max_macs, "--max-memory": max_memory}
        refuse_with_each(network, asked, options)
        from convcalc.cli.each import answer_lines

        return answer_lines(read_network(network) if network else None, input, framework, batch, output)
    wanted = None
    if expect is not None:
        from convcalc.cli.expect import differs, expected

        wanted = expected(expect)
    top, depth = whole_number(top, "--top"), whole_number(depth, "--depth")
    limits = None
    if not max_params is max_macs is max_memory is None:
        from convcalc.cli import budgets

        limits = budgets.read(max_params, max_macs, max_memory)
    source = read_network(network)
    report = answer(source, input, framework, batch, dtype, partial(convcalc.shape, match=match) if match else None)
    shown = selected(report, only) if only else report
    columns = words = None
    if sort or top or depth or match:
        from convcalc.cli.arrange import arranged

        shown, words, columns = arranged(shown, sort or (top and "macs"), top, depth, output)
    if fields:
        from convcalc.views.json import field

        data = shown.to_dict()
        text = "".join(field(data, path) + "\n" for path in fields)
    else:
        text = rendered(shown, form, quiet, color, output, words, columns)
    missed = [differs(wanted, report.output_shape, expect)] if wanted else []
    if limits:
        missed += budgets.excesses(limits, report)
    emit(text, output)
    raise_all([error for error in missed if error])
    return 0


def raise_all(errors):
    """Raise the first of some errors, with the messages of them all; nothing where there are none."""
    if errors:
        first = errors[0]
        first.message = " ".join(error.message for error in errors)
        raise first


def refuse_with_each(network, form, options):
    """Refuse what does not go with ``--each``."""
    hint = "Leave it out: --each writes one JSON object a line."
    for option, value in options.items():
        if value:
            raise SpecError("usage", f"--each does not go with {option}.", hint=hint)
    if form not in (None, "json", "jsonl"):
        raise SpecError("usage", f"--each does not go with --format {form}.", hint=hint)
    if network == ("-",):
        raise SpecError("usage", "--each reads standard input, so NETWORK cannot be there.", hint="Leave out the -.")


def answer(source, input, framework, batch, dtype, ask=None):
    """Return the report on what was read; an input on the command line wins over the source's."""
    ask = ask or convcalc.shape
    given = source.input if input is None else merged(source.input, input)
    framework = framework or source.framework
    try:
        try:
            return ask(source.text, given, framework=framework, batch=batch, dtype=dtype)
        except ConvcalcError as error:
            # A report that was made without an input left `filters` open as well. Its JSON has
            # the symbols of that input, but only no input at all leaves filters open again.
            if error.code != "missing_argument" or input is not None or given is None:
                raise
        return ask(source.text, None, framework=framework, batch=batch, dtype=dtype)
    except ConvcalcError as error:
        raise placed(error, source) from None


def placed(error, source):
    """Give an error in a file the line and column that its span begins at."""
    text = getattr(source.text, "text", source.text)
    if source.name and source.written and error.span is not None and error.text == text:
        before = text[: error.span[0]]
        error.line = before.count("\n") + 1
        error.column = len(before) - (before.rfind("\n") + 1) + 1
    return error


def rendered(report, form, quiet, color, output, words=None, columns=None):
    """Return a report in the form asked for.

    `words` and `columns` are what a command with rows of its own says in a table and in csv.
    """
    if form == "json":
        from convcalc.views import json as as_json

        return as_json.render(report)
    if form == "jsonl":
        from convcalc.views import json as as_json

        return as_json.render_lines(report)
    if form == "csv":
        from convcalc.views import csv as as_csv

        return as_csv.render(report, columns or as_csv.COLUMNS)
    if words is None:
        from convcalc.views.rows import display as words
    if form == "markdown":
        from convcalc.views import markdown

        return markdown.render(report, quiet, words)
    return table(report, quiet, color, output is None and sys.stdout.isatty(), words)


def table(report, quiet, color, terminal, words):
    """Return a report as a table: as wide as the terminal, or one line a row where there is none."""
    from convcalc.views.rows import display
    from convcalc.views.text import colored, terminal_width

    short = len(report.layers) <= MOST_ROWS
    width = terminal_width() if terminal and short else None
    if width is not None and words is display:
        from convcalc.views.curve import fits
        from convcalc.views.ranked import barred

        words = partial(barred, columns=width, blocks=fits(sys.stdout.encoding))
    if colored(color, terminal) and short:
        from convcalc.views.table import render
    else:
        from convcalc.views.plain import render
    return render(report, width, quiet, words)


def selected(report, only):
    """Return the report with only the rows that ``--only`` names, by index, name or type."""
    rows = []
    for word in only:
        found = matching(report.layers, word)
        if not found:
            known = [row.name for row in report.layers] + [row.type for row in report.layers]
            raise SpecError(
                "usage",
                f"No row has the index, name or type '{word}'.",
                hint=suggestion(word, known) or f"Rows are 0 to {len(report.layers) - 1}.",
            )
        rows += found
    kept = {row.index for row in rows}
    return report.keep(row for row in report.layers if row.index in kept)


def matching(rows, word):
    """Return the rows that one word of ``--only`` means: index, name, type or a path's beginning, in that order."""
    named = [row for row in rows if row.name == word]
    digits = word.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and not named:
        index = int(word)
        return [rows[index]] if -len(rows) <= index < len(rows) else []
    return (
        named
        or [row for row in rows if row.type.lower() == word.lower()]
        or [row for row in rows if row.name.lstrip("/").startswith((f"{word}.", f"{word}/"))]
    )
