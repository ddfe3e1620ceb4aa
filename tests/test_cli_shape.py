"""``convcalc shape``: its options, where a network comes from, what is asked of the answer."""

import json
import sys

import pytest

from convcalc.cli.options import names_file
from tests.conftest import error

CONV = ("conv2d", "10", "3")


def test_words_are_one_text(cli):
    apart = cli("shape", "-i", "28x28x3", "conv2d", "32", "3", "flatten", "dense", "10")
    assert apart == cli("shape", "-i", "28x28x3", "conv2d 32 3 | flatten -> dense 10")
    assert apart.code == 0


def test_short_word_for_json(cli):
    assert cli("shape", *CONV, "--json") == cli("shape", "--format", "json", *CONV)
    assert cli("shape", "--json", "--format=json", *CONV).code == 0
    two = cli("shape", "--json", "--format", "csv", *CONV)
    assert (two.code, error(two)["code"]) == (2, "usage")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("output_shape", "4,26,26,10"),
        ("macs", "730080"),
        ("layers.-1.macs", "730080"),
        ("layers.0.name", "conv2d"),
        ("layers.0.weights.1.shape", "10"),
        ("layers.0.weights.0.trainable", "true"),
        ("params", '{"total":280,"trainable":280,"non_trainable":0,"buffers":0}'),
        ("notes", "[]"),
        ("reading", "null"),
        ("layers.0.inputs", "input"),
    ],
)
def test_field(path, text, cli):
    assert cli("shape", "-i", "4,28,28,3", "--field", path, *CONV) == (0, text + "\n", "")


def test_fields_come_in_their_order(cli):
    answer = cli("shape", "-i", "4,28,28,3", "--field", "macs", "--field", "output_shape", *CONV)
    assert answer.out == "730080\n4,26,26,10\n"


@pytest.mark.parametrize(
    ("path", "span", "hint"),
    [
        ("output_shap", [0, 11], "'output_shape'"),
        ("layers.0.mac", [9, 12], "'macs'"),
        ("layers.7.macs", [7, 8], None),
        ("layers.-2", [7, 9], None),
        ("layers.first", [7, 12], "Count from 0"),
        ("macs.total", [5, 10], None),
        ("", [0, 0], "There are: schema"),
    ],
)
def test_field_that_is_not_there(path, span, hint, cli):
    answer = cli("shape", "--field", path, "--json", *CONV)
    assert answer.code == 2
    assert error(answer)["span"] == span
    assert hint is None or hint in error(answer)["hint"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("4,28,28,3", "4,26,26,10"),
        ("4,28,28,3", "26x26x10"),
        ("4,28,28,3", "?,26,any,10"),
        ("28x28x3", "N,26,26,10"),
        ("28x28x3", "B,26,26,10"),
        ("28x28x3", "26,26,10"),
        ("HxWx3", "N, H - 2, W - 2, 10"),
        ("4,28,28,3", "(4, 26, 26, 10)"),
    ],
)
def test_expectation_met(given, expected, cli):
    answer = cli("shape", "-i", given, "--expect", expected, *CONV)
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        ("4,28,28,3", "4,26,26,11", "axis 3 is 10, not 11"),
        ("4,28,28,3", "26x27x10", "axis 2 is 26, not 27"),
        ("4,28,28,3", "3,26,26,10", "axis 0 is 4, not 3"),
        ("28x28x3", "4,26,26,10", "axis 0 is N, not 4"),
        ("HxWx3", "N,26,26,10", "axis 1 is H - 2, not 26"),
        ("HxWx3", "N, H, W - 2, 10", "axis 1 is H - 2, not H"),
        ("4,28,28,3", "26x26", "4 axes, not 2"),
        ("4,28,28,3", "(26, 26, 10)", "4 axes, not 3"),
    ],
)
def test_expectation_missed(given, expected, words, cli):
    answer = cli("shape", "-i", given, "--expect", expected, *CONV)
    assert answer.code == 1
    assert words in answer.err
    assert answer.out == cli("shape", "-i", given, *CONV).out


def test_expectation_missed_in_json_prints_the_report_and_the_error(cli):
    answer = cli("shape", "-i", "4,28,28,3", "--expect", "1,1", "--json", *CONV)
    assert answer.code == 1
    assert json.loads(answer.out)["output_shape"] == [4, 26, 26, 10]
    assert json.loads(answer.err)["error"]["code"] == "unexpected"


