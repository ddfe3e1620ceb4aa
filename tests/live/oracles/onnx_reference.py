"""A second opinion where onnxruntime refuses a windowed operator: onnx's inference and its reference evaluator.

They decide whether a refusal is onnxruntime's alone, such as that of a dilated Conv with auto_pad. What ONNX's own
documentation forbids is refused whatever they say, and so is an input or an output without cells.
"""

import warnings

import numpy as np
from onnx.reference import ReferenceEvaluator

WINDOWED = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool")


def opinion(case, model, inferred):
    """Return ``(output, doubt)``: a shape where both give it, a reason where there is no telling, or neither."""
    shape = case["input"]
    given = case["kwargs"]
    if given.get("auto_pad", "NOTSET") != "NOTSET" and "pads" in given:
        return None, None
    dilated = "Pool" in case["name"] and max(given.get("dilations", [1])) > 1
    if "output_shape" in given or (dilated and given.get("auto_pad", "NOTSET")[0] == "S"):
        # onnxruntime alone checks what is within reach, and has a rule of its own for dilated pools under SAME.
        return None, None
    if not isinstance(inferred, list) or len(inferred) != len(shape) or 0 in shape[1:]:
        return None, None
    if None in inferred or min(inferred[1:]) < 1:
        return None, None
    try:
        value = evaluated(model, {"input": np.zeros(shape, np.float32)})
    except Exception:
        # The reference pools fail with pads, and with auto_pad under ceil_mode, where onnxruntime runs, too.
        return None, "onnxruntime refuses, and the reference evaluator's pool fails" if "Pool" in case["name"] else None
    if list(value.shape) != inferred or given.get("ceil_mode", 0) not in (0, 1):
        return None, "onnxruntime refuses, onnx's inference and its reference evaluator differ"
    return inferred, None


def evaluated(model, feeds):
    """Return what the reference evaluator computes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ReferenceEvaluator(model).run(None, feeds)[0]
