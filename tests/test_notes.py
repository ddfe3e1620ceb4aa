"""Notes: that they stand where they should, and that the numbers they advise hold."""

import random
import re

import pytest

import convcalc
from convcalc.analysis import notes
from convcalc.dialects import keras, torch
from tests import brute


def of(text, *input, framework=None):
    return {note.code: note.message for note in convcalc.shape(text, input, framework=framework).layers[0].notes}


# -- where they stand ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "input", "codes"),
    [
        ("Conv2D(8, 3, padding='same')", (1, 9, 9, 1), set()),
        ("Conv2D(8, 3, strides=2, padding='same')", (1, 224, 224, 1), {"lopsided_padding"}),
        ("Conv2D(8, 3, strides=2, padding='same')", (1, 225, 225, 1), set()),
        ("Conv1D(8, 3, padding='causal')", (1, 9, 1), set()),
        ("nn.Conv2d(1, 1, 4, padding='same')", (1, 1, 9, 9), set()),
        ("MaxPooling2D(2)", (1, 7, 8, 1), {"unread_cells"}),
        ("nn.MaxPool2d(2, ceil_mode=True)", (1, 1, 7, 8), set()),
        ("nn.Conv2d(1, 1, 1, 2)", (1, 1, 8, 8), {"unread_cells"}),
        ("nn.Conv2d(1, 1, 3, padding=5)", (1, 1, 9, 9), {"padding_only"}),
        ("Conv2DTranspose(8, 3, strides=2)", (1, 9, 9, 1), {"checkerboard"}),
        ("Conv2DTranspose(8, 4, strides=2, padding='same')", (1, 9, 9, 1), set()),
        ("Conv2DTranspose(8, 3, strides=2, padding='same')", (1, 9, 9, 1), {"checkerboard", "docs_disagree"}),
        ("nn.ConvTranspose2d(1, 1, 3, 2, 1, 1)", (1, 1, 9, 9), {"checkerboard"}),
        ("nn.ConvTranspose2d(1, 1, 2, 3)", (1, 1, 9, 9), {"checkerboard", "padding_only"}),
        ("nn.AdaptiveAvgPool2d(3)", (1, 1, 7, 7), set()),
        ("GlobalAveragePooling2D()", (1, 7, 7, 1), set()),
        ("conv2d f=8 k=3 pad=1", (1, 9, 9, 1), {"explicit_padding"}),
    ],
    ids=lambda value: value if value.__class__ is str else "",
)
def test_notes_stand_where_something_is_to_be_decided(text, input, codes):
    found = of(text, *input)
    assert set(found) == codes
    assert set(found) <= set(notes.CODES)


def test_a_note_of_each_code_stands_once_for_all_axes():
    found = [n.code for n in convcalc.shape("MaxPooling2D(2)", (1, 7, 9, 1)).layers[0].notes]
    assert found == ["unread_cells"]


# -- what they say ---------------------------------------------------------------------------------


def test_counts_in_the_text_are_the_counted_ones():
    rng = random.Random(50)
    seen = 0
    for _ in range(400):
        n, k, s, p = rng.randint(3, 40), rng.randint(1, 4), rng.randint(1, 6), rng.randint(0, 6)
        outputs = brute.forward(n, k, s, 1, p, p)
        if not outputs:
            continue
        unread, _, empty = brute.counts(outputs, n)
        found = of(f"nn.Conv1d(1, 1, {k}, {s}, {p})", 1, 1, n)
        assert ("unread_cells" in found) == (unread > 0)
        assert ("padding_only" in found) == (empty > 0)
        if unread:
            assert found["unread_cells"].startswith(f"{unread} of {n} cells along L")
        if empty:
            assert found["padding_only"].startswith(f"{empty} of {len(outputs)} outputs along L")
        seen += bool(unread) + bool(empty)
    assert seen > 100


