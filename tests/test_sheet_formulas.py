"""Formulas on a sheet: they come to the sizes, say what the framework says, and hold for symbols."""

import re

import pytest

import convcalc
from convcalc import layers
from convcalc.views.sheet import render
from tests.arithmetic import check, evaluate


def first_answer(spec, framework, inputs):
    """Return the last sheet for the first input that the layer takes."""
    for shape in inputs:
        try:
            return convcalc.inspect(spec, shape or None, framework=framework).layers[-1]
        except convcalc.ConvcalcError as error:
            refused = error
    raise refused


SAMPLES = {1: (12, 6), 2: (12, 11, 6), 3: (9, 8, 7, 6)}
ENTRIES = [(layer, framework) for layer in layers.layers() for framework in layer.frameworks()]


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=[f"{f}-{layer.word}" for layer, f in ENTRIES])
def test_every_layer_has_a_sheet_whose_numbers_are_right(layer, framework):
    sample = SAMPLES.get(layer.rank, (8, 8, 6))
    shape = (2, *sample) if framework == "keras" else (2, sample[-1], *sample[:-1])
    sample = layer.family.sample
    whole = tuple(map(int, sample.split("x"))) if sample else None
    sheet = first_answer(layer.example(), framework, [shape, sample, whole, None])
    own = layer.signature(framework)

    check(sheet)
    assert sheet.rule
    names = [argument.name for argument in sheet.arguments]
    assert len(set(names)) == len(names)
    assert set(names) <= set(own.by_name)
    assert {p.name for p in own.by_name.values() if p.positional} <= set(names)
    if framework != "keras":
        assert set(names) == set(own.by_name)
    assert sheet.cost.macs.__class__ is not int or not sheet.cost.macs or sheet.cost.macs_formula or sheet.parts
    if sheet.cost.macs_formula and sheet.cost.macs.__class__ is int:
        assert evaluate(sheet.cost.macs_formula) == sheet.cost.macs


SYMBOLIC = [
    "conv2d 8 3 s=2 pad=same", "conv2d 8 5 s=3 pad=valid", "conv2d 8 3 d=2 pad=same", "conv2d 8 4 s=2 pad=1:2x0:1",
    "conv2dT 8 3 s=2 pad=same", "conv2dT 8 2 s=3", "conv2dT 8 5 s=2 pad=same op=1", "conv2dT 8 5 s=2 pad=1",
    "maxpool2d 3 2", "zeropad2d 2", "upsample2d 3", "conv2d 8 3 conv2d 8 3 s=2 pad=same conv2dT 4 3 s=2",
]  # fmt: skip


@pytest.mark.parametrize("spec", SYMBOLIC)
@pytest.mark.parametrize("size", [16, 17, 18, 31])
def test_symbolic_formulas_hold_at_every_size(spec, size):
    open_ = convcalc.inspect(spec, "HxWx3")
    closed = convcalc.inspect(spec, (1, size, size, 3))
    for one, two in zip(open_.layers, closed.layers, strict=True):
        for a, b in zip(one.axes, two.axes, strict=True):
            at = {"H": size, "W": size}
            assert evaluate(a.formula, **at) == b.output
            for x, y in ((a.zeros, b.zeros), (a.cut, b.cut)):
                if x is not None and x.formula is not None:
                    assert evaluate(x.formula, **at) == y.total


@pytest.mark.parametrize("ceil_mode", ["false", "true"])
@pytest.mark.parametrize(
    ("n", "k", "s", "p"),
    [(6, 3, 2, 0), (7, 2, 3, 1), (5, 3, 3, 1), (4, 2, 4, 1), (9, 3, 2, 1), (2, 2, 3, 1)],
)
@pytest.mark.parametrize("framework", ["torch", "onnx"])
def test_ceil_mode_in_numbers(n, k, s, p, ceil_mode, framework):
    spec = f"maxpool1d {k} {s} p={p} ceil_mode={ceil_mode}"
    check(convcalc.inspect(spec, (1, 4, n), framework=framework).layers[0])


