"""The signal through the depth: closed forms against many draws, gains against whole Jacobians."""

from math import erf, pi, sqrt

import numpy as np
import pytest

from convcalc.api import network
from convcalc.numeric.fast.activation import named
from convcalc.numeric.program import Program
from convcalc.numeric.quadrature import moments
from convcalc.numeric.signal import signals

VARIANCE = 0.03


def program(spec, shape, framework=None):
    return Program(network(spec, framework), shape, np.dtype("float64"), training=True)


def run(made, seed, x=None, variance=VARIANCE, bias=0.0):
    """The signals of a program whose kernels have a variance, and biases another."""
    rng = np.random.default_rng(seed)
    fixed = {"gamma": 1.0, "moving_variance": 1.0, "running_var": 1.0}

    def spreads(index):
        node = made.nodes[index]
        norm = node.kind.endswith("_norm")
        return {
            w.name: (1.0, 0.0)
            if w.name in fixed or (norm and w.name == "weight")
            else (0.0, variance if len(w.shape) > 1 else bias)
            for w in node.weights
        }

    def weights(index):
        return {
            w.name: spreads(index)[w.name][0] + sqrt(spreads(index)[w.name][1]) * rng.standard_normal(w.shape)
            for w in made.nodes[index].weights
        }

    x = rng.standard_normal(made.shape) if x is None else x
    return list(signals(made, x, weights, spreads, seed))


@pytest.mark.parametrize(
    ("word", "mean", "square", "zeros", "slope"),
    [
        ("relu", 1 / sqrt(2 * pi), 0.5, 0.5, 0.5),
        ("linear", 0.0, 1.0, 0.0, 1.0),
        ("leaky_relu", 0.8 / sqrt(2 * pi), 0.5 * 1.04, 0.0, 0.5 * 1.04),
        ("soft_shrink", 0.0, None, erf(0.5 / sqrt(2)), 1 - erf(0.5 / sqrt(2))),
        ("hard_tanh", 0.0, None, 0.0, erf(1 / sqrt(2))),
        ("selu", 0.0, 1.0, 0.0, None),
    ],
)
def test_moments_of_activations(word, mean, square, zeros, slope):
    found = moments(named(word), 1.0)
    assert found.mean == pytest.approx(mean, abs=1e-6)
    assert square is None or found.rms**2 == pytest.approx(square, abs=1e-6)
    assert found.zeros == pytest.approx(zeros, abs=1e-3)
    assert slope is None or found.slope**2 == pytest.approx(slope, abs=1e-3)


# Every layer with a closed form, in the frameworks' own layouts.
LAYERS = [
    ("keras", "conv2d 6 3 pad=same act=relu", (2, 7, 8, 5)),
    ("keras", "conv2d 6 3x2 s=2x1 df=channels_first act=tanh g=2", (2, 4, 8, 7)),
    ("keras", "conv1d 6 3 pad=causal d=2 act=selu", (2, 12, 4)),
    ("keras", "conv2dT 4 3 s=2 pad=same act=elu", (2, 5, 6, 4)),
    ("keras", "conv1dT 5 2 s=3", (2, 6, 4)),
    ("keras", "dwconv2d 3 pad=same dm=2 act=sigmoid", (2, 6, 7, 4)),
    ("keras", "sepconv2d 6 3 pad=same dm=2", (2, 6, 7, 4)),
    ("keras", "dense 9 act=relu6", (5, 12)),
    ("torch", "conv2d 6 3 pad=1 g=2", (2, 4, 7, 8)),
    ("torch", "Conv2d(4, 6, 3, padding=1, padding_mode='reflect')", (2, 4, 7, 8)),
    ("torch", "conv2d 6 3 pad=1", (4, 7, 8)),
    ("torch", "conv3d 3 2", (2, 3, 4, 5, 4)),
    ("torch", "conv2dT 6 3 s=2 p=1 op=1 g=2", (2, 4, 5, 6)),
    ("torch", "linear 7", (3, 4, 6)),
    ("onnx", "conv2d 6 3 pad=same s=2", (2, 4, 7, 8)),
    ("onnx", "dense 7", (5, 6)),
]


@pytest.mark.parametrize(("framework", "spec", "shape"), LAYERS)
def test_closed_forms_are_the_mean_of_many_draws(framework, spec, shape):
    made = program(spec, shape, framework)
    drawn = [run(made, seed, bias=0.01)[0] for seed in range(60)]
    expected = drawn[0].expected
    for key in ("preactivation_std", "output_rms", "backward_gain"):
        own = np.array([getattr(one, key) for one in drawn]) ** 2
        # Five standard errors: seeds are fixed, so this is decided once.
        error = 5 * own.std() / sqrt(len(own)) + 1e-3 * own.mean()
        if key != "preactivation_std" and "act=" in spec:
            # A sum of few terms is only nearly normal, and smaller at a border than inside.
            error += 0.06 * own.mean()
        assert abs(own.mean() - getattr(expected, key) ** 2) < error, key
    means = np.array([one.output_mean for one in drawn])
    assert abs(means.mean() - expected.output_mean) < 5 * means.std() / sqrt(len(means)) + 1e-9
    zeros = np.array([one.zero_fraction for one in drawn])
    assert abs(zeros.mean() - expected.zero_fraction) < 5 * zeros.std() / sqrt(len(zeros)) + 1e-3


