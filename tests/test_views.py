"""Views on their own: odd characters, unknown sizes, notes, and what a report is in a notebook."""

import json

import pytest

import convcalc
from convcalc.analysis.jsonable import field_text
from convcalc.analysis.report import Field, Note, Params, Port, Report
from convcalc.cli.errors import render as render_error
from convcalc.errors import SpecError
from convcalc.views import csv, layout, markdown, plain, rows, table
from convcalc.views import json as as_json
from convcalc.views.text import visible
from tests.reports import N, field, layer, mobile, symbolic

NASTY = "x\x1b[31m\x9b31m\u202e\u2066\u200b\x00\r\n\x7f[bold]b[/bold][/foo]|`*"


def nasty():
    """A report whose every word is hostile."""
    shape = (N, 4, 4, 3)
    row = layer(
        0,
        NASTY,
        NASTY,
        f"conv2d {NASTY}",
        ("input",),
        (shape, shape),
        (3, 0),
        9,
        field(3),
        notes=(Note("lopsided_padding", NASTY),),
    )
    return Report(
        framework="keras",
        data_format="channels_last",
        input_shape=shape,
        output_shape=shape,
        inputs=(Port(NASTY[:30], shape),),
        outputs=(Port(NASTY[:30], shape), Port("b", shape)),
        layers=(row,),
        params=row.params,
        macs=9,
        flops=18,
        receptive_field=field(3),
        param_bytes=12,
        peak_activation_bytes=400,
        training_activation_bytes=500,
        peak_layer=0,
        reading=NASTY,
        notes=(Note("paths_unaligned", NASTY),),
    )


@pytest.mark.parametrize(
    "text",
    [
        plain.render(nasty()),
        plain.render(nasty(), 40),
        markdown.render(nasty()),
        csv.render(nasty()),
        as_json.render(nasty()),
        as_json.field(nasty().to_dict(), "layers.0.name"),
        nasty()._repr_html_(),
    ],
    ids=["plain", "narrow", "markdown", "csv", "json", "field", "html"],
)
def test_no_control_character_comes_through(text):
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "x\\x1b[31m" in text or "x\\u001b[31m" in text or "x\\\\x1b\\[31m" in text


def test_rich_takes_no_markup():
    text = table.render(nasty())
    assert "[bold]b[/bold][/foo]" in text
    assert "\x1b[31m" not in text
    assert text.count("\x1b") == 2 * 2


def test_json_keeps_the_true_value():
    assert json.loads(as_json.render(nasty()))["layers"][0]["name"] == NASTY


@pytest.mark.parametrize(
    ("text", "shown"),
    [("é", "é"), ("\x07", "\\x07"), ("\udcff", "\\xff"), ("\ud800", "\\ud800"), ("\U000e0041", "\\U000e0041")],
)
def test_visible(text, shown):
    assert visible(text) == shown


def test_the_marked_line_is_cut_around_a_far_span():
    text = "conv2d 3 3 | " * 50 + "conv2d k=3 sd=2 | " + "flatten | " * 50
    start = text.index("sd=2")
    lines = render_error(SpecError("unknown_key", "No.", text=text, span=(start, start + 2))).splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= 102
    assert lines[1][lines[2].index("^") :][:4] == "sd=2"
    assert lines[2].count("^") == 2


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("ab\ncd ef\ngh", (6, 8), ["  cd ef", "     ^^"]),
        ("ab\x1b cd", (4, 6), ["  ab\\x1b cd", "         ^^"]),
        ("層 cd", (2, 4), ["  層 cd", "     ^^"]),
        ("abc", (3, 3), ["  abc", "     ^"]),
        ("abc", (9, 12), ["  abc", "     ^"]),
        ("ab\ncd", (1, 5), ["  ab", "   ^"]),
        ("", (0, 0), []),
    ],
)
def test_marked_line(text, span, expected):
    assert render_error(SpecError("syntax", "No.", text=text, span=span)).splitlines()[1:] == expected


def test_an_error_stays_short():
    error = SpecError("syntax", "x" * 10_000, hint="y" * 10_000, text="z" * 60_000, span=(5, 50_000))
    assert len(render_error(error)) < 4096


@pytest.mark.parametrize(
    ("size", "least", "text"),
    [
        ((3, 3), (3, 3), "3"),
        ((3, 5), (3, 5), "3x5"),
        ((2, 2), (1, 1), "1..2"),
        ((None, 3), (None, 3), "?x3"),
        ((), (), ""),
    ],
)
def test_field_text(size, least, text):
    assert field_text(Field(size, least, size, size)) == text


