"""What Keras answers: constructor, symbolic call, and the eager call of the backend in use.

The backend is the one that KERAS_BACKEND names when this module is first imported: TensorFlow judges, JAX is
asked where TensorFlow's CPU kernels refuse what the inference accepts. The torch backend is never an oracle.
"""

import os
import warnings
from importlib import import_module

from tests.live import fill

BACKEND = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if BACKEND not in ("tensorflow", "jax"):
    raise RuntimeError(f"the {BACKEND} backend of Keras is no oracle")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
warnings.filterwarnings("ignore")

import keras  # noqa: E402
import numpy as np  # noqa: E402

if BACKEND == "tensorflow":
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

if BACKEND == "jax":
    # What is filled anyway needs no program of its own to make it.
    keras.initializers.Zeros.__call__ = lambda self, shape, dtype=None: np.zeros(shape, dtype)
    keras.initializers.Ones.__call__ = lambda self, shape, dtype=None: np.ones(shape, dtype)

VERSION = f"keras {keras.__version__} on {BACKEND}"
EAGER_CELLS = 4_000_000
EAGER_WORK = 1_000_000_000
"""Above these numbers of cells, and of cells times weights, a case is inferred only, never run."""

# Random initialisers cost a second under JAX and say nothing about shapes.
_QUIET = {
    "kernel_initializer": ("Conv", "Dense"),
    "depthwise_initializer": ("Depthwise", "Separable"),
    "pointwise_initializer": ("Separable",),
    "embeddings_initializer": ("Embedding",),
}
# Layers of Keras' ready-made models, and their weights that have no name of their own.
MODELS = {"LayerScale": "convnext", "StochasticDepth": "convnext", "CustomScaleLayer": "inception_resnet_v2"}
UNNAMED = {"LayerScale": "gamma"}
_answered = 0


def tuples(value):
    """Turn the lists of a JSON text into the tuples that the case was written with."""
    if isinstance(value, list):
        return tuple(tuples(item) for item in value)
    return value


def several(case):
    """Whether the case gives several inputs, each a shape of its own."""
    return any(isinstance(size, (list, tuple)) for size in case["input"])


def answer(case, eager=True):
    """Answer one case in Keras; see the package's docstring for what comes and goes.

    Beside the common keys, an accepted case has ``runs`` (what the eager call did: True, False, or None where it
    was not tried), ``run_error`` and ``run_output``.
    """
    global _answered
    _answered += 1
    if _answered % 500 == 0:
        keras.backend.clear_session()
    name = case["name"]
    stage = "construct"
    try:
        args = tuples(case.get("args", []))
        kwargs = {key: tuples(value) for key, value in case.get("kwargs", {}).items()}
        kind = getattr(keras.layers, name)
        for key, families in _QUIET.items():
            if key not in kwargs and name.startswith(families):
                kwargs[key] = "zeros"
        layer = kind(*args, **kwargs)
        stage = "infer"
        dtype = "int32" if name == "Embedding" else "float32"
        shapes = [tuple(shape) for shape in (case["input"] if several(case) else [case["input"]])]
        tensors = [keras.KerasTensor(shape, dtype=dtype) for shape in shapes]
        output = layer(tensors if len(tensors) > 1 else tensors[0])
        result = {"ok": True, "output": [None if n is None else int(n) for n in output.shape], **weights_of(layer)}
    except Exception as error:  # the frameworks raise every kind
        return {"ok": False, "stage": stage, "error": f"{type(error).__name__}: {error}"}
    result.update(runs=None, run_error=None, run_output=None)
    for sizes in _filled(shapes, layer) if eager else ():
        cells = max(int(np.prod(shape, dtype=float)) for shape in [*sizes, _filled([result["output"]], layer)[0][0]])
        work = cells * max((int(np.prod(shape, dtype=float)) for _, shape in result["weights"]), default=1)
        if cells > EAGER_CELLS or work > EAGER_WORK:
            result["runs"] = None
            break
        try:
            arrays = [np.zeros(shape, dtype) for shape in sizes]
            value = layer(arrays if len(arrays) > 1 else arrays[0])
            result.update(runs=True, run_error=None)
            ran = [int(n) for n in value.shape]
            agrees = len(ran) == len(result["output"]) and all(
                size in (None, real) for size, real in zip(result["output"], ran, strict=True)
            )
            result["run_output"] = result["output"] if agrees else ran
            break
        except Exception as error:
            result.update(runs=False, run_error=f"{type(error).__name__}: {error}")
    return result


