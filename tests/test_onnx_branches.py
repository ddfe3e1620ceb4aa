"""ONNX files whose sizes decide what is run: an `If` around one node, as torch writes for `squeeze`, and ranges."""

import json

import pytest

import convcalc
from convcalc.readers.files import recognise
from tests.onnx_bytes import chain, graph, longs, node, tensor, value


def branched(shape, dropped, kept=None, drop_first=True):
    """Return a file that drops axis 1 where it has one cell, in one branch of an If, and does `kept` in the other."""
    axes = longs("axes", 1)
    drop = graph([dropped], [], [value("z", ())], [axes])
    keep = graph([kept or node("Identity", ["r"], ["k"])], [], [value("k", ())])
    then, other = (drop, keep) if drop_first else (keep, drop)
    nodes = [
        node("Relu", ["x"], ["r"], "relu"),
        node("Shape", ["r"], ["s"]),
        node("Gather", ["s", "one"], ["n"], axis=0),
        node("Equal", ["n", "one"], ["c"]),
    ]
    condition = "c"
    if not drop_first:
        nodes.append(node("Not", ["c"], ["d"]))
        condition = "d"
    nodes.append(node("If", [condition], ["y"], "squeezed", else_branch=(6, other), then_branch=(6, then)))
    return recognise(chain(*nodes, shape=shape, tensors=[longs("one", 1)]), "model.onnx").text


SQUEEZE = node("Squeeze", ["r", "axes"], ["z"])


@pytest.mark.parametrize("drop_first", [True, False])
@pytest.mark.parametrize(
    ("shape", "spec", "output"),
    [
        ((2, 1, 5), "squeeze axes=(1,)", (2, 5)),
        ((2, 3, 5), "identity", (2, 3, 5)),
        (("n", 1, "w"), "squeeze axes=(1,)", ("n", "w")),
    ],
)
def test_the_branch_that_the_sizes_take_is_the_row(shape, spec, output, drop_first):
    report = convcalc.shape(branched(shape, SQUEEZE, drop_first=drop_first))

    assert [(row.name, row.spec) for row in report.layers] == [("relu", "relu"), ("squeezed", spec)]
    assert tuple(map(str, report.output_shape)) == tuple(map(str, output))


def test_a_branch_that_is_a_tensor_from_outside():
    empty = graph([], [], [value("r", ())])
    true = tensor("true", [1], kind=9, raw=b"\1")
    either = node("If", ["true"], ["y"], then_branch=(6, empty), else_branch=(6, empty))
    file = chain(node("Relu", ["x"], ["r"]), either, tensors=[true])

    assert [row.type for row in convcalc.shape(recognise(file, "m.onnx").text).layers] == ["Relu", "Identity"]


@pytest.mark.parametrize(
    ("shape", "dropped"),
    [
        ((2, "c", 5), SQUEEZE),  # not known which
        ((2, 1, 5), node("Add", ["x", "r"], ["z"])),  # takes them in another order than the If
        ((2, 1, 5), node("Loop", ["r"], ["z"])),  # without a rule
    ],
)
def test_any_other_if_stays_one_row_without_a_rule(shape, dropped):
    report = convcalc.shape(branched(shape, dropped))

    assert report.layers[1].type == "If"
    assert [note.code for note in report.layers[1].notes] == ["unknown_layer"]


def test_what_a_branch_makes_reads_back(cli, tmp_path):
    printed = json.dumps(convcalc.shape(branched((2, 1, 5), SQUEEZE)).to_dict())
    (tmp_path / "net.json").write_text(printed)

    assert json.loads(cli("shape", "--json", str(tmp_path / "net.json")).out)["output_shape"] == [2, 5]


def test_a_range_of_an_open_size_by_steps_has_a_length():
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "two"], ["h"], axis=0),
        node("Range", ["zero", "h", "step"], ["at"]),
        node("Shape", ["at"], ["count"]),
        node("Concat", ["first", "count"], ["to"], axis=0),
        node("Expand", ["x", "to"], ["y"]),
    ]
    numbers = [tensor(name, [], [n], 7) for name, n in (("zero", 0), ("two", 2), ("step", 3))]
    file = chain(*nodes, shape=(1, 1, "h", 1), tensors=[*numbers, longs("first", 1, 1, 1)])
    report = convcalc.shape(recognise(file, "m.onnx").text)

    assert str(report.output_shape[-1]) == "ceil(h/3)"
    assert convcalc.shape(recognise(file, "m.onnx").text, (1, 1, 7, 1)).output_shape == (1, 1, 7, 3)


def test_a_size_that_the_file_names_stays_where_the_rest_does_not_tell_it():
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Slice", ["s", "three", "end"], ["w"]),
        node("Concat", ["first", "w"], ["to"], axis=0),
        node("Reshape", ["x", "to"], ["y"], "cut"),
    ]
    numbers = [longs("three", 3), longs("end", 9), longs("first", 1, 5, 4, 3)]
    text = recognise(chain(*nodes, shape=(1, 5, "h", "w"), tensors=numbers), "m.onnx").text
    report = convcalc.shape(text)

    assert str(report.output_shape[-1]) == "w"
    assert [note.message for note in report.layers[0].notes] == ["holds where 5*h*w = 60*w"]
    assert convcalc.shape(text, (1, 5, 12, 7)).output_shape == (1, 5, 4, 3, 7)
    with pytest.raises(convcalc.ConvcalcError, match="which are 420"):
        convcalc.shape(text, (1, 5, 13, 7))


def test_what_is_left_of_an_open_size_is_its_share():
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Slice", ["s", "three", "end"], ["w"]),
        node("Concat", ["first", "w"], ["to"], axis=0),
        node("Reshape", ["x", "to"], ["y"], "cut"),
    ]
    numbers = [longs("three", 3), longs("end", 9), longs("first", 1, 5, 7, -1)]
    text = recognise(chain(*nodes, shape=(1, 5, "h", "w"), tensors=numbers), "m.onnx").text

    assert [str(n) for n in convcalc.shape(text).output_shape] == ["1", "5", "7", "floor(h/7)", "w"]
    assert convcalc.shape(text, (1, 5, 14, 3)).output_shape == (1, 5, 7, 2, 3)
