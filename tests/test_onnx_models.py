"""Exports of torch models of fourteen kinds: every row's tensor as onnxruntime made it, MACs as torch counted them."""

import base64
import gzip
import json
from pathlib import Path

import pytest

import convcalc
from convcalc.readers.files import recognise

CORPUS = Path(__file__).parent / "corpus" / "onnx_models"
MODELS = sorted(path.name.removesuffix(".json.gz") for path in CORPUS.glob("*.json.gz"))


def recorded(name):
    """Return ``(network, what was recorded)`` of an export, whose sizes are open."""
    said = json.loads(gzip.decompress((CORPUS / f"{name}.json.gz").read_bytes()))
    return recognise(base64.b64decode(said["model"]), name).text, said


@pytest.mark.parametrize("name", MODELS)
def test_every_row_is_what_onnxruntime_made(name):
    network, said = recorded(name)
    report = convcalc.shape(network, tuple(said["input"]))
    for row, call in zip(report.layers, network.calls, strict=True):
        node = row.name if row.name in said["tensors"] else row.name.rpartition(".")[0]
        assert list(row.output_shape) == said["tensors"][node][call.args.get("output") or 0], row.name
        assert not {"unknown_layer", "inferred_by_onnx"} & {note.code for note in row.notes}, row.name
    assert report.macs == said["macs"]
    assert report.params.total == said["parameters"]


@pytest.mark.parametrize("name", MODELS)
def test_open_sizes(name):
    """In symbols, and then with the recorded sizes for them, it is the same."""
    network, said = recorded(name)
    open_ = convcalc.shape(network)
    closed = convcalc.shape(network, tuple(said["input"]))
    at = {str(n): own for n, own in zip(open_.input_shape, said["input"], strict=True) if not isinstance(n, int)}
    for row, other in zip(open_.layers, closed.layers, strict=True):
        found = tuple(n if isinstance(n, int) else n.at(at) for n in row.output_shape)
        assert found == other.output_shape, row.name
    assert open_.params == closed.params
    # Of an open batch one sample is counted.
    macs = open_.macs if isinstance(open_.macs, int) else open_.macs.at(at)
    assert macs * said["input"][0] == closed.macs


@pytest.mark.parametrize("name", ["unet.legacy", "fpn.dynamo", "vit.legacy", "recurrent.legacy"])
def test_what_is_printed_reads_back(name, cli, tmp_path):
    path, again = tmp_path / "model.onnx", tmp_path / "again.json"
    path.write_bytes(base64.b64decode(recorded(name)[1]["model"]))
    first = cli("shape", "--json", str(path))
    again.write_text(first.out)

    assert first.code == 0
    assert cli("shape", "--json", str(again)) == first
