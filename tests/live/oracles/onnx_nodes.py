"""A node as a file has it, out of a call by the names of the operator's attributes and inputs.

What is an attribute is one; an input's name gives its values, and with ``_shape`` after it a weight; ``place`` and
``output`` choose among inputs and outputs. What is left are real inputs, in the operator's order.
"""

from typing import NamedTuple

import numpy as np
from onnx import TensorProto, defs, helper

from convcalc.layers.onnx_elementwise import TYPES

# Inputs that say how: integers, whatever the operator.
WHOLE = ("axes", "axis", "starts", "ends", "steps", "shape", "repeats", "split", "indices", "K", "k")
OUTPUTS = {"TopK": 2, "LSTM": 3, "GRU": 2, "RNN": 2}
LOGICAL = ("And", "Or", "Xor", "Not")
NUMBERS = {name: number for number, name in TYPES.items()}


class Bound(NamedTuple):
    """A node's parts: its attributes, constants, weights, input names (``inputN`` are real) and outputs."""

    attributes: dict
    constants: list
    weights: list
    inputs: list
    outputs: list


def bound(name, keywords, count, opset):
    """Return the `Bound` of a call on so many real inputs."""
    schema = defs.get_schema(name, opset)
    left = {key: list(value) if isinstance(value, (list, tuple)) else value for key, value in keywords.items()}
    chosen = left.pop("output", 0) if name == "Split" or name in OUTPUTS else 0
    place = left.pop("place", -1)
    attributes = {key: left.pop(key) for key in list(left) if key in schema.attributes}
    if name == "Cast" and isinstance(attributes.get("to"), str):
        attributes["to"] = NUMBERS[attributes["to"]]
    constants, weights, inputs = [], [], []
    real = iter(f"input{number}" for number in range(count))
    words = [entry.name for entry in schema.inputs]
    variadic = schema.inputs[-1].option == defs.OpSchema.FormalParameterOption.Variadic
    for word in words:
        kind = (
            np.uint8
            if word.endswith("zero_point")
            else np.int64
            if whole(name, word)
            else np.bool_
            if logical(name, word)
            else np.float32
        )
        if word in left and f"{word}_shape" in left:
            raise TypeError("a value and a weight for one operand")
        if word in left:
            constants.append((word, np.array(left.pop(word), kind)))
            inputs.append(word)
        elif f"{word}_shape" in left:
            weights.append((word, np.ones(left.pop(f"{word}_shape"), kind)))
            inputs.append(word)
        elif not variadic:
            inputs.append(next(real, ""))
    if variadic:
        own = list(real)
        if inputs:
            if not -len(own) - 1 <= place <= len(own):
                raise TypeError("no such place")
            own.insert(place if place >= 0 else len(own) + 1 + place, inputs[0])
        inputs = own
    if left or next(real, None):
        raise TypeError(f"{name} takes no {', '.join(left) or 'further input'}")
    while inputs and not inputs[-1]:
        inputs.pop()
    number = OUTPUTS.get(name, 1)
    if name == "Split":
        number = attributes.get("num_outputs") or len(keywords.get("split", (0,)))
    if not 0 <= chosen < number:
        raise TypeError("no such output")
    return Bound(attributes, constants, weights, inputs, ["output" if n == chosen else f"o{n}" for n in range(number)])


def whole(name, word):
    """Tell whether an operator's input says how, in integers; Attention's K is no number."""
    return word in WHOLE and name != "Attention"


def logical(name, word):
    """Tell whether an operator's input is a truth value."""
    return name in LOGICAL or (name == "Where" and word == "condition")


def nodes(name, own):
    """Return the nodes of a model whose inputs and output are floats, with casts about what is none."""
    schema = defs.get_schema(name)
    words = [entry.name for entry in schema.inputs]
    before, inputs = [], []
    for number, each in enumerate(own.inputs):
        word = words[min(number, len(words) - 1)]
        integers = name == "DequantizeLinear" and word == "x"
        kind = (
            TensorProto.UINT8
            if integers
            else TensorProto.BOOL
            if logical(name, word)
            else TensorProto.INT64
            if whole(name, word)
            else None
        )
        if kind is not None and each.startswith("input"):
            before.append(helper.make_node("Cast", [each], [f"{each}_cast"], to=kind))
            each = f"{each}_cast"
        inputs.append(each)
    node = helper.make_node(name, inputs, [f"raw_{output}" for output in own.outputs], **own.attributes)
    after = helper.make_node("Cast", ["raw_output"], ["output"], to=TensorProto.FLOAT)
    return [*before, node, after]
