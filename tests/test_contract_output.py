"""The output, sentence by sentence: JSON and its reading back, csv, fields, expectations, errors, help."""

import csv
import io
import json

import pytest

import convcalc


def answer(cli, *argv):
    """Return the JSON that ``shape ... --json`` prints."""
    run = cli("shape", *argv, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


KEYS = {
    "": "schema framework input_shape output_shape layers params macs flops receptive_field param_bytes "
    "peak_activation_bytes notes",
    "layers.0": "index name type spec inputs input_shape output_shape params weights macs flops receptive_field "
    "windows activation_bytes notes",
    "layers.0.params": "total trainable non_trainable buffers",
    "layers.0.weights.0": "name kind shape trainable",
    "layers.0.windows.0": "size stride low high dilation base overhang flip",
    "layers.0.receptive_field": "size size_min stride start",
    "layers.0.notes.0": "code message",
}


@pytest.mark.parametrize(("path", "keys"), KEYS.items(), ids=KEYS)
def test_json_has_the_keys_of_the_contract(path, keys, cli):
    """At every level; keys are only ever added."""
    value = answer(cli, "-i", "4,28,28,3", "conv2dT 10 3 2 pad=same")
    for part in filter(None, path.split(".")):
        value = value[int(part) if part.isdigit() else part]

    assert set(keys.split()) <= set(value)


def test_json_of_the_contract_s_example(cli):
    """The figures that it gives."""
    data = answer(cli, "-i", "4,28,28,3", "conv2dT f=10 k=3 s=2 pad=same")
    row = data["layers"][0]

    assert (data["schema"], data["framework"], data["macs"]) == ("convcalc/shape/1", "keras", 846720)
    assert (row["name"], row["type"]) == ("conv2d_transpose", "Conv2DTranspose")
    assert row["spec"] == "conv2dT f=10 k=3 s=2 pad=same"
    assert (row["inputs"], row["output_shape"]) == (["input"], [4, 56, 56, 10])
    assert row["params"] == {"total": 280, "trainable": 280, "non_trainable": 0, "buffers": 0}
    assert [(w["name"], w["shape"]) for w in row["weights"]] == [("kernel", [3, 3, 10, 3]), ("bias", [10])]
    assert (row["windows"][0]["base"], row["windows"][0]["flip"]) == (2, True)


NAMES = {
    "keras counts": ("keras", "conv2d 3 1 | conv2d 3 1 | relu", ["conv2d", "conv2d_1", "re_lu"]),
    "torch paths": (
        "torch",
        "nn.Sequential(nn.ReLU(), nn.Sequential(nn.ReLU(), nn.ReLU()))",
        ["0", "1.0", "1.1"],
    ),
    "onnx numbers": ("onnx", "conv2d 3 1 | relu", ["Conv_0", "Relu_1"]),
    "labels win": ("keras", "conv2d 3 1 @stem | conv2d 3 1", ["stem", "conv2d"]),
    "a block's labels are counted": ("keras", "[relu @a] * 3", ["a", "a_1", "a_2"]),
}


@pytest.mark.parametrize(("framework", "text", "names"), NAMES.values(), ids=NAMES)
def test_names(framework, text, names, cli):
    """As each framework names its layers."""
    assert [row["name"] for row in answer(cli, "-F", framework, text)["layers"]] == names


FACTS = {
    "windows of unknown size": ("maxpool2d 2 2 pad=same", None, "layers.0.windows.0.low", "null"),
    "adaptive pools have bins": ("adaptiveavgpool2d 3", "12x12x3", "layers.0.windows", '[{"bins":3},{"bins":3}]'),
    "the whole input after flatten": ("conv2d 3 3 | flatten", "9x8x3", "layers.1.receptive_field.size", "9,8"),
    "the whole input after a global pool": ("gap2d", "HxWx3", "receptive_field.size", "H,W"),
    "the largest of the phases": ("conv2dT 8 3 2", "9x9x3", "receptive_field.size", "2,2"),
    "and the smallest": ("conv2dT 8 3 2", "9x9x3", "receptive_field.size_min", "1,1"),
    "a stride of a fraction": ("upsample2d 2", "9x9x3", "receptive_field.stride", "1/2,1/2"),
    "a start in the padding": ("conv2d 3 5 pad=same", "9x9x3", "receptive_field.start", "-2,-2"),
    "parts of a separable layer": ("sepconv2d 8 3", "9x9x3", "layers.0.parts.1.name", "separable_conv2d.pointwise"),
    "a multiplied depth": ("dwconv2d 3 dm=2", "9x9x3", "layers.0.output_shape", "N,7,7,6"),
    "a symbolic batch counts as 1": ("conv2d 8 3", "9x9x3", "macs", str(49 * 27 * 8)),
    "transposed: input cells times kernel": ("conv2dT 8 3 2", "9x9x3", "macs", str(81 * 27 * 8)),
    "bias is in FLOPs alone": ("conv2d 8 3", "9x9x3", "flops", str(2 * 49 * 27 * 8 + 49 * 8)),
    "pool taps are FLOPs": ("maxpool2d 2", "8x8x3", "flops", str(16 * 4 * 3)),
    "two a normalised element": ("bn", "8x8x3", "flops", str(2 * 192)),
    "operands beyond the first": ("add @input @input", "8x8x3", "flops", str(2 * 192)),
    "bytes are float32": ("dense 4", "10", "param_bytes", "176"),
    "the largest sum of live tensors": ("conv2d 8 3 pad=same | relu", "4x4x3", "peak_activation_bytes", "1024"),
}


@pytest.mark.parametrize(("text", "given", "path", "expected"), FACTS.values(), ids=FACTS)
def test_facts_by_field(text, given, path, expected, cli):
    """What stands at a path of the JSON."""
    inputs = () if given is None else ("-i", given)

    assert cli("shape", *inputs, "--field", path, text).out == f"{expected}\n"


def test_torch_buffers_are_in_no_total(cli):
    """BatchNorm has 2C + 1 of them; param_bytes leaves them out."""
    data = answer(cli, "-F", "torch", "-i", "7x5x5", "bn")

    assert data["params"] == {"total": 14, "trainable": 14, "non_trainable": 0, "buffers": 15}
    assert data["param_bytes"] == 56
    assert [w["kind"] for w in data["layers"][0]["weights"]] == ["parameter"] * 2 + ["buffer"] * 3


READ_BACK = {
    "a merge": ("conv2d 8 3 pad=same @a | relu | add @a", "12x12x3"),
    "labels in a repeated block": ("[conv2d 8 3 pad=same @a relu add @a] * 3 | relu", "12x12x3"),
    "the input as an operand": ("conv2d 3 3 pad=same | concat @input", "12x12x3"),
    "from=": ("relu @a | conv2d 3 3 from=@input pad=same | add @a", "12x12x3"),
    "names of other characters": ("relu name='my act' | relu name=\"it's\" | add @'my act'", "3x3"),
    "a label as Keras names": ("relu @conv2d | conv2d 3 1 | add @conv2d", "9x9x3"),
    "no input, no filters": ("conv2d k=3 | bn | conv2d k=3", None),
    "symbols": ("conv2d 8 3", "?x?x3"),
    "torch, nested": ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.Sequential(nn.ReLU(), nn.Flatten()))", "3x8x8"),
    "torch, channels fixed": ("Conv2d(3, 8, 3)", None),
    "torch, unbatched": ("nn.Conv2d(3, 8, 3)", "(3,8,8)"),
    "onnx": ("Conv 8 3 pad=same @a | Relu | Add @a", "3x8x8"),
    "channels of a Keras layer": ("conv2d 8 3 in_channels=3", None),
    "named things": ("conv2d 8 3 pad=0:1x2:3 init=truncated_normal(stddev=0.02) act=relu(max_value=6)", "9x9x3"),
}


