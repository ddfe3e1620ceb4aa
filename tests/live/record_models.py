"""Record models of keras.applications: their config, and what Keras says of every layer.

``python -m tests.live.record_models [FOLDER]`` writes ``name.fixed.json.gz`` or ``name.open.json.gz`` a model.
"""

import gzip
import json
import os
import sys
from math import prod
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras.src.backend.common.stateless_scope import StatelessScope

FOLDER = Path(__file__).parent.parent / "corpus" / "keras_models"
MODELS = (
    "MobileNet.fixed", "MobileNetV3Small.open", "EfficientNetB0.fixed", "ConvNeXtTiny.open", "DenseNet121.fixed",
    "Xception.open",
)  # fmt: skip


def count(weights):
    """Return how many numbers some weights hold."""
    return sum(prod(weight.shape) for weight in weights)


def recorded(name):
    """Return the record of a model of fixed input size, or without its top and of an open one."""
    title, size = name.split(".")
    own = {} if size == "fixed" else {"include_top": False, "input_shape": (None, None, 3)}
    # In a stateless scope no weight is drawn, which is what takes the time.
    with StatelessScope():
        model = getattr(keras.applications, title)(weights=None, **own)
    rows = []
    for layer in model.layers:
        shape = [list(t.shape) for t in layer.output] if isinstance(layer.output, list) else list(layer.output.shape)
        rows.append(
            [
                layer.name,
                type(layer).__name__,
                shape,
                count(layer.trainable_weights),
                count(layer.non_trainable_weights),
            ]
        )
    said = {
        "rows": rows, "output": list(model.output_shape),
        "trainable": count(model.trainable_weights), "non": count(model.non_trainable_weights),
    }  # fmt: skip
    return {"model": json.loads(model.to_json()), "keras": said}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    for model_name in MODELS:
        data = json.dumps(recorded(model_name), separators=(",", ":")).encode()
        (folder / f"{model_name}.json.gz").write_bytes(gzip.compress(data, 9, mtime=0))
