"""ONNX files with what exporters seldom write: operators of the first versions, odd weights, pipes, sparse tensors."""

import os
import threading

import pytest

import convcalc
from convcalc.errors import ConvcalcError, FileError
from convcalc.readers.files import read_stream, recognise
from tests.onnx_bytes import CONV, chain, field, graph, longs, model, node, packed, seeds, tensor, value


def report(data):
    """Return the report on the bytes of a file."""
    return convcalc.shape(recognise(data, "model.onnx").text)


def spec(data):
    """Return the first row as a spec."""
    return report(data).layers[0].spec


X = ["x"]
FIRST = [
    (1, node("Pad", X, ["y"], paddings=[0, 0, 1, 1, 0, 0, 1, 1]), "pad pad=(0:0,0:0,1:1,1:1)"),
    (2, node("Pad", X, ["y"], pads=[0, 0, 1, 0, 0, 0, 1, 0], value=0.5), "pad pad=(0:0,0:0,1:1,0:0) value=0.5"),
    (7, node("Upsample", X, ["y"], mode="bilinear", width_scale=3.0, height_scale=2.0),
     "upsample scale=(1.0,1.0,2.0,3.0) mode=linear coordinate_transformation_mode=asymmetric nearest_mode=floor"),
    (11, node("Split", X, ["y", "z"], axis=2), "split axis=2 num_outputs=2"),
    (6, node("Add", ["x", "x"], ["y"], axis=1), "add"),
    (9, node("TopK", X, ["y", "z"], k=3, axis=2), "topk k=3 axis=2"),
]  # fmt: skip


@pytest.mark.parametrize(("opset", "one", "expected"), FIRST, ids=[expected for *_, expected in FIRST])
def test_operators_of_the_first_versions(opset, one, expected):
    assert spec(chain(one, opset=opset)) == expected


def test_a_batch_norm_of_each_place_is_not_known():
    one = node("BatchNormalization", ["x", "s", "s", "s", "s"], ["y"], spatial=0)
    (row,) = report(chain(one, tensors=[tensor("s", [3])], opset=8)).layers

    assert row.notes[0].code in ("unknown_layer", "inferred_by_onnx")


def test_a_constant_in_whichever_way():
    nodes = (
        node("Constant", [], ["n"], value_int=192), node("Unsqueeze", ["n"], ["all"], axes=[0]),
        node("Constant", [], ["two"], value_ints=[3, 64]), node("Constant", [], ["three"], value=longs("", 2, 32, 3)),
        node("Constant", [], ["empty"]),
        node("Reshape", ["x", "all"], ["a"]), node("Reshape", ["a", "two"], ["b"]),
        node("Reshape", ["b", "three"], ["c"]),
        node("Mul", ["c", "empty"], ["y"]),
    )  # fmt: skip
    found = report(chain(*nodes, opset=12)).layers

    assert [row.output_shape for row in found[:3]] == [(192,), (3, 64), (2, 32, 3)]
    assert found[3].notes[0].code in ("unknown_layer", "inferred_by_onnx")


def test_a_size_that_is_worked_out_is_left_open():
    """One size of a Reshape that is no other's is -1."""
    nodes = (
        node("Shape", X, ["s"]), node("Gather", ["s", "zero"], ["n"]), node("Mul", ["n", "three"], ["m"]),
        node("Concat", ["m", "rest"], ["to"], axis=0), node("Reshape", ["x", "to"], ["y"]),
    )  # fmt: skip
    data = chain(*nodes, tensors=(longs("zero", 0), longs("three", 3), longs("rest", 64)), shape=("n", 3, 8, 8))

    assert spec(data) == "reshape shape=(-1,64)"
    assert [str(n) for n in report(data).output_shape] == ["3*n", "64"]


def double(name, number):
    """Return a tensor of one number of 64 bits."""
    import struct

    return tensor(name, [], kind=11, raw=struct.pack("<d", number))


@pytest.mark.parametrize(
    ("number", "said"), [(1e300, "1e+300"), (0.1, "0.1"), (1.4954351782798758, "1.495435118675232")]
)
def test_bounds_of_more_digits_than_a_float_has(number, said):
    """Over the largest float it is itself; else the float, in as few digits as tell it from its neighbours."""
    assert spec(chain(node("Clip", ["x", "", "top"], ["y"]), tensors=[double("top", number)])) == f"clip max={said}"


