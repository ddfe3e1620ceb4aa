"""The example networks of tests/specs: as a spec file and as Keras code, one network each."""

from pathlib import Path

import pytest

import convcalc
from convcalc.readers.files import read_file

SPECS = Path(__file__).parent / "specs"


def read(path):
    """Return the report of a file."""
    source = read_file(str(path))
    return convcalc.shape(source.text, source.input, source.framework)


@pytest.mark.parametrize(
    ("name", "output", "params"),
    [("unet", (128, 128, 1), 117_041), ("resnet_block", (56, 56, 256), 76_928), ("inception", (28, 28, 256), 163_696)],
)
def test_a_spec_file_and_its_keras_code_are_one_network(name, output, params):
    text, code = read(SPECS / f"{name}.txt"), read(SPECS / f"{name}.py")

    assert [(row.spec, row.output_shape, row.params, row.macs) for row in text.layers] == [
        (row.spec, row.output_shape, row.params, row.macs) for row in code.layers
    ]
    assert (code.output_shape[1:], code.params.total) == (output, params)
    assert text.receptive_field == code.receptive_field
