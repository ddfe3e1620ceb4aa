"""Keras models as files: what Keras itself says of each row, models within models, and what is not evaluated."""

import gzip
import json
from pathlib import Path

import pytest

import convcalc
from convcalc.cli import each
from convcalc.readers.files import recognise
from tests.keras_configs import CONV, IMAGE, TWICE, again, archive, functional, layer, read, sizes

CORPUS = Path(__file__).parent / "corpus" / "keras_models"
MODELS = sorted(path.name.removesuffix(".json.gz") for path in CORPUS.glob("*.json.gz"))


def recorded(name):
    """Return ``(config, what Keras says)`` of a recorded model."""
    data = json.loads(gzip.decompress((CORPUS / f"{name}.json.gz").read_bytes()))
    return data["model"], data["keras"]


@pytest.mark.parametrize("form", ["json", "keras"])
@pytest.mark.parametrize("name", MODELS)
def test_every_row_is_what_keras_says(name, form):
    model, keras = recorded(name)
    report = read(archive(model) if form == "keras" else model)
    seen = set()
    for name, kind, shape, trainable, frozen in keras["rows"]:
        rows = [row for row in report.layers if row.name == name or row.name.startswith(f"{name}/")]
        if kind == "InputLayer":
            continue
        params = [sum(row.params[place] for row in rows) for place in (1, 2)]
        assert (sizes(rows[-1].output_shape), params) == (shape, [trainable, frozen]), name
        seen.update(rows)
    # Keras lists operations on tensors, such as `x + y`, in the file alone.
    rest = {row.name for row in report.layers if row not in seen}
    assert rest <= {own["name"] for own in model["config"]["layers"] if own["module"].startswith("keras.src.ops")}
    assert sizes(report.output_shape) == keras["output"]
    assert (report.params.trainable, report.params.non_trainable) == (keras["trainable"], keras["non"])


@pytest.mark.parametrize("name", ["MobileNetV3Small.open", "ConvNeXtTiny.open"])
def test_what_is_printed_reads_back(name, cli, tmp_path):
    path, again = tmp_path / "model.json", tmp_path / "again.json"
    path.write_text(json.dumps(recorded(name)[0]))
    first = cli("shape", "--json", str(path))
    again.write_text(first.out)

    assert first.code == 0
    assert cli("shape", "--json", str(again)) == first


def test_from_a_pipe_on_another_input_and_batch(cli):
    text = json.dumps(recorded("MobileNet.fixed")[0])
    asked = ("--field", "output_shape", "--field", "layers.0.output_shape")

    assert cli("shape", "-", *asked, stdin=text).out == "N,1000\nN,112,112,32\n"
    assert cli("shape", "-", "--batch", "4", *asked, stdin=text).out == "4,1000\n4,112,112,32\n"
    assert cli("shape", "-", *asked, "-i", "160x160x3", stdin=archive(json.loads(text))).out == "N,1000\nN,80,80,32\n"
    assert cli("shape", "-", "-F", "torch", stdin=text).code == 2


