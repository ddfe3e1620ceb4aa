"""ONNX operators over matrices: their product, sums of products by an equation, triangles of them."""

from math import prod

from convcalc.layers.declare import Family
from convcalc.layers.kinds import KINDS
from convcalc.layers.merge import broadcast, same
from convcalc.layers.onnx_operands import held, lowered, operands
from convcalc.layers.site import Facts, Weight
from convcalc.values import BadValue


def equation(value, rank, choices, call, framework):
    """Check an equation of letters: ``bhwc,hkc->bhwk``; what may stand there the rule tells."""
    if value.__class__ is not str:
        raise BadValue("must be an equation in quotes", "Write equation='bij,bjk->bik'.")
    return value.replace(" ", "")


KINDS["equation"] = equation


def matmul(site):
    """Size and count the product of the last two axes of two operands, whose others broadcast."""
    a = site.args
    asked = a["filters"] is not None
    dense = asked or (len(site.shapes) == 1 and all(a[key] is None for key in ("A", "B", "A_shape", "B_shape")))
    if dense:
        if len(site.shapes) > 1 or any(a[key] is not None for key in ("A", "B", "A_shape", "B_shape")):
            raise site.illegal("MatMul's units make its B, and it has two operands without.", "Leave units out.")
        if not site.shape:
            raise site.wrong_rank("1 or more")
        inner, units = site.match(site.shape[-1], a["in_channels"], "in_features"), site.filters()
        one, two = (*site.shape[:-1], inner), (inner, units)
        weights: tuple = (Weight("B", two, "in out"),)
    else:
        (one, two), weights = operands(site)
        if weights and weights[0].name == "B" and len(two) == 2:
            weights = (weights[0]._replace(layout="in out"),)
    output, inner = product(site, one, two)
    macs = site.cells(output) * inner
    by_weight = len(weights) == 1 and weights[0].name == "B" and len(two) == 2
    if by_weight:
        field = "whole" if len(site.shape) < 3 else "unknown"
    else:
        field = "mixes" if len(site.shapes) > 1 else "unknown"
    return Facts(output, weights=weights, macs=macs, flops=2 * macs, field=field)


def product(site, one, two):
    """Return ``(output, inner)``: numpy's rule, in which a vector is a row on the left and a column on the right."""
    if not one or not two:
        raise site.refuse("wrong_rank", "MatMul takes operands of 1 axis or more.", "Give -i with an axis.")
    left = one if len(one) > 1 else (1, *one)
    right = two if len(two) > 1 else (*two, 1)
    inner = same(site, left[-1], right[-2], -1)
    batch = broadcast(site, (left[:-2], right[:-2]))
    return (*batch, *left[-2:-1][: len(one) - 1], *right[-1:][: len(two) - 1]), inner


def einsum(site):
    """Size and count a sum of products over the letters that an equation leaves out of its output."""
    shapes, weights = operands(site)
    terms, out = letters(site, shapes)
    sizes: dict = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, n in zip(term, shape, strict=True):
            known = sizes.get(letter)
            sizes[letter] = n if known in (None, 1) else known if n == 1 else same(site, known, n, term.index(letter))
    output = tuple(sizes[letter] for letter in out)
    summed = [n for letter, n in sizes.items() if letter not in out]
    cells = site.cells(output)
    if summed and len(terms) > 1:
        macs = cells * prod(summed) * (len(terms) - 1)
        flops = 2 * macs
    else:
        macs, flops = 0, cells * (prod(summed) if summed else len(terms) - 1)
    field = "keeps" if terms == [out] else "mixes" if len(site.shapes) > 1 else "unknown"
    return Facts(output, weights=weights, macs=macs, flops=flops, field=field)


def letters(site, shapes):
    """Return ``(terms, output)`` of an equation, a letter an axis; those of an ellipsis are digits."""
    text = site.args["equation"]
    before, arrow, out = text.partition("->")
    terms = before.split(",")
    if len(terms) != len(shapes):
        raise site.illegal(
            f"Einsum's equation has {len(terms)} terms, and {len(shapes)} operands.",
            "Give one a comma.",
            key="equation",
        )
    widest = 0
    for number, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        plain = term.replace("...", "", 1)
        own = len(shape) - len(plain)
        if (plain and not plain.isalpha()) or own < 0 or (own and plain == term):
            raise site.refuse(
                "wrong_rank", f"Einsum's term {term!r} does not name the axes of an operand of {len(shape)}.",
                "Give a letter an axis.", "equation",
            )  # fmt: skip
        widest = max(widest, own)
        terms[number] = term.replace("...", "0123456789"[10 - own :])
    if not arrow:
        # Without an arrow the output has what stands once, by the alphabet.
        once = sorted(letter for letter in set(before) if letter.isalpha() and before.count(letter) == 1)
        out = ("..." if "..." in before else "") + "".join(once)
    out = out.replace("...", "0123456789"[10 - widest :])
    if len(set(out)) < len(out) or not set(out) <= set("".join(terms)):
        raise site.illegal(
            f"Einsum's output {out!r} has a letter twice, or one of no operand.", "Name each once.", key="equation"
        )
    return terms, out


def triangle(site):
    """Size the part of each matrix on one side of a diagonal, the rest 0."""
    if len(site.shape) < 2:
        raise site.wrong_rank("2 or more")
    return Facts(site.shape, field="unknown")


FAMILIES = (
    Family(
        "matmul", "matmul", matmul, "filters",
        onnx=("MatMul", f"* {held('A', 'B')} ~filters:count0=none ~in_channels:count=none"),
        rank_rule="free", operands="many", example="matmul 10", about="the product of matrices, one perhaps of weights",
        aliases={"filters": "f filters units", **lowered("A", "B")},
    ),
    Family(
        "einsum", "einsum", einsum, "equation",
        onnx=("Einsum", f"equation:equation * {held('Inputs')} place:int=-1"),
        rank_rule="free", operands="many", example="einsum equation='bij,bkj->bik' @input", sample="4x6",
        about="sums of products by an equation", aliases=lowered("Inputs"),
    ),
    Family(
        "trilu", "trilu", triangle, "diagonal", onnx=("Trilu", "diagonal/k:single=0 upper:int=1"),
        example="trilu", sample="4x6", about="the values on one side of a diagonal, 0 on the other",
        aliases={"diagonal": "k diagonal"},
    ),
)  # fmt: skip
