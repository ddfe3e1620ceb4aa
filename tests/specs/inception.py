"""The network of `inception.txt` in Keras' functional code: read as data, and in tests/live run."""

import keras
from keras.layers import Concatenate, Conv2D, MaxPooling2D

image = keras.Input(shape=(28, 28, 192))
one = Conv2D(64, 1, activation="relu")(image)
three = Conv2D(96, 1, activation="relu")(image)
three = Conv2D(128, 3, padding="same", activation="relu")(three)
five = Conv2D(16, 1, activation="relu")(image)
five = Conv2D(32, 5, padding="same", activation="relu")(five)
pool = MaxPooling2D(3, strides=1, padding="same")(image)
pool = Conv2D(32, 1, activation="relu")(pool)
model = keras.Model(image, Concatenate()([pool, five, three, one]))
