"""What PyTorch answers: constructor and a forward pass on the CPU, in evaluation mode, with zeros.

The CPU judges, for the meta device accepts some shapes that the kernels refuse. A large input or output is asked of
the meta device all the same, for running it would say nothing more about its shape. Evaluation mode, because batch
normalisation in training refuses a batch of one value per channel, which is no question of shape.
"""

import warnings

from tests.live import fill

warnings.filterwarnings("ignore")

import torch  # noqa: E402
from torch import nn  # noqa: E402

VERSION = f"torch {torch.__version__}"
CPU_CELLS = 20_000_000

torch.set_num_threads(1)
torch.set_grad_enabled(False)


class _LazyDraws(torch.overrides.TorchFunctionMode):
    """Skip the filling of fresh parameters: random numbers cost time and say nothing about shapes."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if getattr(func, "__name__", "") in ("uniform_", "normal_") and args:
            return args[0]
        return func(*args, **(kwargs or {}))


def tuples(value):
    """Turn the lists of a JSON text into the tuples that the case was written with."""
    if isinstance(value, list):
        return tuple(tuples(item) for item in value)
    return value


def answer(case):
    """Answer one case in PyTorch; see the package's docstring for what comes and goes."""
    stage, alone = "construct", True
    try:
        args = [tuples(arg) for arg in case.get("args", [])]
        kwargs = {key: tuples(value) for key, value in case.get("kwargs", {}).items()}
        with _LazyDraws():
            layer = getattr(nn, case["name"])(*args, **kwargs).eval()
        stage = "run"
        shapes = case["input"]
        if not any(isinstance(size, (list, tuple)) for size in shapes):
            shapes = [shapes]
        device = "cpu"
        if max(torch.Size(shape).numel() for shape in shapes) > CPU_CELLS or _meta_cells(layer, shapes) > CPU_CELLS:
            device, layer = "meta", layer.to("meta")
        output = layer(*_inputs(layer, shapes, device))
    except Exception as error:  # torch raises every kind
        return {"ok": False, "stage": stage, "error": f"{type(error).__name__}: {error}"}
    if isinstance(output, tuple):  # return_indices: the values come first
        output = output[0]
    if shapes[0][:1] == [0] and isinstance(layer, nn.modules.conv._ConvNd):
        # Without a batch some checks are skipped; `alone` says whether torch would take one image.
        alone = answer({**case, "input": [1, *shapes[0][1:]]})["ok"]
    counts = {True: 0, False: 0}
    for parameter in layer.parameters():
        counts[parameter.requires_grad] += parameter.numel()
    buffers = sum(buffer.numel() for buffer in layer.buffers())
    return {
        "ok": True,
        "output": list(output.shape),
        "params": {
            "total": sum(counts.values()),
            "trainable": counts[True],
            "non_trainable": counts[False],
            "buffers": buffers,
        },
        "weights": [[name, list(value.shape)] for name, value in layer.state_dict().items()],
        "device": device,
        "alone": alone,
    }


def values(case):
    """Return what a case computes of seeded data and weights, in float32 and in float64.

    With ``poison`` the memory that torch would leave as it was is filled with NaN first.
    """
    try:
        torch.use_deterministic_algorithms(case.get("poison", False), warn_only=True)
        with _LazyDraws():
            layer = nn.Sequential(*map(_built, case["layers"])) if "layers" in case else _built(case)
        described = [
            [name, list(value.shape), _owner(layer, name)]
            for name, value in layer.state_dict().items()
            if name.rpartition(".")[2] != fill.UNUSED
        ]
        outputs = {}
        for dtype in (torch.float32, torch.float64):
            layer = layer.to(dtype).eval()
            state = layer.state_dict()
            for (name, _, _), array in zip(described, fill.weights(case, described), strict=True):
                state[name].copy_(torch.from_numpy(array))
            arrays = [torch.from_numpy(array) for array in fill.inputs(case)]
            output = layer(*(array if array.dtype == torch.int64 else array.to(dtype) for array in arrays))
            output = output[0] if isinstance(output, tuple) else output
            outputs[str(dtype).removeprefix("torch.")] = fill.pack(output.numpy())
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True, "weights": described, "outputs": outputs}


def _built(case):
    kwargs = {key: tuples(value) for key, value in case["kwargs"].items()}
    return getattr(nn, case["name"])(*map(tuples, case["args"]), **kwargs)


def _owner(layer, name):
    return type(layer.get_submodule(name.rpartition(".")[0])).__name__


def _inputs(layer, shapes, device):
    dtype = torch.int64 if isinstance(layer, nn.Embedding) else torch.float32
    return [torch.zeros(shape, dtype=dtype, device=device) for shape in shapes]


def _meta_cells(layer, shapes):
    """Guess the output's cells without running it; 0 where the meta device does not say."""
    large = max(torch.Size(shape).numel() for shape in shapes) > CPU_CELLS // 100
    spread = isinstance(layer, (nn.Upsample, nn.modules.padding._ConstantPadNd, nn.modules.conv._ConvTransposeNd))
    if not (large or spread):
        return 0
    try:
        output = layer.to("meta")(*_inputs(layer, shapes, "meta"))
        return output[0].numel() if isinstance(output, tuple) else output.numel()
    except Exception:
        return 0
    finally:
        layer.to_empty(device="cpu")
