"""Keras as a judge, on whatever backend is configured or installed: a layer a node, its weights assigned."""

import os
from importlib import import_module
from importlib.util import find_spec

if "KERAS_BACKEND" not in os.environ:
    # JAX runs on a CPU what TensorFlow does not: channels first, dilated transposed convolutions.
    os.environ["KERAS_BACKEND"] = next((name for name in ("jax", "tensorflow", "torch") if find_spec(name)), "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np

from convcalc.numeric.against import keywords

# Layers that stand beside Keras' ready-made models, and the weight that Keras gives no name.
HOMES = {
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}
UNNAMED = {"LayerScale": "gamma"}


class Judge:
    """Keras on one backend."""

    name = "keras"

    def __init__(self):
        backend = keras.backend.backend()
        self.version = f"keras {keras.__version__}, {backend} {import_module(backend).__version__}"

    def run(self, node, inputs, weights):
        """Return the output of the layer on some inputs."""
        given = keywords(node)
        layers = [self.layer(node, given)]
        cells = given.get("padding")
        if node.kind in ("conv", "transpose", "depthwise", "separable") and isinstance(cells, tuple):
            layers = self.explicit(node, given, cells)
        dtype = node_dtype(node)
        values = [keras.ops.convert_to_tensor(array, array.dtype if array.dtype.kind in "iu" else dtype)
                  for array in inputs]  # fmt: skip
        values = values if len(values) > 1 else values[0]
        for layer in layers:
            layer.build([tuple(v.shape) for v in values] if isinstance(values, list) else tuple(values.shape))
            for variable in layer.weights:
                variable.assign(weights[UNNAMED.get(layer.__class__.__name__, variable.name)])
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()  # Normalization computes with what it keeps of its weights.
            values = layer(values)
        return np.asarray(keras.ops.convert_to_numpy(values))

    @staticmethod
    def layer(node, given, name=None):
        """Return the layer of a node, or another of its layout."""
        own = {key: activation(value, node) if key == "activation" else value for key, value in given.items()}
        signature = node.site.layer.signature("keras")
        if "data_format" in signature.by_name:
            own["data_format"] = "channels_first" if node.channels_first else "channels_last"
        name = name or node.type
        home = import_module(HOMES[name]) if name in HOMES else keras.layers
        return getattr(home, name)(**own, dtype=node_dtype(node))

    def explicit(self, node, given, cells):
        """Return the layers that cells of padding mean: zeros before a convolution, a cut after a transposed one."""
        given["padding"] = "valid"
        own = self.layer(node, given)
        cells = cells[0] if node.rank == 1 else cells
        if node.kind != "transpose":
            return [self.layer(node, {"padding": cells}, f"ZeroPadding{node.rank}D"), own]
        return [own, self.layer(node, {"cropping": cells}, f"Cropping{node.rank}D")]


def node_dtype(node):
    """Return the dtype that a node computes in."""
    return "float64" if node.itemsize == 8 else "float32"


def activation(value, node):
    """Return an activation as Keras takes it: its word, or a function where it has arguments or is not Keras' own."""
    name = value if isinstance(value, str) else value.name
    if ":" in name:
        from convcalc.numeric.fast.activation import function

        own = function(value, node)
        return lambda x: keras.ops.convert_to_tensor(own(keras.ops.convert_to_numpy(x)))
    found = getattr(keras.activations, name)
    if isinstance(value, str):
        return found
    positional = [arg.value for arg in value.args if arg.key is None]
    named = {arg.key: arg.value for arg in value.args if arg.key is not None}
    return lambda x: found(x, *positional, **named)
