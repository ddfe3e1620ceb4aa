"""What a user's own command names as ``module:attribute``: found, built and called, with clear errors."""

import sys
from importlib import import_module

from convcalc.errors import FileError, SpecError


def load(value, trusted=True):
    """Return the callable that ``module:attribute`` names; a class is built with the arguments first.

    Parameters
    ----------
    value : str or Named
        The name; with arguments it must be a class's.
    trusted : bool
        Whether the name came from the user's own words: a file may not have code run.

    Raises
    ------
    FileError
        Where the name is not to be trusted.
    SpecError
        Where there is no such thing, or it is nothing to call.
    """
    name, given = (value, ()) if value.__class__ is str else (value.name, value.args)
    if not trusted:
        raise FileError(
            "unreadable",
            f"The file names code to be run: {name}.",
            hint="A file may not; name it on the command line, where it is yours.",
        )
    module, _, attribute = name.partition(":")
    try:
        found = imported(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise SpecError(
            "bad_value",
            f"{name} cannot be loaded: {said(error)}",
            hint="Write module:attribute, of a module on the path.",
        ) from error
    if isinstance(found, type) or given:
        found = built(name, found, given)
    if not callable(found):
        raise SpecError("bad_value", f"{name} is {found.__class__.__name__}, nothing to call.", hint="Name a function.")
    return found


def imported(module):
    """Import a module; the current folder is the last place that is looked at."""
    sys.path.append("")
    try:
        return import_module(module)
    finally:
        # It is the last one still, unless the module itself changed the path.
        if sys.path and sys.path[-1] == "":
            sys.path.pop()


def built(name, found, given):
    """Return what a class, or a function given arguments, makes of them."""
    positional = [arg.value for arg in given if arg.key is None]
    try:
        return found(*positional, **{arg.key: arg.value for arg in given if arg.key is not None})
    except Exception as error:
        raise SpecError("bad_value", f"{name} cannot be built: {said(error)}", hint="Check its arguments.") from error


def values(name, found, x):
    """Return what a callable makes of an array: an array of its shape and dtype.

    Raises
    ------
    SpecError
        Where it raises, or gives anything else than as many floating-point numbers.
    """
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            # A copy: what it does to its argument is its own affair.
            y = np.asarray(found(x.copy()))
    except Exception as error:
        raise SpecError(
            "bad_value", f"{name} failed: {said(error)}", hint="It is called with an array alone."
        ) from error
    if y.shape != x.shape or y.dtype.kind != "f":
        raise SpecError(
            "bad_value",
            f"{name} gave {y.dtype} of shape {y.shape} for {x.dtype} of shape {x.shape}.",
            hint="Return a floating-point array of the shape of the input.",
        )
    return y.astype(x.dtype, copy=False)


def said(error):
    """Return what an exception is and says, in one line."""
    text = " ".join(str(error).split())
    return f"{error.__class__.__name__}: {text}" if text else f"{error.__class__.__name__}."
