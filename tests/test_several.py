"""Networks of several inputs and outputs: as text, on the command line, in Python, line by line, and back from JSON."""

import json

import numpy as np
import pytest

import convcalc
from convcalc.analysis.comparison import Comparison
from convcalc.errors import SpecError

TEXT = """input 8x8x3 @image
input 5 name=meta
conv2d 4 3 act=relu @c
gap2d @g
dense 4 from=@meta
add @g name=sum
dense 2 @probs
output @probs @c"""
COMMANDS = (["shape"], ["inspect"], ["check"], ["init-stats", "--images", "2"])


def ports(report):
    """Return the shapes of inputs and outputs by name."""
    return [{port.name: port.shape for port in own} for own in (report.inputs, report.outputs)]


def printed(report):
    """Return the same with symbols as text."""
    return [{name: tuple(map(str, shape)) for name, shape in own.items()} for own in ports(report)]


def test_a_text_names_its_inputs_and_outputs():
    report = convcalc.shape(TEXT)
    assert printed(report) == [
        {"image": ("N", "8", "8", "3"), "meta": ("N", "5")},
        {"probs": ("N", "2"), "c": ("N", "6", "6", "4")},
    ]
    assert [row.inputs for row in report.layers] == [("image",), ("c",), ("meta",), ("dense", "g"), ("sum",)]
    assert report.input_shape == report.inputs[0].shape
    assert report.output_shape == report.outputs[0].shape


@pytest.mark.parametrize(
    ("given", "shapes"),
    [
        ("9x9x3", [(9, 9, 3), (5,)]),
        ({"meta": "7"}, [(8, 8, 3), (7,)]),
        ({"meta": (2, 7), "image": (2, 9, 9, 1)}, [(2, 9, 9, 1), (2, 7)]),
        ([(2, 9, 9, 1), [2, 7]], [(2, 9, 9, 1), (2, 7)]),
        ([(2, 9, 9, 1), None], [(2, 9, 9, 1), (2, 5)]),
        ([None, (2, 7)], [(2, 8, 8, 3), (2, 7)]),
    ],
)
def test_what_is_given_of_them(given, shapes):
    """By name or in order; the rest stays as the text has it, and an open batch is that of the others."""
    found = convcalc.shape(TEXT, given).inputs
    assert [port.shape[-len(shape) :] for port, shape in zip(found, shapes, strict=True)] == shapes
    assert len({str(port.shape[0]) for port in found}) == 1


def test_one_batch_for_all():
    assert [port.shape[0] for port in convcalc.shape(TEXT, batch=3).inputs] == [3, 3]
    open_ones = printed(
        convcalc.shape("input @a | input @b | conv2d 3 3 @c | gap2d @g | conv1d 3 3 from=@b | gap1d | add @g")
    )
    assert open_ones[0] == {"a": ("N", "H", "W", "C"), "b": ("N", "L", "C1")}
    assert [port.shape[0] for port in convcalc.shape(TEXT, {"image": (4, 9, 9, 1)}).inputs] == [4, 4]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_every_command_says_them_and_reads_them_back(command, cli, tmp_path):
    """The JSON of each is the same network, with the same inputs and outputs."""
    path = tmp_path / "net.txt"
    path.write_text(TEXT)
    answer = cli(*command, str(path), "-i", "meta=6", "--json")
    assert (answer.code, answer.err) == (0, "")
    data = json.loads(answer.out)
    assert [[one["name"] for one in data[key]] for key in ("inputs", "outputs")] == [["image", "meta"], ["probs", "c"]]
    made = tmp_path / "net.json"
    made.write_text(answer.out)
    again = json.loads(cli(*command, str(made), "--json").out)
    if command == ["inspect"]:
        # Which arguments were written is no matter of the network.
        for one in (again, data):
            one["layers"] = [row["spec"] for row in one["layers"]]
    assert again == data
    # One of the inputs alone may be another.
    wider = json.loads(cli("shape", str(made), "-i", "image=9x9x3", "--json").out)
    assert [one["shape"][1:] for one in wider["inputs"]] == [[9, 9, 3], [6]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-i", "mta=1"], "no input named 'mta'"),
        (["-i", "9x9x3", "-i", "5", "-i", "6"], "3 shapes are given, and the network has 2 inputs"),
        (["-i", "meta=5", "-i", "meta=6"], "'meta' is given twice"),
        (["-i", "meta=5y"], "'5y' is no size"),
    ],
)
def test_what_no_input_is(words, said, cli):
    answer = cli("shape", TEXT, *words)
    assert answer.code == 2
    assert said in answer.err


def test_two_shapes_for_one_input(cli):
    assert cli("shape", "-i", "5", "-i", "6", "dense 3").code == 2
    assert cli("shape", "-i", "input=5", "dense 3", "--field", "output_shape").out == "N,3\n"


def test_lines_of_each(process):
    text = TEXT.replace("\n", " | ")
    asked = [{"image": [2, 9, 9, 3], "meta": "7"}, [[2, 9, 9, 3], [2, 7]], {"other": [1]}, [[[2]], [2, 7]], [[2, "a"]]]
    lines = "".join(json.dumps({"spec": text, "input": one}) + "\n" for one in asked)
    answers = [json.loads(line) for line in process("shape", "--each", stdin=lines.encode()).out.splitlines()]
    for answer in answers[:2]:
        assert answer["inputs"] == [{"name": "image", "shape": [2, 9, 9, 3]}, {"name": "meta", "shape": [2, 7]}]
        assert answer["outputs"] == [{"name": "probs", "shape": [2, 2]}, {"name": "c", "shape": [2, 7, 7, 4]}]
        assert answer["output_shape"] == [2, 2]
    assert [answer["error"]["code"] for answer in answers[2:4]] == ["bad_input", "bad_input"]