def test_every_command_takes_it(cli, tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(archive(functional(*TWICE)))
    for command in ("shape", "inspect", "check", "init-stats"):
        answer = cli(command, str(path), "--json")
        assert (answer.code, answer.err) == (0, ""), command
        assert "shared" in answer.out, command


def test_each_line_is_an_input_of_it():
    network = recognise(json.dumps(functional(*TWICE)).encode(), "model").text
    lines = ["4x4x4", '{"id": 7, "input": [2, 5, 5, 4]}', "4x4x3", '{"spec": 7}']
    answers = [json.loads(text) for text, _ in each.answers(map(str.encode, lines), network)]

    assert [line.get("output_shape") for line in answers] == [["N", 4, 4, 4], [2, 5, 5, 4], None, None]
    assert {line["params"]["total"] for line in answers[:2]} == {148}
    assert [line["error"]["code"] for line in answers[2:]] == ["wrong_shape", "missing_argument"]


def test_a_layer_used_again_counts_once():
    report = read(functional(*TWICE))

    assert [row.params.total for row in report.layers] == [148, 0, 0]
    assert report.layers[1].macs == report.layers[0].macs > 0
    assert [note.code for note in report.layers[1].notes] == ["shared"]
    assert report.layers[2].inputs == ("shared", "shared_1")
    assert report.params.total == 148


def test_an_unknown_layer_used_again_counts_once():
    odd = again(layer("Mine", "odd", "image", module="mine"), "odd")
    report = read(functional(IMAGE, odd, layer("ReLU", "end", ("odd", 1))))

    assert [str(row.params.total) for row in report.layers] == ["P1", "0", "0"]


def test_only_an_earlier_layer_of_its_kind_is_shared():
    assert convcalc.shape("conv2d 8 3 pad=same @a conv2d 8 3 pad=same shared=a", "9x9x8").params.total == 584
    for spec in ("conv2d 8 3 shared=a", "conv2d 8 3 shared=a @a", "relu @a conv2d 8 3 shared=a"):
        with pytest.raises(convcalc.ConvcalcError, match="No earlier Conv2D is named 'a'"):
            convcalc.shape(spec, "9x9x8")
    with pytest.raises(convcalc.ConvcalcError, match=r"\(3, 3, 4, 8\), and that of 'a', which it shares, is"):
        convcalc.shape("conv2d 8 3 @a conv2d 4 3 conv2d 8 3 shared=a", "9x9x8")
    with pytest.raises(convcalc.ConvcalcError, match="do not have the same weights"):
        convcalc.shape("conv2d 8 3 @a conv2d 8 3 bias=false shared=a", "9x9x8")


def test_a_model_within_a_model_is_written_out():
    inner = functional(layer("InputLayer", "x", batch_shape=[None, 8, 8, 4]),
                       layer("Conv2D", "c", "x", filters=4, kernel_size=[1, 1]), name="block")  # fmt: skip
    entry = again({**inner, "inbound_nodes": CONV["inbound_nodes"]}, "block")
    report = read(functional(IMAGE, entry, layer("ReLU", "end", ("block", 1))))

    assert [row.name for row in report.layers] == ["block/c", "block/c_1", "end"]
    assert [row.params.total for row in report.layers] == [20, 0, 0]
    frozen = {**entry, "config": {**entry["config"], "trainable": False}}
    params = read(functional(IMAGE, frozen, layer("ReLU", "end", ("block", 1)))).params
    assert (params.trainable, params.non_trainable) == (0, 20)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (layer("Lambda", "odd", "image", function={"class_name": "__lambda__", "config": {}}), "not evaluated"),
        (layer("TFSMLayer", "odd", "image", filepath="/etc/passwd"), "TFSMLayer has no rule"),
        (layer("Mine", "odd", "image", module="my_package.layers", units=3), "Mine has no rule"),
        (layer("Conv2D", "odd", "image", module="my_package.layers", filters=3, kernel_size=[3, 3]), "no rule"),
        (layer("Conv2D", "odd", "image", filters=3, kernel_size=[3, 3], wraps="round"), "no rule"),
        (layer("ReLU", "odd", "image", "image"), "no rule"),
    ],
)  # fmt: skip
def test_beyond_a_layer_without_a_rule_sizes_are_unknown(entry, said):
    after = layer("Conv2D", "after", "odd", filters=6, kernel_size=[3, 3])
    report = read(functional(IMAGE, entry, after, layer("GlobalAveragePooling2D", "pool", "after")))
    odd, conv, pool = report.layers

    assert odd.type == entry["class_name"]
    assert said in odd.notes[0].message
    assert [str(n) for n in odd.output_shape] == ["N", "U1", "U2", "U3"]
    assert str(conv.params.total) == "54*U3 + 6"
    assert sizes(pool.output_shape) == [None, 6]
    assert conv.receptive_field is None
    # What may keep weights of its own adds an unknown number of them.
    assert ("P1" in str(report.params.total)) == (entry["class_name"] != "Lambda")


def test_the_rank_beyond_it_is_what_the_file_says():
    odd = layer("Lambda", "odd", "image")
    report = read(functional(IMAGE, odd, layer("Dense", "d", "odd", units=3, shape=(None, 7))))

    assert [str(n) for n in report.layers[0].output_shape] == ["N", "U1"]
    assert str(report.params.total) == "3*U1 + 3"


def test_operations_with_numbers_and_tensors():
    report = read(functional(
        IMAGE, layer("Add", "plus", "image", module="keras.src.ops.numpy", extra=[3.0]),
        layer("Multiply", "times", "plus", module="keras.src.ops.numpy", extra=[0.5]),
        layer("Exp", "exp", "times", module="keras.src.ops.numpy"),
    ))  # fmt: skip

    assert [row.spec for row in report.layers[:2]] == ["rescale scale=1.0 offset=3.0", "rescale scale=0.5"]
    assert (report.layers[2].type, report.params.total) == ("Exp", 0)


def test_what_no_output_comes_from_is_left_out():
    spare = layer("Dense", "spare", "image", units=9)
    report = read(functional(IMAGE, spare, layer("Flatten", "end", "image")))

    assert [row.name for row in report.layers] == ["end"]


def test_an_error_says_the_file_and_the_layer(cli, tmp_path):
    path = tmp_path / "m.json"
    path.write_text(json.dumps(functional(IMAGE, {**CONV, "config": {**CONV["config"], "filters": -1}})))
    answer = cli("shape", str(path))
    assert answer.code == 3
    assert "m.json: the layer 'shared', Conv2D, has filters=-1, which must be a positive integer" in answer.err
    path.write_text(json.dumps(functional(IMAGE, {**CONV, "config": {**CONV["config"], "padding": "valid"}})))
    answer = cli("shape", str(path), "-i", "2x2x4")
    assert answer.code == 1
    assert "conv2d f=4 k=3 name=shared\n  ^^^" in answer.err


