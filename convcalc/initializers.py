"""Initialisers: one row each, over few laws. The fans that scale them are the dialects'.

Names and arguments are the frameworks' own; `Initial` is one with its arguments, and `law` what it
draws by for a shape. ONNX has none: its weights come with the file.
"""

from convcalc import laws
from convcalc.errors import SpecError, suggestion
from convcalc.laws import (
    constant,
    dirac,
    eye,
    normal,
    orthogonal,
    scaled,
    scaling,
    sparse,
    stft,
    truncated,
    uniform,
)  # fmt: skip
from convcalc.record import Record
from convcalc.tables import GAINS, read, settle


class Initializer(Record):
    """One initialiser.

    Attributes
    ----------
    name : str
        The word for it in all frameworks.
    words : str
        Further words that people type.
    keras, torch : tuple of str, or None
        The framework's own names, the usual one first, and its arguments.
    law : callable
        ``law(a, shape, framework)``: what it draws by, from arguments by the house's keys.
    formula, about, note : str
        In plain text, for people.
    """

    name: str
    words: str
    keras: tuple | None
    torch: tuple | None
    law: object
    formula: str
    about: str
    note: str = ""


class Initial(Record):
    """One initialiser with its arguments: by the framework's names, and none left out.

    `row` is None for a callable named as ``module:attribute``; `given` is that name, with arguments.
    """

    name: str
    framework: str
    config: dict
    row: Initializer | None = None
    given: object = None


