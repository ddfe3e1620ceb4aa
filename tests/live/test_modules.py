"""What torch prints of modules and counts in them is what is recorded."""

import json

import pytest

from tests.live.modules import modules, told
from tests.test_printed_modules import MODULES

pytestmark = pytest.mark.filterwarnings("ignore")
pytest.importorskip("torch", reason="torch is not installed")


def test_the_record_is_what_torch_says():
    assert [json.loads(json.dumps({"name": name, **told(module)})) for name, module in modules()] == MODULES
