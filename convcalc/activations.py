"""The names of activations: Keras' functions with their arguments, which ``act=`` takes as words."""

# Keras' own words -> what the function takes besides its input; a name without = is required.
KERAS = {
    "celu": "alpha=1.0",
    "elu": "alpha=1.0",
    "exponential": "",
    "gelu": "approximate=false",
    "glu": "axis=-1",
    "hard_shrink": "threshold=0.5",
    "hard_sigmoid": "",
    "hard_silu": "",
    "hard_swish": "",
    "hard_tanh": "",
    "leaky_relu": "negative_slope=0.2",
    "linear": "",
    "log_sigmoid": "",
    "log_softmax": "axis=-1",
    "mish": "",
    "relu": "negative_slope=0.0 max_value=none threshold=0.0",
    "relu6": "",
    "selu": "",
    "sigmoid": "",
    "silu": "",
    "soft_shrink": "threshold=0.5",
    "softmax": "axis=-1",
    "softplus": "",
    "softsign": "",
    "sparse_plus": "",
    "sparse_sigmoid": "",
    "sparsemax": "axis=-1",
    "squareplus": "b=4",
    "swish": "",
    "tanh": "",
    "tanh_shrink": "",
    "threshold": "threshold default_value",
}


def wrong_arguments(name, given):
    """Return what is wrong with the arguments given to Keras' function of a name, or None.

    Parameters
    ----------
    name : str
        One of `KERAS`.
    given : sequence
        Records with `key`, None where positional.

    Examples
    --------
    >>> from convcalc.spec.tree import Arg
    >>> wrong_arguments("relu", [Arg("maximum", 6, (0, 9), (0, 7))])
    "relu takes no 'maximum', but negative_slope, max_value, threshold"
    >>> wrong_arguments("threshold", [])
    'threshold needs threshold, default_value: threshold(threshold=..., default_value=...)'
    """
    words = KERAS[name].split()
    known = [word.partition("=")[0] for word in words]
    taken: list = []
    for arg in given:
        if arg.key is None and len(taken) < len(known):
            taken.append(known[len(taken)])
        elif arg.key in known and arg.key not in taken:
            taken.append(arg.key)
        else:
            what = (
                "so many arguments" if arg.key is None else f"{arg.key!r} twice" if arg.key in taken else repr(arg.key)
            )
            return f"{name} takes no {what}" + (f", but {', '.join(known)}" if known else "")
    missing = [word for word in words if "=" not in word and word not in taken]
    if missing:
        return f"{name} needs {', '.join(missing)}: {name}({', '.join(f'{word}=...' for word in missing)})"
    return None
