"""ONNX operators whose operands a file may hold: sizes with symbols, weights, what they see and cost, and refusals.

As seen on onnxruntime 1.32.0; random nodes are in the corpus.
"""

import numpy as np
import pytest

import convcalc
from convcalc.errors import ConvcalcError


def ask(text, shape):
    """Return the report of ONNX layers on an input."""
    return convcalc.shape(text, shape, framework="onnx")


SIZES = [
    ("mul b_shape=1x64x1x1", "Nx64xHxW", "N,64,H,W"),
    ("add b_shape=(64,)", "Nx7x64", "N,7,64"),
    ("sub a=1", "NxCxH", "N,C,H"),
    ("concat axis=1 inputs_shape=1x1x768 place=0", "(1, 196, 768)", "1,197,768"),
    ("where x=0 y=1", "NxL", "N,L"),
    ("squeeze axes=(2,)", "Nx8x1xW", "N,8,W"),
    ("squeeze", "Nx8x1xW", "N,8,W"),
    ("unsqueeze axes=(0,-1)", "NxL", "1,N,L,1"),
    ("slice starts=(1,) ends=(-1,) axes=(2,)", "NxCxH", "N,C,H - 2"),
    ("slice starts=(0,) ends=(9223372036854775807,) axes=(2,) steps=(2,)", "NxCxH", "N,C,ceil(H/2)"),
    ("slice starts=(-1,) ends=(-9223372036854775807,) axes=(-1,) steps=(-1,)", "NxCxH", "N,C,H"),
    ("slice starts=(-3,) ends=(9223372036854775807,) axes=(2,)", "NxCxH", "N,C,3"),
    ("split axis=1 num_outputs=2 output=1", "Nx7xH", "N,3,H"),
    ("split axis=2 num_outputs=2", "NxCxH", "N,C,ceil(H/2)"),
    ("split axis=2 split=2x3 output=1", "NxCx5", "N,C,3"),
    ("expand shape=3x1x1", "(1, 4, 5)", "3,4,5"),
    ("tile repeats=1x2x3", "NxCxH", "N,2*C,3*H"),
    ("gather axis=1 indices=0", "NxCxH", "N,H"),
    ("gather axis=2 indices=((0,1),(2,3))", "NxCxH", "N,C,2,2"),
    ("gather data_shape=1000x64", "NxL", "N,L,64"),
    ("reducemean axes=(2,3)", "NxCxHxW", "N,C,1,1"),
    ("reducemean axes=(-1,) keepdims=0", "NxCxH", "N,C"),
    ("reducesum", "NxCxH", "1,1,1"),
    ("reducesum noop_with_empty_axes=1", "NxCxH", "N,C,H"),
    ("argmax 1 keepdims=0", "NxCxH", "N,H"),
    ("topk 5 axis=1 output=1", "NxCxH", "N,5,H"),
    ("cumsum -1", "NxCxH", "N,C,H"),
    ("matmul 10", "NxLx64", "N,L,10"),
    ("matmul b_shape=64x10", "Nx7x64", "N,7,10"),
    ("matmul a_shape=10x7", "Nx7x64", "N,10,64"),
    ("matmul b=(1,2,3)", "(4, 5, 3)", "4,5"),
    ("einsum equation='bij,kj->bik' inputs_shape=7x64", "NxLx64", "N,L,7"),
    ("einsum equation='bhwc,hkc->bhwk' inputs_shape=14x27x64", "Nx14x14x64", "N,14,14,27"),
    ("einsum equation='...i->...'", "NxLx64", "N,L"),
    ("trilu k=1", "NxLxL", "N,L,L"),
    ("quantizelinear 0.1 zero_point=128", "NxCxH", "N,C,H"),
    ("dequantizelinear scale=0.1", "NxCxH", "N,C,H"),
    ("quantizelinear y_scale_shape=(3,)", "Nx3xH", "N,3,H"),
    ("lstm 256 direction=bidirectional", "(26, 4, 512)", "26,2,4,256"),
    ("lstm 256 output=2", "(26, 4, 512)", "1,4,256"),
    ("gru 8 layout=1", "(4, 26, 16)", "4,26,1,8"),
    ("rnn 8 w_shape=1x8x16 r_shape=1x8x8", "(26, 4, 16)", "26,1,4,8"),
]


@pytest.mark.parametrize(("text", "shape", "output"), SIZES, ids=[f"{text} on {shape}" for text, shape, _ in SIZES])
def test_sizes(text, shape, output):
    report = ask(text, shape)

    assert ",".join(map(str, report.output_shape)) == output
    # The spec that a row prints is the same layer.
    assert ask(report.layers[0].spec, shape).output_shape == report.output_shape
    assert ask(report.layers[0].spec, shape).params == report.params


