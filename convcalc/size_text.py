"""The text of symbolic sizes, both ways: `write` and `read`. Their arithmetic is in `sizes`.

A polynomial comes here as `sizes` keeps it: a dict from monomials, which are sorted tuples of
atoms, to coefficients that are not zero. An atom is its own text.
"""

from math import gcd

from convcalc.errors import LimitError, SpecError

# Totals over many layers have more unrelated symbols than this, and are sums: do not try.
_MOST_GROUPS = 12


def order(monomial):
    """Sort key of a sum: falling degree, then the alphabet; so the constant comes last."""
    return -len(monomial), monomial


def plus(terms, n):
    """Return `terms` with the integer `n` added."""
    n += terms.get((), 0)
    terms = terms.copy()
    if n:
        terms[()] = n
    else:
        terms.pop((), None)
    return terms


def write(terms):
    """Return ``(text, whole)``; `whole` says that it needs no brackets to be multiplied.

    A sum is written as a product where that is shorter: ``9*C*F*(H - 2)*(W - 2)``.
    """
    if len(terms) == 1:
        return _sum(terms), True
    atom = _floor_plus_integer(terms)
    if atom is not None:
        return write_floor(plus(atom.inner, terms[()] * atom.by), atom.by), True
    text = _sum(terms)
    if () in terms and len(terms) < 4:
        return text, False  # a product of sums has four terms, or no constant
    product = _product(terms)
    if product is not None and len(product) < len(text):
        return product, True
    return text, False


def write_floor(terms, by):
    """Return ``floor(terms/by)``, as ``ceil`` where it rounds up a sum that has no constant."""
    name = "floor"
    if terms.get(()) == by - 1:
        name, terms = "ceil", {monomial: n for monomial, n in terms.items() if monomial}
    text, whole = write(terms)
    return f"{name}({text}/{by})" if whole else f"{name}(({text})/{by})"


def _sum(terms):
    text = ""
    for monomial in sorted(terms, key=order):
        n = terms[monomial]
        sign = (" - " if n < 0 else " + ") if text else ("-" if n < 0 else "")
        factors = monomial if abs(n) == 1 and monomial else (str(abs(n)), *monomial)
        text += sign + "*".join(factors)
    return text


def _floor_plus_integer(terms):
    """Return the floor of a sum that is one floor and an integer, else None."""
    if len(terms) == 2 and () in terms:
        monomial = min(terms, key=order)
        atom = monomial[0]
        if len(monomial) == 1 and terms[monomial] == 1 and getattr(atom, "composes", False):
            return atom
    return None


