"""Merges, shapes, dropouts, embeddings, dense layers: what the frameworks computed, and what is refused."""

import numpy as np
import pytest

import convcalc
from convcalc.api import network
from convcalc.errors import ShapeError, SpecError
from convcalc.numeric import sample
from convcalc.numeric.program import Program

X = np.arange(12.0).reshape(2, 3, 2)


def agree(spec, shape, framework=None):
    """Hold kernels against definitions in both widths; return what the kernels gave in float64."""
    for dtype, allowed in (("float32", 1e-5), ("float64", 1e-12)):
        program = Program(network(spec, framework), shape, np.dtype(dtype))
        x, weights = sample.data(program.nodes[0], shape, program.dtype, 1), sample.weights(program, 1)
        found, defined = program.fast(x, weights), program.plain(x, weights)
        assert found.shape == defined.shape == program.nodes[-1].output
        assert np.abs(found - defined).max(initial=0) <= allowed * np.abs(defined).max(initial=0), spec
    return found


@pytest.mark.parametrize("word", ["add", "sub", "mul", "avg", "max", "min"])
@pytest.mark.parametrize("framework", ["keras", "onnx"])
def test_merges_broadcast(word, framework):
    """Sizes of 1 are spread, whichever input has them, and Keras puts missing axes after the batch."""
    pool, row = ("gap2d keepdims=true", "flatten") if framework == "keras" else ("gap2d", "relu")
    spec = f"relu @a | {pool} @b | tanh from=@input @c | {word} @a | {word} @b | {row}"
    agree(spec, (2, 3, 4, 5), framework)
    many = "" if word == "sub" or (framework == "onnx" and word in ("add", "mul")) else " @a @b"
    agree(f"relu @a | {pool} @b | {word} @a{many}", (2, 3, 4, 5), framework)


def test_keras_aligns_a_sample_of_fewer_axes_after_the_batch():
    """(2, 3) joins (2, 4, 3) as (2, 1, 3)."""
    x = np.arange(24.0).reshape(2, 4, 3)
    found = convcalc.forward("identity @a | gap1d | add @a", x)

    assert np.array_equal(found, x + x.mean(1, keepdims=True))
    agree("identity @a | gap1d | add @a", (2, 4, 3))


@pytest.mark.parametrize("axis", [1, 2, -1, 3])
def test_concat_puts_one_after_the_other(axis):
    """Along any axis."""
    x = np.arange(120.0).reshape(2, 3, 4, 5)
    found = convcalc.forward(f"relu @a | concat axis={axis} @a @input", x)

    assert np.array_equal(found, np.concatenate([x, x, x], axis))
    agree(f"relu @a | concat axis={axis} @a @input", (2, 3, 4, 5))


SHAPES = [
    ("Flatten()", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], (2, 6)),
    ("Flatten(data_format='channels_first')", [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11], (2, 6)),
    ("nn.Flatten(0, 1)", list(range(12)), (6, 2)),
    ("Reshape((2, 3))", list(range(12)), (2, 2, 3)),
    ("nn.Unflatten(1, (3, 1))", list(range(12)), (2, 3, 1, 2)),
    ("Permute((2, 1))", [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11], (2, 2, 3)),
    ("Transpose(perm=(2, 0, 1))", [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11], (2, 2, 3)),
    ("Transpose()", [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11], (2, 3, 2)),
]


@pytest.mark.parametrize(("spec", "values", "shape"), SHAPES, ids=[s[0] for s in SHAPES])
def test_values_keep_their_order(spec, values, shape):
    """As the frameworks lay them out; Keras' Flatten brings channels last before."""
    framework = "onnx" if "Transpose" in spec else None
    found = convcalc.forward(spec, X, framework=framework)

    assert found.shape == shape
    assert found.ravel().tolist() == values
    agree(spec, X.shape, framework)


def test_repeat_vector():
    """Each sample's vector, so many times."""
    assert convcalc.forward("RepeatVector(2)", [[1.0, 2], [3, 4]]).tolist() == [[[1, 2], [1, 2]], [[3, 4], [3, 4]]]


RANDOM = [
    *("Dropout(0.5)", "SpatialDropout1D(0.5)", "AlphaDropout(0.5)", "GaussianDropout(0.5)", "GaussianNoise(0.5)"),
    *("nn.Dropout(0.5)", "nn.Dropout1d()", "nn.AlphaDropout()", "nn.FeatureAlphaDropout()"),
]


@pytest.mark.parametrize("spec", RANDOM)
def test_dropouts_let_through_what_they_do_not_draw(spec):
    """The input at inference, and in training where nothing is dropped; else a refusal that names the layer."""
    assert np.array_equal(convcalc.forward(spec, X), X)
    none = spec.replace("0.5", "0.0").replace("()", "(p=0)")
    assert np.array_equal(convcalc.forward(none, X, training=True), X)
    with pytest.raises(SpecError, match="random in training") as caught:
        convcalc.forward(
            f"{spec.partition('.')[0] + '.ReLU' if 'nn.' in spec else 'ReLU'}() | {spec}", X, training=True
        )
    assert (caught.value.code, caught.value.layer) == ("bad_combination", 1)


