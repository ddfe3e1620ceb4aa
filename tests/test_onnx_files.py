"""ONNX files: names and sizes as in the file, weights from their sizes, what computes sizes folded away."""

import json
import os
import subprocess
import sys

import pytest

import convcalc
from convcalc.errors import ConvcalcError
from convcalc.readers.files import recognise
from tests.onnx_bytes import CONV, chain, field, graph, head, longs, model, node, packed, seeds, tensor, value

CONV_NODE, W, B = CONV


def read(data):
    """Return the network in the bytes of a file."""
    return recognise(data, "model.onnx").text


def rows(data, input=None):
    """Return ``(name, spec, output)`` of each row."""
    return [(row.name, row.spec, row.output_shape) for row in convcalc.shape(read(data), input).layers]


def test_a_row_a_node():
    report = convcalc.shape(read(chain(CONV_NODE, node("Relu", ["c"], ["y"]), tensors=[W, B])))

    assert (report.framework, report.input_shape, report.output_shape) == ("onnx", (1, 3, 8, 8), (1, 4, 6, 6))
    assert [(row.name, row.type, row.spec, row.params.total) for row in report.layers] == [
        ("conv", "Conv", "conv2d f=4 k=3 in_channels=3", 112),
        ("Relu_1", "Relu", "relu", 0),
    ]
    assert report.macs == 4 * 27 * 36


def test_from_every_door(cli, tmp_path):
    data = seeds()[0]
    path = tmp_path / "net.bin"
    path.write_bytes(data)
    asked = ("--field", "output_shape")
    with path.open("rb") as file:
        assert cli("shape", "-", *asked, stdin=data).out == "1,4,6,6\n"
        assert cli("shape", f"/dev/fd/{file.fileno()}", *asked).out == "1,4,6,6\n"
    assert cli("shape", str(path), *asked).out == "1,4,6,6\n"
    assert cli("shape", str(path), *asked, "-i", "2,3,20,10").out == "2,4,18,8\n"
    assert cli("shape", str(path), "-F", "keras").code == 2
    for command in ("shape", "inspect", "check", "init-stats"):
        assert cli(command, str(path), "--json").code == 0, command
    assert cli("diff", str(path), str(path)).code == 0


def test_the_file_says_how_many_channels():
    with pytest.raises(ConvcalcError, match="in_channels=3"):
        convcalc.shape(read(seeds()[0]), (1, 5, 8, 8))


def test_open_sizes_are_symbols_of_their_names():
    data = chain(CONV_NODE, node("Relu", ["c"], ["y"]), tensors=[W, B], shape=("batch size", 3, "max", None))
    report = convcalc.shape(read(data))

    assert [str(n) for n in report.input_shape] == ["batch_size", "3", "ma", "W"]
    assert [str(n) for n in report.output_shape] == ["batch_size", "4", "ma - 2", "W - 2"]


def test_two_open_sizes_stay_two():
    sizes = convcalc.shape(read(chain(node("Relu", ["x"], ["y"]), shape=("a.b", "a-b", "floor", "7")))).input_shape

    assert [str(n) for n in sizes] == ["a_b", "a_b_", "Dfloor", "D7"]


@pytest.mark.parametrize(("input", "first"), [(None, 0), ((2, 3, 4, 5), 2), ("nx3xhx6", 0)])
def test_sizes_that_are_computed_make_no_rows(input, first):
    found = rows(seeds()[1], input)

    assert [(name, spec) for name, spec, _ in found] == [("Reshape_0", f"reshape shape=({first},-1)")]


