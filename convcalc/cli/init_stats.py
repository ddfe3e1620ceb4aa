"""``convcalc init-stats``: weights before any training, and what they make of a signal."""

import os
import sys

import click

from convcalc.cli.options import chosen_format, drawing, read_network, shapes_given, whole_number
from convcalc.cli.output import emit
from convcalc.cli.progress import progress_bar
from convcalc.cli.quantities import BYTES, quantity
from convcalc.cli.run import Command
from convcalc.cli.shape import answer, selected

EXAMPLES = """\
convcalc init-stats -i 32x32x32 conv2d 64 3 pad=same act=relu 'reg=l2(1e-4)'
convcalc init-stats -i 32x32x3 '[ conv2d 64 3 pad=same act=relu ] * 16' --only 15
convcalc init-stats -i 3x32x32 'nn.Conv2d(3, 64, 3)'
convcalc init-stats -i 28x28x3 conv2d 32 3 init=mylib.inits:Mine --json
convcalc shape -i 28x28x3 conv2d 32 3 flatten dense 10 --json | convcalc init-stats - --json"""


@click.command("init-stats", cls=Command, examples=EXAMPLES)
@drawing
@click.option("--samples", metavar="N", default="1000000", help="Values of a weight that are drawn at most.")
@click.option("--images", metavar="N", help="Samples that go through the network; 0 for none.")
def init_stats(
    network, inputs, framework, batch, only, form, as_json, output, quiet, color, seed, max_bytes, samples, images
):
    """Weights of a NETWORK before any training, expected and sampled, and what they make of a signal.

    Of each weight fans, moments and ends by closed forms beside those of a seeded sample, with its
    histogram and the penalty of its regulariser. Of each layer the spread before the activation, the
    root mean square after it, zeros, dead units and what a gradient is multiplied by, expected and
    measured on noise. Normalisations take their statistics from it, as in training; dropout is off.
    """
    form = chosen_format(form, as_json)
    batch = whole_number(batch, "--batch")
    options = {
        "seed": whole_number(seed, "--seed", least=0),
        "samples": whole_number(samples, "--samples"),
        "images": whole_number(images, "--images", least=0),
    }
    if max_bytes is not None:
        options["max_bytes"] = quantity(max_bytes, "--max-bytes", BYTES)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    source = read_network(network)
    with progress_bar("init-stats", quiet) as progress:

        def ask(text, given, framework, batch, dtype):
            import convcalc

            # Only what the command line itself names is loaded, never what a file does.
            custom = not source.name
            return convcalc.init_stats(text, given, framework, batch, **options, custom=custom, progress=progress)

        stats = answer(source, shapes_given(inputs), framework, batch, None, ask)
    emit(rendered(selected(stats, only) if only else stats, form, quiet, color, output), output)
    return 0


def rendered(stats, form, quiet, color, output):
    """Return statistics in the form asked for."""
    if form in ("json", "jsonl"):
        from convcalc.views import json

        return json.render(stats) if form == "json" else json.render_lines(stats)
    if form == "csv":
        from convcalc.analysis.stats import COLUMNS
        from convcalc.views import csv

        return csv.render(stats, COLUMNS)
    from convcalc.views import stats as view

    if form == "markdown":
        return view.render_markdown(stats, quiet)
    from convcalc.views.curve import fits
    from convcalc.views.text import colored, terminal_width

    terminal = output is None and sys.stdout.isatty()
    blocks = output is not None or fits(sys.stdout.encoding)
    return view.render(stats, terminal_width() if terminal else None, quiet, colored(color, terminal), blocks)