def test_several_weights_in_one_concatenation_are_not_known():
    data = chain(
        node("Concat", ["w", "x", "v"], ["y"], axis=0), tensors=[tensor("w", [1, 3, 8, 8]), tensor("v", [2, 3, 8, 8])]
    )
    (row,) = report(data).layers

    assert row.notes[0].code in ("unknown_layer", "inferred_by_onnx")
    assert row.params.total == 3 * 192


def test_a_second_output_that_no_layer_gives():
    """Of a Dropout what it dropped; the first output is a row as ever."""
    nodes = (node("Dropout", X, ["a", "m"], "drop"), node("Where", ["m", "a", "x"], ["y"], "take"))
    found = report(chain(*nodes))

    assert [row.name for row in found.layers] == ["drop", "drop.1", "take"]
    assert found.layers[0].spec == "dropout"
    assert found.layers[1].notes[0].code in ("unknown_layer", "inferred_by_onnx")


def test_a_product_of_two_inputs_has_no_weights():
    nodes = (node("Flatten", X, ["f"]), node("Gemm", ["f", "f"], ["y"], transB=1))
    found = report(chain(*nodes))

    assert found.layers[1].notes[0].code in ("unknown_layer", "inferred_by_onnx")
    assert found.params.total == 0


def test_a_shape_that_a_graph_in_a_graph_makes_is_not_known():
    """The layer it is for has sizes that nobody knows."""
    inner = graph([node("Relu", ["w"], ["z"])], [], [value("z", ())])
    asked = node("If", ["c"], ["to"], then_branch=(6, inner), else_branch=(6, inner))
    data = chain(
        asked,
        node("Reshape", ["x", "to"], ["r"]),
        node("Relu", ["r"], ["y"]),
        tensors=[longs("c", 1), tensor("w", [2])],
    )
    found = report(data)

    assert not any(isinstance(n, int) for n in found.layers[0].output_shape)
    assert found.layers[0].notes[0].code in ("unknown_layer", "inferred_by_onnx")


def test_weights_that_are_mostly_zeros():
    """A sparse tensor counts with the sizes that it stands for."""
    whole = field(1, tensor("w", [2], [1.0, 2.0])) + field(2, longs("", 0, 7)) + packed(3, [4, 3, 1, 1])
    body = graph([node("Conv", ["x", "w"], ["y"])], [value("x", (1, 3, 8, 8))], [value("y", ())])
    found = report(model(body + field(15, whole)))

    assert found.layers[0].spec == "conv2d f=4 k=1 b=false in_channels=3"
    assert found.params.total == 12


def through_a_pipe(data):
    """Return the network in bytes that come through a pipe."""
    read, write = os.pipe()

    def feed():
        with os.fdopen(write, "wb") as stream:
            stream.write(data)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        return read_stream(read, "standard input")
    finally:
        while os.read(read, 1 << 20):
            pass
        thread.join()
        os.close(read)


def test_weights_in_a_pipe_are_passed_over():
    conv, w, b = CONV
    far, farther = (tensor(name, [99999], raw=bytes(399996)) for name in ("far", "farther"))
    data = chain(conv, node("Relu", ["c"], ["y"]), tensors=[far, w, farther, b])

    assert convcalc.shape(through_a_pipe(data).text).params.total == 112


@pytest.mark.parametrize("end", [-1, -300_000, 40])
def test_a_pipe_that_ends_too_soon(end):
    conv, w, b = CONV
    data = chain(conv, node("Relu", ["c"], ["y"]), tensors=[w, b, tensor("z", [99999], raw=bytes(399996))])
    with pytest.raises(FileError, match="no ONNX file, or a damaged one: it ends after"):
        through_a_pipe(data[:end])


def test_a_folder_is_no_file(tmp_path):
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(ConvcalcError, match="net is no regular file"):
            read_stream(handle, "net")
    finally:
        os.close(handle)
    assert recognise(seeds()[0], "net").framework == "onnx"
