"""``--match``: the figures of other tools as they were recorded, and how a report puts them beside its own."""

import csv
import io
import json
from pathlib import Path

import pytest

import convcalc
from convcalc.analysis.matching import TOOLS

CORPUS = Path(__file__).parent / "corpus" / "matching.jsonl"
NET = (
    "nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.ConvTranspose2d(16, 8, 4, 2, 1),"
    " nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))"
)
ASK = ("-i", "3x32x32", NET)


def recorded():
    """The lines of the corpus after its header."""
    return [json.loads(line) for line in CORPUS.read_text().splitlines()[1:]]


@pytest.mark.parametrize("tool", TOOLS)
def test_figures_are_those_of_the_tool(tool):
    wrong, count = [], 0
    for line in recorded():
        if tool not in line["figures"]:
            continue
        count += 1
        figures = line["figures"][tool]
        row = convcalc.shape(line["text"], tuple(line["input"]), line["framework"], match=tool).layers[-1]
        if row.match.macs != (figures and figures[0]) or (figures and row.match.params != figures[1]):
            wrong.append((line["text"], line["input"], figures, row.match))
        if row.match.macs != row.macs and tool != "keras":
            assert row.match.reason
    assert not wrong
    assert count > 100


@pytest.mark.parametrize("tool", ["torchinfo", "fvcore", "ptflops", "thop"])
def test_totals_are_the_sums_of_the_rows(tool, cli):
    data = json.loads(cli("shape", "--match", tool, "--json", *ASK).out)
    rows = [row["match"] for row in data["layers"]]
    assert (data["match"]["tool"], data["match"]["version"]) == (tool, TOOLS[tool].version)
    for key in ("macs", "params"):
        assert data["match"][key] == sum(row[key] for row in rows)
    assert data["match"]["macs"] != data["macs"]
    whole = json.loads(cli("shape", "--json", *ASK).out)
    for report in (data, *data["layers"]):
        report.pop("match")
    assert data == whole


def test_reasons(cli):
    data = json.loads(cli("shape", "--match", "torchinfo", "--json", *ASK).out)
    assert [row["match"]["reason"] for row in data["layers"]] == [
        "counts the bias",
        "counts each parameter once a sample",
        None,
        "counts the kernel and the bias at output cells",
        None,
        None,
        "counts the bias",
    ]
    data = json.loads(
        cli("shape", "--match", "fvcore", "--json", "-i", "3x8x8", "nn.Conv2d(3, 2, 3, padding='same')").out
    )
    assert data["layers"][0]["match"] == {"macs": 0, "params": 56, "reason": "counts nothing where padding is a word"}


def test_a_layer_that_a_tool_does_not_count_says_so():
    for net, tool, reason in [
        ("nn.GELU()", "thop", "does not count it"),
        ("nn.Sigmoid()", "ptflops", "does not count it"),
        ("nn.Flatten()", "fvcore", None),
        ("SpaceToDepth(blocksize=2)", "onnx-tool", "stops at it"),
    ]:
        assert convcalc.shape(net, (2, 4, 4, 4), match=tool).layers[0].match.reason == reason


def test_a_tool_that_stops_has_no_total(cli):
    ask = ("shape", "-F", "onnx", "-i", "4x8x8", "--match", "onnx-tool", "conv2d 3 3 mish")
    assert json.loads(cli(*ask, "--json").out)["match"]["macs"] is None
    assert "which stops at row 1 and gives no total" in cli(*ask).out


def test_ptflops_counts_what_is_trained_of_one_sample():
    report = convcalc.shape("nn.Conv2d(3, 8, 3)", (4, 3, 8, 8), match="ptflops")
    assert report.layers[0].match.macs * 4 == report.macs + 4 * 8 * 36
    bare = convcalc.shape("nn.Conv2d(3, 8, 3, bias=False)", (4, 3, 8, 8), match="ptflops")
    assert bare.layers[0].match.reason == "counts one sample"


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_other_forms(form, cli, golden):
    answer = cli("shape", "--match", "thop", "--format", form, *ASK)
    assert (answer.code, answer.err) == (0, "")
    golden(f"match_{form}.txt", answer.out)
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.out)))
        assert [row["match_macs"] for row in rows][:2] == ["442368", "65536"]


def test_sorted_and_folded(cli):
    answer = cli("shape", "--match", "fvcore", "--sort", "macs", "--top", "2", *ASK)
    rows = [line for line in answer.out.splitlines() if line[:1].isdigit()]
    assert [row.split()[0] for row in rows] == ["3", "0"]
    assert answer.out.count("2,605,136") == 1


def test_symbols_stay_symbols(cli):
    answer = cli("shape", "--match", "torchinfo", "--json", "-i", "3xHxW", "nn.Conv2d(3, 2, 3)")
    assert json.loads(answer.out)["match"]["macs"] == "56*(H - 2)*(W - 2)"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--match", "fvcore", "-i", "28x28x3", "conv2d 8 3"), "bad_combination"),
        (("--match", "keras", *ASK), "bad_combination"),
        (("--match", "flops", *ASK), "usage"),
    ],
)
def test_refused(words, code, cli):
    answer = cli("shape", "--json", *words)
    assert (answer.code, json.loads(answer.err)["error"]["code"]) == (2, code)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_terminal(width, golden):
    """The reasons have a column where there is room, and stand under their rows where there is not."""
    from convcalc.views import matched, plain

    text = plain.render(convcalc.shape(NET, "3x32x32", match="thop"), width, words=matched.display)
    golden(f"terminal_match_{width}.txt", text)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("counts 4 an input value") == 2


def test_in_a_notebook():
    """A report with another tool's counts shows them of itself, as HTML and with rich."""
    from rich.console import Console

    report = convcalc.shape(NET, "3x32x32", match="thop")
    html = report._repr_html_()
    assert "thop MACs</th>" in html
    assert "counts 4 an input value</td>" in html
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(report)
    assert "counts 4 an input value" in console.export_text()
