"""What may follow what is typed, shell by shell; tests/live/test_shells.py presses TAB in the shells themselves."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc import layers
from convcalc.analysis.comparison import ASPECTS
from convcalc.completion import table
from convcalc.completion.command import candidates
from convcalc.completion.network import pieces
from convcalc.completion.scripts import SCRIPTS
from convcalc.completion.shells import Line, answer, bash, common, found
from convcalc.layers.kind_words import told
from convcalc.layers.kinds import BadValue, settle
from convcalc.spec.parse import parse
from tests import completions
from tests.conftest import clean_environment
from tests.test_imports import NEVER, loaded_by, of

BREAKS = " \t\n\"'@><=;|&(:"
# A network as far as it is typed -> all that may follow.
TEXTS = {
    "conv2d k=3 st": ["strides="],
    "Conv2d k=3 st": ["stride="],
    "conv2dT k=3 OUTPUT": ["output_padding="],
    "conv2d 32 3 k": ["kernel_initializer=", "kernel_regularizer=", "kernel_constraint="],
    "conv2d 32 k": ["k=", "kernel_initializer=", "kernel_regularizer=", "kernel_constraint="],
    "conv2d pad=": ["valid", "same", "0", "1", "2"],
    "conv1d pad=": ["valid", "same", "causal", "0", "1", "2"],
    "conv2dT pad=": ["valid", "same", "0", "1", "2"],
    "conv2d pad=SA": ["same"],
    "conv2d df=": ["channels_last", "channels_first"],
    "conv2d b=": ["true", "false"],
    "conv2d act=re": ["relu", "relu6"],
    "conv2d act=thr": ["threshold("],
    "conv2d act=relu(ma": ["max_value="],
    "conv2d act=relu(threshold=1, ": ["negative_slope=", "max_value="],
    "conv2d init=he": ["he_normal", "he_uniform"],
    "conv2d init=HeN": ["HeNormal"],
    "conv2d init=truncated_normal(std": ["stddev="],
    "conv2d init=variance_scaling(mode=fan_a": ["fan_avg"],
    "conv2d reg=l2(": ["l2="],
    "conv2d 8 3 kernel_constraint=max": ["max_norm"],
    "act rel": ["relu", "relu6"],
    "act relu maxp": ["maxpool1d", "maxpooling1d", "maxpool2d", "maxpooling2d", "maxpool3d", "maxpooling3d"],
    "dropout p": ["p=", "permute", "prelu"],
    "gap2": ["gap2d"],
    "CONV2DT": ["conv2dT", "conv2dtranspose"],
    "Conv2DT": ["Conv2DTranspose"],
    "ConvT": ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "ConvTranspose"],
    "nn.AvgPool2": ["nn.AvgPool2d"],
    "tf.keras.layers.SeparableConv2": ["tf.keras.layers.SeparableConv2D"],
    "torch": ["torch.nn."],
    "[ conv2d 16 3 ] * 2 | gap2": ["gap2d"],
    "[ conv2d 16 3 pad=s": ["same"],
    "relu @a | conv2d 8 3 @bb | add @": ["@bb", "@a", "@input"],
    "relu @a | add @a @i": ["@input"],
    "relu @a | conv2d 8 3 from=": ["@a", "@input"],
    "relu @a | conv2d 8 3 from=@i": ["@input"],
    "relu name=first | add @f": ["@first"],
    "relu @'my conv' | add @": ["@'my conv'", "@input"],
    "nn.ReLU(name='a') | add @a": ["@a"],
    "input 9x9x3 @img | input 4 name=meta | relu from=@": ["@meta", "@img", "@input"],
    "relu @a | output ": ["@a", "@input"],
    "relu @a | output @": ["@a", "@input"],
    "relu @a | outp": ["output"],
    "inp": ["input"],
    "conv2d 8 3 fr": ["from=@"],
    "conv2d 8 3 na": ["name="],
    "tf.keras.la": ["tf.keras.layers."],
    "torch.n": ["torch.nn."],
    "nn.conv2": ["nn.Conv2d"],
    "nn.Sequential(nn.Seq": ["nn.Sequential("],
    "nosuch.Conv": [],
    "relu @": [],
    "relu @ne": [],
    "conv2d 32": [],
    "conv2d 32 3 # st": [],
    "conv9d zzz": [],
    "conv2d my-st": [],
    "nn.Conv2d(3, 64, ker": ["kernel_size="],
    "nn.Conv2d(3, 64, kernel_size=3, pad": ["padding=", "padding_mode="],
    "nn.Conv2d(3, 64, 3, padding_mode=": ["'zeros'", "'reflect'", "'replicate'", "'circular'"],
    "nn.Conv2d(3, 64, 3, bias=": ["True", "False"],
    'nn.Conv2d(3, 64, 3, padding="sa': ['"same"'],
    "nn.Conv2d(3, 64, 3, strides": [],
    "nn.Conv2d(3, 64, nosuch=": [],
    "Conv2D(32, 3, strides=1 2": [],
    "Conv2D(32 3": [],
    "Conv2D(32, 3, use_bias='T": [],
    "Conv2D(32, 3, activation='thr": [],
    "Conv2D(32, 3, stri": ["strides="],
    "Conv2D(32, 3, (2, 2), 'sa": ["'same'"],
    "Conv1D(32, 3, padding = 'ca": ["'causal'"],
    "Conv2D(32, 3, activation='relu6": ["'relu6'"],
    "Activation('relu6": ["'relu6'"],
    "layers.Conv2D(3, 3, kernel_initializer=keras.initializers.TruncatedNormal(std": ["stddev="],
    "layers.Conv2D(3, 3, kernel_regularizer=keras.regularizers.OrthogonalRegularizer(mode='c": ["'columns'"],
    "layers.Conv2D(3, 3, activation='relu') conv2d 3 pad=sa": ["same"],
    "nn.Sequential(nn.AvgPool2": ["nn.AvgPool2d("],
    "nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8, mom": ["momentum="],
    "nn.Sequential(OrderedDict([('conv', nn.Conv2d(3, 4, 3, pad": ["padding=", "padding_mode="],
    "keras.Sequential([layers.GlobalMaxPooling2": ["layers.GlobalMaxPooling2D("],
    "keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Conv2D(8, 3, stri": ["strides="],
    "nn.Conv2d(3, 8, (3": [],
    ")]} conv2d pad=sa": ["same"],
    "\u00e4 conv2d pad=sa": ["same"],
}
# Words of a command line, the last one under the cursor -> what it may become.
COMMAND_LINES = {
    "sch": ["schema"],
    "in": ["inspect", "init-stats"],
    "--v": ["--version"],
    "nosuch x": [],
    "shape --dty": ["--dtype"],
    "shape -F": ["-F"],
    "shape -F ": ["keras", "torch", "onnx"],
    "shape --framework=t": ["--framework=torch"],
    "shape --format json": ["json", "jsonl"],
    "shape --json=": [],
    "shape --nosuch=": [],
    "shape -i ": [],
    "shape --sort m": ["macs", "memory"],
    "shape --field out": ["output_shape"],
    "shape -F torch conv2d k=3 st": ["stride="],
    "shape -F nosuch conv2d k=3 st": ["strides="],
    "shape -i 3x3 conv2d 8 -q 3 pad=sa": ["pad=same"],
    "shape reshape -1 conv2d pad=sa": ["pad=same"],
    "shape -- conv2d pad=sa": ["pad=same"],
    "check --against o": ["onnx"],
    "init-stats conv2d init=he": ["init=he_normal", "init=he_uniform"],
    "diff --only shape,pa": ["shape,params"],
    "diff relu gap2": ["gap2d"],
    "diff relu relu gap2": [],
    "list act": ["activations"],
    "list layers Conv2DT": ["Conv2DTranspose"],
    "list layers gap2": ["gap2d"],
    "list activations gel": ["gelu"],
    "list initializers HE_N": ["he_normal"],
    "list regularizers ort": ["orthogonal_regularizer"],
    "list nosuch x": [],
    "list layers relu x": [],
    "schema check": ["check"],
    "completion f": ["fish"],
    "completion fish f": [],
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_network_goes_on(text):
    assert [piece.text for piece in pieces(text)] == TEXTS[text]


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_a_command_line_goes_on(line):
    assert [each.value for each in candidates(["convcalc", *line.split(" ")])] == COMMAND_LINES[line]


def test_one_word_of_several_layers_goes_on_as_several_do():
    assert [each.value for each in candidates(["convcalc", "shape", "relu | conv2d pad=sa"])] == [
        "relu | conv2d pad=same"
    ]


def all_params():
    """Every argument of every layer of every framework."""
    for layer in layers.layers():
        for framework in layer.frameworks():
            for param in layer.signature(framework).params:
                yield layer, framework, param


def test_every_value_offered_is_one_that_its_kind_takes():
    """What is offered for each key is read back by the reader, and settled as the binder does."""
    seen = 0
    for layer, framework, param in all_params():
        word = layer.signature(framework).short(param.key, layer)
        for piece in pieces(f"{layer.word} {word}=", framework):
            if piece.text.endswith("("):
                continue
            raw = parse(f"{layer.word} {word}={piece.text}", layers.is_layer)
            try:
                settle(param, raw[0].args[0].value, layer.rank, framework, call=False)
            except BadValue as error:
                raise AssertionError(f"{layer.word} {word}={piece.text} in {framework}: {error.must}") from error
            seen += 1
    assert seen > 1000


def test_every_choice_offered_is_one_that_the_layer_takes():
    """The whole layer with it is answered, unless another argument is what it lacks."""
    needs = ("align_corners", "coordinate_transformation_mode")
    for layer, framework, param in all_params():
        if layer.word == "act" or param.key in needs or told(param.kind)[0] not in ("padding", "word"):
            continue
        word = layer.signature(framework).short(param.key, layer)
        for piece in pieces(f"{layer.word} {word}=", framework):
            if piece.text.isdigit():  # may be too much for the example
                continue
            spec = f"{layer.example()} {word}={piece.text}"
            try:
                convcalc.shape(spec, layer.family.sample or None, framework=framework)
            except convcalc.ConvcalcError as error:
                # What is wrong for this input only is another matter.
                if error.exit_code != 1:
                    raise AssertionError(spec) from error


def test_every_key_offered_is_one_that_the_layer_has():
    """And every argument that has not been given is offered, by one word."""
    for layer in layers.layers():
        # What follows `act` is its value.
        for framework in layer.frameworks() if layer.word != "act" else ():
            own = layer.signature(framework)
            offered = [p.text for p in pieces(f"{layer.word} ", framework) if p.text.endswith("=")]
            assert {own.terse[key[:-1].lower()].key for key in offered} == {
                param.key for param in own.params if param.kind not in ("any", "object")
            }
            assert len(offered) == len(set(offered))


def test_every_class_is_offered_with_its_own_arguments():
    """By the framework's own names, which is what a call takes."""
    for framework, module in (("keras", "layers."), ("torch", "nn.")):
        for name in layers.class_names(framework):
            assert f"{module}{name}(" in [piece.text for piece in pieces(f"{module}{name[:3]}", quote="'")]
            own = layers.find_class(name, framework).signature(framework)
            for piece in pieces(f"{module}{name}("):
                assert piece.text[:-1] in own.by_name


