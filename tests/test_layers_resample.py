"""Padding, cropping, resizing and patches: what the frameworks answer, and what they refuse.

Numbers and refusals as seen on Keras 3.15.1, torch 2.13.0 and onnxruntime 1.32.0.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc.errors import ShapeError, SpecError
from convcalc.layers.resize import blended, repeated


def answer(spec, shape):
    """Return the report of a spec, which may start with its framework, over a tensor of this shape."""
    framework = next((f for f in ("keras", "torch", "onnx") if spec.startswith(f + " ")), None)
    return convcalc.shape(spec.removeprefix(f"{framework} "), shape, framework=framework)


ANSWERS = [
    # Keras: one number, one per axis, or low and high per axis, mixed too.
    ("layers.ZeroPadding1D((1, 2))", (2, 5, 3), (2, 8, 3)),
    ("layers.ZeroPadding2D()", (2, 5, 6, 3), (2, 7, 8, 3)),
    ("layers.ZeroPadding2D((1, 2))", (2, 5, 6, 3), (2, 7, 10, 3)),
    ("layers.ZeroPadding2D(((1, 2), 3))", (2, 5, 6, 3), (2, 8, 12, 3)),
    ('layers.ZeroPadding2D(1, data_format="channels_first")', (2, 3, 5, 6), (2, 3, 7, 8)),
    ("layers.ZeroPadding2D(1)", (2, 0, 6, 3), (2, 2, 8, 3)),
    ("layers.ZeroPadding3D((1, 0, 2))", (2, 4, 4, 4, 3), (2, 6, 4, 8, 3)),
    ("layers.Cropping1D()", (2, 5, 3), (2, 3, 3)),
    ("layers.Cropping2D()", (2, 5, 6, 3), (2, 5, 6, 3)),
    ("layers.Cropping2D(((1, 2), (0, 5)))", (2, 5, 6, 3), (2, 2, 1, 3)),
    ("layers.Cropping3D()", (2, 5, 6, 7, 3), (2, 3, 4, 5, 3)),
    ("layers.UpSampling1D(3)", (2, 5, 3), (2, 15, 3)),
    ("layers.UpSampling2D((2, 3))", (2, 5, 6, 3), (2, 10, 18, 3)),
    ('layers.UpSampling2D(interpolation="Lanczos3")', (2, 5, 6, 3), (2, 10, 12, 3)),
    ("layers.UpSampling3D()", (2, 2, 3, 4, 3), (2, 4, 6, 8, 3)),
    ("keras upsample 2", (2, 5, 3), (2, 10, 3)),
    # torch lists the last axis first; negative numbers cut.
    ("nn.ZeroPad2d((1, 2, 3, 4))", (2, 3, 5, 6), (2, 3, 12, 9)),
    ("nn.ZeroPad2d((1, 2))", (2, 3, 5, 6), (2, 3, 5, 9)),
    ("nn.ZeroPad2d((0, 0, 0, 0, 1, 0))", (2, 3, 5, 6), (2, 4, 5, 6)),
    ("nn.ZeroPad2d(-1)", (2, 3, 5, 6), (2, 3, 3, 4)),
    ("nn.ZeroPad1d((-3, 3))", (2, 3, 5), (2, 3, 5)),
    ("nn.ZeroPad1d((-3, -2))", (2, 3, 5), (2, 3, 0)),
    ("nn.ConstantPad1d((1, 0), 3.5)", (3, 5), (3, 6)),
    ("nn.ReflectionPad2d((4, 0, 0, 0))", (2, 3, 5, 5), (2, 3, 5, 9)),
    ("nn.ReflectionPad2d(1)", (3, 5, 5), (3, 7, 7)),
    ("nn.ReplicationPad1d(9)", (2, 3, 5), (2, 3, 23)),
    ("nn.CircularPad1d((5, 0))", (2, 3, 5), (2, 3, 10)),
    ("nn.CircularPad1d((3, -1))", (2, 1, 3), (2, 1, 5)),
    ("nn.CircularPad3d((1, -3, 0, 1, 1, 1))", (1, 1, 1, 4, 2), (1, 1, 3, 5, 0)),
    # One order of the axes in terse text, in every framework.
    ("keras zeropad2d 0:1x2", (2, 5, 6, 3), (2, 6, 10, 3)),
    ("torch zeropad2d 0:1x2", (2, 3, 5, 6), (2, 3, 6, 10)),
    ("torch zeropad2d pad=-1", (2, 3, 5, 6), (2, 3, 3, 4)),
    # T30: a factor of 1.5 over 5 cells gives 7.
    ("nn.Upsample(scale_factor=1.5)", (2, 3, 5, 5), (2, 3, 7, 7)),
    ("nn.Upsample(scale_factor=(1.5, 3))", (2, 3, 5, 5), (2, 3, 7, 15)),
    ("nn.Upsample(size=9)", (2, 3, 5), (2, 3, 9)),
    ('nn.Upsample(size=(9, 2), mode="bicubic", align_corners=True)', (2, 3, 5, 5), (2, 3, 9, 2)),
    ('nn.Upsample(scale_factor=0.1, mode="area")', (2, 3, 5, 5), (2, 3, 0, 0)),
    ('nn.Upsample(scale_factor=2, mode="nearest-exact")', (2, 3, 5), (2, 3, 10)),
    ("nn.UpsamplingNearest2d(scale_factor=2)", (2, 3, 5), (2, 3, 10)),
    ("nn.UpsamplingBilinear2d(size=4)", (2, 3, 5, 5), (2, 3, 4, 4)),
    ("torch upsample2d 2 interpolation=bilinear", (2, 3, 5, 5), (2, 3, 10, 10)),
    # T31: channels by r*r, sizes by r, and the blocks of an unfold.
    ("nn.PixelShuffle(2)", (2, 12, 5, 5), (2, 3, 10, 10)),
    ("nn.PixelShuffle(2)", (12, 5, 5), (3, 10, 10)),
    ("nn.PixelUnshuffle(2)", (2, 3, 4, 6), (2, 12, 2, 3)),
    # torch returns an input without values as it is.
    ("nn.PixelUnshuffle(2)", (0, 3, 4, 6), (0, 3, 4, 6)),
    ("nn.ChannelShuffle(2)", (2, 4, 5), (2, 4, 5)),
    ("nn.Unfold(3)", (2, 3, 8, 9), (2, 27, 42)),
    ("nn.Unfold((2, 3), dilation=2, padding=1, stride=(1, 2))", (2, 3, 8, 9), (2, 18, 32)),
    ("nn.Unfold(3)", (3, 8, 9), (27, 42)),
    ("nn.Fold((8, 9), 3)", (2, 27, 42), (2, 3, 8, 9)),
    ("nn.Fold(4, 2, stride=2)", (12, 4), (3, 4, 4)),
    ("onnx depthtospace 2 mode=crd", (2, 12, 5, 5), (2, 3, 10, 10)),
    ("onnx spacetodepth 2", (2, 3, 4, 6), (2, 12, 2, 3)),
    ("onnx Pad(pads=[0, 0, 1, 2, 0, 0, 3, 4])", (2, 3, 5, 6), (2, 3, 9, 12)),
    ("onnx Pad(pads=[3, 1], axes=[-1], mode='wrap')", (2, 3, 2), (2, 3, 6)),
    ("onnx pad (0:0,1:2)", (2, 3), (2, 6)),
    ("onnx Resize(scales=[1, 1, 2, 0.7])", (2, 3, 5, 10), (2, 3, 10, 7)),
    ("onnx Resize(sizes=[7, 7], axes=[2, 3])", (2, 3, 5, 10), (2, 3, 7, 7)),
    ("onnx Resize(sizes=[7, 7], axes=[2, 3], keep_aspect_ratio_policy='not_larger')", (2, 3, 5, 10), (2, 3, 4, 7)),
    ("onnx Resize(sizes=[7, 7], axes=[2, 3], keep_aspect_ratio_policy='not_smaller')", (2, 3, 5, 10), (2, 3, 7, 14)),
    ("onnx upsample2d 2", (2, 3, 5, 6), (2, 3, 10, 12)),
    ("onnx upsample 2", (2, 3, 5), (2, 3, 10)),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "shape", "output"), ANSWERS, ids=[f"{a[0]} on {a[1]}" for a in ANSWERS])
def test_output_shape(spec, shape, output):
    """Each framework's own answer; the spec that is written for it gives the same."""
    report = answer(spec, shape)

    assert report.output_shape == output
    assert answer(f"{report.framework} {report.layers[0].spec}", shape).output_shape == output


