"""``convcalc inspect``: what it prints, whole, against files; its JSON; and what it refuses."""

import json
import re

import pytest

import convcalc
from convcalc.views.sheet import render
from tests.test_schemas import closed, validator

COMMANDS = {
    "inspect_conv": "inspect -i 224x224x3 conv2d 64 7 s=2 pad=same",
    "inspect_transposed": "inspect -i 28x28x16 conv2dT 10 3 s=2 pad=same",
    "inspect_symbolic": "inspect conv2d 8 3 s=2 pad=same",
    "inspect_separable": "inspect -i 28x28x3 sepconv2d 16 3 dm=2 act=relu",
    "inspect_torch": "inspect -F torch -i 3x32x33 conv2d 8 3x5 s=2x1 p=1x2 d=1x2 maxpool2d 3 2 ceil_mode=true "
    "adaptiveavgpool2d 7 flatten linear 10",
    "inspect_onnx": "inspect -F onnx -i 3x10x11 conv2d 4 3 s=2 pad=same_lower conv2dT 4 3 s=2 output_shape=10x12",
    "inspect_merge": "inspect -i 8x8x4 conv2d 8 3 pad=same @a bn add @a concat @a upsample2d 2 crop2d 1 gap2d",
    "inspect_only": "inspect -q -i 28x28x3 --only dense conv2d 32 3 flatten dense 10",
    "inspect_json": "inspect -i 9x9x3 --json conv2dT 4 2 s=3",
    "help_inspect": "inspect -h",
}
SHARED = (
    "index",
    "name",
    "type",
    "spec",
    "inputs",
    "input_shape",
    "output_shape",
    "params",
    "receptive_field",
    "notes",
)
NETS = [words for name, words in COMMANDS.items() if not name.startswith("help")]


@pytest.mark.parametrize("name", COMMANDS)
def test_command(name, cli, golden):
    answer = cli(*COMMANDS[name].split())
    assert (answer.code, answer.err) == (0, "")
    golden(f"{name}.txt", answer.out)


@pytest.mark.parametrize("width", [20, 60, 80, 140])
def test_terminal(width, golden):
    spec, shape = "conv2d 64 7x3 s=2 pad=same kernel_initializer=truncated_normal(stddev=0.02)", (4, 224, 224, 3)
    golden(f"terminal_inspect_{width}.txt", render(convcalc.inspect(spec, shape), width))


@pytest.mark.parametrize("width", [30, 60, 80, 140])
@pytest.mark.parametrize("words", ["conv2d 64 7 s=2 pad=same", "conv2dT 10 3 s=2 pad=same", "sepconv2d 16 3"])
def test_no_width_cuts_a_number(words, width):
    sheets = convcalc.inspect(words, "2240x2240x3")
    narrow, wide = render(sheets, width), render(sheets)
    assert sorted(re.findall(r"\d[\d,]*\d|\d", narrow)) == sorted(re.findall(r"\d[\d,]*\d|\d", wide))
    assert sorted("".join(narrow.split())) == sorted("".join(wide.split()))
    if width >= 60:
        assert max(map(len, narrow.splitlines())) <= width