@given(st.text(alphabet="conv2d k=3'\"\\@|>-()[]{}, .#\n*", max_size=40))
def test_no_text_breaks_it(text):
    for quote in ("", "'"):
        for piece in pieces(text, None, quote):
            assert 0 <= piece.start <= len(text)


@given(st.lists(st.text(alphabet="ab 'c\"\\=$|*", min_size=1, max_size=6), min_size=1, max_size=4), st.booleans())
def test_lines_are_taken_apart_as_a_shell_does(words, blank):
    text = shlex.join(words) + " " * blank
    assert Line(text, "bash").words == shlex.split(text) + [""] * blank


def replies(line, listing=False):
    """What bash is given for a line."""
    taken = Line(line, "bash")
    return list(bash(taken, found(taken), BREAKS, listing))


@pytest.mark.parametrize(
    ("line", "reply"),
    {
        "convcalc sch": ["schema "],
        "FOO=1 convcalc sch": ["schema "],
        "true; convcalc sch": ["schema "],
        "convcalc shape --format=js": ["json ", "jsonl "],
        "convcalc shape --format='js": ["json", "jsonl"],
        "convcalc shape conv2d pad=sa": ["same "],
        "convcalc shape relu @a add @a": ["@a "],
        "convcalc shape conv2d\\ k=3\\ st": ["3\\ strides="],
        "convcalc shape conv2d\\ pad=sa": ["same"],
        "convcalc shape conv2d act=thr": ["threshold\\("],
        "convcalc shape 'conv2d k=3 st": [f"conv2d k=3 strides={n}" for n in (1, 2, 3)],
        'convcalc shape "Conv2D(3, 3, padding=\\"sa': [f'Conv2D(3, 3, padding=\\"same\\"{end}' for end in (", ", ")")],
        'convcalc shape "Conv2D(3, 3, padding=': [f"Conv2D(3, 3, padding='{w}'" for w in ("valid", "same")],
        "convcalc shape 'Conv2D(3, 3, padding=": [f'Conv2D(3, 3, padding="{w}"' for w in ("valid", "same")],
        "convcalc shape 'gap2": ["gap2d df=", "gap2d keepdims=", "gap2d trainable=", "gap2d activity_regularizer="],
        "convcalc shape 'conv2d' pad=sa": ["same "],
        "convcalc shape 'conv2d pad=sa'": [],
        "convcalc shape $X": [],
        'convcalc shape "$X': [],
        "convcalc": [],
        "": [],
    }.items(),
)
def test_bash_gets_what_it_inserts(line, reply):
    assert replies(line) == reply


