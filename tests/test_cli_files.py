"""NETWORK as a file: what is read, what is refused, and what convcalc printed, read back."""

import json
import os
import stat
import subprocess
import sys
import time

import pytest

from convcalc.errors import FileError
from convcalc.readers import files, strict
from tests.conftest import clean_environment

NETS = [
    "conv2d 32 3 maxpool2d 2 flatten dense 10",
    "conv2d 8 3 pad=same @a conv2d 8 3 pad=same from=@a",
    "conv2d 8 3 pad=same @a | conv2d 8 1 from=@input @b | conv2d 4 3 from=@a",
    "[conv2d 8 3 pad=same] * 3 gap2d",
    "nn.Conv2d(3, 8, 3)",
]


def write(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


@pytest.mark.parametrize(
    "data", ["conv2d 10 3\nflatten", "\ufeffconv2d 10 3\r\nflatten\r\n", "# a net\nconv2d 10 3 flatten"]
)
def test_text(data, cli, tmp_path):
    path = write(tmp_path / "net.txt", data)
    answer = cli("shape", "-i", "28x28x3", "--field", "output_shape", path)
    assert answer == (0, "N,6760\n", "")


@pytest.mark.parametrize("net", NETS)
def test_own_json_round_trip(net, cli, tmp_path):
    shape = "3x32x32" if "nn." in net else "32x32x3"
    first = cli("shape", "-i", shape, "--json", net)
    assert first.code == 0
    path = write(tmp_path / "net.json", first.out)
    assert cli("shape", path, "--json") == first


def test_own_json_without_an_input(cli, tmp_path):
    first = cli("shape", "--json", "conv2dT k=3 s=2 pad=same")
    path = write(tmp_path / "net.json", first.out)
    assert cli("shape", path, "--json") == first


def test_own_json_on_another_input(cli, tmp_path):
    path = write(tmp_path / "net.json", cli("shape", "-i", "32x32x3", "--json", NETS[0]).out)
    assert cli("shape", "-i", "HxWx3", path).out == cli("shape", "-i", "HxWx3", NETS[0]).out


def own(**changes):
    """A small report as convcalc prints it, changed."""
    row = {"index": 0, "name": "conv2d", "type": "Conv2D", "spec": "conv2d f=8 k=3", "inputs": ["input"]}
    row.update(changes.pop("row", {}))
    data = {"schema": "convcalc/shape/1", "framework": "keras", "input_shape": [4, 9, 9, 3], "layers": [row]}
    return json.dumps({**data, **changes})


def test_own_json_as_little_as_is_read(cli, tmp_path):
    assert cli("shape", write(tmp_path / "a.json", own()), "--field", "output_shape").out == "4,7,7,8\n"


DEEP = '{"a":' * 100_000
REFUSED = {
    "deep.json": DEEP,
    "lists.json": '{"schema": ' + "[" * 100_000,
    "nan.json": own(input_shape=[float("nan")]),
    "nan_unread.json": own(ok=float("nan")),
    "inf.json": own().replace("[4, 9, 9, 3]", "[1e999]"),
    "twice.json": own()[:-1] + ', "framework": "torch"}',
    "digits.json": own().replace("[4, 9, 9, 3]", f"[{'9' * 5000}]"),
    "huge.json": own().replace("[4, 9, 9, 3]", f"[{2**63}]"),
    "negative.json": own(input_shape=[-1, 3, 3, 3]),
    "bool.json": own(input_shape=[True, 3, 3, 3]),
    "words.json": own(input_shape=["__import__('os')", 3, 3, 3]),
    "no_layers.json": own(layers=[]),
    "layers.json": own(layers={"a": 1}),
    "row.json": own(layers=[7]),
    "spec.json": own(row={"spec": 7}),
    "inputs.json": own(row={"inputs": "input"}),
    "unknown.json": own(row={"inputs": ["later"]}),
    "cycle.json": own(row={"inputs": ["conv2d"]}),
    "framework.json": own(framework="tf"),
    "schema.json": own(schema=["convcalc/shape/1"]),
    "keras.json": '{"class_name": "Sequential", "config": {"module": "subprocess", "class_name": "run"}}',
    "open.json": "{",
    "model.keras": b"PK\x03\x04" + bytes(100),
    "model.onnx": b"\x08\x07\x12\x04test",
    "model.h5": b"\x89HDF\r\n\x1a\n",
    "model.pkl": b"\x80\x04\x95",
    "array.npy": b"\x93NUMPY\x01\x00",
    "zeros.txt": bytes(50),
    "latin.txt": "conv2d café".encode("latin-1"),
    "utf16.txt": "conv2d 3 3".encode("utf-16"),
    "model.py": "import keras\nprint(keras.__version__)\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, cli, tmp_path):
    answer = cli("shape", write(tmp_path / name, REFUSED[name]) if "/" not in name else name, "--json")
    assert (answer.code, answer.out) == (3, "")
    error = json.loads(answer.err)["error"]
    assert error["code"] == "unreadable"
    assert name in error["message"]
    assert len(answer.err) < 4096


def test_the_key_that_comes_twice_is_found_among_many():
    """In one pass: to count each key takes half a minute."""
    text = json.dumps({f"k{number}": 0 for number in range(50_000)})
    start = time.process_time()
    with pytest.raises(FileError, match="the key 'k49999' comes twice"):
        strict.read_json(f'{text[:-1]}, "k49999": 1}}', "a.json")

    assert time.process_time() - start < 5


def test_refusals_of_kinds_name_what_is_supported(cli, tmp_path):
    answer = cli("shape", write(tmp_path / "model.py", REFUSED["model.py"]))
    assert "keras.Sequential([...])" in answer.err
    answer = cli("shape", write(tmp_path / "zeros.txt", REFUSED["zeros.txt"]))
    assert "text files of specs, what convcalc printed with --json, Keras' to_json() and .keras, and" in answer.err
    hints = {"model.onnx": "onnx.checker", "model.h5": "model.save('model.keras')", "model.pkl": "ONNX"}
    for name, would_do in hints.items():
        assert would_do in cli("shape", write(tmp_path / name, REFUSED[name])).err


def test_no_such_file(cli):
    answer = cli("shape", "no/such/net.txt")
    assert answer.code == 3
    assert answer.err.startswith("no/such/net.txt cannot be read: No such file or directory.")


@pytest.mark.parametrize("kind", ["directory", "pipe", "device", "loop", "memory", "secret"])
def test_what_is_no_readable_regular_file(kind, cli, tmp_path):
    path = tmp_path / "net.txt"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = "/dev/zero"
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "memory":
        # A regular file, as it says.
        path = "/proc/self/mem"
    else:
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        path.write_text("conv2d 3 3")
        path.chmod(0)
    assert cli("shape", str(path)).code == 3


def test_a_link_to_a_file_is_read(cli, tmp_path):
    write(tmp_path / "a.txt", "conv2d 10 3")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert cli("shape", str(tmp_path / "b.txt")).code == 0


def test_a_file_without_end_is_read_up_to_the_bound(cli, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "MOST", 1000)
    assert cli("shape", write(tmp_path / "a.txt", "conv2d 3 3" + " " * 990)).code == 0
    answer = cli("shape", write(tmp_path / "b.txt", "conv2d 3 3" + " " * 991), "--json")
    assert (answer.code, json.loads(answer.err)["error"]["code"]) == (4, "limit")


def test_endless_standard_input():
    shell = f"yes '{{' | {sys.executable} -m convcalc shape -"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, env=clean_environment(), timeout=60, check=False)
    assert done.returncode == 4
    assert done.stderr == b"standard input is over 64 MiB.\n"


def test_a_shell_pipe_by_number():
    shell = f"{sys.executable} -m convcalc shape -i 28x28x3 --field output_shape <(echo conv2d 10 3)"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, env=clean_environment(), timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"N,26,26,10\n")


