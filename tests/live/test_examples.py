"""The example networks of tests/specs, built by Keras from the code that convcalc reads, row by row; programs too."""

import runpy
from pathlib import Path

import pytest

import convcalc
from convcalc.readers.files import read_file

keras = pytest.importorskip("keras", reason="Keras is not installed")
SPECS = Path(__file__).parent.parent / "specs"


def rows_of(model):
    """Return what Keras says of each layer: its class, output and parameters."""
    return [
        (type(layer).__name__, layer.output.shape, layer.count_params())
        for layer in model.layers
        if type(layer).__name__ != "InputLayer"
    ]


def ours(report):
    """Return the same of ours, unknown sizes as None."""
    return [
        (row.type, tuple(n if n.__class__ is int else None for n in row.output_shape), row.params.total)
        for row in report.layers
    ]


@pytest.mark.parametrize("form", ["txt", "py", "live"])
@pytest.mark.parametrize("name", ["unet", "resnet_block", "inception"])
def test_each_row_is_what_keras_builds(name, form):
    model = runpy.run_path(str(SPECS / f"{name}.py"))["model"]
    if form == "live":
        report = convcalc.shape(model)
    else:
        source = read_file(str(SPECS / f"{name}.{form}"))
        report = convcalc.shape(source.text, source.input, source.framework)

    # Keras lists layers by depth: the same, in another order.
    assert sorted(map(str, ours(report))) == sorted(map(str, rows_of(model)))
    assert report.params.total == model.count_params()
    assert report.output_shape[1:] == model.output.shape[1:]
