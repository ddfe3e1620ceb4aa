"""``--each``: a network a line in, an object a line out, whatever stands on the lines."""

import json
import os
import re
import select
import subprocess
import sys

import pytest

from tests.conftest import asked, clean_environment

KEYS = ["id", "line", "framework", "input_shape", "output_shape", "params", "macs", "notes"]


def test_lines_are_answered_in_order_under_the_documented_keys(each):
    answers = each("conv2d 8 3", asked("dense 4", input=[2, 7], id="b"), "maxpool2d 2", options=["-i", "28x28x3"])

    assert [list(answer) for answer in answers] == [KEYS] * 3
    assert [(answer["id"], answer["line"]) for answer in answers] == [(None, 1), ("b", 2), (None, 3)]
    assert [answer["output_shape"] for answer in answers] == [["N", 26, 26, 8], [2, 4], ["N", 14, 14, 3]]
    assert answers[1]["params"] == {"total": 32, "trainable": 32, "non_trainable": 0, "buffers": 0}


@pytest.mark.parametrize("name", [None, 0, -7, 10**30, 1.5, "", 'a "b" é\n', [1, {"a": None}], {"k": 1}, True])
def test_an_id_comes_back_as_it_was(each, name):
    (answer,) = each(asked("dense 4", input=[2, 7], id=name))

    assert answer["id"] == name


def test_the_object_says_what_the_options_say_for_lines_without(each):
    lines = [
        asked("conv2d 8 3", input="9x9x3"),
        asked("conv2d 8 3", input="3x9x9", framework="torch"),
        asked("conv2d 8 3", input=[1, 3, 9, 9], framework="torch"),
        asked("conv2d 8 3", framework="keras"),
    ]
    answers = each(*lines, options=["-i", "(5, 12, 12, 3)", "-F", "keras"])

    assert [answer["framework"] for answer in answers] == ["keras", "torch", "torch", "keras"]
    shapes = [["N", 7, 7, 8], ["N", 8, 7, 7], [1, 8, 7, 7], [5, 10, 10, 8]]
    assert [answer["output_shape"] for answer in answers] == shapes


def test_an_array_may_hold_null_and_the_expressions_that_are_printed(each):
    (answer,) = each(asked("conv2d 8 3 pad=same s=2", input=[None, "2*H", "ceil(W/2)", 3]))

    assert answer["input_shape"] == ["N", "2*H", "ceil(W/2)", 3]
    assert answer["output_shape"] == ["N", "H", "ceil(W/4)", 8]
    again = each(asked("conv2d 8 3 pad=same s=2", input=answer["input_shape"]))
    assert again[0]["output_shape"] == answer["output_shape"]


def test_with_a_network_each_line_is_an_input(each):
    lines = ["9x9x3", "(4, 9, 9, 3)", "", asked_input([2, 12, 12, 3], id=5), "HxWx3", "9x"]
    answers = each(*lines, options=["conv2d", "8", "3"], code=1)

    assert [answer["line"] for answer in answers] == [1, 2, 4, 5, 6]
    shapes = [["N", 7, 7, 8], [4, 7, 7, 8], [2, 10, 10, 8], ["N", "H - 2", "W - 2", 8]]
    assert [answer["output_shape"] for answer in answers[:4]] == shapes
    assert answers[2]["id"] == 5
    assert answers[4]["error"]["code"] == "bad_input"


def asked_input(shape, **more):
    """Return a line that asks about an input."""
    return json.dumps({"input": shape, **more})


def test_blank_and_comment_lines_are_counted_and_not_answered(each):
    answers = each("", "  # a comment", "dense 4", "\t", "#", "\ufeffdense 5".encode("utf-8"), "dense 6\r", "")

    assert [(answer["line"], answer["output_shape"]) for answer in answers] == [
        (3, ["N", 4]),
        (6, ["N", 5]),
        (7, ["N", 6]),
    ]
    assert each("", "# only", "") == each() == []


