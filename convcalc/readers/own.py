"""What convcalc printed with ``--json``, back into a network's text, its input and framework."""

import re

from convcalc.errors import ConvcalcError, FileError
from convcalc.layers.write import quoted
from convcalc.readers.source import Source
from convcalc.sizes import parse

PREFIX = "convcalc/"
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def read_own(data, name):
    """Return the `Source` in convcalc's own JSON.

    Every command prints ``framework``, ``input_shape`` and ``layers[].{name,spec,inputs}``, and
    those are all that is read: data, never code, and no name in it is looked up.

    Raises
    ------
    FileError
        For other JSON, and for JSON that is not as convcalc writes it.
    """
    framework = data.get("framework")
    if framework not in ("keras", "torch", "onnx"):
        raise odd(name, "its framework is none of keras, torch and onnx")
    rows = data.get("layers")
    if not isinstance(rows, list) or not rows:
        raise odd(name, "it has no layers")
    lines = network_lines(in_order(rows), name)
    return Source("\n".join(lines), read_shape(data.get("input_shape"), name), framework, name, False)


def in_order(rows):
    """Return rows in the order of the network, which that of ``--sort`` is not."""
    if not all(isinstance(row, dict) and row.get("index").__class__ is int for row in rows):
        return rows
    return sorted(rows, key=lambda row: row["index"])


def network_lines(rows, name):
    """Return a spec a row, with the labels and operands that its inputs ask for."""
    names: list = []
    referred = set()
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(row.get(k), str) for k in ("name", "spec")):
            raise odd(name, f"row {len(names)} has no name and spec")
        if "layers" in row:
            raise FileError(
                "unreadable", f"{name} has blocks of layers and not the layers themselves, such as {row['name']!r}.",
                hint="Print it again without --depth.",
            )  # fmt: skip
        inputs = row.get("inputs")
        if not isinstance(inputs, list) or not all(isinstance(one, str) for one in inputs):
            raise odd(name, f"row {len(names)} has no inputs")
        previous = names[-1] if names else "input"
        referred.update(inputs if inputs[:1] != [previous] else inputs[1:])
        names.append(row["name"])
    labels = {"input": "@input"}
    lines = []
    for index, row in enumerate(rows):
        words = [row["spec"]]
        previous = names[index - 1] if index else "input"
        inputs = row["inputs"]
        for one in inputs:
            if one != previous and one not in labels:
                raise odd(name, f"row {index} takes {one!r}, which no row before it is")
        if not inputs:
            words.append("from=?")
        elif inputs[0] != previous:
            words.append(f"from={labels[inputs[0]]}")
        # The current value itself may be an operand again: add of x and x.
        words += [labels[one] for one in inputs[1:]]
        own = names[index]
        if own in labels:
            raise odd(name, f"two rows are named {own!r}")
        label = own if _LABEL.match(own) else quoted(own)
        labels[own] = f"@{label}"
        # A torch layer's number is its name anyway.
        if own in referred or own != str(index):
            words.append(f"name={label}")
        lines.append(" ".join(words))
    return lines


def read_shape(shape, name):
    """Return an input shape as a tuple of sizes, None where unknown."""
    if shape is None:
        return None
    if not isinstance(shape, list) or len(shape) > 64:
        raise odd(name, "its input_shape is no shape")
    return tuple(read_size(size, name) for size in shape)


def read_size(size, name):
    """Return one size of a shape: an integer, or the expression in a string."""
    if size is None or (size.__class__ is int and 0 <= size < 1 << 63):
        return size
    if size.__class__ is str:
        try:
            return parse(size)
        except ConvcalcError:
            pass
    raise odd(name, f"its input_shape has {size!r}, which is no size")


def odd(name, why):
    """Return the error for JSON that claims to be convcalc's and is not as convcalc writes it."""
    return FileError(
        "unreadable",
        f"{name} is not as convcalc writes it: {why}.",
        hint="Print it again with convcalc shape ... --json.",
    )
