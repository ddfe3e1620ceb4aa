"""Polynomials in symbols and floors: the arithmetic on dicts of terms that `sizes` wraps.

A polynomial is a dict from monomials to integer coefficients that are not zero; a monomial is a
sorted tuple of atoms; an atom is a string: the name of a symbol, or the text of a floor.
"""

from math import gcd

from convcalc.errors import LimitError
from convcalc.size_text import order, plus, write, write_floor

# Beyond these a size is no answer that anyone reads, and arithmetic on it is no longer cheap.
MAX_TERMS = 512
MAX_DEGREE = 64
MAX_BITS = 4096
MAX_FLOOR_TEXT = 10_000


class Floor(str):
    """An atom: the whole part of the polynomial `inner` over `by`; where `by` is a float, times it."""

    __slots__ = ("by", "inner", "symbols")
    by: int | float
    inner: dict
    symbols: frozenset

    @property
    def composes(self):
        """Whether it is a quotient, rather than a product of floats, which is rounded."""
        return self.by.__class__ is int


def too_large(what):
    """Return the error that every limit here raises."""
    return LimitError("limit", f"A size in symbols grew too large: {what}.", hint="Give the input's sizes as numbers.")


def bounded(terms):
    """Return `terms`, or raise LimitError where there are too many or too large ones."""
    if len(terms) > MAX_TERMS:
        raise too_large(f"over {MAX_TERMS} terms")
    for n in terms.values():
        if n.bit_length() > MAX_BITS:
            raise too_large(f"a coefficient of over {MAX_BITS} bits")
    return terms


def symbol_names(terms):
    """Return the names of the symbols in a polynomial, a frozenset."""
    atoms = {atom for monomial in terms for atom in monomial}
    return frozenset().union(*[a.symbols if a.__class__ is Floor else (a,) for a in atoms])


def add(left, right, times=1):
    """Return ``left + times*right``."""
    terms = left.copy()
    for monomial, n in right.items():
        n = terms.get(monomial, 0) + n * times
        if n:
            terms[monomial] = n
        else:
            terms.pop(monomial, None)
    return terms


def multiply(left, right):
    """Return ``left * right``."""
    terms: dict = {}
    for a, m in left.items():
        for b, n in right.items():
            monomial = tuple(sorted(a + b)) if a and b else a or b
            terms[monomial] = terms.get(monomial, 0) + m * n
        if len(terms) > MAX_TERMS:
            raise too_large(f"over {MAX_TERMS} terms")
    if len(max(terms, key=len)) > MAX_DEGREE:
        raise too_large(f"a product of over {MAX_DEGREE} symbols")
    return {monomial: n for monomial, n in terms.items() if n}


def quotient(terms, by):
    """Return ``terms / by`` of two polynomials, or None where it is none.

    Long division: `order` is kept by multiplication, so that the leads must divide at each step.
    """
    lead = min(by, key=order)
    found: dict = {}
    while terms:
        top = min(terms, key=order)
        monomial = list(top)
        for atom in lead:
            if atom not in monomial:
                return None
            monomial.remove(atom)
        n, left = divmod(terms[top], by[lead])
        if left or len(found) == MAX_TERMS:
            return None
        step = {tuple(monomial): n}
        found.update(step)
        terms = add(terms, multiply(step, by), -1)
    return found


def floor_of(terms, by):
    """Return ``floor(terms / by)`` in canonical form."""
    whole: dict = {}
    sign = 1
    while True:
        constant, part, common = 0, {}, by
        for monomial, n in terms.items():
            if not monomial:
                constant = n
            elif n % by:
                part[monomial] = n
                common = gcd(common, n)
            else:
                whole[monomial] = whole.get(monomial, 0) + sign * (n // by)
        if not part:
            return _finished(whole, sign * (constant // by))
        if part[min(part, key=order)] < 0:
            # floor(-a/b) is -ceil(a/b): within a floor the leading coefficient is positive.
            part = {m: -n for m, n in part.items()}
            constant, sign = by - 1 - constant, -sign
        if common > 1:
            part = {m: n // common for m, n in part.items()}
            constant, by = constant // common, by // common
        inner = [m for m, n in part.items() if n == 1 and len(m) == 1 and getattr(m[0], "composes", False)]
        if len(inner) != 1:
            break  # none; or two, and which of them went first would show
        floor = inner[0][0]
        del part[inner[0]]
        terms = bounded(add(floor.inner, plus(part, constant), floor.by))
        by *= floor.by
        if by.bit_length() > MAX_BITS:
            raise too_large(f"a divisor of over {MAX_BITS} bits")
    if constant % by:
        part[()] = constant % by
    monomial = (_floor(write_floor(part, by), part, by),)
    whole[monomial] = whole.get(monomial, 0) + sign
    return _finished(whole, sign * (constant // by))


def _finished(terms, constant):
    terms[()] = constant
    return {monomial: n for monomial, n in terms.items() if n}


def floor_of_product(terms, factor):
    """Return the whole part of ``factor * terms``, computed in floats, as one atom."""
    text, _ = write(terms)
    alone = len(terms) == 1 and terms.get((text,)) == 1
    return {(_floor(f"floor({factor!r}*{text if alone else f'({text})'})", terms, factor),): 1}


def _floor(text, inner, by):
    if len(text) > MAX_FLOOR_TEXT:
        raise too_large(f"floors within floors, of over {MAX_FLOOR_TEXT:,} characters")
    floor = Floor(text)
    floor.inner, floor.by, floor.symbols = inner, by, symbol_names(inner)
    return floor
