"""Keras files meant to do harm: what they name is never imported, called, opened or fetched."""

import json
import subprocess
import sys

import pytest

import convcalc
from convcalc.errors import FileError, LimitError
from convcalc.readers import archive, keras_graph
from convcalc.readers.files import read_file, recognise
from tests.conftest import clean_environment
from tests.keras_configs import CONV, IMAGE, functional, layer
from tests.keras_configs import archive as packed

PATH = "canary"
ROOT = archive.__file__.partition("/convcalc/readers")[0]


def lambda_code():
    """A Keras 2 Lambda whose marshalled code would write the canary."""
    import marshal

    code = compile(f"open({PATH!r}, 'w')", "x", "eval")
    return marshal.dumps(code).hex()


def attacks():
    """Yield ``(id, layer's entry)`` of the published ways through a Keras config."""
    code = {"class_name": "__lambda__", "config": {"code": lambda_code()}}
    second = [lambda_code(), None, None]
    url = "http://127.0.0.1:1/"
    yield (
        "CVE-2024-3660",
        layer("Lambda", "x", "image", function=code),
    )
    yield (
        "CVE-2024-3660 of Keras 2",
        layer("Lambda", "x", "image", function=second, function_type="lambda"),
    )
    yield "CVE-2025-1550", layer("run", "x", "image", module="subprocess", args=["touch", PATH])
    yield (
        "CVE-2025-1550 within",
        layer(
            "Dense",
            "x",
            "image",
            units=2,
            kernel_initializer={"module": "subprocess", "class_name": "run", "config": {"args": ["touch", PATH]}},
        ),
    )
    yield (
        "CVE-2025-1550 as a function",
        layer(
            "Activation",
            "x",
            "image",
            activation={"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
        ),
    )
    yield (
        "CVE-2025-8747",
        layer("get_file", "x", "image", module="keras.utils", origin=url, fname=PATH),
    )
    yield "CVE-2025-9906", layer("enable_unsafe_deserialization", "x", "image", module="keras.config")
    yield "CVE-2025-12058", layer("StringLookup", "x", "image", vocabulary="/etc/passwd")
    yield "CVE-2025-12058 fetched", layer("StringLookup", "x", "image", vocabulary=url)
    yield "CVE-2026-1462", layer("TFSMLayer", "x", "image", filepath=PATH, call_endpoint="serve")
    yield "a module by its name", layer("Dense", "x", "image", units=2, kernel_initializer=f"{PATH}:attribute")
    yield "an attribute", layer("__class__", "x", "image", __init__=1, __globals__=2)
    yield "a custom object", layer("Mine", "x", "image", module=PATH)
    yield "a dtype", layer("Dense", "x", "image", units=2, dtype={"module": PATH, "class_name": "run", "config": {}})


ATTACKS = dict(attacks())
AUDIT = f"""
import json, sys
from convcalc.cli import options, run, shape, inspect
from convcalc.cli.run import run
import convcalc.readers.archive, convcalc.readers.keras_graph, convcalc.layers, convcalc.analysis.explain, numpy
import convcalc.numeric.stats, convcalc.numeric.check, convcalc.views.json
convcalc.layers.words()
from convcalc import activations, initializers, regularizers
second = False
watched = ("socket.connect", "subprocess.Popen", "os.system", "pickle.find_class", "os.exec", "os.remove")
def hook(event, args):
    # Python's own modules are marshalled too: the second time they are all there.
    opened = event == "open" and isinstance(args[0], str) and {PATH!r} in args[0]
    if event in watched or opened or (second and event == "marshal.loads"):
        print("AUDIT", event, args, file=sys.stderr)
    if event == "import" and args[0].partition(".")[0] in ("subprocess", {PATH!r}, "keras", "tensorflow", "urllib"):
        print("AUDIT", event, args, file=sys.stderr)
sys.addaudithook(hook)
for second in (False, True):
    for path in sys.argv[1:]:
        for command in ("shape", "inspect", "init-stats", "check"):
            code = run([command, path, "--json"])
            assert code in (0, 1, 2, 3, 4), code
"""


def test_nothing_that_a_file_names_is_touched(tmp_path):
    paths = []
    for number, entry in enumerate(ATTACKS.values()):
        model = functional(IMAGE, entry, layer("Flatten", "end", "x"))
        (tmp_path / f"{number}.json").write_text(json.dumps(model))
        (tmp_path / f"{number}.keras").write_bytes(packed(model))
        paths += [f"{number}.json", f"{number}.keras"]
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, *paths], capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(PYTHONPATH=ROOT), timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    assert "AUDIT" not in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(paths)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_row_or_one_clear_line(name, cli, tmp_path):
    path = tmp_path / "m.json"
    path.write_text(json.dumps(functional(IMAGE, ATTACKS[name], layer("Flatten", "end", "x"))))
    answer = cli("shape", str(path))
    assert answer.code in (0, 3)
    assert len(answer.err) < 4096
    if answer.code == 0:
        assert "Traceback" not in answer.out


def nested(depth):
    """A model within a model, so many deep."""
    model = functional(IMAGE, CONV)
    for number in range(depth):
        entry = {**model, "name": f"m{number}", "inbound_nodes": CONV["inbound_nodes"]}
        entry["config"] = {**entry["config"], "name": f"m{number}"}
        model = functional(IMAGE, entry)
    return model


