"""The types that others' checkers see: right uses of the API pass, and each wrong one is found."""

import subprocess
import sys
from pathlib import Path

import pytest

import convcalc
from tests.conftest import clean_environment

PACKAGE = Path(convcalc.__file__).parent

RIGHT = """
from typing import Any, assert_type

from numpy.typing import NDArray

import convcalc
from convcalc.analysis.report import Field, LayerRow, Note, Report
from convcalc.analysis.sheet import Axis, Inspection, Sheet
from convcalc.analysis.stats import InitStats
from convcalc.analysis.verdict import Verdict
from convcalc.sizes import Size

report = convcalc.shape("conv2d 32 3", ("N", 3, 28, None), framework="torch", batch=2, dtype="float16")
assert_type(report, Report)
assert_type(report.output_shape, tuple[int | Size, ...])
assert_type(report.params.total, int | Size)
assert_type(report.layers[0], LayerRow)
assert_type(report.receptive_field, Field | None)
assert_type(report.notes, tuple[Note, ...])
assert_type(report.fits.get("H", 0), int)
again = convcalc.shape("relu", report.output_shape, report.framework, dtype=report.dtype)
print(report.to_dict()["macs"], [row["macs"] for row in again.rows()], report.keep(report.layers[:1]).macs)

sheets = convcalc.inspect("conv2d 32 3", "28x28x3")
assert_type(sheets, Inspection)
assert_type(sheets.layers[0], Sheet)
assert_type(sheets.layers[0].axes[0], Axis)
assert_type(sheets.layers[0].cost.macs, int | Size)
print(sheets.to_dict(), sheets.keep(sheets.layers).layers, convcalc.__version__.split("."))

print(convcalc.shape("relu", [(1, 4, 3)]).output_shape, convcalc.shape("relu", {"input": "4x3"}).output_shape)

verdict = convcalc.check("conv2d 4 3", (1, 5, 5, 3), dtype="float64", seed=1, max_bytes=None)
assert_type(verdict, Verdict)
assert_type(verdict.ok, bool)
print(verdict.to_dict()["ok"])

stats = convcalc.init_stats("dense 4", (1, 3), samples=100)
assert_type(stats, InitStats)
print(stats.to_dict()["samples"])

w = convcalc.initialize("he_normal", (3, 4), seed=0)
assert_type(w, NDArray[Any])
assert_type(convcalc.forward("dense 4", [[1.0, 2.0, 3.0]], {"kernel": w, "bias": [0.0] * 4}), NDArray[Any])
assert_type(convcalc.activation("relu", w, max_value=6.0), NDArray[Any])
assert_type(convcalc.penalty(lambda w: w.sum(), convcalc.initialize(lambda shape, dtype: w, shape=(3, 4))), float)

try:
    convcalc.shape("conv2d")
except convcalc.ConvcalcError as error:
    assert_type(error.code, str)
    assert_type(error.hint, str | None)
    assert_type(error.span, tuple[int, int] | None)
    assert_type(error.exit_code, int)
    print(error.to_dict()["message"], error.message)
"""

# Each is wrong by itself; what the checker calls it.
WRONG = {
    "convcalc.shape(3)": "arg-type",
    "convcalc.shape()": "call-arg",
    "convcalc.shape('relu', 28)": "arg-type",
    "convcalc.shape('relu', (1.5, 2))": "arg-type",
    "convcalc.shape('relu', framework='pytorch')": "arg-type",
    "convcalc.shape('relu', batch='4')": "arg-type",
    "convcalc.shape('relu', dtype='float8')": "arg-type",
    "convcalc.shape('relu', input_shape=(1, 2))": "call-arg",
    "convcalc.shape('relu').outputshape": "attr-defined",
    "convcalc.shape('relu').params.sum": "attr-defined",
    "convcalc.inspect('relu').macs": "attr-defined",
    "convcalc.inspect(b'relu')": "arg-type",
    "convcalc.solve('relu')": "attr-defined",
    "convcalc.check('relu')": "call-arg",
    "convcalc.check('relu', (1, 2), dtype='float16')": "arg-type",
    "convcalc.init_stats('relu', samples='all')": "arg-type",
    "convcalc.initialize('he_normal', (3, 4), framework='onnx')": "arg-type",
    "convcalc.forward('relu')": "call-arg",
    "convcalc.penalty('l2', [1.0], 3)": "call-arg",
    "convcalc.ConvcalcError('syntax', 'Wrong.').reason": "attr-defined",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What mypy, strict and without the project's settings, says of the right and the wrong uses."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    room = tmp_path_factory.mktemp("types")
    (room / "right.py").write_text(RIGHT)
    (room / "wrong.py").write_text("\n".join(["import convcalc", *WRONG]))
    words = "--strict --follow-imports=silent --no-error-summary --hide-error-context --config-file= --cache-dir=cache"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words.split(), "right.py", "wrong.py"],
        cwd=room,
        env=clean_environment(MYPYPATH=str(PACKAGE.parent)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_right_uses_pass(found):
    assert [line for line in found if not line.startswith("wrong.py:")] == []


def test_right_uses_run(capsys):
    """What the types promise is what there is."""
    exec(RIGHT, {})

    assert "needs" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(("number", "use"), list(enumerate(WRONG, start=2)), ids=list(WRONG))
def test_a_wrong_use_is_found(found, number, use):
    errors = [line for line in found if line.startswith(f"wrong.py:{number}: error: ")]

    assert [line.rpartition("[")[2] for line in errors] == [f"{WRONG[use]}]"]


def test_the_package_says_that_it_is_typed():
    """Without the mark, a checker takes nothing from an installed package."""
    assert (PACKAGE / "py.typed").is_file()


def test_the_types_name_what_there_is():
    """The stub stands for `__init__.py`, so that neither may have a name that the other lacks."""
    import ast

    names = set()
    for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname for alias in node.names if alias.asname)
    assert names == set(convcalc.__all__)


@pytest.mark.parametrize("name", sorted({*convcalc.__all__} - {"ConvcalcError", "__version__"}))
def test_the_types_have_the_arguments_that_there_are(name):
    import ast
    import inspect

    [stub] = [
        node
        for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    real = inspect.signature(getattr(convcalc, name)).parameters.values()
    names = [argument.arg for argument in (*stub.args.args, *filter(None, [stub.args.kwarg]))]
    assert names == [argument.name for argument in real]
    defaults = [argument.default for argument in real if argument.default is not argument.empty]
    assert [eval(ast.unparse(node)) for node in stub.args.defaults] == defaults


def test_the_words_that_are_let_in_are_those_that_are_known():
    """To checkers, on the command line and at run time: three lists, each where its reader can afford it."""
    from typing import get_args, get_type_hints

    from convcalc.analysis.infer import BYTES
    from convcalc.analysis.matching import TOOLS
    from convcalc.cli import shape
    from convcalc.layers.declare import FRAMEWORKS
    from convcalc.views.ranked import WORDS

    stub: dict = {}
    exec((PACKAGE / "__init__.pyi").read_text(), stub)
    hints = get_type_hints(stub["shape"])
    # Of a word that may be left out, the words stand within a union.
    words = {name: [get_args(part) or (part,) for part in get_args(hint)] for name, hint in hints.items()}
    options = {option.name: option.type.choices for option in shape.shape.params if hasattr(option.type, "choices")}

    assert words["framework"][0] == FRAMEWORKS == tuple(options["framework"])
    assert [word for (word,) in words["dtype"]] == [*BYTES] == [*options["dtype"]]
    assert words["match"][0] == (*TOOLS,) == tuple(options["match"])
    assert tuple(options["sort"]) == (*WORDS,)
