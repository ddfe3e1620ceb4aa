"""What torch prints of modules whose order it does not tell: layers with weights alone, and nothing made up."""

import json
import re
from pathlib import Path

import pytest

import convcalc
from convcalc.errors import LimitError
from convcalc.readers.files import recognise

CORPUS = Path(__file__).parent / "corpus" / "modules.jsonl"
_, *MODULES = map(json.loads, CORPUS.read_text().splitlines())
TEXTS = {row["name"]: row["text"] for row in MODULES}
UNKNOWN = ("output_shape", "macs", "flops", "activation_bytes", "receptive_field")
# Modules of torch's own of which the text does not say the number of parameters.
UNCOUNTED = {"lstm", "attention", "self_attn", "multihead_attn"}


@pytest.mark.parametrize("row", MODULES, ids=TEXTS)
def test_parameters_are_those_that_torch_counts(row):
    report = convcalc.shape(row["text"])
    counts = {layer.name: layer.params.total for layer in report.layers}
    uncounted = {path for path in row["params"] if path.rpartition(".")[2] in UNCOUNTED}
    known = {path: count for path, count in row["params"].items() if path not in uncounted}

    assert known == {path: count for path, count in counts.items() if path not in uncounted and count}
    for path in uncounted:
        assert re.fullmatch(r"P\d+", str(counts[path])), path
    if uncounted:
        total = report.params.total
        assert total.at(dict.fromkeys(total.symbols, 0)) == sum(known.values())
    else:
        assert report.params.total == row["total"]


@pytest.mark.parametrize("row", MODULES, ids=TEXTS)
def test_what_is_not_known_is_null_and_reads_back(row):
    report = convcalc.shape(row["text"])
    data = report.to_dict()
    for layer in data["layers"]:
        fed = bool(layer["inputs"])
        assert all((layer[key] is None) != fed for key in UNKNOWN[:4]), layer["name"]
        assert fed or (layer["input_shape"] is None and layer["windows"] == [] and layer["receptive_field"] is None)
    assert [data[key] for key in (*UNKNOWN[:3], "peak_activation_bytes", "peak_layer")] == [None] * 5
    assert [note["code"] for note in data["notes"]] == ["order_unknown"]
    again = recognise(json.dumps(data).encode(), "printed.json")
    assert convcalc.shape(again.text, again.input, again.framework).to_dict() == data


def test_layers_before_a_module_of_unknown_order_have_sizes():
    report = convcalc.shape(TEXTS["block in a Sequential"], "3x9x9")

    assert [(row.name, row.output_shape and row.output_shape[1:]) for row in report.layers] == [
        *(("0", (8, 7, 7)), ("1", (8, 7, 7))),
        *((name, None) for name in ("2.conv1", "2.bn1", "2.conv2", "2.bn2", "3")),
    ]


def test_a_module_without_layers_of_its_own_breaks_the_order_too():
    report = convcalc.shape(TEXTS["module without layers"], "4")

    assert [(row.name, row.inputs) for row in report.layers] == [("0", ("input",)), ("2", ())]


def test_an_input_that_no_layer_is_said_to_take():
    text = TEXTS["unet"]

    assert convcalc.shape(text).input_shape is None
    given = convcalc.shape(text, (1, 3, 64, 64))
    assert (given.input_shape, given.output_shape, given.macs) == ((1, 3, 64, 64), None, None)


def test_a_class_that_torch_does_not_have_in_a_sequential():
    report = convcalc.shape("Sequential(\n  (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n  (1): Foo()\n)")

    assert [row.type for row in report.layers] == ["Conv2d", "Foo"]
    assert str(report.output_shape) == "(N, U1, U2, U3)"
    assert report.layers[1].notes[0].code == "unknown_layer"


def test_repetitions_within_repetitions():
    rows = convcalc.shape(
        "Net(\n  (xs): ModuleList(\n    (0-1): 2 x Sequential(\n      (2-3): 2 x Linear(in_features=3, out_features=2,"
        " bias=True)\n      (4): ReLU()\n    )\n  )\n  (y): ModuleList()\n  (p): ParameterList(\n"
        "      (0): Parameter containing: [torch.float32 of size 2x2]\n  )\n)"
    ).layers

    assert [row.name for row in rows] == ["xs.0.2", "xs.0.3", "xs.1.2", "xs.1.3", "p"]
    assert str(rows[-1].params.total) == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "Net(\n  (0-100000): 100001 x Linear(3, 4)\n)",
        "Net(\n  (0-999): 1000 x Block(\n (0-999): 1000 x Linear(3, 4)\n)\n)",
        "Net(" + "\n(0-99999): 100000 x Block()" * 100 + ")",
        "Net(\n" + "(0-1): 2 x Block(\n" * 99 + "(0): Linear(3, 4)" + ")" * 100,
    ],
)
def test_repetitions_are_counted_first(text):
    with pytest.raises(LimitError):
        convcalc.shape(text)


def test_empty_repetitions_are_written_out_once():
    text = "Net(\n  (a): Linear(3, 4)\n" + "  (1-2): 2 x Block(\n  (x): Foo()\n" * 40 + ")" * 41

    with pytest.raises(LimitError):
        convcalc.shape(text)
    assert len(convcalc.shape("Net(\n  (a): Linear(3, 4)\n" + "  (1-2): 2 x ModuleList(\n" * 40 + ")" * 41).layers) == 1


def test_text_of_a_large_module_is_longer_than_a_spec_may_be():
    text = (
        "Net(\n" + "".join(f"  (layer_number_{n}): Linear(in_features=4, out_features=4)\n" for n in range(2000)) + ")"
    )

    assert len(text) > 65536
    assert convcalc.shape(text).params.total == 40000


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("check", "-i", "3x32x32"), 2, "needs the order of its layers"),
        (("check", "-i", "3x32x32", "--json"), 2, "order_unknown"),
        (("shape", "--max-macs", "3M"), 1, "MACs are not known"),
        (("shape", "--expect", "?,2"), 1, "The output is not known"),
    ],
)
def test_what_needs_the_order(words, code, says, cli, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(TEXTS["resnet18"])
    command, *options = words
    answer = cli(command, str(path), *options)

    assert answer.code == code
    assert says in answer.err


@pytest.mark.parametrize(
    ("command", "form"),
    [
        *(("shape", form) for form in ("table", "json", "jsonl", "csv", "markdown")),
        *((command, form) for command in ("inspect", "init-stats") for form in ("table", "json")),
    ],
)
def test_every_form_shows_it(command, form, cli, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(TEXTS["list"])
    answer = cli(command, str(path), "--format", form)

    assert answer.code == 0, answer.err
    assert "None" not in answer.out
    assert "NaN" not in answer.out


def test_a_network_against_itself_and_against_another(cli, tmp_path):
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(TEXTS["resnet18"])
    other.write_text(TEXTS["unet"])

    assert cli("diff", str(one), str(one)).code == 0
    assert cli("diff", str(one), str(other)).code == 1
    assert cli("diff", str(one), str(other), "--json").code == 1