def test_an_onnx_dropout_that_is_in_training_is_random():
    """Its own attribute says so."""
    assert np.array_equal(convcalc.forward("Dropout(ratio=0.5)", X, framework="onnx"), X)
    with pytest.raises(SpecError, match="random"):
        convcalc.forward("Dropout(ratio=0.5, training_mode=True)", X, framework="onnx")


def test_an_embedding_of_torch_shortens_what_it_looks_up():
    """Recorded from torch: vectors over max_norm by the norm of norm_type, the table stays."""
    table = np.array([[0.1, 0.2], [3, 4], [-1, 2]])
    spec = "nn.Embedding(3, 2, max_norm=1.0, norm_type=3.0, padding_idx=0)"
    kept = table.copy()
    found = convcalc.forward(spec, [[0, 2], [1, 1]], [table])

    assert np.allclose(
        found.ravel(), [0.1, 0.2, -0.480749816, 0.961499631, 0.666971803, 0.889295697, 0.666971803, 0.889295697]
    )
    assert np.array_equal(table, kept)


@pytest.mark.parametrize(
    ("spec", "indices"), [("nn.Embedding(3, 2)", [3]), ("nn.Embedding(3, 2)", [-1]), ("Embedding(3, 2)", [-4])]
)
def test_an_index_that_the_table_does_not_have_is_refused(spec, indices):
    """Instead of numpy's reading of it; Keras alone counts from the end."""
    with pytest.raises(ShapeError, match=f"no vector {indices[0]}"):
        convcalc.forward(spec, indices, [np.ones((3, 2))])
    assert convcalc.forward("Embedding(3, 2)", [-1], [np.arange(6).reshape(3, 2)]).tolist() == [[4, 5]]


def test_low_rank_weights_are_added_as_they_are():
    """Keras forgets the layer's lora_alpha when it is built."""
    small = [np.ones((3, 2)), np.full((2, 4), 0.5)]
    dense = convcalc.forward(
        "Dense(4, lora_rank=2, lora_alpha=8, use_bias=False)", np.ones((1, 3)), [np.ones((3, 4)), *small]
    )
    table = convcalc.forward("Embedding(3, 4, lora_rank=2, lora_alpha=8)", [[1]], [np.ones((3, 4)), *small])

    assert dense.tolist() == [[6, 6, 6, 6]]
    assert table.tolist() == [[[2, 2, 2, 2]]]


def test_masking_sets_whole_steps_to_0():
    """A step of which every value is the masked one."""
    found = convcalc.forward("Masking(2.0)", [[[2.0, 2], [2, 1], [5, 2]]])

    assert found.tolist() == [[[0, 0], [2, 1], [5, 2]]]
    agree("Masking(2.0)", (2, 3, 4))


def test_rescaling():
    """By a number, or by one for each value of the last axis; what would change the shape is refused."""
    assert convcalc.forward("Rescaling(2, offset=1.5)", [[1.0, 2]]).tolist() == [[3.5, 5.5]]
    assert convcalc.forward("Rescaling((2, 3), offset=(0, 1))", [[1.0, 2]]).tolist() == [[2, 7]]
    agree("Rescaling((2, 3), offset=(0, 1))", (3, 2))
    with pytest.raises(ShapeError):
        convcalc.forward("Rescaling((2, 3))", [[1.0]])


@pytest.mark.parametrize(
    "spec",
    [
        *("gemm 4 transA=1", "gemm 4 transB=1 alpha=0.5", "gemm 4 transA=1 transB=1 beta=0.25"),
        *("gemm 4 beta=0", "gemm 4 bias=false"),
    ],
)
def test_gemm(spec):
    """By each of its attributes."""
    agree(spec, (3, 5), "onnx")


@pytest.mark.parametrize("spec", ["nn.Linear(5, 4)", "nn.Linear(5, 4, bias=False)", "dense 4 lora_rank=2", "Dense(3)"])
@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 5), (0, 5)])
def test_dense(spec, shape):
    """Over the last axis of any rank."""
    agree(spec, shape)


@pytest.mark.parametrize(
    "bilinear", ["nn.Bilinear(5, 5, 3)", "nn.Bilinear(5, 5, 0)", "nn.Bilinear(5, 5, 2, bias=False)"]
)
@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 5), (5,), (0, 5)])
def test_bilinear(bilinear, shape):
    """Of two inputs that differ, without a unit, without a row."""
    agree(f"nn.Tanh() @a | {bilinear} from=@input @a", shape)
