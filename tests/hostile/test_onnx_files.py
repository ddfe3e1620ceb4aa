"""ONNX files meant to do harm: nothing that they name is opened, and no number in them is believed."""

import os
import random
import subprocess
import sys

import pytest

import convcalc
from convcalc.errors import ConvcalcError, FileError, LimitError
from convcalc.readers.files import read_file, recognise
from convcalc.readers.onnx import proto, tensors, wire
from tests.conftest import clean_environment
from tests.onnx_bytes import CONV, chain, field, graph, head, longs, model, node, seeds, tensor, value, varint

PATH = "canary"
ROOT = wire.__file__.partition("/convcalc/readers")[0]
CONV_NODE, W, B = CONV


def outside(**keys):
    """A file whose weights are said to stand elsewhere."""
    told = b"".join(field(13, field(1, key) + field(2, text)) for key, text in keys.items())
    kernel = tensor("w", [4, 3, 3, 3], more=field(14, 1) + told)
    return chain(node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3]), tensors=[kernel])


# The published ways out of an ONNX file: CVE-2022-25882, CVE-2024-27318, CVE-2026-27489, CVE-2026-34446,
# CVE-2025-51480 and CVE-2026-34445.
ELSEWHERE = {
    "upwards": outside(location=f"../../../{PATH}"),
    "absolute": outside(location=f"/etc/{PATH}"),
    "a symbolic link": outside(location=f"link-{PATH}"),
    "a hard link": outside(location=f"hard-{PATH}"),
    "a pipe": outside(location=f"pipe-{PATH}"),
    "an attribute": outside(location=PATH, __class__="x", __dict__="y"),
    "no end": outside(location=PATH, offset="-1", length=str(2**60)),
    "fetched": outside(location=f"http://127.0.0.1:1/{PATH}"),
}
AUDIT = f"""
import sys
from convcalc.cli.run import run
import convcalc.readers.onnx.graph, convcalc.layers, convcalc.analysis.explain, numpy
import convcalc.numeric.stats, convcalc.numeric.check, convcalc.views.json
convcalc.layers.words()
watched = "socket.connect subprocess.Popen os.system pickle.find_class os.exec os.remove marshal.loads".split()
def hook(event, args):
    opened = event == "open" and isinstance(args[0], str) and {PATH!r} in args[0]
    named = event == "import" and args[0].partition(".")[0] in ("onnx", {PATH!r})
    if opened or named or (event in watched and second):
        print("AUDIT", event, args, file=sys.stderr)
sys.addaudithook(hook)
for second in (False, True):
    for path in sys.argv[1:]:
        for command in ("shape", "inspect", "init-stats", "check"):
            code = run([command, path, "--json"])
            assert code == 0, code
"""


def test_nothing_that_a_file_names_is_touched(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / f"link-{PATH}").symlink_to("secret")
    os.link(tmp_path / "secret", tmp_path / f"hard-{PATH}")
    os.mkfifo(tmp_path / f"pipe-{PATH}")
    before = sorted(path.name for path in tmp_path.iterdir())
    for number, data in enumerate(ELSEWHERE.values()):
        (tmp_path / f"{number}.onnx").write_bytes(data)
    paths = [f"{number}.onnx" for number in range(len(ELSEWHERE))]
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, *paths], capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(PYTHONPATH=ROOT), timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    assert "AUDIT" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(before + paths)


def deep(levels):
    """A graph in a graph, so many deep."""
    body = graph([], [], [])
    for _ in range(levels):
        body = graph([node("If", ["x"], ["y"], then_branch=(6, body))], [], [value("y", ())])
    return model(body)


def one(*tensors, nodes=None, inputs=None):
    """A file of a node and some tensors."""
    nodes = nodes or [node("Relu", ["x"], ["y"])]
    return model(graph(nodes, inputs or [value("x", (1, 3, 8, 8))], [value("y", ())], tensors))


