"""The house: who may import whom, what stays out of which room, and how long a file may be."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "convcalc"

# A room may import itself and what stands left of it; `spec` and `readers`, `analysis` and the
# rooms above it are two wings that do not know each other until the top.
BASE = {"errors", "record", "values", "window", "sizes", "size_terms", "size_text"}
# What stands in rows: named things, their arguments and their laws.
TABLES = {"activations", "tables", "laws", "initializers", "regularizers"}
MAY = {
    "errors": set(),
    "record": set(),
    "values": {"record"},
    "window": set(),
    "size_text": {"errors"},
    "size_terms": {"errors", "size_text"},
    "sizes": {"errors", "size_terms", "size_text"},
    "dialects": BASE,
    "activations": BASE,
    "tables": BASE,
    "laws": BASE | {"dialects", "tables"},
    "initializers": BASE | {"laws", "tables"},
    "regularizers": BASE | {"tables"},
    "layers": BASE | TABLES | {"dialects"},
    "network": BASE | {"dialects", "layers"},
    "completion": BASE | TABLES | {"dialects", "layers", "spec"},
    "spec": BASE | {"dialects", "layers", "network"} | TABLES,
    "readers": BASE | {"dialects", "layers", "network", "spec"},
    "analysis": BASE | TABLES | {"dialects", "layers", "network"},
    "numeric": BASE | TABLES | {"dialects", "layers", "network", "analysis"},
    "views": BASE | {"analysis"},
    "api": BASE | TABLES | {"layers", "network", "spec", "readers", "analysis", "numeric"},
    "arrays": BASE | TABLES | {"layers", "spec", "numeric"},
    "cli": BASE
    | TABLES
    | {"layers", "network", "spec", "readers", "analysis", "numeric", "views", "api", "arrays"}
    | {"", "dialects", "completion"},
    "__main__": {"cli"},
    "": {"api", "arrays", "errors"},
}
# Packages that only one room, or none, may name.
JUDGES = {"numeric/against/keras.py", "numeric/against/torch.py", "numeric/against/onnx.py"}
ONLY_IN = {
    "click": {"cli"},
    "rich": {"views/table.py"},
    "numpy": {"numeric"},
    "onnx": JUDGES | {"readers/onnx/infer.py"},
    **dict.fromkeys(("keras", "torch", "onnxruntime", "tensorflow", "jax"), JUDGES),
}
# A report shows itself in rich and in a notebook: it asks for a view then, and only then.
SHOWS_ITSELF = {("analysis/report.py", "convcalc.views.table"), ("analysis/report.py", "convcalc.views.html")}
# What a file asks only when it is called, of one that stands on it.
ASKS_UPWARDS = SHOWS_ITSELF | {
    ("analysis/report.py", "convcalc.analysis.blocks"),  # a report folds itself
    ("analysis/infer.py", "convcalc.analysis.larger"),  # a refusal's hint takes the walk again
    ("layers/kinds.py", "convcalc.layers.cells"),  # a kind that few layers have
}
LONGEST = 300


def room(path):
    """Return the room of a file: its folder, or its own name at the top."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def imports(path):
    """Yield every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: a relative import"
            yield node.module
            if node.module in ("convcalc", "convcalc.numeric"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_stands_below_it(path):
    """The flow is one-way: text or file, network, windows, report, view."""
    own = room(path)
    for module in imports(path):
        if module == "convcalc" or (str(path.relative_to(PACKAGE)), module) in SHOWS_ITSELF:
            continue
        if module == "convcalc.__version__":
            continue
        if module.startswith("convcalc."):
            other = module.split(".")[1]
            assert other == own or other in MAY[own], f"{own or 'convcalc'} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_package_stays_in_its_room(path):
    """Only cli knows click, only one view knows rich, nothing of the shapes knows numpy."""
    for module in imports(path):
        top = module.split(".")[0]
        if top in ONLY_IN:
            where = str(path.relative_to(PACKAGE))
            assert room(path) in ONLY_IN[top] or where in ONLY_IN[top], f"{where} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_is_short_and_says_what_belongs_in_it(path):
    """A file opens with a docstring and stays under the limit."""
    text = path.read_text()

    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= LONGEST


def asked(path, files):
    """Yield the names of the files that a file runs, wherever in it; of a package that is its `__init__`."""
    tree = ast.parse(path.read_text())
    # At the top only `if TYPE_CHECKING` imports under an `if`: nothing of it runs.
    unread = {id(each) for node in tree.body if isinstance(node, ast.If) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in unread:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from names & files
            if node.module in files and not names <= files:
                yield node.module


def test_no_files_import_each_other_in_a_circle():
    """Not even late, within a function, but where that is meant."""
    paths = {".".join(("convcalc", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in FILES}
    paths = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    graph = {name: set(asked(path, set(paths))) - {"convcalc"} for name, path in paths.items()}
    for where, module in ASKS_UPWARDS:
        graph[".".join(("convcalc", *Path(where).with_suffix("").parts))].remove(module)

    assert set(TopologicalSorter(graph).static_order()) == set(paths)


def test_every_room_is_in_the_rule():
    """A new room has to say what it may import."""
    assert {room(path) for path in FILES} == set(MAY)


def test_the_window_is_alone():
    """window.py imports the standard library and nothing of ours."""
    assert not [m for m in imports(PACKAGE / "window.py") if m.startswith("convcalc")]


WAYS = [f for f in FILES if f.parent.name in ("fast", "plain")]


@pytest.mark.parametrize("path", WAYS, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_kernels_and_definitions_do_not_know_each_other(path):
    """The two prove each other only as long as neither has anything of the other."""
    own = f"convcalc.numeric.{path.parent.name}"
    # What a node is, and what loads a callable of the user's own, are of neither.
    shared = ("convcalc.numeric", "convcalc.numeric.node", "convcalc.numeric.custom")

    for module in imports(path):
        if module.startswith("convcalc.numeric"):
            assert module in shared or module.startswith(own), f"{path.name} imports {module}"
