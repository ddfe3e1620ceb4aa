"""Start-up is a feature: what each way of running must not load. Each runs in a process of its own."""

import subprocess
import sys

import pytest

from tests.conftest import clean_environment

# Each costs milliseconds that no answer needs.
NEVER = [
    "numpy",
    "rich",
    "dataclasses",
    "importlib.metadata",
    "unicodedata",
    "zipfile",
    "tempfile",
    "subprocess",
    "asyncio",
    "logging",
    "fractions",
    "decimal",
    "pathlib",
    "urllib",
    "http",
    "socket",
    "ssl",
    "xml",
    "unittest",
    "email",
    "multiprocessing",
    "concurrent",
    "ctypes",
    "torch",
    "keras",
    "onnx",
]
ON_NEED = ["json", "csv", "difflib", "ast", "convcalc.readers.files", "convcalc.views.markdown", "convcalc.views.html"]

SHAPE = "shape -i 28x28x3 conv2d 32 3 s=2 pad=same maxpool2d 2 flatten dense 10"
COMMANDS = {
    SHAPE: ON_NEED,
    f"{SHAPE} --json": ON_NEED,
    f"{SHAPE} --format csv": [name for name in ON_NEED if name != "csv"],
    f"{SHAPE} --field macs": ON_NEED,
    f"{SHAPE} --color never": ON_NEED,
    "inspect -i 28x28x3 conv2d 32 3 s=2 pad=same": ON_NEED,
    "inspect --color always -i 28x28x3 conv2dT 32 3": ON_NEED,
    "inspect -i 28x28x3 conv2d 32 3 --json": ON_NEED,
    "--help": [
        *ON_NEED,
        "convcalc.cli.shape",
        "convcalc.cli.inspect",
        "convcalc.cli.list",
        "convcalc.cli.schema",
        "convcalc.api",
        "convcalc.layers",
    ],
    "--version": [*ON_NEED, "convcalc.cli.shape", "convcalc.api", "convcalc.layers"],
    "shape --help": [*ON_NEED, "convcalc.cli.list", "convcalc.api", "convcalc.layers"],
    "completion bash": [*ON_NEED, "convcalc.cli.shape", "convcalc.api", "convcalc.layers"],
    "schema shape": [*ON_NEED, "convcalc.api", "convcalc.layers"],
    "list layers": [*ON_NEED, "convcalc.cli.shape", "convcalc.cli.activations", "convcalc.api", "convcalc.numeric"],
    "list activations": [*ON_NEED, "convcalc.cli.shape", "convcalc.api", "convcalc.numeric"],
    "list initializers": [*ON_NEED, "convcalc.cli.shape", "convcalc.api", "convcalc.numeric"],
}


def loaded_by(code):
    """Return the modules that a piece of Python loads beside those that bare Python has."""
    code = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean_environment(), timeout=60, check=True
    )
    return done.stderr.split()


def of(names, forbidden):
    """Return those of `names` that are forbidden, or in a forbidden package."""
    return [name for name in names if any(name == one or name.startswith(f"{one}.") for one in forbidden)]


@pytest.fixture(scope="module")
def clicks():
    """What click itself loads, whatever we do."""
    return set(loaded_by("import click"))


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_loads_no_more_than_it_needs(words, clicks):
    names = loaded_by(f"from convcalc.cli.main import main\nassert main({words.split()!r}) == 0")
    assert "click" in names
    assert of(set(names) - clicks, [*NEVER, *COMMANDS[words]]) == []


def test_what_a_command_does_need_is_seen():
    names = loaded_by(f"from convcalc.cli.main import main\nmain({f'{SHAPE} --color always'.split()!r})")
    assert "rich.console" in names
    assert of(names, ["rich"])


@pytest.mark.parametrize("code", ["import convcalc", "import convcalc; convcalc.shape('conv2d 3 3')"])
def test_the_package_loads_neither_click_nor_rich_nor_numpy(code):
    assert (
        of(loaded_by(code), ["click", "rich", "numpy", "json", "difflib", "ast", "convcalc.cli", "convcalc.views"])
        == []
    )


def test_only_the_table_imports_rich_and_only_the_command_line_click():
    import ast
    from pathlib import Path

    import convcalc

    root = Path(convcalc.__file__).parent
    for path in root.rglob("*.py"):
        place = path.relative_to(root).as_posix()
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.partition(".")[0])
        if "rich" in names:
            assert place == "views/table.py"
        if "click" in names:
            assert place.startswith("cli/")
