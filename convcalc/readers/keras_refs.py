"""How the config of a Keras model refers to things: names, shapes, outputs of layers; Keras 3's form and Keras 2's."""

from convcalc.record import Record

MODELS = ("Sequential", "Functional", "Model")


class Tensor(Record):
    """A reference to a layer's output: which layer, which call of it, which of its outputs; and its shape, if told."""

    layer: str
    node: int
    output: int
    shape: tuple | None = None


def named(layer):
    """Return the name of a layer's entry."""
    title = layer.get("name")
    if title is None and layer["config"].__class__ is dict:
        title = layer["config"].get("name")
    return title if title.__class__ is str and title else None


def shape_of(layer):
    """Return the whole input shape that a layer's config gives, or None."""
    config = layer["config"]
    if config.__class__ is not dict:
        return None
    for key in ("batch_shape", "batch_input_shape"):
        if config.get(key) is not None:
            return config[key]
    if layer["class_name"] in MODELS:
        layers = config.get("layers")
        first = layers[0] if layers.__class__ is list and layers else None
        return shape_of(first) if first.__class__ is dict and first.get("config").__class__ is dict else None
    return None


def reference(one, layers):
    """Return the `Tensor` of ``[layer, call, output]``, or None for anything else."""
    if one.__class__ is not list or len(one) < 3 or one[0].__class__ is not str or one[0] not in layers:
        return None
    if one[1].__class__ is not int or one[2].__class__ is not int:
        return None
    return Tensor(one[0], one[1], one[2])


def operands(node, layers):
    """Return ``(tensors, constants)`` of one call as Keras 3 or Keras 2 writes it, in their order."""
    tensors: list = []
    constants: list = []
    if node.__class__ is dict:
        walk(node.get("args"), tensors, constants)
        kept: list = []
        kwargs = node.get("kwargs")
        for value in kwargs.values() if kwargs.__class__ is dict else ():
            walk(value, tensors, kept)
        return tensors, constants
    if node.__class__ is list:
        if node and node[0].__class__ is str:
            node = [node]
        for one in node:
            found = reference(one, layers)
            if found is None:
                if one.__class__ is list and len(one) > 2 and one[0] == "_CONSTANT_VALUE":
                    constants.append(one[2])
                    continue
                return [], []
            tensors.append(found)
            extra = one[3] if len(one) > 3 and one[3].__class__ is dict else {}
            for key, value in extra.items():
                other = reference(value, layers)
                if other is not None:
                    tensors.append(other)
                elif key not in ("name", "training", "mask") and value is not None:
                    constants.append(value)
    return tensors, constants


def walk(value, tensors, constants):
    """Collect the tensors and the constants in the arguments of a call, however they are nested."""
    found = [value]
    while found:
        one = found.pop()
        if one.__class__ is list:
            found += reversed(one)
        elif one.__class__ is dict:
            config = one.get("config")
            if one.get("class_name") == "__keras_tensor__" and config.__class__ is dict:
                history, shape = config.get("keras_history"), config.get("shape")
                if history.__class__ is list and len(history) == 3 and history[0].__class__ is str:
                    told = tuple(shape) if shape.__class__ is list else None
                    if history[1].__class__ is history[2].__class__ is int:
                        tensors.append(Tensor(history[0], history[1], history[2], told))
                        continue
            constants.append(one)
        elif one is not None:
            constants.append(one)


def ends(given):
    """Return the references to a model's inputs or outputs: one, a list of some, or a tree of them."""
    if given.__class__ is list and given and given[0].__class__ is str:
        return [given]
    found = [given]
    out = []
    while found:
        one = found.pop()
        if one.__class__ is dict:
            found += reversed(one.values())
        elif one.__class__ is list and one and one[0].__class__ is not str:
            found += reversed(one)
        else:
            out.append(one)
    return out
