"""The network of `unet.txt` in Keras' functional code: read as data, and in tests/live run."""

import keras
from keras import layers

WIDTH = 16

image = keras.Input(shape=(128, 128, 3))
x = layers.Conv2D(WIDTH, 3, padding="same", activation="relu")(image)
fine = layers.Conv2D(WIDTH, 3, padding="same", activation="relu")(x)
x = layers.MaxPooling2D(2)(fine)
x = layers.Conv2D(WIDTH * 2, 3, padding="same", activation="relu")(x)
middle = layers.Conv2D(WIDTH * 2, 3, padding="same", activation="relu")(x)
x = layers.MaxPooling2D(2)(middle)
x = layers.Conv2D(WIDTH * 4, 3, padding="same", activation="relu")(x)
x = layers.Conv2D(WIDTH * 4, 3, padding="same", activation="relu")(x)

x = layers.Conv2DTranspose(WIDTH * 2, 2, strides=2)(x)
x = layers.Concatenate()([x, middle])
x = layers.Conv2D(WIDTH * 2, 3, padding="same", activation="relu")(x)
x = layers.Conv2D(WIDTH * 2, 3, padding="same", activation="relu")(x)
x = layers.Conv2DTranspose(WIDTH, 2, strides=2)(x)
x = layers.Concatenate()([x, fine])
x = layers.Conv2D(WIDTH, 3, padding="same", activation="relu")(x)
x = layers.Conv2D(WIDTH, 3, padding="same", activation="relu")(x)
mask = layers.Conv2D(1, 1, activation="sigmoid")(x)

model = keras.Model(image, mask, name="unet")
