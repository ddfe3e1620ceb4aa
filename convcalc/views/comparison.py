"""What a table of two networks says: rows that are alike once, the others of either below each other."""

from itertools import zip_longest

from convcalc.analysis.comparison import deltas
from convcalc.analysis.unfed import summed
from convcalc.views.origins import title_of
from convcalc.views.rows import Display, Line, aligned, binary, grouped, head_line
from convcalc.views.text import shortened, visible

WORDS = {"spec": "spec", "inputs": "inputs", "shape": "shape", "params": "params", "macs": "MACs"}
# Of more rows than these that are alike, one line tells.
MOST_ALIKE = 3


def display(comparison, quiet=False):
    """Return the `Display` of a `Comparison`."""
    a, b = comparison.a, comparison.b
    rows = [row for pair in comparison.layers for row in (pair.a, pair.b) if row]
    ports = [*a.inputs, *b.inputs]
    shapes = aligned([one.shape for one in ports] + [row.output_shape for row in rows])
    given = dict(zip(map(id, ports), shapes, strict=False))
    shown = dict(zip(map(id, rows), shapes[len(ports) :], strict=True))
    widths = [len(str(max(len(report.layers) - 1, 0))) for report in (a, b)]
    lines: list = []
    first = []
    for x, y in zip_longest(a.inputs, b.inputs):
        if (x and y and x.shape == y.shape) or "shape" not in comparison.compared:
            first.append(("", title_of(x or y), given[id(x or y)], "", "", ""))
            continue
        for gutter, one in ((("a", None), x), ((None, "b"), y)):
            word = "" if x and y and one is y else "shape" if x and y else f"only {'a' if x else 'b'}"
            if one:
                lines.append(
                    Line((places(gutter, widths), title_of(one), given[id(one)], "", "", word), (), "greatest")
                )
    run: list = []
    for pair in comparison.layers:
        if alike(pair):
            run.append(pair)
        else:
            lines += folded(run, shown, widths) + changed(pair, shown, widths)
            run = []
    lines += folded(run, shown, widths)
    heads = heads_of(comparison)
    readings = [] if quiet else [visible(one.reading) for one in (a, b) if one.reading]
    return Display(
        (*dict.fromkeys(readings), *heads),
        (places(("a", "b"), widths), "layer", "output", "params", "MACs", "differs"),
        (3, 4),
        tuple(first),
        tuple(lines),
        None,
        (),
        footer(comparison),
    )


def heads_of(comparison):
    """Return whose rules hold in either network, in one line where they are the same."""
    reports = comparison.a, comparison.b
    heads = [head_line(report) for report in reports]
    if heads[0] == heads[1] and not any(comparison.names):
        return heads[:1]
    named = zip("ab", comparison.names, heads, strict=True)
    return [f"{letter}  {visible(name) + ': ' if name else ''}{head}" for letter, name, head in named]


def places(pair, widths):
    """Return two row numbers as one cell.

    >>> places((7, None), [2, 1]), places((None, 12), [2, 2])
    (' 7  -', ' -  12')
    """
    numbers = ("-" if place is None else str(place) for place in pair)
    return "  ".join(number.rjust(width) for number, width in zip(numbers, widths, strict=True))


def cells(row, place, shown, differs=""):
    """Return the cells of one row of either network."""
    return (place, shortened(row.spec), shown[id(row)], grouped(row.params.total), grouped(row.macs), differs)


def folded(pairs, shown, widths):
    """Return the lines of rows that are alike: one each, or one for many."""
    if len(pairs) <= MOST_ALIKE:
        return [Line(cells(pair.b, both(pair, widths), shown), (), "") for pair in pairs]
    sums = [sum(pair.b.params.total for pair in pairs), summed(pair.b.macs for pair in pairs)]
    words = [grouped(one) if one is None or one.__class__ is int else "" for one in sums]
    return [Line((both(pairs[0], widths), f"... {len(pairs)} rows alike", "", *words, ""), (), "")]


def both(pair, widths):
    """Return the numbers of a pair's rows as a cell."""
    return places([row and row.index for row in (pair.a, pair.b)], widths)


def changed(pair, shown, widths):
    """Return the lines of a pair that differs: the rows, and what the second has more."""
    a, b = pair.a, pair.b
    style = "greatest" if pair.differs else ""
    if a is None or b is None:
        where = "only a" if b is None else "only b"
        return [Line(cells(a or b, both(pair, widths), shown, where), (), style)]
    words = ", ".join(WORDS[aspect] for aspect in pair.differs)
    lines = [
        Line(cells(a, places((a.index, None), widths), shown, words), (), style),
        Line(cells(b, places((None, b.index), widths), shown), (), style),
    ]
    shape, params, macs = deltas(pair)
    moved = ", ".join(signed(size) or "0" for size in shape) if shape and any(shape) else ""
    more = ("", "  delta", visible(moved), signed(params), signed(macs), "")
    return [*lines, Line(more, (), "")] if any(more[2:]) else lines


def alike(pair):
    """Tell whether a pair's rows may stand as one: the same figures, though layers that nobody compares."""
    shape, params, macs = deltas(pair)
    there = pair.a is not None and pair.b is not None
    unknown = there and pair.a.output_shape is pair.b.output_shape is None
    return there and not pair.differs and (unknown or shape is not None) and not any((*(shape or ()), params, macs))


def signed(number):
    """Return what is more, or less, with its sign; nothing for 0.

    >>> signed(1200), signed(-3), signed(0)
    ('+1,200', '-3', '')
    """
    if number is None or number.__class__ is int:
        return f"{number:+,}" if number else ""
    return str(number)


def footer(comparison):
    """Return the totals of both, and the verdict."""
    a, b = comparison.a, comparison.b
    lines = [
        ("params", change(a.params.total, b.params.total, grouped)),
        ("MACs", change(a.macs, b.macs, grouped)),
        ("memory", change(a.peak_activation_bytes, b.peak_activation_bytes, binary)),
    ]
    wrong = [pair for pair in comparison.layers if pair.differs]
    count = f"{len(comparison.layers)} row{'s' * (len(comparison.layers) != 1)}"
    if comparison.equal:
        words = [WORDS[aspect] for aspect in comparison.compared]
        listed = f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
        lines.append(("equal", f"{count}, in {listed}"))
    else:
        only = [sum(pair.b is None for pair in wrong), sum(pair.a is None for pair in wrong)]
        kinds = zip([len(wrong) - sum(only), *only], ("changed", "only in a", "only in b"), strict=True)
        parts = [f"{many} {kind}" for many, kind in kinds if many]
        parts = parts or ["the input" if comparison.input_differs else "the outputs"]
        lines.append(("differ", f"{len(wrong)} of {count}: {', '.join(parts)}"))
    return tuple((label, visible(text)) for label, text in lines if text)


def change(a, b, words):
    """Return two totals and what the second has more; an expression as it is, nothing where neither is known."""
    if a is None or b is None:
        return "" if a is b else " -> ".join("?" if n is None else words(n) for n in (a, b))
    if a.__class__ is not int or b.__class__ is not int:
        return f"{a} -> {b}" if a != b else str(a)
    if a == b:
        return f"{words(a)} in both" if a else ""
    percent = f", {100 * (b - a) / a:+.1f}%" if a else ""
    return f"{words(a)} -> {words(b)}: {'+' if b > a else '-'}{words(abs(b - a))}{percent}"
