"""torch's windowed layers: what was measured on torch 2.13.0, on a CPU."""

import pytest

from convcalc.analysis.reads import overlap
from convcalc.dialects import torch
from tests.asking import Asking

ASK = Asking("torch", "nn.")
shape, row, weights, refused = ASK.shape, ASK.row, ASK.weights, ASK.refused


# -- convolutions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "out"),
    [
        ("Conv1d(3, 2, 3)", 9, 7),
        ("Conv1d(3, 2, 3, stride=2, padding=1)", 9, 5),
        ("Conv1d(3, 2, 3, padding=5)", 9, 17),
        ("Conv1d(3, 2, 7, 2, 3)", 224, 112),
        ("Conv1d(3, 2, 3, 2, (1,), (3,))", 9, 3),
        ("Conv1d(3, 2, 3, padding='valid')", 9, 7),
    ],
)
def test_convolution_sizes(text, n, out):
    """floor((n+2p-K)/s)+1, where the padding may exceed the kernel."""
    assert shape(text, 4, 3, n) == (4, 2, out)
    assert shape(text, 3, n) == (2, out)
    assert shape(text, 0, 3, n) == (0, 2, out)


def test_a_kernel_that_does_not_fit_is_refused():
    assert refused("Conv2d(3, 2, 4, padding=1)", 1, 3, 9, 1) == (1, "does_not_fit")
    assert refused("Conv2d(3, 2, 3)", 0, 3, 9, 1) == (1, "does_not_fit")


def test_groups_and_channels():
    assert weights("Conv2d(6, 4, 3, groups=2)", 1, 6, 9, 9) == {"weight": (4, 3, 3, 3), "bias": (4,)}
    assert refused("Conv2d(6, 4, 3, groups=4)", 1, 6, 9, 9)[0] == 2
    assert refused("Conv2d(6, 3, 3, groups=2)", 1, 6, 9, 9)[0] == 2
    assert refused("Conv2d(6, 4, 3)", 1, 3, 9, 9) == (1, "wrong_channels")
    assert refused("Conv2d(0, 4, 3)", 1, 0, 9, 9) == (2, "bad_value")
    assert weights("Conv2d(6, 4, 3, bias=False)", 1, 6, 9, 9) == {"weight": (4, 6, 3, 3)}


@pytest.mark.parametrize(("text", "input"), [("Conv2d(3, 2, 3)", (1, 1, 3, 9, 9)), ("MaxPool2d(2)", (9, 9))])
def test_one_sample_or_a_batch_of_them(text, input):
    assert refused(text, *input) == (1, "wrong_rank")


@pytest.mark.parametrize(
    ("size", "dilation", "ends"),
    [(1, 1, (0, 0)), (2, 1, (0, 1)), (3, 1, (1, 1)), (4, 1, (1, 2)), (5, 1, (2, 2)), (6, 1, (2, 3)), (4, 3, (4, 5))],
)
def test_same_puts_the_odd_cell_after(size, dilation, ends):
    """The total d(k-1) is split as in TensorFlow at stride 1: k=4 has 1 before, 2 after."""
    window = torch.forward("same", size, 1, dilation, 9)
    assert (window.low, window.high) == ends
    assert shape(f"Conv1d(3, 2, {size}, dilation={dilation}, padding='same')", 1, 3, 9) == (1, 2, 9)


def test_same_takes_no_stride():
    assert refused("Conv2d(3, 2, 3, stride=(1, 2), padding='same')", 1, 3, 9, 9) == (2, "bad_combination")
    assert refused("Conv2d(3, 2, 3, padding='SAME')", 1, 3, 9, 9) == (2, "bad_value")


def test_padding_modes_need_cells_to_take_from():
    """Reflecting needs p < n, wrapping p <= n; `same` pads too; repeating has no limit."""
    for mode, n in (("reflect", 5), ("circular", 4), ("replicate", 1)):
        text = f"Conv1d(3, 2, 2, padding=4, padding_mode='{mode}')"
        assert shape(text, 1, 3, n) == (1, 2, n + 7)
        if n > 1:
            assert refused(text, 1, 3, n - 1) == (1, "does_not_fit")
    assert refused("Conv1d(3, 2, 4, padding='same', padding_mode='reflect')", 1, 3, 2) == (1, "does_not_fit")
    assert refused("Conv1d(3, 2, 3, padding_mode='mirror')", 1, 3, 9) == (2, "bad_value")


