"""``convcalc schema``: the JSON Schema of what a command prints."""

import os

import click

from convcalc.cli.output import emit
from convcalc.cli.run import Command

FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "schemas")
COMMANDS = ("shape", "inspect", "check", "init-stats", "diff", "list")


@click.command(cls=Command, examples="convcalc schema shape")
@click.argument("command", metavar="COMMAND", type=click.Choice(COMMANDS))
@click.option("-o", "--output", metavar="FILE", help="Write there, all of it or nothing.")
def schema(command, output):
    """The JSON Schema (draft 2020-12) of what COMMAND prints with --json."""
    with open(os.path.join(FOLDER, f"{command}.json"), encoding="utf-8") as file:
        text = file.read()
    emit(text, output)
    return 0