REFUSED = [
    ("quantizelinear", "2x3x4", "needs a scale"),
    ("quantizelinear y_scale_shape=(4,)", "(2, 3, 4)", "its axis 1 has 3"),
    ("quantizelinear 0.1 zero_point=(1,2)", "(2, 3, 4)", "scale and zero point"),
    ("quantizelinear 0.1 output_dtype=99", "(2, 3, 4)", "no rule for output_dtype"),
    ("attention @input", "2x3x4", "queries, keys and values"),
    ("attention 3 3 @input @input", "(2, 3, 4)", "splits 4 features into q_num_heads=3"),
    ("attention 2 2 @input @input attn_mask_shape=2x3", "(2, 3, 4)", "does not go with its scores"),
    ("attention @input @input", "(3, 4)", "of 3 or of 4 axes"),
    ("add", "2x3x4", "exactly two inputs, not 1"),
    ("add b=1 @input", "2x3x4", "exactly two inputs, not 3"),
    ("add b=1 b_shape=(1,)", "2x3x4", "either its values or a weight"),
    ("add b_shape=(5,)", "2x3x4", "4 and 5 along axis -1"),
    ("sub a=1 b=2", "2x3x4", "exactly two inputs, not 3"),
    ("mul b=((1,2),(3,))", "2x3x4", "equal lengths"),
    ("where x=1", "2x3x4", "exactly three inputs, not 2"),
    ("concat axis=1 inputs_shape=1x1x4 place=2", "(1, 3, 4)", "no place 2"),
    ("squeeze axes=(1,)", "(2, 3, 4)", "axis 1 has 3"),
    ("squeeze axes=(3,)", "(2, 3, 4)", "axis 3 is none of 3"),
    ("unsqueeze axes=(1,-3)", "(2, 3)", "one axis twice"),
    ("slice starts=(0,) ends=(1,) steps=(0,)", "(2, 3)", "must not be 0"),
    ("slice starts=(0,0) ends=(1,)", "(2, 3)", "2 starts, 1 ends"),
    ("split axis=1 split=2x2", "(2, 3)", "are 4 cells, axis 1 has 3"),
    ("split axis=1", "(2, 3)", "one of the two"),
    ("split axis=1 num_outputs=3 output=3", "(2, 3)", "no output 3"),
    ("split axis=1 num_outputs=4", "(2, 2)", "cannot make 4 parts of 2"),
    ("tile repeats=2x2", "(2, 3, 4)", "for 2 axes"),
    ("gather axis=1 indices=3", "(2, 3)", "index 3 is none of 3"),
    ("gather indices=0.5", "(2, 3)", "must be an integer"),
    ("gather", "(2, 3)", "takes two inputs"),
    ("reducesum axes=(3,)", "(2, 3)", "axis 3 is none of 2"),
    ("argmax 1", "(2, 0)", "nothing to choose"),
    ("topk 4", "(2, 3)", "takes 4 of axis 1, which has 3"),
    ("cumsum 1 exclusive=2", "(2, 3)", "must be 0 or 1"),
    ("matmul b_shape=64x10", "(2, 63)", "63 and 64 along axis -1"),
    ("matmul 10 b_shape=64x10", "(2, 64)", "units make its B"),
    ("einsum equation='ij,jk'", "(2, 3)", "2 terms, and 1 operands"),
    ("einsum equation='ijk->i'", "(2, 3)", "does not name the axes"),
    ("einsum equation='ij->k'", "(2, 3)", "one of no operand"),
    ("lstm 8", "(3, 4)", "takes an input of 3 axes"),
    ("lstm 8 output=3", "(3, 4, 5)", "has 3 outputs"),
    ("gru 8 w_shape=1x24x5", "(3, 4, 5)", "or none"),
    ("gru 8 w_shape=1x24x5 r_shape=1x8x8", "(3, 4, 5)", "has a R of"),
    ("rnn 8 w_shape=1x8x5 r_shape=1x8x8", "(3, 4, 6)", "in_features=5"),
    ("trilu", "(3,)", "takes an input of 2 or more axes"),
    ("cast to=complex64", "(2, 3)", "must be a type"),
]


