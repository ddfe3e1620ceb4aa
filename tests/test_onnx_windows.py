"""ONNX's windowed operators: what was measured on onnx 1.23.2 and onnxruntime 1.32.0."""

import pytest

import convcalc
from convcalc.dialects import onnx
from tests.asking import Asking

ASK = Asking("onnx")
row, codes, refused = ASK.row, ASK.codes, ASK.refused


def size(text, n):
    """Return the output's size over one axis of n cells."""
    return row(text, 1, 2, n).output_shape[-1]


def ends(text, n):
    """Return ``(low, high)`` of the window over one axis of n cells."""
    return row(text, 1, 2, n).windows[0][2:4]


# -- convolutions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "out"),
    [
        ("Conv(filters=2, kernel_shape=[3])", 9, 7),
        ("Conv(filters=2, kernel_shape=[3], pads=[1, 0])", 9, 8),
        ("Conv(filters=2, kernel_shape=[3], pads=[5, 5])", 9, 17),
        ("Conv(filters=2, kernel_shape=[3], pads=[2, 2])", 0, 2),
        ("Conv(filters=2, kernel_shape=[3], auto_pad='VALID', dilations=[2])", 9, 5),
        ("Conv(filters=2, kernel_shape=[2], strides=[2], auto_pad='SAME_UPPER')", 5, 3),
        ("Conv(filters=2, kernel_shape=[2], strides=[2], auto_pad='SAME_LOWER')", 5, 3),
        ("conv1d f=2 k=2 s=2 pad=same", 5, 3),
        ("conv1d f=2 k=3 pad=1", 9, 9),
        ("conv1d f=2 k=3 pad=1:0", 9, 8),
    ],
)
def test_conv_sizes(text, n, out):
    assert size(text, n) == out


@pytest.mark.parametrize(
    ("text", "n", "low", "high"),
    [
        ("conv1d 2 2 2 pad=same", 5, 0, 1),
        ("conv1d 2 2 2 pad=same_lower", 5, 1, 0),
        ("conv1d 2 4 pad=same", 9, 1, 2),
        ("conv1d 2 4 pad=same_lower", 9, 2, 1),
        # A stride above the kernel cuts cells: the first half less one.
        ("conv1d 2 1 3 pad=same", 3, 0, -2),
        ("conv1d 2 1 4 pad=same", 4, -1, -2),
        ("conv1d 2 1 4 pad=same_lower", 4, 0, -3),
        ("avgpool1d 1 3 pad=same", 3, -1, -1),
        ("avgpool1d 1 3 pad=same_lower", 3, 0, -2),
    ],
)
def test_same_pads_after_and_same_lower_before(text, n, low, high):
    assert ends(text, n) == (low, high)


def test_weights_are_laid_out_as_in_a_file():
    conv = row("Conv f=8 k=3x5 g=2", 1, 4, 9, 9)
    transposed = row("ConvTranspose f=8 k=3x5 g=2 bias=false", 1, 4, 9, 9)

    assert [(w.name, w.shape) for w in conv.weights] == [("W", (8, 2, 3, 5)), ("B", (8,))]
    assert [(w.name, w.shape) for w in transposed.weights] == [("W", (4, 4, 3, 5))]
    assert conv.params.total == 8 * 2 * 15 + 8
    assert conv.macs == 8 * 2 * 15 * 7 * 5
    assert transposed.macs == 4 * 4 * 15 * 9 * 9


def test_pads_in_a_call_are_all_the_beginnings_then_all_the_ends():
    window = row("Conv(filters=2, kernel_shape=[3, 3], pads=[1, 2, 3, 4])", 1, 3, 9, 9).windows

    assert [w[2:4] for w in window] == [(1, 3), (2, 4)]
    assert row("conv2d 2 3 pad=1:3x2:4", 1, 3, 9, 9).windows == window
    assert row("Conv 2 3x3 pads=1,2,3,4", 1, 3, 9, 9).windows == window


def test_dilation_under_same_is_answered_and_noted():
    text = "Conv(filters=2, kernel_shape=[3], auto_pad='SAME_UPPER', dilations=[2])"

    assert size(text, 9) == 9
    assert "backend_cannot_run" in codes(text, 1, 2, 9)
    assert "backend_cannot_run" not in codes(text.replace("[2])", "[1])"), 1, 2, 9)


