"""Normalisations: what the frameworks computed, and kernels against definitions on inputs nobody picked."""

import numpy as np
import pytest

import convcalc
from convcalc.api import network
from convcalc.errors import ShapeError
from convcalc.numeric import sample
from convcalc.numeric.program import Program

X = np.arange(12.0).reshape(2, 3, 2) ** 1.5


def ramps(program):
    """Return weights that are ramps: each from 0.5 to 1.5, a quarter higher than the one before it."""
    (node,) = program.nodes
    shapes = [(w.name, w.shape) for w in node.weights if w.name != "num_batches_tracked"]
    return {
        name: np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape) + 0.25 * i
        for i, (name, shape) in enumerate(shapes)
    }


# The spec, whether in training, and what torch and Keras (on TensorFlow) gave for X in float64.
KNOWN = [
    ("nn.BatchNorm1d(3)", False,
     [0.302788193, 0.75, 2.25419365, 4.04402062, 7.74998667, 10.9303195,
      6.87543259, 8.58526676, 17.2207804, 20.526133, 31.3727108, 36.2327961]),
    ("nn.BatchNorm1d(3)", True,
     [0.226775214, 0.287940338, 0.151753575, 0.37621986, 0.0783831119, 0.463023774,
      1.12571528, 1.35956917, 2.02874738, 2.44327919, 2.93539863, 3.52319448]),
    ("nn.InstanceNorm1d(3, affine=True)", False,
     [0.25001, 1.24999, 0.250003568, 2.24999643, 0.250002966, 3.24999703,
      0.250000684, 1.24999932, 0.250001046, 2.24999895, 0.25000127, 3.24999873]),
    ("nn.GroupNorm(1, 3)", False,
     [0.151104848, 0.278507124, 0.772905799, 1.37621298, 3.01096915, 4.22651676,
      0.0482285363, 0.304703522, 0.910437583, 1.49707849, 3.05092935, 4.02900037]),
    ("nn.LayerNorm((3, 2))", False,
     [0.151104848, 0.289909972, 0.720615207, 1.4888343, 2.64283984, 4.22651676,
      0.0482285363, 0.326584929, 0.844393809, 1.62178637, 2.67747201, 4.02900037]),
    ("nn.RMSNorm(2)", False,
     [0.0, 2.12132034, 0.338061702, 1.86317701, 0.4114756, 1.7251639,
      0.439547661, 1.66168008, 0.454186365, 1.62586368, 0.463141679, 1.6029654]),
    ("nn.LocalResponseNorm(2, alpha=0.5, k=2.0)", False,
     [0.0, 0.544331054, 1.0, 1.0, 0.845897011, 0.702926656,
      0.717936205, 0.645969059, 0.45292012, 0.405360046, 0.367419585, 0.336489193]),
    ("BatchNormalization(axis=1)", False,
     [0.302965183, 0.75, 2.25390973, 4.04323065, 7.74866711, 10.9283005,
      6.87300838, 8.58216586, 17.2162649, 20.520683, 31.366196, 36.2252124]),
    ("BatchNormalization()", True,
     [0.151107084, -0.145649082, 0.278508884, 0.365453798, 0.51145379, 1.09434425,
      0.813106254, 1.98836657, 1.17032148, 3.02122227, 1.57550251, 4.17626219]),
    ("BatchNormalization(renorm=True)", True,
     [0.3125, 0.875, 1.01960678, 2.97307621, 2.3125, 5.96516994,
      3.98673461, 9.63512959, 5.96935425, 13.875, 8.21819415, 18.6164363]),
    ("GroupNormalization(1, axis=0)", False,
     [0.151107084, 0.118116973, 0.278508884, 0.288484599, 0.51145379, 0.531448085,
      1.93931876, 1.98836657, 3.01096444, 3.02122227, 4.22650752, 4.17626219]),
    ("GroupNormalization(3, axis=1)", False,
     [0.25099701, 1.24900299, 0.250356562, 2.24964344, 0.250296514, 3.24970349,
      0.250068396, 1.2499316, 0.250104589, 2.24989541, 0.250126992, 3.24987301]),
    ("LayerNormalization(axis=(-1, 1))", False,
     [0.151124095, 0.289931186, 0.720629018, 1.48882982, 2.64280481, 4.22643718,
      0.0482347889, 0.326590485, 0.844396548, 1.62178391, 2.67746206, 4.02898007]),
    ("LayerNormalization(rms_scaling=True)", False,
     [0.0, 2.99401794, 1.19414977, 6.58137962, 2.51495717, 10.5442785,
      3.84349865, 14.5300856, 5.17429867, 18.5225822, 6.50606465, 22.51794]),
    ("RMSNormalization(axis=(1, 2))", False,
     [0.0, 0.11430952, 0.415692188, 0.933380939, 1.69831287, 2.73861275,
      0.280056017, 0.494075282, 0.776114, 1.13189066, 1.56671997, 2.08558701]),
    ("UnitNormalization(axis=1)", False,
     [0.0, 0.0808452083, 0.333333333, 0.420084025, 0.942809042, 0.903876908,
      0.353553391, 0.377807152, 0.544331054, 0.550791055, 0.760725774, 0.744238517]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "training", "values"), KNOWN, ids=[f"{k[0]} {k[1]}" for k in KNOWN])
