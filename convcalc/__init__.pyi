"""The public API as type checkers see it: at run time each name is loaded when it is first used."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol, SupportsIndex

from numpy.typing import ArrayLike, NDArray

from convcalc.analysis.report import Report
from convcalc.analysis.sheet import Inspection
from convcalc.analysis.stats import InitStats
from convcalc.analysis.verdict import Verdict
from convcalc.errors import ConvcalcError as ConvcalcError
from convcalc.sizes import Size

__version__: str
__all__ = [
    "ConvcalcError",
    "__version__",
    "activation",
    "check",
    "forward",
    "init_stats",
    "initialize",
    "inspect",
    "penalty",
    "shape",
]

_Framework = Literal["keras", "torch", "onnx"]
_Dtype = Literal["float32", "float64", "float16", "bfloat16", "int8"]

class _KerasModel(Protocol):
    def to_json(self) -> str: ...

class _TorchModule(Protocol):
    def named_modules(self) -> Iterator[Any]: ...

_Spec = str | _KerasModel | _TorchModule
_Shape = str | Iterable[SupportsIndex | str | Size | None]
# Of several inputs: by name, or in order.
_Input = _Shape | Mapping[str, _Shape] | Sequence[_Shape | None]

def shape(
    spec: _Spec,
    input: _Input | None = None,
    framework: _Framework | None = None,
    batch: SupportsIndex | None = None,
    dtype: _Dtype = "float32",
    match: Literal["torchinfo", "fvcore", "ptflops", "thop", "keras", "onnx-tool"] | None = None,
) -> Report: ...
def inspect(
    spec: _Spec,
    input: _Input | None = None,
    framework: _Framework | None = None,
    batch: SupportsIndex | None = None,
    dtype: _Dtype = "float32",
) -> Inspection: ...

# A list of arrays where the network has several outputs, which no type of a text can tell.
def forward(
    spec: _Spec,
    x: ArrayLike | Mapping[str, ArrayLike],
    weights: Mapping[str, ArrayLike | Mapping[str, ArrayLike]] | Sequence[ArrayLike] | None = None,
    framework: _Framework | None = None,
    training: bool = False,
    max_bytes: int | None = 512 * 2**20,
) -> NDArray[Any]: ...
def check(
    spec: _Spec,
    input: _Input,
    framework: _Framework | None = None,
    batch: SupportsIndex | None = None,
    dtype: Literal["float32", "float64"] = "float32",
    seed: int = 0,
    against: _Framework | None = None,
    max_bytes: int | None = 512 * 2**20,
    max_macs: int | None = 2 * 10**10,
    custom: bool = True,
    progress: Callable[[float], object] | None = None,
) -> Verdict: ...
def activation(
    name: str,
    x: ArrayLike,
    framework: _Framework | None = None,
    **arguments: bool | float | str | Sequence[int] | ArrayLike | None,
) -> NDArray[Any]: ...
def init_stats(
    spec: _Spec,
    input: _Input | None = None,
    framework: _Framework | None = None,
    batch: SupportsIndex | None = None,
    seed: int = 0,
    samples: int = 1_000_000,
    images: int | None = None,
    max_bytes: int | None = 512 * 2**20,
    custom: bool = True,
    progress: Callable[[float], object] | None = None,
) -> InitStats: ...
def initialize(
    initializer: str | Callable[[tuple[int, ...], str], ArrayLike],
    shape: SupportsIndex | Iterable[SupportsIndex],
    seed: SupportsIndex | None = None,
    framework: Literal["keras", "torch"] | None = None,
    dtype: Literal["float32", "float64"] = "float32",
    max_bytes: int | None = 512 * 2**20,
) -> NDArray[Any]: ...
def penalty(regularizer: str | Callable[[NDArray[Any]], Any], w: ArrayLike) -> float: ...
