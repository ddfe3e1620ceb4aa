"""What a table of a report says, in words: shared by the plain, terminal, markdown and HTML forms.

Everything here is display strings; how wide they are set is for `layout`.
"""

from convcalc.analysis.jsonable import commas, field_text
from convcalc.analysis.ranking import dearest
from convcalc.record import Record
from convcalc.sizes import symbol
from convcalc.views.origins import numbers, sources, title_of
from convcalc.views.text import cut, shortened, visible

MOST_NOTES = 2
LAYOUTS = {"channels_last": ", channels last", "channels_first": ", channels first"}


class Line(Record):
    """One layer: its cells, its notes as ``(message, code)``, and its style.

    The style is "greatest" where it costs the most, "ok" or "FAIL" where its last cell says so, or "".
    """

    cells: tuple
    notes: tuple
    style: str


class Display(Record):
    """A report as strings.

    `right` holds the columns that are set to the right; `inputs` and `outputs` are rows of cells, which
    stand before and after the layers', `total` is one or None, `above` the upper line of titles of two, and
    `loose` tells that the last column may stand under the rows where the table is too wide.
    """

    head: tuple
    titles: tuple
    right: tuple
    inputs: tuple
    lines: tuple
    total: tuple | None
    notes: tuple
    footer: tuple
    above: tuple | None = None
    loose: bool = False
    outputs: tuple = ()


def display(report, quiet=False):
    """Return the `Display` of a report; `quiet` leaves out notes and how the input was read."""
    rows = report.layers
    several = len(report.every) > 1
    total = report.macs
    shares = several and total.__class__ is int and total > 0
    most = dearest(report, "macs") if shares and rows else None
    ends = report.outputs if len(report.outputs) > 1 else ()
    shapes = aligned([port.shape for port in (*report.inputs, *ends)] + [row.output_shape for row in rows])
    first, second = len(report.inputs), len(report.inputs) + len(ends)
    before, after, shapes = shapes[:first], shapes[first:second], shapes[second:]
    notes = [()] * len(rows) if quiet else notes_of(rows)
    row_of = numbers(report)
    places = sources(report, row_of)
    places = places if places and (ends or any(places[row.index] for row in rows)) else None
    lines = []
    for row, shape, under in zip(rows, shapes, notes, strict=True):
        origin = [places[row.index]] if places else []
        cells = [str(row.index), layer_words(row), *origin, shape, grouped(row.params.total), grouped(row.macs)]
        if shares:
            cells.append(share(row.macs, total))
        cells.append(field_cell(row.receptive_field, report))
        lines.append(Line(tuple(cells), under, "greatest" if shares and row.macs == most else ""))
    head = [] if quiet or not report.reading else [visible(report.reading)]
    head.append(head_line(report))
    middle = ["share"] if shares else []
    origin = ["from"] if places else []
    gap = [""] * len(origin)
    titles = ("#", "layer", *origin, "output", "params", "MACs", *middle, "RF")
    blank = [""] * (1 + len(middle))
    last = None
    if several:
        sums = [grouped(report.params.total), grouped(total)]
        # A sum of many expressions is a sentence, not a cell; the footer has it.
        if all(len(one) <= 24 for one in sums):
            last = ("", "total", *gap, "", *sums, *blank)
    return Display(
        tuple(head),
        titles,
        (0, *range(titles.index("params"), len(titles))),
        tuple(edge(title_of(one), (*gap, shape), blank) for one, shape in zip(report.inputs, before, strict=True)),
        tuple(lines),
        last,
        () if quiet else tuple((shortened(note.message), note.code) for note in report.notes),
        footer(report, sums=several and last is None),
        outputs=tuple(
            edge(f"output {cut(visible(one.name))}", (row_of(one.name), shape), blank)
            for one, shape in zip(ends, after, strict=True)
        ),
    )


def edge(title, cells, blank):
    """Return the cells of an input or an output, which have no counts."""
    return ("", title, *cells, "", "", *blank)


def layer_words(row):
    """Return a row's spec, with its name where that tells something; of a block its name."""
    if row.layers > 1:
        return f"{cut(visible(row.name))}: {row.layers} layers"
    return shortened(row.spec) if row.label is None else f"{shortened(row.spec)} {cut(visible(row.label))}"


def grouped(number):
    """Return a count for people: ``10,838,016``; an expression as it prints, ``?`` where it is not known."""
    if number is None:
        return "?"
    return f"{number:,}" if number.__class__ is int else str(number)


def share(part, whole):
    """Return a part in percent; what is not nothing does not look like it.

    Examples
    --------
    >>> share(1, 3), share(1, 100_000), share(0, 5)
    ('33.3%', '<0.1%', '0.0%')
    """
    if 0 < part * 2000 < whole:
        return "<0.1%"
    return f"{100 * part / whole:.1f}%"


def binary(count):
    """Return bytes in three digits: ``16.0 KiB``.

    Examples
    --------
    >>> binary(663), binary(16424), binary(4816896)
    ('663 bytes', '16.0 KiB', '4.59 MiB')
    """
    if count < 1024:
        return f"{count} bytes"
    amount, units = count / 1024, ["KiB", "MiB", "GiB", "TiB", "PiB"]
    # 999.5 and more would print with four digits.
    while amount >= 999.5 and len(units) > 1:
        amount /= 1024
        del units[0]
    digits = 2 if amount < 9.995 else 1 if amount < 99.95 else 0
    return f"{amount:,.{digits}f} {units[0]}"