def test_a_table_has_a_row_an_input_and_an_output(cli):
    lines = cli("shape", TEXT).out.splitlines()
    assert [line.split()[:4] for line in lines if line.split()[:1] in (["input"], ["output"])] == [
        ["input", "image", "N,", "8,"],
        ["input", "meta", "N,", "5"],
        ["output", "probs", "4", "N,"],
        ["output", "c", "0", "N,"],
    ]
    row = next(line for line in lines if line.split()[1:2] == ["add"])
    assert row.split()[2:4] == ["name=sum", "2,"]


def test_forward_takes_and_gives_several():
    rng = np.random.default_rng(0)
    x = {"image": rng.standard_normal((2, 8, 8, 3)), "meta": rng.standard_normal((2, 5))}
    rows = convcalc.shape(TEXT).layers
    weights = {f"{row.name}.{weight.name}": rng.standard_normal(weight.shape) for row in rows for weight in row.weights}
    found = convcalc.forward(TEXT, x, weights)
    assert [y.shape for y in found] == [(2, 2), (2, 6, 6, 4)]
    # By hand, from one network a part.
    image = convcalc.forward("conv2d 4 3 act=relu", x["image"], {k[2:]: v for k, v in weights.items() if k[:2] == "c."})
    both = x["meta"] @ weights["dense.kernel"] + weights["dense.bias"] + image.mean((1, 2))
    assert np.allclose(found[0], both @ weights["probs.kernel"] + weights["probs.bias"])
    assert np.allclose(found[1], image)
    for one, other in zip(found, convcalc.forward(TEXT, list(x.values()), weights), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("x", "said"),
    [({"image": 1}, "2 inputs, and 1 are given"), ({"a": 1, "meta": 2}, "named 'a'"), ([1], "and x is 1")],
)
def test_forward_of_other_inputs(x, said):
    with pytest.raises(SpecError, match=said):
        convcalc.forward(TEXT, x)


def test_outputs_live_to_the_end_and_training_keeps_all():
    """The peak holds an output that was made early; what training keeps is every tensor, the inputs too."""
    chain = "conv2d 8 1 @a | conv2d 1 1 | conv2d 1 1 @z"
    lone, both = (convcalc.shape(f"{chain}{more}", (1, 4, 4, 1)) for more in ("", " | output @z @a"))
    size = 4 * 16
    assert (lone.peak_activation_bytes, both.peak_activation_bytes) == (9 * size, 10 * size)
    assert lone.training_activation_bytes == both.training_activation_bytes == 11 * size
    assert convcalc.shape(chain, (1, 4, 4, 1), dtype="float16").training_activation_bytes == 11 * size // 2


def test_an_output_may_be_an_input_and_one_that_is_not_last():
    report = convcalc.shape("conv2d 8 3 @a | relu | output @a @input", (1, 9, 9, 1))
    assert ports(report)[1] == {"a": (1, 7, 7, 8), "input": (1, 9, 9, 1)}
    assert convcalc.shape("conv2d 8 3 @a | flatten | output @a", (1, 9, 9, 1)).output_shape == (1, 7, 7, 8)


def test_a_block_repeats_before_the_outputs():
    report = convcalc.shape("input 4 @x | input 4 @y | [ dense 4 @d ] * 3 | add @y name=s | output @s @d")
    assert [row.inputs for row in report.layers] == [("x",), ("d",), ("d_1",), ("d_2", "y")]
    assert [port.name for port in report.outputs] == ["s", "d_2"]


def test_receptive_fields_are_of_all_inputs_of_a_rank():
    """Two images meet: the union; a vector beside an image has no cells of it."""
    two = convcalc.shape("input 9x9x1 @a | input 9x9x1 @b | conv2d 1 3 pad=same | add @b | conv2d 1 3 pad=same")
    assert [row.receptive_field.size for row in two.layers] == [(3, 3), (3, 3), (5, 5)]
    mixed = convcalc.shape(TEXT)
    assert [row.receptive_field and row.receptive_field.size[0] for row in mixed.layers] == [3, 8, None, 8, 8]
    text = "input 9x9x4 @a | input 4 @b | conv2d 4 3 s=2 | conv2d 4 3 pad=same @c"
    text += " | dense 4 from=@b | reshape 1x1x4 | add @c"
    assert [row.receptive_field and row.receptive_field.size[0] for row in convcalc.shape(text).layers] == [
        *(3, 7, None, None, 7),
    ]


def test_diff_holds_inputs_and_outputs_against_each_other(cli):
    same = Comparison(convcalc.shape(TEXT), convcalc.shape(TEXT))
    assert same.equal
    other = Comparison(convcalc.shape(TEXT), convcalc.shape(TEXT.replace("@probs @c", "@c @probs")))
    assert (other.equal, other.outputs_differ, other.input_differs) == (False, True, False)
    answer = cli("diff", TEXT, TEXT.replace("input 5", "input 6"))
    assert answer.code == 1
    assert [line.split()[-1] for line in answer.out.splitlines() if "meta" in line] == ["shape", "6"]