OTHER = layer("InputLayer", "other", batch_shape=[None, 5])


def several(*layers, outputs):
    """Return the report of a model of two inputs and some outputs."""
    model = functional(IMAGE, OTHER, *layers, outputs=outputs)
    model["config"]["input_layers"] = {"b": ["other", 0, 0], "a": ["image", 0, 0]}
    return read(model)


def ports(*lists):
    return [[(one.name, sizes(one.shape)) for one in own] for own in lists]


def test_several_inputs_and_outputs_have_the_files_names():
    """In the file's order, whatever is last; a layer that is called twice is counted once."""
    twice = again(layer("Dense", "d", "other", units=5, shape=(None, 5)), "d")
    pool = layer("GlobalAveragePooling2D", "pool", "image")
    report = several(twice, pool, outputs={"x": ["d", 0, 0], "y": ["pool", 0, 0], "z": ["d", 1, 0]})
    assert ports(report.inputs, report.outputs) == [
        [("other", [None, 5]), ("image", [None, 8, 8, 4])],
        [("d", [None, 5]), ("pool", [None, 4]), ("d_1", [None, 5])],
    ]
    assert [row.inputs for row in report.layers] == [("other",), ("d",), ("image",)]
    assert (report.input_shape, report.params.total) == (report.inputs[0].shape, 30)


def test_an_input_called_input_and_an_output_that_is_one():
    second = {**OTHER, "name": "input", "config": {**OTHER["config"], "name": "input"}}
    model = functional(IMAGE, second, layer("Dense", "d", "input", units=2), outputs=[["d", 0, 0], ["image", 0, 0]])
    model["config"]["input_layers"].append(["input", 0, 0])
    report = read(model)
    assert [one.name for one in (*report.inputs, *report.outputs)] == ["image", "input_", "d", "image"]


@pytest.mark.parametrize("legacy", [False, True])
def test_outputs_of_a_model_within(legacy):
    """A model that is called counts its calls from 1 in the outputs; all its layers are counted, whoever reads them."""
    dense = layer("Dense", "d", "i", units=3, shape=(None, 5))
    inner = functional(
        layer("InputLayer", "i", batch_shape=[None, 5]), dense, layer("Dense", "e", "i", units=2, shape=(None, 5)),
        outputs=[["d", 0, 0], ["e", 0, 0]], name="inner",
    )  # fmt: skip
    inner = again(again({**inner, "inbound_nodes": []}, "other"), "other")
    if legacy:
        inner["inbound_nodes"] = [[["other", 0, 0, {}]], [["other", 0, 0, {}]]]
    last = layer("Dense", "f", "other", units=1, shape=(None, 5))
    report = several(inner, last, outputs=[["inner", 2, 1], ["f", 0, 0], ["inner", 1, 0]])
    assert [one.name for one in report.outputs] == ["inner/e_1", "f", "inner/d"]
    assert report.params.total == 18 + 12 + 6


def test_other_shapes_by_name(cli, tmp_path):
    path = tmp_path / "m.json"
    model = functional(IMAGE, OTHER, layer("Dense", "d", "other", units=2), outputs=[["d", 0, 0], ["image", 0, 0]])
    model["config"]["input_layers"].append(["other", 0, 0])
    path.write_text(json.dumps(model))
    answer = cli("shape", str(path), "-i", "other=(2,7)", "--json")
    data = json.loads(answer.out)
    assert [one["shape"] for one in data["inputs"]] == [[2, 8, 8, 4], [2, 7]]
    assert data["params"]["total"] == 16
    path.write_text(answer.out)
    assert json.loads(cli("shape", str(path), "--json").out) == data


def test_an_embedding_says_how_many_vectors_it_has():
    image = layer("InputLayer", "words", batch_shape=[None, 7])
    report = read(functional(image, layer("Embedding", "embedding", "words", input_dim=10, output_dim=4)))

    assert (report.params.total, sizes(report.output_shape)) == (40, [None, 7, 4])


@pytest.mark.parametrize(("module", "shape"), [("keras.layers", (8, 8, 4)), ("mine", None)])
def test_a_layer_that_changes_values_alone_keeps_its_sizes(module, shape):
    report = read(functional(IMAGE, layer("RandomFlip", "flip", "image", module=module, mode="horizontal")))
    row = report.layers[0]

    assert (row.type, [note.code for note in row.notes]) == ("RandomFlip", ["unknown_layer"])
    assert (row.output_shape[1:] == shape) == (shape is not None)
    assert (row.params.total == 0) == (shape is not None)