def doubling(depth):
    """A model that has another one twice, which has another one twice, and so on."""
    model = functional(IMAGE, CONV)
    for _ in range(depth):
        calls = [CONV["inbound_nodes"][0], layer("", "", "inner")["inbound_nodes"][0]]
        inner = {**model, "name": "inner", "inbound_nodes": calls}
        model = functional(IMAGE, inner, layer("ReLU", "end", ("inner", 1)))
    return model


def changed(**config):
    """The model with another config of its convolution."""
    return functional(IMAGE, {**CONV, "config": {**CONV["config"], **config}})


def of(**config):
    """The model with other entries of its own config."""
    model = functional(IMAGE, CONV)
    return {**model, "config": {**model["config"], **config}}


CYCLE = (layer("ReLU", "a", "image", "b"), layer("ReLU", "b", "a"))
MODELS = {
    "a cycle": functional(IMAGE, *CYCLE),
    "itself": functional(IMAGE, layer("ReLU", "a", "a")),
    "two of one name": functional(IMAGE, CONV, CONV),
    "a missing layer": functional(IMAGE, layer("ReLU", "a", "gone")),
    "a missing call": functional(IMAGE, layer("ReLU", "a", ("image", 7))),
    "a negative call": functional(IMAGE, layer("ReLU", "a", ("image", -1))),
    "letters in a shape": functional(layer("InputLayer", "image", batch_shape=["a"]), CONV),
    "no shape": functional(layer("InputLayer", "image"), CONV),
    "a negative shape": functional(layer("InputLayer", "image", batch_shape=[None, -1, 8, 4]), CONV),
    "a huge shape": functional(layer("InputLayer", "image", batch_shape=[None, 2**63, 8, 4]), CONV),
    "filters -1": changed(filters=-1),
    "filters of 5000 digits": json.dumps(changed(filters=0)).replace('"filters": 0', '"filters": ' + "9" * 5000),
    "a float kernel": changed(kernel_size=1e9),
    "groups 0": changed(groups=0),
    "deep": changed(kernel_size=json.loads("[" * 500 + "]" * 500)),
    "no filters": changed(filters=None),
    "NaN": json.dumps(changed(filters=0)).replace('"filters": 0', '"filters": NaN'),
    "infinity": json.dumps(changed(filters=0)).replace('"filters": 0', '"filters": 1e999'),
    "a key twice": json.dumps(changed()).replace('"filters": 4', '"filters": 4, "filters": 5'),
    "models in models": nested(200),
    "no layers": of(layers=[]),
    "layers of no kind": of(layers={"a": 1}),
    "a layer of no kind": of(layers=[7]),
    "no input": of(input_layers=[]),
    "an input of no kind": of(input_layers=[["image", "x", 0]]),
    "an output of no kind": of(output_layers=7),
    "an output that is none": of(output_layers=[["gone", 0, 0]]),
    "the input alone": functional(IMAGE),
    "inbound of no kind": of(layers=[IMAGE, {**CONV, "inbound_nodes": 7}]),
    "called on nothing": of(layers=[IMAGE, {**CONV, "inbound_nodes": [{}]}]),
    "a module of no kind": of(layers=[IMAGE, {**CONV, "module": 7}]),
    "config of no kind": {"class_name": "Functional", "config": 7},
    "a class of no kind": {"class_name": ["Functional"], "config": {"layers": []}},
    "run": {"class_name": "run", "module": "subprocess", "config": {"args": ["touch", PATH]}},
    "empty": {"class_name": "Sequential", "config": {"layers": []}},
    "brackets": "{" + '"class_name": ' + "[" * 100_000,
    "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(500),
    "a pickle": b"\x80\x04\x95" + bytes(50),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_that_are_refused(name, cli, tmp_path):
    model = MODELS[name]
    path = tmp_path / "m.json"
    path.write_bytes(
        model if isinstance(model, bytes) else (model if isinstance(model, str) else json.dumps(model)).encode()
    )
    answer = cli("shape", str(path))
    assert answer.code in (3, 4), answer
    assert answer.out == ""
    assert len(answer.err) < 4096
    assert len(answer.err.splitlines()) <= 3
    with pytest.raises((FileError, LimitError)):
        read_file(str(path))


def test_more_layers_than_are_read(monkeypatch):
    model = json.dumps(doubling(20)).encode()
    with monkeypatch.context() as patch:
        patch.setattr(keras_graph, "MOST_LAYERS", 2000)
        with pytest.raises(LimitError, match="over 2,000 layers"):
            recognise(model, "m.json")
    many = [layer("ReLU", f"r{n}", "image" if not n else f"r{n - 1}") for n in range(2000)]
    report = convcalc.shape(recognise(json.dumps(functional(IMAGE, *many)).encode(), "m.json").text)
    assert len(report.layers) == 2000
    # The last first: each waits for the next one.
    backwards = functional(IMAGE, *many[::-1], outputs=[["r1999", 0, 0]])
    network = recognise(json.dumps(backwards).encode(), "m.json").text
    assert [call.label for call in network.calls] == [f"r{n}" for n in range(2000)]


def test_names_are_shown_harmless(cli, tmp_path):
    path = tmp_path / "m.json"
    name = "\x1b[31m[bold]x'\n@y"
    path.write_text(json.dumps(functional(IMAGE, layer("Lam\x1bbda", name, "image"), layer("ReLU", "input", name))))
    answer = cli("shape", str(path))
    assert answer.code == 0
    assert "\x1b" not in answer.out
    first = cli("shape", "--json", str(path))
    assert json.loads(first.out)["layers"][0]["name"] == name
    path.write_text(first.out)
    assert cli("shape", "--json", str(path)) == first
