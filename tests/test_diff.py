"""``convcalc diff``: rows of two networks aligned, what differs, in every form."""

import csv
import io
import json
import random

import pytest

import convcalc
from convcalc.analysis import align as module
from convcalc.analysis.align import align, rising, told
from convcalc.analysis.comparison import ASPECTS, COLUMNS, Comparison
from tests.test_imports import NEVER, ON_NEED, loaded_by, of
from tests.test_schemas import validator

A = "conv2d 32 3 | relu | maxpool2d 2 | flatten | dense 10"
B = "conv2d 32 5 | bn | relu | maxpool2d 2 | flatten | dense 10"
INPUT = ("-i", "28x28x3")
COMMANDS = {
    "diff": (*INPUT, A, B),
    "diff_equal": (*INPUT, A, A),
    "diff_symbolic": ("conv2d k=3", "conv2d k=5 | relu"),
    "diff_markdown": (*INPUT, "--format", "markdown", A, B),
    "diff_csv": (*INPUT, "--format", "csv", A, B),
    "diff_folded": (*INPUT, "[ conv2d 8 3 pad=same | relu ] * 6", "[ conv2d 8 3 pad=same | relu ] * 5 | conv2d 8 3"),
}


def rows(text, input="28x28x3"):
    return convcalc.shape(text, input).layers


def aligned(a, b, input="28x28x3"):
    return align(rows(a, input), rows(b, input))


@pytest.mark.parametrize("name", COMMANDS)
def test_output(name, cli, golden):
    answer = cli("diff", *COMMANDS[name])
    assert (answer.code, answer.err) == (0 if name == "diff_equal" else 1, "")
    golden(f"{name}.txt", answer.out)


def test_json_is_what_two_reports_say(cli):
    data = json.loads(cli("diff", *INPUT, "--json", A, B).out)
    a, b = (convcalc.shape(text, "28x28x3").to_dict() for text in (A, B))
    assert data["equal"] is False
    for key in ("macs", "flops", "param_bytes", "peak_activation_bytes"):
        assert (data["a"][key], data["b"][key], data["delta"][key]) == (a[key], b[key], b[key] - a[key])
    assert data["delta"]["params"] == b["params"]["total"] - a["params"]["total"]
    assert [pair["a"] and pair["a"]["index"] for pair in data["layers"]] == [0, None, 1, 2, 3, 4]
    assert [pair["b"] and pair["b"]["index"] for pair in data["layers"]] == [0, 1, 2, 3, 4, 5]
    for pair in data["layers"]:
        for side, report in (("a", a), ("b", b)):
            if pair[side]:
                row = report["layers"][pair[side]["index"]]
                assert pair[side] == {key: row[key] for key in pair[side]} | {"params": row["params"]["total"]}
    assert sum(pair["delta"]["macs"] for pair in data["layers"]) == data["delta"]["macs"]
    assert sum(pair["delta"]["params"] for pair in data["layers"]) == data["delta"]["params"]
    assert data["layers"][0]["differs"] == ["spec", "shape", "params", "macs"]
    assert data["layers"][0]["delta"]["output_shape"] == [0, -2, -2, 0]
    assert data["layers"][1]["differs"] == ["spec", "inputs", "shape", "params"]


@pytest.mark.parametrize("name", COMMANDS)
def test_schema(name, cli):
    check = validator(json.loads(cli("schema", "diff").out))
    words = [word for word in COMMANDS[name] if word not in ("--format", "csv", "markdown")]
    data = json.loads(cli("diff", "--json", *words).out)
    check.validate(data)
    lines = cli("diff", "--format", "jsonl", *words).out.splitlines()
    assert list(map(json.loads, lines)) == data["layers"]
    for line in lines:
        check.validate(json.loads(line))
    check.validate(json.loads(cli("diff", "--json", "conv2d", "conv2d 3 3").err))


def test_csv_and_json_say_the_same(cli):
    table = list(csv.DictReader(io.StringIO(cli("diff", *COMMANDS["diff_csv"]).out)))
    pairs = json.loads(cli("diff", *INPUT, "--json", A, B).out)["layers"]
    assert tuple(table[0]) == COLUMNS
    for row, pair in zip(table, pairs, strict=True):
        assert row["differs"].split() == pair["differs"]
        assert (int(row["params_delta"]), int(row["macs_delta"])) == (pair["delta"]["params"], pair["delta"]["macs"])
        for side in "ab":
            assert row[f"index_{side}"] == ("" if pair[side] is None else str(pair[side]["index"]))