def test_notes_are_not_repeated():
    def one(index, *codes):
        return layer(
            index,
            f"a{index}",
            "A",
            "a",
            ("input",),
            ((N,), (N,)),
            (0, 0),
            0,
            None,
            notes=tuple(Note(code, f"{code} here") for code in codes),
        )

    shown = rows.notes_of([one(0, "p", "q", "r"), one(1, "p"), one(2), one(3, "p", "r"), one(4, "q")])
    assert shown == [
        (("p here; also rows 1, 3", "p"), ("q here; also row 4", "q")),
        (),
        (),
        (("r here", "r"),),
        (),
    ]


def test_head_says_what_counts_are_for():
    report = mobile()
    assert rows.head_line(report) == "keras, channels last; MACs for one image"
    report.batch, report.data_format, report.framework = 4096, "channels_first", "torch"
    assert rows.head_line(report) == "torch, channels first; MACs for 4,096 images"
    report.input_shape, report.batch, report.data_format = (N, 3), 1, None
    assert rows.head_line(report) == "torch; MACs for one sample"


def test_smallest_sizes_are_told_where_they_matter():
    report = symbolic()
    assert "hold" not in plain.render(report)
    report.fits = {"H": 7, "W": 7, "C": 1}
    assert plain.render(report).endswith("\nsizes  hold from H = 7, W = 7\n")


def test_buffers_stand_apart():
    report = mobile()
    report.params = Params(10, 10, 0, 65)
    assert "buffers  65, no parameters\n" in plain.render(report)


def test_binary_has_three_digits():
    for count in (1023, 1024, 1023 * 1024, 1024**2 - 1, 999 * 1024, 1000 * 1024, 5 * 1024**3, 10**18):
        text = rows.binary(count)
        assert len(text.split()[0].replace(".", "").replace(",", "")) <= 4
    assert [rows.binary(count) for count in (1023, 1024, 999 * 1024, 1000 * 1024, 1024**2 - 1, 2**60)] == [
        "1023 bytes",
        "1.00 KiB",
        "999 KiB",
        "0.98 MiB",
        "1.00 MiB",
        "1,024 PiB",
    ]


def test_rich_and_notebook():
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    Console(file=out, width=80).print(mobile())
    assert out.getvalue() == plain.render(mobile(), 80)
    html = mobile()._repr_html_()
    assert html.count("<tr>") == 1 + 1 + 6 + 1 + 1
    assert "&lt;0.1%" in html


def test_report_attributes_are_the_keys():
    report = mobile()
    for key in report.to_dict():
        assert hasattr(report, key)
    assert repr(report) == "<convcalc report: keras, 6 layers, N, 224, 224, 3 -> N, 10>"
    assert [row["name"] for row in report.rows()] == [row.name for row in report.layers]


def test_json_is_what_the_standard_library_writes():
    for report in (mobile(), symbolic(), nasty()):
        data = report.to_dict()
        assert as_json.spaced(data) == json.dumps(data)
        assert as_json.pretty(data) == as_json.pretty(data, json.dumps)
        assert json.loads(as_json.pretty(data)) == data
        assert max(len(line) for line in as_json.pretty(data).splitlines() if "message" not in line) <= 120


def test_expressions_wrap_before_the_table_falls_apart(golden):
    """A wide terminal keeps the table, with long expressions on several lines of their column."""
    net = "conv2d 8 3 s=2 pad=same conv2d 16 5 conv2dT 8 3 s=2 flatten dense 10"
    report = convcalc.shape(net, "HxWx3")
    text = plain.render(report, 140)
    golden("terminal_expressions_140.txt", text)
    assert max(map(len, text.splitlines())) <= 140
    assert all("".join(str(row.macs).split()) in "".join(text.split()) for row in report.layers[:1])


def test_paths_wrap_before_the_table_falls_apart():
    """What an exporter calls a layer is longer than the column of a table."""
    net = 'conv2d 16 3 name="/body/body.4/body/body.0/Conv" relu name="/body/body.4/relu/Relu"'
    lines = [line for _, line in layout.lines(rows.display(convcalc.shape(net, "9x9x3")), 64)]

    assert max(map(len, lines)) <= 64
    assert lines[2].split() == ["#", "layer", "output", "params", "MACs", "share", "RF"]
    layers = "".join(line.split("  N,")[0].strip() for line in lines[4 : lines.index("", 4)])
    assert "@'/body/body.4/body/body.0/Conv'" in layers
    assert "@'/body/body.4/relu/Relu'" in layers