def test_errors_in_files_have_line_and_column(cli, tmp_path):
    path = write(tmp_path / "net.txt", "# a net\nconv2d 10 3\n  conv2d 3 3 sd=2\nflatten\n")
    error = json.loads(cli("shape", path, "--json").err)["error"]
    assert (error["line"], error["column"]) == (3, 14)
    assert error["span"] == [33, 35]
    assert cli("shape", path).err.startswith("line 3: conv2d takes no 'sd'.\n    conv2d 3 3 sd=2\n               ^^\n")


def test_output_file(cli, tmp_path):
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o640)
    answer = cli("shape", "-o", str(path), "--json", "conv2d 3 3")
    assert answer == (0, "", "")
    assert path.read_text() == cli("shape", "--json", "conv2d 3 3").out
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["out.json"]


def test_output_through_a_link_and_to_a_device(cli, tmp_path):
    (tmp_path / "a.txt").write_text("old")
    link = tmp_path / "b.txt"
    link.symlink_to(tmp_path / "a.txt")
    assert cli("shape", "-o", str(link), "conv2d 3 3").code == 0
    assert link.is_symlink()
    assert (tmp_path / "a.txt").read_text() == link.read_text() != "old"
    assert cli("shape", "-o", os.devnull, "conv2d 3 3").code == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_output_that_fails_leaves_the_old_file(step, cli, tmp_path, monkeypatch):
    path = tmp_path / "out.txt"
    path.write_text("old")

    def fail(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    answer = cli("shape", "-o", str(path), "conv2d 3 3")
    monkeypatch.undo()
    assert (answer.code, answer.out) == (74, "")
    assert answer.err == f"{path} cannot be written: No space left on device.\n"
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("place", ["no/such/out.txt", "", "nul\0"])
def test_output_nowhere(place, cli, tmp_path):
    answer = cli("shape", "-o", str(tmp_path / place), "conv2d 3 3")
    assert answer.code == 74
    assert "cannot be written" in answer.err


def test_an_error_writes_no_output_file(cli, tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    assert cli("shape", "-o", str(path), "conv2d 3 3 sd=2").code == 2
    assert path.read_text() == "old"