def test_a_size_of_another_tensor_reads_back(cli, tmp_path):
    """Resize and Pad to the sizes of what they meet: expressions in the spec."""
    nodes = (
        node("MaxPool", ["x"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", ["x"], ["s"]), node("Slice", ["s", "two", "four"], ["hw"]),
        node("Shape", ["p"], ["t"]), node("Slice", ["t", "none", "two"], ["nc"]),
        node("Concat", ["nc", "hw"], ["to"], axis=0), node("Resize", ["p", "", "", "to"], ["y"], "up"),
    )  # fmt: skip
    numbers = (longs("none", 0), longs("two", 2), longs("four", 4))
    path, again = tmp_path / "net.onnx", tmp_path / "again.json"
    path.write_bytes(chain(*nodes, tensors=numbers, shape=("n", 3, "h", "w")))
    first = cli("shape", str(path), "--json")
    again.write_text(first.out)

    assert json.loads(first.out)["layers"][1]["spec"].startswith("upsample size=('n',3,'h','w')")
    assert json.loads(first.out)["output_shape"] == ["n", 3, "h", "w"]
    assert cli("shape", str(again), "--json") == first
    assert cli("shape", str(path), "-i", "1,3,9,11", "--field", "output_shape").out == "1,3,9,11\n"


def test_the_file_says_how_many_axes_there_are():
    """A Reshape comes first, which takes any: the numbers are still the whole shape, or a sample."""
    data = seeds()[1]

    assert rows(data, "5x3x4x4") == [("Reshape_0", "reshape shape=(5,-1)", (5, 48))]
    assert [str(n) for n in rows(data, "3x4x4")[0][2]] == ["N", "48"]


def test_a_weight_spread_over_the_batch_counts_as_the_file_has_it():
    nodes = (
        node("Shape", ["x"], ["s"]), node("Slice", ["s", "none", "one"], ["n"]),
        node("Concat", ["n", "rest"], ["to"], axis=0), node("Expand", ["token", "to"], ["t"]),
        node("Concat", ["t", "x"], ["y"], axis=1),
    )  # fmt: skip
    numbers = (longs("none", 0), longs("one", 1), longs("rest", 1, 16), tensor("token", [1, 1, 16]))
    report = convcalc.shape(read(chain(*nodes, tensors=numbers, shape=("n", 4, 16))))

    assert [str(n) for n in report.output_shape] == ["n", "5", "16"]
    assert report.params.total == 16


def test_an_open_batch_counts_as_one_wherever_it_goes():
    nodes = (
        node("Reshape", ["x", "to"], ["a"]), node("Transpose", ["a"], ["b"], perm=[1, 0, 2]),
        node("MatMul", ["b", "w"], ["y"]),
    )  # fmt: skip
    tensors = (longs("to", 0, -1, 5), tensor("w", [5, 7]))
    found = convcalc.shape(read(chain(*nodes, tensors=tensors, shape=("n", "t", 5))))

    assert [str(n) for n in found.output_shape] == ["t", "n", "7"]
    assert (str(found.macs), found.layers[2].activation_bytes) == ("35*t", 28 * found.output_shape[0])


def test_a_shared_weight_counts_once():
    second = node("Conv", ["c", "v", "b"], ["y"], kernel_shape=[1, 1])
    report = convcalc.shape(read(chain(CONV_NODE, second, tensors=[W, B, tensor("v", [4, 4, 1, 1])])))

    assert [row.params.total for row in report.layers] == [112, 16]
    assert report.layers[1].spec == "conv2d f=4 k=1 tied=(B,) in_channels=4"


def test_weights_of_gemm_and_norms():
    nodes = (
        node("BatchNormalization", ["x", "s", "s2", "m", "v"], ["n"]), node("GlobalAveragePool", ["n"], ["g"]),
        node("Flatten", ["g"], ["f"]), node("Gemm", ["f", "k", "c"], ["y"], transB=1),
    )  # fmt: skip
    tensors = [tensor(name, [3]) for name in ("s", "s2", "m", "v")] + [tensor("k", [5, 3]), tensor("c", [5])]
    report = convcalc.shape(read(chain(*nodes, tensors=tensors)))

    assert [row.type for row in report.layers] == ["BatchNormalization", "GlobalAveragePool", "Flatten", "Gemm"]
    assert (report.params.total, report.params.trainable) == (3 * 4 + 20, 3 * 2 + 20)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_global_pool_of_any_rank(rank):
    data = chain(node("GlobalMaxPool", ["x"], ["y"]), shape=(2, 3, *(8,) * rank))

    assert rows(data) == [("GlobalMaxPool_0", f"gmaxpool{rank}d", (2, 3, *(1,) * rank))]


def test_a_kernel_worked_out_of_weights():
    """Its sizes are known, and it counts."""
    nodes = (
        node("DequantizeLinear", ["q", "scale", "zero"], ["w"]),
        node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3]),
    )
    data = chain(*nodes, tensors=[tensor("q", [4, 3, 3, 3], kind=3), tensor("scale", []), tensor("zero", [], kind=3)])

    row = convcalc.shape(read(data)).layers[0]

    assert row.spec == "conv2d f=4 k=3 b=false tied=(W,) stored=(4x3x3x3,(),()) in_channels=3"
    assert row.params.total == 110


