"""What convcalc printed with ``--json``, back into a network's text, its input and framework."""

import re

from convcalc.errors import ConvcalcError, FileError
from convcalc.layers.write import quoted
from convcalc.readers.source import Source
from convcalc.sizes import parse
from convcalc.values import INPUT

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
    inputs = dict(ports(data, "inputs", name)) or {INPUT: read_shape(data.get("input_shape"), name)}
    given = inputs[INPUT] if list(inputs) == [INPUT] else inputs
    ends = [end for end, _ in ports(data, "outputs", name)]
    lines = network_lines(in_order(rows), list(inputs), ends, framework == "torch", name)
    return Source("\n".join(lines), given, framework, name, False)


def ports(data, key, name):
    """Return name and shape of each input or output; [] where nothing says more than the rows do."""
    listed = data.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in listed
    ):
        raise odd(name, f"its {key} are no list of names and shapes")
    return [(one["name"], read_shape(one.get("shape"), name)) for one in listed]


def in_order(rows):
    """Return rows in the order of the network, which that of ``--sort`` is not."""
    if not all(isinstance(row, dict) and row.get("index").__class__ is int for row in rows):
        return rows
    return sorted(rows, key=lambda row: row["index"])


def network_lines(rows, inputs, ends, numbered, name):
    """Return a spec a row, with the labels and operands that its inputs ask for.

    `inputs` are the names of the network's own, which have a line each where they have other names than usual;
    `ends` those of its outputs, which have a line where they are not that of the last row. `numbered` is whether
    a row without a name has its number for one.
    """
    names: list = []
    referred = set(ends)
    first = inputs[0]
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(row.get(k), str) for k in ("name", "spec")):
            raise odd(name, f"row {len(names)} has no name and spec")
        if "layers" in row:
            raise FileError(
                "unreadable", f"{name} has blocks of layers and not the layers themselves, such as {row['name']!r}.",
                hint="Print it again without --depth.",
            )  # fmt: skip
        sources = row.get("inputs")
        if not isinstance(sources, list) or not all(isinstance(one, str) for one in sources):
            raise odd(name, f"row {len(names)} has no inputs")
        previous = names[-1] if names else first
        referred.update(sources if sources[:1] != [previous] else sources[1:])
        names.append(row["name"])
    labels = {INPUT: f"@{INPUT}"} if inputs == [INPUT] else {own: f"@{label(own)}" for own in inputs}
    lines = [] if inputs == [INPUT] else [f"input name={label(own)}" for own in inputs]
    for index, row in enumerate(rows):
        words = [row["spec"]]
        previous = names[index - 1] if index else first
        sources = row["inputs"]
        for one in sources:
            if one != previous and one not in labels:
                raise odd(name, f"row {index} takes {one!r}, which no row before it is")
        if not sources:
            words.append("from=?")
        elif sources[0] != previous:
            words.append(f"from={labels[sources[0]]}")
        # The current value itself may be an operand again: add of x and x.
        words += [labels[one] for one in sources[1:]]
        own = names[index]
        if own in labels:
            raise odd(name, f"two rows are named {own!r}")
        labels[own] = f"@{label(own)}"
        if own in referred or not (numbered and own == str(index)):
            words.append(f"name={label(own)}")
        lines.append(" ".join(words))
    # Of some rows of a network alone, the last is the output.
    if ends and ends != names[-1:] and (len(ends) > 1 or ends[0] in labels):
        lines.append(f"output {' '.join([labels[one] for one in known(ends, labels, name)])}")
    return lines


def known(ends, labels, name):
    """Return the names of outputs; refuse one that is none of the rows'."""
    for one in ends:
        if one not in labels:
            raise odd(name, f"its output {one!r} is none of its rows")
    return ends


def label(name):
    """Return a name as a label has it: in quotes where it needs them."""
    return name if _LABEL.match(name) else quoted(name)


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