def aligned(shapes):
    """Return shapes as text that can be pasted into ``-i``, those of one rank set axis by axis.

    Only integers are set to the right; expressions stand as they are.

    Examples
    --------
    >>> aligned([("N", 9, 9, 3), ("N", 10, 10, 16), ("N", 64)])
    ['N,  9,  9, 3', 'N, 10, 10, 16', 'N, 64']
    """
    texts = [["?"] if shape is None else commas(shape).split(",") if shape else [] for shape in shapes]
    widths: dict = {}
    for axes in texts:
        widths.setdefault(len(axes), []).append(axes)
    for rank, group in widths.items():
        for axis in range(rank - 1):
            column = [axes[axis] for axes in group]
            if all(text.isdigit() for text in column):
                width = max(map(len, column))
                for axes in group:
                    axes[axis] = axes[axis].rjust(width)
    return [visible(", ".join(axes).replace(";", " ; ")) for axes in texts]


def field_cell(field, report):
    """Return a receptive field as a cell, ``all`` where it is as large as the input."""
    if field is None or not field.size:
        return ""
    rank = len(field.size)
    behind = report.data_format == "channels_last"
    # Of several inputs, each that has as many axes.
    seen = [port.shape[-rank - behind :][:rank] for port in report.inputs if len(port.shape or ()) > rank]
    if seen and all(all(map(covers, field.size, cells)) for cells in seen):
        return "all"
    return field_text(field)


def covers(size, cells):
    """Tell whether a field is as large as an axis of the input."""
    if size.__class__ is int and cells.__class__ is int:
        return size >= cells
    return size is not None and size == cells


def notes_of(rows, most=MOST_NOTES):
    """Return each row's notes: at most so many, and those of an equal row at the first such row."""
    found: dict = {}
    for row in rows:
        for note in row.notes[:most]:
            found.setdefault((note.code, note.message), []).append(row.index)
    shown = []
    for row in rows:
        own = []
        for note in row.notes[:most]:
            places = found[note.code, note.message]
            if places[0] == row.index:
                own.append((shortened(note.message) + also(places[1:]), note.code))
        shown.append(tuple(own))
    return shown


def also(places):
    """Return where else a note holds: ``; also rows 4, 7, 9``."""
    if not places:
        return ""
    return f"; also row{'s' if len(places) > 1 else ''} {', '.join(map(str, places))}"


def head_line(report):
    """Return whose rules these are, the layout, and what counts are for."""
    thing = "image" if len(report.input_shape or ()) == 4 else "sample"
    many = f"one {thing}" if report.batch == 1 else f"{report.batch:,} {thing}s"
    return f"{report.framework}{LAYOUTS.get(report.data_format, '')}; MACs for {many}"


def footer(report, sums=False):
    """Return the lines below: ``(label, text)``. `sums` adds totals that no cell could hold."""
    lines = []
    params = report.params
    if params.total.__class__ is int:
        if params.total:
            text = f"{params.trainable:,} trainable"
            if params.non_trainable:
                text += f", {params.non_trainable:,} not{whose(report, 'parameter')}"
            if report.param_bytes.__class__ is int:
                text += f"; {binary(report.param_bytes)}"
            lines.append(("params", text))
    elif sums:
        lines.append(("params", sum_words(params.total)))
    if params.buffers and params.buffers.__class__ is int:
        lines.append(("buffers", f"{params.buffers:,}, no parameters{whose(report, 'buffer')}"))
    if report.flops.__class__ is int:
        if report.flops:
            beside = "" if report.flops == 2 * report.macs else " and what biases, pools, activations and norms add"
            lines.append(("FLOPs", f"{report.flops:,}, two a MAC{beside}"))
    elif sums and report.macs is not None:
        lines.append(("MACs", str(report.macs)))
    if report.peak_activation_bytes.__class__ is int:
        text = f"{binary(report.peak_activation_bytes)} at its peak{peak(report)}"
        kept = report.training_activation_bytes
        if kept.__class__ is int and kept > report.peak_activation_bytes:
            text += f", {binary(kept)} kept in training"
        lines.append(("memory", f"{text}, {report.dtype}"))
    needed = [f"{name} = {least}" for name, least in report.fits.items() if least > 1]
    if needed:
        lines.append(("sizes", f"hold from {', '.join(needed)}"))
    return tuple((label, visible(text)) for label, text in lines)


def sum_words(total):
    """Return a sum of numbers and symbols: what is known of it where it has many symbols.

    >>> from convcalc.sizes import symbol
    >>> sum_words(symbol("P1") + 1200)
    'P1 + 1200'
    >>> sum_words(sum(symbol(f"P{n}") for n in range(1, 9)) + 1200)
    '1,200 and P1 to P8, which are not known'
    """
    symbols = sorted(total.symbols, key=lambda name: (len(name), name))
    if len(symbols) < 5 or total - sum(map(symbol, symbols)) != (known := total.at(dict.fromkeys(symbols, 0))):
        return str(total)
    return f"{known:,} and {symbols[0]} to {symbols[-1]}, which are not known"


def whose(report, kind):
    """Return which weights of which layers those that do not train are: `` (bn's gamma)``."""
    owners: dict = {}
    for row in report.every:
        own = [w.name for w in row.weights if w.kind == kind and not w.trainable]
        if own:
            owners.setdefault(tuple(own), row.spec.split(" ", 1)[0])
    if len(owners) != 1:
        return ""
    names, word = next(iter(owners.items()))
    listed = " and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + " and " + names[-1]
    listed = listed.replace("moving_mean and moving_variance", "moving mean and variance")
    return f" ({word}'s {listed})"


def peak(report):
    """Return where memory peaks: `` (row 3, its input and output)``."""
    if report.peak_layer is None:
        return ""
    if report.blocks is not None:
        return f" (at {cut(visible(report.every[report.peak_layer].name))})"
    if sources(report, numbers(report)):
        return f" (at row {report.peak_layer})"
    return f" (row {report.peak_layer}, its input and output)"