@pytest.mark.parametrize(("text", "given"), READ_BACK.values(), ids=READ_BACK)
def test_own_json_reads_back_as_the_same_report(text, given, cli):
    """Names, inputs and every figure; how the input was read was said once."""
    first = answer(cli, *(() if given is None else ("-i", given)), text)
    again = json.loads(cli("shape", "--json", stdin=json.dumps(first)).out)

    assert {**again, "reading": None} == {**first, "reading": None}


def test_csv(cli):
    """A row a layer, no total, the columns in their order, quoting, numbers ungrouped."""
    rows = list(
        csv.reader(
            io.StringIO(
                cli("shape", "-i", "4,28,28,3", "--format", "csv", "conv2d 8 3 s=2 pad=same name='a,b' relu").out
            )
        )
    )

    assert ",".join(rows[0]) == (
        "index,name,type,spec,input_shape,output_shape,params,trainable,macs,rf,activation_bytes,notes"
    )
    assert len(rows) == 3
    assert rows[1][1:6] == ["a,b", "Conv2D", "conv2d f=8 k=3 s=2 pad=same", "4,28,28,3", "4,14,14,8"]
    assert rows[1][6:] == ["224", "224", "169344", "3", "25088", "lopsided_padding"]


FIELDS = {
    "output_shape": "N,26,26,8", "layers.-1.macs": "0", "layers.0.name": "conv2d", "params": None,
    "reading": "null", "fits": "{}",
}  # fmt: skip