def test_bash_shows_what_is_new_and_what_it_means():
    assert replies("convcalc shape 'conv2d pad=", listing=True)[:2] == ["valid  (the default)", "same"]


def test_zsh_and_fish_get_words_and_what_is_said_of_them(capsys):
    answer(["completion", "zsh", "--for", "convcalc shape --s"])
    answer(["completion", "zsh", "--for", "convcalc shape 'conv2d df="])
    answer(["completion", "fish", "--for", "convcalc shape --s"])
    assert capsys.readouterr().out.splitlines() == [
        "1\t--sort\t--sort  -- Rows by cost, the costliest first.",
        "0\tconv2d df=channels_last\tchannels_last",
        "0\tconv2d df=channels_first\tchannels_first",
        "--sort\tRows by cost, the costliest first.",
    ]


LONE = (
    *("conv2d k=3 st", "conv2d 3 pad=sa", "gap2", "Conv2D(3, 3, stri", "nn.AvgPool2", "nn.ReLU(inp"),
    *("nn.ConvTranspose2d(3, 3, 3, padding_m", "conv2d init=truncated_normal(se", "nn.Flatten(start_d"),
)


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("text", LONE)
def test_a_lone_candidate_in_a_quote_is_never_alone(text, quote):
    """A shell would close the quote; and it inserts what they have in common, which is that candidate."""
    only = candidates(["convcalc", "shape", text], quote)
    given = [each.value for each in found(Line(f"convcalc shape {quote}{text}", "bash"))]
    assert len(only) == 1
    assert len(given) > 1
    assert common(given).rstrip() == only[0].value


