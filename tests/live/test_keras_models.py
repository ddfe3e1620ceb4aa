"""Models that Keras builds and saves, read as files: every row against Keras' own."""

import json
import os

import numpy as np
import pytest

import convcalc
from convcalc.readers.files import read_file, recognise

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")

from keras.src.backend.common.stateless_scope import StatelessScope  # noqa: E402

# Of saving with JAX.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
NAMES = ["MobileNet", "ResNet50V2"]


def count(weights):
    """Return how many numbers some weights hold."""
    total = 0
    for weight in weights:
        size = 1
        for n in weight.shape:
            size *= n
        total += size
    return total


def hold(report, model):
    """Hold each row of a report to the model's layer of that name."""
    for layer in model.layers:
        if layer.__class__.__name__ == "InputLayer":
            continue
        rows = [row for row in report.layers if row.name == layer.name or row.name.startswith(f"{layer.name}/")]
        shape = tuple(n if n.__class__ is int else None for n in rows[-1].output_shape)
        params = [sum(row.params[place] for row in rows) for place in (1, 2)]
        assert shape == tuple(layer.output.shape), layer.name
        assert params == [count(layer.trainable_weights), count(layer.non_trainable_weights)], layer.name
    assert report.params.total == count(model.weights)


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_applications(name, fixed):
    build = getattr(keras.applications, name)
    # In a stateless scope no weight is drawn, which is what takes the time.
    with StatelessScope():
        model = build(weights=None) if fixed else build(weights=None, include_top=False, input_shape=(None, None, 3))
    hold(convcalc.shape(recognise(model.to_json().encode(), name).text), model)


@pytest.mark.parametrize("ending", ["json", "keras"])
def test_a_model_of_everything(ending, tmp_path):
    """Normalization that was adapted, a shared model, a frozen layer, objects as arguments."""
    layers = keras.layers
    norm = layers.Normalization()
    norm.adapt(np.array([[[[1.0, 2.0, 3.0]]], [[[2.0, 4.0, 9.0]]]]))
    inner = keras.Sequential([keras.Input((16, 16, 4)), layers.Conv2D(4, 1), layers.BatchNormalization()], name="block")
    frozen = layers.Conv2D(4, 3, padding="same", kernel_initializer=keras.initializers.HeNormal(seed=1),
                           kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), activation="relu6")  # fmt: skip
    frozen.trainable = False
    image = keras.Input((16, 16, 3))
    x = frozen(norm(image))
    y = inner(inner(x)) + x * 0.5
    y = layers.Concatenate()([y, layers.LayerNormalization()(x)])
    y = layers.SeparableConv2D(6, 3, depth_multiplier=2, strides=2)(layers.Cropping2D(((1, 0), (2, 1)))(y))
    y = layers.Dense(5, activation=layers.LeakyReLU(0.1))(layers.Flatten()(layers.Permute((3, 1, 2))(y)))
    model = keras.Model(image, layers.Softmax()(y))
    path = tmp_path / f"model.{ending}"
    if ending == "json":
        path.write_text(model.to_json())
    else:
        model.save(path)
    report = convcalc.shape(read_file(str(path)).text)
    hold(report.keep([row for row in report.layers if "shared" not in row.spec]), model)
    assert json.loads(json.dumps(report.to_dict()))["params"]["total"] == model.count_params()