SEED = "seed:seed=none"
GENERATOR = "generator:any=none"
AXES = f"{SEED} input_axes:axes=none output_axes:axes=none"
MODES = "fan_in|fan_out|fan_avg"
KAIMING = f"a:number=0.0 mode:word(fan_in|fan_out)=fan_in nonlinearity:exact({'|'.join(GAINS)})=leaky_relu {GENERATOR}"
CUTS = "Keras cuts at 2.27 standard deviations and keeps the variance; torch does not cut."
ROWS = (
    Initializer(
        "random_normal", "normal gaussian",
        ("RandomNormal random_normal normal", f"mean:number=0.0 std/stddev:scale=0.05 {SEED}"),
        ("normal_ normal", f"mean:number=0.0 std:scale=1.0 {GENERATOR}"), normal, "N(mean, std^2)", "normal values",
    ),
    Initializer(
        "random_uniform", "uniform", ("RandomUniform random_uniform uniform",
        f"low/minval:number=-0.05 high/maxval:number=0.05 {SEED}"),
        ("uniform_ uniform", f"low/a:number=0.0 high/b:number=1.0 {GENERATOR}"), uniform, "U(low, high)",
        "values that are as likely anywhere between two bounds",
    ),
    Initializer(
        "truncated_normal", "trunc_normal", ("TruncatedNormal truncated_normal",
        f"mean:number=0.0 std/stddev:scale=0.05 {SEED}"),
        ("trunc_normal_", f"mean:number=0.0 std:positive=1.0 low/a:number=-2.0 high/b:number=2.0 {GENERATOR}"),
        truncated,
        "N(mean, std^2) between bounds",
        "normal values without the large ones",
        "Keras cuts at 2 standard deviations, which leaves a spread of 0.8796*std; torch at a and b.",
    ),
    Initializer(
        "zeros", "zero", ("Zeros zeros zero", ""), ("zeros_", ""), constant(0.0), "0", "0 everywhere, as biases start",
    ),
    Initializer(
        "ones", "one", ("Ones ones one", ""), ("ones_", ""), constant(1.0), "1", "1 everywhere, as scales start"
    ),
    Initializer(
        "constant", "", ("Constant constant", "value:number=0.0"), ("constant_ constant", "value/val:number"),
        constant(None), "value", "one value everywhere",
    ),
    Initializer(
        "variance_scaling", "", ("VarianceScaling variance_scaling", f"scale:positive=1.0 mode:exact({MODES})=fan_in "
        f"distribution:word(truncated_normal|untruncated_normal|uniform|normal)=truncated_normal {AXES}"), None,
        scaling, "mean 0, variance scale/n, n the fan of the mode", "what glorot, he and lecun are cases of",
    ),
    Initializer(
        "glorot_normal", "xavier_normal", ("GlorotNormal glorot_normal", AXES),
        ("xavier_normal_ xavier_normal", f"gain:scale=1.0 {GENERATOR}"), scaled(1.0, "fan_avg", "truncated_normal"),
        "mean 0, variance gain^2*2/(fan_in + fan_out)",
        "keeps signals both ways through tanh and linear layers", CUTS,
    ),
    Initializer(
        "glorot_uniform", "xavier_uniform", ("GlorotUniform glorot_uniform", AXES),
        ("xavier_uniform_ xavier_uniform", f"gain:scale=1.0 {GENERATOR}"), scaled(1.0, "fan_avg", "uniform"),
        "U(-l, l), l = gain*sqrt(6/(fan_in + fan_out))", "Keras' default of every kernel",
    ),
    Initializer(
        "he_normal", "kaiming_normal", ("HeNormal he_normal", AXES), ("kaiming_normal_ kaiming_normal", KAIMING),
        scaled(2.0, "fan_in", "truncated_normal"),
        "mean 0, variance 2/fan_in (torch: gain^2/fan)", "keeps signals through relu", CUTS,
    ),
    Initializer(
        "he_uniform", "kaiming_uniform", ("HeUniform he_uniform", AXES),
        ("kaiming_uniform_ kaiming_uniform", KAIMING), scaled(2.0, "fan_in", "uniform"),
        "U(-l, l), l = sqrt(6/fan_in) (torch: gain*sqrt(3/fan))",
        "keeps signals through relu", "torch's own layers take it with a=sqrt(5), which is U(+-1/sqrt(fan_in)).",
    ),
    Initializer(
        "lecun_normal", "", ("LecunNormal lecun_normal", AXES), None, scaled(1.0, "fan_in", "truncated_normal"),
        "mean 0, variance 1/fan_in, cut at 2.27 standard deviations", "keeps signals through selu",
    ),
    Initializer(
        "lecun_uniform", "", ("LecunUniform lecun_uniform", AXES), None, scaled(1.0, "fan_in", "uniform"),
        "U(-l, l), l = sqrt(3/fan_in)", "keeps signals through linear layers",
    ),
    Initializer(
        "orthogonal", "", ("Orthogonal orthogonal OrthogonalInitializer", f"gain:number=1.0 {SEED}"),
        ("orthogonal_ orthogonal", f"gain:number=1.0 {GENERATOR}"), orthogonal,
        "gain*Q, Q'Q = I, of the kernel as a matrix along its outputs", "keeps the length of whatever passes",
    ),
    Initializer(
        "identity", "eye", ("Identity identity IdentityInitializer", "gain:number=1.0"), ("eye_ eye", ""), eye,
        "gain on the diagonal, 0 elsewhere", "a dense layer that changes nothing",
    ),
    Initializer(
        "dirac", "", None, ("dirac_ dirac", "groups:count=1"), dirac, "1 at the centre of channel i to i, 0 elsewhere",
        "a convolution that changes nothing",
    ),
    Initializer(
        "sparse", "", None, ("sparse_ sparse", f"sparsity:share std:scale=0.01 {GENERATOR}"), sparse,
        "N(0, std^2), but ceil(sparsity*rows) zeros in every column", "few connections",
    ),
    Initializer(
        "stft", "", ("STFT stft STFTInitializer", "side:exact(real|imag)=real window:window?=hann "
        "scaling:exact(density|spectrum)?=density periodic:bool=false"), None, stft,
        "w(t)*cos(2 pi t f/F), or -sin for side=imag", "a convolution that is a short-time Fourier transform",
    ),
)  # fmt: skip

HAVE = ("keras", "torch")
PROPER = {"keras": "Keras", "torch": "torch"}
# Keras' words, as layers take them.
KERAS = tuple(name for row in ROWS if row.keras for name in row.keras[0].split())