@pytest.mark.parametrize(
    ("only", "indices"),
    [(["0"], [0]), (["-1"], [3]), (["conv2d_1"], [2]), (["CONV2D"], [0, 2]), (["-1", "dense", "0"], [0, 3])],
)
def test_only(only, indices, cli):
    words = [word for one in only for word in ("--only", one)]
    net = ["conv2d", "8", "3", "maxpool2d", "2", "conv2d", "8", "3", "gap2d"]
    if "dense" in only:
        net[-1:] = ["dense", "5"]
    whole = json.loads(cli("shape", "-i", "32x32x3", "--json", *net).out)
    part = json.loads(cli("shape", "-i", "32x32x3", "--json", *words, *net).out)
    assert [layer["index"] for layer in part["layers"]] == indices
    assert part["macs"] == whole["macs"]
    assert part["params"] == whole["params"]


def test_only_what_is_not_there(cli):
    answer = cli("shape", "--only", "conv2e", "--json", *CONV)
    assert answer.code == 2
    assert "'conv2d'" in error(answer)["hint"].lower()


@pytest.mark.parametrize("value", ["0", "-1", "1_0", "٣", "3.0", " 4", "", "9" * 30, "x"])
def test_batch_is_a_plain_number(value, cli):
    answer = cli("shape", "--batch", value, "--json", *CONV)
    assert (answer.code, error(answer)["code"]) == (2, "bad_value")


def test_batch(cli):
    assert cli("shape", "-i", "28x28x3", "--batch", "4", "--field", "input_shape", *CONV).out == "4,28,28,3\n"


@pytest.mark.parametrize(("dtype", "size"), [("float16", 2), ("bfloat16", 2), ("float64", 8), ("int8", 1)])
def test_dtype_is_what_bytes_count(dtype, size, cli):
    answer = cli("shape", "-i", "4,28,28,3", "--dtype", dtype, "--field", "param_bytes", *CONV)
    assert answer.out == f"{280 * size}\n"


def test_quiet_leaves_notes_out_and_data_in(cli):
    net = ["conv2dT", "k=3", "s=2", "pad=same"]
    loud, quiet = cli("shape", *net).out, cli("shape", "-q", *net).out
    assert "note" in loud
    assert quiet.splitlines() == [line for line in loud.splitlines() if "note" not in line]
    assert cli("shape", "-q", "--json", *net) == cli("shape", "--json", *net)


def test_quiet_errors_have_no_hint(cli):
    loud, quiet = cli("shape", "conv2d 3 3 sd=2"), cli("shape", "-q", "conv2d 3 3 sd=2")
    assert loud.err.startswith(quiet.err)
    assert "Did you mean" in loud.err
    assert "Did you mean" not in quiet.err


def test_negative_numbers_are_values(cli):
    answer = cli("shape", "--json", "conv2d", "-1", "3")
    assert (answer.code, error(answer)["code"]) == (2, "bad_value")
    assert error(answer)["span"] == [7, 9]
    assert error(cli("shape", "-i", "-1x3x3", "--json", *CONV))["code"] in ("bad_input", "bad_value")


def test_standard_input(cli):
    piped = cli("shape", "-i", "28x28x3", stdin="conv2d 10 3  # a comment\n\nflatten\n")
    assert piped.out == cli("shape", "-i", "28x28x3", "conv2d 10 3 flatten").out
    assert cli("shape", "-i", "28x28x3", "-", stdin="conv2d 10 3 flatten") == piped


def test_no_network_on_a_terminal(cli, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    answer = cli("shape", "--json")
    assert (answer.code, error(answer)["message"]) == (2, "There is no NETWORK.")


def test_a_given_network_never_touches_standard_input(process):
    import os

    read, write = os.pipe()
    os.write(write, b"flatten")
    # The pipe stays open: whoever reads to its end waits for ever.
    answer = None
    try:
        import subprocess

        answer = subprocess.run(
            [sys.executable, "-m", "convcalc", "shape", *CONV], stdin=read, capture_output=True, timeout=30, check=True
        )
        assert os.read(read, 100) == b"flatten"
    finally:
        os.close(read)
        os.close(write)
    assert answer.stdout


@pytest.mark.parametrize(
    ("word", "file"),
    [
        ("net.txt", True),
        ("nets/one", True),
        ("./-", True),
        ("/dev/fd/63", True),
        ("model.keras", True),
        ("conv2d", False),
        ("conv2d 3 3 # see a/b", False),
        ("[conv1d 32//2^i 2] * 3", False),
        ("conv2d 3 3\n# x.txt", False),
        ("nn.Conv2d(3,8,3)", False),
    ],
)
def test_what_names_a_file(word, file):
    assert names_file(word) is file
