"""``shape --depth``: what lies deeper in a path of names as one row, and ``--only`` with the beginning of a path."""

import csv
import io
import json

import pytest

BLOCK = "(conv): Conv2d({0}, {1}, kernel_size=(3, 3), padding=(1, 1))\n (bn): BatchNorm2d({1})\n (act): ReLU()\n"
PRINTED = (
    "Sequential(\n(stem): Conv2d(3, 4, kernel_size=(3, 3))\n(body): Sequential(\n"
    f"(0): Sequential(\n{BLOCK.format(4, 8)})\n(1): Sequential(\n{BLOCK.format(8, 8)})\n)\n"
    "(pool): AdaptiveAvgPool2d(output_size=1)\n(flat): Flatten(start_dim=1, end_dim=-1)\n"
    "(head): Sequential(\n(fc): Linear(in_features=8, out_features=10)\n)\n)\n"
)
ASK = ("shape", "-i", "3x16x16", PRINTED)


def answered(cli, *words):
    return json.loads(cli(*ASK, "--json", *words).out)


@pytest.mark.parametrize(
    ("depth", "names", "layers"),
    [
        ("1", ["stem", "body", "pool", "flat", "head.fc"], [None, 6, None, None, None]),
        ("2", ["stem", "body.0", "body.1", "pool", "flat", "head.fc"], [None, 3, 3, None, None, None]),
        ("9", None, None),
    ],
)
def test_rows(depth, names, layers, cli):
    whole, data = answered(cli), answered(cli, "--depth", depth)
    if names is None:
        assert data == whole
        return
    assert [row["name"] for row in data["layers"]] == names
    assert [row.get("layers") for row in data["layers"]] == layers
    for key in ("macs", "flops", "activation_bytes"):
        assert sum(row[key] for row in data["layers"]) == sum(row[key] for row in whole["layers"])
    for key in ("total", "trainable", "buffers"):
        assert sum(row["params"][key] for row in data["layers"]) == whole["params"][key]
    assert {key: data[key] for key in data if key != "layers"} == {key: whole[key] for key in whole if key != "layers"}


def test_a_block_has_the_first_input_and_the_last_output(cli):
    body = answered(cli, "--depth", "1")["layers"][1]
    first, *_, last = answered(cli, "--only", "body")["layers"]
    assert (body["index"], body["type"], body["inputs"]) == (first["index"], "block", ["stem"])
    for key, row in (("input_shape", first), ("output_shape", last), ("receptive_field", last)):
        assert body[key] == row[key]


def test_forms(cli, golden):
    golden("depth.txt", cli(*ASK, "--depth", "2").out)
    rows = list(csv.DictReader(io.StringIO(cli(*ASK, "--depth", "1", "--format", "csv").out)))
    assert [row["spec"] for row in rows][1] == "body: 6 layers"


def test_only_sort_and_top(cli):
    assert [row["name"] for row in answered(cli, "--only", "body.1")["layers"]] == [
        "body.1.conv", "body.1.bn", "body.1.act",
    ]  # fmt: skip
    folded = answered(cli, "--only", "conv2d", "--depth", "1")["layers"]
    assert [(row["name"], row.get("layers")) for row in folded] == [("stem", None), ("body", 2)]
    out = cli(*ASK, "--depth", "1", "--sort", "params", "--top", "1").out
    assert "body: 6 layers" in out
    assert out.count("████████") == 1
    assert "1 of 5" in out


def test_names_with_slashes(cli):
    """Keras' nested models, and what torch's exporter calls the nodes of a file."""
    net = 'conv2d 8 3 name="/block/a/Conv" | bn name="/block/a/BN" | conv2d 8 3 name="/block/b/Conv" | relu name="out"'
    data = json.loads(cli("shape", "-i", "16x16x3", "--json", "--depth", "1", net).out)
    assert [(row["name"], row.get("layers")) for row in data["layers"]] == [("block", 3), ("out", None)]
    kept = json.loads(cli("shape", "-i", "16x16x3", "--json", "--only", "block/a", net).out)
    assert [row["index"] for row in kept["layers"]] == [0, 1]


def test_a_folded_report_is_no_network(cli, tmp_path):
    path = tmp_path / "net.json"
    path.write_text(cli(*ASK, "--depth", "1", "--json").out)
    answer = cli("shape", str(path))
    assert answer.code == 3
    assert "Print it again without --depth." in answer.err


@pytest.mark.parametrize("depth", ["0", "-1", "x"])
def test_refused(depth, cli):
    assert cli(*ASK, "--depth", depth).code == 2


def test_layers_that_nothing_feeds(cli):
    """Of a module that is no Sequential: the parameters of a block are known, its MACs are not."""
    net = f"Net(\n(a): Part(\n{BLOCK.format(3, 8)})\n)"
    data = json.loads(cli("shape", "-i", "3x16x16", "--json", "--depth", "1", "--match", "thop", net).out)
    (row,) = data["layers"]
    assert (row["params"]["total"], row["macs"], row["match"]["macs"]) == (240, None, None)
    assert "are not known" in cli("shape", "-i", "3x16x16", "--depth", "1", "--match", "thop", net).out


def test_origins_are_blocks(cli):
    """A row tells what it takes where that is not the row before it, at the depth that is shown."""
    net = (
        'conv2d 4 3 pad=same name="/a/x" | conv2d 4 3 pad=same name="/b/x" | relu name="/b/y" | '
        'conv2d 4 3 pad=same from=@"/a/x" name="/c/x" | add @"/b/y" name="/c/y"'
    )
    table = cli("shape", "-i", "8x8x3", "--depth", "1", net).out
    rows = [line.split("  N, 8, 8, 4")[0].split() for line in table.splitlines()]
    assert ["3", "c:", "2", "layers", "0,", "1"] in rows
    assert ["1", "b:", "2", "layers"] in rows
    assert "at its peak (at /b/y)" in table
    folded = json.loads(cli("shape", "-i", "8x8x3", "--depth", "1", "--json", net).out)["layers"]
    assert [row["inputs"] for row in folded] == [["input"], ["/a/x"], ["/a/x", "b"]]
