"""Exact symbolic sizes: polynomials in symbols and floors, with integer coefficients.

A size is an `int` or a `Size`; arithmetic that turns out constant gives an `int` back. The
arithmetic below is in `size_terms`, reading and writing in `size_text`; all three use the standard
library and `errors` alone.

The canonical form. A `Size` is a dict from monomials to coefficients; a monomial is a sorted tuple
of atoms; an atom is a string, the name of a symbol or the text of a floor (then a `Floor`, which
also knows what it is the floor of). Floors compose, because ``floor((floor(a/b) + c)/d)`` is
``floor((a + b*c)/(b*d))``; their common factors cancel; whole multiples and the constant's whole
part are taken out. So strided layers in a chain stay one floor, and equality is equality of dicts.
"""

from math import floor, gcd
from sys import intern

from convcalc.size_terms import (
    MAX_BITS,
    add,
    bounded,
    floor_of,
    floor_of_product,
    multiply,
    quotient,
    symbol_names,
)
from convcalc.size_text import plus, read, write

# Larger than any divisor: what `smallest` puts for the symbols that it does not ask about.
_LARGE = 1 << (MAX_BITS + 1024)


class Size:
    """A size that depends on symbols. Immutable; made by `symbol` and arithmetic.

    Attributes
    ----------
    terms : dict
        Coefficients by monomial. Not to be changed.

    Examples
    --------
    >>> H = symbol("H")
    >>> -(-H // 2) * 2
    2*ceil(H/2)
    >>> ((H + 1) // 2 + 1) // 4
    floor((H + 3)/8)
    """

    __slots__ = ("_text", "terms")
    _text: str | None
    terms: dict

    def __setattr__(self, name, value):
        raise AttributeError(f"a size cannot be changed: {name}")

    def __delattr__(self, name):
        raise AttributeError(f"a size cannot be changed: {name}")

    def __add__(self, other):
        if other.__class__ is int:
            if not other:
                return self
            return _size(plus(self.terms, other))
        if other.__class__ is not Size:
            return NotImplemented
        return _size(bounded(add(self.terms, other.terms)))

    __radd__ = __add__

    def __neg__(self):
        return _size({monomial: -n for monomial, n in self.terms.items()})

    def __sub__(self, other):
        if other.__class__ is not int and other.__class__ is not Size:
            return NotImplemented
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if other.__class__ is int:
            if not other:
                return 0
            return _size(bounded({monomial: n * other for monomial, n in self.terms.items()}))
        if other.__class__ is not Size:
            return NotImplemented
        return _size(bounded(multiply(self.terms, other.terms)))

    __rmul__ = __mul__

    def __floordiv__(self, by):
        if by.__class__ is not int:
            return NotImplemented
        if by < 1:
            raise ValueError(f"({self}) // {by}: a size is divided by positive integers only")
        return _size(floor_of(self.terms, by))

    def __eq__(self, other):
        return self.terms == other.terms if other.__class__ is Size else NotImplemented

    def __hash__(self):
        return hash(frozenset(self.terms.items()))

    def __reduce__(self):
        # By its text, which names it fully, whatever the depth of its floors.
        return parse, (str(self),)

    def __str__(self):
        if self._text is None:
            _set_text(self, write(self.terms)[0])
        return self._text

    __repr__ = __str__

    @property
    def symbols(self):
        """The names of the symbols in it, a frozenset."""
        return symbol_names(self.terms)

    def at(self, values):
        """Return the size with `values`, a mapping from names to sizes, put for its symbols.

        Examples
        --------
        >>> size = symbol("H") // 2 + symbol("W")
        >>> size.at({"H": 7}), size.at({"H": 7, "W": 1})
        (W + 3, 4)
        """
        known = {name: values[name] if name in values else symbol(name) for name in self.symbols}
        # A stack in place of recursion: floors nest more deeply than Python's calls may.
        todo = [(None, self.terms)]
        while True:
            atom, terms = todo[-1]
            unknown = [(a, a.inner) for monomial in terms for a in monomial if a not in known]
            if unknown:
                todo += unknown
                continue
            todo.pop()
            total = 0
            for monomial, n in terms.items():
                for a in monomial:
                    n = n * known[a]
                total = total + n
            if atom is None:
                return total
            known[atom] = total // atom.by if atom.composes else scale(total, atom.by)


