"""``convcalc check``: a network in numbers, by two ways that prove each other, and by the framework itself."""

import os

import click

from convcalc.cli.options import FRAMEWORKS, chosen_format, computing, read_network, shapes_given, whole_number
from convcalc.cli.output import emit
from convcalc.cli.progress import progress_bar
from convcalc.cli.quantities import BYTES, quantity
from convcalc.cli.run import Command
from convcalc.cli.shape import answer, rendered, selected
from convcalc.errors import ShapeError
from convcalc.views.verdict import COLUMNS, display

EXAMPLES = """\
convcalc check -i 9x9x3 conv2d 8 3 s=2 pad=same conv2dT 4 3 s=2 pad=same
convcalc check -i 3x32x32 'nn.Conv2d(3, 8, 3, padding=1)' --batch 4
convcalc check -i 28x28x3 --against keras conv2d 32 3 maxpool2d 2 flatten dense 10
convcalc check -i 32x32x3 net.txt --dtype float64 --seed 7 --json"""


@click.command(cls=Command, examples=EXAMPLES)
@computing
@click.option("--against", type=click.Choice(FRAMEWORKS), help="Run the network's own framework too, if installed.")
def check(
    network, inputs, framework, batch, dtype, only, form, as_json, output, quiet, color, seed, against, max_bytes,
    max_macs,
):  # fmt: skip
    """Run a NETWORK in NumPy on seeded random data, and hold shapes and values against each other.

    Every layer is computed twice: by a fast kernel, and by its definition written out as loops. With
    --against the installed framework computes it too, with the same weights. A row a layer has the
    greatest difference over the greatest value; the exit code is 1 where a shape or a value differs.
    """
    form = chosen_format(form, as_json)
    batch = whole_number(batch, "--batch")
    limits = {}
    if max_bytes is not None:
        limits["max_bytes"] = quantity(max_bytes, "--max-bytes", BYTES)
    if max_macs is not None:
        limits["max_macs"] = quantity(max_macs, "--max-macs")
    seed = whole_number(seed, "--seed", least=0)
    # The loops make many small products, which a second thread of BLAS only delays.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    source = read_network(network)
    with progress_bar("check", quiet) as progress:

        def ask(text, given, **options):
            import convcalc

            # Only what the command line itself names is loaded, never what a file does.
            return convcalc.check(
                text, given, **options, **limits, seed=seed, against=against, custom=not source.name, progress=progress
            )

        verdict = answer(source, shapes_given(inputs), framework, batch, dtype, ask)
    shown = selected(verdict, only) if only else verdict
    emit(rendered(shown, form, quiet, color, output, display, COLUMNS), output)
    if not verdict.ok:
        wrong = verdict.wrong()
        count = f"{len(wrong)} of {len(verdict.every)} layers differ{'s' * (len(wrong) == 1)}"
        first = wrong[0]
        raise ShapeError(
            "unexpected",
            f"{count}, the first is row {first.index}, {first.name}.",
            hint=first.note or (first.against and first.against.note),
        )
    return 0