CHAINS = [
    ("keras", "conv2d 24 3 | relu | conv2d 24 3 | act tanh", (2, 12, 12, 8)),
    ("keras", "conv2d 24 3 | bn | relu", (4, 12, 12, 8)),
    ("keras", "conv2d 24 3 pad=same | zeropad2d 2 | conv2d 16 3", (2, 8, 8, 8)),
    ("keras", "conv2d 24 3 pad=same @a | conv2d 24 3 pad=same | add @a | flatten | dense 50 act=relu", (2, 8, 8, 8)),
    ("torch", "conv2d 24 3 | bn | relu | pixelshuffle 2 | conv2d 16 3 | flatten | linear 30", (3, 8, 10, 10)),
    ("torch", "linear 40 | ln normalized_shape=(40,) | gelu", (6, 30)),
]


@pytest.mark.parametrize(("framework", "spec", "shape"), CHAINS)
def test_closed_forms_go_on_through_a_network(framework, spec, shape):
    made = program(spec, shape, framework)
    drawn = [run(made, seed) for seed in range(16)]
    for index, one in enumerate(drawn[0]):
        own = np.array([each[index].output_rms for each in drawn]) ** 2
        assert one.expected.output_rms is not None, made.nodes[index].kind
        assert own.mean() == pytest.approx(one.expected.output_rms**2, rel=0.1), made.nodes[index].kind


@pytest.mark.parametrize(
    ("framework", "spec", "shape"),
    [*LAYERS[:4], ("keras", "maxpool2d 2", (1, 4, 4, 2)), ("keras", "softmax", (2, 5)), ("torch", "gelu", (2, 5)),
     ("keras", "avgpool2d 2", (1, 4, 4, 2)), ("torch", "ln normalized_shape=(5,)", (2, 5))],
)  # fmt: skip
def test_a_gain_is_that_of_the_whole_jacobian(framework, spec, shape):
    """The mean over directions of what one direction says is the Frobenius norm, which is what a gradient meets."""
    made = program(spec, shape, framework)
    rng = np.random.default_rng(3)
    own = {w.name: rng.standard_normal(w.shape) for w in made.nodes[0].weights}
    x = rng.standard_normal(shape)
    columns = []
    for cell in np.ndindex(shape):
        step = np.zeros(shape)
        step[cell] = 1e-6
        columns.append((made.compute(0, [x + step], own) - made.compute(0, [x - step], own)).ravel() / 2e-6)
    jacobian = np.array(columns)
    # A gradient of independent values at the outputs, carried back.
    back = rng.standard_normal((4000, jacobian.shape[1])) @ jacobian.T
    whole = sqrt(np.square(jacobian).sum() / x.size)
    assert sqrt(np.square(back).mean()) == pytest.approx(whole, rel=0.1)
    said = [run(made, seed, x)[0].backward_gain if not own else None for seed in range(40)]
    if not own:
        assert sqrt(np.mean(np.square(said))) == pytest.approx(whole, rel=0.15)


def test_what_has_no_closed_form_says_so_and_the_next_layer_goes_on():
    made = program("conv2d 8 3 | maxpool2d 2 | conv2d 8 3", (2, 12, 12, 3))
    first, pool, last = run(made, 0)
    assert first.expected.output_rms
    assert pool.expected == (None, None, None, None, None)
    assert last.expected.output_rms == pytest.approx(pool.output_rms * sqrt(VARIANCE * 9 * 8), rel=1e-6)


def test_dead_units_and_zeros_are_counted():
    made = program("dense 4 act=relu", (50, 3))
    kernel, bias = np.zeros((3, 4)), np.array([1.0, -1.0, 0.0, 2.0])
    (one,) = signals(made, np.ones((50, 3)), lambda index: {"kernel": kernel, "bias": bias}, lambda index: {})
    assert (one.dead_units, one.units, one.zero_fraction) == (2, 4, 0.5)
    assert one.expected == (None, None, None, None, None)


def test_indices_have_no_gain():
    made = program("embed 20 6 | dense 3", (4, 5))
    x = np.random.default_rng(0).integers(0, 20, (4, 5))
    first, second = run(made, 0, x)
    assert first.backward_gain is None
    assert second.backward_gain > 0
