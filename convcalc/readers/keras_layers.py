"""One layer of a Keras model file to a `Call`: its class looked up in the catalogue, never in Python."""

from convcalc import layers
from convcalc.errors import ConvcalcError, FileError, shortened
from convcalc.layers.keeps import KEEPS
from convcalc.layers.kinds import settle
from convcalc.layers.snake import snake
from convcalc.network import Call
from convcalc.spec.tree import Arg
from convcalc.values import UNSET, BadValue, Named

# Where Keras keeps its layers, and where its ready-made models keep theirs; files of before Keras 3 name none.
HOMES = ("keras.layers", "keras.src.layers", "keras.src.applications", "keras.applications", "tensorflow.keras.layers")
# What changes no size and no count.
UNREAD = frozenset(
    (
        *("name", "dtype", "autocast", "batch_input_shape", "batch_shape", "input_shape", "input_dim", "input_length"),
        *("sparse", "ragged", "optional", "seed", "quantization_config", "lora_alpha", "supports_masking"),
        *("renorm_clipping", "registered_name", "build_config", "virtual_batch_size", "fused", "adjustment"),
    )
)
# Arguments of older Keras and their values that say nothing.
SILENT = {"implementation": (1, 2), "groups": (1,)}
# Operations of Keras on tensors and a number: what they make of x as ``scale*x + offset``.
SCALED = {
    **dict.fromkeys(("Multiply", "math.multiply", "multiply", "__operators__.mul"), lambda c: (c, 0.0)),
    **dict.fromkeys(("Add", "math.add", "add", "__operators__.add"), lambda c: (1.0, c)),
    **dict.fromkeys(("Subtract", "math.subtract", "subtract"), lambda c: (1.0, -c)),
    **dict.fromkeys(("TrueDivide", "Divide", "math.truediv", "math.divide"), lambda c: (1.0 / c, 0.0)),
}
# The same of two tensors.
JOINED = {"Multiply": "Multiply", "math.multiply": "Multiply", "Add": "Add", "__operators__.add": "Add",
          "math.add": "Add", "__operators__.mul": "Multiply", "Subtract": "Subtract", "math.subtract": "Subtract",
          "Maximum": "Maximum", "Minimum": "Minimum"}  # fmt: skip
OPERATIONS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "NotEqual", "Operation")
OPS = ("keras.src.ops", "keras.ops")
DEEPEST = 8
NOWHERE = (0, 0)


