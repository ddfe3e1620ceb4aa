"""The JSON Schemas: sound themselves, met by every output, and with no key left undocumented."""

import json

import jsonschema
import pytest

from convcalc.errors import ConvcalcError
from tests.reports import mobile, symbolic

NETS = [
    "shape conv2dT k=3 s=2 pad=same",
    "shape conv2d k=3",
    "shape -i 4,28,28,3 conv2d 10 3 maxpool2d 2 flatten dense 3",
    "shape -i HxWx3 conv2d 8 3 s=2 pad=same gap2d",
    "shape -F torch -i 3x32x32 conv2d 8 3 pad=1 maxpool2d 2",
    "shape -i ?x?x3 conv2d 8 3 adaptiveavgpool2d 7",
    "shape -i 9x3 sepconv1d 8 3",
    "shape -i 5x5 conv2d 8 3",
]


@pytest.fixture(scope="module")
def schemas():
    from convcalc.cli.schema import COMMANDS, FOLDER

    found = {}
    for name in COMMANDS:
        with open(f"{FOLDER}/{name}.json", encoding="utf-8") as file:
            found[name] = json.load(file)
    return found


def validator(schema, part=None):
    """A validator of a schema, or of one of its definitions, that refuses keys it does not know."""
    schema = closed(schema)
    if part:
        schema = {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def closed(schema):
    """The same schema with every object closed, so that an undocumented key is seen."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        schema["additionalProperties"] = False
    return schema


@pytest.mark.parametrize("words", NETS)
def test_shape(words, cli, schemas):
    answer = cli(*words.split(), "--json")
    assert answer.code == 0
    validator(schemas["shape"]).validate(json.loads(answer.out))


@pytest.mark.parametrize("words", NETS)
def test_lines_are_layers(words, cli, schemas):
    lines = cli(*words.split(), "--format", "jsonl").out.splitlines()
    assert lines
    for line in lines:
        validator(schemas["shape"], "layer").validate(json.loads(line))


@pytest.mark.parametrize("report", [mobile, symbolic])
def test_reports_made_by_hand(report, schemas):
    validator(schemas["shape"]).validate(report().to_dict())


@pytest.mark.parametrize(
    "words",
    ["shape conv2d 3 3 sd=2", "shape -i 5x5x3 conv2d 3 7", "shape nowhere/a.txt", "shpe", "shape -i 3x conv2d 3 3"],
)
def test_errors(words, cli, schemas):
    answer = cli(*words.split(), "--json")
    assert answer.out == ""
    validator(schemas["shape"], "error").validate(json.loads(answer.err))


def test_errors_in_files(cli, schemas, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("conv2d 3 3\nconv2d 3 3 sd=2")
    validator(schemas["shape"], "error").validate(json.loads(cli("shape", str(path), "--json").err))


@pytest.mark.parametrize(
    "words",
    [
        "list layers",
        "list layers conv2dT",
        "list activations",
        "list activations gelu --at -1,inf,nan,0",
        "list initializers",
        "list regularizers l2",
    ],
)
def test_list(words, cli, schemas):
    data = json.loads(cli(*words.split(), "--json").out)
    validator(schemas["list"]).validate(data)
    lines = cli(*words.split(), "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == data["items"]


def test_schema_command_prints_the_file(cli, schemas):
    for name, schema in schemas.items():
        assert json.loads(cli("schema", name).out) == schema


def test_each_lines(schemas):
    check = validator(schemas["shape"], "each")
    report = symbolic().to_dict()
    own = {key: report[key] for key in ("framework", "input_shape", "output_shape", "params", "macs")} | {"notes": []}
    check.validate({"id": None, "line": 3, **own})
    check.validate({"id": "a", "line": 3, "error": ConvcalcError("limit", "Too much.").to_dict()})
    with pytest.raises(jsonschema.ValidationError):
        check.validate({"id": None, "line": 0, **own})


LINES = r"""conv2d 8 3
# skipped
conv2d 8 3 sd=2
{"id": 7, "spec": "conv2d 8 3 s=2 pad=same", "input": [4, 28, 28, 3]}
{"id": "a", "spec": "Conv2d(3, 8, 3)", "input": "HxW"}
{"id": null, "spec": 3}
no layer {
"""


@pytest.mark.parametrize(
    ("words", "stream"),
    [
        ("--each -i 28x28x3", LINES),
        ("--json -i 28x28x3 sepconv2d 8 3 s=2 pad=same relu", None),
        ("--format jsonl sepconv2d 8 3 s=2 pad=same relu adaptiveavgpool2d 3", None),
        ("--json conv2d sd=3", None),
    ],
)
def test_everything_that_shape_prints_validates(words, stream, process, schemas):
    """Against the schema as it is printed: reports, lines of --each, layers and errors."""
    answer = process("shape", *words.split(), stdin=(stream or "").encode())
    lines = [answer.out] if answer.out.startswith("{\n") else (answer.out or answer.err).splitlines()

    assert len(lines) == (6 if stream else 3 if "jsonl" in words else 1)
    for line in lines:
        validator(schemas["shape"]).validate(json.loads(line))
    with pytest.raises(jsonschema.ValidationError):
        validator(schemas["shape"]).validate({**json.loads(lines[0]), "news": 1})


@pytest.mark.parametrize("words", ["-i 28x28x3 sepconv2d 8 3 s=2 pad=same relu", "conv2d k=3", "conv2d sd=3"])
def test_everything_that_inspect_prints_validates(words, cli, schemas):
    """Sheets, sheets line by line, and errors, against the schema as it is printed."""
    check = validator(schemas["inspect"])
    for form in ("json", "jsonl"):
        answer = cli("inspect", *words.split(), "--format", form)
        lines = [answer.out] if answer.out and form == "json" else (answer.out or answer.err).splitlines()
        assert lines
        for line in lines:
            record = json.loads(line)
            check.validate(record)
            with pytest.raises(jsonschema.ValidationError):
                check.validate({**record, "news": 1})


def test_every_kind_of_argument_is_documented(cli, schemas):
    """All that the list says of arguments is in its schema, and all that the schema has is said of some."""
    said = {
        own["kind"]
        for kind in ("layers", "activations")
        for item in json.loads(cli("list", kind, "--json").out)["items"]
        for parameter in item["parameters"]
        for own in parameter["frameworks"].values()
    }
    assert said == set(schemas["list"]["$defs"]["own"]["properties"]["kind"]["enum"])


def test_a_wrong_report_is_seen(schemas):
    report = mobile().to_dict()
    for change in ({"macs": 1.5}, {"layers": [{}]}, {"fits": {"H": "7"}}, {"news": 1}):
        with pytest.raises(jsonschema.ValidationError):
            validator(schemas["shape"]).validate({**report, **change})
