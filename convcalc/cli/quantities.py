"""Quantities on the command line: ``300K`` parameters, ``1.5M`` MACs, ``4MiB``."""

from convcalc.errors import SpecError

COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
BYTES = {
    **COUNTS,
    "b": 1,
    **{f"{unit}b": size for unit, size in COUNTS.items() if unit},
    **{f"{unit}ib": 2 ** (10 * power) for power, unit in enumerate("kmgt", 1)},
}
MOST_DIGITS = 18


def quantity(text, option, units=COUNTS, least=1):
    """Return the value of an option as an integer; what a fraction leaves over is dropped.

    Parameters
    ----------
    text : str or None
        Digits, with a point or with commas by threes, and a unit, whose case is ignored.
    option : str
        What it is the value of, for errors.
    units : dict
        `COUNTS`, in which K is 1,000, or `BYTES`, in which KiB is 1,024 and KB 1,000 as well.
    least : int

    Raises
    ------
    SpecError
        For any other text.

    Examples
    --------
    >>> quantity("300K", "--max-params"), quantity("1.5m", "--max-macs"), quantity("20,000", "--max-macs")
    (300000, 1500000, 20000)
    >>> quantity("4MiB", "--max-memory", BYTES), quantity("1.5 KB", "--max-bytes", BYTES)
    (4194304, 1500)
    """
    if text is None:
        return None
    digits = text.rstrip("BbGgIiKkMmTt")
    unit = text[len(digits) :].lower()
    whole, point, rest = digits.strip(" ").partition(".")
    whole = ungrouped(whole)
    places = rest if point else "0"
    plain = all(part.isascii() and part.isdigit() for part in (whole, places))
    if unit in units and plain and len(whole) + len(rest) <= MOST_DIGITS:
        value = int(whole + rest) * units[unit] // 10 ** len(rest)
        if value >= least:
            return value
    example = "4MiB, 300KB or 4194304" if units is BYTES else "300K, 1.5M or 300000"
    raise SpecError(
        "bad_value",
        f"{option} takes a number from {least}, such as {example}, not '{text}'.",
        hint="Counts have no bytes: write K, M or G." if unit in BYTES and unit not in units else None,
        text=f"{option} {text}",
        span=(len(option) + 1, len(option) + 1 + len(text)),
    )


def ungrouped(digits):
    """Return digits without the commas between groups of three, and any other text as it is."""
    first, *groups = digits.split(",")
    if groups and 0 < len(first) <= 3 and all(len(group) == 3 for group in groups):
        return "".join((first, *groups))
    return digits