@pytest.mark.parametrize(
    ("only", "a", "b", "code"),
    [
        ("shape", "conv2d 8 3 pad=same", "conv2d 8 5 pad=same", 0),
        ("params", "conv2d 8 3 pad=same", "conv2d 8 5 pad=same", 1),
        ("shape,macs", "conv2d 8 3", "conv2d 8 3 b=false", 0),
        ("shape,params", "conv2d 8 3", "conv2d 8 3 b=false", 1),
        ("shape,params,macs", "conv2d 8 3 act=relu", "conv2d 8 3 act=gelu", 0),
        ("spec", "conv2d 8 3 act=relu", "conv2d 8 3 act=gelu", 1),
        # A row that one network alone has differs in what it has any of.
        ("params,macs", "conv2d 8 3 | relu", "conv2d 8 3", 0),
        ("shape", "conv2d 8 3 | relu", "conv2d 8 3", 1),
        ("macs", "conv2d 8 3 | dense 3", "conv2d 8 3", 1),
        ("shape", "input 9x9x3 | gap2d", "input 8x8x3 | gap2d", 1),
        ("params", "input 9x9x3 | gap2d", "input 8x8x3 | gap2d", 0),
        ("spec,shape,params,macs", "relu @a relu relu add @a", "relu @a relu @b relu add @b", 0),
        ("inputs", "relu @a relu relu add @a", "relu @a relu @b relu add @b", 1),
        ("inputs", "relu @a relu relu add @a", "relu @c relu relu add @c", 0),
    ],
)
def test_only(only, a, b, code, cli):
    input = () if "input" in a else ("-i", "9x9x3")
    answer = cli("diff", *input, "--only", only, a, b)
    assert (answer.code, answer.err) == (code, "")
    assert (answer.out.splitlines()[-1].split()[0]) == ("differ" if code else "equal")
    data = json.loads(cli("diff", *input, "--only", only, "--json", a, b).out)
    assert (data["equal"], data["compared"]) == (not code, [word for word in ASPECTS if word in only.split(",")])


def test_options_hold_for_both(cli):
    data = json.loads(
        cli("diff", "-i", "3x9x9", "-F", "torch", "--batch", "2", "--dtype", "int8", "--json", "relu", "relu").out
    )
    for side in "ab":
        assert data[side]["input_shape"] == [2, 3, 9, 9]
        assert (data[side]["framework"], data[side]["dtype"]) == ("torch", "int8")
        assert data[side]["peak_activation_bytes"] == 2 * 2 * 3 * 9 * 9


def test_files_and_what_was_printed(cli, tmp_path):
    old, new = tmp_path / "old.txt", tmp_path / "new.json"
    old.write_text("input 28x28x3\n" + A.replace(" | ", "\n"))
    new.write_text(cli("shape", *INPUT, "--json", A).out)
    answer = cli("diff", str(old), str(new))
    assert answer.code == 0
    assert answer.out.splitlines()[:2] == [
        f"a  {old}: keras, channels last; MACs for one image",
        f"b  {new}: keras, channels last; MACs for one image",
    ]
    assert cli("diff", str(old), B.replace("|", "\n"), "-i", "28x28x3").code == 1


def test_a_network_on_standard_input(cli):
    assert cli("diff", *INPUT, "-", A, stdin=A).code == 0
    assert cli("diff", *INPUT, A, "-", stdin=B).code == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("conv2d", "8", "3"), 2, "3 arguments"),
        (("conv2d 8 3",), 2, "1 argument"),
        (("-", "-"), 2, "one network"),
        (("conv2d 8 3", "conv2d 8 3 sd=2"), 2, "In B: conv2d takes no 'sd'"),
        (("-i", "5x5x3", "conv2d 8 7", "conv2d 8 3"), 1, "In A: Conv2D does not fit"),
        (("--only", "shapes", A, A), 2, "not 'shapes'"),
        (("--only", "", A, A), 2, "not ''"),
        (("no/such.txt", A), 3, "In A: "),
    ],
)
def test_refused(words, code, message, cli):
    answer = cli("diff", *words)
    assert (answer.code, answer.out) == (code, "")
    assert message in answer.err


@pytest.mark.parametrize(
    ("a", "b", "pairs"),
    [
        ("relu gelu", "relu gelu", [(0, 0), (1, 1)]),
        ("conv2d 8 3 dense 3", "conv2d 8 3 relu dense 3", [(0, 0), (None, 1), (1, 2)]),
        ("relu", "gap2d", [(0, 0)]),
        ("conv2d 8 3 relu flatten", "gap2d", [(0, None), (1, None), (2, None), (None, 0)]),
        # The one with the same arguments, not the first of the kind.
        ("conv2d 8 3", "conv2d 4 3 conv2d 8 3", [(None, 0), (0, 1)]),
        # The same arguments on another size before other arguments.
        ("conv2d 8 3", "maxpool2d 2 conv2d 8 3 conv2d 4 3", [(None, 0), (0, 1), (None, 2)]),
        # Names that were given win over what is alike.
        ("conv2d 8 3 @x dense 3", "conv2d 8 3 conv2d 4 3 @x dense 3", [(None, 0), (0, 1), (1, 2)]),
        # Of names that cross, as many as are in order.
        ("relu @a relu @b relu @c", "relu @c relu @a relu @b", [(None, 0), (0, 1), (1, 2), (2, None)]),
        # A framework's own count tells nothing.
        ("conv2d 8 3 conv2d 4 3 relu", "conv2d 4 3 relu", [(0, None), (1, 0), (2, 1)]),
    ],
)
def test_alignment(a, b, pairs):
    assert aligned(a, b) == pairs


