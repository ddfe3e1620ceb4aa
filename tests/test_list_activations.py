"""``convcalc list activations``: every row holds what it says, in words, in numbers and in the curve."""

import csv
import io
import json
import re

import numpy as np
import pytest

import convcalc
from convcalc import layers
from convcalc.activations import KERAS, ROWS, row_of
from convcalc.cli.activations import computed, entries, item_of
from convcalc.layers.activation import FAMILIES
from convcalc.views.curve import HEIGHT, WIDTH, draw, fits

NAMES = [row.name for row in ROWS]
rows = pytest.mark.parametrize("row", ROWS, ids=NAMES)


def values(row, points):
    """Return a row's values at points by its first framework's defaults."""
    item = item_of(row)
    return np.asarray(computed(row, item, next(iter(item["frameworks"])), points), float)


def test_every_activation_of_the_catalogue_has_a_row():
    kinds = {row.kind or row.name for row in ROWS}

    assert {family.kind for family in FAMILIES} - {"activation"} <= kinds
    assert kinds - {family.kind for family in FAMILIES} - {"identity"} == {
        row.name for row in ROWS if item_of(row)["frameworks"].keys() == {"keras"} and layers.find(row.name)
    } & set(KERAS)
    assert len(set(NAMES)) == len(NAMES)


@rows
def test_a_row_is_found_by_every_name_in_any_case(row):
    item = item_of(row)
    for word in (row.name, *item["aliases"], *item["frameworks"].values()):
        found = {entries(each)[0] for each in (word, word.upper(), word.lower())}
        assert row in found
        assert entries(word) == [row]


@rows
def test_an_example_is_a_spec_of_every_framework(row):
    item = item_of(row)
    sample = (1, 8, 8, 8) if row.name in ("glu", "softmax2d") else (2, 4)
    for framework, name in item["frameworks"].items():
        layer = convcalc.shape(item["example"], sample, framework=framework).layers[0]
        assert layer.type == name or framework == "keras"


@rows
def test_the_derivative_at_0_is_the_values(row):
    """Between two points about 0 where it has one; from both sides where it has none."""
    if row.slope is None:
        return
    h = 1e-6
    low, zero, high = values(row, (-h, 0.0, h))
    left, right = (zero - low) / h, (high - zero) / h
    if row.slope.__class__ is float:
        assert (high - low) / (2 * h) == pytest.approx(row.slope, abs=1e-5)
        assert left == pytest.approx(right, abs=1e-4)
    elif row.slope.startswith("none"):
        assert abs(left - right) > 0.5
        for said, side in (("from the left", left), ("from the right", right)):
            number = re.search(rf"(?:none: |, )([\d.]+) {said}", row.slope)
            assert number is None or float(number[1]) == pytest.approx(side, abs=1e-5)


# What TensorFlow 2.21.0 (Keras 3.15.1) and torch 2.13.0 take as the derivative at 0 where there is none.
KINKS = {
    "relu": {"Keras": 0, "torch": 0},
    "relu6": {"Keras": 0, "torch": 0},
    "leaky_relu": {"Keras": 0.2, "torch": 0.01},
    "selu": {"Keras": 1.0507010, "torch": 1.7580993},
}


@pytest.mark.parametrize("name", KINKS)
def test_what_the_frameworks_say_at_a_kink(name):
    said = row_of(name).slope
    if name == "selu":
        assert "Keras on TensorFlow says the right one, torch the left" in said
        assert "1.7580993 from the left, 1.0507010 from the right" in said
    else:
        both = set(KINKS[name].values())
        assert f"Keras and torch say {'0' if both == {0} else 'negative_slope'}" in said


@rows
def test_the_range_holds_every_value(row):
    """A closed end is reached, an open one is not."""
    found = re.match(r"^([\[(])(-?[\d.]+|-inf|-alpha), (-?[\d.]+|inf)([\])])", row.range)
    if found is None or " and " in row.range:
        assert row.name in ("hard_shrink", "shrink", "threshold", "thresholded_relu", "clip", "hardmax")
        return
    left, low, high, right = found.groups()
    low, high = -1.0 if low == "-alpha" else float(low), float(high)
    x = np.linspace(-30, 30, 60001)
    y = values(row, [*x, 0.0] if len(x) % 2 and row.name == "glu" else list(x))
    digits = 5e-7
    assert low - digits <= y.min()
    assert y.max() <= high + digits
    if left == "[":
        assert y.min() == pytest.approx(low, abs=digits)
    if right == "]":
        assert y.max() == pytest.approx(high, abs=digits)


def test_the_two_forms_of_gelu_differ_by_what_is_said():
    x = np.linspace(-6, 6, 60001)
    most = np.abs(convcalc.activation("gelu", x) - convcalc.activation("gelu", x, approximate=True)).max()

    said = float(re.search(r"at most ([\d.]+)\.", row_of("gelu").note)[1])
    assert said - 1e-5 < most <= said


def test_selus_constant_is_the_published_one():
    """Klambauer et al. 2017: the fixed point's alpha is 1.6732632423543772; 1.67216214 is a misprint."""
    least = convcalc.activation("selu", np.array([-1e3]))[0]

    assert least == pytest.approx(-1.6732632423543772 * 1.0507009873554805, rel=1e-15)
    assert "1.67216214" in row_of("selu").note


