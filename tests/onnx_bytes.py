"""ONNX files, written byte by byte: what no library would write too."""

import struct

VARINT, FIXED, BYTES, FLOAT = 0, 1, 2, 5


def varint(n):
    """Return a number as protobuf has it."""
    n %= 1 << 64
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    """Return one field: an integer, a float, or bytes, which a message is too."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | FLOAT) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return head(number, len(value)) + value


def head(number, length):
    """Return what stands before so many bytes."""
    return varint(number << 3 | BYTES) + varint(length)


def packed(number, values):
    """Return a list of integers in one field."""
    return field(number, b"".join(map(varint, values)))


def attribute(name, value):
    """Return an attribute of a node: an integer, a float, text, integers, or a tensor's or graph's bytes."""
    if isinstance(value, bytes):  # A tensor; graphs are given as (6, bytes).
        return field(1, name) + field(5, value)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes):
        return field(1, name) + field(*value)
    if isinstance(value, (list, tuple)):
        return field(1, name) + packed(8, value) + field(20, 7)
    return field(1, name) + field({int: 3, float: 2, str: 4}[type(value)], value)


def node(op, inputs, outputs, name="", domain="", **attributes):
    """Return a node."""
    out = b"".join([field(1, n) for n in inputs] + [field(2, n) for n in outputs])
    out += field(3, name) + field(4, op) + (field(7, domain) if domain else b"")
    return out + b"".join(field(5, attribute(key, value)) for key, value in attributes.items())


def tensor(name, dims, values=None, kind=1, raw=None, more=b""):
    """Return a tensor, of weights without a value where none are given."""
    out = packed(1, dims) + field(2, kind)
    if values is not None:
        out += field(9, b"".join(struct.pack("<q" if kind == 7 else "<f", v) for v in values))
    return out + field(8, name) + (field(9, raw) if raw is not None else b"") + more


def longs(name, *values):
    """Return a list of integers as a tensor."""
    return tensor(name, [len(values)], values, 7)


def value(name, dims, kind=1):
    """Return what is said of a tensor: sizes, names of open ones, None for nothing."""
    sizes = b"".join(field(1, b"" if n is None else field(1, n) if isinstance(n, int) else field(2, n)) for n in dims)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sizes)))


def graph(nodes, inputs=(), outputs=(), tensors=(), told=()):
    """Return a graph of the messages of its parts."""
    parts = [(1, n) for n in nodes] + [(2, "graph")] + [(5, t) for t in tensors]
    parts += [(11, v) for v in inputs] + [(12, v) for v in outputs] + [(13, v) for v in told]
    return b"".join(field(number, part) for number, part in parts)


def model(body, opset=17):
    """Return a file around a graph."""
    return field(1, 8) + field(2, "tests") + field(7, body) + field(8, field(1, "") + field(2, opset))


def chain(*nodes, shape=(1, 3, 8, 8), tensors=(), opset=17, told=()):
    """Return a file of nodes of which the first takes ``x`` and the last gives ``y``."""
    return model(graph(nodes, [value("x", shape)], [value("y", ())], tensors, told), opset)


CONV = (node("Conv", ["x", "w", "b"], ["c"], "conv", kernel_shape=[3, 3]), tensor("w", [4, 3, 3, 3]), tensor("b", [4]))


def seeds():
    """Return whole files to mutate: a convolution, sizes that are computed, a graph in a graph, tensors elsewhere."""
    conv, w, b = CONV
    inner = graph([node("Relu", ["c"], ["z"])], [], [value("z", ())])
    outside = field(14, 1) + field(13, field(1, "location") + field(2, "../../etc/passwd"))
    sized = (
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"]), node("Unsqueeze", ["n", "list"], ["m"]),
        node("Concat", ["m", "rest"], ["to"], axis=0), node("Reshape", ["x", "to"], ["y"]),
    )  # fmt: skip
    numbers = (tensor("zero", [], [0], 7), longs("list", 0), longs("rest", -1))
    return [
        chain(conv, node("Relu", ["c"], ["y"]), tensors=[w, b]),
        chain(*sized, tensors=numbers, shape=("batch", 3, "H", "W")),
        chain(conv, node("If", ["x"], ["y"], then_branch=(6, inner), else_branch=(6, inner)), tensors=[w, b]),
        chain(node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3]), tensors=[tensor("w", [4, 3, 3, 3], more=outside)]),
    ]
