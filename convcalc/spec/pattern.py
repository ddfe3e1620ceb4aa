"""Regular expressions that are compiled when they are first used: a short run needs few of them."""

import re


class Pattern:
    r"""A regular expression with the methods of `re.Pattern`.

    Before 3.11.5 Python keeps what a possessive group's last round has read where that round fails
    behind a repeat or a look ahead: `(?:\.\w++)*+` the dot of ``a.``. Such a group is atomic here,
    `(?>(?:...)*)`, or begins with what decides.

    Compiling all that the readers know takes a tenth of a short run, and its text meets none of
    them, or one.

    Examples
    --------
    >>> Pattern("[a-z]+").match("conv2d").end()
    4
    """

    def __init__(self, text, flags=0):
        self.text = text
        self.flags = flags

    def __getattr__(self, method):
        # What is asked for the first time stays, so that later uses find it at once.
        value = getattr(re.compile(self.text, self.flags), method)
        setattr(self, method, value)
        return value