def test_files_are_offered_where_a_network_may_be_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "nets").mkdir()
    for name in ("my net.txt", "mine.json", "my.png", ".hidden.txt", "nets/a.bin"):
        (tmp_path / name).write_text("relu")

    assert replies("convcalc shape mi") == ["mine.json ", "mish ", "min ", "minimum "]
    assert replies("convcalc shape my") == ["my\\ net.txt "]
    assert replies("convcalc shape 'my") == ["my net.txt"]
    assert replies("convcalc shape net") == ["nets/"]
    assert replies("convcalc shape nets/") == ["nets/a.bin "]
    assert replies("convcalc shape ~/ne") == ["~/nets/"]
    assert replies("convcalc shape .h") == [".hidden.txt "]
    assert replies("convcalc shape relu my") == []
    assert replies("convcalc shape -o my") == ["my\\ net.txt ", "my.png "]
    assert replies("convcalc shape --output=my.") == ["my.png "]
    assert replies("convcalc diff mine.json my") == ["my\\ net.txt "]
    assert replies("convcalc shape nosuch/") == []


@pytest.mark.parametrize("path", completions.files(), ids=lambda path: path.name)
def test_the_files_are_as_they_are_generated(path):
    """``python -m tests.completions`` writes them."""
    assert path.read_text(encoding="utf-8") == completions.files()[path]


def test_values_of_no_choice_are_those_that_the_command_takes():
    report = convcalc.shape("conv2d 8 3", "28x28x3").to_dict()
    from convcalc.views.json import field

    for path in table.VALUES["shape --field"].split("|"):
        field(report, path)
    assert table.VALUES["diff --only"].split("|") == list(ASPECTS)


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_command_prints_the_script(shell, cli):
    done = cli("completion", shell)
    assert (done.code, done.out, done.err) == (0, SCRIPTS[shell], "")


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_shell_can_read_its_script(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n"], input=SCRIPTS[shell], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("argv", [["nosuch", "--for", "convcalc s"], ["bash", "--for"], ["bash", "--for", "x" * 10**5]])
def test_what_cannot_be_answered_is_nothing_and_no_error(argv, process):
    assert process("completion", *argv) == (0, "", "")


def test_a_fault_of_its_own_is_not_shown(monkeypatch, capsys):
    from convcalc.completion import shells

    monkeypatch.setattr(shells, "candidates", lambda *_: 1 / 0)
    assert answer(["completion", "bash", "--for", "convcalc s"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "line", ["convcalc shape ", "convcalc shape --", "convcalc shape 'nn.Conv2d(3, ker", "convcalc shape conv2d init=h"]
)
def test_a_tab_loads_little(line):
    code = f"from convcalc.cli.main import main\nassert main(['completion', 'fish', '--for', {line!r}]) == 0"
    names = loaded_by(code)
    assert "convcalc.completion.shells" in names
    assert of(names, [*NEVER, "click", "json", "csv", "difflib", "ast", "convcalc.api", "convcalc.views"]) == []


def test_fish_answers_without_a_terminal(tmp_path):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    program = tmp_path / "convcalc"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convcalc "$@"\n')
    program.chmod(0o755)
    env = clean_environment(HOME=str(tmp_path), PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    code = f'{SCRIPTS["fish"]}\ncomplete -C "convcalc shape \'conv2d pad=sa"'
    done = subprocess.run(
        ["fish", "--no-config", "-c", code], capture_output=True, text=True, env=env, timeout=60, check=True
    )
    assert "conv2d pad=same k=" in done.stdout
