"""Exports of the models of `onnx_zoo`, what onnxruntime makes of every tensor in them, and what counters count.

``python -m tests.live.onnx_models [FOLDER]`` records them, without weights: ``name.exporter.json.gz`` a model.
"""

import base64
import contextlib
import gzip
import io
import json
import logging
import sys
import warnings
from math import prod
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch.utils.flop_counter import FlopCounterMode

from tests.live.onnx_zoo import MODELS, built

FOLDER = Path(__file__).parent.parent / "corpus" / "onnx_models"
# Bytes of a tensor's values that are kept: sizes, axes and scales.
KEPT = 512

onnxruntime.set_default_logger_severity(4)


def exported(name, opset=None, open_axes=True, seed=0):
    """Return the bytes of a model's export: by the older exporter in a version of the operators, else by the newer."""
    model, x = built(name, seed)
    axes = MODELS[name][2]
    out = io.BytesIO()
    more: dict = {"input_names": ["image"], "output_names": ["out"]}
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            if opset:
                more["dynamic_axes"] = {"image": axes} if open_axes else None
                torch.onnx.export(model, (x,), out, dynamo=False, opset_version=opset, **more)
            else:
                # The newer exporter takes an axis of one for one that is always so.
                x = torch.cat([x] * 2) if open_axes and x.shape[0] == 1 else x
                more["dynamic_shapes"] = (dict.fromkeys(axes, torch.export.Dim.DYNAMIC),) if open_axes else None
                torch.onnx.export(model, (x,), out, dynamo=True, external_data=False, **more)
        finally:
            logging.disable(logging.NOTSET)
    return out.getvalue()


def feed_of(name, shape):
    """Return an input of a shape."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 50, shape) if name == "recurrent" else rng.standard_normal(shape, np.float32)


def tensors(data, feed):
    """Return the shapes that onnxruntime makes of each node's outputs, by the node's name."""
    model = onnx.load_from_string(data)
    known = {value.name for value in model.graph.output}
    made = [name for node in model.graph.node for name in node.output if name]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in made if name not in known)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    shapes = {name: list(np.shape(y)) for name, y in zip(names, session.run(names, {"image": feed}), strict=True)}
    return {node.name: [shapes.get(name) for name in node.output] for node in model.graph.node}


def multiplied(name, shape):
    """Return the MACs that torch's own counter counts of a model; it counts two a MAC.

    It passes over the one kernel that oneDNN has for a whole LSTM, and counts the products that others are made of.
    """
    model, _ = built(name)
    plain = torch.backends.mkldnn.flags(enabled=False)
    with torch.no_grad(), plain, FlopCounterMode(display=False) as counter:
        model(torch.from_numpy(feed_of(name, shape)))
    return counter.get_total_flops() // 2


def parameters(name):
    """Return how many numbers a model learns."""
    model, _ = built(name)
    return sum(p.numel() for p in model.parameters())


def initialisers(data):
    """Return how many numbers the weights of a file are: initialisers, but single ones and factors of a Resize."""
    graph = onnx.load_from_string(data).graph
    factors = {name for node in graph.node if node.op_type == "Resize" for name in node.input[1:]}
    held = [t for t in graph.initializer if t.data_type == onnx.TensorProto.FLOAT and t.dims and t.name not in factors]
    return sum(prod(tensor.dims) for tensor in held)


def hold(report, network, said):
    """Hold every row of a report to the shapes of its node's outputs."""
    assert report.layers
    for row, call in zip(report.layers, network.calls, strict=True):
        name, _, place = (row.name, "", call.args.get("output") or 0) if row.name in said else row.name.rpartition(".")
        assert list(row.output_shape) == said[name][int(place)], row.name


def stripped(data):
    """Return a model without its weights' values and without what exporters tell of themselves."""
    model = onnx.load_from_string(data)
    graph = model.graph
    held = [a.t for node in graph.node for a in node.attribute if a.HasField("t")]
    for tensor in (*graph.initializer, *held):
        if len(tensor.raw_data) > KEPT and tensor.data_type == onnx.TensorProto.FLOAT:
            tensor.ClearField("raw_data")
    for part in (model, graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output):
        for field in ("metadata_props", "doc_string"):
            with contextlib.suppress(ValueError):
                part.ClearField(field)
    return model.SerializeToString()


def record(name, opset, seed=3):
    """Return the record of an export: the file, an input of another size than it was made of, and what is said."""
    data = exported(name, opset, seed=seed)
    shape = sized(name, 1)
    return {
        "model": base64.b64encode(stripped(data)).decode(), "input": shape,
        "tensors": tensors(data, feed_of(name, shape)), "macs": multiplied(name, shape),
        "parameters": initialisers(data),
    }  # fmt: skip


def sized(name, seed):
    """Return an input shape of a model that differs along its open axes."""
    rng = np.random.default_rng([seed, len(name)])
    _, shape, axes = MODELS[name]
    return [
        n if i not in axes else int(rng.integers(2, 4) if i == 0 else n + rng.integers(1, 9))
        for i, n in enumerate(shape)
    ]


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    folder.mkdir(exist_ok=True)
    for one in MODELS:
        for title, version in (("legacy", 17), ("dynamo", None)):
            if (one, title) == ("recurrent", "dynamo"):
                continue  # The newer exporter fixes how many steps it takes.
            text = json.dumps(record(one, version), separators=(",", ":")).encode()
            (folder / f"{one}.{title}.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))
