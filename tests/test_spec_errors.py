"""What each error of a terse text says and points at, and the bound on layers."""

import pytest

from convcalc.errors import LimitError
from convcalc.spec import parse
from tests.reading import is_layer, read, refused

LONE = "your shell took `>` as a redirection: quote the network, or use `|` in quotes"
# text, code, the words under the carets, a piece of message or hint
ERRORS = [
    ("", "syntax", None, "no layer"),
    ("# nothing", "syntax", None, "no layer"),
    ("convd2 3", "unknown_word", "convd2", "'conv2d'"),
    ("conv2d 32 3 rleu", "unknown_word", "rleu", "'relu'"),
    ("conv2d 32 3 same", "unknown_word", "same", "pad=same"),
    ("conv2d k = 3", "unknown_word", "k", "k=value"),
    ("foo.relu", "unknown_word", "foo.relu", ""),
    ("32 3", "syntax", "32", "layer's name"),
    ("k=3 conv2d", "syntax", "k=3", "layer's name"),
    ("conv2d 3 -", "syntax", "-", LONE),
    ("conv2d 3 - ", "syntax", "-", LONE),
    ("conv2d 3 - relu", "syntax", "-", "missing"),
    ("conv2d k=", "syntax", "=", "k=3"),
    ("conv2d k= 3", "syntax", "=", "without spaces"),
    ("conv2d 3, 3", "syntax", ",", "without spaces"),
    ("conv2d 3 , relu", "syntax", ",", "comma"),
    ("conv2d k=1_0", "syntax", "1_0", "Write 10."),
    ("conv2d k=+3", "syntax", "+3", "Write 3."),
    ("conv2d k=3k", "syntax", "3k", "no value"),
    ("conv2d k=3x", "syntax", "x", "missing"),
    ("conv2d k=1:2:3", "syntax", "1:2:3", "low:high"),
    ("conv2d k=(3", "syntax", "(", "never closed"),
    ("conv2d k=3)", "syntax", ")", "closes nothing"),
    ("conv2d k=(3]", "syntax", "]", "Write )"),
    ("conv2d k=l2(3]", "syntax", "]", "Write )"),
    ("conv2d k=l2(3", "syntax", "(", "never closed"),
    ("conv2d k='a", "syntax", "'", "never closed"),
    ("conv2d k={3}", "syntax", "{3}", "no value"),
    ("conv2d k=3=4", "syntax", "=", "="),
    ("conv2d k=a(b=1=2)", "syntax", "=", "="),
    ("conv2d 9223372036854775808", "bad_value", "9223372036854775808", "2^63"),
    ("conv2d " + "9" * 5000, "bad_value", "9" * 5000, "2^63"),
    ("conv2d 1e999", "bad_value", "1e999", "float"),
    ("conv2d 9^9^9", "bad_value", "9^9^9", "2^63"),
    ("conv2d 5//0", "bad_value", "5//0", "division"),
    ("conv2d 2^-1", "bad_value", "2^-1", "negative power"),
    ("conv2d f=2^i", "bad_value", "i", "[ ... ] * n"),
    ("conv2d f=same*2", "bad_value", "same", "integers"),
    ("[conv2d 2^i] * 99", "bad_value", "2^i", "i = 63"),
    ("[conv2d 8//i] * 9", "bad_value", "8//i", "i = 0"),
    ("| relu", "syntax", "|", "before"),
    ("relu |", "syntax", "|", "after"),
    ("relu -> | bn", "syntax", "->", "after"),
    ("[| relu]", "syntax", "|", "before"),
    ("[relu |]", "syntax", "|", "after"),
    ("[relu", "syntax", "[", "] * n"),
    ("relu]", "syntax", "]", "nothing"),
    ("[]*3", "syntax", "[]", "No layer"),
    ("[relu]*0", "bad_value", "0", "at least once"),
    ("[relu]*", "syntax", "*", "plain integer"),
    ("[relu]*n", "syntax", "*n", "plain integer"),
    ("[relu]*2 3", "syntax", "3", "layer's name"),
    ("relu @a bn @a", "duplicate_key", "@a", "'a'"),
    ("relu @a @b", "duplicate_key", "@b", "'a'"),
    ("relu name=a name=b", "duplicate_key", "b", "'a'"),
    ("relu from=@input from=@input", "duplicate_key", "from=@input", "twice"),
    ("relu @input", "bad_value", "@input", "input"),
    ("relu name=3", "bad_value", "3", "word"),
    ("relu | @a", "syntax", "@a", "after no layer"),
    ("relu @", "syntax", "@", "label"),
    ("add @later relu @later", "unknown_label", "@later", "before its use"),
    ("relu @first add @frist", "unknown_label", "@frist", "'first'"),
    ("relu @a | add @a @sum", "unknown_label", "@sum", "with name=sum."),
    ("[add @a relu @a]*2", "unknown_label", "@a", "before its use"),
    ("relu from=a", "syntax", "from=a", "from=@name"),
    ("conv2d k=" + "(" * 101, "syntax", "(", "100"),
    ("[" * 101, "syntax", "[", "100"),
    ("relu\0", "syntax", "\0", "U+0000 a control character"),
    ("relu\r", "syntax", "\r", "U+000D"),
    ("\u0441onv2d 3", "syntax", "\u0441", "U+0441 CYRILLIC SMALL LETTER ES"),
    ("conv2d k=\uff13", "syntax", "\uff13", "Write 3."),
    ("conv2d k=\u0663", "syntax", "\u0663", "U+0663"),
    ("conv2d pad=\u017fame", "syntax", "\u017f", "U+017F LATIN SMALL LETTER LONG S"),
    ("conv2d\u200b 3", "syntax", "\u200b", "U+200B ZERO WIDTH SPACE"),
    ("conv2d k=\u22121", "syntax", "\u2212", "minus"),
    ("conv2d k=\u201csame\u201d", "syntax", "\u201c", "straight quotes"),
    ("relu\u2028bn", "syntax", "\u2028", "U+2028"),
    ("relu \udcff\udcfe", "syntax", "\udcff", r"\xff, which is not UTF-8"),
    ("relu name='\ud800'", "syntax", "\ud800", "U+D800"),
    ("relu" + " " * (1 << 23), "syntax", None, "8,388,608"),
    (f"Dense({'1' * 65536})", "syntax", "Dense", "65,536"),
]


