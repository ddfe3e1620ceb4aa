"""The Python API, sentence by sentence: attributes, rows, rendering, inputs, named things, errors."""

import io
import subprocess
import sys

import pytest

import convcalc
from convcalc import ConvcalcError


@pytest.fixture(scope="module")
def report():
    """Return the report of the contract's example."""
    return convcalc.shape("conv2dT f=10 k=3 s=2 pad=same | relu | flatten", (4, 28, 28, 3))


def held(record, data, path=""):
    """Yield the keys of the JSON that are no attribute."""
    for key, value in data.items():
        if not hasattr(record, key):
            yield path + key
        elif isinstance(value, dict) and key != "fits":
            yield from held(getattr(record, key), value, f"{path}{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for own, one in zip(getattr(record, key), value, strict=True):
                yield from held(own, one, f"{path}{key}.")


@pytest.mark.parametrize(
    ("text", "given"),
    [("conv2dT 8 3 2 | relu", "9x9x3"), ("adaptiveavgpool2d 3", "9x9x3"), ("sepconv2d 8 3 @a | add @a", None)],
)
def test_every_json_key_is_an_attribute(text, given):
    """At every level, parts and bins too."""
    report = convcalc.shape(text, given)

    assert list(held(report, report.to_dict())) == []


def test_the_example(report):
    """The figures of the contract, and shapes as tuples."""
    assert report.layers[0].output_shape == (4, 56, 56, 10)
    assert (report.params.trainable, report.layers[0].params.trainable) == (280, 280)


def test_rows_are_the_csv_s(report):
    """The same columns in the same order, a dict a layer."""
    from convcalc.views import csv

    lines = csv.render(report).splitlines()
    assert [list(row) for row in report.rows()] == [lines[0].split(",")] * 3
    assert [row["output_shape"] for row in report.rows()] == ["4,56,56,10", "4,56,56,10", "4,31360"]


def test_it_shows_itself(report):
    """With rich as a table, in a notebook as HTML, in a shell as one line."""
    console = pytest.importorskip("rich.console").Console(file=io.StringIO(), width=80)
    console.print(report)

    assert "846,720" in console.file.getvalue()
    assert "846,720" in report._repr_html_()
    assert report._repr_html_().startswith("<")
    assert repr(report) == "<convcalc report: keras, 3 layers, 4, 28, 28, 3 -> 4, 31360>"


GIVEN = {
    "a tuple": ((4, 28, 28, 3), (4, 26, 26, 8)),
    "a list": ([4, 28, 28, 3], (4, 26, 26, 8)),
    "text for people": ("28x28x3", "N,26,26,8"),
    "None for unknown": ((None, 28, 28, 3), "N,26,26,8"),
    "expressions": (("N", "2*H", 28, 3), "N,2*H - 2,26,8"),
    "nothing": (None, "N,H - 2,W - 2,8"),
}


@pytest.mark.parametrize(("given", "expected"), GIVEN.values(), ids=GIVEN)
def test_inputs(given, expected):
    """A tuple is the tensor's own shape, batch included; a string follows the rule for people."""
    shape = convcalc.shape("conv2d 8 3", given).output_shape

    assert (",".join(map(str, shape)) if isinstance(expected, str) else shape) == expected


def test_a_tuple_is_never_a_sample_without_its_batch():
    """Keras refuses three axes, torch takes them for one unbatched image."""
    with pytest.raises(ConvcalcError) as caught:
        convcalc.shape("conv2d 8 3", (28, 28, 3))

    assert caught.value.code == "wrong_rank"
    assert convcalc.shape("conv2d 8 3", (3, 28, 28), framework="torch").output_shape == (8, 26, 26)


WRONG = {
    "a batch of 0": {"batch": 0},
    "a negative batch": {"batch": -1},
    "a bool for a batch": {"batch": True},
    "a float for a batch": {"batch": 2.0},
    "a word for a batch": {"batch": "4"},
    "an unknown dtype": {"dtype": "float12"},
    "an unknown framework": {"framework": "jax"},
    "a framework in another case": {"framework": "Keras"},
    "no spec": {"spec": None},
    "bytes for a spec": {"spec": b"conv2d 8 3"},
}


@pytest.mark.parametrize("ask", [convcalc.shape, convcalc.inspect], ids=["shape", "inspect"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_the_same_errors(wrong, ask):
    """What the command line refuses, with the same class, and the value in the message."""
    with pytest.raises(ConvcalcError) as caught:
        ask(**{"spec": "conv2d 8 3", "input": "28x28x3", **wrong})

    assert (caught.value.exit_code, caught.value.code) == (2, "bad_value")
    assert next(iter(wrong)) in caught.value.message


def test_errors_have_fields():
    """Code, message, hint, span and text; and the JSON of the command line."""
    with pytest.raises(ConvcalcError) as caught:
        convcalc.shape("conv2d 8 3 sd=2")
    error = caught.value

    assert (error.code, str(error), error.exit_code) == ("unknown_key", "conv2d takes no 'sd'.", 2)
    assert error.text[slice(*error.span)] == "sd"
    assert error.hint == "Did you mean 's' or 'd'?"
    assert error.to_dict() == {
        "code": "unknown_key",
        "message": "conv2d takes no 'sd'.",
        "span": [11, 13],
        "hint": "Did you mean 's' or 'd'?",
    }


NAMED = {
    "a class with arguments": ("init=HeNormal(seed=1)", "init=HeNormal(seed=1)"),
    "with its module": ("init=keras.initializers.HeNormal(seed=1)", "init=HeNormal(seed=1)"),
    "a regulariser's class": ("reg=L1L2(l1=1e-5)", "reg=L1L2(l1=1e-05)"),
    "a word": ("reg=l1_l2", "reg=l1_l2"),
    "an activation's function": ("act=keras.activations.relu", "act=relu"),
    "a callable": ("init=mylib.inits:Orthonormal(gain=2)", "init=mylib.inits:Orthonormal(gain=2)"),
}


@pytest.mark.parametrize(("text", "written"), NAMED.values(), ids=NAMED)
def test_named_things_take_call_text(text, written):
    """Words, the framework's own classes, and callables as module:attribute, which nothing imports."""
    spec = convcalc.shape(f"conv2d 8 3 {text}", "9x9x3").layers[0].spec

    assert spec == f"conv2d f=8 k=3 {written}"
    assert convcalc.shape(spec, "9x9x3").layers[0].spec == spec


def test_importing_imports_neither_numpy_nor_rich_nor_click():
    """Nor does a first answer."""
    code = (
        "import sys, convcalc; convcalc.shape('conv2d 8 3', '9x9x3').to_dict(); "
        "print(sorted({'numpy', 'rich', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
