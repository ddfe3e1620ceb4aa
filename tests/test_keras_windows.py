"""Keras' windowed layers: what was measured on Keras 3.15.1 with TensorFlow 2.21 and JAX 0.10.2."""

import pytest

import convcalc
from convcalc.dialects import keras
from tests.asking import Asking

ASK = Asking("keras")
shape, row, weights, codes, refused = ASK.shape, ASK.row, ASK.weights, ASK.codes, ASK.refused


# -- sizes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "out"),
    [
        ("Conv1D(2, 3)", 9, 7),
        ("Conv1D(2, 3, strides=2)", 9, 4),
        ("Conv1D(2, 3, dilation_rate=3)", 9, 3),
        ("Conv1D(2, 9)", 9, 1),
        ("Conv1D(2, 3, padding='same')", 9, 9),
        ("Conv1D(2, 7, strides=2, padding='same')", 9, 5),
        ("Conv1D(2, 30, strides=4, padding='same')", 9, 3),
        ("Conv1D(2, 3, dilation_rate=20, padding='SAME')", 9, 9),
        ("Conv1D(2, 5, strides=2, padding='causal')", 9, 5),
    ],
)
def test_valid_and_same_sizes(text, n, out):
    """Sizes of valid are floor((n-K)/s)+1, of same and causal ceil(n/s), whatever the kernel and the dilation."""
    assert shape(text, 4, n, 3) == (4, out, 2)


def test_valid_refuses_a_kernel_that_does_not_fit():
    assert refused("Conv2D(2, 3, dilation_rate=4)", 1, 8, 9, 3) == (1, "does_not_fit")
    assert shape("Conv2D(2, 3, dilation_rate=4)", 1, 9, 9, 3) == (1, 1, 1, 2)


@pytest.mark.parametrize(
    ("n", "size", "stride", "dilation", "ends"),
    [
        (224, 7, 2, 1, (2, 3)),
        (225, 7, 2, 1, (3, 3)),
        (5, 3, 2, 1, (1, 1)),
        (6, 3, 2, 1, (0, 1)),
        (5, 4, 1, 1, (1, 2)),
        (5, 1, 2, 1, (0, 0)),
        (11, 3, 2, 2, (2, 2)),
    ],
)
def test_same_puts_the_odd_cell_after(n, size, stride, dilation, ends):
    """SAME pads max((ceil(n/s)-1)*s+K-n, 0) cells, half of them before: it depends on n."""
    window = keras.forward("same", size, stride, dilation, n)
    assert (window.low, window.high) == ends


def test_causal_pads_before_and_is_for_one_axis():
    window = row("Conv1D(2, 3, dilation_rate=2, padding='causal')", 1, 9, 3).windows[0]
    assert (window.low, window.high) == (4, 0)
    for text, input in (
        ("Conv2D(2, 3, padding='causal')", (1, 9, 9, 3)),
        ("SeparableConv1D(2, 3, padding='causal')", (1, 9, 3)),
        ("DepthwiseConv1D(3, padding='causal')", (1, 9, 3)),
        ("Conv1DTranspose(2, 3, padding='causal')", (1, 9, 3)),
    ):
        assert refused(text, *input)[0] == 2


@pytest.mark.parametrize("padding", ["[(1,1),(1,1)]", "(1, 1)", "1", "None", "'full'"])
def test_calls_take_words_for_padding_alone(padding):
    """The constructor takes pairs, but the build says "must be either 'valid' or 'same'"."""
    assert refused(f"Conv2D(2, 3, padding={padding})", 1, 9, 9, 3) == (2, "bad_value")


def test_terse_cells_mean_a_padding_layer_before():
    assert shape("conv2d f=2 k=3 pad=0:1x2:3", 1, 9, 9, 3) == (1, 8, 12, 2)
    assert codes("conv2d f=2 k=3 pad=1", 1, 9, 9, 3) == ["explicit_padding"]
    assert shape("conv2dT f=2 k=3 s=2 pad=1", 1, 9, 9, 3) == (1, 17, 17, 2)


# -- pools -----------------------------------------------------------------------------------------


def test_pools_step_by_their_size_and_same_holds_more_than_there_is():
    assert shape("MaxPooling2D(3)", 1, 9, 8, 3) == (1, 3, 2, 3)
    assert shape("AveragePooling2D(5, padding='same')", 1, 2, 2, 3) == (1, 1, 1, 3)
    assert shape("MaxPooling1D(pool_size=2, strides=3, padding='same')", 1, 8, 3) == (1, 3, 3)