def test_negative_padding_cuts_where_it_is_not_of_zeros():
    assert shape("Conv2d(3, 2, 3, padding=-3, padding_mode='circular')", 1, 3, 9, 9) == (1, 2, 1, 1)
    assert refused("Conv2d(3, 2, 3, padding=-1)", 1, 3, 9, 9) == (2, "bad_combination")
    assert refused("ConvTranspose2d(3, 2, 3, padding=-1)", 1, 3, 9, 9) == (2, "bad_value")
    assert refused("MaxPool2d(3, padding=-1)", 1, 3, 9, 9) == (2, "bad_value")


def test_a_tuple_of_one_is_for_every_axis():
    """The kernels expand it, but not where the padding is made before them."""
    assert shape("Conv2d(3, 2, 3, stride=(2,), padding=(1,), dilation=(2,))", 1, 3, 9, 9) == (1, 2, 4, 4)
    assert shape("MaxPool2d((3,), stride=(2,), padding=(1,))", 1, 3, 9, 9) == (1, 3, 5, 5)
    assert shape("ConvTranspose2d(3, 2, 3, stride=(2,), output_padding=(1,))", 1, 3, 9, 9) == (1, 2, 20, 20)
    assert refused("Conv2d(3, 2, (3,))", 1, 3, 9, 9) == (2, "bad_value")
    assert refused("Conv2d(3, 2, 3, padding=(1,), padding_mode='replicate')", 1, 3, 9, 9) == (2, "bad_combination")
    assert refused("Conv2d(3, 2, 3, padding=((1, 1), (1, 1)))", 1, 3, 9, 9) == (2, "bad_value")


def test_empty_axes_are_refused_whatever_the_padding():
    assert refused("Conv2d(3, 2, 3, padding=2)", 1, 3, 0, 9) == (1, "does_not_fit")
    assert refused("MaxPool2d(3, padding=1)", 1, 3, 0, 9) == (1, "does_not_fit")
    assert refused("MaxPool2d(3)", 1, 0, 9, 9) == (1, "does_not_fit")
    assert refused("ConvTranspose2d(3, 2, 3)", 1, 3, 0, 9) == (1, "does_not_fit")
    assert shape("ConvTranspose2d(3, 2, 3)", 0, 3, 0, 9) == (0, 2, 2, 11)


# -- transposed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "out"),
    [
        ("ConvTranspose1d(3, 2, 1, stride=2)", 5, 9),
        ("ConvTranspose1d(3, 2, 3, stride=2, padding=1)", 5, 9),
        ("ConvTranspose1d(3, 2, 3, stride=2, padding=1, output_padding=1)", 5, 10),
        ("ConvTranspose1d(3, 2, 4, stride=2, padding=1, output_padding=3, dilation=4)", 5, 22),
        ("ConvTranspose1d(3, 2, 4, 2, 1)", 7, 14),
    ],
)
def test_transposed_sizes(text, n, out):
    """(n-1)s - 2p + K + op."""
    assert shape(text, 1, 3, n) == (1, 2, out)


def test_transposed_output_padding_is_under_the_stride_or_the_dilation():
    assert shape("ConvTranspose1d(3, 2, 3, stride=2, dilation=4, output_padding=3)", 1, 3, 5) == (1, 2, 20)
    assert refused("ConvTranspose1d(3, 2, 3, stride=2, output_padding=2)", 1, 3, 5) == (2, "bad_combination")
    assert refused("ConvTranspose2d(3, 2, 3, stride=(2, 1), output_padding=1)", 1, 3, 5, 5) == (2, "bad_combination")


def test_transposed_refuses_words_and_outputs_without_cells():
    """The constructor stores padding=('s', 'a', 'm', 'e'), and the call fails."""
    assert refused("ConvTranspose2d(3, 2, 3, padding='same')", 1, 3, 5, 5) == (2, "bad_value")
    assert refused("ConvTranspose2d(3, 2, 3, padding_mode='reflect')", 1, 3, 5, 5) == (2, "bad_value")
    assert refused("ConvTranspose2d(3, 2, 2, padding=3)", 1, 3, 5, 5) == (1, "does_not_fit")
    assert shape("ConvTranspose2d(3, 2, 2, padding=2)", 1, 3, 4, 4) == (1, 2, 1, 1)


def test_transposed_weights_have_channels_first_and_groups_in_the_filters():
    assert weights("ConvTranspose2d(8, 16, 3, groups=4)", 1, 8, 5, 5) == {"weight": (8, 4, 3, 3), "bias": (16,)}