def test_the_torch_padding_beside_a_lopsided_one_gives_the_size_and_the_shift():
    rng = random.Random(51)
    seen = 0
    for _ in range(400):
        n, k, s = rng.randint(2, 40), rng.randint(1, 8), rng.randint(1, 4)
        ours = brute.same(n, k, s, 1)
        low = -ours[0][0][1]
        high = max(ours[-1][-1][1] - n + 1, 0)
        message = of(f"Conv1D(1, {k}, strides={s}, padding='same')", 1, n, 1).get("lopsided_padding")
        if message is None:
            continue
        seen += 1
        assert message.startswith(f"pads {low} before, {high} after: ")
        given = re.search(r"torch's padding=(\d+) gives this size but other values, its windows start (\w+)", message)
        if not given:
            assert "no torch padding gives this" in message
            continue
        theirs = brute.forward(n, k, s, 1, int(given[1]), int(given[1]))
        assert len(theirs) == len(ours)
        shift = ours[0][0][1] - theirs[0][0][1]
        assert given[2] == ("one" if shift == 1 else str(shift))
    assert seen > 100


def test_the_torch_call_beside_a_shifted_transposed_layer_gives_what_it_says():
    """Both the call that gives the size and the one that is exact, output by output."""
    rng = random.Random(52)
    seen = 0
    for _ in range(600):
        n, k, s = rng.randint(2, 12), rng.randint(1, 6), rng.randint(1, 4)
        word, op = rng.choice(("valid", "same")), rng.choice((None, rng.randrange(s)))
        if op is None and rng.random() < 0.5:
            word = "same"
        text = f"Conv1DTranspose(1, {k}, strides={s}, padding='{word}', output_padding={op})"
        ours = brute.inside(brute.keras_transposed(n, k, s, 1, word, op), n)
        message = of(text, 1, n, 1).get("docs_disagree")
        if message is None:
            # Then some torch call is exact as it stands.
            exact = [
                brute.inside(brute.torch_transposed(n, k, s, 1, p, more), n) for p in range(k) for more in range(s)
            ]
            assert ours in exact, text
            continue
        seen += 1
        given = re.search(r"padding=(\d+), output_padding=(\d+) gives this size shifted by (\w+)", message)
        if given:
            theirs = brute.inside(brute.torch_transposed(n, k, s, 1, int(given[1]), int(given[2])), n)
            shift = 1 if given[3] == "one" else int(given[3])
            assert len(theirs) == len(ours), text
            assert ours[shift:] == theirs[: len(ours) - shift] or theirs[shift:] == ours[: len(ours) - shift], text
        exact = re.search(r"exact is padding=(\d+), the last (?:(\d+) )?cells? along each axis cut", message)
        theirs = brute.inside(brute.torch_transposed(n, k, s, 1, int(exact[1]), 0), n)
        assert theirs[: len(theirs) - int(exact[2] or 1)] == ours, (text, message)
    assert seen > 100


def test_the_kernels_a_checkerboard_note_advises_overlap_evenly():
    rng = random.Random(53)
    seen = 0
    for _ in range(300):
        k, s = rng.randint(1, 9), rng.randint(2, 4)
        note = notes.checkerboard((torch.transposed((0, 0), k, s, 1, 0),))
        sums = brute.scatter(range(-30, 30), k, s, 1)
        taps = {len(sums.get(o, [])) for o in range(s)}
        assert (note is None) == (len(taps) == 1)
        if note is None:
            continue
        seen += 1
        listed = note.message.partition("sums ")[2].partition(" kernel taps")[0]
        assert {int(number) for number in re.findall(r"\d+", listed)} == taps
        for better in re.findall(r"k=(\d+)", note.message):
            assert notes.checkerboard((torch.transposed((0, 0), int(better), s, 1, 0),)) is None
    assert seen > 100


def test_taps_of_a_checkerboard_multiply_over_the_axes():
    window = keras.transposed("valid", 3, 2, 1, None)
    assert "sums 1, 2, 2 or 4 kernel taps" in notes.checkerboard((window, window)).message
