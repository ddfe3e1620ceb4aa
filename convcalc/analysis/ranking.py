"""Rows by what they cost: what each amounts to, and their order."""

from convcalc.analysis.axes import symbols_of

# What every symbol is taken for where expressions are put in order.
USUAL = 1000


def amount(row, by):
    """Return what a row costs by "params", "macs" or "memory": parameters, MACs, or bytes of its output."""
    if by == "params":
        return row.params.total
    return row.macs if by == "macs" else row.activation_bytes


def ranked(rows, by):
    """Return rows with the costliest first; rows that cost the same stay in their order.

    An expression stands where it would with each of its symbols at 1,000, what is not known last.
    """
    return sorted(rows, key=lambda row: -number(amount(row, by) or 0))


def dearest(report, by):
    """Return what the costliest row costs, of all at the depth that is shown."""
    return max(amount(row, by) for row in report.level)


def number(size):
    """Return a size as an integer to compare by.

    >>> from convcalc.sizes import symbol
    >>> number(7), number(2 * symbol("H"))
    (7, 2000)
    """
    return size if size.__class__ is int else size.at(dict.fromkeys(symbols_of((size,)), USUAL))