BAD = [
    ("conv2d 8 3 sd=2", "unknown_key", [11, 13]),
    ("conv2d 8 99", "does_not_fit", [9, 11]),
    ("konv2d 8 3", "unknown_word", [0, 6]),
    ("conv2d 8 3 k=3", "duplicate_key", None),
    ("[relu] * 100001", "limit", None),
    ("@x", "syntax", None),
    ("{", "syntax", [1, 1]),
    ("{}", "missing_argument", None),
    ('{"spec": "dense 4", "spec": "dense 5"}', "syntax", None),
    ('{"spec": "dense 4", "input": [NaN, 4]}', "syntax", None),
    ('{"spec": "dense 4", "input": [Infinity, 4]}', "syntax", None),
    ('{"spec": "dense 4", "inputs": [1, 4]}', "unknown_key", None),
    ('{"spec": 4, "input": [1, 4]}', "missing_argument", None),
    ('{"spec": "dense 4", "input": [1.0, 4]}', "bad_input", None),
    ('{"spec": "dense 4", "input": [true, 4]}', "bad_input", None),
    ('{"spec": "dense 4", "input": [-1, 4]}', "bad_input", None),
    ('{"spec": "dense 4", "input": [9223372036854775808, 4]}', "bad_input", None),
    ('{"spec": "dense 4", "input": ["H W", 4]}', "bad_input", None),
    ('{"spec": "dense 4", "input": [[1], 4]}', "bad_input", None),
    ('{"spec": "dense 4", "input": 4}', "bad_input", None),
    ('{"spec": "dense 4", "framework": "jax"}', "bad_value", None),
    ('{"spec": "dense 4", "framework": []}', "bad_value", None),
    ('{"spec": "dense 4"} {}', "syntax", None),
    ('{"spec": ' + "[" * 100_000, "syntax", None),
    (b"dense \xff", "syntax", None),
    (b"dense 4 # \xed\xa0\x80", "syntax", None),
    ("dense 4 # " + "x" * (1 << 20), "limit", None),
    ("relu " * (1 << 17), "limit", None),
]


@pytest.mark.parametrize("digit", ["²", "٣", "３"])
def test_digits_of_other_scripts_are_no_numbers_after_words_that_are_known(each, digit):
    lines = [f"avgpool2d {k}" for k in ("2", digit, f"k={digit}", f"{digit}x2")]
    answers = each(*lines, options=["-i", "9x9x3"], code=1)

    assert [answer.get("error", {}).get("code") for answer in answers] == [None, "syntax", "syntax", "syntax"]


@pytest.mark.parametrize(("line", "code", "span"), BAD, ids=[f"{n}-{case[1]}" for n, case in enumerate(BAD)])
def test_a_bad_line_costs_nothing_but_itself(each, line, code, span):
    good, bad, after = each("dense 4", line, "dense 4", options=["-i", "28x28x3"], code=1)

    assert (bad["id"], bad["line"], bad["error"]["code"]) == (None, 2, code)
    assert list(bad) == ["id", "line", "error"]
    assert span is None or bad["error"]["span"] == span
    assert after == {**good, "line": 3}


def test_a_bad_object_keeps_its_id(each):
    lines = ['{"id": 9, "spec": "konv2d"}', '{"id": [1], "spec": "conv2d 8 99", "input": "9x9x3"}', '{"id": "x"}']
    answers = each(*lines, code=1)

    assert [answer["id"] for answer in answers] == [9, [1], "x"]
    assert [answer["error"]["code"] for answer in answers] == ["unknown_word", "does_not_fit", "missing_argument"]