REFUSED = [
    ("layers.ZeroPadding2D(-1)", (2, 5, 6, 3), "bad_value"),
    ("layers.ZeroPadding2D((1, 2, 3))", (2, 5, 6, 3), "bad_value"),
    ("layers.ZeroPadding1D((1,))", (2, 5, 3), "bad_value"),
    ("layers.ZeroPadding2D(1.0)", (2, 5, 6, 3), "bad_value"),
    ("layers.ZeroPadding2D(1)", (2, 5, 3), "wrong_rank"),
    ("layers.Cropping1D((2, 3))", (2, 5, 3), "does_not_fit"),
    ("layers.Cropping2D(0)", (2, 0, 6, 3), "does_not_fit"),
    ("layers.Cropping1D(1, data_format='channels_last')", (2, 5, 3), "unknown_key"),
    ("layers.UpSampling1D((2,))", (2, 5, 3), "bad_value"),
    ("layers.UpSampling2D(0)", (2, 5, 6, 3), "bad_value"),
    ("layers.UpSampling2D(interpolation='cubic')", (2, 5, 6, 3), "bad_value"),
    ("layers.UpSampling2D(interpolation='bilinear')", (2, 0, 6, 3), "does_not_fit"),
    ("layers.UpSampling2D(2)", (2, 5, 3), "wrong_rank"),
    ("nn.ZeroPad2d((1, 2, 3))", (2, 3, 5, 6), "bad_value"),
    ("nn.ZeroPad1d((-3, -3))", (2, 3, 5), "does_not_fit"),
    ("nn.ZeroPad1d((-6, 6))", (2, 3, 5), "does_not_fit"),
    ("nn.ConstantPad1d(1)", (2, 3, 5), "missing_argument"),
    ("nn.ReflectionPad2d((5, 0, 0, 0))", (2, 3, 5, 5), "does_not_fit"),
    ("nn.ReflectionPad2d(1)", (2, 0, 5, 5), "does_not_fit"),
    ("nn.ReflectionPad2d(1)", (3, 5), "wrong_rank"),
    ("nn.ReplicationPad1d(1)", (2, 3, 0), "does_not_fit"),
    ("nn.CircularPad1d((6, 0))", (2, 3, 5), "does_not_fit"),
    ("nn.CircularPad1d((3, -1))", (1, 1, 3), "does_not_fit"),
    ("nn.CircularPad1d((3, -5))", (2, 3), "does_not_fit"),
    ("nn.CircularPad2d((1, 1))", (2, 3), "wrong_rank"),
    ("nn.Upsample()", (2, 3, 5), "bad_combination"),
    ("nn.Upsample(size=4, scale_factor=2)", (2, 3, 5), "bad_combination"),
    ("nn.Upsample(scale_factor=0)", (2, 3, 5), "bad_combination"),
    ("nn.Upsample(scale_factor=0.1)", (2, 3, 5), "does_not_fit"),
    ("nn.Upsample(scale_factor=(2, 2))", (2, 3, 5), "wrong_rank"),
    ("nn.Upsample(scale_factor=2)", (3, 5), "wrong_rank"),
    ('nn.Upsample(scale_factor=2, mode="bilinear")', (2, 3, 5), "wrong_rank"),
    ('nn.Upsample(scale_factor=2, mode="Bilinear")', (2, 3, 5, 5), "bad_value"),
    ("nn.Upsample(scale_factor=2, align_corners=False)", (2, 3, 5), "bad_combination"),
    ("nn.Upsample(size=4, recompute_scale_factor=True)", (2, 3, 5), "bad_combination"),
    ("nn.UpsamplingBilinear2d(size=4)", (2, 3, 5), "wrong_rank"),
    ("nn.PixelShuffle(2)", (2, 6, 5, 5), "wrong_channels"),
    ("nn.PixelShuffle(2)", (4, 5), "wrong_rank"),
    ("nn.PixelUnshuffle(2)", (2, 3, 5, 6), "does_not_fit"),
    ("nn.ChannelShuffle(3)", (2, 4, 5), "wrong_channels"),
    ("nn.ChannelShuffle(2)", (2, 4), "wrong_rank"),
    ("nn.Unfold(9)", (2, 3, 8, 9), "does_not_fit"),
    ("nn.Unfold((3,))", (2, 3, 8, 9), "bad_value"),
    ("nn.Unfold(3, padding=-1)", (2, 3, 8, 9), "bad_value"),
    ("nn.Fold((8, 9), 3)", (2, 27, 41), "wrong_shape"),
    ("nn.Fold((8, 9), 3)", (2, 26, 42), "wrong_channels"),
    ("onnx depthtospace 2", (12, 5, 5), "wrong_rank"),
    ("onnx Pad(pads=[1, 1])", (2, 3), "wrong_rank"),
    ("onnx Pad(pads=[-1, 2], axes=[0], mode='reflect')", (3,), "does_not_fit"),
    ("onnx Resize(sizes=[2, 3], scales=[1, 1])", (2, 3), "bad_combination"),
    ("onnx Resize(sizes=7)", (2, 3), "bad_value"),
    ("onnx Resize(scales=[1, 2, 1, 1, 2], mode='linear')", (2, 3, 4, 4, 4), "wrong_shape"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "shape", "code"), REFUSED, ids=[f"{r[0]} on {r[1]}" for r in REFUSED])
