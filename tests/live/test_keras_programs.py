"""Keras programs that convcalc reads as data, run by Keras: the same layers, shapes and parameters."""

from collections import Counter
from math import prod

import pytest

import convcalc

keras = pytest.importorskip("keras", reason="Keras is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")
HEAD = (
    "import keras\nfrom keras import layers\nfrom keras.layers import *\nfrom keras.models import Model, Sequential\n"
)
PROGRAMS = [
    "n, shape = 10, (28, 28, 1)\nmodel = keras.Sequential([keras.Input(shape=shape), layers.Conv2D(32, (3, 3)),\n"
    "    layers.MaxPool2D((2, 2)), layers.Flatten(), layers.Dropout(0.5), layers.Dense(n, activation='softmax')])",
    "model = Sequential()\nmodel.add(Conv2D(8, (3, 3), padding='same', input_shape=(32, 32, 3)))\n"
    "model.add(Activation('relu'))\nmodel.add(MaxPooling2D())\nmodel.add(Flatten())\nmodel.add(Dense(2 * 5))",
    "inner = Sequential([Dense(3), LayerNormalization()], name='inner')\n"
    "model = Sequential([Input((4,)), inner, Sequential(layers=[Dense(5), PReLU()]), Dense(2)])",
    "inputs = keras.Input((32, 32, 3))\nx = Conv2D(8, 3, activation='relu')(inputs)\nb1 = MaxPooling2D(3)(x)\n"
    "x = Conv2D(8, 3, padding='same')(b1)\nb2 = layers.add([x, b1])\nx = layers.Average()([b2, b1])\n"
    "x = layers.concatenate([x, b2], axis=-1)\nx = GlobalAvgPool2D()(x)\nmodel = Model(inputs, Dense(10)(x))",
    "a, b = Input((8, 8, 3), name='a'), Input((4,), name='b')\nx = Concatenate()([Flatten()(a), b])\n"
    "model = Model(inputs=[a, b], outputs=[Dense(3, name='p')(x), Dense(2, name='d')(x)])",
    "shared = Dense(4, name='shared')\ni = Input((4,))\nx = shared(i)\nx = shared(x)\nmodel = Model(i, ReLU()(x))",
    "i = Input((8, 8, 3))\nencoder = Model(i, Conv2D(4, 3, strides=2, padding='same')(i))\nj = Input((4, 4, 4))\n"
    "decoder = Model(j, Conv2DTranspose(3, 3, strides=2, padding='same')(j))\nk = Input((8, 8, 3))\n"
    "model = Model(k, decoder(encoder(k)))",
    "def make(units=7, size=(3,)):\n    model = keras.Sequential()\n    model.add(Input(shape=size + ()))\n"
    "    model.add(Dense(units * units // 7, use_bias=False))\n    model.add(BatchNormalization())\n    return model\n"
    "model = make()",
    "latent = 16\nmodel = Sequential([Input(shape=(latent,)), Dense(4 * 4 * 8), Reshape((4, 4, 8)),\n"
    "    Conv2DTranspose(8, 4, strides=2, padding='same'), LeakyReLU(negative_slope=0.2),\n"
    "    Conv2D(3, 5, padding='same', activation='sigmoid')], name='generator')",
    "inputs = Input(shape=(None,), dtype='int64')\nx = Embedding(2000, 8)(inputs)\n"
    "x = Conv1D(8, 7, strides=3, padding='valid')(x)\nx = GlobalMaxPooling1D()(x)\nmodel = Model(inputs, Dense(1)(x))",
]  # fmt: skip


def leaves(model):
    """Yield the layers of a model that are none themselves."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def shape(sizes):
    """Return sizes, unknown ones as None."""
    return tuple(n if n.__class__ is int else None for n in sizes)


@pytest.mark.parametrize("program", PROGRAMS)
def test_keras_makes_the_same(program):
    names: dict = {}
    exec(HEAD + program, names)  # the programs above
    model = names["model"]
    read, live = convcalc.shape(HEAD + program), convcalc.shape(model)

    for report in (read, live):
        assert report.params.total == model.count_params()
        assert report.params.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)
        assert [shape(one.shape) for one in report.outputs] == [shape(one.shape) for one in model.outputs]
        assert [shape(one.shape)[1:] for one in report.inputs] == [shape(one.shape)[1:] for one in model.inputs]
    theirs = Counter((type(layer).__name__, layer.count_params()) for layer in leaves(model))
    assert Counter((row.type, row.params.total) for row in read.layers if "shared" not in row.spec) == theirs
    assert [(row.type, row.output_shape, row.params) for row in live.layers] == [
        (row.type, row.output_shape, row.params) for row in read.layers
    ]


def test_layers_that_keep_their_sizes_do():
    from convcalc.layers.keeps import KEEPS

    given = dict.fromkeys(
        ("RandomBrightness", "RandomContrast", "RandomHue", "RandomSaturation", "RandomSharpness", "RandomRotation"),
        (0.1,),
    )
    given |= {"RandomTranslation": (0.1, 0.1), "RandomZoom": (0.1,), "RandomColorDegeneration": (0.5,)}
    given |= {"RandomPosterization": (4,)}

    for name in KEEPS:
        assert getattr(keras.layers, name)(*given.get(name, ())).compute_output_shape((2, 8, 8, 3)) == (2, 8, 8, 3), (
            name
        )
