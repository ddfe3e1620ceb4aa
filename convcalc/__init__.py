"""convcalc: shapes, parameters, MACs and receptive fields of convolutional networks.

Answers exactly as Keras, PyTorch and ONNX do, with none of them installed. Everything public is
loaded when it is first used, so importing the package costs next to nothing.
"""

__version__ = "0.1.0"
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

_HOMES = {
    "shape": "convcalc.api",
    "inspect": "convcalc.api",
    "forward": "convcalc.api",
    "check": "convcalc.api",
    "activation": "convcalc.arrays",
    "init_stats": "convcalc.api",
    "initialize": "convcalc.arrays",
    "penalty": "convcalc.arrays",
    "ConvcalcError": "convcalc.errors",
}


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'convcalc' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__():
    return sorted(__all__)
