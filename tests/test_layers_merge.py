"""Merges: broadcasting, concatenation, what they cost and see, and what Keras and ONNX refuse.

As seen on Keras 3.15.1 and onnxruntime 1.32.0.
"""

import pytest

import convcalc
from convcalc.errors import ShapeError, SpecError
from convcalc.layers import find
from convcalc.layers.site import Site
from convcalc.sizes import symbol
from convcalc.spec import parse
from convcalc.spec.bind import bind


def joined(spec, *shapes, framework="keras"):
    """Return the output shape of a merge over tensors of these shapes."""
    from convcalc.layers import is_layer

    call = bind(parse(spec, is_layer), spec, framework).calls[0]
    return call.layer.rule(Site(call, shapes)).output


ANSWERS = [
    ("keras", "add", [(2, 3), (2, 3)], (2, 3)),
    ("keras", "add", [(2, 3), (2, 1)], (2, 3)),
    ("keras", "add", [(2, 3), (2, 4, 3)], (2, 4, 3)),
    ("keras", "add", [(2, 3), (2, 3, 1)], (2, 3, 3)),
    ("keras", "add", [(2,), (2, 4, 3)], (2, 4, 3)),
    ("keras", "add", [(2, 0), (2, 1)], (2, 0)),
    ("keras", "mul", [(2, 1, 4, 3), (2, 5, 1, 3)], (2, 5, 4, 3)),
    ("keras", "avg", [(2, 3), (2, 3), (2, 1)], (2, 3)),
    ("keras", "sub", [(2, 3), (2, 4, 3)], (2, 4, 3)),
    ("keras", "concat", [(2, 3), (2, 4)], (2, 7)),
    ("keras", "concat axis=0", [(2, 3), (3, 3)], (5, 3)),
    ("keras", "concat axis=1", [(2, 5, 3), (2, 6, 3)], (2, 11, 3)),
    ("keras", "concat axis=-2", [(2, 5, 3), (2, 6, 3), (2, 1, 3)], (2, 12, 3)),
    ("keras", "concat", [(2, 0), (2, 4)], (2, 4)),
    # ONNX' batch is an axis like the others.
    ("onnx", "add", [(2, 3), (1, 3)], (2, 3)),
    ("onnx", "mul", [(2, 1, 4), (5, 1)], (2, 5, 4)),
    ("onnx", "sum", [(3,)], (3,)),
    ("onnx", "max", [(2, 3), (3,), (1, 1)], (2, 3)),
    ("onnx", "concat axis=-1", [(2, 3), (2, 4)], (2, 7)),
    ("onnx", "concat axis=0", [(2, 3)], (2, 3)),
]
REFUSED = [
    ("keras", "add", [(2, 3), (2, 4)], "wrong_shape"),
    ("keras", "add", [(2, 3), (1, 3)], "wrong_shape"),
    ("keras", "add", [(2, 3), (3,)], "wrong_shape"),
    ("keras", "add", [(2, 0), (2, 3)], "wrong_shape"),
    ("keras", "add", [(), ()], "wrong_rank"),
    ("keras", "add", [(2, 3)], "bad_combination"),
    ("keras", "sub", [(2, 3), (2, 3), (2, 3)], "bad_combination"),
    # A concatenation spreads nothing.
    ("keras", "concat", [(2, 5, 3), (2, 1, 3)], "wrong_shape"),
    ("keras", "concat", [(2, 3), (3, 4)], "wrong_shape"),
    ("keras", "concat", [(2, 3), (2, 3, 4)], "wrong_rank"),
    ("keras", "concat axis=-3", [(2, 3), (2, 4)], "wrong_rank"),
    ("onnx", "add", [(2, 3), (2, 4)], "wrong_shape"),
    ("onnx", "add", [(2, 3), (2, 3), (2, 3)], "bad_combination"),
    ("onnx", "concat axis=2", [(2, 3), (2, 4)], "wrong_rank"),
]


@pytest.mark.parametrize(
    ("framework", "spec", "shapes", "output"), ANSWERS, ids=[f"{a[0]} {a[1]} {a[2]}" for a in ANSWERS]
)
def test_output_shape(framework, spec, shapes, output):
    """Sizes are equal, or 1 and spread; a concatenation adds them up along one axis."""
    assert joined(spec, *shapes, framework=framework) == output


@pytest.mark.parametrize(
    ("framework", "spec", "shapes", "code"), REFUSED, ids=[f"{r[0]} {r[1]} {r[2]}" for r in REFUSED]
)
def test_refused(framework, spec, shapes, code):
    """What cannot be joined is refused, with both sizes."""
    with pytest.raises((ShapeError, SpecError)) as caught:
        joined(spec, *shapes, framework=framework)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("word", ["add", "sub", "mul", "avg", "max", "min", "concat"])
def test_torch_has_no_merges(word):
    """torch.nn has no such module: the answer names the frameworks that have the layer."""
    with pytest.raises(SpecError) as caught:
        convcalc.shape(f"relu @a | {word} @a", (2, 3), framework="torch")
    assert caught.value.code == "framework_lacks"
    assert find(word).type("keras") in caught.value.message


def test_a_residual_block_adds_up():
    """One operation a value for each operand beyond the first; the field is the union of the paths."""
    report = convcalc.shape("conv2d 8 3 pad=same @a | conv2d 8 5 pad=same | add @a @input", (2, 9, 9, 8))
    row = report.layers[-1]

    assert row.inputs == ("conv2d", "a", "input")
    assert row.flops == 2 * (2 * 9 * 9 * 8)
    assert row.macs == 0
    assert report.receptive_field.size == (7, 7)
    assert report.receptive_field.start == (-3, -3)


def test_a_concatenation_costs_nothing_and_sees_what_its_inputs_see():
    """Along the channels the field is the union; along another axis it is not one field."""
    channels = convcalc.shape("conv2d 8 3 pad=same | concat @input", (2, 9, 9, 8))
    rows = convcalc.shape("conv2d 8 3 pad=same | concat axis=1 @input", (2, 9, 9, 8))

    assert channels.layers[-1].flops == 0
    assert channels.receptive_field.size == (3, 3)
    assert rows.output_shape == (2, 18, 9, 8)
    assert rows.receptive_field is None


def test_a_gate_that_saw_everything_shows_everything():
    """Squeeze and excite: each cell is multiplied by what a global pool saw."""
    report = convcalc.shape("conv2d 8 3 pad=same @a | gap2d | dense 8 | reshape 1x1x8 | mul @a", (2, 9, 9, 3))

    assert report.output_shape == (2, 9, 9, 8)
    assert report.receptive_field.size == (9, 9)


def test_symbols_that_must_be_equal_are_noted():
    """A skip past an odd size holds only where nothing is rounded away."""
    report = convcalc.shape("maxpool2d 2 | upsample2d 2 | concat @input", "HxWx3")

    assert [note.code for note in report.layers[-1].notes] == ["assumed", "assumed"]
    assert "2*floor(H/2) = H" in report.layers[-1].notes[0].message
    with pytest.raises(ShapeError):
        convcalc.shape("maxpool2d 2 | upsample2d 2 | concat @input", "9x8x3")
    assert convcalc.shape("maxpool2d 2 | upsample2d 2 | concat @input", "8x8x3").output_shape[1:] == (8, 8, 6)


def test_a_number_wins_over_a_symbol():
    """Joined with 5 cells, an unknown size is 5, or 1 and spread over them."""
    assert joined("add", (2, symbol("H"), 3), (2, 5, 3)) == (2, 5, 3)
    assert joined("add", (2, symbol("H"), 3), (2, 1, 3))[1] == symbol("H")
