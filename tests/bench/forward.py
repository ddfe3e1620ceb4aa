"""How long convolutions in NumPy take, as ratios to torch's on one thread, on the same shapes in the same run.

Both sides run in turn; a ratio is the median over the pairs, to whichever of torch's two memory layouts is
faster. The memory that a run takes is held against what it says it needs. torch is only asked where it is installed.
"""

import math
import os
import statistics
import sys
import time
import tracemalloc
from importlib.util import find_spec

# One thread, decided before numpy is loaded; and the products of this processor on both sides, for an
# environment may ask OpenBLAS for those of an older one.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
os.environ.pop("OPENBLAS_CORETYPE", None)

import numpy as np

import convcalc
from convcalc.api import network
from convcalc.numeric import sample
from convcalc.numeric.program import Program
from tests.bench.figures import figure

DENSE = {
    "ResNet stem, 7x7 s2": ("nn.Conv2d(3, 64, 7, stride=2, padding=3)", (1, 3, 224, 224)),
    "3x3, 64 channels at 56": ("nn.Conv2d(64, 64, 3, padding=1)", (1, 64, 56, 56)),
    "1x1, 256 channels at 28": ("nn.Conv2d(256, 256, 1)", (1, 256, 28, 28)),
    "dilated 3x3 (ASPP)": ("nn.Conv2d(256, 256, 3, padding=6, dilation=6)", (1, 256, 33, 33)),
    "DCGAN transposed, 512 to 256": ("nn.ConvTranspose2d(512, 256, 4, stride=2, padding=1)", (8, 512, 4, 4)),
    "conv1d, k 9": ("nn.Conv1d(64, 128, 9, padding=4)", (4, 64, 1000)),
}
OTHERS = {
    "3x3, 512 channels at 7": ("nn.Conv2d(512, 512, 3, padding=1)", (1, 512, 7, 7)),
    "DCGAN transposed, 128 to 64": ("nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1)", (8, 128, 16, 16)),
    "conv1d, dilated": ("nn.Conv1d(64, 64, 2, dilation=64)", (1, 64, 4096)),
    "conv3d, 3x3x3": ("nn.Conv3d(16, 32, 3, padding=1)", (1, 16, 16, 32, 32)),
}
GROUPED = {
    "depthwise 3x3, 128 channels at 56": ("nn.Conv2d(128, 128, 3, padding=1, groups=128)", (1, 128, 56, 56)),
    "depthwise 3x3 s2, 96 at 112": ("nn.Conv2d(96, 96, 3, stride=2, padding=1, groups=96)", (1, 96, 112, 112)),
    "depthwise 5x5, 480 at 14": ("nn.Conv2d(480, 480, 5, padding=2, groups=480)", (1, 480, 14, 14)),
    "depthwise 7x7, 96 at 56": ("nn.Conv2d(96, 96, 7, padding=3, groups=96)", (1, 96, 56, 56)),
    "depthwise conv1d, k 31": ("nn.Conv1d(256, 256, 31, padding=15, groups=256)", (4, 256, 400)),
    "32 groups of 4 (ResNeXt)": ("nn.Conv2d(128, 128, 3, padding=1, groups=32)", (1, 128, 56, 56)),
    "8 groups of 16": ("nn.Conv2d(128, 128, 3, padding=1, groups=8)", (1, 128, 28, 28)),
}
POOLS = {
    "max 3x3 s2 (ResNet)": ("nn.MaxPool2d(3, 2)", (1, 64, 112, 112)),
    "max 2x2": ("nn.MaxPool2d(2)", (1, 128, 56, 56)),
    "max 3x3 s1 (Inception)": ("nn.MaxPool2d(3, 1)", (1, 192, 28, 28)),
    "average 2x2": ("nn.AvgPool2d(2)", (1, 128, 56, 56)),
    "average 3x3 s1": ("nn.AvgPool2d(3, 1)", (1, 192, 28, 28)),
    "max 1-D, 4": ("nn.MaxPool1d(4)", (4, 64, 4000)),
    "average 3-D, 2": ("nn.AvgPool3d(2)", (1, 32, 16, 32, 32)),
}
TABLES = (
    ("dense", DENSE, 1.1, 1.8),
    ("other dense", OTHERS, 1.1, 1.8),
    ("depthwise and grouped", GROUPED, 4, None),
    ("pools", POOLS, 1.8, None),
)
SMALL = ("nn.Conv2d(3, 16, 3)", (1, 3, 9, 9))


def keras_of(spec, shape):
    """Return a torch spec as Keras has it, channels last, with its shape; or None where Keras has it not."""
    from convcalc.api import network

    call = network(spec).calls[0]
    a, rank = call.args, call.layer.rank
    last = (shape[0], *shape[2:], shape[1])
    transposed = call.layer.family.kind == "transpose"
    if "Pool" in spec:
        stride = a["stride"] or a["kernel"]
        return f"{call.layer.word} k={'x'.join(map(str, a['kernel']))} s={'x'.join(map(str, stride))}", last
    if rank == 3 and a["groups"] > 1:
        return None
    words = [f"k={'x'.join(map(str, a['kernel']))}", f"s={'x'.join(map(str, a['stride']))}"]
    words += [
        f"d={'x'.join(map(str, a['dilation']))}",
        "pad=" + "x".join(f"{low}:{high}" for low, high in a["padding"]),
    ]
    if a["groups"] == shape[1] and not transposed:
        return f"dwconv{rank}d {' '.join(words)}", last
    words += [f"groups={a['groups']}"] if not transposed else []
    return f"conv{rank}d{'T' if transposed else ''} f={a['filters']} {' '.join(words)}", last