def test_refused(spec, shape, code):
    """What the framework refuses is refused, as wrong for this input or wrong whatever the input."""
    with pytest.raises((ShapeError, SpecError)) as caught:
        answer(spec, shape)
    assert caught.value.code == code


@pytest.mark.parametrize("factor", range(1, 7))
def test_windows_of_upsampling_read_what_interpolation_reads(factor):
    """Nearest reads one cell, linear the two beside the centre of the output cell, by the formula of half cells."""
    nearest, linear = repeated(factor), blended(factor)
    n = 9

    assert nearest.out(n) == linear.out(n) == n * factor
    for o in range(factor, factor * (n - 1)):
        assert [cell for _, cell in nearest.taps(n, o)] == [o // factor]
        # The centre of the output cell lies here in input cells, times 2*factor.
        centre = 2 * o + 1 - factor
        below = centre // (2 * factor)
        cells = {below} if centre % (2 * factor) == 0 else {below, below + 1}
        assert {cell for _, cell in linear.taps(n, o)} == cells


FIELDS = [
    ("keras conv2d 2 3 | upsample2d 2", (3, 3), "1/2"),
    ("keras conv2d 2 3 | upsample2d 2 interpolation=bilinear", (4, 4), "1/2"),
    ("keras conv2d 2 3 | upsample2d 2 interpolation=bicubic", None, None),
    ("torch conv2d 2 3 | upsample2d 0.5", (3, 3), "2"),
    ("torch conv2d 2 3 | upsample2d size=12", (3, 3), "1/2"),
    ("torch conv2d 2 3 | upsample2d 2 mode=bilinear align_corners=true", None, None),
    ("torch conv2d 4 3 | pixelshuffle 2", (3, 3), "1/2"),
    ("torch conv2d 4 3 | pixelunshuffle 2", (4, 4), "2"),
    ("torch zeropad2d 1 | conv2d 4 3", (3, 3), "1"),
    ("onnx conv2d 4 3 | upsample2d 2", (3, 3), "1/2"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "size", "stride"), FIELDS, ids=[f[0] for f in FIELDS])
def test_receptive_field(spec, size, stride):
    """Resized cells see what they are made of, where that is regular."""
    shape = (2, 8, 8, 4) if spec.startswith("keras") else (2, 4, 8, 8)
    field = answer(spec, shape).receptive_field

    assert (field and field.size) == size
    assert (field and str(field.stride[0])) == stride


def test_padding_shifts_the_field_as_the_padding_of_a_layer_does():
    """A layer of padding, then a valid convolution, is the padded convolution."""
    apart = convcalc.shape("zeropad2d 1:2 | conv2d 4 3 2", (2, 9, 9, 3))
    joined = convcalc.shape("conv2d 4 3 2 pad=1:2", (2, 9, 9, 3))

    assert apart.output_shape == joined.output_shape
    assert apart.receptive_field == joined.receptive_field


def test_pads_and_crops_are_not_told_that_they_pad_and_crop():
    """Notes on unread cells and on outputs of padding alone are for layers that do something else."""
    for spec in ("zeropad2d 2", "crop2d 2"):
        assert not convcalc.shape(spec, (2, 9, 9, 3)).layers[0].notes
    assert convcalc.shape("conv2d 4 1 pad=1", (2, 9, 9, 3)).layers[0].notes


SIDES = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(SIDES, SIDES, st.integers(1, 12), st.integers(1, 12))
def test_a_crop_undoes_a_pad(rows, columns, height, width):
    """Cells that are added and cut again leave the size, in numbers and in symbols."""
    cells = f"{rows[0]}:{rows[1]}x{columns[0]}:{columns[1]}"
    spec = f"zeropad2d {cells} | crop2d {cells}"

    assert convcalc.shape(spec, (2, height, width, 3)).output_shape == (2, height, width, 3)
    assert [str(n) for n in convcalc.shape(spec).output_shape] == ["N", "H", "W", "C"]


RESIZED = [
    "keras zeropad2d 1:2x3", "keras crop2d 2x1", "keras upsample2d 2x3", "torch zeropad2d -1x2",
    "torch reflectpad2d 2",
    "torch circularpad2d 1:3", "torch upsample2d (1.5,2)", "torch upsample2d 0.7", "torch pixelshuffle 2",
    "torch unfold 3 2",
    "torch upsample2d 0.5 mode=area", "onnx upsample2d (0.5,3)",
]  # fmt: skip


@pytest.mark.parametrize("spec", RESIZED)
@given(height=st.integers(1, 30), width=st.integers(1, 30))
def test_symbols_at_a_size_are_the_numbers_of_that_size(spec, height, width):
    """The expression is evaluated where the report says that it fits, and there alone."""
    first = spec.startswith("keras")
    symbolic = answer(spec, "HxWx4" if first else "4xHxW")
    at = {"H": height, "W": width, "N": 2}
    fits = all(at[name] >= least for name, least in symbolic.fits.items())
    try:
        number = answer(spec, (2, height, width, 4) if first else (2, 4, height, width))
    except ShapeError:
        assert not fits
        return
    assert number.output_shape == tuple(n if n.__class__ is int else n.at(at) for n in symbolic.output_shape)
    # A pad of constants may leave nothing; the smallest size that fits leaves a cell.
    assert fits or 0 in number.output_shape


WINDOWED = [*(spec for spec in RESIZED if "unfold" not in spec), "torch upsample2d 0.25", "torch upsample2d size=3"]


@pytest.mark.parametrize("spec", WINDOWED)
@pytest.mark.parametrize("size", [8, 9, 12])
def test_windows_have_as_many_outputs_as_the_size_says(spec, size):
    """Where a layer tells its windows, their own rule gives its output size."""
    first = spec.startswith("keras")
    row = answer(spec, (2, size, size, 4) if first else (2, 4, size, size)).layers[0]
    sizes = row.output_shape[1:3] if first else row.output_shape[2:]

    assert not row.windows or tuple(window.out(size) for window in row.windows) == sizes
