"""A case as the code that a user would paste."""

from math import prod

PREFIXES = {"torch": "nn.", "keras": "layers.", "onnx": ""}


def code_text(case):
    """Return the call as pasted code, or None where one input cannot feed all the operands.

    >>> code_text({"framework": "torch", "name": "Conv2d", "args": [3, 64], "kwargs": {"bias": True}, "input": [9]})
    'nn.Conv2d(3, 64, bias=True)'
    """
    prefix = PREFIXES[case["framework"]]
    if "layers" in case:
        chain = ", ".join(code_text({"framework": case["framework"], "input": [], **layer}) for layer in case["layers"])
        return f"nn.Sequential({chain})" if case["framework"] == "torch" else f"keras.Sequential([{chain}])"
    parts = [python(value) for value in case["args"]]
    parts += [f"{name}={python(value)}" for name, value in case["kwargs"].items()]
    call = f"{prefix}{case['name']}({', '.join(parts)})"
    if not several(case):
        return call
    feeds = _feeds(case, prefix)
    if feeds is None:
        return None
    operands = "".join(f" @x{number}" for number in range(1, len(feeds)))
    return "\n".join([*feeds, f"{call} from=@x0{operands}"])


def network_input(case):
    """Return the shape that `code_text`'s network takes."""
    if not several(case):
        return tuple(case["input"])
    first = case["input"][0]
    if case["framework"] == "onnx":
        return (1, 2)
    return (*first[:-1], 2) if case["framework"] == "torch" else (first[0], 2)


def several(case):
    """Whether the case gives several inputs, each a shape of its own."""
    return any(isinstance(size, (list, tuple)) for size in case["input"])


def python(value):
    """Write a value as Python source; a list of the JSON form is a tuple."""
    if isinstance(value, (list, tuple)):
        inner = ", ".join(python(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def _feeds(case, prefix):
    """One line an operand, making its shape out of the one input; None where that cannot be said."""
    shapes = case["input"]
    lines = []
    for number, shape in enumerate(shapes):
        if not shape or 0 in shape or None in shape[1:]:
            return None
        if case["framework"] == "onnx":
            lines += [f"Gemm(units={prod(shape)}) from=@input", f"Reshape(shape={python(shape)}) @x{number}"]
            continue
        if shape[0] != shapes[0][0]:
            return None
        if case["framework"] == "torch":
            if shape[:-1] != shapes[0][:-1]:
                return None
            lines.append(f"{prefix}Linear(2, {shape[-1]}) from=@input @x{number}")
        else:
            lines.append(f"{prefix}Dense({prod(shape[1:])}) from=@input")
            lines.append(f"{prefix}Reshape({python(shape[1:])}) @x{number}")
    if case["framework"] == "torch":
        return lines
    # A label belongs to the Reshape: join it with its Dense so that one line makes one operand.
    return [f"{dense} | {shape}" for dense, shape in zip(lines[::2], lines[1::2], strict=False)]