def test_torch_paths_that_shift_tell_nothing():
    a = convcalc.shape("nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3))")
    b = convcalc.shape("nn.Sequential(nn.ReLU(), nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3))")
    assert align(a.layers, b.layers) == [(None, 0), (0, 1), (1, 2), (2, 3)]
    assert not any(map(told, (*a.layers, *b.layers)))
    assert [told(row) for row in rows("conv2d 8 3 @stem conv2d 8 3 relu conv2d 4 3 name=conv2d_x")] == [
        *(True, False, False, True)
    ]


def is_alignment(pairs, count_a, count_b):
    """Whether pairs have every row of both, once, in order."""
    return [i for i, _ in pairs if i is not None] == list(range(count_a)) and [
        j for _, j in pairs if j is not None
    ] == list(range(count_b))


@pytest.mark.parametrize("cells", [10**6, 4, 0])
@pytest.mark.parametrize("seed", range(20))
def test_every_row_once_and_what_is_left_alone_stays_alike(seed, cells, monkeypatch):
    """Whatever is cut out of a network or put into it, also where the rows are too many for the programme."""
    monkeypatch.setattr(module, "MOST_CELLS", cells)
    rng = random.Random(seed)
    words = [
        rng.choice(["relu", "gelu", "conv2d 8 1", "conv2d 4 1", "relu @{}", "bn"]) for _ in range(rng.randint(1, 15))
    ]
    words = [word.format(f"n{i}") for i, word in enumerate(words)]
    other = [word for word in words if rng.random() < 0.8] or ["relu"]
    for _ in range(rng.randint(0, 3)):
        other.insert(rng.randint(0, len(other)), rng.choice(["dropout 0.5", "conv2d 4 1"]))
    a, b = (rows(" | ".join(net), "9x9x3") for net in (words, other))
    pairs = align(a, b)
    assert is_alignment(pairs, len(a), len(b))
    assert align(a, a) == [(i, i) for i in range(len(a))]
    names = {row.name: j for j, row in enumerate(b) if told(row)}
    assert all(names.get(a[i].name, j) == j for i, j in pairs if i is not None and j is not None and told(a[i]))


def test_the_programme_finds_the_best(monkeypatch):
    """Against all alignments of short networks, tried out."""

    def best(a, b):
        if not a or not b:
            return 0
        return max(best(a[1:], b), best(a, b[1:]), module.worth(a[0], b[0]) + best(a[1:], b[1:]))

    rng = random.Random(7)
    for _ in range(60):
        a, b = (
            rows(
                " | ".join(
                    rng.choices(["relu", "conv2d 8 1", "conv2d 4 1", "conv2d 4 3 pad=same"], k=rng.randint(1, 5))
                )
            )
            for _ in "ab"
        )
        pairs = module.programme(a, b, 0, len(a), 0, len(b))
        assert sum(module.worth(a[i], b[j]) for i, j in pairs if None not in (i, j)) == best(a, b)


def test_rising_is_the_longest():
    assert rising([]) == []
    assert rising([(0, 2), (1, 0), (2, 3), (3, 1), (4, 4)]) in ([(0, 2), (2, 3), (4, 4)], [(1, 0), (3, 1), (4, 4)])


def test_two_long_networks_take_no_square_of_time():
    report = convcalc.shape("[ relu ] * 4000 | conv2d 8 3 | [ gelu ] * 4000", (1, 9, 9, 3))
    other = convcalc.shape("gelu | [ relu ] * 4000 | conv2d 8 3 | [ gelu ] * 4000 | relu", (1, 9, 9, 3))
    found = Comparison(report, other)
    assert is_alignment([(p.a and p.a.index, p.b and p.b.index) for p in found.layers], 8001, 8003)
    assert sum(1 for pair in found.layers if pair.differs) < 20


def test_it_loads_no_more_than_it_needs():
    names = loaded_by(f"from convcalc.cli.main import main\nassert main({['diff', *INPUT, A, A]!r}) == 0")
    assert "convcalc.analysis.align" in names
    assert of(set(names) - set(loaded_by("import click")), [*NEVER, *ON_NEED]) == []