# -- transposed convolutions -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "out"),
    [
        ("strides=[2]", 11),
        ("strides=[2], pads=[1, 1]", 9),
        ("strides=[2], pads=[1, 1], output_padding=[1]", 10),
        ("strides=[2], auto_pad='SAME_UPPER'", 10),
        ("strides=[2], auto_pad='SAME_UPPER', output_padding=[1]", 10),
        ("strides=[2], auto_pad='VALID', output_padding=[1]", 12),
        ("strides=[2], auto_pad='SAME_UPPER', dilations=[2]", 10),
        ("strides=[5], auto_pad='SAME_UPPER'", 23),
        ("strides=[2], output_shape=[10]", 10),
        ("strides=[2], output_shape=[12]", 12),
        ("strides=[2], output_shape=[1]", 1),
        ("strides=[2], output_shape=[10], pads=[5, 5]", 10),
        ("pads=[3, 3]", 1),
    ],
)
def test_transposed_sizes(given, out):
    assert size(f"ConvTranspose(filters=2, kernel_shape=[3], {given})", 5) == out


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("output_shape=10", 1, 2),
        ("output_shape=10 pad=same", 2, 1),
        ("output_shape=10 pad=same_lower", 1, 2),
        ("output_shape=12", 2, 3),
        ("pad=same", 2, 1),
        ("pad=same_lower", 1, 2),
        ("pad=same op=1", 1, 2),
    ],
)
def test_what_is_too_much_is_cut_before_unless_same(words, low, high):
    assert ends(f"conv1dT 2 3 2 {words}", 5) == (low, high)


@pytest.mark.parametrize(
    ("words", "noted"), [("k=2 s=3 pad=same", True), ("k=3 s=2 pad=same op=1", True), ("k=3 s=2 pad=same", False)]
)
def test_same_that_is_not_n_times_the_stride_is_noted(words, noted):
    assert ("docs_disagree" in codes(f"conv1dT f=2 {words}", 1, 2, 5)) == noted


# -- pools -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "n", "out"),
    [
        ("k=3", 9, 7),
        ("k=2 s=2 pad=valid ceil_mode=1", 7, 4),
        ("k=2 s=2 pad=same ceil_mode=1", 7, 4),
        ("k=1 s=2 ceil_mode=1", 12, 6),
        ("k=3 s=3 pad=1 ceil_mode=1", 5, 2),
        ("k=4 s=4 pad=2 ceil_mode=1", 9, 3),
        ("k=10 pad=same", 9, 9),
        # Under SAME the kernel is padded for as if it were not dilated.
        ("k=3 d=2 pad=same", 9, 7),
        ("k=3 s=2 d=2 pad=same_lower", 9, 4),
        ("k=2 s=3 d=2 pad=same", 6, 1),
        ("k=2 s=3 d=2 pad=same ceil_mode=1", 6, 2),
        # A window that does not fit, by less than two strides: division rounds towards zero.
        ("k=10", 9, 0),
        ("k=4 s=2", 3, 1),
    ],
)
@pytest.mark.parametrize("name", ["maxpool1d", "avgpool1d", "lppool1d"])
def test_pool_sizes(name, words, n, out):
    assert size(f"{name} {words}", n) == out


@pytest.mark.parametrize(
    ("text", "n", "code"),
    [
        ("maxpool1d 3 d=2 pad=same", 9, "docs_disagree"),
        ("maxpool1d 4 2", 3, "docs_disagree"),
        ("maxpool1d 2 2 pad=valid ceil_mode=1", 7, "docs_disagree"),
        ("maxpool1d 1 2 pad=same", 4, "backend_cannot_run"),
        ("avgpool1d 3 pad=3", 9, "backend_cannot_run"),
        ("avgpool1d 1 2 pad=same", 4, None),
        ("maxpool1d 3 2 pad=1 ceil_mode=1", 8, None),
    ],
)
def test_a_pool_that_differs_is_noted(text, n, code):
    own = [c for c in codes(text, 1, 2, n) if c in ("docs_disagree", "backend_cannot_run")]
    assert own == ([code] if code else [])


def test_symbols_give_what_numbers_give():
    """Also where `same` pads a dilated pool, whose ends depend on the size."""
    texts = "maxpool1d 3 2 pad=same d=2", "lppool1d 2 3 pad=same_lower d=3 ceil_mode=1", "conv1dT 2 3 2 pad=same op=1"
    for text in texts:
        symbolic = convcalc.shape(text, "NxCxL", framework="onnx")
        fits = symbolic.fits.get("L", 1)
        for n in range(fits, 30):
            assert symbolic.output_shape[-1].at({"L": n}) == size(text, n), (text, n)


