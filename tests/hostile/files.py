"""Model files drawn and mutated by their structure: JSON, archives, ONNX' bytes, source, what torch prints."""

import ast
import io
import json
import zipfile
from pathlib import Path

import convcalc
from tests import keras_configs, onnx_bytes
from tests.hostile.mutate import PIECES, VALUES, mutated
from tests.hostile.seeds import LAYERS, Case, network_text
from tests.hostile.values import EDGES, hostile, integer, legal

CORPUS = Path(__file__).parent.parent / "corpus"
# Values that stand in the place of others in JSON.
ODD = (
    None, True, False, 0, 1, -1, 2, 3, 1.5, -0.0, 1e308, *EDGES, "", "x", "same", "Conv2D", "input", "shared", [], {},
    [[]], [None], [None, 8, 8, 4], ["shared", 0, 0], ["shared", 1, 0, {}], {"class_name": "Lambda", "config": {}},
    {"module": "subprocess", "class_name": "run", "config": {"args": ["true"]}}, "\x1b[31m", "../../etc/passwd",
    "\udcff", {"class_name": "__tuple__", "items": [1]}, "canary:go", 10**30, "9" * 400,
)  # fmt: skip
KEYS = ("name", "config", "class_name", "layers", "shared", "batch_shape", "spec", "inputs", "module")
SOURCES = (
    "import keras\nmodel = keras.Sequential([\n    keras.Input((28, 28, 3)),\n    keras.layers.Conv2D(8, 3),\n"
    "    keras.layers.Flatten(),\n    keras.layers.Dense(10),\n])\n",
    "from keras import layers\nx = inputs = layers.Input(shape=(28, 28, 3))\nx = layers.Conv2D(8, 3)(x)\n"
    "y = layers.Conv2D(8, 3, padding='same')(x)\nx = layers.add([x, y])\nmodel = keras.Model(inputs, x)\n",
    "from torch import nn\nWIDTH = 16\nmodel = nn.Sequential(\n    nn.Conv2d(3, WIDTH, 3),\n    nn.ReLU(),\n"
    "    *[nn.Conv2d(WIDTH, WIDTH, 3, padding=1) for _ in range(3)],\n    nn.Flatten(),\n)\n",
    "import keras\nmodel = keras.Sequential()\nmodel.add(keras.layers.Conv2D(4, 3))\nfor n in (8, 16):\n"
    "    model.add(keras.layers.Conv2D(n, 3, strides=2))\n",
    "import os\nos.system('touch canary')\nmodel = Sequential([eval('1'), open('x')])\n",
)
OWN = ("conv2d 8 3 @a | relu | add @a | flatten | dense 10", "nn.Conv2d(3, 8, 3) | nn.ReLU()", "sepconv2d 8 3 s=2",
       "[conv1d 8 3 pad=causal] * 3 | bn", "conv2dT k=3 s=2 pad=same")  # fmt: skip


def printed():
    """Return what torch prints of modules."""
    with (CORPUS / "printed.jsonl").open() as lines:
        texts = [json.loads(line).get("text", "") for line in lines]
    return [text for text in texts if 0 < len(text) < 2000]


PRINTED = printed()
ONNX_SEEDS = onnx_bytes.seeds()
OWN_TEXTS = [json.dumps(convcalc.shape(spec).to_dict()) for spec in OWN]
OWN_TEXTS += [json.dumps(convcalc.inspect(OWN[0], "28x28x3").to_dict())]


# -- drawn -----------------------------------------------------------------------------------------