@pytest.mark.parametrize(
    ("spec", "framework", "formula"),
    [
        ("conv1d 1 7 s=2 pad=same", "keras", "floor((28 + 2 + 3 - 7)/2) + 1"),
        ("conv1d 1 3", "keras", "28 - 3 + 1"),
        ("conv1d 1 3 d=2 pad=causal", "keras", "28 + 4 - 5 + 1"),
        ("conv1dT 1 3 s=2 pad=same", "keras", "28*2"),
        ("conv1dT 1 3 s=2", "keras", "28*2 + max(3 - 2, 0)"),
        ("conv1dT 1 5 s=2 pad=same op=1", "keras", "(28 - 1)*2 + 5 - 2*2 + 1"),
        ("conv1dT 1 3 s=2 op=0", "keras", "(28 - 1)*2 + 3"),
        ("conv1dT 1 3 s=2 pad=1:0", "keras", "28*2 + max(3 - 2, 0) - 1"),
        ("conv1dT 1 3 s=2 pad=1 op=1", "torch", "(28 - 1)*2 + 3 - 2*1 + 1"),
        ("conv1dT 1 3 s=2 pad=1:0", "onnx", "(28 - 1)*2 + 3 - 1"),
        ("conv1dT 1 3 s=2 pad=same", "onnx", "(28 - 1)*2 + 3 - 1"),
        ("maxpool1d 3 2 ceil_mode=true", "torch", "ceil((28 - 3)/2) + 1"),
        ("maxpool1d 2 3 p=1 ceil_mode=true", "torch", "min(ceil((28 + 1 + 1 - 2)/3) + 1, ceil((28 + 1)/3))"),
        ("adaptiveavgpool1d 5", "torch", "5"),
        ("zeropad1d 2:1", "torch", "28 + 2 + 1"),
        ("upsample1d 3", "keras", "28*3"),
    ],
)
def test_the_formula_is_the_frameworks_own(spec, framework, formula):
    shape = (1, 28, 4) if framework == "keras" else (1, 4, 28)
    axis = convcalc.inspect(spec, shape, framework=framework).layers[0].axes[0]

    assert axis.formula == formula
    assert evaluate(formula) == axis.output


def test_the_arithmetic_printed_on_a_sheet_is_right():
    net = "conv2d 8 7x3 s=2x1 pad=same d=1 conv2dT 4 3 s=2 pad=same maxpool2d 2 flatten dense 10"
    text = render(convcalc.inspect(net, (1, 29, 30, 3)))
    sums = re.findall(r"^  (?:output|zeros|cut|span) +(.*) = (-?\d+)(?::.*)?$", text, re.MULTILINE)

    assert len(sums) >= 8
    for formula, value in sums:
        assert evaluate(formula) == int(value)
    for value, formula in re.findall(r"^  MACs +([\d,]+)  = (.*)$", text, re.MULTILINE):
        assert evaluate(formula) == int(value.replace(",", ""))


@pytest.mark.parametrize(
    ("spec", "label"),
    [
        ("nn.Conv2d(3, 8, 3, padding=1)", "zeros"),
        ("nn.Conv2d(3, 8, 3, padding=1, padding_mode='reflect')", "cells"),
        ("nn.MaxPool2d(3, padding=1)", "cells"),
        ("nn.ZeroPad2d(1)", "cells"),
        ("nn.ZeroPad2d(-1)", "cut"),
        ("nn.ConvTranspose2d(3, 8, 3, padding=1)", "cut"),
    ],
)
def test_what_padding_adds_is_called_what_it_is(spec, label):
    text = render(convcalc.inspect(spec, (1, 3, 9, 9)))
    labels = {"zeros", "cells", "cut", "added"}

    assert re.search(rf"^  {label} +.*1 before, 1 after$", text, re.MULTILINE)
    assert {line.split()[0] for line in text.splitlines() if line.endswith("1 after")} & labels == {label}
    if label != "zeros":
        assert "zeros as given" not in text
