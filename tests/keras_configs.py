"""Keras models written by hand, as Keras writes them: shared by the tests of files."""

import io
import json
import zipfile

import convcalc
from convcalc.readers.files import recognise


def archive(model):
    """Return a `.keras` archive of a model's config."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        file.writestr("config.json", json.dumps(model))
        file.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(5000))
    return out.getvalue()


def read(model, *args, **options):
    """Return the report of a model's config."""
    data = model if isinstance(model, bytes) else json.dumps(model).encode()
    return convcalc.shape(recognise(data, "model").text, *args, **options)


def sizes(shape):
    """Return a shape as Keras has it: None for what is open."""
    return [n if n.__class__ is int else None for n in shape]


def layer(kind, name, *sources, module="keras.layers", kwargs=None, extra=(), shape=(None, 8, 8, 4), **config):
    """Return a layer's entry as Keras 3 writes it; a source is a name, or a name and which call of it."""
    tensors = []
    for source in sources:
        source, node = source if isinstance(source, tuple) else (source, 0)
        config_of = {"shape": list(shape), "dtype": "float32", "keras_history": [source, node, 0]}
        tensors.append({"class_name": "__keras_tensor__", "config": config_of})
    args = [tensors] if len(tensors) > 1 else tensors
    inbound = [{"args": [*args, *extra], "kwargs": kwargs or {}}] if sources else []
    return {
        "module": module, "class_name": kind, "config": {"name": name, **config}, "registered_name": None,
        "name": name, "inbound_nodes": inbound,
    }  # fmt: skip


def again(entry, *sources):
    """Return a layer's entry with one more call."""
    more = layer("", "", *sources)["inbound_nodes"]
    return {**entry, "inbound_nodes": [*entry["inbound_nodes"], *more]}


def functional(*layers, name="model", outputs=None):
    """Return the config of a Functional model, its first layer the input and its last one the output."""
    ends = outputs or [[layers[-1]["name"], len(layers[-1]["inbound_nodes"]) - 1, 0]]
    config = {
        "name": name, "trainable": True, "layers": list(layers),
        "input_layers": [[layers[0]["name"], 0, 0]], "output_layers": ends,
    }  # fmt: skip
    return {"module": "keras", "class_name": "Functional", "config": config, "name": name, "inbound_nodes": []}


IMAGE = layer("InputLayer", "image", batch_shape=[None, 8, 8, 4])
CONV = layer("Conv2D", "shared", "image", filters=4, kernel_size=[3, 3], padding="same")
TWICE = (IMAGE, again(CONV, "shared"), layer("Add", "sum", "shared", ("shared", 1)))