def test_average_of_same_counts_what_is_there():
    """1..8, pool 3, stride 2: the last value is (7+8)/2 = 7.5, as TensorFlow and JAX answer."""
    window = row("AveragePooling1D(3, strides=2, padding='same')", 1, 8, 1).windows[0]
    read = [cell + 1 for _, cell in window.taps(8, window.out(8) - 1)]
    assert read == [7, 8]
    assert sum(read) / len(read) == 7.5


def test_pools_refuse_what_does_not_fit_and_take_exact_words():
    assert refused("MaxPooling2D(3)", 1, 2, 2, 1) == (1, "does_not_fit")
    for padding in ("'SAME'", "'causal'", "1", "None"):
        assert refused(f"MaxPooling2D(2, padding={padding})", 1, 4, 4, 1) == (2, "bad_value")
    assert refused("AveragePooling2D()", 1, 4, 4, 1) == (2, "missing_argument")
    assert refused("MaxPooling2D(2, strides=0)", 1, 4, 4, 1) == (2, "bad_value")
    assert refused("maxpool2d 2 pad=1", 1, 4, 4, 1) == (2, "bad_value")


def test_global_pools():
    assert shape("GlobalAveragePooling2D()", 2, 5, 6, 3) == (2, 3)
    assert shape("GlobalMaxPooling2D(keepdims=True, data_format='channels_first')", 2, 3, 5, 6) == (2, 3, 1, 1)
    assert shape("GlobalAveragePooling1D()", 2, 0, 3) == (2, 3)
    assert refused("GlobalMaxPooling1D()", 2, 0, 3) == (1, "does_not_fit")


def test_adaptive_pools_read_overlapping_bins():
    facts = row("AdaptiveAveragePooling1D(3)", 1, 7, 2)
    assert facts.output_shape == (1, 3, 2)
    assert [facts.windows[0].reach(o)[:2] for o in range(3)] == [(0, 2), (2, 4), (4, 6)]
    assert shape("AdaptiveMaxPooling2D((9, 2))", 1, 4, 4, 3) == (1, 9, 2, 3)
    assert shape("AdaptiveMaxPooling2D(2, data_format='')", 1, 4, 4, 3) == (1, 2, 2, 3)
    for size in ("0", "None", "(3,)", "(3, None)", "-1"):
        assert refused(f"AdaptiveMaxPooling2D({size})", 1, 4, 4, 3)[0] == 2
    assert refused("AdaptiveMaxPooling2D(2)", 1, 0, 4, 3) == (1, "does_not_fit")
    assert refused("AdaptiveMaxPooling2D(2, data_format='Channels_First')", 1, 3, 4, 4) == (2, "bad_value")


# -- strides, groups, multipliers -------------------------------------------------------------------


def test_strides_and_dilations_exclude_each_other_on_any_axes():
    """A plain convolution tests the largest of each; depthwise and separable ones take both."""
    for name in ("Conv2D", "Conv2DTranspose"):
        assert refused(f"{name}(2, 3, strides=(2, 1), dilation_rate=(1, 2))", 1, 9, 9, 3) == (2, "bad_combination")
    for word, out in (("valid", 4), ("same", 6)):
        assert shape(f"DepthwiseConv1D(3, strides=2, dilation_rate=2, padding='{word}')", 1, 11, 3) == (1, out, 3)
        text = f"SeparableConv2D(5, 3, strides=2, dilation_rate=2, padding='{word}')"
        assert shape(text, 1, 11, 11, 3) == (1, out, out, 5)


def test_depthwise_and_separable_weights():
    assert weights("DepthwiseConv2D(3, depth_multiplier=2)", 1, 9, 9, 4) == {"kernel": (3, 3, 4, 2), "bias": (8,)}
    text = "SeparableConv2D(8, 3, depth_multiplier=2)"
    assert weights(text, 1, 9, 9, 4) == {
        "depthwise_kernel": (3, 3, 4, 2),
        "pointwise_kernel": (1, 1, 8, 8),
        "bias": (8,),
    }
    assert row(text, 1, 9, 9, 4).params.total == 144
    assert [part.params.total for part in row(text, 1, 9, 9, 4).parts] == [72, 72]


def test_separable_has_no_bias_between_its_parts():
    """Ten depthwise biases would make it 1,360."""
    assert row("SeparableConv2D(100, 5)", 1, 9, 9, 10).params.total == 1350


