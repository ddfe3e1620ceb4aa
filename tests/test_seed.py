"""The examples of the tutorial that convcalc began with, with the numbers that it prints."""

import pytest

import convcalc

SEED = (4, 28, 28, 3)


@pytest.mark.parametrize(
    ("spec", "output"),
    [
        ("Conv2D(2, 3, activation='relu', padding='same')", (4, 28, 28, 2)),
        ("conv2d 2 3 act=relu pad=same", (4, 28, 28, 2)),
        ("Conv2DTranspose(10, 3, strides=1, padding='same')", (4, 28, 28, 10)),
        ("Conv2DTranspose(10, 3, strides=1, padding='valid')", (4, 30, 30, 10)),
        ("Conv2DTranspose(10, 3, strides=2, padding='same')", (4, 56, 56, 10)),
        ("Conv2DTranspose(10, 3, strides=2, padding='valid')", (4, 57, 57, 10)),
        ("conv2dT 10 3 1 pad=same", (4, 28, 28, 10)),
        ("conv2dT 10 3 1 pad=valid", (4, 30, 30, 10)),
        ("conv2dT 10 3 2 pad=same", (4, 56, 56, 10)),
        ("conv2dT 10 3 2 pad=valid", (4, 57, 57, 10)),
    ],
)
def test_the_tutorials_shapes(spec, output):
    """Each call answers with the shape that the tutorial shows."""
    assert output == convcalc.shape(spec, SEED).output_shape


def test_the_contracts_example():
    """The example of the Python API, number by number."""
    report = convcalc.shape("conv2dT f=10 k=3 s=2 pad=same", SEED)

    assert report.output_shape == (4, 56, 56, 10)
    assert report.params == (280, 280, 0, 0)
    assert report.macs == 846720
    row = report.to_dict()["layers"][0]
    assert row["weights"] == [
        {"name": "kernel", "kind": "parameter", "shape": [3, 3, 10, 3], "trainable": True},
        {"name": "bias", "kind": "parameter", "shape": [10], "trainable": True},
    ]
    assert row["windows"][0] == {
        "size": 3, "stride": 1, "low": 2, "high": 1, "dilation": 1, "base": 2, "overhang": 0, "flip": True,
    }  # fmt: skip


def test_nothing_but_the_layer_answers_in_symbols():
    """The bare layer, with no input and no filters."""
    report = convcalc.shape("conv2dT k=3 s=2 pad=same")

    assert [str(n) for n in report.output_shape] == ["N", "2*H", "2*W", "F"]
    assert str(report.params.total) == "9*C*F + F"
    assert str(report.macs) == "9*C*F*H*W"
    assert report.layers[0].receptive_field.size == (2, 2)
    assert report.layers[0].receptive_field.size_min == (1, 1)


def test_three_strided_layers_are_one_floor():
    """A chain of strided layers stays one expression."""
    report = convcalc.shape("[ conv2d 8 3 s=2 pad=same ] * 3")

    assert str(report.output_shape[1]) == "ceil(H/8)"
