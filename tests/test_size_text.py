"""The text of symbolic sizes: what they print, what is read, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import ConvcalcError, LimitError, SpecError
from convcalc.sizes import Size, ceil_div, parse, scale, symbol
from tests.arithmetic import chain, same, transposed, valid

C, F, H, N, W = map(symbol, "CFHNW")

# What is composed, and the exact text.
PRINTED = [
    (H, "H"),
    (2 * H, "2*H"),
    (H - 2, "H - 2"),
    (5 - H, "-H + 5"),
    (H + W * H + 1, "H*W + H + 1"),
    (9 * C * F + F, "9*C*F + F"),
    (9 * C * F * H * W, "9*C*F*H*W"),
    (F * (9 * C + 1), "9*C*F + F"),
    (9 * C * F * same(H, 2) * same(W, 2), "9*C*F*ceil(H/2)*ceil(W/2)"),
    (9 * C * F * valid(H, 3) * valid(W, 3), "9*C*F*(H - 2)*(W - 2)"),
    (9 * C * F * valid(H, 3, 2) * valid(W, 3, 2), "9*C*F*floor((H - 1)/2)*floor((W - 1)/2)"),
    (-3 * (H - 2) * (W + N), "-3*(H - 2)*(N + W)"),
    ((H - 2) * (W - 2) + 1, "H*W - 2*H - 2*W + 5"),
    (H * H + 2 * H + 1, "H*H + 2*H + 1"),
    # same and valid, strided
    (same(H, 2), "ceil(H/2)"),
    (same(H, 1), "H"),
    (valid(H, 3, 2), "floor((H - 1)/2)"),
    (valid(H + 2, 3, 2), "ceil(H/2)"),
    (valid(H, 2, 2), "floor(H/2)"),
    (valid(H + 2, 2, 2), "floor((H + 2)/2)"),
    (same(H + W, 2), "ceil((H + W)/2)"),
    # chains stay one floor
    (((H + 1) // 2 + 1) // 4, "floor((H + 3)/8)"),
    (chain(H, *[lambda n: same(n, 2)] * 5), "ceil(H/32)"),
    (chain(H, *[lambda n: valid(n, 3, 2)] * 3), "floor((H - 7)/8)"),
    (
        chain(H, lambda n: valid(n, 7, 2), lambda n: valid(n, 3, 3), lambda n: same(n, 5)),
        "floor((H + 19)/30)",
    ),
    # common factors, whole multiples, the constant's whole part
    (4 * H // 2, "2*H"),
    ((2 * H + 1) // 2, "H"),
    (3 * H // 2, "floor(3*H/2)"),
    (6 * H // 4, "floor(3*H/2)"),
    ((4 * H + 7) // 6, "floor((2*H + 3)/3)"),
    ((2 * H + W) // 2, "H + floor(W/2)"),
    ((H + 5) // 2 - 2, "ceil(H/2)"),
    ((H - W) // 2, "floor((H - W)/2)"),
    ((C * H - 2 * C) * (W - 2) // 5, "floor(C*(H - 2)*(W - 2)/5)"),
    ((H // 2) * (W // 3) // 2, "floor(floor(H/2)*floor(W/3)/2)"),
    ((H // 2 + W // 2) // 2, "floor((floor(H/2) + floor(W/2))/2)"),
    ((H + H // 2) * (W + W // 2), "(H + floor(H/2))*(W + floor(W/2))"),
    # negative floors round the other way
    (-H // 2, "-ceil(H/2)"),
    ((W - H) // 2, "-ceil((H - W)/2)"),
    ((3 - 2 * H) // 5, "-floor((2*H + 1)/5)"),
    (H - H // 2, "H - floor(H/2)"),
    # transposed
    (transposed(H, 2, 2), "2*H"),
    (transposed(H, 3, 2), "2*H + 1"),
    (2 * same(W, 2), "2*ceil(W/2)"),
    (transposed(valid(H, 3, 2), 3, 2), "2*ceil(H/2) - 1"),
    (chain(H, lambda n: same(n, 4), lambda n: 2 * n, lambda n: same(n, 4)), "ceil(H/8)"),
    (chain(H, lambda n: same(n, 2), lambda n: 3 * n, lambda n: same(n, 2)), "ceil(3*ceil(H/2)/2)"),
    (
        chain(H, lambda n: valid(n, 3, 2), lambda n: transposed(n, 3, 2), lambda n: valid(n, 3, 2)),
        "floor((H - 1)/2)",
    ),
    # factors that are no integers
    (scale(H, 1.5), "floor(3*H/2)"),
    (scale(H, 2.0), "2*H"),
    (scale(H, 0.7), "floor(0.7*H)"),
    (scale(H // 3, 0.7), "floor(0.7*floor(H/3))"),
    (scale(H // 3 + 1, 0.7), "floor(0.7*(floor((H + 3)/3)))"),
    (scale(2 * H, 1e-5), "floor(1e-05*(2*H))"),
    (scale(H + 1, 0.7) + 1, "floor(0.7*(H + 1)) + 1"),
    (scale(H, 0.7) // 2, "floor(floor(0.7*H)/2)"),
    (scale(scale(H, 0.7), 0.7), "floor(0.7*floor(0.7*H))"),
]


@pytest.mark.parametrize(("size", "text"), PRINTED, ids=[text for _, text in PRINTED])
def test_printed(size, text):
    assert str(size) == repr(size) == text
    assert parse(text) == size
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (" 28 ", 28),
        ("-3", -3),
        ("2*(H+1)", 2 * H + 2),
        ("H//2", H // 2),
        ("-H//2", -H // 2),
        ("2*H*3 - -1", 6 * H + 1),
        ("floor(H)", H),
        ("ceil( ( H + 1 ) / 4 )", ceil_div(H + 1, 4)),
        ("floor(7/2) + ceil(7/2)", 7),
        ("floor(0.5*(H + 1))", (H + 1) // 2),
        ("C_in1*floor", symbol("C_in1") * symbol("floor")),
        ("(" * 9000 + "H" + ")" * 9000, H),
        ("-" * 9000 + "H", H),
    ],
    ids=lambda value: str(value)[:30],
)
def test_read(text, size):
    assert parse(text) == size


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("", (0, 0)),
        ("2*", (2, 2)),
        ("2H", (1, 2)),
        ("H W", (2, 3)),
        ("(H", (0, 1)),
        ("H)", (1, 2)),
        ("H/2", (0, 3)),
        ("H/2 + 1", (4, 5)),
        ("1.5*H", (0, 5)),
        ("floor(1.5)", (0, 5)),
        ("ceil(0.7*H)", (0, 4)),
        ("floor(1.0e999*H)", (6, 13)),
        ("floor(H/0)", (7, 8)),
        ("H//W", (1, 3)),
        ("min(H)", (0, 3)),
        ("2*x", (2, 3)),
        ("H^2", (1, 2)),
        ("+3", (0, 1)),
        ("٣*H", (0, 1)),
        ("Ⓗ", (0, 1)),
        ("1_0", (1, 2)),
        ("()", (1, 2)),
    ],
)
def test_refused(text, span):
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert caught.value.code == "bad_input"
    assert (caught.value.text, caught.value.span) == (text, span)
    assert caught.value.hint


@given(
    st.text("HWx019.e+-*/() ²", max_size=30)
    | st.lists(
        st.sampled_from(["floor(", "ceil(", "H", "W", "3", "0.7", "/", "*", "-", "+", "(", ")"]), max_size=12
    ).map("".join)
)
def test_any_text_is_read_or_refused(text):
    try:
        size = parse(text)
    except ConvcalcError:
        return
    assert size.__class__ in (int, Size)
    assert parse(str(size)) == size


def test_too_long_to_read():
    for text in ["9" * 5000, "H" + "+H" * 1_000_000]:
        with pytest.raises(LimitError):
            parse(text)