def test_several_inputs_and_outputs(cli, tmp_path):
    nodes = [node("Conv", ["left", "w"], ["c"], "conv"), node("Concat", ["c", "right"], ["both"], "join", axis=1),
             node("Relu", ["both"], ["one"], "relu"), node("GlobalAveragePool", ["c"], ["two"], "pool")]  # fmt: skip
    inputs = [value("left", ("n", 3, 8, 8)), value("right", ("n", 2, 8, 8)), value("w", (4, 3, 1, 1))]
    path, again = tmp_path / "net.onnx", tmp_path / "again.json"
    path.write_bytes(model(graph(nodes, inputs, [value("two", ()), value("one", ())], [tensor("w", [4, 3, 1, 1])])))
    first = cli("shape", str(path), "--json")
    again.write_text(first.out)
    said = json.loads(first.out)

    assert [(row["name"], row["inputs"]) for row in said["layers"]] == [
        ("conv", ["left"]), ("join", ["conv", "right"]), ("relu", ["join"]), ("pool", ["conv"]),
    ]  # fmt: skip
    assert [one["shape"] for one in said["outputs"]] == [["n", 4, 1, 1], ["n", 6, 8, 8]]
    assert cli("shape", str(again), "--json") == first
    assert (
        cli("shape", str(path), "-i", "left=1,3,5,5", "-i", "right=1,2,5,5", "--field", "layers.2.output_shape").out
        == "1,6,5,5\n"
    )


def test_an_input_that_a_layer_does_not_take():
    """Attention of what was said before: the fifth input is no mask."""
    names = ("q", "k", "v", "", "past")
    inputs = [value(name, (1, 2, 4, 8)) for name in names if name]
    data = model(graph([node("Attention", names, ["y"])], inputs, [value("y", (1, 2, 4, 8))]), opset=23)
    row = convcalc.shape(read(data)).layers[0]

    assert row.notes[0].code in ("unknown_layer", "inferred_by_onnx")


def test_a_constant_in_the_type_of_data():
    """The newer exporter writes so where it does not fold: of the data only the type counts."""
    nodes = (
        node("Constant", [], ["six"], value=tensor("", [], [6.0])), node("CastLike", ["six", "x"], ["top"]),
        node("Clip", ["x", "", "top"], ["y"], "clip"),
    )  # fmt: skip

    assert rows(chain(*nodes)) == [("clip", "clip max=6.0", (1, 3, 8, 8))]


OLD = [
    (6, node("Clip", ["x"], ["y"], min=0.0, max=6.0), "clip min=0.0 max=6.0"),
    (10, node("Clip", ["x"], ["y"], max=6.0, min=-3.4028235e38), "clip max=6.0"),
    (10, node("Pad", ["x"], ["y"], pads=[0, 0, 1, 1, 0, 0, 1, 1]), "pad pad=(0:0,0:0,1:1,1:1)"),
    (11, node("Softmax", ["x"], ["y"]), "softmax axis=1"),
    (13, node("Softmax", ["x"], ["y"]), "softmax"),
    (6, node("BatchNormalization", ["x", "s", "s", "s", "s"], ["y"], is_test=1, spatial=1), "bn tied=..."),
    (4, node("Reshape", ["x"], ["y"], shape=[0, -1]), "reshape shape=(0,-1)"),
    (3, node("Concat", ["x", "x"], ["y"]), "concat axis=1"),
    (10, node("Dropout", ["x"], ["y"], ratio=0.25), "dropout 0.25"),
]


@pytest.mark.parametrize(("opset", "one", "spec"), OLD, ids=[f"{spec} {opset}" for opset, _, spec in OLD])
def test_older_operators(opset, one, spec):
    found = rows(chain(one, tensors=[tensor("s", [3])], opset=opset))

    assert found[0][1].replace("p=", "").startswith(spec.partition("tied")[0].strip())


