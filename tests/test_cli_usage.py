"""Usage: errors of it, help, versions, and the ways to give an option."""

import pytest

from tests.conftest import error

CONV = ("conv2d", "10", "3")


@pytest.mark.parametrize(
    ("argv", "code", "hint"),
    [
        (["shpe"], 2, "'shape'"),
        (["shape", "--jsn"], 2, "'--json'"),
        (["shape", "--format", "yaml", "conv2d"], 2, "--help"),
        (["shape", "-F", "tf", "conv2d"], 2, "--help"),
        (["shape", "-i"], 2, "--help"),
        (["list", "layer"], 2, "--help"),
        (["list", "layers", "cnv2d"], 2, "'conv2d'"),
    ],
)
def test_usage_errors_have_one_form(argv, code, hint, cli):
    people, program = cli(*argv), cli(argv[0], "--json", *argv[1:])
    assert people.code == program.code == code
    assert people.out == ""
    assert hint in people.err
    assert error(program)["message"] in people.err


def test_a_usage_error_names_the_argument(cli):
    answer = cli("schema", "shap")
    assert answer.code == 2
    assert answer.err.startswith("Invalid value for 'COMMAND': 'shap' is not one of 'shape', ")


def test_nothing_given_is_help_on_standard_error(cli):
    answer = cli()
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == cli("-h").out


def test_version_is_the_literal(cli):
    import convcalc

    assert cli("--version") == (0, f"convcalc {convcalc.__version__}\n", "")


@pytest.mark.parametrize("way", [["-i", "28x28x3"], ["-i28x28x3"], ["--input", "28x28x3"], ["--input=28x28x3"]])
def test_ways_to_give_an_option(way, cli):
    assert cli("shape", "-q", *way, *CONV) == cli("shape", *CONV, "--quiet", "--input=28x28x3")


def test_short_options_run_together(cli, tmp_path):
    path = tmp_path / "out.txt"
    assert cli("shape", f"-qo{path}", *CONV) == (0, "", "")
    assert path.read_text() == cli("shape", "-q", *CONV).out
