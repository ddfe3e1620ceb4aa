"""What views show seldom: terminals of every width, notes in colour, statistics of many layers and of none."""

import io
import os
import sys

import pytest

import convcalc
from convcalc.analysis.verdict import Verdict
from convcalc.cli import errors, options, output
from convcalc.cli.quantities import quantity
from convcalc.cli.run import cli as group
from convcalc.cli.run import help_width
from convcalc.cli.shape import table
from convcalc.errors import OutputError, SpecError
from convcalc.views import matched, rows, sheet, stats
from convcalc.views import table as coloured
from convcalc.views.text import colored, terminal_width
from convcalc.views.verdict import display

NET = "conv2d 8 3 reg=l2 | relu | flatten | dense 3 reg=l1"


@pytest.fixture
def environment(monkeypatch):
    """Set variables that a terminal is asked for; those that are not given are not there."""

    def settle(columns=None, **given):
        for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, value)

        def size(handle):
            if columns is None:
                raise OSError(25, "Inappropriate ioctl for device")
            return os.terminal_size((columns, 24))

        monkeypatch.setattr(os, "get_terminal_size", size)

    return settle


@pytest.mark.parametrize(
    ("given", "columns", "width"),
    [("57", 100, 57), ("0", 100, 100), ("abc", 100, 100), ("", None, 80), ("123456", 0, 80)],
)
def test_the_width_of_a_terminal(given, columns, width, environment):
    environment(columns, COLUMNS=given)

    assert terminal_width() == width


@pytest.mark.parametrize(("columns", "width"), [(None, 80), (0, 80), (30, 40), (60, 60), (200, 80)])
def test_the_width_of_help(columns, width, environment):
    environment(columns)

    assert help_width() == width


@pytest.mark.parametrize(
    ("given", "terminal", "expected"),
    [
        *(({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False), ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True)),
        *(({"TERM": "dumb"}, True, False), ({}, True, True), ({}, False, False)),
    ],
)
def test_what_decides_about_colour(given, terminal, expected, environment):
    environment(**given)

    assert colored("auto", terminal) is expected
    assert colored("always", terminal)
    assert not colored("never", terminal)


def test_a_wide_terminal_has_bars_of_the_macs(environment):
    report = convcalc.shape("conv2d 8 3 | conv2d 16 3", (1, 28, 28, 3))
    environment(100)
    wide = table(report, False, "never", True, rows.display)
    environment(50)
    narrow = table(report, False, "never", True, rows.display)
    environment(100)
    bright = table(report, False, "always", True, rows.display)
    only = convcalc.shape("relu", (1, 4))

    assert ("█" in wide, "█" in narrow, "\x1b[" in wide, "\x1b[" in bright) == (True, False, False, True)
    assert table(only, False, "never", True, rows.display) == table(only, False, "never", False, rows.display)


def test_a_verdict_is_green_or_red():
    good = convcalc.check("dense 3 | relu", (2, 4))
    rows = [row._replace(ok=row.index != 1) for row in good.layers]
    bad = Verdict(convcalc.shape("dense 3 | relu", (2, 4)), rows, "float32", 0, good.allowed, None, good.bytes)
    seen = [coloured.render(verdict, 100, False, display) for verdict in (good, bad)]

    assert [text.count("\x1b[32mok\x1b[0m") for text in seen] == [2, 1]
    assert [text.count("FAIL\x1b[0m") for text in seen] == [0, 1]
    assert "FAIL: 1 of 2 layers differs: row 1" in seen[1]
    assert [repr(verdict).partition(",")[0] for verdict in (good, bad)] == [
        "<convcalc verdict: ok",
        "<convcalc verdict: FAIL",
    ]
    assert [row.index for row in good.keep(good.layers[1:]).layers] == [1]


def test_a_list_of_commands_and_one_that_is_none(cli):
    assert group.list_commands(None)[:2] == ["shape", "inspect"]
    assert cli("--", "-x").code == 2
    assert cli("shape", "--", "konv", "--json").err.startswith("'konv' is no layer.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "0"], "--each does not go with --only."),
        (["--format", "csv"], "--each does not go with --format csv."),
        (["-"], "--each reads standard input, so NETWORK cannot be there."),
    ],
)
def test_what_does_not_go_with_each(words, said, cli):
    answer = cli("shape", "--each", *words)

    assert (answer.code, answer.err.splitlines()[0]) == (2, said)


def test_an_empty_input_holds_no_network(monkeypatch, tmp_path):
    (tmp_path / "empty").write_bytes(b" \n")
    with open(tmp_path / "empty") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        with pytest.raises(SpecError, match="Standard input is empty"):
            options.read_network(())