@pytest.mark.parametrize("opset", [7, 9, 10])
def test_upsample_became_resize(opset):
    scales = tensor("k", [4], [1.0, 1.0, 2.0, 3.0])
    one = node("Resize" if opset == 10 else "Upsample", ["x", "k"], ["y"], mode="nearest")
    if opset == 7:
        one = node("Upsample", ["x"], ["y"], mode="nearest") + field(
            5, field(1, "scales") + b"".join(field(7, n) for n in (1.0, 1.0, 2.0, 3.0)) + field(20, 6)
        )
    found = rows(chain(one, tensors=[scales], opset=opset))

    assert found[0][2] == (1, 3, 16, 24)
    assert "asymmetric" in found[0][1]


def test_a_single_value_that_is_worked_out_of_a_weight():
    """Of what its values are nothing is known, and its shape is that of no axes."""
    found = rows(chain(node("Erf", ["e"], ["f"]), node("Mul", ["x", "f"], ["y"]), tensors=[tensor("e", [])]))

    assert found == [("Mul_0", "mul b_shape=() tied=(B,) stored=((),)", (1, 3, 8, 8))]


def test_an_operator_without_a_rule(monkeypatch):
    """Its sizes are what onnx says, where that is installed; where it is not, the rest still answers."""
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    data = chain(node("GridSample", ["x", "e"], ["z"]), node("Relu", ["z"], ["y"]),
                 tensors=[tensor("e", [1, 5, 5, 2])])  # fmt: skip
    report = convcalc.shape(read(data))

    assert [row.type for row in report.layers] == ["GridSample", "Relu"]
    assert [note.code for note in report.layers[0].notes] == ["unknown_layer"]
    assert "pip install 'convcalc[onnx]'" in report.layers[0].notes[0].message
    assert report.params.total == 50


def test_what_onnx_infers_reads_back(cli, tmp_path):
    pytest.importorskip("onnx")
    path, again = tmp_path / "net.onnx", tmp_path / "again.json"
    one = node("GridSample", ["x", "e"], ["y"])
    path.write_bytes(chain(one, tensors=[tensor("e", [1, 5, 5, 2])], shape=("n", 3, 4, 4)))
    first = cli("shape", str(path), "--json")
    again.write_text(first.out)

    assert json.loads(first.out)["layers"][0]["notes"][0]["code"] == "inferred_by_onnx"
    assert json.loads(first.out)["output_shape"][1:] == [3, 5, 5]
    assert cli("shape", str(again), "--json") == first


def test_two_gigabytes_of_weights_are_passed_over(tmp_path):
    """A file of holes: read in a moment and in flat memory."""
    size = 2**31 - 4096
    weights = packed(1, [4, size // 16]) + field(2, 1) + field(8, "big") + head(9, size)
    inner = graph([CONV_NODE, node("Relu", ["c"], ["y"])], [value("x", (1, 3, 8, 8))], [value("y", ())], [W, B])
    big = head(5, len(weights) + size) + weights
    path = tmp_path / "big.onnx"
    with path.open("wb") as file:
        file.write(field(1, 8) + head(7, len(big) + size + len(inner)) + big)
        file.seek(size, os.SEEK_CUR)
        file.write(inner + field(8, field(2, 17)))
    code = (
        "import sys, time; from convcalc.readers.files import read_file; t = time.perf_counter();"
        "n = read_file(sys.argv[1]).text; print(len(n.calls), time.perf_counter() - t,"
        "next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    calls, seconds, kib = done.stdout.split()

    assert int(calls) == 2
    assert float(seconds) < 1
    assert int(kib) < 60_000


def test_reading_costs_no_heavy_import(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(seeds()[0])
    code = (
        "import sys; from convcalc.cli.run import run; run(['shape', sys.argv[1], '--json']);"
        "print([m for m in ('numpy', 'onnx', 'rich', 'importlib.metadata') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)

    assert done.stderr == "[]\n"


def test_a_pipe_is_read_forwards(tmp_path):
    path = tmp_path / "net.onnx"
    wide, far = tensor("w", [4, 3, 3, 3], raw=bytes(432)), tensor("z", [99999], raw=bytes(399996))
    path.write_bytes(chain(CONV_NODE, node("Relu", ["c"], ["y"]), tensors=[wide, far, B]))
    asked = [sys.executable, "-m", "convcalc", "shape", "-", "--field", "params.total"]
    # What is given as bytes comes through a pipe.
    done = subprocess.run(asked, input=path.read_bytes(), capture_output=True, check=True)

    assert done.stdout == b"112\n"


def test_every_model_is_told_by_its_first_bytes():
    for data in seeds():
        assert recognise(data, "standard input").framework == "onnx"
