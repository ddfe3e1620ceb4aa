"""Torch models of fourteen kinds, exported in several ways: tensors as onnxruntime has them, MACs as torch has them."""

import pytest

import convcalc
from convcalc.readers.files import recognise

pytest.importorskip("onnxruntime")
pytest.importorskip("torch")

from tests.live import onnx_models as models
from tests.live.onnx_zoo import MODELS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
# What the newer exporter takes seconds for: one of each kind of thing that it does otherwise.
NEWER = ("unet", "convnext", "fpn", "vit")


@pytest.mark.parametrize("opset", [13, 20])
@pytest.mark.parametrize("name", MODELS)
def test_every_tensor(name, opset):
    data = models.exported(name, opset)
    network = recognise(data, "model.onnx").text
    for seed in range(2):
        shape = models.sized(name, seed)
        report = convcalc.shape(network, tuple(shape))
        models.hold(report, network, models.tensors(data, models.feed_of(name, shape)))
        assert report.macs == models.multiplied(name, shape)
    # Without an input its open sizes are symbols, and the weights are the same.
    assert convcalc.shape(network).params == report.params


@pytest.mark.parametrize("name", MODELS)
def test_values(name):
    """What the layers of a file compute is what onnxruntime computes, on the same data and weights."""
    network = recognise(models.exported(name, 17), "model.onnx").text
    verdict = convcalc.check(network, MODELS[name][1], against="onnx")

    assert verdict.ok, [(row.name, row.note, row.against) for row in verdict.wrong()]


@pytest.mark.parametrize("open_axes", [False, True])
@pytest.mark.parametrize("name", NEWER)
def test_the_newer_exporter(name, open_axes):
    pytest.importorskip("onnxscript")
    data = models.exported(name, None, open_axes)
    network = recognise(data, "model.onnx").text
    shape = models.sized(name, 5) if open_axes else list(MODELS[name][1])
    report = convcalc.shape(network, tuple(shape))
    models.hold(report, network, models.tensors(data, models.feed_of(name, shape)))

    assert report.macs == models.multiplied(name, shape)


@pytest.mark.parametrize(
    "name", [name for name in MODELS if name not in ("resnet", "mobilenet", "densenet", "dcgan", "video")]
)
def test_parameters(name):
    """Where the exporter folds no normalisation into a convolution, they are the model's own."""
    data = models.exported(name, 17)
    report = convcalc.shape(recognise(data, "model.onnx").text)

    assert report.params.total == models.parameters(name) == models.initialisers(data)