def test_no_string_opens_a_file(each, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("dense 4\n")
    answers = each(str(path), asked(str(path), input=[1, 4]), asked("dense 4", input=str(path)), code=1)

    assert [answer["error"]["code"] for answer in answers] == ["syntax", "syntax", "bad_input"]


def test_an_answer_leaves_before_the_next_line_is_read():
    """A partner who waits for each answer before writing the next line is never left waiting."""
    command = [sys.executable, "-m", "convcalc", "shape", "--each", "-i", "28x28x3"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment()) as partner:
        for filters in (3, 4, 3):
            os.write(partner.stdin.fileno(), b"conv2d %d 3\nconv2d" % filters)
            ready, _, _ = select.select([partner.stdout], [], [], 30)
            assert ready, "no answer to a whole line while half of the next one has come"
            assert json.loads(os.read(partner.stdout.fileno(), 1 << 16))["output_shape"][-1] == filters
            os.write(partner.stdin.fileno(), b" 8 3\n")
            assert select.select([partner.stdout], [], [], 30)[0]
            assert json.loads(os.read(partner.stdout.fileno(), 1 << 16))["output_shape"][-1] == 8
        partner.stdin.close()
        assert partner.wait(30) == 0


def test_output_is_a_file_once_it_is_whole(each, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("before")
    command = [sys.executable, "-m", "convcalc", "shape", "--each", "-o", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=clean_environment()) as process:
        os.write(process.stdin.fileno(), b"dense 4\n" * 5000)
        assert path.read_text() == "before"
        process.stdin.close()
        assert process.wait(30) == 0
    assert len(path.read_text().splitlines()) == 5000
    assert os.listdir(tmp_path) == ["out.jsonl"]

    each("dense 4", "konv2d", options=["-o", str(path)], code=1)
    assert [*map(list, map(json.loads, path.read_text().splitlines()))] == [KEYS, ["id", "line", "error"]]


@pytest.mark.parametrize(
    "options",
    [
        ["--expect", "1"],
        ["--field", "macs"],
        ["--only", "0"],
        ["--dtype", "float32"],
        ["--format", "csv"],
        ["--format", "table"],
        ["--format", "markdown"],
        ["-"],
        ["--batch", "0"],
        ["-i", "9x"],
        ["konv2d"],
    ],
    ids=" ".join,
)
def test_what_does_not_go_with_it_is_refused_before_a_line_is_read(process, options):
    done = process("shape", "--each", *options, stdin=b"dense 4\n")

    assert (done.code, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize("options", [["--json"], ["--format", "jsonl"], ["-q"], ["--color", "always"]], ids=" ".join)
def test_what_says_the_same_is_taken(each, options):
    assert each("dense 4", "dense 5", options=options) == each("dense 4", "dense 5")


def test_words_that_are_kept_are_ascii(each):
    """Once a layer is known its words are read the short way, where no digit but an ASCII one may pass."""
    _, *others = each(*(f"maxpool2d {size}" for size in ("3", "9\u00b2", "\u0663", "k=\uff13", "3x\u0663")), code=1)
    assert [other["error"]["code"] for other in others] == ["syntax"] * 4


def test_repeated_lines_are_answered_alike(each):
    answers = each(*["conv2d 8 3", "konv2d", "# c"] * 700, options=["-i", "28x28x3"], code=1)

    assert [answer["line"] for answer in answers] == [n for n in range(1, 2101) if n % 3]
    for kind in (0, 1):
        assert len({re.sub(r'"line": \d+', "", json.dumps(answer)) for answer in answers[kind::2]}) == 1


def test_more_lines_take_no_more_memory():
    """Six thousand distinct lines after six thousand never hold more than those did, with every cache at its fullest.

    Counted are Python's own blocks of memory, to the block: one kept for each line would be six thousand.
    """
    code = (
        "import sys; from convcalc.cli import each; from convcalc.spec.shapes import read_shape\n"
        "def lines():\n"
        "    for n in range(12_000):\n"
        "        yield b'conv2d %d %d s=%d' % (n + 1, n % 7 + 1, n % 3 + 1)\n"
        "        if n % 100 == 0: print(sys.getallocatedblocks())\n"
        "for text, ok in each.answers(lines(), typed=read_shape('28x28x3')): assert ok\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean_environment(), capture_output=True, text=True, timeout=120, check=True
    )
    held = [int(line) for line in done.stdout.split()]
    assert len(held) == 120
    assert max(held[60:]) < max(held[:60]) + 2_000