def ours(spec, shape, framework):
    """Return a function that runs a spec once, through the public door."""
    program = Program(network(spec, framework), shape, np.dtype(np.float32))
    x, (weights,) = sample.data(program.nodes[0], shape, program.dtype, 0), sample.weights(program, 0)
    return lambda: convcalc.forward(spec, x, weights, framework)


def theirs(spec, shape, last):
    """Return a function that runs torch's own layer of a spec once, in one of its layouts."""
    import torch

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    name, _, inside = spec.removeprefix("nn.").partition("(")
    layer = eval(f"torch.nn.{name}({inside}", {"torch": torch})
    x = torch.randn(shape)
    if last:
        form = {4: torch.channels_last, 5: torch.channels_last_3d}[len(shape)]
        x, layer = x.to(memory_format=form), layer.to(memory_format=form)
    if "Pool" in name:
        return lambda: layer(x)
    kind, weight, bias, a = name.lower(), layer.weight, layer.bias, layer
    function = getattr(torch.nn.functional, kind.replace("transpose", "_transpose"))
    if "transpose" in kind:
        rest = (a.stride, a.padding, a.output_padding, a.groups, a.dilation)
    else:
        rest = (a.stride, a.padding, a.dilation, a.groups)
    return lambda: function(x, weight, bias, *rest)


def once(call, times):
    """Return the seconds that a call takes, a mean over several."""
    begin = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begin) / times


def compare(own, others, pairs, times=1):
    """Return ``(ratio, seconds)``: the median of the ratios to the faster of the others, and that one's median."""
    for call in (own, *others):
        once(call, 1 + times // 10)
    found = [(once(own, times), *(once(other, times) for other in others)) for _ in range(pairs)]
    best = min(range(1, 1 + len(others)), key=lambda k: statistics.median(row[k] for row in found))
    return statistics.median(row[0] / row[best] for row in found), statistics.median(row[best] for row in found)


def speed(pairs):
    """Print every ratio to torch, and the geometric means."""
    for title, table, mean, most in TABLES:
        ratios = []
        for name, (spec, shape) in table.items():
            others = [theirs(spec, shape, last) for last in ((False, True) if len(shape) > 3 else (False,))]
            first, seconds = compare(ours(spec, shape, "torch"), others, pairs)
            turned = keras_of(spec, shape)
            second = compare(ours(*turned, "keras"), others, pairs)[0] if turned else math.inf
            words = f"{first:5.2f} channels first, {second:5.2f} last"
            print(f"{name:<36} {words} of torch's {seconds * 1e3:8.3f} ms", flush=True)
            ratios.append((first, second))
        for text, values in (
            ("channels first", [a for a, _ in ratios]),
            ("channels last", [b for _, b in ratios if b < math.inf]),
        ):
            print(f"  {title}, {text}: geometric mean {statistics.geometric_mean(values):.2f}, most {max(values):.2f}")
        better = [min(pair) for pair in ratios]
        value = statistics.geometric_mean(better)
        figure(f"{title}, the better layout: geometric mean {value:.2f} of torch's", value, most=mean)
        if most:
            figure(f"{title}, the better layout: the slowest {max(better):.2f} of torch's", max(better), most=most)


def small(pairs):
    """Print the ratio on an input so small that the call itself is what costs."""
    spec, shape = SMALL
    call = [theirs(spec, shape, False)]
    for framework, (text, sizes) in (("torch", (spec, shape)), ("keras", ("Conv2D(16, 3)", (1, 9, 9, 3)))):
        ratio, seconds = compare(ours(text, sizes, framework), call, 3 * pairs, 200)
        figure(f"{text:<36} {ratio:5.2f} of torch's {seconds * 1e6:8.1f} us on 9x9x3", ratio, most=3)


def memory(count, draws):
    """Print the greatest share of memory that a run of random geometries takes of its estimate."""
    shares = []
    for spec, shape, framework in draws(count):
        program = Program(network(spec, framework), shape, np.dtype(np.float32))
        x, weights = np.ones(shape, np.float32), sample.weights(program, 0)
        tracemalloc.start()
        program.fast(x, weights)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        peak += x.nbytes + sum(w.nbytes for own in weights for w in own.values())
        shares.append((max(peak - 2**20, 0) / program.need, peak / program.need, spec, shape))
    share, _, spec, shape = max(shares)
    half = statistics.median(row[1] for row in shares)
    print(
        f"peak memory, {len(shares)} convolutions: the median {half:.2f} of the estimate, the most by {spec} on {shape}"
    )
    figure(f"peak memory beyond 1 MiB, the most: {share:.2f} of the estimate", share, most=1.5)


def geometries(count):
    """Yield random convolutions of some megabytes, of every framework."""
    import random

    from convcalc.errors import ConvcalcError
    from tests.numeric import draw_conv

    draw, found = random.Random(11), 0
    while found < count:
        kind = draw.choice((draw_conv.torch, draw_conv.keras, draw_conv.onnx, draw_conv.terse))
        spec, framework, shape = kind(draw, draw.randint(1, 3), draw.choice((1, 8, 30)), draw.choice((2, 5)))
        try:
            program = Program(network(spec, framework), shape, np.dtype(np.float32), max_bytes=2**27, max_macs=10**9)
        except ConvcalcError:
            continue
        if program.need > 2**20:
            found += 1
            yield spec, shape, framework


def main(pairs=15):
    """Print everything."""
    memory(200, geometries)
    if find_spec("torch") is None:
        print("torch is not installed: pip install convcalc[live]")
        return
    small(pairs)
    speed(pairs)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
