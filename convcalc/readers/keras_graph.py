"""A Keras model's config, as data, into a `Network`: Sequential or Functional, models within models written out."""

from heapq import heappop, heappush

from convcalc.errors import FileError, LimitError
from convcalc.network import Input, Network
from convcalc.readers.keras_layers import Reader, brief
from convcalc.readers.keras_refs import MODELS, ends, named, operands, reference, shape_of
from convcalc.readers.source import Source
from convcalc.spec.expand import MOST_LAYERS
from convcalc.values import INPUT

DEEPEST = 32


def read_keras(data, name):
    """Return the `Source` in the config of a Keras model, which is JSON already read.

    Raises
    ------
    FileError
        For what is no model as Keras writes it.
    LimitError
        For more layers than are read.
    """
    reader = Flat(name)
    ends = tuple(reader.model(data, "", [-1], True, 0))
    if not reader.calls:
        raise FileError("unreadable", f"{name} is a Keras model without a layer.")
    if ends == (len(reader.calls) - 1,):
        ends = ()
    return Source(Network("keras", tuple(reader.calls), "", titled(reader.inputs), ends), None, "keras", name, False)


def titled(inputs):
    """Return the `Input` of each ``(name, shape)``: the only one has no name, any other the file's.

    >>> titled([("image", (None, 4)), ("input", None)])
    (Input(name='image', shape=(None, 4)), Input(name='input_', shape=None))
    """
    if len(inputs) == 1:
        return (Input(INPUT, inputs[0][1]),)
    taken = {name for name, _ in inputs}
    found: list = []
    for name, shape in inputs:
        if found and name == INPUT:
            # Which the first input is called in every network.
            while name in taken:
                name += "_"
        found.append(Input(name, shape))
    return tuple(found)


