"""The lazy group of commands, and errors of every kind into one form and one exit code."""

import os

import click

import convcalc
from convcalc.errors import ConvcalcError, SpecError, suggestion

HELP = 80
# Name -> where the command is, and its line in the help; so the help imports no command.
COMMANDS = {
    "shape": ("convcalc.cli.shape:shape", "Output shapes, parameters, MACs: a row a layer."),
    "inspect": ("convcalc.cli.inspect:inspect", "A sheet a layer: arguments, formulas, windows, weights, cost."),
    "check": ("convcalc.cli.check:check", "Run it in NumPy by two ways, and in the framework itself."),
    "init-stats": ("convcalc.cli.init_stats:init_stats", "Weights before any training, and what they do to a signal."),
    "diff": ("convcalc.cli.diff:diff", "Two networks row by row, and what the second has more."),
    "list": ("convcalc.cli.list:list_", "The layers that convcalc knows, and their parameters."),
    "completion": ("convcalc.cli.completion:completion", "The script that completes commands in bash, zsh or fish."),
    "schema": ("convcalc.cli.schema:schema", "The JSON Schema of a command's output."),
}
EXAMPLES = """\
convcalc shape conv2dT k=3 s=2 pad=same
convcalc shape -i 28x28x3 conv2d 32 3 maxpool2d 2 flatten dense 10
convcalc shape -i 3x224x224 'nn.Conv2d(3, 64, 7, stride=2, padding=3)' --json"""


class Command(click.Command):
    """A command whose help begins with examples and whose words may be negative numbers."""

    def __init__(self, *args, examples="", **kwargs):
        super().__init__(*args, **kwargs)
        self.examples = examples

    def parse_args(self, ctx, args):
        """Parse as click does, with negative numbers as values."""
        # click would take the `-1` of `reshape -1,64` for an option. No argument of a process can
        # hold a NUL, so one in front marks it as a value, on the way in only.
        marked = [f"\0{arg}" if arg[:1] == "-" and arg[1:2].isdigit() else arg for arg in args]
        rest = super().parse_args(ctx, marked)
        ctx.params = {name: unmarked(value) for name, value in ctx.params.items()}
        return rest

    def make_parser(self, ctx):
        """Return click's parser, which knows short options at once.

        By itself it first takes ``-i`` for a long option, fails, and has loaded difflib for a
        suggestion before it tries again.
        """
        parser = super().make_parser(ctx)
        for name, option in getattr(parser, "_short_opt", {}).items():
            parser._long_opt.setdefault(name, option)
        return parser

    def format_help(self, ctx, formatter):
        """Write the help, examples first."""
        format_examples(self, formatter)
        super().format_help(ctx, formatter)


class LazyGroup(click.Group):
    """A group that imports a command when it is called, from the table above."""

    examples = EXAMPLES

    def list_commands(self, ctx):
        """Return the names in the table."""
        return list(COMMANDS)

    def get_command(self, ctx, name):
        """Import a command, or return None for a name that is not in the table."""
        if name not in COMMANDS:
            return None
        from importlib import import_module

        module, _, attribute = COMMANDS[name][0].partition(":")
        return getattr(import_module(module), attribute)

    def resolve_command(self, ctx, args):
        """Refuse an unknown command with what may have been meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = suggestion(args[0], COMMANDS) or "See 'convcalc --help'."
            raise SpecError("usage", f"No such command {args[0]!r}.", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx, formatter):
        """Write a line a command, out of the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def format_help(self, ctx, formatter):
        """Write the help, examples first."""
        format_examples(self, formatter)
        super().format_help(ctx, formatter)


def unmarked(value):
    """Return a parsed value without the mark of `Command.parse_args`."""
    if value.__class__ is str:
        return value.removeprefix("\0")
    return tuple(map(unmarked, value)) if value.__class__ is tuple else value


def format_examples(command, formatter):
    """Write a command's examples, as they would be typed."""
    with formatter.section("Examples"):
        for line in command.examples.splitlines():
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
    formatter.write_paragraph()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(convcalc.__version__, prog_name="convcalc", message="%(prog)s %(version)s")
def cli():
    """What a convolutional layer or a whole network does, as Keras, PyTorch and ONNX do it."""


def help_width():
    """Return how wide help is: the same everywhere but on a terminal too narrow for it."""
    try:
        columns = os.get_terminal_size(1).columns
    except (OSError, ValueError):
        return HELP
    return max(min(columns, HELP), HELP // 2) if columns else HELP


def run(argv):
    """Run the command line and return the exit code; only errors of writing leave here."""
    try:
        # Not `cli.main`: it answers a broken pipe with 1 and an interrupt with a line of its own.
        with cli.make_context("convcalc", list(argv), terminal_width=help_width()) as ctx:
            return cli.invoke(ctx) or 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        return fail(usage_error(error), argv)
    except ConvcalcError as error:
        return fail(error, argv)


def usage_error(error):
    """Return click's complaint about the command line as one of ours."""
    ctx = getattr(error, "ctx", None)
    hint = f"See '{ctx.command_path if ctx else 'convcalc'} --help'."
    if getattr(error, "possibilities", None):
        hint = f"Did you mean {' or '.join(map(repr, error.possibilities))}?"
        return SpecError("usage", error.message, hint=hint)
    return SpecError("usage", " ".join(error.format_message().split()), hint=hint)


def fail(error, argv):
    """Print an error as the command line asked for it and return its exit code."""
    from convcalc.cli.errors import report

    report(error, as_json=wants_json(argv), quiet="-q" in argv or "--quiet" in argv)
    return error.exit_code


def wants_json(argv):
    """Tell whether errors are to be JSON; read from the words, for parsing may be what failed."""
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == "--":
            return False
        if word in ("--json", "--format=json", "--format=jsonl"):
            return True
        if word == "--format" and following in ("json", "jsonl"):
            return True
    return False
