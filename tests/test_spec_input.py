"""The input line of a text, and files of specs that have one: a U-Net, a ResNet block, an inception block."""

import json
from pathlib import Path

import pytest

import convcalc
from convcalc.errors import SpecError

SPECS = Path(__file__).parent / "specs"


def conv(cells, kernel, before, after):
    """Parameters and MACs of a convolution of `cells` output cells, from its definition."""
    taps = kernel * kernel * before * after
    return taps + after, cells * taps


def level(size, before, after):
    """Two convolutions of 3 x 3 on an image of `size` x `size`."""
    return [conv(size**2, 3, before, after), conv(size**2, 3, after, after)]


def up(size, before, after):
    """A transposed convolution of 2 x 2: each of the input's cells meets the whole kernel."""
    return [conv(size**2, 2, before, after)]


NETS = {
    "unet.txt": (
        ("N", 128, 128, 1),
        [
            *(*level(128, 3, 16), *level(64, 16, 32), *level(32, 32, 64)),
            *(*up(32, 64, 32), *level(64, 64, 32), *up(64, 32, 16), *level(128, 32, 16)),
            conv(128**2, 1, 16, 1),
        ],
    ),
    "resnet_block.txt": (
        ("N", 56, 56, 256),
        [
            *(conv(56**2, 1, 64, 64), conv(56**2, 3, 64, 64), conv(56**2, 1, 64, 256), conv(56**2, 1, 64, 256)),
            # Four numbers a channel of each normalisation.
            *((4 * channels, 0) for channels in (64, 64, 256, 256)),
        ],
    ),
    "inception.txt": (
        ("N", 28, 28, 256),
        [
            conv(28**2, kernel, before, after)
            for kernel, before, after in (
                *((1, 192, 64), (1, 192, 96), (3, 96, 128)),
                *((1, 192, 16), (5, 16, 32), (1, 192, 32)),
            )
        ],
    ),
}


@pytest.mark.parametrize("name", NETS)
def test_file(name, cli):
    answer = cli("shape", str(SPECS / name), "--json")
    assert (answer.code, answer.err) == (0, "")
    report = json.loads(answer.out)
    output, parts = NETS[name]
    assert tuple(report["output_shape"]) == output
    assert report["params"]["total"] == sum(params for params, _ in parts)
    assert report["macs"] == sum(macs for _, macs in parts)


@pytest.mark.parametrize("name", NETS)
def test_a_file_on_another_input(name, cli):
    """-i wins over the input line."""
    channels = convcalc.shape((SPECS / name).read_text()).input_shape[-1]
    answer = cli("shape", str(SPECS / name), "-i", f"2,64,64,{channels}", "--field", "output_shape")
    assert answer.out == f"2,64,64,{NETS[name][0][-1]}\n"


@pytest.mark.parametrize(
    ("line", "input"),
    [
        ("input 28x28x3", "28x28x3"),
        ("Input 28x28x3", "28x28x3"),
        ("input\t4,28,28,3", "4,28,28,3"),
        ("input N, 28, 28, 3", "N, 28, 28, 3"),
        ("input (4, 28, 28, 3)", "(4, 28, 28, 3)"),
        ("input [4, 28, 28, 3]", "[4, 28, 28, 3]"),
        ("input N, 2*H, W - 2, 3", "N, 2*H, W - 2, 3"),
        ("input N, ceil(H/2), W + 1 , 3", "N, ceil(H/2), W + 1, 3"),
        ("input ?x?x3", "?x?x3"),
        ("input 28x28", "28x28"),
    ],
)
@pytest.mark.parametrize(
    "rest", ["\nconv2d 8 3", " conv2d 8 3", "| conv2d 8 3", " -> conv2d 8 3", " # big\n\nconv2d 8 3"]
)
def test_an_input_line_is_an_input(line, input, rest):
    assert convcalc.shape(line + rest).to_dict() == convcalc.shape("conv2d 8 3", input).to_dict()