@pytest.mark.parametrize(("text", "shape", "said"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_refusals(text, shape, said):
    with pytest.raises(ConvcalcError, match=said):
        ask(text, shape)


FIELDS = [
    ("conv f=4 k=3 p=1 | reducemean axes=(2,3)", (10, 10), (0, 0)),
    ("conv f=4 k=3 p=1 | reducemax axes=(1,)", (3, 3), (-1, -1)),
    ("gap2d | reshape (1,-1) | matmul 4", (10, 10), (0, 0)),
    ("conv f=4 k=3 p=1 | mul b_shape=1x4x1x1", (3, 3), (-1, -1)),
    ("conv f=4 k=3 p=1 | slice starts=(2,) ends=(9,) axes=(3,)", (3, 3), (-1, 1)),
    ("conv f=4 k=3 p=1 | slice starts=(1,) ends=(3,) axes=(1,)", (3, 3), (-1, -1)),
    ("conv f=4 k=3 p=1 | split axis=2 split=5x5 output=1", (3, 3), (4, -1)),
    ("gap2d | mul b_shape=1x3x8x8", (10, 10), (0, 0)),
]


@pytest.mark.parametrize(("text", "size", "start"), FIELDS, ids=[text for text, *_ in FIELDS])
def test_what_they_see(text, size, start):
    field = ask(text.replace("conv f", "conv2d f"), "3x10x10").receptive_field

    assert (field.size, field.start) == (size, start)


def test_a_slice_with_steps_is_stepped_through_like_a_stride_and_is_no_news():
    row = ask("slice starts=(1,) ends=(10,) axes=(3,) steps=(2,)", "3x10x10").layers[0]

    assert (row.receptive_field.stride, row.receptive_field.start) == ((1, 2), (0, 1))
    assert not row.notes


def test_weights_are_counted_and_values_are_not():
    report = ask("mul b_shape=1x64x1x1 | add b=(0.5,1.5) | pow 2", "(4, 64, 3, 2)")

    assert [row.params.total for row in report.layers] == [64, 0, 0]
    assert [(w.name, w.shape) for w in report.layers[0].weights] == [("B", (1, 64, 1, 1))]
    assert [row.flops for row in report.layers] == [4 * 64 * 6] * 3


def test_products_count_as_a_convolution_does():
    """Output cells times what each sums, of weights and of two layers' outputs alike."""
    report = ask("matmul 64 name=q | einsum equation='bij,bkj->bik' @q | matmul @q", "(2, 7, 16)")

    assert [row.macs for row in report.layers] == [2 * 7 * 64 * 16, 2 * 7 * 7 * 64, 2 * 7 * 64 * 7]
    assert [row.flops for row in report.layers] == [2 * row.macs for row in report.layers]
    assert [row.params.total for row in report.layers] == [16 * 64, 0, 0]
    assert ask("attention 4 4 @input @input", "(2, 7, 16)").macs == 2 * (2 * 7 * 7 * 16)


def test_a_recurrent_layer_counts_its_gates_at_every_step():
    """As torch's own LSTM of one layer counts its parameters: 4*(512 + 256)*256 weights, 8*256 biases, twice."""
    row = ask("lstm 256 direction=bidirectional", "(26, 4, 512)").layers[0]

    assert row.params.total == 2 * (4 * (512 + 256) * 256 + 8 * 256)
    assert row.macs == 26 * 4 * 2 * 4 * (512 + 256) * 256
    assert [w.name for w in row.weights] == ["W", "R", "B"]
    assert ask("lstm 256 b=false", "(26, 4, 512)").params.total == 4 * (512 + 256) * 256


def test_held_operands_are_computed_with():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    run = lambda text, weights=None: convcalc.forward(text, x, weights or {}, framework="onnx").tolist()  # noqa: E731

    assert run("sub a=1") == [[0, -1], [-2, -3]]
    assert run("Add(B_shape=(2,))", {"B": np.array([10.0, 20.0])}) == [[11, 22], [13, 24]]
    assert run("where x=0 y='-inf'") == [[0, 0], [0, 0]]
    assert run("greater b=2 where x=1 y=((5,6),(7,8))") == [[5, 6], [1, 1]]
    assert run("concat axis=0 inputs=((9,9),) place=0") == [[9, 9], [1, 2], [3, 4]]
    assert convcalc.forward("Gather(data_shape=(3,1))", np.array([2, -1, 0]), [np.array([[5.0], [6.0], [7.0]])],
                            framework="onnx").tolist() == [[7], [7], [5]]  # fmt: skip
    with pytest.raises(ConvcalcError, match="no index 3 along 3"):
        convcalc.forward("Gather(data_shape=(3,1))", np.array([3]), [np.zeros((3, 1))], framework="onnx")