def config_of(chance, layer):
    """Return a layer's config with values of its own kinds, or of others."""
    signature = layer.signature("keras")
    config = {}
    for param in signature.params:
        if param.name != "name" and chance.random() < (0.97 if param in signature.required else 0.2):
            text = legal(chance, param, layer.rank, True) if chance.random() < 0.9 else hostile(chance, True)
            try:
                config[param.name] = ast.literal_eval(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                config[param.name] = text
            if config[param.name].__class__ in (set, bytes, complex, type(...)):
                config[param.name] = None
    return config


def keras_model(chance):
    """Return the config of a model: a few layers in a row, merged or not, as Keras 3 or 2 writes it."""
    image = keras_configs.layer("InputLayer", "image", batch_shape=chance.choice(((None, 8, 8, 4), (None, 16, 4))))
    entries, last = [image], "image"
    for number in range(chance.choice((1, 1, 2, 3, 5))):
        kind = chance.choice(LAYERS["keras"])
        sources = (last,) if kind.family.operands == "one" else (last, chance.choice(entries)["name"])
        name = f"l{number}"
        entries.append(keras_configs.layer(kind.type("keras"), name, *sources, **config_of(chance, kind)))
        last = name
    draw = chance.random()
    if draw < 0.3:
        for entry in entries:
            entry["inbound_nodes"] = []
        return {"class_name": "Sequential", "config": {"name": "s", "layers": entries}}
    if draw < 0.5:
        # As Keras 2 has it: lists, and no modules.
        for before, entry in zip([None, *entries], entries, strict=False):
            entry.pop("module")
            entry["inbound_nodes"] = [[[before["name"], 0, 0, {}]]] if before else []
    model = keras_configs.functional(*entries)
    if draw > 0.9:
        inner = {**model, "name": "inner", "inbound_nodes": keras_configs.layer("", "", "image")["inbound_nodes"]}
        model = keras_configs.functional(image, inner, keras_configs.layer("ReLU", "end", "inner"))
    return model


def keras_json(chance):
    """Return the JSON of a model, mutated most often."""
    model = keras_model(chance)
    return json_text(chance, changed(chance, model))


def keras_archive(chance):
    """Return an archive around a model's JSON, itself mutated now and then."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as file:
        file.writestr(
            chance.choice(("metadata.json", "../x", "/x", "a/data.pkl")[: 1 + 3 * (chance.random() < 0.1)]), "{}"
        )
        file.writestr("config.json", keras_json(chance))
        file.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(100))
    data = out.getvalue()
    return bytes_changed(chance, data) if chance.random() < 0.6 else data


def own_json(chance):
    """Return convcalc's own JSON, mutated."""
    return json_text(chance, changed(chance, json.loads(chance.choice(OWN_TEXTS))))


def onnx_attribute(chance):
    """Return the value of an attribute: of any kind, and of any size."""
    kind = chance.randrange(5)
    if kind < 2:
        return [integer(chance) for _ in range(chance.randrange(6))]
    return (integer(chance), chance.choice((0.5, 1e38, -1.0)), chance.choice(("SAME_UPPER", "VALID", "linear", "")))[
        kind - 2
    ]


def onnx_file(chance):
    """Return an ONNX file: a chain of nodes with weights and attributes of their own, its bytes changed."""
    if chance.random() < 0.5:
        return bytes_changed(chance, chance.choice(ONNX_SEEDS))
    nodes, tensors, last = [], [], "x"
    for number in range(chance.choice((1, 1, 2, 4))):
        layer = chance.choice(LAYERS["onnx"])
        params = [param.name for param in layer.signature("onnx").params]
        given = {name: onnx_attribute(chance) for name in params if name != "inputs" and chance.random() < 0.3}
        inputs = [last]
        for extra in range(chance.choice((0, 1, 1, 2, 3))):
            sizes = [integer(chance) for _ in range(chance.choice((0, 1, 1, 2, 4)))]
            draw = chance.random()
            name = f"w{number}_{extra}"
            tensors.append(
                onnx_bytes.longs(name, *(n % (1 << 63) for n in sizes))
                if draw < 0.4
                else onnx_bytes.tensor(name, [n % 300 for n in sizes], kind=chance.choice((1, 7, 99)))
            )
            inputs.append(name if chance.random() < 0.95 else "")
        last = f"y{number}"
        kind = layer.type("onnx") if chance.random() < 0.95 else chance.choice(("Custom", "Loop", "If", "Constant"))
        nodes.append(onnx_bytes.node(kind, inputs, [last], f"n{number}", **given))
    shape = chance.choice(((1, 3, 8, 8), ("batch", 3, "H", "W"), (1, 3, 16), (2, 4), (None, 3, 8, 8, 8)))
    value = onnx_bytes.value
    body = onnx_bytes.graph(nodes, [value("x", shape)], [value(last, ())], tensors)
    return bytes_changed(chance, onnx_bytes.model(body, chance.choice((7, 11, 13, 17, 22))), 0.3)


def source_text(chance):
    """Return Python source, mutated."""
    return mutated(chance, chance.choice(SOURCES), SOURCES).encode("utf-8", "surrogatepass")


def printed_text(chance):
    """Return what torch prints, mutated."""
    return mutated(chance, chance.choice(PRINTED), PRINTED).encode("utf-8", "surrogatepass")


def spec_text(chance):
    """Return a file of specs, mutated."""
    framework = chance.choice(tuple(LAYERS))
    text = "\n".join(network_text(chance, framework)[0] for _ in range(chance.choice((1, 1, 3))))
    head = chance.choice(("", "", "input 28x28x3\n", "# comment\n", "\ufeff"))
    return bytes_changed(chance, mutated(chance, head + text).encode("utf-8", "surrogatepass"), 0.2)


# -- mutated ---------------------------------------------------------------------------------------


def changed(chance, value):
    """Return JSON with a few of its values taken out, put elsewhere, or exchanged for others."""
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
        places = []
        todo = [value]
        while todo:
            one = todo.pop()
            if one.__class__ is dict:
                places += [(one, key) for key in one]
                todo += one.values()
            elif one.__class__ is list:
                places += [(one, index) for index in range(len(one))]
                todo += one
        if not places:
            return copied(chance.choice(ODD))
        holder, key = chance.choice(places)
        kind = chance.random()
        if kind < 0.2:
            del holder[key]
        elif kind < 0.55:
            holder[key] = copied(chance.choice(ODD if chance.random() < 0.8 else VALUES))
        elif kind < 0.8:
            other, place = chance.choice(places)
            holder[key] = copied(other[place])
        elif kind < 0.9 and holder.__class__ is list:
            holder.insert(key, copied(holder[key]))
        elif holder.__class__ is dict:
            holder[chance.choice(KEYS)] = copied(chance.choice(ODD))
        else:
            holder[key] = [holder[key]]
    return value


def copied(value):
    """Return a value of its own, so that nothing comes to hold itself."""
    return json.loads(json.dumps(value)) if value.__class__ in (list, dict) else value


def json_text(chance, value):
    """Return the bytes of JSON, those too mutated now and then."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.9)
    if chance.random() < 0.25:
        text = mutated(chance, text, PIECES)
    return text.encode("utf-8", "surrogatepass")


def bytes_changed(chance, data, share=1.0):
    """Return bytes with a few of them flipped, cut, doubled, exchanged, or with a number in their place."""
    if chance.random() >= share:
        return data
    for _ in range(chance.choice((1, 1, 2, 4))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((1, 1, 2, 4, 8, 30)))
        kind = chance.random()
        if kind < 0.3 and start < len(data):
            data = data[:start] + bytes((data[start] ^ 1 << chance.randrange(8),)) + data[start + 1 :]
        elif kind < 0.45:
            data = data[:start] + data[end:]
        elif kind < 0.6:
            data = data[:start] + data[start:end] * chance.choice((2, 3, 50)) + data[end:]
        elif kind < 0.8:
            number = chance.choice((0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 1 << 31, (1 << 32) - 1, (1 << 63), (1 << 64) - 1))
            width = chance.choice((1, 2, 4, 8))
            data = data[:start] + (number % (1 << 8 * width)).to_bytes(width, "little") + data[start + width :]
        elif kind < 0.9:
            data = data[:start]
        else:
            other = chance.randrange(len(data) + 1)
            data = data[:start] + data[other : other + chance.randrange(60)] + data[end:]
    return data


KINDS = {
    "m.json": (keras_json, keras_json, own_json),
    "m.keras": (keras_archive,),
    "m.onnx": (onnx_file,),
    "m.py": (source_text,),
    "m.txt": (printed_text, spec_text),
}
NAMES = ("m.json", "m.json", "m.json", "m.keras", "m.onnx", "m.onnx", "m.py", "m.txt", "m.txt")


def draw_file(chance):
    """Return a file as a `Case`: its kind is its name, its spec its bytes as latin-1."""
    chance.wild = chance.choice((0.0, 0.3, 0.75, 1.0))
    name = chance.choice(NAMES)
    data = chance.choice(KINDS[name])(chance)
    given = None if chance.random() < 0.7 else chance.choice(("28x28x3", "3x28x28", (4, 28, 28, 3), "HxWx3", "16"))
    return Case(name, data.decode("latin-1"), given, None, None)
