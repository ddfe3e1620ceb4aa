"""What a table of a check says, in words."""

from convcalc.views.rows import LAYOUTS, Display, Line, aligned, grouped
from convcalc.views.text import shortened, visible

COLUMNS = ("index", "name", "type", "spec", "output_shape", "values", "max_error", "against", "ok", "note")


def display(verdict, quiet=False):
    """Return the `Display` of a `Verdict`; `quiet` leaves out notes and how the input was read."""
    rows = verdict.layers
    asked = verdict.against is not None
    shapes = aligned([row.output_shape for row in rows])
    lines = []
    for row, shape in zip(rows, shapes, strict=True):
        errors = [error(row.max_error)]
        good = row.ok
        if asked:
            errors.append(error(row.against.max_error))
            good = good and row.against.ok
        word = "ok" if good else "FAIL"
        said = [note for note in (row.note, row.against and row.against.note) if note]
        notes = () if quiet else tuple((visible(note), "differs") for note in said)
        lines.append(Line((str(row.index), shortened(row.spec), shape, *errors, word), notes, word))
    head = [] if quiet or not verdict.reading else [visible(verdict.reading)]
    head.append(f"{verdict.framework}{LAYOUTS.get(verdict.data_format, '')}; {verdict.dtype}, seed {verdict.seed}")
    head.append(f"greatest difference over greatest value, allowed {verdict.allowed:.1e}")
    name, _, backend = (verdict.against or "").partition(", ")
    return Display(
        tuple(head),
        ("#", "layer", "output", "plain loops", *([backend] if asked else []), ""),
        (0, 3, *([4] if asked else [])),
        (),
        tuple(lines),
        None,
        (),
        (("", summary(verdict)),),
        ("", "", "", "fast against", *([name] if asked else []), ""),
    )


def error(value):
    """Return a difference as a cell.

    >>> error(1.234e-7), error(0.0), error(None)
    ('1.2e-07', '0', '-')
    """
    return "-" if value is None else f"{value:.1e}" if value else "0"


def summary(verdict):
    """Return the last line: the verdict in one word, and what it is of."""
    layers = f"{len(verdict.every)} layer{'s' * (len(verdict.every) != 1)}"
    if verdict.ok:
        counts = f"{grouped(verdict.values)} values, {grouped(verdict.params.total)} parameters"
        return f"ok: {layers}, {counts}; shapes and values agree"
    wrong = verdict.wrong()
    rows = ", ".join(str(row.index) for row in wrong[:8]) + (", ..." if len(wrong) > 8 else "")
    return f"FAIL: {len(wrong)} of {layers} differ{'s' * (len(wrong) == 1)}: row {rows}"
