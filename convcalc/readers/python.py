"""A file of Python source into a `Source`: one of the networks that it defines, read as data and never run."""

from convcalc.errors import FileError, LimitError, SpecError
from convcalc.readers.source import Source

# A model's source is a few kilobytes; Python's own tree of a text takes a hundred times its size.
MOST = 1 << 20


def read_python(text, name, choice=None):
    """Return the `Source` in Python source.

    Parameters
    ----------
    text : str
    name : str
        The file's.
    choice : str, optional
        Which of its networks is meant.

    Raises
    ------
    FileError
        For source without a network.
    LimitError
        For a longer text than is read.
    SpecError
        For a network of which something is not known, with its line and column.
    """
    from convcalc.layers import words
    from convcalc.spec.bind import bind
    from convcalc.spec.program import WOULD_DO, read_program

    if len(text) > MOST:
        raise LimitError("limit", f"{name} is Python source over {MOST >> 20} MiB.", hint="Give the model alone.")
    file = name if name.endswith(".py") else "model.py"
    try:
        raws = read_program(text, words, choice, f"Name one: convcalc shape {file}:NAME")
        network = raws and bind(raws, text)
    except SpecError as error:
        raise located(error, text) from None
    if network is None:
        raise FileError("unreadable", f"{name} is Python source without a Sequential or a model.", hint=WOULD_DO)
    return Source(network, None, network.framework, name)


def located(error, text):
    """Give an error the line and column that its span begins at."""
    if error.span is not None and error.text == text:
        before = text[: error.span[0]]
        error.line = before.count("\n") + 1
        error.column = len(before) - (before.rfind("\n") + 1) + 1
    return error
