"""The text of input shapes."""

import pytest

from convcalc import sizes
from convcalc.errors import LimitError, SpecError
from convcalc.spec.shapes import read_shape

N, H, W, F = map(sizes.symbol, "NHWF")

# text, sizes, whole (in brackets), batch (N or None in front)
SHAPES = [
    ("28x28x3", (28, 28, 3), False, False),
    ("28", (28,), False, False),
    ("0x0x3", (0, 0, 3), False, False),
    ("9223372036854775807x1", (2**63 - 1, 1), False, False),
    ("4,28,28,3", (4, 28, 28, 3), False, False),
    (" 4, 28,28 , 3\n", (4, 28, 28, 3), False, False),
    ("4,\u00a028", (4, 28), False, False),
    ("Nx28x28x3", (N, 28, 28, 3), False, True),
    ("None,28,28,3", (None, 28, 28, 3), False, True),
    ("none x 28", (None, 28), False, True),
    ("HxWx3", (H, W, 3), False, False),
    ("H", (H,), False, False),
    ("Cinx3", (sizes.symbol("Cin"), 3), False, False),
    ("?x?x3", (None, None, 3), False, False),
    ("anyxanyx3", (None, None, 3), False, False),
    ("?, any, None", (None, None, None), False, False),
    ("(4, 28, 28, 3)", (4, 28, 28, 3), True, False),
    ("[null, 28, 3]", (None, 28, 3), True, True),
    ("(28,)", (28,), True, False),
    ("(28)", (28,), True, False),
    ("(28x28x3)", (28, 28, 3), True, False),
    ("N, 2*H, 2*W, F", (N, 2 * H, 2 * W, F), False, True),
    ("N, ceil(H/2), floor((W + 3)/8), 9*F + 1", (N, -(-H // 2), (W + 3) // 8, 9 * F + 1), False, True),
    ("2*Hxceil(W/2)x3", (2 * H, -(-W // 2), 3), False, False),
    ("(H + 1)*(W + 1), 3", ((H + 1) * (W + 1), 3), False, False),
]


@pytest.mark.parametrize(("text", "dims", "whole", "batch"), SHAPES, ids=[ascii(row[0]) for row in SHAPES])
def test_shapes(text, dims, whole, batch):
    typed = read_shape(text)

    assert (dims, whole, batch) == typed[:3]
    assert [type(size) for size in dims] == [type(size) for size in typed.dims]
    assert typed.text == text


def test_a_printed_shape_is_read_back():
    dims = (N, (H - 1) // 2, 3 * H // 2, 9 * F * H + F, 7)

    assert read_shape(", ".join(map(str, dims))).dims == dims


ERRORS = [
    ("", None, "missing"),
    ("x", "x", "missing"),
    ("3x", "x", "missing"),
    ("x3", "x", "missing"),
    ("3,,4", ",", "missing"),
    ("3,4,", ",", "missing"),
    ("()", ")", "missing"),
    ("28x28,3", "28x28", "not both"),
    ("-1x3", "-1", "not negative"),
    ("3,-4", "-4", "not negative"),
    ("1_0x3", "1_0", "Write 10."),
    ("+3x3", "+3", "Write 3."),
    ("3.5", "3.5", "integers"),
    ("1e3", "1e3", "integers"),
    ("0X3", "0X3", "no size"),
    ("3 4", "3 4", "no size"),
    ("9223372036854775808", "9223372036854775808", "2^63"),
    ("9" * 4000, "9" * 4000, "2^63"),
    ("H - H - 1", "H - H - 1", "negative"),
    ("3, 2^4", "2^4", "no size"),
    ("3, H/2", "H/2", "whole number"),
    ("3, (H", "(", ""),
    ("(3", "(", ""),
    ("3)", "3)", "no size"),
    ("28\u00d728", "\u00d7", "Write x"),
    ("\u0663x3", "\u0663", "U+0663"),
    ("\u041dx3", "\u041d", "CYRILLIC"),
    ("\udcffx3", "\udcff", r"\xff"),
    ("3\0", "\0", "U+0000"),
    ("1x" * 3000 + "1", None, "4096"),
]


@pytest.mark.parametrize(("text", "words", "says"), ERRORS, ids=[ascii(row[0][:30]) for row in ERRORS])
def test_errors(text, words, says):
    with pytest.raises(SpecError) as caught:
        read_shape(text)
    error = caught.value

    assert (error.code, error.text) == ("bad_input", text)
    found = error.span and text[slice(*error.span)]
    assert (found or None) == words
    assert says in f"{error.message} {error.hint}"


def test_a_size_too_large_to_work_out_is_over_the_limit():
    with pytest.raises(LimitError) as caught:
        read_shape("3, " + "*".join(["(A + B + C + D + E + F)"] * 40))

    assert caught.value.span[0] == 3