def test_groups_divide_filters_and_channels():
    assert weights("Conv2D(4, 3, groups=2)", 1, 9, 9, 6) == {"kernel": (3, 3, 3, 4), "bias": (4,)}
    assert refused("Conv2D(3, 3, groups=2)", 1, 9, 9, 4)[0] == 2
    assert refused("Conv2D(4, 3, groups=2)", 1, 9, 9, 3) == (1, "wrong_channels")
    assert refused("Conv2DTranspose(4, 3, groups=2)", 1, 9, 9, 4) == (2, "unknown_key")


def test_the_third_transposed_convolution_has_its_format_first():
    """Conv3DTranspose takes data_format before output_padding, the other two after."""
    assert shape("Conv3DTranspose(2, 3, 2, 'same', 'channels_last', 1)", 1, 3, 3, 3, 1) == (1, 6, 6, 6, 2)
    assert shape("Conv2DTranspose(2, 3, 2, 'same', 1, 'channels_last')", 1, 3, 3, 1) == (1, 6, 6, 2)
    assert refused("Conv2DTranspose(2, 3, 2, 'same', 'channels_last', 1)", 1, 3, 3, 1) == (2, "bad_value")


# -- empty and unknown axes --------------------------------------------------------------------------


def test_empty_axes():
    assert shape("Conv2D(2, 3, padding='same')", 1, 0, 9, 3) == (1, 0, 9, 2)
    assert shape("MaxPooling2D(2, padding='same')", 1, 0, 9, 3) == (1, 0, 5, 3)
    assert refused("Conv2D(2, 3)", 1, 0, 9, 3) == (1, "does_not_fit")
    assert refused("Conv2D(2, 1)", 1, 0, 9, 3) == (1, "does_not_fit")
    assert shape("Conv2D(2, 3)", 0, 9, 9, 3) == (0, 7, 7, 2)
    assert refused("Conv2D(2, 3)", 1, 9, 9, 0) == (1, "wrong_channels")
    assert refused("SeparableConv2D(2, 3)", 1, 9, 9, 0) == (1, "wrong_channels")
    assert shape("DepthwiseConv2D(3)", 1, 9, 9, 0) == (1, 7, 7, 0)
    assert shape("Conv2DTranspose(2, 3)", 1, 9, 9, 0) == (1, 11, 11, 2)


def test_causal_cells_before_no_cells_are_no_output():
    """Keras takes the cells that it added for some input; a kernel of one adds none."""
    assert refused("Conv1D(2, 3, padding='causal')", 1, 0, 3) == (1, "does_not_fit")
    assert shape("Conv1D(2, 3, padding='causal')", 0, 0, 3) == (0, 0, 2)
    assert shape("Conv1D(2, 1, padding='causal')", 1, 0, 3) == (1, 0, 2)


def test_a_depthwise_convolution_of_no_channels():
    """JAX makes a group of each channel and takes none of 0; TensorFlow takes equal strides alone."""
    assert shape("DepthwiseConv2D(3)", 1, 9, 9, 0) == (1, 7, 7, 0)
    assert refused("DepthwiseConv2D(3, (3, 1))", 1, 9, 9, 0) == (1, "wrong_channels")


def test_unknown_sizes_stay_symbols():
    report = convcalc.shape("Conv2D(8, 3, strides=2, padding='same')", (None, None, None, 3))
    assert [str(n) for n in report.output_shape] == ["N", "ceil(H/2)", "ceil(W/2)", "8"]
    report = convcalc.shape("Conv2DTranspose(8, 3, strides=2, padding='same')", (None, None, 5, 3))
    assert [str(n) for n in report.output_shape] == ["N", "2*H", "10", "8"]
    assert refused("Conv2D(8, 3)", None, None, 2, 3) == (1, "does_not_fit")


@pytest.mark.parametrize(("text", "input"), [("Conv2D(2, 3)", (9, 9, 3)), ("MaxPooling2D()", (2, 1, 9, 9, 3))])
def test_the_rank_is_exact(text, input):
    assert refused(text, *input) == (1, "wrong_rank")


