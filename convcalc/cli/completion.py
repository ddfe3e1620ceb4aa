"""``convcalc completion``: the script that has a shell complete convcalc's command lines.

The script asks ``convcalc completion SHELL --for LINE``, which `convcalc.cli.main` answers before
click is loaded.
"""

import click

from convcalc.cli.output import emit
from convcalc.cli.run import Command
from convcalc.completion.scripts import SCRIPTS

EXAMPLES = """\
eval "$(convcalc completion bash)"
eval "$(convcalc completion zsh)"
convcalc completion fish | source"""


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("shell", metavar="SHELL", type=click.Choice(tuple(SCRIPTS)))
@click.option("-o", "--output", metavar="FILE", help="Write there, all of it or nothing.")
def completion(shell, output):
    """The script that completes convcalc's commands in SHELL: bash, zsh or fish.

    TAB then completes commands, options and their values, files, and networks themselves: layers,
    their keys and values, labels, and the arguments of pasted code. A line in ~/.bashrc, ~/.zshrc
    (after compinit) or ~/.config/fish/config.fish, as above, switches it on.
    """
    emit(SCRIPTS[shell], output)
    return 0
