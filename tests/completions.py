"""What completion has in files: ``python -m tests.completions`` writes it anew, tests/test_completion.py holds it.

The options are click's own, put into a table so that a TAB need not load click.
"""

from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
FILES = {"bash": "convcalc.bash", "zsh": "_convcalc", "fish": "convcalc.fish"}
HEAD = '''"""Every command with its options and arguments: written by ``python -m tests.completions``.

An option's line has its names, what it takes (``-`` for nothing, words with bars between for a
choice), and its help, with two blanks between.
"""

'''


def table():
    """Return the text of convcalc/completion/table.py."""
    from convcalc.analysis.comparison import ASPECTS
    from convcalc.cli.options import SUFFIXES
    from convcalc.cli.run import COMMANDS, cli

    lines = [HEAD + "COMMANDS = {"]
    lines += [f'    "{name}": "{about}",' for name, (_, about) in COMMANDS.items()]
    lines += ["}", "# Places, the last for all that follow in a network.", "ARGUMENTS = {"]
    ctx = click.Context(cli)
    commands = {name: cli.get_command(ctx, name) for name in COMMANDS}
    lines += [f'    "{name}": "{places(command)}",' for name, command in commands.items()]
    lines += ["}", "OPTIONS = {"]
    for name, command in {"": cli, **commands}.items():
        lines += [f'    "{name}": """', *options(command), '""",']
    lines += ["}", "# What options take that are no choice of click's.", "VALUES = {"]
    lines += [f'    "diff --only": "{"|".join(ASPECTS)}",', '    "shape --field": (']
    lines += [f'        "{"|".join(FIELDS[:5])}|"', f'        "{"|".join(FIELDS[5:])}"', "    ),", "}"]
    lines += [f"SUFFIXES = {SUFFIXES}".replace("'", '"')]
    return "\n".join(lines) + "\n"


# Paths into the JSON of `shape` that people ask for.
FIELDS = (
    *("input_shape", "output_shape", "params.total", "params.trainable", "macs"),
    *("flops", "param_bytes", "peak_activation_bytes", "receptive_field.size", "layers.-1.output_shape"),
)


def places(command):
    """Return what stands by its position, a word each."""
    found = []
    for each in command.params:
        if isinstance(each, click.Argument):
            choices = getattr(each.type, "choices", None)
            plain = (each.metavar or each.name).strip("[].").upper().replace(" ", "_")
            found.append("|".join(choices) if choices else plain)
    return " ".join(found)


def options(command):
    """Yield a line for each option of a command."""
    for each in command.get_params(click.Context(command, help_option_names=["-h", "--help"])):
        if not isinstance(each, click.Option) or each.hidden:
            continue
        choices = getattr(each.type, "choices", None)
        takes = "-" if each.is_flag or each.count else "|".join(choices) if choices else each.metavar.replace("|", "/")
        # In an order of their own: click 8.2 has that of --help from a set.
        yield f"{' '.join(sorted(each.opts, key=len))}  {takes}  {each.help}"


def files():
    """Return the path and the text of every file that is written here."""
    from convcalc.completion.scripts import SCRIPTS

    scripts = {ROOT / "completions" / FILES[shell]: text for shell, text in SCRIPTS.items()}
    return {ROOT / "convcalc" / "completion" / "table.py": table(), **scripts}


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
