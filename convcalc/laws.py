"""The laws that initialisers draw by: one record each, and what makes it of arguments and a shape.

The first four records are of independent values; in the others the cells of a weight depend on each
other. A rule is called as ``rule(a, shape, framework)``, with arguments by the house's keys.
"""

from math import cos, pi, prod, sqrt

from convcalc.dialects import keras, torch
from convcalc.errors import ShapeError, SpecError, suggestion
from convcalc.record import Record
from convcalc.tables import gain

# The standard deviation of a normal law of 1 that is cut at -2 and 2, as Keras has it.
CUT = 0.87962566103423978


class Constant(Record):
    """Every value is the same."""

    value: float


class Uniform(Record):
    """Every value between two bounds is as likely."""

    low: float
    high: float


class Normal(Record):
    """A normal law."""

    mean: float
    std: float


class Truncated(Record):
    """A normal law without what lies outside two bounds; `std` is the one before the cut."""

    mean: float
    std: float
    low: float
    high: float


class Orthogonal(Record):
    """A matrix of orthogonal rows or columns, all as likely; a kernel is a matrix along its outputs.

    `rows` and `columns` are the matrix's, whose columns are orthogonal where it is the taller.
    """

    gain: float
    rows: int
    columns: int


class Eye(Record):
    """`gain` on the diagonal of a matrix, 0 elsewhere."""

    gain: float


class Dirac(Record):
    """A kernel that passes its inputs on: 1 at the centre of as many channels as it can, in every group."""

    groups: int


class Sparse(Record):
    """A matrix of which a share of every column is 0, and the rest normal."""

    sparsity: float
    std: float


class Stft(Record):
    """The real or imaginary part of a short-time Fourier transform, as the kernel of a convolution."""

    side: str
    window: object
    scaling: str | None
    periodic: bool


def fans(a, shape, framework):
    """Return the fans of a weight as the framework computes them, or None where it has none."""
    if framework == "torch":
        return torch.fans(shape)
    for axis in (*(a.get("input_axes") or ()), *(a.get("output_axes") or ())):
        if not -len(shape) <= axis < len(shape):
            raise ShapeError(
                "wrong_rank", f"A weight of {len(shape)} axes has no axis {axis}.", hint="Give another one."
            )
    return keras.fans(shape, a.get("input_axes"), a.get("output_axes"))


def constant(value):
    """Return the law of one value; None takes it from the arguments."""
    return lambda a, shape, framework: Constant(a["value"] if value is None else value)


def normal(a, shape, framework):
    """Return a normal law, or one value where it does not spread."""
    return Normal(a["mean"], a["std"]) if a["std"] else Constant(a["mean"])


def uniform(a, shape, framework):
    """Return a uniform law, or one value where its bounds are one."""
    low, high = a["low"], a["high"]
    if low > high:
        raise SpecError("bad_value", f"The lower bound {low} is above the upper one, {high}.", hint="Turn them round.")
    return Uniform(low, high) if low < high else Constant(low)


def truncated(a, shape, framework):
    """Return a normal law that is cut: by Keras at two standard deviations, by torch where it is told."""
    mean, std = a["mean"], a["std"]
    if framework == "keras":
        return Truncated(mean, std, mean - 2 * std, mean + 2 * std) if std else Constant(mean)
    if a["low"] >= a["high"]:
        raise SpecError("bad_value", f"No value is between a={a['low']} and b={a['high']}.", hint="Give a below b.")
    return Truncated(mean, std, a["low"], a["high"])


def scaling(a, shape, framework):
    """Return the law of variance ``scale / n``, n a fan or the mean of both."""
    found = fans(a, shape, framework)
    if found is None:
        raise unfit("torch's scaling by fans", shape, "2 axes or more")
    inputs, outputs = found
    n = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[a["mode"]]
    std = sqrt(a["scale"] / max(1.0, n))
    if a["distribution"] == "uniform":
        return uniform({"low": -sqrt(3) * std, "high": sqrt(3) * std}, shape, framework)
    if a["distribution"] == "untruncated_normal" or framework == "torch":
        return normal({"mean": 0.0, "std": std}, shape, framework)
    return truncated({"mean": 0.0, "std": std / CUT}, shape, framework)


