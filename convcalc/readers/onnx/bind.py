"""A node of an ONNX file to a layer and its arguments, as the newest version of its operator has them."""

from math import prod
from struct import pack, unpack

from convcalc import layers
from convcalc.errors import ConvcalcError
from convcalc.layers.cells import shapes
from convcalc.layers.kinds import settle
from convcalc.readers.onnx.old import modern
from convcalc.readers.onnx.operators import INPUTS, TAKEN, VARIADIC
from convcalc.readers.onnx.values import Value
from convcalc.readers.onnx.weighted import SIZED, CannotSayError
from convcalc.record import Record
from convcalc.sizes import Size
from convcalc.values import UNSET, BadValue

# What exporters write out and every operator does by itself, one an axis.
SILENT = {"stride": (1,), "dilation": (1,)}
# Values that an argument may have; more of them is a weight.
FEW = 64


class Operand(Record):
    """One input of a node: the call that it comes from, or what is known of it where the file holds it.

    `weighs` is whether a weight is in what the file holds.
    """

    call: int | None
    value: Value | None = None
    weighs: bool = False

    @property
    def shape(self):
        """The shape of a held operand, None where a size of it is unknown."""
        shape = self.value.shape if self.value is not None else None
        return None if shape is None or None in shape else shape


class Weights(Record):
    """What a row counts of the weights of its operands.

    `tied` are the operands that it does not count: an earlier row does, or they are worked out of what the file has.
    `stored` are the shapes in which the file has the latter.
    """

    tied: frozenset
    stored: tuple


class Bound(Record):
    """A node as a layer: which, with which arguments, fed by which calls."""

    layer: object
    args: dict
    given: dict
    inputs: tuple


def bound(node, operands, version, weights):
    """Return what a node is as a layer, None where no layer says it.

    Parameters
    ----------
    node : Node
    operands : list of Operand or None
    version : int
        Of the operators.
    weights : Weights
    """
    try:
        node = modern(node, version)
        return Binding(node, operands, weights).bind()
    except (CannotSayError, BadValue, ConvcalcError, TypeError, ValueError, LookupError, ArithmeticError):
        return None