GOOD = seeds()[0]
START = field(1, 8)
REFUSED = {
    "a number without an end": START + varint(7 << 3 | 2) + b"\xff" * 9,
    "a number of over 64 bits": START + b"\x28" + b"\xff" * 10 + b"\x01",
    "a length of 2^63": START + varint(7 << 3 | 2) + varint(1 << 63) + b"x",
    "a length past the end": START + head(7, 1 << 40),
    "cut short": GOOD[:-40],
    "a length within past its holder": START + field(7, field(1, head(4, 99) + b"Relu")),
    "a group": START + field(7, b"\x0b\x0c"),
    "no graph": START + field(2, "tests"),
    "two graphs": START + field(7, b"") + field(7, b""),
    "no nodes": model(graph([], [value("x", (1,))], [])),
    "graphs in graphs": deep(40),
    "a size of -1": one(tensor("w", [-1])),
    "many axes": one(tensor("w", [1] * 65)),
    "many axes of an input": one(inputs=[value("x", (1,) * 65)]),
    "a tensor twice": one(W, W),
    "made twice": one(nodes=[node("Relu", ["x"], ["y"]), node("Tanh", ["x"], ["y"])]),
    "made and given": one(nodes=[node("Relu", ["x"], ["y"]), node("Tanh", ["y"], ["x"])]),
    "made by nothing": one(nodes=[node("Add", ["x", "z"], ["y"])]),
    "no such output": one(nodes=[node("Relu", ["x"], ["z"])]),
    "a circle": one(nodes=[node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Tanh", ["b"], ["y"])]),
    "feeds itself": one(nodes=[node("Add", ["x", "y"], ["y"])]),
    "bytes too few": one(tensor("w", [4, 4], raw=b"1234")),
    "bytes too many": one(tensor("w", [1], raw=bytes(70_000))),
    "a name that is no text": one(nodes=[field(1, b"\xff\xfe") + field(2, "y") + field(4, "Relu")]),
    "floats cut short": one(nodes=[node("Relu", ["x"], ["y"]) + field(5, field(1, "a") + field(7, b"123"))]),
}
LIMITED = {
    "sizes of 2^62": one(tensor("w", [1 << 62, 4])),
    "many nodes": one(nodes=[b""] * (proto.MOST_NODES + 1)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_damaged_is_refused(name):
    with pytest.raises(FileError) as caught:
        recognise(REFUSED[name], "model.onnx")

    assert (caught.value.code, caught.value.exit_code) == ("unreadable", 3)
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("name", LIMITED)
def test_what_is_too_large_is_refused(name):
    with pytest.raises(LimitError) as caught:
        recognise(LIMITED[name], "model.onnx")

    assert caught.value.exit_code == 4


def test_graphs_ten_thousand_deep():
    """No recursion limit is met before the bound."""
    body = b""
    for _ in range(10_000):
        body = field(1, field(5, field(6, body)))
    with pytest.raises(FileError, match="32 deep"):
        recognise(model(body), "model.onnx")


def test_names_have_a_bound(monkeypatch):
    monkeypatch.setattr(wire, "MOST", 10_000)
    with pytest.raises(LimitError):
        recognise(one(nodes=[node("Relu", ["x"], ["y"], "n" * 11_000)]), "model.onnx")
    with pytest.raises(LimitError):
        recognise(one(nodes=[node("Relu", ["x", *[""] * 1000], ["y"])]), "model.onnx")
    with pytest.raises(LimitError):
        recognise(one(nodes=[node("Relu", ["x"], ["y"], a=[1] * 1000)]), "model.onnx")


def test_tensors_have_a_bound(monkeypatch):
    monkeypatch.setattr(tensors, "MOST_TENSORS", 2)
    with pytest.raises(LimitError):
        recognise(one(W, B, tensor("z", [1])), "model.onnx")


def test_an_error_is_one_line_without_controls(cli, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(one(nodes=[node("Add", ["x", "\x1b[31m\n" + "z" * 200], ["y"])]))
    answer = cli("shape", str(path))

    assert answer.code == 3
    assert "\x1b" not in answer.err
    assert len(answer.err) < 600


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_regular_file(kind, tmp_path):
    path = tmp_path / "net.onnx"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(FileError):
        read_file(str(path))


def test_sizes_that_take_long_to_work_out():
    """Each node doubles a list: what is computed of sizes has a bound."""
    doubled = [node("Concat", [f"s{i}", f"s{i}"], [f"s{i + 1}"], axis=0) for i in range(40)]
    nodes = [node("Shape", ["x"], ["s0"]), *doubled, node("Reshape", ["x", "s40"], ["y"])]
    report = convcalc.shape(recognise(one(nodes=nodes), "model.onnx").text)

    assert report.layers[0].notes[0].code in ("unknown_layer", "inferred_by_onnx")


def test_numbers_that_square_themselves():
    doubled = [node("Mul", [f"s{i}", f"s{i}"], [f"s{i + 1}"]) for i in range(60)]
    nodes = [node("Shape", ["x"], ["s0"]), *doubled, node("Reshape", ["x", "s60"], ["y"])]
    report = convcalc.shape(recognise(one(nodes=nodes), "model.onnx").text)

    assert report.layers[0].notes[0].code in ("unknown_layer", "inferred_by_onnx")


@pytest.mark.parametrize("size", [0, -1])
def test_no_values_along_an_axis_without_end(size):
    """A list of nothing, laid out as very many rows of no columns, or of fewer than none."""
    tensors = [
        longs("none"), longs("wide", 1 << 62, size), longs("first", 0), longs("last", 1 << 61), longs("axis", 0),
    ]  # fmt: skip
    nodes = [
        node("Reshape", ["none", "wide"], ["a"], allowzero=1), node("Slice", ["a", "first", "last", "axis"], ["b"]),
        node("Transpose", ["b"], ["c"]), node("Shape", ["c"], ["s"]), node("Add", ["x", "c"], ["y"]),
    ]  # fmt: skip
    answer(one(*tensors, nodes=nodes))


def test_many_operators_without_a_rule():
    """Each has new symbols; to find them takes no longer the more there are."""
    nodes = [node("Mine", [f"t{i}"], [f"t{i + 1}"], domain="mine") for i in range(150)]
    data = model(graph(nodes, [value("t0", (1, 3, 8, 8))], [value("t150", (None,) * 4)]))
    report = convcalc.shape(recognise(data, "model.onnx").text)

    assert [str(n) for n in report.output_shape] == ["U597", "U598", "U599", "U600"]


def test_a_chain_of_weights_that_are_worked_out():
    """Each link is made of all weights before it; they are looked at once."""
    links = [node("Concat", [f"w{i}", f"a{i}"], [f"w{i + 1}"], axis=0) for i in range(3000)]
    tensors = [tensor("w0", [1, 2]), *(tensor(f"a{i}", [1, 2]) for i in range(3000))]
    nodes = [*links, node("MatMul", ["x", "w3000"], ["y"])]
    data = one(*tensors, nodes=nodes, inputs=[value("x", (4, 3001))])
    report = convcalc.shape(recognise(data, "model.onnx").text)

    assert (report.output_shape, report.params.total) == ((4, 2), 6002)


def test_a_name_as_a_spec():
    """A node may be named as a layer is, as an option is, or as a shell would read it."""
    names = ["conv2d 3 3", "--help", "$(touch canary)", "from=@x", "'", "#", "__class__", "input"]
    nodes = [node("Relu", [f"t{i}"], [f"t{i + 1}"], name) for i, name in enumerate(names)]
    data = model(graph(nodes, [value("t0", (1, 3))], [value(f"t{len(names)}", ())]))
    report = convcalc.shape(recognise(data, "model.onnx").text)

    assert [row.name for row in report.layers] == [*names[:-1], "input_"]


def mutants(seed, count):
    """Yield bytes of a good file with some of them changed, cut out, doubled, or made a length."""
    chance = random.Random(seed)
    whole = seeds()
    for _ in range(count):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            kind = chance.randrange(5)
            if kind == 0:
                data[at] = chance.randrange(256)
            elif kind == 1:
                del data[at : at + chance.randint(1, 8)]
            elif kind == 2:
                data[at:at] = data[at : at + chance.randint(1, 30)]
            elif kind == 3:
                data[at : at + 1] = varint(chance.choice((0, 1, 127, 1 << 31, 1 << 62, (1 << 64) - 1)))
            else:
                other = chance.choice(whole)
                place = chance.randrange(len(other))
                data[at : at + 9] = other[place : place + chance.randint(1, 40)]
            if not data:
                break
        yield bytes(data)


def answer(data):
    """Ask for the shapes of a file; an error of ours is an answer."""
    try:
        network = recognise(data, "model.onnx").text
        convcalc.shape(network)
    except ConvcalcError:
        pass


@pytest.mark.parametrize("seed", range(4))
def test_a_mutant_is_answered_or_refused(seed):
    for data in mutants(seed, 250):
        answer(data)


def test_a_tensor_of_many_fields_of_its_own():
    """Its sizes in one field each, its type behind its bytes."""
    dims = b"".join(field(1, n) for n in (4, 3, 3, 3))
    kernel = field(9, bytes(432)) + field(8, "w") + dims + field(2, 1)
    report = convcalc.shape(recognise(chain(node("Conv", ["x", "w"], ["y"]), tensors=[kernel]), "model.onnx").text)

    assert report.layers[0].spec == "conv2d f=4 k=3 b=false in_channels=3"
