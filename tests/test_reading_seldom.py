"""What files and lines hold seldom: configs of Keras that are not whole, reports with a row twice, several outputs."""

import json
import pickle
import sys

import numpy as np
import pytest

import convcalc
from convcalc.analysis.report import Note
from convcalc.cli import line
from convcalc.errors import ConvcalcError, LimitError
from convcalc.readers import keras_graph
from convcalc.readers.files import recognise
from convcalc.views import json as as_json
from tests.keras_configs import functional, layer, read


def sequential(*layers, **more):
    """Return the config of a Sequential model."""
    return {"class_name": "Sequential", "config": {"name": "model", "layers": list(layers)}, **more}


DENSE = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}
INPUT = {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 3]}}


@pytest.mark.parametrize(
    "model",
    [
        sequential(INPUT, DENSE),
        sequential(DENSE, build_config={"input_shape": [None, 3]}),
        sequential(sequential(INPUT, DENSE)),
        {"class_name": "Sequential", "config": {"name": "m", "layers": [DENSE], "build_input_shape": [None, 3]}},
    ],
    ids=["a layer", "what it was built with", "a model within", "what an older one was built with"],
)
def test_where_a_sequential_model_says_its_input(model):
    found = read(model)

    assert [str(n) for n in found.input_shape] == ["N", "3"]
    assert (found.output_shape[1:], found.params.total) == ((2,), 8)


def test_a_sequential_model_that_says_no_input():
    """Where a layer has no config, or a model within has no layers to say it."""
    with pytest.raises(ConvcalcError, match="its layer 'Dense' has no config"):
        read(sequential({"class_name": "Dense", "config": None}))
    found = read(sequential(sequential(), DENSE))
    assert (str(found.params.total), found.output_shape[-1]) == ("2*C + 2", 2)


def test_operations_of_one_tensor():
    """As layers do them; of a function of TensorFlow the name is the layer's."""
    first = layer("InputLayer", "in", batch_shape=[None, 8, 8, 4])
    silu = layer("Silu", "op", "in", module="keras.src.ops.nn")
    other = layer("TFOpLambda", "far", "op", function="math.cumsum")
    found = read(functional(first, silu, other))

    assert found.layers[0].spec == "act silu"
    assert found.layers[1].spec.startswith("unknown class_name=math.cumsum")
    assert found.params.total == 0


def test_a_model_of_too_many_layers(monkeypatch):
    monkeypatch.setattr(keras_graph, "MOST_LAYERS", 3)
    with pytest.raises(LimitError, match="has over 3 layers"):
        read(sequential(INPUT, *[{**DENSE, "config": {"name": f"d{n}", "units": 2}} for n in range(4)]))


def printed(**changed):
    """Return what ``--json`` prints of two layers, some of it changed."""
    report = convcalc.shape("relu @a | relu @b | output @a @b", (1, 4)).to_dict()
    return json.dumps({**report, **{key: change(report[key]) for key, change in changed.items()}})


def test_a_report_reads_back_or_says_what_is_odd():
    assert recognise(printed().encode(), "net").text == "relu name=a\nrelu name=b\noutput @a @b"
    with pytest.raises(ConvcalcError, match="two rows are named 'a'"):
        recognise(printed(layers=lambda rows: [rows[0], {**rows[1], "name": "a"}]).encode(), "net")
    with pytest.raises(ConvcalcError, match="its output 'c' is none of its rows"):
        recognise(printed(outputs=lambda ends: [ends[0], {**ends[1], "name": "c"}]).encode(), "net")


def test_a_line_of_several_outputs(each):
    (answer,) = each("relu @a | conv2d 8 3 @b | output @a @b", options=["-i", "9x9x3"])

    assert answer["inputs"] == [{"name": "input", "shape": ["N", 9, 9, 3]}]
    assert answer["outputs"] == [{"name": "a", "shape": ["N", 9, 9, 3]}, {"name": "b", "shape": ["N", 7, 7, 8]}]


def test_a_line_whose_order_is_not_known(each):
    module = "Net(\n  (0): Foo()\n  (1): Linear(in_features=3, out_features=2, bias=True)\n)"
    (answer,) = each(json.dumps({"spec": module}))

    assert (answer["input_shape"], answer["output_shape"], answer["macs"]) == (None, None, None)
    assert line.shape(None) == line.value(None) == "null"


def test_records():
    note = Note("shared", "words")

    assert Note._make(note) == pickle.loads(pickle.dumps(note)) == note
    with pytest.raises(TypeError, match="Note has no field cod"):
        note._replace(cod="other")


def test_json_with_and_without_the_library_s_own_encoder(monkeypatch):
    value = {"a": [1, None, 0.5], "b": "é"}
    own = as_json.encoder(",", ":")
    with pytest.raises(TypeError, match="ndarray is no JSON"):
        own(np.ones(2))
    monkeypatch.setitem(sys.modules, "_json", None)

    assert own(value) == as_json.encoder(",", ":")(value) == json.dumps(value, separators=(",", ":"))