def _product(terms):
    """Return a sum as a product of sums in unrelated symbols, or None where it is none."""
    factors = []
    rest = terms
    groups = _groups(terms)
    if not 1 < len(groups) <= _MOST_GROUPS:
        return None
    for group in groups:
        split: dict = {}
        for monomial, n in rest.items():
            inside = tuple(atom for atom in monomial if atom in group)
            outside = tuple(atom for atom in monomial if atom not in group)
            split.setdefault(outside, {})[inside] = n
        # The group can be taken out if all that multiplies the rest are multiples of one sum.
        factor, _ = _primitive(next(iter(split.values())))
        lead = min(factor, key=order)
        times = {outside: row.get(lead, 0) // factor[lead] for outside, row in split.items()}
        if all(row == {m: n * times[outside] for m, n in factor.items()} for outside, row in split.items()):
            factors.append(factor)
            rest = times
    rest, times = _primitive(rest)
    if not factors:
        return None
    written = sorted(write(factor) for factor in [*factors, rest] if factor != {(): 1})
    single = [text for text, whole in written if whole]
    sums = [f"({text})" for text, whole in written if not whole]
    number = [str(abs(times))] if abs(times) > 1 else []
    return ("-" if times < 0 else "") + "*".join(number + single + sums)


def _groups(terms):
    """Return the sets of atoms that share no symbol with those of another set."""
    groups: list = []
    for atom in sorted({atom for monomial in terms for atom in monomial}):
        atoms, symbols = {atom}, set(getattr(atom, "symbols", (atom,)))
        apart = []
        for other in groups:
            if symbols.isdisjoint(other[1]):
                apart.append(other)
            else:
                atoms |= other[0]
                symbols |= other[1]
        groups = [*apart, (atoms, symbols)]
    return [atoms for atoms, _ in groups]


def _primitive(terms):
    """Return `terms` over the greatest common factor, signed so that the lead is positive; and it."""
    common = gcd(*terms.values())
    if terms[min(terms, key=order)] < 0:
        common = -common
    return {monomial: n // common for monomial, n in terms.items()}, common


# Longest text to read. Every size of at most `size_terms.MAX_TERMS` ordinary terms is far below.
MAX_TEXT = 1_000_000
_STRENGTH = {"(": 0, "+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "negative": 3}
_TOKEN = r"\s*(?:(\d+(?:\.\d*(?:e-?\d+)?|e-\d+))|(\d+)|([A-Za-z][A-Za-z0-9_]*)|(//|[-+*/()])|(\S))"


def read(text, symbol, scale):
    """Return the size that `text` says, built with `symbol` and `scale` of `sizes`.

    Two stacks in place of recursion, so that no depth of brackets matters. A quotient is kept as
    a pair, ``(number, divisor)`` or ``(number, factor)``, until the floor around it takes it.
    """
    import re  # only a typed or pasted expression comes here

    if len(text) > MAX_TEXT:
        raise LimitError("limit", f"A size of {len(text):,} characters; {MAX_TEXT:,} are read.")
    values: list = []
    waiting: list = []
    operand = True  # whether a value must come next, rather than an operator
    word = None
    for token in re.compile(_TOKEN, re.ASCII).finditer(text.rstrip()):
        kind = token.lastindex or 0
        piece, span = token[kind], token.span(kind)
        if word is not None:
            if piece == "(":
                waiting.append(_function(word, text))
            else:
                values.append(_named(word, text, symbol))
                operand = False
            word = None
        if kind == 5:
            raise _unreadable(f"{piece[:60]!r} is not part of a size", text, span)
        if operand and kind == 3:
            word = token
        elif operand and kind <= 2:
            if kind == 2 and len(piece) > 1300:
                raise LimitError("limit", f"An integer of {len(piece)} digits.", text=text, span=span)
            values.append(int(piece) if kind == 2 else float(piece))
            if kind == 1 and not 0 < values[-1] < 1e18:
                raise _unreadable(f"the factor {piece[:60]} is out of range", text, span)
            operand = False
        elif operand and piece in "-(":
            waiting.append(("negative" if piece == "-" else "(", span))
        elif operand or kind != 4 or piece == "(":
            wanted = "a number or a symbol" if operand else "an operator"
            raise _unreadable(f"{wanted} should stand where {piece[:60]!r} is", text, span)
        elif piece == ")":
            _settle(values, waiting, 0, text, scale)
            if not waiting:
                raise _unreadable("a ')' without its '('", text, span)
            waiting.pop()
            if waiting and waiting[-1][0] in ("floor", "ceil"):
                _apply(values, waiting.pop(), text, scale)
        else:
            _settle(values, waiting, _STRENGTH[piece] - 1, text, scale)
            waiting.append((piece, span))
            operand = True
    if word is not None:
        values.append(_named(word, text, symbol))
    elif operand:
        raise _unreadable("the size ends where a number or a symbol should stand", text, (len(text), len(text)))
    _settle(values, waiting, 0, text, scale)
    if waiting:
        raise _unreadable("a '(' without its ')'", text, waiting[-1][1])
    if values[0].__class__ in (tuple, float):
        raise _unreadable("a size is a whole number", text, (0, len(text)))
    return values[0]


def _function(token, text):
    if token[3] not in ("floor", "ceil"):
        raise _unreadable(f"'{token[3][:60]}(' is neither 'floor(' nor 'ceil('", text, token.span(3))
    return token[3], token.span(3)


def _named(token, text, symbol):
    if token[3] in ("x", "X"):
        raise _unreadable("the symbol 'x' is taken: it stands between sizes", text, token.span(3))
    return symbol(token[3])


def _settle(values, waiting, strength, text, scale):
    """Apply the operators that bind more strongly than `strength`."""
    while waiting and _STRENGTH[waiting[-1][0]] > strength:
        _apply(values, waiting.pop(), text, scale)


def _apply(values, operator, text, scale):
    """Apply one operator or function, a pair of name and span, to the last values."""
    name, span = operator
    right = values.pop()
    if name in ("floor", "ceil"):
        values.append(_round(name, right, span, text, scale))
        return
    left = 0 if name == "negative" else values.pop()
    pair = name == "*" and left.__class__ is float
    if right.__class__ in (tuple, float) or (left.__class__ in (tuple, float) and not pair):
        raise _unreadable("a fraction that no floor(...) or ceil(...) makes whole", text, span)
    if name in ("/", "//") and (right.__class__ is not int or right < 1):
        raise _unreadable(f"a size is divided by positive integers only, not by {right}", text, span)
    if name == "+":
        values.append(left + right)
    elif name == "*":
        values.append((right, left) if pair else left * right)
    elif name == "/":
        values.append((left, right))
    elif name == "//":
        values.append(left // right)
    else:
        values.append(left - right)


def _round(name, value, span, text, scale):
    """Apply floor or ceil to a pair; a size is whole already."""
    if value.__class__ is float or (value.__class__ is tuple and value[1].__class__ is float and name == "ceil"):
        raise _unreadable(f"{name}(...) of a fraction that is no size", text, span)
    if value.__class__ is not tuple:
        return value
    number, by = value
    if by.__class__ is float:
        return scale(number, by)
    return number // by if name == "floor" else -(-number // by)


def _unreadable(message, text, span):
    hint = "A size is written like 28, H, 2*H + 1, floor((H + 3)/8) or ceil(W/2)."
    return SpecError("bad_input", f"{message[0].upper()}{message[1:]}.", hint=hint, text=text, span=span)