@pytest.mark.parametrize("width", [None, 80])
def test_colour_marks_defaults_units_and_notes_alone(width):
    sheets = convcalc.inspect("conv2d 64 7 s=2 pad=same", "224x224x3")
    text = render(sheets, width, color=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert [line.rstrip() for line in plain.splitlines()] == render(sheets, width).splitlines()
    assert set(re.findall(r"\x1b\[[0-9;]*m", text)) == {"\x1b[2m", "\x1b[33m", "\x1b[0m"}
    assert "\x1b[33mnote\x1b[0m" in text
    assert re.search(r"\x1b\[2mgroups +1 +default\x1b\[0m", text)
    assert re.search(r"^  filters +64 +given$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def schema():
    from convcalc.cli.schema import FOLDER

    with open(f"{FOLDER}/inspect.json", encoding="utf-8") as file:
        return json.load(file)


@pytest.mark.parametrize("words", NETS)
def test_json_is_as_the_schema_says(words, cli, schema):
    words = [word for word in words.split() if word != "--json"]
    data = json.loads(cli(*words, "--json").out)
    validator(schema).validate(data)
    lines = cli(*words, "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == data["layers"]


def test_a_wrong_sheet_is_seen(cli, schema):
    import jsonschema

    data = json.loads(cli(*COMMANDS["inspect_json"].split()).out)
    for change in ({"layers": [{}]}, {"fits": {"H": "7"}}, {"news": 1}, {"schema": "convcalc/shape/1"}):
        with pytest.raises(jsonschema.ValidationError):
            validator(schema).validate({**data, **change})


def test_the_schema_shares_what_shape_says(schema):
    from convcalc.cli.schema import FOLDER

    with open(f"{FOLDER}/shape.json", encoding="utf-8") as file:
        shape = json.load(file)
    shared = "size shape framework params receptive_field window bins note error problem"
    for name in shared.split():
        assert schema["$defs"][name] == shape["$defs"][name]
    for name in ("index", "name", "type", "spec", "inputs", "input_shape", "output_shape"):
        assert schema["$defs"]["layer"]["properties"][name] == shape["$defs"]["layer"]["properties"][name]
    assert closed(schema)["$defs"]["inspection"]["additionalProperties"] is False


@pytest.mark.parametrize("words", [words for words in NETS if "--only" not in words])
def test_what_it_prints_reads_back_as_a_network(words, cli):
    words = [word for word in words.split() if word != "--json"]
    printed = cli(*words, "--json").out
    again = cli("inspect", "-", "--json", stdin=printed)
    assert (again.code, again.err) == (0, "")
    one, two = json.loads(printed), json.loads(again.out)
    for sheet in (*one["layers"], *two["layers"]):
        # How an argument was written is the one thing that a spec in full does not keep.
        for argument in sheet["arguments"]:
            argument.pop("written", None)
            argument["source"] = "told" if argument["source"] in ("given", "from the input") else argument["source"]
    assert [s["spec"] for s in one["layers"]] == [s["spec"] for s in two["layers"]]
    assert [s["axes"] for s in one["layers"]] == [s["axes"] for s in two["layers"]]
    assert [s["cost"] for s in one["layers"]] == [s["cost"] for s in two["layers"]]
    shape = json.loads(cli("shape", "-", "--json", stdin=printed).out)
    assert [s["output_shape"] for s in shape["layers"]] == [s["output_shape"] for s in one["layers"]]


@pytest.mark.parametrize("words", NETS)
def test_it_agrees_with_shape(words, cli):
    words = [word for word in words.split()[1:] if word not in ("--json", "-q")]
    sheets = json.loads(cli("inspect", *words, "--json").out)
    rows = json.loads(cli("shape", *words, "--json").out)
    for sheet, row in zip(sheets["layers"], rows["layers"], strict=True):
        for key in SHARED:
            assert sheet[key] == row[key]
        assert (sheet["cost"]["macs"], sheet["cost"]["flops"]) == (row["macs"], row["flops"])
        assert sheet["cost"]["output_bytes"] == row["activation_bytes"]
        assert [axis["window"] for axis in sheet["axes"]] == row["windows"]
        for mine, other in zip(sheet["weights"], row["weights"], strict=True):
            assert {key: mine[key] for key in other} == other
            assert len(mine["layout"]) in (0, len(mine["shape"]))
        counts = [weight["size"] for weight in sheet["weights"] if weight["kind"] == "parameter"]
        if all(isinstance(count, int) for count in counts):
            assert sum(counts) == row["params"]["total"]


@pytest.mark.parametrize("form", ["csv", "markdown"])
def test_it_names_the_formats_that_it_has(form, cli):
    answer = cli("inspect", "--format", form, "conv2d", "8", "3")
    assert (answer.code, answer.out) == (2, "")
    assert form in answer.err
    assert "table, json, jsonl" in answer.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("inspect -i 5x5x3 conv2d 8 7", 1),
        ("inspect conv2d 8 3 sd=2", 2),
        ("inspect nowhere/a.txt", 3),
        ("inspect --only 3 conv2d 8 3", 2),
    ],
)
def test_what_shape_refuses_it_refuses(words, code, cli):
    answer = cli(*words.split())
    assert (answer.code, answer.out) == (code, "")
    assert answer.err == cli("shape", *words.split()[1:]).err


def test_a_file_gets_it_all_or_nothing(cli, tmp_path):
    path = tmp_path / "sheet.txt"
    assert cli("inspect", "-o", str(path), "-i", "9x9x3", "conv2d", "8", "3") == (0, "", "")
    assert path.read_text(encoding="utf-8") == cli("inspect", "-i", "9x9x3", "conv2d", "8", "3").out


def test_quiet_leaves_out_notes_alone(cli):
    words = COMMANDS["inspect_conv"].split()[1:]
    quiet, whole = cli("inspect", "-q", *words).out, cli("inspect", *words).out
    assert whole.startswith(quiet)
    assert "note" in whole[len(quiet) :]
    assert cli("inspect", "-q", "--json", *words).out == cli("inspect", "--json", *words).out


def test_words_of_a_user_are_shown_and_never_run(cli):
    answer = cli("inspect", "--color", "always", "-i", "9x9x3", "conv2d 8 3 name='\x1b[31mred'")
    assert "\x1b[31m" not in answer.out + answer.err