# The slots' own setters, which `__setattr__` does not guard.
_set_terms = Size.__dict__["terms"].__set__
_set_text = Size.__dict__["_text"].__set__


def _size(terms):
    """Return the size with these terms: an int where nothing but a constant is left."""
    if len(terms) < 2 and (not terms or () in terms):
        return terms.get((), 0)
    size = Size()
    _set_terms(size, terms)
    _set_text(size, None)
    return size


def symbol(name):
    """Return the size that is the symbol `name`."""
    return _size({(intern(name),): 1})


def ceil_div(n, by):
    """Return ``ceil(n/by)``, as an integer or a size.

    >>> ceil_div(7, 2), ceil_div(symbol("H"), 2)
    (4, ceil(H/2))
    """
    return (n + (by - 1)) // by


def divide(a, b):
    """Return ``a/b`` where it divides, or its floor where all of `b` but an integer does; else None.

    >>> divide(symbol("H") * symbol("C") * 4, symbol("C") * 2), divide(symbol("H") * symbol("C"), symbol("C") * 7)
    (2*H, floor(H/7))
    """
    if b.__class__ is int:
        return a // b
    if a.__class__ is int:
        return None if a else 0
    terms = quotient(a.terms, b.terms)
    if terms is not None:
        return _size(terms)
    by = gcd(*b.terms.values())
    terms = quotient(a.terms, {monomial: n // by for monomial, n in b.terms.items()}) if by > 1 else None
    left = None if terms is None else _size(terms)
    # A number that the integer does not divide has no share, whatever the symbols are.
    return None if left.__class__ is not Size else left // by


def scale(n, factor):
    """Return ``floor(n * factor)``, rounded as a product of floats is.

    Factors like 2 or 1.5 stay exact; others make a floor that is evaluated in floats.

    >>> scale(10, 0.7), scale(symbol("H"), 1.5), scale(symbol("H"), 0.7)
    (7, floor(3*H/2), floor(0.7*H))
    """
    top, bottom = factor.as_integer_ratio()
    if n.__class__ is int:
        # A product that no float holds is taken exactly.
        large = n.bit_length() + max(top.bit_length() - bottom.bit_length(), 0) > 900
        return n * top // bottom if large else floor(n * float(factor))
    if bottom <= 1024 and 0 < top <= 1 << 20:
        return n * top // bottom
    return _size(floor_of_product(n.terms, float(factor)))


def smallest(conditions, symbols):
    """Return, by name, the smallest value of each symbol for which the conditions in it hold.

    Parameters
    ----------
    conditions : iterable of sizes
        What must be at least 1. None may fall as a symbol grows.
    symbols : iterable of str
        The symbols to answer for, each while the others are large.

    Returns
    -------
    dict
        Names to integers of at least 1; None where no value will do.

    Examples
    --------
    >>> smallest([(symbol("H") - 3) // 2 + 1, symbol("W") - 6], ["H", "W"])
    {'H': 3, 'W': 7}
    """
    conditions = [(c, c.symbols) for c in dict.fromkeys(conditions) if c.__class__ is Size]
    found = {}
    for name in symbols:
        fits = 1
        for condition, names in conditions:
            if name in names and fits:
                fits = _first(condition, dict.fromkeys(names, _LARGE), name, fits)
        found[name] = fits
    return found


def _first(condition, values, name, low):
    """Return the first value of `name` from `low` on where `condition` is at least 1, or None."""

    def holds(n):
        values[name] = n
        return condition.at(values) >= 1

    if holds(low):
        return low
    high = 2 * low
    while not holds(high):
        if high > _LARGE:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def parse(text):
    """Return the size that `text` says; reads all that a size prints, and plain arithmetic.

    >>> parse("floor((H + 3)/8)").at({"H": 28})
    3
    """
    return read(text, symbol, scale)


class Symbols(set):
    """The names of symbols in use, which remembers how far each letter was counted.

    >>> Symbols(("U", "U1")).numbered("U")
    'U2'
    """

    __slots__ = ("counts",)

    def __init__(self, names=()):
        super().__init__(names)
        self.counts = {}

    def numbered(self, letter):
        """Return the first name that is not in use: the letter and a number from 1."""
        number = self.counts.get(letter, 1)
        while f"{letter}{number}" in self:
            number += 1
        self.counts[letter] = number
        return f"{letter}{number}"