def values(case):
    """Return what a case computes of seeded data and weights, in float32 and in float64."""
    global _answered
    _answered += 1
    if _answered % 200 == 0:
        keras.backend.clear_session()
    outputs, described = {}, []
    try:
        for dtype in case.get("dtypes", ("float32", "float64")):
            if "layers" in case:
                layer = keras.Sequential([_built(part, dtype) for part in case["layers"]])
                owners = layer.layers
            else:
                owners = [layer := _built(case, dtype)]
            arrays = [array if array.dtype.kind == "i" else array.astype(dtype) for array in fill.inputs(case)]
            shapes = [array.shape for array in arrays]
            layer.build(shapes if len(shapes) > 1 else shapes[0])
            variables = [(weight, type(owner).__name__) for owner in owners for weight in owner.weights]
            described = [
                [UNNAMED.get(kind, weight.name), [int(n) for n in weight.shape], kind] for weight, kind in variables
            ]
            for (weight, _), array in zip(variables, fill.weights(case, described), strict=True):
                weight.assign(array.astype(keras.backend.standardize_dtype(weight.dtype)))
            for owner in owners:
                if isinstance(owner, keras.layers.Normalization):
                    owner.finalize_state()
            output = _called(layer, arrays if len(arrays) > 1 else arrays[0])
            outputs[dtype] = fill.pack(keras.ops.convert_to_numpy(output))
    except Exception as error:
        # What the inference refuses is refused, whatever another backend would run.
        stage = "run" if "layers" in case or answer(case, eager=False)["ok"] else "infer"
        return {"ok": False, "stage": stage, "error": f"{type(error).__name__}: {error}"[:600]}
    return {"ok": True, "weights": described, "outputs": outputs}


def _called(layer, arrays):
    """Call a built layer; under JAX as one program, for every operation of its own takes as long to compile."""
    if BACKEND == "tensorflow":
        return layer(arrays)
    import jax

    states = [[weight.value for weight in own] for own in (layer.trainable_variables, layer.non_trainable_variables)]
    return jax.jit(lambda *given: layer.stateless_call(*given)[0])(*states, arrays)


def _built(case, dtype):
    name = case["name"]
    kwargs = {key: tuples(value) for key, value in case["kwargs"].items()}
    for key, families in _QUIET.items():
        if name.startswith(families):
            kwargs[key] = "zeros"
    if name in MODELS:
        return getattr(import_module(f"keras.src.applications.{MODELS[name]}"), name)(**kwargs, dtype=dtype)
    return getattr(keras.layers, name)(*map(tuples, case["args"]), **kwargs, dtype=dtype)


def _filled(shapes, layer):
    """Return the lists of concrete shapes to run: the given ones, or some guesses where sizes are unknown.

    A layer that no guess can run is refused by its structure, not by the sizes. Operands of a merge need guesses that
    agree with each other, so theirs come from the operand that knows.
    """
    if not any(None in shape for shape in shapes):
        return [shapes]
    if len(shapes) > 1:
        return []
    guesses = [
        [tuple(guess if size is None else size for size in shape) for shape in shapes] for guess in (24, 35, 120, 1)
    ]
    return guesses + _fitting(shapes[0], getattr(layer, "target_shape", ()))


def _fitting(shape, target):
    """Return the shape whose one unknown size gives as many values as the target of a reshape has, if there is one."""
    batch, *sample = shape
    known, total = int(np.prod([size for size in sample if size is not None])), int(np.prod([abs(n) for n in target]))
    if -1 in target:
        total *= known
    if None not in sample or not target or not known or total % known:
        return []
    sample[sample.index(None)] = total // known
    return [[(batch or 2, *(1 if size is None else size for size in sample))]]


def weights_of(layer):
    """Count the parameters of a built layer and list its weights in the order that Keras gives."""
    trainable = {id(weight) for weight in layer.trainable_weights}
    counts = {True: 0, False: 0}
    for weight in layer.weights:
        counts[id(weight) in trainable] += int(np.prod(weight.shape, dtype=object))
    return {
        "params": {
            "total": sum(counts.values()),
            "trainable": counts[True],
            "non_trainable": counts[False],
            "buffers": 0,
        },
        "weights": [[weight.name, [int(n) for n in weight.shape]] for weight in layer.weights],
    }