@pytest.mark.parametrize(
    ("net", "framework"),
    [
        ("[ conv2d 8 3 ] * 2", "keras"),
        ("conv2d 8 3 pad=same @a conv2d 3 1 pad=same add @input", "keras"),
        ("nn.Conv2d(3, 8, 3)", "torch"),
        ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())", "torch"),
        ("conv2d 8 3 relu", "onnx"),
    ],
)
def test_layers_are_named_and_joined_as_without_it(net, framework):
    input = "9x9x3" if framework == "keras" else "3x9x9"
    with_line = convcalc.shape(f"input {input}\n{net}", framework=framework)
    assert with_line.to_dict() == convcalc.shape(net, input, framework=framework).to_dict()


def test_every_command_reads_it(cli):
    net = "input 9x9x3 | conv2d 3 3"
    assert "N, 7, 7, 3" in cli("inspect", net).out
    assert "2, 7, 7, 3" in cli("check", "--batch", "2", net).out
    assert "N, 7, 7, 3" in cli("init-stats", "--images", "0", net).out
    assert convcalc.forward("input 5x5x3 | maxpool2d 3", [[[[1.0] * 3] * 9] * 9]).shape == (1, 3, 3, 3)


def test_each_line_may_have_one_and_an_input_of_its_own_wins(process):
    lines = 'input 9x9x3 conv2d 3 3\n{"spec": "input 9x9x3 conv2d 3 3", "input": [2, 5, 5, 3]}\n'
    answer = process("shape", "--each", stdin=lines.encode())
    assert [json.loads(line)["output_shape"] for line in answer.out.splitlines()] == [["N", 7, 7, 3], [2, 3, 3, 3]]


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("input 28x2y8x3 | conv2d 8 3", (9, 12), "'2y8' is no size"),
        ("conv2d 8 3 | input 28x28x3", (13, 18), "after layers"),
        ("[ input 28x28x3 conv2d 8 3 ] * 2", (2, 7), "after layers"),
        ("input 28x28x3 | input 28x28x3 | relu", (16, 21), "given twice"),
        ("input 28 28 3 conv2d 3 3", (9, 10), "Another size"),
        ("input | conv2d 3 3", (0, 5), "no shape"),
        ("input\nconv2d 3 3", (0, 5), "no shape"),
        ("input conv2d 3 3", (0, 5), "no shape"),
        ("input (4, 28\nconv2d 3 3", (6, 7), "never closed"),
        ("input -3x28x3 conv2d 3 3", (6, 8), "not negative"),
        ("input 28x28x3 |", (14, 15), "No layer stands after"),
        ("input 28x28x3", (0, 13), "no layer"),
        ("input 28x28x3 @a @b conv2d 3 3", (17, 19), "has a name already"),
        ("input 9x9x3 @a | input 9 @a conv2d 3 3", (25, 27), "is called 'a'"),
        ("input 9x9x3 @a | input 9 @input conv2d 3 3", (25, 31), "first input"),
        ("conv2d 3 3 @a | output", (16, 22), "names no layer"),
        ("conv2d 3 3 @a | output @a | relu", (28, 32), "after the outputs"),
        ("conv2d 3 3 @a | output @b", (23, 25), "called 'b'"),
        ("[ conv2d 3 3 @a | output @a ] * 2", (18, 24), "within brackets"),
        ("conv2d 3 3 @a | output 3 @a", (23, 24), "layer's name"),
        ("input 28x28x3 k=3 conv2d 3 3", (14, 17), "layer's name"),
    ],
)
def test_errors_have_their_place(text, span, words):
    with pytest.raises(SpecError) as caught:
        convcalc.shape(text)
    assert (caught.value.span, caught.value.text) == (span, text)
    assert words in caught.value.message


def test_an_error_in_a_file_has_its_line(cli, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("# a net\ninput 28xx3\nconv2d 3 3\n")
    error = json.loads(cli("shape", str(path), "--json").err)["error"]
    assert (error["code"], error["line"], error["column"]) == ("bad_input", 2, 10)


def test_the_batch_is_given_once(cli):
    assert cli("shape", "--batch", "2", "input 9x9x3 conv2d 3 3", "--field", "output_shape").out == "2,7,7,3\n"
    answer = cli("shape", "--batch", "2", "input 4,9,9,3 conv2d 3 3")
    assert answer.code == 2
    assert "--batch 2" in answer.err
