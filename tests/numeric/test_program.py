"""Whole networks: how values go from layer to layer, how weights are given, and what is refused."""

import tracemalloc
from collections import OrderedDict

import numpy as np
import pytest

import convcalc
from convcalc.api import network
from convcalc.errors import LimitError, ShapeError, SpecError
from convcalc.numeric import run, sample
from convcalc.numeric.program import Program
from convcalc.sizes import symbol

X = np.random.default_rng(0).standard_normal((2, 6, 6, 3))


def prepare(spec, shape, framework=None, dtype="float32", **options):
    """Return the program of a spec for an input of a shape."""
    return Program(network(spec, framework), shape, np.dtype(dtype), **options)


NETWORKS = {
    "branches": "relu @a | tanh @b | add @a | mul @b @input",
    "residual": "conv2d 4 3 pad=same @a | relu | conv2d 4 3 pad=same | add @a | relu",
    "concat": "conv2d 4 1 @a | conv2d 4 3 pad=same from=@input | concat @a | gap2d | dense 3",
    "repeats": "[conv1d 3 2 pad=causal d=2^i | relu] * 3",
    "repeated labels": "conv2d 3 1 | [relu @a | conv2d 3 3 pad=same | add @a] * 2",
    "a branch that nothing reads": "relu @a | tanh | sigmoid from=@a",
    "the input twice": "relu | add @input | sub @input",
    "an own activation": "conv2d 4 3 act=softmax | dense 3 act=gelu",
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_run_by_both_ways(name, dtype):
    """Whatever joins them; the dtype stays, and the input as it was."""
    shape = (2, 6, 3) if "1d" in NETWORKS[name] else X.shape
    program = prepare(NETWORKS[name], shape, dtype=dtype)
    x, weights = sample.data(program.nodes[0], shape, program.dtype, 0), sample.weights(program, 0)
    kept = x.copy()
    found, defined = program.fast(x, weights), program.plain(x, weights)

    assert (found.dtype, found.shape) == (dtype, program.nodes[-1].output)
    assert np.abs(found - defined).max() <= (1e-5 if dtype == "float32" else 1e-12) * np.abs(defined).max()
    assert np.array_equal(x, kept)


def test_a_branch_is_what_it_reads():
    """Values by hand."""
    y = convcalc.forward("relu @a | tanh @b | add @a | mul @b @input | relu from=@a", X)
    z = convcalc.forward("relu @a | tanh @b | add @a | mul @b @input", X)
    a = np.maximum(X, 0)

    assert np.array_equal(y, a)
    assert np.allclose(z, (np.tanh(a) + a) * np.tanh(a) * X)


TORCH = """Sequential(
  (stem): Conv2d(3, 4, kernel_size=(1, 1), stride=(1, 1))
  (layer1): Sequential(
    (0): Sequential(
      (conv): Conv2d(4, 4, kernel_size=(1, 1), stride=(1, 1), bias=False)
      (bn): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    )
    (1): ReLU()
  )
)"""


def state():
    """Return a `state_dict` of that module, the batches that torch counts with it."""
    rng = np.random.default_rng(1)
    shapes = [
        *(("stem.weight", (4, 3, 1, 1)), ("stem.bias", (4,)), ("layer1.0.conv.weight", (4, 4, 1, 1))),
        *((f"layer1.0.bn.{name}", (4,)) for name in ("weight", "bias", "running_mean", "running_var")),
    ]
    made = OrderedDict((name, rng.random(shape)) for name, shape in shapes)
    made["layer1.0.bn.num_batches_tracked"] = np.array(7)
    return made


def test_torch_weights_by_every_name():
    """By a state_dict, its values in order, what is used of them, and blocks within blocks."""
    given, x = state(), np.moveaxis(X, -1, 1)
    w = list(given.values())
    y = np.einsum("oi,nihw->nohw", w[0][..., 0, 0], x) + w[1][:, None, None]
    y = np.einsum("oi,nihw->nohw", w[2][..., 0, 0], y)
    gamma, beta, mean, variance = (v[:, None, None] for v in w[3:7])
    expected = np.maximum((y - mean) / np.sqrt(variance + 1e-5) * gamma + beta, 0)
    own = {name.rpartition(".")[2]: value for name, value in given.items() if ".bn." in name}
    blocks = {
        "stem": {"weight": w[0], "bias": w[1]},
        "layer1": {0: {"conv": {"weight": w[2]}, "bn": own}},
    }

    for weights in (given, w, w[:-1], tuple(w), blocks):
        assert np.allclose(convcalc.forward(TORCH, x, weights), expected)


def test_keras_weights_by_every_name():
    """By path, with the model's name before it or without, by a mapping a layer, and in order."""
    spec = "conv2d 4 1 @first | relu | conv2d 2 1 b=false"
    k, b, second = np.ones((1, 1, 3, 4)), np.arange(4.0), np.full((1, 1, 4, 2), 0.5)
    expected = np.maximum(X @ k[0, 0] + b, 0) @ second[0, 0]

    for weights in (
        {"first/kernel": k, "first/bias": b, "conv2d/kernel": second},
        {"sequential/first/kernel": k, "sequential/first/bias": b, "sequential/conv2d/kernel": second},
        {"first.kernel": k, "first.bias": b, "conv2d": {"kernel": second}},
        [k, b, second],
    ):
        assert np.allclose(convcalc.forward(spec, X, weights), expected)


def test_a_layer_alone_has_its_own_names():
    """A path is as good."""
    x, k = np.ones((1, 2)), np.ones((2, 3))

    for weights in ({"kernel": k}, {"dense/kernel": k}, [k], {"dense": {"kernel": k.tolist()}}):
        assert convcalc.forward("dense 3 b=false | relu", x, weights).tolist() == [[2, 2, 2]]


DENSE, TWO = "dense 3 b=false", "dense 3 b=false @one | dense 2"
BAD_WEIGHTS = [
    (DENSE, {"kernl": 0}, SpecError, "unknown_key", "Did you mean 'kernel'?", None),
    (DENSE, {"a": 0, "b": 0}, SpecError, "unknown_key", "The weights are: kernel.", None),
    ("relu", {"kernel": 0}, SpecError, "unknown_key", "The network has no weights.", None),
    (DENSE, None, SpecError, "missing_argument", "weights={'kernel': ...}", 0),
    (TWO, {"one/kernel": np.ones((2, 3))}, SpecError, "missing_argument", "weights={'dense/kernel': ...}", 1),
    (DENSE, {"kernel": np.ones((3, 2))}, ShapeError, "wrong_shape", "in out", 0),
    (DENSE, {"kernel": [[1, 2, 3], [1]]}, SpecError, "bad_value", "float64 array", 0),
    (DENSE, {"kernel": np.ones((2, 3), complex)}, SpecError, "bad_value", "float64 array", 0),
    (DENSE, {"kernel": "abc"}, SpecError, "bad_value", "float64 array", 0),
    (DENSE, {"kernel": np.ones((2, 3)), "dense.kernel": 0}, SpecError, "duplicate_key", "once", None),
    (DENSE, [], SpecError, "bad_value", "Give kernel.", None),
    (TWO, [1, 2], SpecError, "bad_value", "one/kernel, dense/kernel, dense/bias", None),
    (DENSE, np.ones((1, 2, 3)), SpecError, "bad_value", "'kernel': ...", None),
    (DENSE, 5, SpecError, "bad_value", "'kernel': ...", None),
    (DENSE, "kernel", SpecError, "bad_value", "'kernel': ...", None),
]


@pytest.mark.parametrize(("spec", "weights", "kind", "code", "hint", "layer"), BAD_WEIGHTS)
def test_wrong_weights_are_refused(spec, weights, kind, code, hint, layer):
    """With what would do, and the layer where there is one."""
    with pytest.raises(kind) as caught:
        convcalc.forward(spec, np.ones((1, 2)), weights)
    assert (caught.value.code, caught.value.layer) == (code, layer)
    assert hint in caught.value.hint
    assert (caught.value.span is None) == (layer is None)


@pytest.mark.parametrize(
    ("given", "computed"),
    [
        *((np.float64, np.float64), (np.float32, np.float32), (np.float16, np.float32), (np.int64, np.float32)),
        *((np.uint8, np.float32), (bool, np.float32), (">f8", np.float64), (">f4", np.float32)),
    ],
)
def test_the_dtype_of_the_output(given, computed):
    """float64 stays, every other number is float32; weights follow the input."""
    found = convcalc.forward("dense 2 b=false", np.ones((1, 2), given), [np.ones((2, 2), np.float64)])

    assert found.dtype == computed
    assert found.dtype.isnative
    assert found.tolist() == [[2, 2]]


@pytest.mark.parametrize(
    ("spec", "x", "options"),
    [
        ("relu", "abc", {}),
        ("relu", [[1], [1, 2]], {}),
        ("relu", np.ones(2, complex), {}),
        ("relu", [None], {}),
        (["relu"], [1.0], {}),
        ("relu", [1.0], {"max_bytes": "512"}),
        ("relu", [1.0], {"max_bytes": -1}),
        ("relu", [1.0], {"max_bytes": [1]}),
        ("relu", [1.0], {"framework": ["keras"]}),
    ],
)
def test_wrong_arguments_are_refused(spec, x, options):
    """As the family's own errors."""
    with pytest.raises(SpecError) as caught:
        convcalc.forward(spec, x, **options)
    assert caught.value.code == "bad_value"


def test_sizes_that_are_open_are_refused():
    """A network in numbers has no symbols."""
    with pytest.raises(ShapeError, match="every size, but H and W are open"):
        prepare("relu", (4, symbol("H"), symbol("W"), 3))


def test_what_is_wrong_with_the_input_is_said_of_the_layer():
    """As `shape` does."""
    with pytest.raises(ShapeError) as caught:
        convcalc.forward("nn.ReLU() | nn.Linear(4, 2)", np.ones((1, 3)))
    assert (caught.value.code, caught.value.layer) == ("wrong_channels", 1)


def test_indices_stay_integers_until_they_are_looked_up():
    """float32 does not have all of them, and what is laid out anew before is as it was."""
    large = 2**24 + 1
    table = np.zeros((large + 1, 1), np.float32)
    table[large] = 5
    found = convcalc.forward(f"flatten | reshape 2x1 | embed {large + 1} 1", [[large, 0]], [table], max_bytes=None)

    assert found.ravel().tolist() == [5, 0]
    assert prepare("embed 4 2 @a | flatten @b | dense 3 from=@input", (2, 2)).indexed == [False]


def test_an_output_is_the_caller_s_own():
    """To write to it changes neither the input nor the next answer."""
    x = np.ones((2, 3))
    for spec in ("identity", "flatten", "permute 1", "nn.Dropout()", "nn.Flatten(0, 1) | nn.Unflatten(0, (2, 3))"):
        y = convcalc.forward(spec, x)
        y += 1
        assert x.tolist() == np.ones((2, 3)).tolist(), spec


def test_what_is_no_number_warns_of_nothing(recwarn):
    """The frameworks answer with inf and nan, without a word."""
    x = np.array([[np.inf, -np.inf, np.nan, 1e38]], np.float32)
    found = convcalc.forward("relu @a | rescale 1e3 | mul @a | sub @a", x)
    convcalc.forward("layernorm", x, [np.ones(4), np.ones(4)])

    assert np.array_equal(np.isfinite(found), [[False, True, False, False]])
    assert not recwarn.list


def test_programs_are_kept_by_all_that_they_depend_on():
    """The same question is answered by the same program; another shape, dtype, framework or mode by another."""
    run._programs.clear()
    x = np.ones((2, 3), np.float32)
    for _ in range(2):
        convcalc.forward("layernorm", x, [np.ones(3)] * 2)
        assert len(run._programs) == 1
    convcalc.forward("layernorm", x.astype(float), [np.ones(3)] * 2)
    convcalc.forward("layernorm", x[:1], [np.ones(3)] * 2)
    convcalc.forward("layernorm", x, [np.ones(3)] * 2, framework="torch")
    convcalc.forward("layernorm", x, [np.ones(3)] * 2, training=True)
    convcalc.forward("layernorm", x, [np.ones(3)] * 2, max_bytes=2**20)
    assert len(run._programs) == 6
    for size in range(1, 2 * run.KEPT):
        convcalc.forward("relu", np.ones(size))
    assert len(run._programs) == run.KEPT


LIMITS = [
    ("conv2d 64 3 | relu | relu", (8, 512, 512, 8), 512, "4,512,512,8"),
    ("conv2d 64 3", (1, 2048, 2048, 8), 512, "1,1024,1024,8"),
    ("nn.Conv2d(8, 64, 3)", (8, 2048, 2048), 512, "'(8,1024,1024)'"),
    ("nn.Linear(8, 64)", (4_000_000, 8), 512, "1000000,8"),
    # What is fixed to the input's size leaves the batch alone to shrink, and weights do not shrink at all.
    ("nn.Conv2d(8, 64, 3) | nn.Flatten() | nn.Linear(984064, 2)", (8, 8, 126, 126), 40, "4,8,126,126"),
    ("nn.Conv2d(8, 64, 3) | nn.Flatten() | nn.Linear(984064, 2)", (8, 8, 126, 126), 4, None),
]


@pytest.mark.parametrize(("spec", "shape", "limit", "smaller"), LIMITS)
def test_over_the_limit_is_refused_with_what_would_do(spec, shape, limit, smaller):
    """Before anything is allocated: the estimate, the limit, and a smaller input that is within it."""
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match=f"the limit is {limit} MiB") as caught:
            prepare(spec, shape, max_bytes=limit * 2**20)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2**20
    assert caught.value.exit_code == 4
    assert "--max-bytes" in caught.value.hint
    assert ("-i" in caught.value.hint) is (smaller is not None)
    if smaller:
        assert f"-i {smaller}," in caught.value.hint
        assert prepare(spec, tuple(map(int, smaller.strip("'()").split(",")))).need <= limit * 2**20


