"""The forms in which Keras has written its models: things by name and as objects, tf.keras 2, Sequentials."""

import json

import pytest

import convcalc
from convcalc.readers.files import recognise
from tests.keras_configs import CONV, IMAGE, functional, read, sizes

THINGS = {
    "kernel_initializer": [
        ({"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}}, "glorot_uniform"),
        ({"class_name": "HeNormal", "config": {"seed": 3}}, "he_normal(seed=3)"),
        ({"module": "my.things", "class_name": "HeNormal", "config": {}}, "unknown:HeNormal"),
        ("os:system", "unknown:os_system"),
        ({"module": "os", "class_name": "system", "config": "id"}, "unknown:system"),
        ({"class_name": 7, "config": {}}, "unknown:kernel_initializer"),
        ({"module": 7, "class_name": "Zeros", "config": {}}, "unknown:Zeros"),
        ({"class_name": "Constant", "config": {"value": {"class_name": "os", "config": "x"}}}, "unknown:Constant"),
    ],
    "activation": [
        ("linear", None),
        ("relu6", "relu6"),
        ({"module": "builtins", "class_name": "function", "config": "swish", "registered_name": "function"}, "swish"),
        ({"class_name": "ReLU", "config": {"name": "re_lu", "max_value": 6.0}}, "relu(max_value=6.0)"),
        ({"module": "builtins", "class_name": "function", "config": "pack>mine"}, "unknown:mine"),
    ],
    "kernel_regularizer": [({"class_name": "L2", "config": {"l2": 0.01}}, "l2(l2=0.01)")],
}  # fmt: skip


@pytest.mark.parametrize(("key", "given", "read_as"), [(key, *pair) for key, pairs in THINGS.items() for pair in pairs])
def test_named_things_are_read_as_data(key, given, read_as):
    from convcalc.layers.write import text

    config = {**CONV, "config": {**CONV["config"], key: given}}
    network = recognise(json.dumps(functional(IMAGE, config)).encode(), "model").text
    value = network.calls[0].args[key]

    assert (value if value is None else text(value)) == read_as
    assert convcalc.shape(network).params.total == 148


NORMALIZATIONS = [
    ("Normalization()", (2, 5, 4), 9), ("Normalization(axis=None)", (2, 5, 4), 3),
    ("Normalization(axis=(1, 2))", (2, 5, 4), 41),
    ("Normalization(mean=(1, 2, 3, 4), variance=(1, 2, 3, 4))", (2, 5, 4), 0),
    ("Normalization(mean=((1,), (2,)), variance=((1,), (2,)), axis=(1, 2))", (2, 2, 4), 0),
    ("Normalization(axis=(1, -2))", (2, 5, 4), None), ("Normalization(mean=1.0)", (2, 5, 4), None),
    ("Normalization(mean=(1, 2), variance=1.0)", (2, 5, 4), None), ("Normalization(axis=3)", (2, 5, 4), None),
    ("Normalization(mean=(1, 2), variance=(1, 2))", (2, 5, 4), None),
    ("Normalization(mean=((1,),), variance=((1,),))", (2, 5, 4), None),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shape", "params"), NORMALIZATIONS)
def test_normalization_takes_what_keras_takes(call, shape, params):
    """As Keras 3.15.1 answers; None where it refuses."""
    if params is None:
        with pytest.raises(convcalc.ConvcalcError):
            convcalc.shape(call, shape)
    else:
        report = convcalc.shape(call, shape)
        assert (report.output_shape, report.params.non_trainable) == (shape, params)


# tf.keras 2's form: no module, lists of lists for calls, a batch_input_shape, an axis as a list.
SECOND = {
    "class_name": "Functional",
    "config": {
        "name": "model",
        "layers": [
            {"class_name": "InputLayer", "name": "in", "inbound_nodes": [],
             "config": {"batch_input_shape": [None, 8, 8, 4], "dtype": "float32", "sparse": False, "name": "in"}},
            {"class_name": "DepthwiseConv2D", "name": "dw", "inbound_nodes": [[["in", 0, 0, {}]]],
             "config": {"name": "dw", "trainable": True, "dtype": "float32", "kernel_size": [3, 3], "strides": [2, 2],
                        "padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1,
                        "activation": "linear", "use_bias": False, "depth_multiplier": 1,
                        "depthwise_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}}}},
            {"class_name": "BatchNormalization", "name": "bn", "inbound_nodes": [[["dw", 0, 0, {}]]],
             "config": {"name": "bn", "axis": [3], "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True}},
            {"class_name": "TFOpLambda", "name": "add", "inbound_nodes": [["bn", 0, 0, {"y": 3.0, "name": None}]],
             "config": {"name": "add", "function": "__operators__.add"}},
            {"class_name": "TFOpLambda", "name": "mul", "inbound_nodes": [["add", 0, 0, {"y": ["bn", 0, 0]}]],
             "config": {"name": "mul", "function": "math.multiply"}},
            {"class_name": "Concatenate", "name": "cat", "inbound_nodes": [[["mul", 0, 0, {}], ["bn", 0, 0, {}]]],
             "config": {"name": "cat", "axis": -1}},
            {"class_name": "Custom>Mine", "name": "mine", "inbound_nodes": [[["cat", 0, 0, {}]]],
             "config": {"name": "mine"}},
        ],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["mine", 0, 0]],
    },
    "keras_version": "2.15.0",
    "backend": "tensorflow",
}  # fmt: skip


def test_the_form_of_keras_2():
    report = read(SECOND)
    rows = [(row.type, sizes(row.output_shape), row.params.total) for row in report.layers[:-1]]

    assert rows == [
        ("DepthwiseConv2D", [None, 4, 4, 4], 36), ("BatchNormalization", [None, 4, 4, 4], 16),
        ("Rescaling", [None, 4, 4, 4], 0), ("Multiply", [None, 4, 4, 4], 0), ("Concatenate", [None, 4, 4, 8], 0),
    ]  # fmt: skip
    assert report.layers[3].inputs == ("add", "bn")
    assert report.layers[-1].notes[-1].message.endswith("taken to keep the number of axes")


def test_a_sequential_of_keras_2_and_one_without_an_input():
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 3, "batch_input_shape": [None, 5]}}
    for config in ({"name": "s", "layers": [dense]}, [dense]):
        assert read({"class_name": "Sequential", "config": config}).params.total == 18
    dense["config"].pop("batch_input_shape")
    open_ = {"class_name": "Sequential", "config": {"name": "s", "layers": [dense], "build_input_shape": [None, 7]}}
    assert read(open_).params.total == 24
    open_["config"].pop("build_input_shape")
    assert str(read(open_).params.total) == "3*C + 3"
    assert read(open_, (2, 4)).params.total == 15