@pytest.mark.parametrize(("path", "text"), FIELDS.items(), ids=FIELDS)
def test_field(path, text, cli):
    """Shapes with commas, scalars bare, the rest compact JSON."""
    run = cli("shape", "-i", "28x28x3", "--field", path, "conv2d 8 3 relu")

    expected = text or '{"total":224,"trainable":224,"non_trainable":0,"buffers":0}'
    assert run.out == f"{expected}\n"


@pytest.mark.parametrize(
    ("path", "hint"),
    [("output_shap", "'output_shape'"), ("layers.0.mac", "'macs'"), ("layers.7", "from -1 back"), ("", "schema")],
)
def test_field_that_is_not_there(path, hint, cli):
    """Exit 2, and what may have been meant."""
    run = cli("shape", "--field", path, "conv2d 8 3 relu")

    assert (run.code, run.out) == (2, "")
    assert hint in run.err


EXPECTED = {
    "a number equals itself": ("26,26,8", 0), "another does not": ("27,26,8", 1), "? is anything": ("N,?,26,8", 0),
    "any is anything": ("anyx26x26x8", 0), "a symbol is anything at the batch": ("B,26,26,8", 0),
    "a symbol is no number elsewhere": ("H,26,8", 1), "a number is no open batch": ("4,26,26,8", 1),
    "too few axes": ("26,26", 1),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "code"), EXPECTED.values(), ids=EXPECTED)
def test_expectation(expected, code, cli):
    """Compared without the batch where given without one; the report is printed either way."""
    run = cli("shape", "-i", "28x28x3", "--expect", expected, "--field", "macs", "conv2d 8 3")

    assert (run.code, run.out) == (code, "146016\n")
    assert bool(run.err) == bool(code)


def test_expectation_of_symbols(cli):
    """A symbol is itself."""
    assert cli("shape", "--expect", "N,H - 2,W - 2,8", "conv2d 8 3").code == 0
    assert cli("shape", "--expect", "N,W - 2,H - 2,8", "conv2d 8 3").code == 1


@pytest.mark.parametrize(("file", "more"), [(False, {}), (True, {"line": 2, "column": 8})], ids=["words", "a file"])
def test_errors_as_json(file, more, cli, tmp_path):
    """One object on standard error, nothing on standard output; a file adds line and column."""
    path = tmp_path / "net.txt"
    path.write_text("relu\nconv2d sd=3\n")
    run = cli("shape", "--json", *((str(path),) if file else ("conv2d", "sd=3")))
    error = json.loads(run.err)["error"]

    assert (run.code, run.out) == (2, "")
    assert error == {
        "code": "unknown_key",
        "message": "conv2d takes no 'sd'.",
        "span": [12, 14] if file else [7, 9],
        **more,
        "hint": "Did you mean 's' or 'd'?",
    }


def test_errors_for_people(cli):
    """What is wrong, the line with carets, what would do."""
    assert cli("shape", "conv2d sd=3").err.splitlines() == [
        "conv2d takes no 'sd'.",
        "  conv2d sd=3",
        "         ^^",
        "Did you mean 's' or 'd'?",
    ]


@pytest.mark.parametrize("words", [(), ("shape",), ("inspect",), ("list",), ("schema",)], ids=" ".join)
def test_help_has_examples_first(words, cli):
    """-h and --help alike."""
    run = cli(*words, "-h")

    assert run.out.startswith("Examples:\n  convcalc ")
    assert cli(*words, "--help").out == run.out


def test_what_is_missing_is_said_in_one_line(cli):
    """Click's own list of choices runs over several."""
    assert (
        cli("list").err.splitlines()[0]
        == "Missing argument 'KIND'. Choose from: layers, activations, initializers, regularizers"
    )


def test_list_of_layers(cli):
    """Each item has its name, aliases, frameworks and parameters; one entry is found by any of its names."""
    data = json.loads(cli("list", "layers", "--json").out)
    of_all_ranks = json.loads(cli("list", "layers", "LpPool", "--json").out)["items"]
    assert [item["name"] for item in of_all_ranks] == ["lppool1d", "lppool2d", "lppool3d"]
    (one,) = json.loads(cli("list", "layers", "Conv2DTranspose", "--json").out)["items"]

    assert data["schema"].startswith("convcalc/list/")
    assert all({"name", "aliases", "frameworks", "parameters"} <= set(item) for item in data["items"])
    assert (one["name"], one["frameworks"]["torch"]) == ("conv2dT", "ConvTranspose2d")
    assert one in data["items"]


def test_codes_are_closed():
    """A code that is not listed cannot be read about."""
    from convcalc.errors import CODES

    with pytest.raises(convcalc.ConvcalcError) as caught:
        convcalc.shape("conv2d 8 3 sd=2")
    assert caught.value.code in CODES