def test_values_are_those_of_the_framework(spec, training, values):
    """Recorded from torch 2.13 and Keras 3.15."""
    program = Program(network(spec, None), X.shape, X.dtype, training)
    given = ramps(program)
    found = convcalc.forward(spec, X, given, training=training)
    defined = program.plain(X, [given])

    assert np.allclose(found.ravel(), values, rtol=1e-7)
    assert np.allclose(defined.ravel(), values, rtol=1e-7)


ONNX = [
    ("LRN(size=3, alpha=0.5, beta=0.75, bias=2.0)",
     [0.0, 0.241028517, 0.390794963, 0.432695419, 1.10533512, 0.935266852,
      0.397115231, 0.375827521, 0.321985602, 0.300461859, 0.49702093, 0.455417961]),
    ("MeanVarianceNormalization(axes=(1, 2))",
     [-1.19779062, -0.942985952, -0.477094263, 0.126213074, 0.840646505, 1.65101182,
      -1.40354323, -0.890593171, -0.339562684, 0.247078344, 0.867286086, 1.51933348]),
    ("LpNormalization(axis=1, p=1)",
     [0.0, 0.0575490184, 0.261203855, 0.299033463, 0.738796115, 0.643417537,
      0.213162452, 0.225848213, 0.328185052, 0.32925573, 0.458652556, 0.444896102]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "values"), ONNX, ids=[k[0] for k in ONNX])
def test_values_are_those_of_onnxruntime(spec, values):
    """Recorded from onnxruntime 1.32, in float32."""
    x = X.reshape(2, 3, 2, 1).astype(np.float32)

    assert np.allclose(convcalc.forward(spec, x, framework="onnx").ravel(), values, rtol=2e-6)