def scaled(scale, mode, distribution):
    """Return the law of one scaling of the variance; torch's gains stand in for Keras' scale."""

    def law(a, shape, framework):
        own = {"scale": scale, "mode": mode, "distribution": distribution, **a}
        if "nonlinearity" in a:
            own["scale"] = gain(a["nonlinearity"], a["a"]) ** 2
        elif "gain" in a:
            own["scale"] = a["gain"] ** 2
        return scaling(own, shape, framework)

    return law


def orthogonal(a, shape, framework):
    """Return the law of orthogonal matrices; the outputs are Keras' last axis and torch's first."""
    if len(shape) < 2:
        raise unfit("Orthogonal" if framework == "keras" else "orthogonal_", shape, "2 axes or more")
    if framework == "keras":
        return Orthogonal(a["gain"], prod(shape[:-1]), shape[-1])
    return Orthogonal(a["gain"], shape[0], prod(shape[1:]))


def eye(a, shape, framework):
    """Return the law of the identity, which is a matrix."""
    if len(shape) != 2:
        raise unfit("Identity" if framework == "keras" else "eye_", shape, "exactly 2 axes")
    return Eye(a.get("gain", 1.0))


def dirac(a, shape, framework):
    """Return the law of the kernel that passes its inputs on."""
    if len(shape) not in (3, 4, 5):
        raise unfit("dirac_", shape, "3, 4 or 5 axes")
    if shape[0] % a["groups"]:
        raise SpecError(
            "bad_combination", f"dirac_ cannot split {shape[0]} filters into groups={a['groups']}.",
            hint=f"Give a number of groups that divides {shape[0]}.",
        )  # fmt: skip
    return Dirac(a["groups"])


def sparse(a, shape, framework):
    """Return the law of a sparse matrix."""
    if len(shape) != 2:
        raise unfit("sparse_", shape, "exactly 2 axes")
    return Sparse(a["sparsity"], a["std"])


def stft(a, shape, framework):
    """Return the law of a Fourier kernel: frames of time, one channel, half of the frequencies and one."""
    if len(shape) != 3 or shape[1] != 1 or shape[2] < 2:
        raise unfit("STFT", shape, "3 axes: the frame's length, 1, and half of the FFT's length and one")
    window = a["window"]
    if window.__class__ is str and window not in COSINES:
        known = ", ".join(COSINES)
        hint = suggestion(window, COSINES) or f"The windows are {known}, or none."
        raise SpecError("bad_value", f"No window is called {window!r}.", hint=hint)
    if window.__class__ is tuple and len(window) != shape[0]:
        raise ShapeError("wrong_shape", f"STFT's window has {len(window)} values for frames of {shape[0]}.")
    return Stft(a["side"], window, a["scaling"], a["periodic"])


def unfit(name, shape, must):
    """Return the error for a weight with the wrong axes."""
    text = ", ".join(map(str, shape))
    axes = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
    return ShapeError(
        "wrong_rank",
        f"{name} takes a weight of {must}, not of {axes}: ({text}).",
        hint="Give another one, such as glorot_uniform.",
    )


# Sums of cosines, by their coefficients as SciPy has them: w(t) = a0 - a1 cos t + a2 cos 2t - ...
COSINES: dict[str, tuple] = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
    "bartlett": (),
    "cosine": (),
}


def window(name, length, periodic):
    """Return the values of a window by its name.

    A periodic one is the window of one value more, without its last.

    Examples
    --------
    >>> window("bartlett", 4, True)
    [0.0, 0.5, 1.0, 0.5]
    """
    whole = length + bool(periodic)
    if length <= 1:
        return [1.0] * length
    if name == "bartlett":
        return [1 - abs(2 * t / (whole - 1) - 1) for t in range(length)]
    if name == "cosine":
        return [cos(pi * ((t + 0.5) / whole - 0.5)) for t in range(length)]
    terms = COSINES[name]
    return [sum((-1) ** k * a * cos(2 * pi * k * t / (whole - 1)) for k, a in enumerate(terms)) for t in range(length)]


def stft_weights(law, length):
    """Return what each frame of time is multiplied by: the window over its norm."""
    if law.window is None:
        return [1.0] * length
    values = window(law.window, length, law.periodic) if law.window.__class__ is str else list(law.window)
    total = 1.0
    if law.scaling == "density":
        total = sum(v * v for v in values) ** 0.5
    elif law.scaling == "spectrum":
        total = sum(map(abs, values))
    return [v / total for v in values]
