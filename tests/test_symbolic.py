"""Symbolic sizes against numbers: the expression at a size is what the engine gives for that size."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc.errors import ShapeError

PADS = st.sampled_from(["valid", "same", "1", "2", "0:1"])


@st.composite
def layer(draw):
    """Draw a terse layer of Keras that only windows its input."""
    kind = draw(st.sampled_from(["conv2d 4", "conv2dT 4", "maxpool2d", "avgpool2d", "dwconv2d", "sepconv2d 4"]))
    kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    pad = draw(PADS) if "pool" not in kind else draw(st.sampled_from(["valid", "same"]))
    if kind == "conv2dT 4" and pad not in ("valid", "same"):
        pad = "valid"
    return f"{kind} k={kernel} s={stride} pad={pad}"


@st.composite
def torch_layer(draw):
    """Draw a terse layer of torch that only windows its input."""
    kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    kind = draw(st.sampled_from(["conv2d 4", "conv2dT 4", "maxpool2d", "avgpool2d"]))
    text = f"{kind} k={kernel} s={stride}"
    if kind == "conv2dT 4":
        return text + f" op={draw(st.integers(0, stride - 1))}"
    text += f" pad={draw(st.integers(0, kernel // 2))}"
    return text + draw(st.sampled_from(["", " ceil_mode=true"])) if "pool" in kind else text


def agree(spec, shape, framework):
    """Hold the symbolic answer at a size against the engine's own for that size."""
    try:
        symbolic = convcalc.shape(spec, framework=framework)
    except ShapeError:
        return
    values = dict(zip(("N", "H", "W", "C") if framework == "keras" else ("N", "C", "H", "W"), shape, strict=True))
    fits = all(values[name] >= (least or 0) for name, least in symbolic.fits.items())
    try:
        number = convcalc.shape(spec, shape, framework=framework)
    except ShapeError:
        assert not fits, f"{spec} fits from {symbolic.fits}, but not {shape}"
        return
    assert fits, f"{spec} does fit {shape}, though only from {symbolic.fits}"

    def put(size):
        return size if size.__class__ is int else size.at(values)

    assert number.output_shape == tuple(put(n) for n in symbolic.output_shape)
    assert number.params.total == put(symbolic.params.total)
    assert number.macs == put(symbolic.macs) * shape[0]
    assert number.flops == put(symbolic.flops) * shape[0]


@given(st.lists(layer(), min_size=1, max_size=4), st.integers(1, 40), st.integers(1, 40), st.integers(1, 3))
def test_keras(specs, h, w, n):
    """Chains of Keras' windows."""
    agree(" ".join(specs), (n, h, w, 3), "keras")


@given(st.lists(torch_layer(), min_size=1, max_size=4), st.integers(1, 40), st.integers(1, 40), st.integers(1, 3))
def test_torch(specs, h, w, n):
    """Chains of torch's windows."""
    agree(" ".join(specs), (n, 3, h, w), "torch")


SAYS = re.compile(r"input of at least (\d+) along L")


def refused(spec, n):
    """Return the error for a network over n cells, or None."""
    try:
        convcalc.shape(spec, (1, n, 3))
    except ShapeError as error:
        return error
    return None


@given(st.lists(layer(), min_size=2, max_size=5), st.integers(3, 20))
def test_an_input_of_the_size_that_a_hint_says_fits(specs, n):
    """What a hint says of a layer deep in a network: one cell less does not fit it."""
    spec = " | ".join(specs).replace("2d", "1d")
    error = refused(spec, n)
    said = error and SAYS.search(error.hint)
    if said:
        least = int(said[1])
        before, after = refused(spec, least - 1), refused(spec, least)
        assert n < least
        assert before.layer <= error.layer
        assert after is None or after.layer > error.layer


@pytest.mark.parametrize(
    ("spec", "shape", "hint"),
    [
        ("conv2d 8 3 maxpool2d 2 conv2d 8 3", "5x40x1", "at least 8 along H, a smaller kernel or more padding."),
        ("conv2d 8 3 maxpool2d 2 conv2d 8 3", "5x5x1", "at least 8 along H and 8 along W, a smaller"),
        ("conv1d 8 3 2 | nn.MaxPool1d(8) | conv1d 8 3", "(3,32)", "at least 49 along L,"),
        ("nn.Conv3d(3, 4, 1) | nn.AvgPool3d(4)", "3x30x30x2", "at least 4 along W or a smaller kernel."),
        ("[conv2d 2 3 df=channels_first] * 3", "1x9x5", "at least 7 along W,"),
        ("conv2d 2 3 | nn.AdaptiveAvgPool2d(2) | conv2d 2 3", "3x9x9", "Give a smaller kernel or more padding."),
        ("conv2d 8 9", "5x40x1", "The smallest input that fits is 9 along H; or give a smaller kernel"),
        ("conv2d 8 3 flatten reshape 8,4,1 conv2d 2 5", "4x4x2", "Give a smaller kernel or more padding."),
    ],
)
def test_how_large_an_input_a_deep_layer_wants(spec, shape, hint):
    with pytest.raises(ShapeError) as caught:
        convcalc.shape(spec, shape)

    assert hint in caught.value.hint


def test_what_joins_the_batch_is_counted_with_one_sample():
    pixels = "nn.Sequential(nn.Flatten(0, 2), nn.Linear(7, 3))"
    for tall, batch in (("6", 1), ("6", None), ("H", None)):
        report = convcalc.shape(pixels, f"(N,5,{tall},7)", batch=batch)
        cells = [str(row.macs) for row in report.layers], str(report.layers[-1].activation_bytes)

        assert cells == ((["0", "630"], "360") if tall == "6" else (["0", "105*H"], "60*H"))
    assert convcalc.inspect(pixels, "(N,5,6,7)").layers[1].cost.macs_formula.startswith("30 samples")
    # Torch takes three axes for channels, height and width: the batch becomes four times as long.
    moved = convcalc.shape("nn.Sequential(nn.PixelUnshuffle(2), nn.Conv1d(2, 3, 2), nn.MaxPool1d(2))", "Nx4x10")
    assert (str(moved.output_shape[0]), moved.macs, moved.layers[2].activation_bytes) == ("4*N", 192, 96)