def test_over_the_macs_is_refused_too():
    """By the same words."""
    with pytest.raises(LimitError, match="takes 28,901,376 MACs, the limit is 1,000,000") as caught:
        prepare("conv2d 64 3 pad=same", (1, 224, 112, 2), max_macs=10**6)
    assert "--max-macs 28901376" in caught.value.hint


MASKED = "Embedding(9, 2, mask_zero=True) | "


@pytest.mark.parametrize(
    ("spec", "training", "refused"),
    [
        (MASKED + "GlobalAveragePooling1D()", False, 1),
        (MASKED + "Dense(2) | relu @a | add @a | Softmax()", False, 4),
        ("Masking() | BatchNormalization()", True, 1),
        ("Masking() | BatchNormalization()", False, None),
        (MASKED + "Conv1D(2, 1) | GlobalAveragePooling1D()", False, None),
        ("Embedding(9, 2) | GlobalAveragePooling1D()", False, None),
        (MASKED + "GlobalMaxPooling1D()", False, None),
    ],
)
def test_a_mask_that_keras_would_read_is_refused(spec, training, refused):
    """A layer that leaves out what a mask marks; one that loses the mask, or does not look at it, is computed."""
    shape = (2, 3, 2) if "Masking" in spec else (2, 3)
    if refused is None:
        assert prepare(spec, shape, training=training).need
        return
    with pytest.raises(SpecError, match="mask") as caught:
        prepare(spec, shape, training=training)
    assert caught.value.layer == refused


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        ("[conv2d 16 3 pad=same | relu] * 4", (2, 64, 64, 16)),
        ("conv2d 16 3 pad=same @a | bn | relu | conv2d 16 3 pad=same | add @a | maxpool2d 2", (2, 64, 64, 16)),
        ("conv2d 32 3 act=gelu | bn | conv2dT 16 4 s=2 | layernorm", (1, 64, 64, 8)),
        ("relu @a | tanh @b | sigmoid @c | concat @a @b @c | flatten | dense 10 act=softmax", (4, 64, 64, 4)),
        ("relu @a | tanh | sigmoid from=@a | tanh from=@a | relu", (4, 64, 64, 16)),
    ],
)
def test_a_network_takes_no_more_memory_than_it_says(spec, shape):
    """Its peak within 1.5 times the estimate and a MiB, and the estimate is no fear of the dark."""
    program = prepare(spec, shape)
    x, weights = sample.data(program.nodes[0], shape, program.dtype, 0), sample.weights(program, 0)
    held = x.nbytes + sum(array.nbytes for own in weights for array in own.values())
    program.fast(x, weights)
    tracemalloc.start()
    program.fast(x, weights)
    peak = tracemalloc.get_traced_memory()[1] + held
    tracemalloc.stop()

    assert peak <= 1.5 * program.need + 2**20
    assert program.need <= 2 * peak


def test_an_output_is_kept_as_long_as_something_reads_it():
    """One that nothing reads is dropped at once, the last one is the answer."""
    last = prepare("relu @a | tanh | sigmoid from=@a | relu | add @a", (2, 3)).last

    assert last == [[-1], [1], [], [2], [0, 3]]


def test_a_layer_without_a_rule_is_not_computed():
    """Whether its sizes are known or not."""
    for axes in (0, 2):
        with pytest.raises(SpecError, match="needs a rule for every layer, and x has none") as caught:
            prepare(f"relu | unknown class_name=x axes={axes}", (2, 3))
        assert caught.value.layer == 1


def test_a_merge_of_what_has_a_batch_alone():
    assert convcalc.check("add @input", (3,)).ok