class Flat:
    """The layers of a model and of those within it, in order.

    Attributes
    ----------
    name : str
        The file's.
    calls : list of Call
    inputs : list
        Name and shape of the outermost model's inputs; None for one without.
    owners : dict
        Path of a layer that has been called -> the label of its first call, which has the weights.
    work : int
        Entries walked so far: a model within itself again and again is no more than its layers.
    """

    def __init__(self, name):
        self.name = name
        self.layers = Reader(name)
        self.calls: list = []
        self.inputs: list = []
        self.owners: dict = {}
        self.work = 0

    def odd(self, why):
        """Return the error for a model that is not as Keras writes it."""
        return FileError("unreadable", f"{self.name} is no model as Keras writes it: {why}.", hint="Save it again.")

    def model(self, entry, path, sources, trainable, depth):
        """Write out a model that is called on `sources`; return which calls its outputs are."""
        if depth > DEEPEST:
            raise LimitError("limit", f"{self.name} has models within models over {DEEPEST} deep.")
        config = entry.get("config")
        if config.__class__ is list:  # Sequential before Keras 2.2.
            config = {"layers": config}
        layers = config.get("layers") if config.__class__ is dict else None
        if entry.get("class_name") not in MODELS or layers.__class__ is not list:
            raise self.odd(f"its {brief(entry.get('class_name'))} has no list of layers")
        trainable = trainable and config.get("trainable") is not False
        self.work += len(layers)
        if self.work > MOST_LAYERS:
            raise LimitError("limit", f"{self.name} has over {MOST_LAYERS:,} layers.", hint="Give a part of it.")
        for layer in layers:
            if layer.__class__ is not dict or layer.get("class_name").__class__ is not str:
                raise self.odd("a layer has no class_name")
            if layer.get("config").__class__ not in (dict, list):
                raise self.odd(f"its layer {brief(layer['class_name'])} has no config")
            if layer.get("module").__class__ not in (str, type(None)):
                raise self.odd(f"the module of its layer {brief(layer['class_name'])} is no text")
        if entry["class_name"] == "Sequential" or "input_layers" not in config:
            return self.sequential(entry, config, path, sources, trainable, depth)
        return self.functional(config, path, sources, trainable, depth)

    def sequential(self, entry, config, path, sources, trainable, depth):
        """Write out layers one after the other."""
        if len(sources) != 1:
            raise self.odd(f"a Sequential is called on {len(sources)} tensors")
        layers, current = config["layers"], sources[0]
        if not depth:
            shape = next((found for found in map(shape_of, layers[:1]) if found is not None), None)
            if shape is None:
                shape = config.get("build_input_shape")
            built = entry.get("build_config")
            if shape is None and built.__class__ is dict:
                shape = built.get("input_shape")
            self.inputs.append((INPUT, None if shape is None else self.shape(shape)))
        for index, layer in enumerate(layers):
            if layer["class_name"] == "InputLayer":
                continue
            following = layers[index + 1].get("build_config") if index + 1 < len(layers) else None
            told = following.get("input_shape") if following.__class__ is dict else None
            axes = len(told) if told.__class__ is list and not any(n.__class__ is list for n in told) else None
            (current,) = self.step(layer, path, [current], [], trainable, depth, axes)[:1] or [None]
            if current is None:
                raise self.odd(f"its {brief(layer['class_name'])} has no output")
        return [current]

    def functional(self, config, path, sources, trainable, depth):
        """Write out a graph of layers, each call after what feeds it, otherwise in the file's order."""
        layers = {}
        for layer in config["layers"]:
            title = named(layer)
            if title is None or title in layers:
                raise self.odd("a layer has no name" if title is None else f"two layers are named {brief(title)}")
            layers[title] = layer
        made = self.begin(config, layers, sources, depth)
        outputs = [self.tensor(one, layers) for one in ends(config.get("output_layers"))]
        nodes, shapes, outputs = self.nodes(layers, made, outputs)
        nodes = reached(nodes, outputs)
        wanted: dict = {}
        missing: dict = {}
        ready: list = []
        order = {title: index for index, title in enumerate(layers)}
        for (title, number), (tensors, _) in nodes.items():
            needs = {(t.layer, t.node) for t in tensors} - made.keys()
            for need in needs:
                if need not in nodes:
                    raise self.odd(f"its layer {brief(title)} takes {brief(need[0])}, which is no output of a layer")
                wanted.setdefault(need, []).append((title, number))
            missing[title, number] = len(needs)
            if not needs:
                heappush(ready, (order[title], number, title))
        done = 0
        while ready:
            _, number, title = heappop(ready)
            done += 1
            tensors, constants = nodes[title, number]
            axes = shapes.get((title, number))
            inputs = [self.output(made, t) for t in tensors]
            made[title, number] = self.step(layers[title], path, inputs, constants, trainable, depth, axes)
            for follower in wanted.get((title, number), ()):
                missing[follower] -= 1
                if not missing[follower]:
                    heappush(ready, (order[follower[0]], follower[1], follower[0]))
        if done < len(nodes):
            stuck = next(title for (title, _), count in missing.items() if count)
            raise self.odd(f"its layer {brief(stuck)} feeds itself")
        return [self.output(made, t) for t in outputs]

    def begin(self, config, layers, sources, depth):
        """Return ``{(layer, 0): outputs}`` of a graph's inputs."""
        inputs = [self.tensor(one, layers) for one in ends(config.get("input_layers"))]
        if not depth:
            for end in inputs:
                self.inputs.append((end.layer, self.shape(shape_of(layers[end.layer]))))
            sources = range(-1, -len(inputs) - 1, -1)
        if len(inputs) != len(sources):
            raise self.odd(f"a model of {len(inputs)} inputs is called on {len(sources)} tensors")
        return {(end.layer, 0): [source] for end, source in zip(inputs, sources, strict=True)}

    def nodes(self, layers, made, outputs):
        """Return the calls and what they take, the axes of their outputs, and the references to the model's outputs."""
        nodes: dict = {}
        shapes: dict = {}
        most: dict = {}
        for title, layer in layers.items():
            if (title, 0) in made:
                continue
            inbound = layer.get("inbound_nodes")
            if inbound.__class__ is not list:
                raise self.odd(f"its layer {brief(title)} has no inbound_nodes")
            for number, node in enumerate(inbound):
                self.work += 1
                tensors, constants = operands(node, layers)
                if not tensors:
                    raise self.odd(f"its layer {brief(title)} is called on nothing")
                nodes[title, number] = tensors, constants
                for tensor in tensors:
                    most[tensor.layer] = max(most.get(tensor.layer, 0), tensor.node)
                    if tensor.shape is not None:
                        shapes[tensor.layer, tensor.node] = len(tensor.shape)
        # A model within a model is counted from its second call, for the first made it: in the outputs always,
        # in the nodes by Keras 2, whose Sequential is such a model too.
        models = {title for title, layer in layers.items() if layer["class_name"] in MODELS and (title, 0) in nodes}
        lists = [layers[title]["inbound_nodes"] for title, _ in nodes]
        if any(node.__class__ is dict for inbound in lists for node in inbound):
            functional = {title for title in models if layers[title]["class_name"] != "Sequential"}
            return nodes, shapes, earlier(outputs, functional)
        for tensor in outputs:
            most[tensor.layer] = max(most.get(tensor.layer, 0), tensor.node)
        late = {title for title in models if (title, most.get(title, 0)) not in nodes}
        for key, (tensors, constants) in nodes.items() if late else ():
            nodes[key] = earlier(tensors, late), constants
        return nodes, shapes, earlier(outputs, late)

    def step(self, layer, path, inputs, constants, trainable, depth, axes):
        """Write out one call of a layer or of a model; return which calls its outputs are."""
        title = named(layer) or layer["class_name"]
        if title == "input":
            title = "input_"  # The network's own input has that name.
        label = f"{path}{title}"
        if layer["class_name"] in MODELS and "layers" in (layer["config"] if layer["config"].__class__ is dict else ()):
            return self.model(layer, f"{label}/", inputs, trainable, depth + 1)
        if layer["config"].__class__ is not dict:
            raise self.odd(f"its layer {brief(title)} has no config")
        call = self.layers.call(layer, label, tuple(inputs), constants, axes)
        if not trainable:
            call.args["trainable"] = False
        if label in self.owners:
            # What a layer without a rule keeps is counted at its first row.
            call.args.update({"shared": label} if "shared" in call.args else {"weights": False})
        self.owners[label] = label
        self.calls.append(call)
        if len(self.calls) > MOST_LAYERS:
            raise LimitError("limit", f"{self.name} has over {MOST_LAYERS:,} layers.", hint="Give a part of it.")
        return [len(self.calls) - 1]

    def output(self, made, tensor):
        """Return which call a tensor is the output of."""
        outputs = made.get((tensor.layer, tensor.node))
        if outputs is None:
            raise self.odd(f"{brief(tensor.layer)} is no output of a layer")
        if not 0 <= tensor.output < len(outputs):
            raise FileError(
                "unreadable",
                f"{self.name} takes output {tensor.output} of the layer {brief(tensor.layer)}, and only layers of "
                "one output are read.",
            )
        return outputs[tensor.output]

    def tensor(self, one, layers):
        """Return the `Tensor` of a reference as models list their inputs and outputs."""
        found = reference(one, layers)
        if found is None:
            raise self.odd(f"{brief(one)} is none of its layers' outputs")
        return found

    def shape(self, shape):
        """Return an input's whole shape, as the file has it."""
        if shape.__class__ is not list or not 0 < len(shape) <= 64:
            raise self.odd(f"its input has the shape {brief(shape)}")
        for n in shape:
            if n is not None and not (n.__class__ is int and 0 <= n < 1 << 63):
                raise self.odd(f"its input has the shape {brief(shape)}")
        return tuple(shape)


def earlier(tensors, late):
    """Return references with those to some layers one call earlier."""
    return [t._replace(node=t.node - 1) if t.node and t.layer in late else t for t in tensors]


def reached(nodes, outputs):
    """Return the calls that a graph's outputs come from; the rest is no part of the model, as Keras reads it."""
    found: dict = {}
    waiting = [(tensor.layer, tensor.node) for tensor in outputs]
    while waiting:
        key = waiting.pop()
        if key in nodes and key not in found:
            found[key] = nodes[key]
            waiting += [(tensor.layer, tensor.node) for tensor in nodes[key][0]]
    return {key: node for key, node in nodes.items() if key in found}
