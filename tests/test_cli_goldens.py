"""What the command line prints, whole, against files; and its totals added up again from the cells."""

import json
import re

import pytest

from convcalc.views import layout, markdown, plain, table
from convcalc.views.rows import display
from tests.reports import mobile, symbolic

NET = "conv2d 32 3 s=2 pad=same act=relu dwconv2d 3 pad=same act=relu conv2d 64 1 act=relu gap2d dense 10"
COMMANDS = {
    "help": "-h",
    "help_shape": "shape -h",
    "help_list": "list -h",
    "help_schema": "schema -h",
    "bare_transposed": "shape conv2dT k=3 s=2 pad=same",
    "network": f"shape -i 224x224x3 {NET}",
    "network_batch": f"shape -i 4,224,224,3 {NET}",
    "network_json": f"shape -i 224x224x3 --json {NET}",
    "network_jsonl": f"shape -i 224x224x3 --format jsonl {NET}",
    "network_csv": f"shape -i 224x224x3 --format csv {NET}",
    "network_markdown": f"shape -i 224x224x3 --format markdown {NET}",
    "network_quiet": f"shape -q -i 224x224x3 {NET}",
    "network_only": f"shape -i 224x224x3 --only conv2d_1 --only -1 {NET}",
    "chain_symbolic": "shape -i HxWx3 conv2d 8 3 s=2 pad=same maxpool2d 2 conv2d 16 3",
    "torch_pair": "shape -F torch -i 3x32x32 conv2d 8 3 maxpool2d 2",
    "reading": "shape -i 5x5 conv2d 8 3",
    "entry": "list layers conv2dT",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_command(name, cli, golden):
    answer = cli(*COMMANDS[name].split())
    assert (answer.code, answer.err) == (0, "")
    golden(f"{name}.txt", answer.out)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 140])
@pytest.mark.parametrize("report", [mobile, symbolic], ids=["mobile", "symbolic"])
def test_terminal(report, width, golden):
    golden(f"terminal_{report.__name__}_{width}.txt", plain.render(report(), width))


@pytest.mark.parametrize("width", [None, 80])
def test_colour(width, golden):
    text = table.render(mobile(), width)
    golden(f"colour_{width}.txt", text.replace("\x1b", "\\x1b"))
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == plain.render(mobile(), width)


def test_markdown_of_expressions(golden):
    golden("markdown_symbolic.txt", markdown.render(symbolic()))


def numbers(text):
    """All grouped numbers and expressions' numbers, in no order."""
    return sorted(re.findall(r"\d[\d,]*\d|\d", text))


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 140])
@pytest.mark.parametrize("report", [mobile, symbolic], ids=["mobile", "symbolic"])
def test_no_width_cuts_a_number_or_a_word(report, width):
    shown = display(report())
    narrow = plain.render(report(), width)
    for line in shown.lines:
        for cell in line.cells:
            for number in re.findall(r"\d[\d,]*\d|\d", cell.replace(", ", " ")):
                assert re.search(rf"(?<![\d,]){re.escape(number)}(?!,?\d)", narrow), number
    words = re.sub(r"\s+", "", plain.render(report()))
    assert len(re.sub(r"\s+", "", narrow)) >= len(words) - len("outputsharelayer#") - 20
    longest = max(len(word) for line in layout.lines(shown) for word in line[1].split())
    assert max(map(len, narrow.splitlines())) <= max(width, longest + 10)


@pytest.mark.parametrize("name", ["network", "network_batch", "torch_pair"])
def test_totals_are_the_sums_of_the_cells(name, cli):
    lines = cli(*COMMANDS[name].split()).out.splitlines()
    heads = next(line for line in lines if line.startswith("#"))
    total = next(line.split() for line in lines if line.strip().startswith("total"))
    ends = [re.search(rf"\b{title}\b", heads).end() for title in ("params", "MACs")]
    sums = [0, 0]
    for line in lines:
        if re.match(r"\d+ ", line):
            for column, end in enumerate(ends):
                sums[column] += int(line[:end].split()[-1].replace(",", ""))
    assert [f"{number:,}" for number in sums] == total[1:3]


def test_shares_add_up_to_one(cli):
    out = cli(*COMMANDS["network"].split()).out
    shares = [float(text) for text in re.findall(r"(?<!<)(\d+\.\d)%", out)]
    assert sum(shares) == pytest.approx(100, abs=0.3)


def test_csv_and_json_say_the_same(cli):
    import csv
    import io

    rows = list(csv.DictReader(io.StringIO(cli(*COMMANDS["network_csv"].split()).out)))
    layers = json.loads(cli(*COMMANDS["network_json"].split()).out)["layers"]
    assert len(rows) == len(layers) == 5
    for row, layer in zip(rows, layers, strict=True):
        assert row["output_shape"] == ",".join(map(str, layer["output_shape"]))
        assert int(row["params"]) == layer["params"]["total"]
        assert int(row["macs"]) == layer["macs"]
        assert row["spec"] == layer["spec"]