def names_of(row, framework):
    """Return the framework's own names of a row, the usual one first; none where it lacks it."""
    own = getattr(row, framework)
    return own[0].split() if own else []


def find(word, framework):
    """Return the row that a word means in a framework, whatever its case, or None.

    >>> find("HeNormal", "keras").name, find("xavier_uniform_", "torch").name, find("sparse_", "keras")
    ('he_normal', 'glorot_uniform', None)
    """
    lower = word.lower()
    for row in ROWS:
        own = names_of(row, framework)
        if own and lower in (row.name, *row.words.split(), *(name.lower() for name in own)):
            return row
    return None


def framework_of(word):
    """Return the framework that has an exact name, Keras where both or none do."""
    return next((f for f in HAVE if any(word in names_of(row, f) for row in ROWS)), "keras")


def initial(value, framework=None):
    """Return the `Initial` that a word or a call means.

    Parameters
    ----------
    value : str or Named
        A name as either framework has it, or ``module:attribute``; with arguments or without.
    framework : str, optional
        "keras" or "torch"; decided from the name where not given.

    Examples
    --------
    >>> initial("kaiming_uniform_").config["mode"], initial("he_normal").framework
    ('fan_in', 'keras')
    """
    word, given, prefix = (value, (), None) if value.__class__ is str else value
    if ":" in word:
        return Initial(
            word, framework or "keras", {arg.key or str(n): arg.value for n, arg in enumerate(given)}, None, value
        )
    short = word.rpartition(".")[2]
    framework = framework or prefix or framework_of(short)
    row = find(short, framework) if framework in HAVE else None
    if row is None:
        raise unknown(short, framework)
    names, text = getattr(row, framework)
    title = names.split()[0]
    if framework == "torch" and given and given[0].value.__class__ is str and given[0].key in (None, "tensor"):
        given = given[1:]  # the tensor that pasted code fills
    return Initial(row.name if framework == "keras" else title, framework, settle(title, text, given), row)


def made(word, framework, **given):
    """Return the `Initial` of a framework's name and of some arguments, the others by default.

    >>> made("constant_", "torch", val=0.25).config
    {'val': 0.25}
    """
    row = find(word, framework)
    names, text = getattr(row, framework)
    config = {each.name: given.get(each.name, each.default) for each in read(text)}
    return Initial(row.name if framework == "keras" else names.split()[0], framework, config, row)


def unknown(word, framework):
    """Return the error for a word that is no initialiser of a framework."""
    if framework not in HAVE:
        return SpecError(
            "framework_lacks", "ONNX has no initialisers: its weights come with the file.",
            hint="Take framework='keras' or 'torch'.",
        )  # fmt: skip
    other = HAVE[framework == "keras"]
    if find(word, other):
        return SpecError(
            "framework_lacks", f"{word} is {PROPER[other]}'s; {PROPER[framework]} has no such initialiser.",
            hint=f"Take framework={other!r}, or see: convcalc list initializers",
        )  # fmt: skip
    known = [name for row in ROWS for name in (row.name, *names_of(row, framework))]
    return SpecError(
        "unknown_word",
        f"{word!r} is no initialiser.",
        hint=suggestion(word, known) or "See: convcalc list initializers",
    )


def keyed(given):
    """Return the arguments of an `Initial` by the house's keys."""
    return {each.key: given.config[each.name] for each in read(getattr(given.row, given.framework)[1])}


def law(given, shape):
    """Return the law that an `Initial` draws a weight of a shape by; None for one that is the user's own.

    Examples
    --------
    >>> law(initial("glorot_uniform"), (3, 3, 3, 3))
    Uniform(low=-0.3333333333333333, high=0.3333333333333333)
    """
    return given.row and given.row.law(keyed(given), tuple(shape), given.framework)


def fans(given, shape):
    """Return ``(fan_in, fan_out)`` of a weight as an `Initial`'s framework computes them, or None."""
    return laws.fans(keyed(given) if given.row else {}, tuple(shape), given.framework)