def test_one_line_each(cli):
    answer = cli("list", "activations")
    lines = answer.out.splitlines()

    assert (answer.code, answer.err) == (0, "")
    assert lines[0].split() == ["name", "keras", "torch", "onnx", "formula"]
    assert [line.split()[0] for line in lines[1:]] == NAMES


def test_every_form_has_every_row(cli):
    items = json.loads(cli("list", "activations", "--json").out)["items"]
    table = list(csv.DictReader(io.StringIO(cli("list", "activations", "--format", "csv").out)))
    markdown = cli("list", "activations", "--format", "markdown").out.splitlines()

    assert [item["name"] for item in items] == [line["name"] for line in table] == NAMES
    assert [line["formula"] for line in table] == [item["formula"] for item in items]
    assert len(markdown) == len(items) + 2
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in markdown} == {9}
    assert not any("values" in item for item in items)


def test_one_in_full(cli, golden):
    for name in ("gelu", "hard_sigmoid", "glu"):
        answer = cli("list", "activations", name, "-o", "/dev/stdout")
        assert answer.code == 0
    golden("activation.txt", cli("list", "activations", "hardsigmoid").out)


def test_values_are_the_apis(cli):
    (item,) = json.loads(cli("list", "activations", "LeakyReLU", "--at", "-2,-0.5,0,1e4,inf,nan", "--json").out)[
        "items"
    ]

    assert item["values"] == {
        "x": [-2.0, -0.5, 0.0, 1e4, None, None],
        "keras": [-0.4, -0.1, 0.0, 1e4, None, None],
        "torch": [-0.02, -0.005, 0.0, 1e4, None, None],
        "onnx": [-0.02, -0.005, 0.0, 1e4, None, None],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_fits_the_terminal(name, cli):
    out = cli("list", "activations", name).out
    curve = out.splitlines()[-HEIGHT - 1 :]

    assert max(map(len, curve)) <= 80
    assert all(line[11] in "│|" for line in curve[:-1])
    assert any(character in out for character in "⠉⣀⠤⠒⠋⡴")


def test_points_given_are_the_curves_range(cli):
    out = cli("list", "activations", "tanh", "--at", "-1,0,1").out

    assert [*out.splitlines()[-1].split()] == ["-1", "0", "1"]


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["list", "activations", "swsh"], "'swish'"),
        (["list", "activations", "conv2d"], "no activation"),
        (["list", "activations", "gelu", "--at", "1,x"], "'x'"),
        (["list", "activations", "gelu", "--at", ""], "numbers"),
        (["list", "activations", "gelu", "--at", "1_0"], "1_0"),
        (["list", "activations", "gelu", "--at", ",".join("1" * 1001)], "1000"),
        (["list", "activations", "glu", "--at", "1,2,3"], "even"),
        (["list", "activations", "--at", "1"], "one activation"),
        (["list", "layers", "conv2d", "--at", "1"], "one activation"),
    ],
)
def test_what_is_refused(argv, says, cli):
    answer = cli(*argv)

    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err


def test_a_curve_is_where_its_values_are():
    """Of x over -1 to 1 each row of dots is one line's; the axes cross in the middle."""
    lines = draw(-1.0, 1.0, [i / 500 - 1 for i in range(1001)], unicode=False)

    assert len(lines) == HEIGHT + 1
    assert lines[0].endswith("*")
    assert lines[-2].startswith(f"{'-1':>10} |*")
    for row, line in enumerate(lines[:HEIGHT]):
        stars = [column - 12 for column, mark in enumerate(line) if mark == "*"]
        first, last = WIDTH - 5 * (row + 1), WIDTH - 5 * row - 1
        # Where it goes on to the next row, both have a star.
        assert stars[0] in (first - 1, first)
        assert stars == [*range(stars[0], stars[-1] + 1)]
        assert stars[-1] in (last, last + 1)


@pytest.mark.parametrize("unicode", [True, False])
def test_a_curve_of_anything_is_drawn(unicode):
    nan, inf = float("nan"), float("inf")
    for curve in (
        [0.0] * 480,
        [nan] * 480,
        [1e300, -1e300] * 240,
        [inf, 1.0, -inf] * 160,
        [1e-300 * i for i in range(480)],
    ):
        lines = draw(-4.0, 4.0, curve, unicode)
        assert len(lines) == HEIGHT + 1
        assert max(map(len, lines)) <= 80
        assert unicode or all(line.isascii() for line in lines)


def test_a_jump_is_no_slope():
    """A step from one end to the other is two levels with nothing between."""
    lines = draw(-1.0, 1.0, [0.0] * 240 + [1.0] * 240, unicode=False)

    assert lines[0].count("*") == lines[HEIGHT - 1].count("*") == WIDTH // 2
    assert not any("*" in line for line in lines[1 : HEIGHT - 1])


def test_an_output_without_such_characters_has_stars(process):
    assert fits("utf-8")
    assert not fits("latin-1")
    out = process("list", "activations", "relu", env={"PYTHONIOENCODING": "ascii"}).out

    assert out.isascii()
    assert "*****" in out
