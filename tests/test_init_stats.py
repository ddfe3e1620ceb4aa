"""``convcalc init-stats``: weights as the frameworks draw them, what becomes of a signal, what is refused."""

import json
import re
import sys

import jsonschema
import numpy as np
import pytest

import convcalc

CARD = "conv2d 64 3 pad=same act=relu reg=l2(1e-4)"


def masked(text):
    """Without the digits that are drawn: another NumPy may draw others."""
    return re.sub(r"-?\d+\.\d+(e-\d+)?%?", "#", text)


def test_the_layer_of_the_tutorial(cli, golden):
    answer = cli("init-stats", "-i", "32x32x32", CARD, "--images", "4")
    assert (answer.code, answer.err) == (0, "")
    assert "glorot_uniform   fan_in 288, fan_out 576" in answer.out
    assert re.search(r"std +0\.04811 +0\.048", answer.out)
    assert re.search(r"rms +0\.5653 +0\.56", answer.out)
    assert re.search(r"std +0\.7995 +0\.[78]", answer.out)
    assert "with init=he_normal it keeps 0.979 (not 1, for the border reads zeros)  [signal_shrinks]" in answer.out
    assert re.search(r"penalty +0\.004267 +0\.0042", answer.out)
    lines = [re.sub(r" +", " ", re.sub("[▁-█ ]{20,}", " # ", masked(line))) for line in answer.out.splitlines()]
    golden("init_stats.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("form", ["csv", "markdown", "jsonl"])
def test_its_other_forms(cli, form):
    out = cli("init-stats", "-i", "8x8x3", "conv2d 4 3 | relu | flatten | dense 3", "--format", form).out
    if form == "csv":
        rows = out.splitlines()
        assert len(rows) == 1 + 2 + 1 + 1 + 2
        assert rows[1].startswith("0,conv2d,Conv2D,conv2d f=4 k=3,kernel,")
        assert all(line.count(",") >= 21 for line in rows)
    elif form == "jsonl":
        assert [json.loads(line)["type"] for line in out.splitlines()] == ["Conv2D", "ReLU", "Flatten", "Dense"]
    else:
        assert out.count("\n|---") == 2 or out.count("---:|") == 2
        assert "glorot\\_uniform" in out or "glorot_uniform" in out


NETWORKS = [
    ("-i", "32x32x32", CARD),
    ("-i", "8x8x3", "conv2dT 4 3 2 | bn | dwconv2d 3 | sepconv2d 4 3 | gap2d | dense 3 act=softmax"),
    ("-i", "HxWx3", "conv2d 4 3"),
    ("-F", "torch", "-i", "3x8x8", "conv2d 4 3 | bn | prelu | flatten | linear 3"),
    ("-F", "onnx", "-i", "3x8x8", "Conv f=4 k=3x3 | Relu"),
    ("-i", "5", "embed 10 4 | conv1d 3 2"),
    ("-i", "6", "dense 4 init=constant(0) | dense 3 reg=orthogonal_regularizer(factor=0.1)"),
    ("-i", "4x4x3", "relu"),
]


@pytest.mark.parametrize("words", NETWORKS)
def test_its_json_is_the_schema_s_and_reads_back(cli, tmp_path, words):
    answer = cli("init-stats", *words, "--images", "3", "--json")
    assert answer.code == 0, answer.err
    data = json.loads(answer.out)
    schema = json.loads(cli("schema", "init-stats").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)
    path = tmp_path / "net.json"
    path.write_text(answer.out)
    again = json.loads(cli("init-stats", str(path), "--images", "3", "--json").out)
    assert again["layers"] == data["layers"]


def test_a_deep_network_has_its_verdict_and_a_row_a_weight(cli):
    out = cli("init-stats", "-i", "6x6x3", "[ conv2d 16 3 pad=same act=relu ] * 16", "--images", "2").out
    assert re.search(r"note  the signal shrinks 0\.\d\d a layer and is \d.*at layer 15; relu wants he_normal", out)
    assert out.count("glorot_uniform") == 16
    assert "--only INDEX shows a layer's in full" in out
    one = cli("init-stats", "-i", "6x6x3", "[ conv2d 16 3 pad=same act=relu ] * 16", "--images", "2", "--only", "3").out
    assert "fan_in 144, fan_out 144" in one


@pytest.mark.parametrize(
    ("spec", "framework", "code"),
    [
        ("[ conv2d 24 3 pad=same act=relu init=he_normal ] * 3", None, None),
        ("[ dense 60 act=relu init=he_normal ] * 12", None, None),
        ("[ dense 60 act=selu init=lecun_normal ] * 12", None, None),
        ("[ dense 60 act=relu init=random_normal(stddev=1) ] * 6", None, "signal_grows"),
        ("[ dense 60 act=relu init=random_normal(stddev=0.01) ] * 6", None, "signal_shrinks"),
        ("[ linear 60 relu ] * 8", "torch", "signal_shrinks"),
        ("[ conv2d 24 3 bn relu ] * 4", None, None),
        ("dense 60 init=orthogonal", None, None),
    ],
)
def test_verdicts(spec, framework, code):
    shape = "60" if "conv2d" not in spec else "12x12x24"
    stats = convcalc.init_stats(spec, shape, framework, images=4)
    assert [note.code for note in stats.notes] == ([code] if code else [])


def test_it_is_what_the_network_itself_does():
    """The measured figures are those of a forward pass with the weights that the seed draws."""
    stats = convcalc.init_stats("conv2d 8 3 pad=same act=tanh | maxpool2d 2", "8x8x3", images=16, seed=5)
    first, pool = (row.signal for row in stats.layers)
    assert first.input_rms == pytest.approx(1, abs=0.05)
    assert pool.input_rms == first.output_rms
    assert pool.output_rms > first.output_rms
    assert stats.images == 16


def test_a_seed_is_the_same_draw_again():
    first, same, other = (convcalc.init_stats("dense 30", "20", seed=seed).to_dict() for seed in (3, 3, 4))
    assert first == same
    assert first["layers"][0]["weights"][0]["sample"] != other["layers"][0]["weights"][0]["sample"]


def test_samples_are_capped():
    stats = convcalc.init_stats("dense 3000", "4000", samples=1000, images=0)
    kernel = stats.layers[0].weights[0]
    assert kernel.sample.count == 1000
    assert kernel.expected.norm == pytest.approx(kernel.expected.std * (3000 * 4000) ** 0.5)
    assert stats.images is None
    assert stats.layers[0].signal is None


def test_torch_s_own_defaults():
    kernel, bias = convcalc.init_stats("nn.Conv2d(3, 64, 3)", "3x8x8", images=0).layers[0].weights
    bound = 27**-0.5
    assert (kernel.initializer, kernel.fan_in) == ("kaiming_uniform_", 27)
    assert (kernel.expected.min, kernel.expected.max) == pytest.approx((-bound, bound))
    assert bias.expected.max == pytest.approx(bound)


def test_fans_that_people_do_not_expect_are_told():
    stats = convcalc.init_stats("conv2dT 8 3 | dwconv2d 3", "8x8x4", images=0)
    first, second = (row.notes[0].message for row in stats.layers)
    assert "fan_in 72, fan_out 36" in first
    assert "fan_in 72" in second


def test_onnx_has_no_initialisers(cli):
    answer = cli("init-stats", "-F", "onnx", "-i", "3x8x8", "Conv f=4 k=3x3")
    assert answer.code == 0
    assert "ONNX has no initialisers" in answer.out


def test_channels_are_needed(cli):
    answer = cli("init-stats", "conv2d 8 3", "--json")
    error = json.loads(answer.err)["error"]
    assert (answer.code, error["code"]) == (2, "missing_argument")
    assert "Give -i" in error["hint"]


@pytest.mark.parametrize(
    ("spec", "code", "says"),
    [
        ("dense 3 init=he_norml", 2, "he_normal"),
        ("dense 3 init=random_normal(stddev=-1)", 2, "stddev"),
        ("conv2d 3 3 init=identity", 1, "2 axes"),
        ("dense 3 init=nowhere.at:all", 2, "nowhere.at:all"),
        ("dense 3 reg=l3", 2, "regularizer"),
        ("dense 3 bias_initializer=orthogonal", 1, "2 axes"),
    ],
)
def test_what_does_not_fit_is_refused(cli, spec, code, says):
    answer = cli("init-stats", "-i", "8x8x3", spec)
    assert answer.code == code, answer.err
    assert answer.out == ""
    assert says in answer.err


def test_too_much_is_refused_with_what_would_do(cli):
    answer = cli("init-stats", "-i", "(1,4000,4000,8)", "conv2d 64 3")
    assert answer.code == 4
    assert "--images 0" in answer.err
    assert cli("init-stats", "-i", "(1,4000,4000,8)", "conv2d 64 3", "--images", "0").code == 0


OWN = """
import numpy as np


class ExampleRandomNormal:
    def __init__(self, mean=0.0, stddev=1.0, seed=None):
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape, dtype):
        return np.random.default_rng(self.seed).normal(self.mean, self.stddev, shape).astype(dtype)


def squares(w):
    return 0.001 * np.sum(np.square(w))


def broken(shape, dtype):
    raise ValueError("no such luck")


def wrong(shape, dtype):
    return np.zeros(3)
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's own."""
    (tmp_path / "mine_of_init.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("mine_of_init", None)


def test_the_tutorial_s_own_initialiser_and_regulariser_run(own, cli):
    spec = "dense 400 init=mine_of_init:ExampleRandomNormal(stddev=0.5,seed=1) reg=mine_of_init:squares"
    data = json.loads(cli("init-stats", "-i", "300", spec, "--json").out)
    kernel = data["layers"][0]["weights"][0]
    drawn = np.random.default_rng(1).normal(0, 0.5, (300, 400)).astype("float32")
    assert kernel["expected"] is None
    assert kernel["sample"]["std"] == pytest.approx(drawn.std(), rel=1e-5)
    assert kernel["regularizer"]["sample"] == pytest.approx(0.001 * np.square(drawn, dtype=float).sum(), rel=1e-4)
    assert data["layers"][0]["signal"]["expected"]["output_rms"] is None
    assert data["layers"][0]["signal"]["output_rms"] > 0


@pytest.mark.parametrize(("name", "says"), [("broken", "no such luck"), ("wrong", "of shape (3,)")])
def test_an_own_one_that_fails_keeps_its_message(own, cli, name, says):
    answer = cli("init-stats", "-i", "5", f"dense 3 init=mine_of_init:{name}")
    assert answer.code == 2
    assert says in answer.err


def test_a_file_names_no_code_that_is_loaded(own, cli, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("dense 3 init=mine_of_init:broken\n")
    answer = cli("init-stats", "-i", "5", str(path))
    assert answer.code == 3
    assert "mine_of_init" not in sys.modules


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        # Keras' fans of a transposed kernel: he_normal keeps 0.71 of the signal here, lecun_normal 0.5.
        ("conv2dT 64 3 init=he_normal", "one such layer keeps 0.888 of the signal"),
        ("conv2dT 8 3 init=he_normal", "one such layer makes 2.51 of the signal; with init=lecun_normal it makes 1.78"),
    ],
)
def test_advice_is_nearer_to_the_whole_signal(spec, words):
    [note] = [note.message for note in convcalc.init_stats(spec, "16x16x32").notes]

    assert note == words