# -- pools -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "out"),
    [
        ("MaxPool1d(1, 2, ceil_mode=True)", 32, 16),
        ("MaxPool1d(1, 2, ceil_mode=True)", 12, 6),
        ("MaxPool1d(3, 3, 1, ceil_mode=True)", 5, 2),
        ("MaxPool1d(4, 4, 2, ceil_mode=True)", 9, 3),
        ("MaxPool1d(3, 2, ceil_mode=True)", 6, 3),
        ("MaxPool1d(3, 2)", 6, 2),
        ("MaxPool1d(2, ceil_mode=True)", 1, 1),
        ("MaxPool1d(3, 2, 1, 2)", 9, 4),
        ("AvgPool1d(3)", 9, 3),
        ("AvgPool1d(2, stride=())", 9, 4),
        ("LPPool1d(2, 3, ceil_mode=True)", 10, 4),
        ("LPPool1d(1.5, 3, stride=None)", 10, 3),
    ],
)
def test_pool_sizes(text, n, out):
    """The last window of ceil_mode starts inside the input, so 32, k1, s2 is 16, not the documented 17."""
    assert shape(text, 4, 3, n) == (4, 3, out)
    assert shape(text, 3, n) == (3, out)


def test_pools_pad_at_most_half_of_the_kernel_without_its_dilation():
    assert shape("MaxPool1d(3, padding=1, dilation=2)", 1, 3, 9) == (1, 3, 3)
    for rank in (1, 2, 3):
        text = f"MaxPool{rank}d(3, padding=2, dilation=2)"
        assert refused(text, 1, 3, *(9,) * rank) == (2, "bad_combination")


@pytest.mark.parametrize(
    ("n", "size", "stride", "padding", "counted"),
    [
        (6, 3, 2, 0, [3, 3, 2]),
        (5, 3, 2, 1, [3, 3, 3]),
        (4, 3, 2, 1, [3, 3, 2]),
        (6, 4, 4, 2, [4, 4]),
        (7, 3, 3, 1, [3, 3, 3]),
    ],
)
def test_averages_count_padding_but_not_what_hangs_over(n, size, stride, padding, counted):
    """The divisor is min(i*s-p+k, n+p) - (i*s-p)."""
    window = torch.pool((padding, padding), size, stride, 1, True, n)
    assert [window.counted(n, o) for o in range(window.out(n))] == counted


def test_only_averages_over_three_axes_refuse_an_input_under_the_kernel():
    """Neither padding nor ceil_mode counts there."""
    for name, rank, legal in (
        ("MaxPool{}d(2, padding=1)", 3, True),
        ("AvgPool{}d(2, padding=1)", 2, True),
        ("AvgPool{}d(2, padding=1)", 3, False),
        ("AvgPool{}d(2, ceil_mode=True)", 3, False),
        ("LPPool{}d(2, 2, ceil_mode=True)", 2, True),
        ("LPPool{}d(2, 2, ceil_mode=True)", 3, False),
    ):
        text, input = name.format(rank), (1, 3, *(1,) * rank)
        if legal:
            assert shape(text, *input) == input
        else:
            assert refused(text, *input) == (1, "does_not_fit")


def test_pool_arguments():
    assert shape("MaxPool2d(2, return_indices=True)", 1, 3, 9, 9) == (1, 3, 4, 4)
    assert shape("AvgPool2d(2, divisor_override=-3)", 1, 3, 9, 9) == (1, 3, 4, 4)
    assert refused("AvgPool2d(2, divisor_override=0)", 1, 3, 9, 9) == (2, "bad_value")
    assert refused("AvgPool1d(2, divisor_override=1)", 1, 3, 9) == (2, "unknown_key")
    assert refused("MaxPool2d(2, ceil_mode=1)", 1, 3, 9, 9) == (2, "bad_value")
    assert refused("LPPool2d(0, 2)", 1, 3, 9, 9) == (2, "bad_value")
    assert refused("LPPool2d(2, (2,))", 1, 3, 9, 9) == (2, "bad_value")
    assert refused("LPPool1d(2, (2,))", 1, 3, 9) == (2, "bad_value")
    assert refused("LPPool2d(2, 2, padding=1)", 1, 3, 9, 9) == (2, "unknown_key")


