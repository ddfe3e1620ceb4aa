"""The options that commands share, declared once, and where a NETWORK comes from."""

import os
import sys

import click

from convcalc.errors import SpecError

FORMATS = ("table", "json", "jsonl", "csv", "markdown")
FRAMEWORKS = ("keras", "torch", "onnx")
SUFFIXES = (".txt", ".json", ".keras", ".onnx", ".py")
DTYPES = ("float32", "float64", "float16", "bfloat16", "int8")

network = click.argument("network", nargs=-1, metavar="[NETWORK]...")

_input = click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    metavar="[NAME=]SHAPE",
    help="Shape of the input: 28x28x3, 4,28,28,3, HxWx3, 5x5; one -i an input, in order or by name.",
)
_framework = click.option("-F", "--framework", type=click.Choice(FRAMEWORKS), help="Whose rules; else the spec's own.")
_batch = click.option("--batch", metavar="N", help="Samples in a batch, where the input has none.")
_dtype = click.option("--dtype", type=click.Choice(DTYPES), default="float32", help="The type that bytes count.")
_computed = click.option("--dtype", type=click.Choice(("float32", "float64")), default="float32", help="To compute in.")
_seed = click.option("--seed", metavar="N", default="0", help="Of the random input and weights; 0 by default.")
_max_bytes = click.option("--max-bytes", metavar="N", help="Refuse what needs more memory; 512 MiB by default.")
_max_macs = click.option("--max-macs", metavar="N", help="Refuse what takes more work; 20,000,000,000 by default.")
_format = click.option("--format", "form", type=click.Choice(FORMATS), help="How to print; table by default.")
_json = click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
_output = click.option("-o", "--output", metavar="FILE", help="Write there, all of it or nothing.")
_quiet = click.option("-q", "--quiet", is_flag=True, help="No notes and no hints; data unchanged.")
_color = click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to colour.")
_only = click.option(
    "--only", multiple=True, metavar="INDEX|NAME|TYPE", help="These rows, or those below a path; totals stay."
)


def printing(command):
    """Add the options of everything that prints: form, file, colour."""
    for option in (_color, _quiet, _output, _json, _format):
        command = option(command)
    return command


def framed(command, dtype=_dtype):
    """Add the options that say what a network is asked on: its input, rules, batch and type."""
    for option in (dtype, _batch, _framework, _input):
        command = option(command) if option else command
    return command


def asking(command, dtype=_dtype):
    """Add the options of everything that asks about a network on an input."""
    return network(framed(printing(_only(command)), dtype))


def computing(command):
    """Add the options of everything that computes a network in numbers."""
    return asking(seeded(_max_macs(command)), _computed)


def drawing(command):
    """Add the options of everything that draws weights, whatever their type."""
    return asking(seeded(command), None)


def seeded(command):
    """Add the options of everything random."""
    for option in (_max_bytes, _seed):
        command = option(command)
    return command


def shapes_given(words):
    """Return what ``-i`` gave: None, one shape, or a dict of several by name, or by place where they have none.

    >>> shapes_given(("28x28x3",)), shapes_given(("image=28x28x3", "10"))
    ('28x28x3', {'image': '28x28x3', 0: '10'})
    """
    if len(words) < 2 and not any("=" in word for word in words):
        return words[0] if words else None
    found: dict = {}
    unnamed = 0
    for word in words:
        name, mark, shape = word.partition("=")
        if not mark:
            name, shape = unnamed, word
            unnamed += 1
        if name in found:
            raise SpecError("usage", f"The input '{name}' is given twice.", hint="Give one -i an input.")
        found[name] = shape
    return found


def merged(own, given):
    """Return the shapes of several inputs that a source has, with those that were given in their place."""
    if own.__class__ is not dict:
        return given
    given = given if given.__class__ is dict else {0: given}
    unnamed = iter([shape for key, shape in given.items() if key.__class__ is int])
    found = {name: given[name] if name in given else next(unnamed, shape) for name, shape in own.items()}
    return found | given if any(name not in found for name in given if name.__class__ is str) else found


def chosen_format(form, as_json):
    """Return the format asked for; `--json` may repeat it but not contradict it."""
    if as_json and form not in (None, "json"):
        raise SpecError("usage", f"--json and --format {form} ask for two formats.", hint="Give one of them.")
    return "json" if as_json else form or "table"


def whole_number(text, option, least=1):
    """Return the value of an option as an integer of at least `least`, ASCII digits alone."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text) >= least):
        raise SpecError(
            "bad_value",
            f"{option} takes a whole number from {least}, not '{text}'.",
            text=f"{option} {text}",
            span=(len(option) + 1, len(option) + 1 + len(text)),
        )
    return int(text)


def read_network(words):
    """Return what NETWORK stands for, as a `Source`; standard input only where it is asked for.

    Parameters
    ----------
    words : tuple of str
        The command line's words. None at all, or `-` alone, mean standard input.
    """
    from convcalc.readers.source import Source

    if words == ("-",) or not words:
        return read_input_stream(asked=bool(words))
    if len(words) == 1 and names_file(words[0]):
        from convcalc.readers.files import read_file

        return read_file(*parted(words[0]))
    return Source(" ".join(words))


def read_input_stream(asked):
    """Return the network on standard input, or say what to give instead."""
    hint = "Give a network: convcalc shape conv2d 32 3, or pipe one in."
    if sys.stdin is None:
        raise SpecError("usage", "There is no NETWORK, and standard input is closed.", hint=hint)
    if not asked and sys.stdin.isatty():
        raise SpecError("usage", "There is no NETWORK.", hint=hint)
    from convcalc.readers.files import read_stream

    source = read_stream(sys.stdin.fileno(), "standard input")
    if source.text.__class__ is str and source.written and not source.text.strip():
        raise SpecError("usage", "Standard input is empty: there is no NETWORK.", hint=hint)
    return source


def parted(word):
    """Return a file's path and which of its networks is meant.

    >>> parted("nets/model.py:Net.features"), parted("a.txt")
    (('nets/model.py', 'Net.features'), ('a.txt', None))
    """
    path, mark, choice = word.rpartition(":")
    if mark and path.endswith(".py") and all(part.isidentifier() for part in choice.split(".")):
        return path, choice
    return word, None


def names_file(word):
    """Tell whether one argument is a file rather than a spec.

    A slash makes it one, for every spec that has one (``32//2^i``, a comment) has blanks,
    brackets or bars too; where such a file does exist, it is meant.

    Examples
    --------
    >>> names_file("nets/a.txt"), names_file("/dev/fd/63"), names_file("net.json"), names_file("net.py:model")
    (True, True, True, True)
    >>> names_file("conv2d"), names_file("[conv1d 32//2^i 2] * 2")
    (False, False)
    """
    if "\n" in word:
        return False
    word, _ = parted(word)
    if word.endswith(SUFFIXES) and " " not in word:
        return True
    if "/" not in word:
        return word.endswith(SUFFIXES) and os.path.exists(word)
    return not any(mark in word for mark in " \t[](){}|=#") or os.path.exists(word)