@pytest.mark.parametrize(("text", "code", "words", "says"), ERRORS, ids=[ascii(row[0][:40]) for row in ERRORS])
def test_errors(text, code, words, says):
    error = refused(text)

    assert code == error.code
    assert words == (error.span and text[slice(*error.span)])
    assert says in f"{error.message} {error.hint}"
    assert error.message.isprintable()
    assert len(error.message) < 200


@pytest.mark.parametrize(
    "text",
    [
        "[relu] * 100001",
        "[[[relu]*99999]*99999]*99999",
        "[relu bn] * 50001",
        "relu [relu]*100000",
        "relu @a [add " + "@a " * 100 + "] * 20000",
        "[conv1d " + "i " * 100 + "] * 20000",
    ],
)
def test_too_many_layers_are_refused_before_they_are_made(text):
    assert refused(text, LimitError).exit_code == 4


def test_a_hundred_thousand_layers_are_read():
    layers = read("[relu bn] * 50000")

    assert len(layers) == 100_000
    assert layers[-1].inputs == (99_998,)


def test_suggestions_are_asked_for_only_where_one_is_needed():
    def names():
        raise AssertionError("asked")

    assert len(parse("conv2d 3 relu", is_layer, names)) == 2
    with pytest.raises(AssertionError, match="asked"):
        parse("conv2d 3 rleu", is_layer, names)