SPECS = {
    "nn.BatchNorm2d({c})": True, "nn.BatchNorm2d({c}, affine=False, track_running_stats=False)": False,
    "nn.BatchNorm2d({c}, bias=False)": True, "nn.InstanceNorm2d({c})": False,
    "nn.InstanceNorm2d({c}, track_running_stats=True, affine=True)": True, "nn.GroupNorm(2, {c})": False,
    "nn.GroupNorm({c}, {c}, affine=False)": False, "nn.LayerNorm({w})": False, "nn.LayerNorm(({h}, {w}))": False,
    "nn.RMSNorm({w})": False, "nn.RMSNorm(({h}, {w}), eps=1e-3)": False, "nn.LocalResponseNorm(3)": False,
    "nn.LocalResponseNorm(4, k=0.5)": False, "nn.LocalResponseNorm(50)": False,
    "BatchNormalization()": True, "BatchNormalization(axis=0)": True, "BatchNormalization(scale=False, axis=2)": True,
    "BatchNormalization(center=False)": True, "BatchNormalization(trainable=False)": True,
    "BatchNormalization(renorm=True, axis=1, scale=False, center=False)": True,
    "GroupNormalization(-1)": False, "GroupNormalization(2, axis=1, scale=False)": False,
    "GroupNormalization(1, axis=-3, center=False)": False, "GroupNormalization(1, axis=0)": False,
    "LayerNormalization()": False, "LayerNormalization(axis=(1, -1), center=False)": False,
    "LayerNormalization(axis=(0, 1, 2, 3))": False, "LayerNormalization(axis=1, rms_scaling=True)": False,
    "LayerNormalization(axis=())": False, "RMSNormalization(axis=-1)": False,
    "UnitNormalization(axis=(1, 2))": False,
}  # fmt: skip


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("spec", SPECS)
def test_kernels_agree_with_definitions(spec, training):
    """On random shapes, far from 0 and close to it, in both widths."""
    rng = np.random.default_rng(len(spec) + training)
    for dtype, allowed in ((np.float32, 1e-5), (np.float64, 1e-12)):
        for _ in range(3):
            shape = (rng.integers(2, 4), 2 * rng.integers(1, 4), rng.integers(2, 6), rng.integers(2, 6))
            shape = tuple(int(n) for n in shape)
            text = spec.format(c=shape[1], h=shape[2], w=shape[3])
            program = Program(network(text, None), shape, np.dtype(dtype), training)
            x = (rng.standard_normal(shape) * rng.choice([1, 20]) + rng.choice([0, 5])).astype(dtype)
            weights = sample.weights(program, 1)
            found, defined = program.fast(x, weights), program.plain(x, weights)

            assert found.dtype == dtype
            assert np.abs(found - defined).max() <= allowed * np.abs(defined).max(), (text, shape)


@pytest.mark.parametrize(
    ("spec", "depends"), [(spec, depends) for spec, depends in SPECS.items() if "trainable" not in spec]
)
def test_training_changes_only_what_has_running_statistics(spec, depends):
    """A layer's own statistics are the data's, in training and out of it."""
    shape = (2, 4, 3, 5)
    spec = spec.format(c=4, h=3, w=5)
    ways = []
    for training in (False, True):
        program = Program(network(spec, None), shape, np.dtype("float64"), training)
        x = sample.data(program.nodes[0], shape, program.dtype, 0)
        ways.append(program.fast(x, sample.weights(program, 0)))

    assert np.array_equal(*ways) is not depends


@pytest.mark.parametrize(
    ("spec", "shape"),
    [("nn.BatchNorm1d(3)", (1, 3)), ("nn.InstanceNorm1d(3, track_running_stats=True)", (2, 3, 1))],
)
def test_torch_refuses_a_mean_over_one_value_in_training(spec, shape):
    """As torch does; by the running statistics it computes."""
    weights = {"running_mean": np.zeros(3), "running_var": np.ones(3), "weight": np.ones(3), "bias": np.zeros(3)}
    weights = weights if "Batch" in spec else {name: weights[name] for name in ("running_mean", "running_var")}

    assert convcalc.forward(spec, np.ones(shape), weights).shape == shape
    with pytest.raises(ShapeError, match=r"one .* per channel"):
        convcalc.forward(spec, np.ones(shape), weights, training=True)


def test_a_mean_of_many_values_keeps_its_digits():
    """A sum in float32, a row after another, would lose four of seven digits here."""
    x = (np.random.default_rng(0).standard_normal((1, 700, 700, 2)) + 3).astype(np.float32)
    found = convcalc.forward(
        "BatchNormalization(scale=False, center=False)", x, [np.zeros(2), np.ones(2)], training=True
    )
    wide = x.astype(np.float64)
    expected = (wide - wide.mean((0, 1, 2))) / np.sqrt(wide.var((0, 1, 2)) + 0.001)

    assert np.abs(found - expected).max() < 1e-6


def test_constant_data_is_not_a_number_to_onnxruntime_alone():
    """A variance of 0 is divided by where no epsilon is added."""
    x = np.full((1, 2, 2, 2), 3, np.float32)

    assert np.isnan(convcalc.forward("MeanVarianceNormalization()", x, framework="onnx")).all()
    assert not convcalc.forward("nn.LayerNorm(2, elementwise_affine=False)", x).any()
    assert not convcalc.forward("UnitNormalization()", 0 * x).any()
