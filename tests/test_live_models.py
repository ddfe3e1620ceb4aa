"""Live models: Keras' by their own `to_json()`, torch's by their `repr`; here of classes made to say so."""

import json
import sys

import pytest

import convcalc
from convcalc.errors import FileError, LimitError, SpecError
from tests.keras_configs import CONV, IMAGE, functional, layer
from tests.test_printed_modules import TEXTS

MODEL = functional(IMAGE, CONV)


def made(module, **members):
    """Return an object of a class of another package, with nothing of it but these members."""
    base = type("Base", (), {"__module__": module, **members})
    return type("Net", (base,), {"__module__": "__main__"})()


def torch(text):
    """Return what stands for a torch module that prints itself so."""
    return made("torch.nn.modules.module", __repr__=lambda self: text, named_modules=unsaid)


def unsaid(self, remove_duplicate):
    """Stand for a module whose members hold nothing that they do not print."""
    return ()


def keras(text):
    """Return what stands for a Keras model that writes itself so."""
    return made("keras.src.models.model", to_json=lambda self: text)


def test_a_torch_module_is_what_it_prints():
    text = TEXTS["resnet18"]

    assert convcalc.shape(torch(text)).to_dict() == convcalc.shape(text).to_dict()
    assert [row.name for row in convcalc.inspect(torch(text)).layers[:2]] == ["conv1", "bn1"]


def test_a_torch_layer_by_itself():
    report = convcalc.shape(torch("Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=same)"), "3x9x9")

    assert (report.framework, report.output_shape[1:], report.params.total) == ("torch", (8, 9, 9), 224)


def test_a_torch_module_holds_what_it_does_not_print():
    text = "AvgPool2d(kernel_size=2, stride=2, padding=0)"
    pools = [
        type("AvgPool2d", (), {"ceil_mode": ceil, "count_include_pad": True, "weight": object()})()
        for ceil in (True, False)
    ]
    named = {"": None, "0": pools[0], "1": pools[1], "2": type("Other", (), {"ceil_mode": True})()}
    printed = f"Sequential(\n  (0-1): 2 x {text}\n  (2): {text}\n)"
    model = made(
        "torch.nn.modules.module", __repr__=lambda self: printed, named_modules=lambda self, remove_duplicate: named
    )

    assert [row.spec for row in convcalc.shape(model).layers] == [
        "avgpool2d k=2 s=2 ceil_mode=true",
        *["avgpool2d k=2 s=2"] * 2,
    ]
    assert convcalc.shape(printed, "3x9x9").output_shape[1:] == (3, 1, 1)
    assert convcalc.shape(model, "3x9x9").layers[0].output_shape[1:] == (3, 5, 5)


def test_a_torch_layer_by_itself_holds_what_it_does_not_print():
    alone = type("AvgPool1d", (), {"__module__": "torch.nn", "__repr__": lambda self: "AvgPool1d(kernel_size=(2,))"})
    alone.named_modules = lambda self, remove_duplicate: [("", self)]
    alone.ceil_mode = True

    assert convcalc.shape(alone(), "3x9").output_shape[1:] == (3, 5)


def test_a_keras_model_is_what_it_writes():
    report = convcalc.shape(keras(json.dumps(MODEL)))

    assert report.framework == "keras"
    assert [row.type for row in report.layers] == ["Conv2D"]
    assert convcalc.check(keras(json.dumps(MODEL)), (2, 8, 8, 3)).ok


def test_every_function_takes_them():
    model = torch("Sequential(\n  (0): Linear(in_features=3, out_features=2, bias=True)\n  (1): ReLU()\n)")

    assert convcalc.check(model, (4, 3)).ok
    assert convcalc.init_stats(model, "3", images=1).layers[0].weights[0].fan_in == 3
    assert convcalc.inspect(model).layers[1].type == "ReLU"
    zeros = {"0.weight": [[0.0] * 3] * 2, "0.bias": [1.0, -1.0]}
    assert convcalc.forward(model, [[1.0, 2.0, 3.0]], zeros).tolist() == [[1.0, 0.0]]


def test_a_program_is_not_kept_for_a_model_that_may_change():
    texts = [f"Sequential(\n  (0): {kind}()\n)" for kind in ("ReLU", "Identity")]
    model = made("torch.nn.modules.module", __repr__=lambda self: texts[0], named_modules=unsaid)
    first = convcalc.forward(model, [[-1.0]]).tolist()
    texts.reverse()

    assert (first, convcalc.forward(model, [[-1.0]]).tolist()) == ([[0.0]], [[-1.0]])


def refuses(self):
    raise NotImplementedError("It cannot be.\nNot at all.")


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (3, "not int"),
        (None, "not NoneType"),
        (object(), "not object"),
        (made("keras.src.layers.layer", get_config=None), "a Keras layer by itself"),
        (made("torch.tensor"), "not Net"),
        (made("keras.src.models.model", to_json=refuses), "Keras does not say what this Net is made of: It cannot be."),
        (keras("{"), "is not JSON"),
        (keras(json.dumps({"class_name": "Net", "config": {"name": "net"}})), "has no list of layers"),
        (keras(None), "does not say"),
    ],
)
def test_what_is_no_model(model, says):
    with pytest.raises(SpecError, match=r".") as caught:
        convcalc.shape(model)

    assert says in str(caught.value)
    assert caught.value.code == "bad_value"


def test_another_framework_than_the_model_has():
    with pytest.raises(SpecError) as caught:
        convcalc.shape(torch("ReLU()"), framework="keras")

    assert caught.value.code == "mixed_frameworks"


def test_a_model_over_the_limits():
    with pytest.raises(LimitError):
        convcalc.shape(torch("Net(\n  (0-200000): 200001 x ReLU()\n)"))
    many = [layer("ReLU", name=f"relu_{n}") for n in range(100_001)]
    with pytest.raises(LimitError):
        convcalc.shape(keras(json.dumps({"class_name": "Sequential", "config": {"layers": many}})))


def test_no_framework_is_imported():
    before = set(sys.modules)
    convcalc.shape(torch("ReLU()"))
    convcalc.shape(keras(json.dumps(MODEL)))

    assert not {name.partition(".")[0] for name in set(sys.modules) - before} & {"torch", "keras", "tensorflow", "jax"}


@pytest.mark.parametrize("function", ["check", "init_stats", "forward"])
def test_nothing_is_loaded_by_a_name_in_a_model(function, tmp_path, monkeypatch):
    (tmp_path / "unknown.py").write_text("raise SystemExit('it is loaded')")
    monkeypatch.syspath_prepend(str(tmp_path))
    text = json.dumps(functional(IMAGE, {**CONV, "config": {**CONV["config"], "activation": "unknown:go"}}))

    with pytest.raises(FileError, match="names code to be run"):
        getattr(convcalc, function)(keras(text), [[[[0.0] * 4] * 8] * 8] if function == "forward" else (1, 8, 8, 4))
    assert "unknown" not in sys.modules
