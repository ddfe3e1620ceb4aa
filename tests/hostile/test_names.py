"""Names of a file's own in every view: they neither colour nor move anything, break no csv, and stay in their cell."""

import csv
import io
import json
import re
import unicodedata

import pytest

import convcalc
from convcalc.analysis.report import Note
from convcalc.layers.write import quoted
from convcalc.views import html, plain, table
from convcalc.views.text import MOST, shortened, visible, width

NAMES = {
    "markup": "[bold red]x[/]",
    "closing markup": "[/foo]x",
    "escapes": "x\x1b[31m\x1b]0;pwn\x07\x1b]52;c;AA\x07\x1b[2J",
    "C1": "a\x9b31mb\x85c",
    "bidi": "a\u202eb\u2066c\u200d",
    "newlines": "a\nb\r\tc\u2028d",
    "long": "L" * 10_000,
    "long, with blanks": "ab " * 4000,
    "marks": "e" + "\u0301" * 1000,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "formula": "=cmd|'/C calc'!A0",
    "wide": "\u6f22\u5b57",
    "markdown": "a|b`c<script>*_[x](y)",
    "quotes": "a\"b'c\\",
    "surrogate": "\ud800",
}
VIEWS = {
    "shape": (),
    "depth": ("--depth", "1"),
    "match": ("--match", "keras"),
    "sorted": ("--sort", "params"),
    "markdown": ("--format", "markdown"),
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def model(name):
    """A Keras model with a name in every place: a layer's, a nested one's, a class without a rule."""

    def layer(kind, own, before, **config):
        history = {"class_name": "__keras_tensor__", "config": {"keras_history": [before, 0, 0]}}
        nodes = [{"args": [history], "kwargs": {}}] if before else []
        return {"class_name": kind, "config": {"name": own, **config}, "name": own, "inbound_nodes": nodes}

    layers = [
        layer("InputLayer", "in", None, batch_shape=[None, 8, 8, 3]),
        layer("Conv2D", f"{name}/a", "in", filters=4, kernel_size=[3, 3]),
        layer(name, f"{name}/b", f"{name}/a"),
        layer("BatchNormalization", name, f"{name}/b"),
    ]
    config = {"name": name, "layers": layers, "input_layers": [["in", 0, 0]], "output_layers": [[name, 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": config})


@pytest.fixture(params=NAMES)
def path(request, tmp_path):
    found = tmp_path / "model.json"
    found.write_text(model(NAMES[request.param]))
    return str(found)


def clean(text):
    """Hold that a text has no character that a terminal would act on, nor one that hides."""
    for line in text.split("\n"):
        hidden = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert not hidden, ascii(line[:200])
        assert not re.search("[\u0300-\u036f]{4}", line), ascii(line[:200])


def test_tables(path, cli):
    for words in VIEWS.values():
        answer = cli("shape", path, *words)
        assert answer.code == 0
        clean(answer.out)
        rows = [line for line in answer.out.splitlines() if line[:1].isdigit()]
        assert all(width(line) < 300 for line in rows)


def test_other_commands(path, cli):
    for words in (
        ("inspect", path),
        ("diff", path, "keras.layers.Conv2D(4, 3)"),
        ("init-stats", path),
        ("check", path),
    ):
        answer = cli(*words)
        assert answer.code in (0, 1, 2)
        clean(answer.out + answer.err)
    clean(cli("shape", path, "--only", "nothing of the kind").err)


def test_csv_and_json(path, cli):
    rows = list(csv.DictReader(io.StringIO(cli("shape", path, "--format", "csv").out)))
    assert [(row["index"], row["input_shape"][0]) for row in rows] == [("0", "N"), ("1", "N"), ("2", "N")]
    assert all(None not in row for row in rows)
    answer = cli("shape", path, "--json")
    clean(answer.out)
    assert len(json.loads(answer.out)["layers"]) == 3


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_colour_is_ours_alone(name):
    """The coloured table is the plain one with codes around it; markup is text, in a notebook too."""
    report = convcalc.shape("conv2d 4 3", "8x8x3")
    row = report.layers[0]._replace(name=name, spec=f"unknown {quoted(name)}", notes=(Note("unknown_layer", name),))
    report = report.keep([row])
    for columns in (None, 60, 100):
        assert COLOUR.sub("", table.render(report, columns)) == plain.render(report, columns)
        clean(plain.render(report, columns))
    assert "<script>" not in html.render(report)


def test_wide_characters_take_two_columns(cli):
    net = "unknown '\u6f22\u5b57' | unknown 'ab'"
    lines = [line for line in cli("shape", "-i", "3x4", "-q", net).out.splitlines() if line[:1].isdigit()]
    assert len({width(line.split("N, ")[0]) for line in lines}) == 1


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_words_are_cut_and_numbers_are_not(name):
    assert width(shortened(f"unknown class_name='{visible(name)}'")) <= MOST + len("unknown class_name=")
    long = "reshape shape=(" + ",".join(["123456"] * 30) + ")"
    assert shortened(long) == long