# -- transposed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "stride", "word", "op", "n", "out"),
    [
        (1, 2, "valid", None, 5, 10),
        (3, 2, "valid", None, 5, 11),
        (3, 2, "valid", 1, 5, 12),
        (3, 2, "valid", 0, 5, 11),
        (3, 2, "same", None, 5, 10),
        (3, 2, "same", 0, 5, 9),
        (4, 2, "same", None, 5, 10),
        (4, 2, "same", 0, 5, 8),
        (2, 2, "same", None, 5, 10),
        (2, 2, "same", 0, 5, 8),
        (3, 2, "same", 1, 5, 10),
        (4, 1, "same", 0, 1, 0),
        (3, 1, "valid", None, 0, 2),
        (3, 2, "valid", None, 0, 1),
        (2, 3, "same", None, 0, 0),
    ],
)
def test_transposed_sizes(size, stride, word, op, n, out):
    """output_padding=0 is not None, and a kernel under the stride still gives n*s."""
    given = "" if op is None else f", output_padding={op}"
    text = f"Conv1DTranspose(2, {size}, strides={stride}, padding='{word}'{given})"
    assert shape(text, 1, n, 3) == (1, out, 2)


def test_transposed_output_padding_stays_under_the_stride():
    assert refused("Conv2DTranspose(2, 3, strides=2, output_padding=2)", 1, 5, 5, 3) == (2, "bad_combination")
    assert refused("Conv2DTranspose(2, 3, strides=(3, 1), output_padding=1)", 1, 5, 5, 3) == (2, "bad_combination")
    assert refused("Conv1DTranspose(2, 2, strides=3, padding='same', output_padding=0)", 1, 0, 3) == (1, "does_not_fit")


@pytest.mark.parametrize(
    ("size", "stride", "word", "crop"),
    [(3, 2, "valid", 0), (3, 2, "same", 0), (4, 2, "same", 1), (5, 2, "same", 1), (5, 3, "same", 1), (7, 2, "same", 2)],
)
def test_transposed_values_are_cropped_before(size, stride, word, crop):
    """Output 0 is cell `crop` of what the kernels scatter: half of what is over, rounded down."""
    window = keras.transposed(word, size, stride, 1, None)
    assert (crop, 0) in window.taps(9, 0)


def test_transposed_weights_have_filters_before_channels():
    assert weights("Conv2DTranspose(8, 3)", 1, 5, 5, 4) == {"kernel": (3, 3, 8, 4), "bias": (8,)}


def test_the_seed_example():
    report = convcalc.shape("conv2dT f=10 k=3 s=2 pad=same", (4, 28, 28, 3))
    assert report.output_shape == (4, 56, 56, 10)
    assert (report.params.trainable, report.macs) == (280, 846720)


# -- backends --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "input", "out"),
    [
        ("Conv2DTranspose(2, 2, strides=2, padding='same', output_padding=0)", (1, 5, 5, 3), (1, 8, 8, 2)),
        ("Conv2DTranspose(2, 3, dilation_rate=2)", (1, 5, 5, 3), (1, 9, 9, 2)),
        ("Conv2DTranspose(2, 3, data_format='channels_first')", (1, 3, 5, 5), (1, 2, 7, 7)),
        ("Conv2D(2, 3, data_format='channels_first')", (1, 3, 5, 5), (1, 2, 3, 3)),
        ("DepthwiseConv2D(3, strides=(1, 2))", (1, 5, 5, 3), (1, 3, 2, 3)),
        ("SeparableConv2D(2, 3, strides=(1, 2))", (1, 5, 5, 3), (1, 3, 2, 2)),
    ],
)
def test_what_tensorflow_does_not_run_is_sized_with_a_note(text, input, out):
    assert shape(text, *input) == out
    assert "backend_cannot_run" in codes(text, *input)


@pytest.mark.parametrize(
    ("text", "input"),
    [
        ("Conv2DTranspose(2, 3, strides=2, padding='same', output_padding=0)", (1, 5, 5, 3)),
        ("Conv2D(2, 3, groups=2, data_format='channels_first')", (1, 4, 5, 5)),
        ("Conv3D(2, 3, data_format='channels_first')", (1, 4, 5, 5, 5)),
        ("DepthwiseConv2D(3, strides=(1, 2), dilation_rate=2)", (1, 7, 7, 3)),
        ("DepthwiseConv2D(3, data_format='channels_first')", (1, 3, 7, 7)),
        ("MaxPooling2D(2, data_format='channels_first')", (1, 3, 7, 7)),
    ],
)
def test_what_tensorflow_runs_has_no_such_note(text, input):
    assert "backend_cannot_run" not in codes(text, *input)
