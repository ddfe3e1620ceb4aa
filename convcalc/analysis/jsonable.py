"""Records into JSON objects and into the cells of a csv: the keys, and nothing of their meaning.

Works on any record that has the attributes; imports nothing of ours.
"""


def plain(value):
    """Return a size, or a nest of them, as JSON has it: integers, strings, lists, null."""
    kind = value.__class__
    if kind is int or value is None or kind is str or kind is bool:
        return value
    if kind is tuple or kind is list:
        return [plain(item) for item in value]
    return str(value)


def heading(answer):
    """Return the keys that an answer about a network begins with, before its layers."""
    return {
        "schema": answer.schema,
        "framework": answer.framework,
        "data_format": answer.data_format,
        "dtype": answer.dtype,
        "reading": answer.reading,
        **ends(answer),
        "fits": answer.fits,
    }


def ends(answer):
    """Return the keys of a network's inputs and outputs: all of them, and the shape of the first of each."""
    return {
        "input_shape": plain(answer.input_shape),
        "output_shape": plain(answer.output_shape),
        "inputs": [port_dict(one) for one in answer.inputs],
        "outputs": [port_dict(one) for one in answer.outputs],
    }


def port_dict(port):
    """Return an input or an output as a JSON object."""
    return {"name": port.name, "shape": plain(port.shape)}


def opening(row):
    """Return the keys that a row of an answer begins with."""
    return {
        "index": row.index,
        "name": row.name,
        "type": row.type,
        "spec": row.spec,
        "inputs": list(row.inputs),
        "input_shape": plain(row.input_shape),
        "output_shape": plain(row.output_shape),
    }


def kept(answer, rows):
    """Return an answer about a network with only these rows; what it says of the whole stays."""
    made = answer.__class__.__new__(answer.__class__)
    for name in answer.__slots__:
        setattr(made, name, getattr(answer, name))
    made.layers = tuple(rows)
    return made


def summary(answer, word):
    """Return how an answer about a network shows itself in a line."""
    shapes = " -> ".join(spaced(shape) for shape in (answer.input_shape, answer.output_shape))
    return f"<convcalc {word} {answer.framework}, {len(answer.layers)} layers, {shapes}>"


def commas(shape):
    """Return a shape as a cell of the csv: ``4,28,28,3``; several of them with ``;`` between, nothing for None."""
    if shape is None:
        return ""
    if shape and shape[0].__class__ is tuple:
        return ";".join(commas(one) for one in shape)
    return ",".join("null" if n is None else str(n) for n in shape)


def spaced(shape):
    """Return a shape for people: ``N, 28, 28, 3``; ``?`` for one that is not known."""
    if shape is None:
        return "?"
    if shape and shape[0].__class__ is tuple:
        return " ; ".join(spaced(one) for one in shape)
    return ", ".join("?" if n is None else str(n) for n in shape)


def params_dict(params):
    """Return counts of parameters as a JSON object."""
    return {
        "total": plain(params.total),
        "trainable": plain(params.trainable),
        "non_trainable": plain(params.non_trainable),
        "buffers": plain(params.buffers),
    }


def field_dict(field):
    """Return a receptive field as a JSON object, or None."""
    return field and {
        "size": plain(field.size),
        "size_min": plain(field.size_min),
        "stride": plain(field.stride),
        "start": plain(field.start),
    }


def field_text(field):
    """Return a receptive field in a word: ``3``, ``3x5``, and ``1..2`` where phases differ."""
    if field is None:
        return ""
    axes = []
    for size, least in zip(field.size, field.size_min, strict=True):
        if size is None:
            axes.append("?")
        else:
            axes.append(str(size) if least is None or least == size else f"{least}..{size}")
    return axes[0] if axes and axes.count(axes[0]) == len(axes) else "x".join(axes)


def window_dict(window):
    """Return a window, or the bins of an adaptive pool, as a JSON object."""
    if window is None:
        return None
    if hasattr(window, "bins"):
        return {"bins": plain(window.bins)}
    low, high = window.low, window.high
    return {
        "size": plain(window.size),
        "stride": plain(window.stride),
        "low": low if low.__class__ is int else None,
        "high": high if high.__class__ is int else None,
        "dilation": plain(window.dilation),
        "base": plain(window.base),
        "overhang": window.overhang if window.overhang.__class__ is int else None,
        "flip": window.flip,
    }


def layer_dict(row):
    """Return one row as a JSON object; `parts` only where the layer has some."""
    layer = {
        **opening(row),
        "params": params_dict(row.params),
        "weights": [
            {
                "name": weight.name,
                "kind": weight.kind,
                "shape": plain(weight.shape),
                "trainable": weight.trainable,
            }
            for weight in row.weights
        ],
        "macs": plain(row.macs),
        "flops": plain(row.flops),
        "receptive_field": field_dict(row.receptive_field),
        "windows": [window_dict(window) for window in row.windows],
        "activation_bytes": plain(row.activation_bytes),
        "notes": [note._asdict() for note in row.notes],
    }
    if row.parts:
        layer["parts"] = [layer_dict(part) for part in row.parts]
    if row.layers > 1:
        layer["layers"] = row.layers
    return layer | match_dict(row.match)


def match_dict(match):
    """Return what another tool counts as the keys of a JSON object: one, or none where no tool was named."""
    if match is None:
        return {}
    figures = {"macs": plain(match.macs), "params": plain(match.params)}
    if match.tool is None:
        return {"match": {**figures, "reason": match.reason}}
    return {"match": {"tool": match.tool, "version": match.version, **figures}}


def row_dict(row):
    """Return one row with the columns of the csv."""
    return {
        "index": row.index,
        "name": row.name,
        "type": row.type,
        "spec": row.spec,
        "input_shape": commas(row.input_shape),
        "output_shape": commas(row.output_shape),
        "params": plain(row.params.total),
        "trainable": plain(row.params.trainable),
        "macs": plain(row.macs),
        "rf": field_text(row.receptive_field),
        "activation_bytes": plain(row.activation_bytes),
        "notes": " ".join(note.code for note in row.notes),
        **match_cells(row.match),
    }


def match_cells(match):
    """Return what another tool counts as columns of the csv."""
    if match is None:
        return {}
    cells = {"match_macs": match.macs, "match_params": match.params, "match_reason": match.reason}
    return {column: "" if cell is None else plain(cell) for column, cell in cells.items()}
