"""Where the rows of a table come from: the column that a network with branches has, and what its inputs are called."""

from convcalc.values import INPUT
from convcalc.views.text import cut, visible

# A concatenation of more inputs is told by the first of them.
MOST_SOURCES = 5


def title_of(port):
    """Return what the row of an input is called: with its name, where it has one."""
    return INPUT if port.name == INPUT else f"{INPUT} {cut(visible(port.name))}"


def numbers(report):
    """Return a function of a name: the number of its row, or the name of an input."""
    found = {row.name: str(row.index) for row in report.level}
    return lambda name: found.get(name) or cut(visible(name))


def sources(report, row_of):
    """Return what each row takes, by its index, as numbers of rows and names of inputs.

    A row that takes the one before has nothing to say; where all do, there is nothing: None.
    """
    previous, found, plain = report.inputs[0].name, {}, len(report.inputs) == len(report.outputs) == 1
    for row in report.level:
        told = tuple(row.inputs) not in ((), (previous,))
        plain = plain and not told
        found[row.index] = listed([row_of(name) for name in row.inputs]) if told else ""
        previous = row.name
    return None if plain else found


def listed(words):
    """Return a few words with commas, and of many the first and how many there are.

    >>> listed(["3", "12"]), listed([str(n) for n in range(40)])
    ('3, 12', '0, 1, 2 and 37 more')
    """
    if len(words) <= MOST_SOURCES:
        return ", ".join(words)
    return f"{', '.join(words[:3])} and {len(words) - 3:,} more"
