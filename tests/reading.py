"""Terse texts read with a handful of layers, for the tests of the reader alone."""

import pytest

from convcalc.errors import SpecError
from convcalc.spec import parse

NAMES = frozenset(
    (
        *("conv1d", "conv2d", "conv2dt", "dense", "flatten", "relu", "act"),
        *("activation", "maxpool2d", "bn", "add", "concat", "bilinear", "reshape", "dropout"),
    )
)


def is_layer(word):
    return word.lower() in NAMES


def read(text):
    return parse(text, is_layer, lambda: NAMES)


def values(text):
    """Return ``[(key, value)]`` of the one layer of a text."""
    (layer,) = read(text)
    return [(arg.key, arg.value) for arg in layer.args]


def refused(text, error=SpecError):
    """Return the error of a text; its span must lie in the text."""
    with pytest.raises(error) as caught:
        read(text)
    refusal = caught.value
    assert refusal.text == text
    assert refusal.span is None or 0 <= refusal.span[0] < refusal.span[1] <= len(text)
    return refusal
