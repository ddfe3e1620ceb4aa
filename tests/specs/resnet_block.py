"""The network of `resnet_block.txt` in Keras' functional code: read as data, and in tests/live run."""

import keras
from keras import layers

width = 64

block = keras.Input(shape=(56, 56, width))
x = layers.Conv2D(width, 1)(block)
x = layers.BatchNormalization()(x)
x = layers.ReLU()(x)
x = layers.Conv2D(width, 3, padding="same")(x)
x = layers.BatchNormalization()(x)
x = layers.ReLU()(x)
x = layers.Conv2D(4 * width, 1)(x)
main = layers.BatchNormalization()(x)

shortcut = layers.Conv2D(4 * width, 1)(block)
shortcut = layers.BatchNormalization()(shortcut)
x = layers.add([shortcut, main])
model = keras.Model(inputs=block, outputs=layers.ReLU()(x))
