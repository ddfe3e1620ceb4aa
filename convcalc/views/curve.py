"""A curve drawn in text: dots of Braille in a frame of axes, or stars where the output has no such characters."""

WIDTH, HEIGHT = 60, 12
# Where a dot stands in a character's code: two columns of four.
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
BRAILLE = 0x2800
# A step over more than this share of the height is a jump, not a slope.
JUMP = 0.3


def fits(encoding):
    """Tell whether an output's encoding has the characters of a curve.

    >>> fits("utf-8"), fits("ascii"), fits("latin-1")
    (True, False, False)
    """
    try:
        "⣿─│┼".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def draw(low, high, values, unicode=True):
    """Return the lines of a curve, each at most 80 characters.

    Parameters
    ----------
    low, high : float
        The range of x.
    values : list of float
        The curve at equal steps through the range; what is not finite is left out.
    unicode : bool
        Whether Braille and lines may be used.

    Examples
    --------
    >>> for line in draw(-1.0, 1.0, [i / 240 - 1 for i in range(481)], unicode=False)[:3]:
    ...     print(line)
             1 |                              |                        *****
               |                              |                  *******
               |                              |              *****
    """
    across, down = (2, 4) if unicode else (1, 1)
    known = [v for v in values if v - v == 0]
    bottom, top = (min(known), max(known)) if known else (0.0, 0.0)
    if top - bottom < 1e-9 * max(abs(top), abs(bottom), 1.0):
        bottom, top = bottom - 1.0, top + 1.0
    dots = plotted(values, bottom, top, WIDTH * across, HEIGHT * down)
    zero_row = place(0.0, top, bottom, HEIGHT) if bottom <= 0 <= top else None
    zero_column = place(0.0, low, high, WIDTH) if low <= 0 <= high else None
    marks = "─│┼" if unicode else "-|+"
    lines = []
    for row in range(HEIGHT):
        cells = []
        for column in range(WIDTH):
            axis = (row == zero_row) + 2 * (column == zero_column)
            cells.append(cell(dots, row, column, across, down) or " "[axis:] or marks[axis - 1])
        label = number(top) if row == 0 else number(bottom) if row == HEIGHT - 1 else "0" if row == zero_row else ""
        lines.append(f"{label:>10} {'│' if unicode else '|'}{''.join(cells)}".rstrip())
    return [*lines, under(low, high, zero_column)]


def place(value, start, end, count):
    """Return which of `count` equal parts between two ends a value is in."""
    return min(int((value - start) / (end - start) * count), count - 1)


def plotted(values, bottom, top, columns, rows):
    """Return the dots of a curve as a set of ``(column, row)``, with what joins them where it is steep."""
    dots: set = set()
    before = None
    for index, value in enumerate(values):
        if value - value != 0:
            before = None
            continue
        column = index * columns // len(values)
        row = place(value, top, bottom, rows)
        start = row if before is None or abs(row - before) > JUMP * rows else before
        dots.update((column, each) for each in range(min(start, row), max(start, row) + 1))
        before = row
    return dots


def cell(dots, row, column, across, down):
    """Return the character of the dots in one place, or ""."""
    if across == 1:
        return "*" if (column, row) in dots else ""
    code = sum(
        DOTS[x][y] for x in range(across) for y in range(down) if (across * column + x, down * row + y) in dots
    )  # fmt: skip
    return chr(BRAILLE + code) if code else ""


def under(low, high, zero):
    """Return the line of labels below the curve."""
    line = f"{number(low):<{WIDTH}}"
    right = number(high)
    line = line[: WIDTH - len(right)] + right
    if zero is not None and line[max(zero - 1, 0) : zero + 2].isspace():
        line = f"{line[:zero]}0{line[zero + 1 :]}"
    return " " * 12 + line


def number(value):
    """Return a label's number.

    >>> number(-0.27846), number(54.0), number(-0.0)
    ('-0.278', '54', '0')
    """
    return f"{value + 0.0:.3g}"
