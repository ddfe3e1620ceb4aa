"""What torch prints of a model is read back, and building it again prints the same."""

import pytest

from convcalc.spec import parse
from tests.live.printed import models, parts

nn = pytest.importorskip("torch.nn", reason="torch is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


def rebuilt(raw):
    """Return the module that a read layer stands for, built by torch."""
    kind = getattr(nn, raw.name)
    args = [arg.value for arg in raw.args if arg.key is None]
    keys = {arg.key: arg.value for arg in raw.args if arg.key is not None}
    return kind(*args, **keys)


@pytest.mark.parametrize("model", models(), ids=lambda model: str(model)[:60])
def test_torch_builds_the_same_from_what_is_read(model):
    raws = parse(str(model), lambda word: hasattr(nn, word))

    # A class that the catalogue does not have stands as a layer of which nothing is known.
    assert [[raw.path, raw.args[0].value if raw.name == "Unknown" else raw.name] for raw in raws] == parts(model)
    for raw in raws:
        if raw.name == "Unknown":
            continue
        assert str(rebuilt(raw)) == str(model.get_submodule(raw.path))
