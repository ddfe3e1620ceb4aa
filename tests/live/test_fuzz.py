"""The fuzzer at its full length: 200,000 specs and lines, 20,000 model files, of a seed of its own."""

from tests.hostile.test_fuzz import CODES, fuzzed


def test_mutated_inputs(tmp_path):
    outcomes = fuzzed(200_000, 11, tmp_path)
    assert outcomes.keys() >= CODES | {"unknown_label", "wrong_shape"}


def test_mutated_files(tmp_path):
    fuzzed(20_000, 11, tmp_path, "--readers")
