"""What other tools count of one layer: the figures that they print, asked of them outright.

`answer(tool, case)` gives ``{"macs", "params"}``, None for a figure that the tool does not have, or
``{"error"}``. A tool that is not installed raises ImportError.
"""

import contextlib
import io
import logging
import math
import re
import warnings

from tests.live.cases.render import several

TOOLS = {
    "torchinfo": ("torch", "torchinfo"),
    "fvcore": ("torch", "fvcore"),
    "ptflops": ("torch", "ptflops"),
    "thop": ("torch", "thop"),
    "keras": ("keras", "keras"),
    "onnx-tool": ("onnx", "onnx-tool"),
}


def answer(tool, case):
    """Return what one tool counts of a case's layer on its input."""
    # Found now, so that only a tool that is missing itself is an ImportError.
    ask = {"keras": of_keras, "onnx-tool": of_onnx_tool}.get(tool, of_torch)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            macs, params = ask(tool, case)
        except ImportError:
            raise
        except Exception as error:  # tools raise every kind
            return {"error": f"{type(error).__name__}: {error}"[:200]}
    if macs is not None and not math.isfinite(macs):
        return {"error": f"{macs} MACs"}
    return {"macs": macs if macs is None else int(macs), "params": int(params)}


def of_torch(tool, case):
    """Ask one of the tools for torch of a Sequential of one layer, or of several."""
    import torch

    from tests.live.oracles.torch_oracle import _built, _inputs

    model = wrapped(_built(case))
    shapes = case["input"] if several(case) else [case["input"]]
    inputs = _inputs(model.layer, shapes, "cpu")
    with torch.no_grad():
        # torchinfo and thop count before they know that the layer itself refuses.
        model(*inputs)
        return TORCH[tool](model, inputs)


def wrapped(layer):
    """Return a model of one layer, for some tools look alone at what is within a model."""
    from torch import nn

    class Model(nn.Module):
        """The layer, called with whatever it takes."""

        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, *inputs):
            return self.layer(*inputs)

    return Model().eval()


def of_torchinfo(model, inputs):
    """Ask torchinfo.summary."""
    from torchinfo import summary

    found = summary(model, input_data=inputs, verbose=0)
    return found.total_mult_adds, found.total_params


def of_fvcore(model, inputs):
    """Ask fvcore's FlopCountAnalysis, whose flop is a MAC, and parameter_count."""
    from fvcore.nn import FlopCountAnalysis, parameter_count

    logging.getLogger("fvcore").setLevel(logging.CRITICAL)
    analysis = FlopCountAnalysis(model, tuple(inputs)).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return analysis.total(), parameter_count(model)[""]


def of_ptflops(model, inputs):
    """Ask ptflops' get_model_complexity_info of one sample, with its default backend."""
    from ptflops import get_model_complexity_info

    if any(one.shape[:1].numel() == 0 for one in inputs):
        raise ValueError("no sample")
    # It makes an input of its own, of floats, unless it is given one by the names of the model's arguments.
    model.forward = lambda one, other=None: model.layer(one) if other is None else model.layer(one, other)
    # A layer that resizes takes a batch always, of whatever rank.
    rank = re.search(r"^(?!Upsamp).*([123])d$", type(model.layer).__name__)
    alone = rank and inputs[0].dim() == int(rank[1]) + 1
    feed = dict(zip(("one", "other"), (one[None] if alone else one[:1] for one in inputs), strict=False))
    shape = tuple(inputs[0].shape[1:])
    with contextlib.redirect_stderr(io.StringIO()):
        macs, params = get_model_complexity_info(
            model, shape or (1,), as_strings=False, print_per_layer_stat=False, input_constructor=lambda shape: feed
        )
    if macs is None:
        raise ValueError("no count")
    return macs, params


def of_thop(model, inputs):
    """Ask thop.profile."""
    from thop import profile

    return profile(model, inputs=tuple(inputs), verbose=False)


TORCH = {"torchinfo": of_torchinfo, "fvcore": of_fvcore, "ptflops": of_ptflops, "thop": of_thop}


def of_keras(tool, case):
    """Ask Keras' own count_params, which ``model.summary()`` prints."""
    import keras

    layer = getattr(keras.layers, case["name"])(*case["args"], **case["kwargs"])
    layer(keras.KerasTensor(case["input"]))
    return None, layer.count_params()


def of_onnx_tool(tool, case):
    """Ask onnx-tool of a model of one node."""
    import onnx_tool

    from tests.live.oracles.onnx_oracle import modelled

    model, parameters = modelled(case)
    graph = onnx_tool.Model(model, {"verbose": False}).graph
    graph.graph_reorder_nodes()
    graph.shape_infer(None)
    if list(graph.tensormap["output"].get_shape()) != list(case["output"]):
        raise ValueError("another output shape")
    graph.profile()
    # Constants that say a shape are parameters to it; a file may as well hold them in nodes.
    return graph.macs[0], sum(math.prod(graph.tensormap[name].get_shape()) for name in parameters)
