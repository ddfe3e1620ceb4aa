"""The catalogue: what every declaration owes its readers."""

import subprocess
import sys
from importlib import import_module

import pytest

import convcalc
from convcalc import layers
from convcalc.layers.declare import ALIASES
from convcalc.layers.write import write
from convcalc.spec import parse
from convcalc.spec.bind import bind
from convcalc.spec.labels import MERGES

ENTRIES = [(layer, framework) for layer in layers.layers() for framework in layer.frameworks()]
IDS = [f"{framework}-{layer.word}" for layer, framework in ENTRIES]


def read(text, framework):
    """Return the calls of a text."""
    return bind(parse(text, layers.is_layer), text, framework).calls


def test_every_class_is_named_among_all():
    """ONNX' Resize too, which is one class for inputs of any rank and of a given one."""
    own = {layer.type("onnx") for layer, framework in ENTRIES if framework == "onnx"}

    assert own == set(layers.class_names("onnx"))


def test_no_two_layers_share_a_word():
    """A word means one layer; a class name means one layer in each framework."""
    seen = {}
    for layer in layers.layers():
        for word in layer.words():
            assert seen.setdefault(word.lower(), layer.word) == layer.word, word
        for framework in layer.frameworks():
            own = layer.type(framework)
            found = layers.find_class(own, framework, layer.rank)
            # A layer of any rank has a class of each rank, or one class that serves its layers of a rank too.
            assert layer.rank is None if found is None else found is layer or found.rank is None, own
            word = layers.find(own)
            assert word is None or word.type(framework) == own, own


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=IDS)
def test_no_word_means_two_arguments(layer, framework):
    """Each alias of a layer's arguments is one argument's."""
    signature = layer.signature(framework)
    seen = {}
    for param in signature.params:
        words = layer.family.aliases.get(param.key) or ALIASES.get(param.key, param.key)
        for word in words.lower().split():
            assert seen.setdefault(word, param.key) == param.key, word


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=IDS)
def test_each_entry_has_help_and_an_example_that_reads_back(layer, framework):
    """The example is legal, and the spec written for it is the same layer."""
    assert layer.family.about
    call = read(layer.example(), framework)[-1]
    text = write(call.layer, framework, call.args)
    again = read(text, framework)[-1]

    assert call.layer is layer
    assert (again.layer, again.args) == (call.layer, call.args)
    assert write(again.layer, framework, again.args) == text


@pytest.mark.parametrize(("layer", "framework"), ENTRIES, ids=IDS)
def test_each_example_is_answered_without_an_input(layer, framework):
    """With nothing known every size is a symbol, and the layer still answers; some need a sample of their rank."""
    report = convcalc.shape(layer.example(), layer.family.sample or None, framework=framework)

    assert report.layers[-1].type == layer.type(framework, len(report.input_shape))
    assert report.to_dict()["output_shape"]


@pytest.mark.parametrize("layer", list(layers.layers()), ids=lambda layer: layer.word)
def test_every_word_of_a_layer_is_found_in_any_case(layer):
    """Names ignore case."""
    for word in layer.words():
        assert layers.find(word) is layers.find(word.upper()) is layer
        assert layers.is_layer(word.title())


def test_a_label_after_a_layer_of_several_inputs_is_an_operand():
    """The words that the reader of labels knows are those of the layers that take many inputs."""
    for layer in layers.layers():
        for name in (*layer.words(), *(layer.type(f) for f in layer.frameworks())):
            assert (name.lower() in MERGES) == (layer.family.operands == "many"), name


def test_no_name_is_in_two_files():
    """A file is imported when those before it lack a name, so one file alone may have it, in any case."""
    modules = {name: import_module(f"convcalc.layers.{name}") for name in layers.MODULES}
    files = {family.kind: name for name, module in modules.items() for family in module.FAMILIES}
    seen = {}
    for layer in layers.layers():
        file = files[layer.family.kind]
        for name in (*layer.words(), *(layer.type(f) for f in layer.frameworks())):
            assert seen.setdefault(name.lower(), file) == file, name


@pytest.mark.parametrize(
    ("names", "unread"),
    [(["conv2d", "Conv2D", "Conv", "dense"], ["norm", "resample"]), (["conv9d"], [])],
    ids=["known", "unknown"],
)
def test_only_the_files_that_are_needed_are_imported(names, unread):
    """Looking up a name imports files up to the one that has it; one that none has, all."""
    code = f"from convcalc import layers; import sys; print([layers.is_layer(n) for n in {names}], *sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert ("False" in printed) == (not unread)
    left = {name for name in layers.MODULES if f"convcalc.layers.{name}" not in printed.split()}
    assert left >= set(unread) if unread else not left


@pytest.mark.parametrize("width", [60, 80])
def test_lists_on_a_terminal(width, golden):
    """The last column wraps below itself, or cells flow below a row's first; no line is wider."""
    from convcalc.cli.list import item_of
    from convcalc.cli.named_tables import items
    from convcalc.views.listing import render
    from convcalc.views.named_table import VIEW

    layer = [item_of(layers.find("conv2dT"))]
    text = (
        render(layer, "table", True, width=width)
        + "\n"
        + render(items("initializers"), "table", view=VIEW, width=width)
    )
    golden(f"terminal_list_{width}.txt", text)
    assert max(map(len, text.splitlines())) <= width


def test_a_word_of_the_language_imports_no_declaration():
    """An input line asks whether its words are layers; no file has to be read to say no."""
    names = ["input", "28x28x3", "true"]
    code = f"from convcalc import layers; import sys; print(*map(layers.is_layer, {names}), *sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert printed[:3] == ["False"] * 3
    assert not {f"convcalc.layers.{name}" for name in layers.MODULES}.intersection(printed)