class Reader:
    """What reads the layers of one file.

    Attributes
    ----------
    name : str
        The file's, for errors.
    kept : dict
        Layer, key and text of a value -> what it was read as, `UNSET` where that is the default.
    """

    def __init__(self, name):
        self.name = name
        self.kept = {}

    def call(self, entry, label, inputs, constants, axes):
        """Return the `Call` of a layer's entry in the file.

        Parameters
        ----------
        entry : dict
            With `class_name`, `config` and perhaps `module`.
        label : str
        inputs : tuple of int
        constants : list
            What it is called with beside tensors.
        axes : int or None
            How many its output has, where the file says so.
        """
        layer, config = self.found(entry, inputs, constants)
        call = layer and self.bound(layer, config, label)
        if call is None:
            call = self.unknown(entry, inputs, axes)
        call.inputs = inputs
        call.label = label
        return call

    def found(self, entry, inputs, constants):
        """Return ``(layer, config)`` of an entry, ``(None, None)`` where it has no rule here."""
        title, config = entry["class_name"], entry["config"]
        module = entry.get("module")
        if module is not None and module.startswith(OPS):
            return operation(title, inputs, constants)
        if title == "TFOpLambda":
            return operation(config.get("function"), inputs, constants)
        if module is not None and module != "builtins" and not module.startswith(HOMES):
            return None, None
        title = title.rpartition(">")[2] if module is None else title
        layer = layers.find_class(title, "keras")
        if layer is None or layer.family.kind == "unknown":
            return None, None
        many = len(inputs) > 1
        if (many and layer.family.operands == "one") or constants:
            return None, None
        return layer, config

    def unknown(self, entry, inputs, axes):
        """Return the call of a layer that is not evaluated."""
        title = entry["class_name"]
        module = entry.get("module") or ""
        if title == "TFOpLambda":
            title = str(entry["config"].get("function"))
        # Code and operations keep no weights; a class may.
        bare = title == "Lambda" or entry["class_name"] in OPERATIONS or module.startswith(OPS)
        layer = layers.find_class("Unknown", "keras")
        keeps = title in KEEPS and (entry.get("module") is None or module.startswith(HOMES))
        bare = bare or keeps
        args = {**layer.signature("keras").defaults, "class_name": shortened(title), "axes": axes, "weights": not bare}
        args["keeps"] = keeps
        return Call(layer, "keras", args, dict.fromkeys(("class_name", "axes"), None), inputs)

    def bound(self, layer, config, label):
        """Return the call of a known layer, each value of its config checked as the layer's own signature has it.

        None where the config has an argument that the layer as it is known does not take: it may change anything.
        """
        signature = layer.signature("keras")
        args = dict(signature.defaults)
        given: dict = {}
        for key, value in config.items():
            param = signature.by_name.get(key)
            # An Embedding's input_dim is the number of its vectors.
            if key in UNREAD and (param is None or param.key == key):
                continue
            if param is None:
                if value is None or value is False or value in SILENT.get(key, ()):
                    continue
                return None
            default = args.get(param.key)
            if key == "activation" and value == "linear" and param.default is None:
                continue
            if value is None and (default is None or param.default is None):
                continue
            if key == "data_format" and value == "channels_last":
                continue  # Keras' own, unless it is configured otherwise, and every file says it.
            # A model's layers say the same again and again.
            place = layer, key, repr(value)
            settled = self.kept.get(place)
            if settled is None:
                settled = self.settled(layer, param, value, label)
                if settled == default and settled.__class__ is default.__class__:
                    settled = UNSET
                self.kept[place] = settled
            if settled is UNSET:
                continue
            args[param.key] = settled
            given[param.key] = None
        for param in signature.required:
            if param.key not in args:
                raise FileError(
                    "unreadable", f"{self.name}: the layer {label!r}, {layer.type('keras')}, has no {param.name}."
                )
        return Call(layer, "keras", args, given, (), terse=False)

    def settled(self, layer, param, value, label):
        """Return the normal form of one value of a config."""
        if param.kind.startswith("named"):
            return self.named(param, value)
        value = plain(value)
        if value.__class__ is tuple and len(value) == 1 and param.kind.partition("(")[0] in ("int", "count", "count0"):
            value = value[0]
        try:
            return settle(param, value, layer.rank, "keras")
        except BadValue as bad:
            raise FileError(
                "unreadable",
                f"{self.name}: the layer {label!r}, {layer.type('keras')}, has {param.name}={brief(value)}, "
                f"which {bad.must}.",
                hint=bad.hint,
            ) from None

    def named(self, param, value):
        """Return an initialiser, activation or the like; one that Keras does not have becomes ``unknown:name``.

        Its name and its arguments are data, and no more than Keras documents.
        """
        name, own = value, True
        config: object = {}
        if value.__class__ is dict:
            name, config = value.get("class_name"), value.get("config")
            if name == "function":
                name, config = config, {}
            module = value.get("module")
            own = module in (None, "builtins") or (
                module.__class__ is str and module.startswith(("keras.", "tensorflow.keras."))
            )
        if name.__class__ is not str or not name:
            return f"unknown:{param.name}"
        name = name.rpartition(">")[2]
        if name == param.default:
            return name
        config = config if config.__class__ is dict else {}
        args = tuple(
            Arg(key, plain(one), NOWHERE, None)
            for key, one in config.items()
            if one is not None and key not in ("name", "trainable", "dtype")
        )
        if own and not args and snake(name) == param.default:
            return param.default
        if own and ":" not in name:
            for word in (snake(name), name, name.lower()):
                try:
                    return settle(param, Named(word, args) if args else word, None, "keras")
                except (BadValue, ConvcalcError, TypeError, ValueError):
                    continue
        return f"unknown:{word_of(name)}"


def operation(title, inputs, constants):
    """Return ``(layer, config)`` of an operation on tensors, where a layer does the same."""
    if title.__class__ is not str:
        return None, None
    numbers = [c for c in constants if c.__class__ in (int, float)]
    if len(inputs) == 1 and len(constants) == 1 == len(numbers) and title in SCALED and numbers[0]:
        scale, offset = SCALED[title](float(numbers[0]))
        return layers.find_class("Rescaling", "keras"), {"scale": scale, "offset": offset}
    if len(inputs) == 2 and not constants and title in JOINED:
        return layers.find_class(JOINED[title], "keras"), {}
    if len(inputs) == 1 and not constants and title.lower() in ("relu", "relu6", "sigmoid", "silu", "tanh", "gelu"):
        return layers.find_class("Activation", "keras"), {"activation": title.lower()}
    return None, None


def plain(value, depth=0):
    """Return a value of JSON as the catalogue takes it: lists as tuples, Keras' wrapped ones bare."""
    kind = value.__class__
    if kind is list:
        if depth > DEEPEST:
            return None
        return tuple([plain(one, depth + 1) for one in value])
    if kind is dict:
        if value.get("class_name") in ("__tuple__", "__list__"):
            return plain(value.get("items") or [], depth + 1)
        if value.get("class_name") in ("__numpy__", "__tensor__") and value.get("config").__class__ is dict:
            return plain(value["config"].get("value"), depth + 1)
        return Named(word_of(str(value.get("class_name"))))
    return value


def word_of(name):
    """Return a name in letters, digits and underscores alone, not too long."""
    word = "".join(c if c.isascii() and c.isalnum() else "_" for c in name[:64])
    return word if word[:1].isalpha() else f"_{word}"


def brief(value):
    """Return a value as an error shows it."""
    text = str(value) if value.__class__ is not str else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