class Binding:
    """What binds one node."""

    def __init__(self, node, operands, weights):
        self.node = node
        self.operands = operands
        self.weights = weights
        self.attributes = dict(node.attributes)
        self.names = INPUTS.get(node.op, ())
        self.used: set = set()
        self.args: dict = {}
        self.given: dict = {}
        self.inputs: list = []

    def bind(self):
        """Return the layer with its arguments."""
        node = self.node
        self.layer = layers.find_class(node.op, "onnx", self.rank())
        if self.layer is None or node.domain or node.bodies:
            raise CannotSayError
        self.signature = self.layer.signature("onnx")
        self.args = dict(self.signature.defaults)
        if node.op in SIZED:
            SIZED[node.op](self)
        for name, value in self.attributes.items():
            self.put(name, plain(value))
        if node.op in VARIADIC:
            self.many(VARIADIC[node.op])
        else:
            self.each()
        if self.layer.family.operands == "one" and len(self.inputs) != 1:
            raise CannotSayError
        for param in self.signature.required:
            if param.key not in self.args:
                raise CannotSayError
        self.count()
        return Bound(self.layer, self.args, self.given, tuple(self.inputs))

    def count(self):
        """Say which weights the row does not count, and which it counts in their place."""
        kept = self.weights
        names = [self.name_of(place) for place in sorted(kept.tied) if self.weighs(place)]
        if names or kept.stored:
            if "tied" not in self.signature.by_key:
                raise CannotSayError
            self.args |= {"tied": tuple(names) or None, "stored": shapes(kept.stored) if kept.stored else None}

    def weighs(self, place):
        """Tell whether an operand is a weight of the layer."""
        return place in self.used or f"{self.name_of(place)}_shape" in self.given

    def name_of(self, place):
        """Return the operator's name of an input."""
        if self.node.op in VARIADIC:
            return VARIADIC[self.node.op]
        return self.names[place] if place < len(self.names) else "X"

    def rank(self):
        """Return how many spatial axes an operator of windows has: those of its kernel."""
        kernel = self.attributes.get("kernel_shape")
        if self.node.op in ("Conv", "ConvTranspose"):
            shape = self.held("W", used=False).shape
            return len(shape) - 2
        return len(kernel) if kernel else 2

    def operand(self, name):
        """Return the operand of a name, or None where it is left out."""
        place = self.names.index(name)
        return self.operands[place] if place < len(self.operands) else None

    def held(self, name, used=True):
        """Return an operand that the file has to hold, whose sizes are known."""
        operand = self.operand(name)
        if operand is None or operand.call is not None or operand.shape is None:
            raise CannotSayError
        if used:
            self.used.add(self.names.index(name))
        return operand

    def put(self, name, value):
        """Set an argument by the operator's name of it, checked as the layer's own signature has it."""
        param = self.signature.by_name.get(name)
        if param is None:
            raise CannotSayError
        settled = settle(param, value, self.layer.rank, "onnx")
        if param.default is None and param.key in SILENT and settled == SILENT[param.key] * (self.layer.rank or 0):
            return
        if settled is not UNSET:
            self.args[param.key] = settled
            self.given[param.key] = None

    def each(self):
        """Put each operand in its place: an input of the layer, an argument or a weight."""
        for place, operand in enumerate(self.operands):
            if operand is None or place in self.used:
                continue
            if operand.call is not None:
                if place >= TAKEN.get(self.node.op, len(self.operands)):
                    raise CannotSayError
                self.inputs.append(operand.call)
                continue
            if place >= len(self.names):
                raise CannotSayError
            self.hold(self.names[place], place, operand)

    def many(self, name):
        """Put any number of operands in their places, of which one may be held."""
        for place, operand in enumerate(self.operands):
            if operand is None:
                raise CannotSayError
            if operand.call is not None:
                self.inputs.append(operand.call)
                continue
            if "place" in self.args and f"{name}_shape" in self.given:
                raise CannotSayError
            self.hold(name, place, operand)
            if "place" in self.signature.by_name and place != len(self.operands) - 1:
                self.put("place", place)

    def hold(self, name, place, operand):
        """Put what the file holds in its place: as an argument's values, or as a weight of a shape."""
        by_name = self.signature.by_name
        value, shaped = operand.value, f"{name}_shape" in by_name
        few = value is not None and value.items is not None and len(value.items) <= FEW and None not in value.items
        weight = operand.weighs and value.shape != ()
        if name in by_name and few and not (shaped and weight):
            if value.shape == (0,):  # Left out, as older files say it.
                return
            self.put(name, nested(value.shape, list(value.numbers or value.items)))
        elif shaped and operand.shape is not None:
            self.put(f"{name}_shape", operand.shape)
        else:
            raise CannotSayError


def nested(shape, items):
    """Return items as tuples within each other."""
    if not shape:
        return plain(items[0])
    if len(shape) == 1:
        return tuple([plain(item) for item in items])
    step = prod(shape[1:])
    return tuple([nested(shape[1:], items[i * step : (i + 1) * step]) for i in range(shape[0])])


def plain(value):
    """Return an attribute's value as the catalogue takes it."""
    if value.__class__ is bytes:
        return value.decode()
    if value.__class__ is tuple:
        return tuple([plain(one) for one in value])
    return short(value) if value.__class__ is float else value


def short(value):
    """Return the shortest number that is the same 32-bit float.

    >>> short(0.009999999776482582)
    0.01
    """
    try:
        exact = pack("f", value)
    except OverflowError:
        return value
    for digits in range(6, 10):
        text = float(f"{value:.{digits}g}")
        if pack("f", text) == exact:
            return text
    return unpack("f", exact)[0]


def laid_out(bound_, shape):
    """Return the arguments of a Reshape with its input's own sizes as 0, and as -1 the open size that they leave."""
    target = bound_.args["shape"]
    if all(n.__class__ is int for n in target) or bound_.args["allowzero"]:
        return bound_.args
    sizes = [0 if n.__class__ is Size and i < len(shape) and n == shape[i] else n for i, n in enumerate(target)]
    left = [i for i, n in enumerate(sizes) if n.__class__ is Size]
    if len(left) == 1 and -1 not in sizes:
        whole = [shape[i] if n == 0 and i < len(shape) else n for i, n in enumerate(sizes)]
        # Where the sizes are not known to agree, -1 would be a size that nobody knows.
        if prod(whole) == prod(shape):
            sizes[left[0]] = -1
    return {**bound_.args, "shape": target.__class__(sizes)}