def test_adaptive_bins_overlap_and_differ_in_size():
    facts = row("AdaptiveAvgPool1d(3)", 1, 2, 7)
    assert [facts.windows[0].reach(o)[:2] for o in range(3)] == [(0, 2), (2, 4), (4, 6)]
    assert shape("AdaptiveMaxPool2d((9, None))", 1, 3, 4, 5) == (1, 3, 9, 5)
    assert shape("AdaptiveAvgPool2d(0)", 1, 3, 4, 5) == (1, 3, 0, 0)
    assert shape("AdaptiveAvgPool3d(2)", 3, 4, 5, 6) == (3, 2, 2, 2)
    for text, input in (
        ("AdaptiveAvgPool1d(None)", (1, 3, 5)),
        ("AdaptiveAvgPool1d((None,))", (1, 3, 5)),
        ("AdaptiveAvgPool2d(None)", (1, 3, 4, 5)),
        ("AdaptiveAvgPool2d((3,))", (1, 3, 4, 5)),
        ("AdaptiveAvgPool2d(-1)", (1, 3, 4, 5)),
    ):
        assert refused(text, *input) == (2, "bad_value")


def test_the_adaptive_average_of_one_bin_is_a_mean_over_the_last_axes():
    """Over two and three axes it takes anything before them."""
    assert shape("AdaptiveAvgPool2d(1)", 2, 3, 4, 5, 6) == (2, 3, 4, 1, 1)
    assert shape("AdaptiveAvgPool2d((1, None))", 5, 1) == (1, 1)
    assert shape("AdaptiveAvgPool3d(1)", 2, 5, 6) == (1, 1, 1)
    assert refused("AdaptiveAvgPool2d((1, None))", 2, 3, 4, 5, 6) == (1, "wrong_rank")
    assert refused("AdaptiveAvgPool1d(1)", 2, 3, 4, 5) == (1, "wrong_rank")
    assert refused("AdaptiveMaxPool2d(1)", 2, 3, 4, 5, 6) == (1, "wrong_rank")


def test_adaptive_pools_over_no_cells():
    """One bin an axis is a mean, which takes none; averages over one and two axes take no channels."""
    assert shape("AdaptiveAvgPool2d(1)", 1, 3, 0, 5) == (1, 3, 1, 1)
    assert refused("AdaptiveAvgPool2d(2)", 1, 3, 0, 5) == (1, "does_not_fit")
    assert refused("AdaptiveMaxPool2d(1)", 1, 3, 0, 5) == (1, "does_not_fit")
    assert shape("AdaptiveAvgPool2d(2)", 1, 0, 5, 5) == (1, 0, 2, 2)
    assert refused("AdaptiveAvgPool3d(2)", 1, 0, 5, 5, 5) == (1, "does_not_fit")
    assert refused("AdaptiveMaxPool2d(2)", 1, 0, 5, 5) == (1, "does_not_fit")
    assert shape("AdaptiveMaxPool2d(2)", 0, 5, 5) == (0, 2, 2)


# -- counts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "macs"),
    [
        ("Conv2d(8, 16, 3, padding=1)", 115_200),
        ("Conv2d(8, 16, 3, padding=1, groups=4)", 28_800),
        ("ConvTranspose2d(8, 16, 4, 2, 1)", 204_800),
        ("ConvTranspose2d(8, 8, 4, 2, 1, groups=8)", 12_800),
        ("AvgPool2d(2)", 0),
    ],
)
def test_macs_are_of_the_weights(text, macs):
    """A transposed convolution multiplies every input cell by its kernel once, groups are in the weight."""
    assert row(text, 1, 8, 10, 10).macs == macs


@pytest.mark.parametrize(
    ("size", "stride", "taps"), [(5, 3, (1, 2, 2)), (4, 2, (2, 2)), (3, 2, (1, 2)), (2, 3, (0, 1, 1))]
)
def test_transposed_outputs_overlap_unevenly_where_the_stride_does_not_divide_the_kernel(size, stride, taps):
    assert tuple(sorted(overlap(torch.transposed((0, 0), size, stride, 1, 0)))) == taps


@pytest.mark.parametrize(
    ("text", "input", "flops"),
    [
        ("Conv2d(8, 16, 3, padding=1)", (2, 8, 10, 10), 2 * (2 * 115_200 + 1600)),
        ("Conv2d(8, 16, 3, padding=1, bias=False)", (8, 10, 10), 2 * 115_200),
        ("MaxPool2d(3, 2)", (1, 8, 9, 9), 8 * 16 * 9),
        ("AdaptiveAvgPool1d(3)", (1, 8, 7), 8 * 9),
        ("AdaptiveAvgPool2d((4, 3))", (1, 8, 6, 7), 8 * 8 * 9),
    ],
)
def test_flops_are_two_a_mac_one_a_bias_and_one_a_tap(text, input, flops):
    """Seven cells in three overlapping bins are nine taps."""
    assert row(text, *input).flops == flops