@pytest.mark.parametrize("name", ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"])
@pytest.mark.parametrize("spatial", [(9,), (9, 8), (9, 8, 7)])
def test_global_pools_keep_axes_of_one(name, spatial):
    assert row(name, 2, 4, *spatial).output_shape == (2, 4, *(1 for _ in spatial))


# -- names without a rank --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "input", "spec"),
    [
        ("Conv f=8 k=3x3", (1, 3, 9, 9), "conv2d f=8 k=3"),
        ("Conv f=8 k=3", (1, 3, 9), "conv1d f=8 k=3"),
        ("Conv f=8 k=3", (1, 3, 9, 9, 9), "conv3d f=8 k=3"),
        ("MaxPool k=2 s=2", (1, 3, 9, 9), "maxpool2d k=2 s=2"),
        ("MaxPool(kernel_shape=[2, 2], auto_pad='NOTSET', pads=[0, 0, 1, 1])", (1, 3, 9, 9), "maxpool2d k=2 pad=0:1"),
        ("AveragePool k=2x2 auto_pad=SAME_LOWER", (1, 3, 9, 9), "avgpool2d k=2 pad=same_lower"),
        ("LpPool k=2x2 p=3", (1, 3, 9, 9), "lppool2d k=2 norm_type=3"),
        ("ConvTranspose f=8 k=3 output_shape=10x10 s=2", (1, 3, 5, 5), "conv2dT f=8 k=3 s=2 output_shape=10"),
        ("GlobalLpPool p=3", (1, 3, 5, 5), "glppool2d norm_type=3"),
    ],
)
def test_an_operator_has_the_rank_of_its_lists_or_of_its_input(text, input, spec):
    """The exact name alone says ONNX; the spec has the rank, and reads back as the same layer."""
    report = convcalc.shape(text, input)
    again = convcalc.shape(report.layers[0].spec, input, framework="onnx")

    assert report.framework == "onnx"
    assert report.layers[0].spec == spec
    assert report.layers[0].name == f"{report.layers[0].type}_0"
    assert again.output_shape == report.output_shape


def test_an_operator_takes_the_rank_of_what_comes_before_it():
    report = convcalc.shape("Conv f=8 k=3x3\nMaxPool k=2 s=2\nGlobalAveragePool", "3x9x9")

    assert [layer.name for layer in report.layers] == ["Conv_0", "MaxPool_1", "GlobalAveragePool_2"]
    assert report.output_shape[1:] == (8, 1, 1)


def test_the_lower_case_name_of_an_operator_is_no_layer():
    assert refused("conv f=8 k=3", 1, 3, 9, 9) == (2, "unknown_word")


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "input", "code"),
    [
        ("Conv(filters=2, kernel_shape=[10])", (1, 2, 9), "does_not_fit"),
        ("Conv(filters=2, kernel_shape=[10], strides=[2])", (1, 2, 9), "does_not_fit"),
        ("Conv(filters=2, kernel_shape=[3], auto_pad='SAME_UPPER')", (1, 2, 0), "does_not_fit"),
        ("Conv(filters=4, kernel_shape=[3], group=3)", (1, 4, 9), "wrong_channels"),
        ("Conv(filters=2, kernel_shape=[3, 3])", (1, 2, 9), "wrong_rank"),
        ("ConvTranspose(filters=2, kernel_shape=[3], pads=[4, 3])", (1, 2, 5), "does_not_fit"),
        ("ConvTranspose(filters=2, kernel_shape=[3], strides=[2], output_shape=[14])", (1, 2, 5), "does_not_fit"),
        ("MaxPool(kernel_shape=[11])", (1, 2, 9), "does_not_fit"),
        ("MaxPool(kernel_shape=[3], auto_pad='SAME_UPPER')", (1, 2, 0), "does_not_fit"),
        ("AveragePool(kernel_shape=[3])", (1, 0, 9), "does_not_fit"),
        ("GlobalMaxPool()", (1, 2, 0), "does_not_fit"),
        ("GlobalMaxPool()", (1, 2), "wrong_rank"),
    ],
)
def test_what_is_wrong_for_the_input(text, input, code):
    assert refused(text, *input) == (1, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Conv(filters=2, kernel_shape=[3], pads=[-1, 0])", "bad_value"),
        ("Conv(filters=2, kernel_shape=[3], pads=[1])", "bad_value"),
        ("Conv(filters=2, kernel_shape=3)", "bad_value"),
        ("Conv(filters=2, kernel_shape=[3], strides=[0])", "bad_value"),
        ("Conv(filters=2, kernel_shape=[3], auto_pad='same_upper')", "bad_value"),
        ("Conv(filters=2, kernel_shape=[3], auto_pad='VALID', pads=[1, 1])", "duplicate_key"),
        ("Conv(2, [3])", "unknown_key"),
        ("ConvTranspose(filters=2, kernel_shape=[3], strides=[2], output_padding=[2])", "bad_combination"),
        ("ConvTranspose(filters=2, kernel_shape=[3], dilations=[3], output_padding=[1])", "bad_combination"),
        ("MaxPool(strides=[2])", "missing_argument"),
    ],
)
def test_what_is_wrong_whatever_the_input(text, code):
    assert refused(text, 1, 2, 9) == (2, code)


def test_an_empty_batch_is_the_only_empty_axis_of_a_pool():
    assert row("MaxPool k=3x3", 0, 4, 9, 9).output_shape == (0, 4, 7, 7)
    assert row("GlobalMaxPool", 0, 0, 9).output_shape == (0, 0, 1)


def test_the_window_of_a_pool_is_the_one_of_torch_where_ceil_mode_counts():
    assert onnx.pool((0, 0), 3, 2, 1, True, 6).overhang == 1