def test_a_file_that_may_not_be_written(monkeypatch, tmp_path):
    (tmp_path / "out").write_text("before")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OutputError, match="out cannot be written: Permission denied"):
        output.emit("after", tmp_path / "out")

    assert (tmp_path / "out").read_text() == "before"


def test_what_is_dropped_goes_nowhere(tmp_path):
    handle = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
    output.drop(handle)
    os.write(handle, b"lost")
    os.close(handle)

    assert (tmp_path / "out").read_bytes() == b""


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text):
        raise OSError(28, "No space left on device")


def test_an_error_that_cannot_be_said(monkeypatch):
    dropped = []
    monkeypatch.setattr(output, "drop", dropped.append)
    for stream in (None, Full()):
        monkeypatch.setattr(sys, "stderr", stream)
        errors.report(SpecError("usage", "No."))

    assert dropped == [2]


def test_no_quantity_is_none():
    assert quantity(None, "--max-params") is None


def test_penalties_of_several_weights_are_summed():
    found = convcalc.init_stats(NET, (1, 6, 6, 2), images=2, seed=1)
    shown = stats.render(found)
    each = [weight.regularizer for row in found.layers for weight in row.weights if weight.regularizer]

    assert len(each) == 2
    assert f"penalty in all  {stats.number(found.penalty.expected)} expected" in shown
    assert found.penalty.expected == pytest.approx(sum(one.expected for one in each))


def test_statistics_on_a_narrow_terminal_and_in_colour():
    found = convcalc.init_stats("conv2d 8 3 act=sigmoid | conv2d 8 3", (1, 6, 6, 2), images=2, seed=1)
    narrow = stats.render(found, width=40)
    lines = stats.render(found, color=True).splitlines()

    assert max(map(len, narrow.splitlines()[2:4])) <= 40
    assert "conv2d f=8 k=3 act=sigmoid   (1, 4, 4, 8)" not in narrow
    assert [line for line in lines if "\x1b[33mnote\x1b[0m" in line] == [line for line in lines if "note" in line]


def test_statistics_of_many_layers_without_the_rest():
    many = convcalc.init_stats("[dense 4] * 5", (1, 4), images=2, seed=1)

    assert "--only INDEX" in stats.render(many)
    assert "--only INDEX" not in stats.render(many, quiet=True)
    assert repr(many).startswith("<convcalc init-stats:")


def test_statistics_of_what_has_no_weights():
    found = convcalc.init_stats("relu", (2, 4), images=2, seed=1)

    assert "kernel" not in stats.render_markdown(found)
    assert "relu" in stats.render_markdown(found)
    assert "before the activation" in stats.render(found)


def test_progress_of_statistics_goes_up_to_all_of_it():
    shares = []
    convcalc.init_stats("dense 3 | relu", (2, 4), images=2, progress=shares.append)

    assert shares == [0.5, 1]


@pytest.mark.parametrize(
    ("spec", "input", "tool", "said"),
    [
        ("conv2d 3 3", "8x8x3", "keras", "which counts parameters and no MACs"),
        ("nn.Conv2d(3, 8, 3)", "1,3,8,8", "thop", "the same MACs"),
        ("nn.Conv2d(3, 8, 3) | nn.ReLU()", "1,3,H,8", "ptflops",
         "ReLU counts 2 an input value; Conv2d counts the bias"),
    ],
)  # fmt: skip
def test_what_a_tool_says_of_the_total(spec, input, tool, said):
    assert matched.summary(convcalc.shape(spec, input, match=tool)).endswith(said)


def test_a_sheet_says_from_which_sizes_it_holds():
    found = convcalc.inspect("conv2d 8 3", "HxWx3")

    assert sheet.render(found).endswith("\nsizes hold from H = 3, W = 3\n")
    assert "sizes hold" not in sheet.render(convcalc.inspect("conv2d 8 3", "9x9x3"))
    assert repr(found) == "<convcalc inspection: keras, 1 layers, N, H, W, 3 -> N, H - 2, W - 2, 8>"


def test_a_sheet_says_how_an_input_was_read():
    found = convcalc.inspect("dense 3", "3x4")

    assert found.reading
    assert sheet.render(found).startswith(found.reading[:40])
    assert not sheet.render(found, quiet=True).startswith(found.reading[:40])


def test_statistics_without_a_signal():
    """Of layers whose order is not known."""
    module = "Net(\n  (0): Linear(in_features=3, out_features=2, bias=True)\n)"
    found = convcalc.init_stats(module)

    assert "kaiming" in stats.render_markdown(found)
    assert "rms" not in stats.render_markdown(found)


def test_an_area_is_counted_as_a_pool():
    found = convcalc.shape("nn.Upsample(size=(4, 4), mode='area')", (1, 3, 8, 8), match="fvcore")

    assert (found.layers[0].match.macs, found.layers[0].match.reason) == (3 * 64, "counts 1 an input value")
