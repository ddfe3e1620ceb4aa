"""``shape --sort`` and ``--top``: rows by what they cost, of a network whose totals stay."""

import csv
import io
import json

import pytest

NET = ("-i", "28x28x3", "conv2d 32 3 act=relu maxpool2d 2 conv2d 64 3 s=2 pad=same flatten dense 10")
COMMANDS = {
    "sort_macs": ("--sort", "macs"),
    "sort_memory_top": ("--sort", "memory", "--top", "2"),
    "sort_markdown": ("--top", "2", "--format", "markdown"),
}
ORDERS = {"params": [4, 2, 0, 1, 3], "macs": [2, 0, 4, 1, 3], "memory": [0, 1, 2, 3, 4]}


@pytest.mark.parametrize("name", COMMANDS)
def test_table(name, cli, golden):
    answer = cli("shape", *COMMANDS[name], *NET)
    assert (answer.code, answer.err) == (0, "")
    golden(f"{name}.txt", answer.out)


@pytest.mark.parametrize("by", ORDERS)
def test_order_in_every_form(by, cli):
    """The same rows with their own index everywhere, and the figures that they are in order of."""
    data = json.loads(cli("shape", "--sort", by, "--json", *NET).out)
    found = {
        "json": [row["index"] for row in data["layers"]],
        "jsonl": [
            json.loads(line)["index"] for line in cli("shape", "--sort", by, "--format", "jsonl", *NET).out.splitlines()
        ],
        "csv": [
            int(row["index"])
            for row in csv.DictReader(io.StringIO(cli("shape", "--sort", by, "--format", "csv", *NET).out))
        ],
        "table": [
            int(line.split()[0]) for line in cli("shape", "--sort", by, *NET).out.splitlines() if line[:1].isdigit()
        ],
    }
    assert found == dict.fromkeys(found, ORDERS[by])
    key = {"params": lambda row: row["params"]["total"], "macs": lambda row: row["macs"]}
    costs = list(map(key.get(by, lambda row: row["activation_bytes"]), data["layers"]))
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]


@pytest.mark.parametrize("form", ["json", "markdown", "table"])
def test_totals_stay_those_of_the_whole(form, cli):
    whole, top = (cli("shape", *more, "--format", form, *NET).out for more in ((), ("--top", "1")))
    if form == "json":
        whole, top = json.loads(whole), json.loads(top)
        assert (len(whole.pop("layers")), len(top.pop("layers"))) == (5, 1)
        assert top == whole
    else:
        assert all("50,762" in text and "1,518,592" in text for text in (whole, top))
        assert "1 of 5" in top


def test_top_alone_is_by_macs_and_takes_what_there_is(cli):
    assert cli("shape", "--top", "9", *NET) == cli("shape", "--sort", "macs", *NET)
    assert cli("shape", "--top", "2", "--field", "layers.0.name", *NET).out == "conv2d_1\n"


def test_top_of_the_rows_that_only_names(cli):
    out = cli("shape", "--only", "Conv2D", "--top", "1", "--format", "csv", *NET).out
    assert [line.split(",")[0] for line in out.splitlines()] == ["index", "2"]


def test_expressions_stand_where_they_would_at_1000(cli):
    answer = cli("shape", "-i", "HxWx3", "--sort", "macs", "--json", "conv2d 8 3 conv2d 8 3 s=2 conv2d 8 1")
    assert [row["index"] for row in json.loads(answer.out)["layers"]] == [0, 1, 2]
    answer = cli("shape", "-i", "HxWx3", "--sort", "params", "--json", "conv2d 8 3 conv2d 8 3 s=2 conv2d 8 1")
    assert [row["index"] for row in json.loads(answer.out)["layers"]] == [1, 0, 2]
    assert "%" not in cli("shape", "-i", "HxWx3", "--sort", "macs", "conv2d 8 3 conv2d 8 3 s=2").out


def test_sorted_rows_are_read_back_in_their_order(cli, tmp_path):
    path = tmp_path / "net.json"
    path.write_text(cli("shape", "--sort", "params", "--json", *NET).out)
    assert cli("shape", str(path), "--json") == cli("shape", "--json", *NET)


def test_bars_are_plain_where_the_output_has_no_blocks(process):
    answer = process("shape", "--sort", "macs", *NET, env={"PYTHONIOENCODING": "ascii"})
    assert "59.5%  ########  " in answer.out
    assert answer.out.isascii()


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--top", "0"), "bad_value"), (("--top", "-1"), "bad_value"), (("--sort", "size"), "usage")],
)
def test_refused(words, code, cli):
    answer = cli("shape", "--json", *words, *NET)
    assert (answer.code, json.loads(answer.err)["error"]["code"]) == (2, code)


@pytest.mark.parametrize("words", [("--sort", "macs"), ("--top", "2")])
def test_not_with_each(words, process):
    answer = process("shape", "--each", *words)
    assert (answer.code, answer.out) == (2, "")
    assert words[0] in answer.err
