"""``--match`` against the tools themselves, each where it is installed."""

import contextlib
import io
import random

import pytest

import convcalc
from convcalc.analysis.matching import TOOLS
from tests.live.record_matching import cases, undecided, versions

TORCH = [tool for tool in TOOLS if TOOLS[tool].framework == "torch"]


def installed(tool):
    """Skip a test of a tool that is not there."""
    if tool not in versions():
        pytest.skip(f"{tool} is not installed")


@pytest.mark.parametrize("tool", TOOLS)
def test_random_layers(tool):
    installed(tool)
    from tests.live.oracles import counters

    framework, wrong, count = TOOLS[tool].framework, [], 0
    for case, text, shape in cases(framework, 2, "live"):
        found = counters.answer(tool, case)
        if undecided(tool, case, found):
            continue
        count += 1
        match = convcalc.shape(text, shape, framework, match=tool).layers[-1].match
        asked = None if "error" in found else found["macs"]
        if match.macs != asked or (asked is not None and match.params != found["params"]):
            wrong.append((text, shape, found, match))
    assert not wrong
    assert count > 50


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tool", TORCH)
def test_whole_networks(tool, seed):
    """A total is the tool's own answer to the whole model, not a sum of answers to its layers."""
    installed(tool)
    import torch
    from torch import nn

    from tests.live.oracles import counters

    rng = random.Random(seed)
    layers, channels = [], 3
    for _ in range(6):
        width = channels * rng.choice((1, 2)) if channels < 24 else channels
        groups = rng.choice((1, channels))
        layers.append(nn.Conv2d(channels, width, 3, padding=1, groups=groups, bias=rng.random() < 0.5))
        layers += rng.sample([nn.BatchNorm2d(width), nn.ReLU(), nn.GELU(), nn.GroupNorm(3, width), nn.LeakyReLU()], 2)
        sized = [nn.MaxPool2d(2), nn.AvgPool2d(3, 1, 1), nn.Upsample(scale_factor=2)]
        layers.append(rng.choice([*sized, nn.ConvTranspose2d(width, width, 4, 2, 1)]))
        channels = width
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)).eval()
    shape = (1, 3, 32, 32)
    report = convcalc.shape(repr(model), shape, match=tool)
    with torch.no_grad():
        macs, params = counters.TORCH[tool](counters.wrapped(model), [torch.zeros(shape)])
    assert (report.match.macs, report.match.params) == (macs, params)


def test_whole_files():
    """Every operator of exported models, in place; what a file works out of its sizes is in no figure."""
    installed("onnx-tool")
    import onnx
    import onnx_tool

    from convcalc.readers.files import recognise
    from tests.live.onnx_models import exported
    from tests.live.onnx_zoo import MODELS

    for name, (_, shape, _) in MODELS.items():
        data = exported(name, 17, open_axes=False)
        with contextlib.redirect_stdout(io.StringIO()):
            graph = onnx_tool.Model(onnx.load_from_string(data), {"verbose": False}).graph
            graph.graph_reorder_nodes()
            graph.shape_infer(None)
            graph.profile()
        report = convcalc.shape(recognise(data, "model.onnx").text, shape, match="onnx-tool")
        figures = {row.name: row.match.macs for row in report.layers}
        asked = {node: int(own.macs[0]) for node, own in graph.nodemap.items()}
        # A node of several outputs has a row for each, and costs nothing.
        assert {node: asked.get(node, 0) for node in figures} == figures, name
        assert report.match.params <= graph.params
        # Sizes: a few numbers each.
        assert sum(asked.values()) - report.match.macs < 100
