"""The project's own files: versions, extras, the changelog; and what its public functions say of themselves."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

import convcalc

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_group_and_the_extra_are_one_list():
    """An old pip has no --group, so the test tools stand twice."""
    assert PROJECT["dependency-groups"]["dev"] == PROJECT["project"]["optional-dependencies"]["dev"]


def test_run_time_packages_are_three():
    """What convcalc needs to run."""
    names = {re.split(r"[<>=]", entry)[0] for entry in PROJECT["project"]["dependencies"]}

    assert names == {"click", "numpy", "rich"}


def test_live_frameworks_are_pinned():
    """A range would let a gate change by itself."""
    assert all("==" in entry for entry in PROJECT["project"]["optional-dependencies"]["live"])


def test_the_version_is_one_literal():
    """It is read by the build from the package, and nowhere else."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", convcalc.__version__)
    assert "version" in PROJECT["project"]["dynamic"]


def test_nothing_public_is_missing():
    """Every public name can be had."""
    for name in convcalc.__all__:
        assert getattr(convcalc, name) is not None
        assert name in dir(convcalc)


@pytest.mark.parametrize("name", sorted({*convcalc.__all__} - {"ConvcalcError", "__version__"}))
def test_help_says_what_goes_in_what_comes_out_and_what_is_raised(name):
    """Every parameter in words, or those of another function; what is returned and raised; an example."""
    function = getattr(convcalc, name)
    titles = r"^(Parameters|Returns|Raises|Examples)\n-+\n"
    _, *parts = re.split(titles, inspect.getdoc(function), flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))

    assert {"Returns", "Raises", "Examples"} <= set(sections)
    assert f">>> convcalc.{name}(" in sections["Examples"] or f"= convcalc.{name}(" in sections["Examples"]
    said = re.findall(r"^\*{0,2}(\w+(?:, \w+)*)(?: : .+)?\n {4}\S", sections["Parameters"], re.MULTILINE)
    assert sorted(", ".join(said).split(", ")) == sorted(inspect.signature(function).parameters)


def test_the_benchmark_says_what_it_missed(capsys, monkeypatch):
    """A figure has a verdict, and what was missed is counted and said again at the end."""
    from tests.bench import __main__ as bench
    from tests.bench import figures

    monkeypatch.setattr(figures, "_lines", [])
    figures.figure("a start 1.2 of another", 1.2, most=1.3)
    figures.figure("lines 0.2 of a loop", 0.2, least=0.25)

    assert figures.summary() == 1
    assert capsys.readouterr().out.splitlines() == [
        "a start 1.2 of another  (at most 1.3)  PASS",
        "lines 0.2 of a loop  (at least 0.25)  MISS",
        "",
        "1 of 2 figures reached",
        "lines 0.2 of a loop  (at least 0.25)  MISS",
    ]
    assert bench.summary is figures.summary


def test_the_oldest_packages_are_those_that_are_tested():
    """What the project says it runs with is what a run before a change lands installs."""
    ci = (ROOT / ".ci" / "run").read_text()

    for name, oldest in (entry.split(">=") for entry in PROJECT["project"]["dependencies"]):
        assert f"'{name}=={oldest}." in ci
