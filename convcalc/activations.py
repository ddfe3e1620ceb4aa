"""Activations: one row each. Keras' functions among them, with their arguments, are what ``act=`` takes as words.

Arguments are written as ``name:kind=default``, with other names of one after bars; no default means
required, ``?`` that none is a value too. What torch's and ONNX' classes take stands in their
declarations in `convcalc.layers.activation`, under a row's `kind`.
"""

from convcalc.record import Record


class Activation(Record):
    """One activation.

    Attributes
    ----------
    name : str
        The word for it in all frameworks.
    keras : str or None
        The arguments of Keras' function; None where Keras has none.
    formula, range : str
        In plain text, of the values with default arguments.
    slope : float or str or None
        The derivative at 0, with default arguments; what the frameworks say of it where it has none;
        None for what takes values together.
    about : str
        What it is for, in one line.
    kind : str
        The kind of the layer that other frameworks have of it; the name where none is given.
    words : str
        Further words that Keras knows the function by.
    example : str
        The arguments to show it with, where it needs some.
    note : str
        What else there is to know.
    """

    name: str
    keras: str | None
    formula: str
    range: str
    slope: float | str | None
    about: str
    kind: str = ""
    words: str = ""
    example: str = ""
    note: str = ""


AXIS = "axis|dim:int=-1"
ROWS = (
    Activation(
        "relu", "negative_slope|alpha:number=0.0 max_value:number?=none threshold:number=0.0",
        "max(x, 0)", "[0, inf)", "none: 0 from the left, 1 from the right; Keras and torch say 0",
        "the usual one: cheap, and never saturates above 0",
        note="In full, Keras' is min(x, max_value) above the threshold and negative_slope*(x - threshold) below.",
    ),
    Activation(
        "relu6", "", "min(max(x, 0), 6)", "[0, 6]", "none: 0 from the left, 1 from the right; Keras and torch say 0",
        "relu that stays within what 8 bits hold well",
    ),
    Activation(
        "leaky_relu", "negative_slope|alpha:number=0.2", "x if x > 0 else negative_slope*x", "(-inf, inf)",
        "none: negative_slope from the left, 1 from the right; Keras and torch say negative_slope",
        "relu that goes on learning below 0",
        note="negative_slope is 0.2 in Keras' function, 0.3 in its layer LeakyReLU, 0.01 in torch and ONNX.",
    ),
    Activation(
        "prelu", None, "x if x > 0 else a*x, a learned", "(-inf, inf)",
        "none: a from the left, 1 from the right; torch says a", "leaky_relu whose slopes are weights",
        example="0.25",
        note="Shown with a = 0.25, from where torch starts; Keras starts from 0.",
    ),
    Activation(
        "rrelu", None, "x if x > 0 else (lower + upper)/2*x", "(-inf, inf)",
        "none: (lower + upper)/2 from the left, 1 from the right; torch says (lower + upper)/2",
        "leaky_relu of a slope that is random in training",
        note="In training the slope of every value is drawn between lower and upper.",
    ),
    Activation(
        "elu", "alpha:number=1.0", "x if x > 0 else alpha*(exp(x) - 1)", "(-alpha, inf)", 1.0,
        "relu that goes smoothly to -alpha, so that means stay near 0",
        note="Of another alpha than 1 the slope from the left is alpha.",
    ),
    Activation(
        "selu", "", "scale*x if x > 0 else scale*alpha*(exp(x) - 1), alpha 1.6732632, scale 1.0507010",
        "(-1.7580993, inf)", "none: 1.7580993 from the left, 1.0507010 from the right; Keras on TensorFlow says the "
        "right one, torch the left", "elu scaled to keep mean 0 and variance 1 from layer to layer",
        note="alpha is 1.6732632423543772, as published and as Keras and torch have it; 1.67216214, which a tutorial "
        "prints, is a slip. ONNX has both constants rounded to float32.",
    ),
    Activation(
        "celu", "alpha:number=1.0", "x if x > 0 else alpha*(exp(x/alpha) - 1)", "(-alpha, inf)", 1.0,
        "elu that is smooth at 0 for every alpha", note="Keras on TensorFlow takes 2 as its derivative at 0.",
    ),
    Activation(
        "gelu", "approximate:bool=false", "x*Phi(x) = x*(1 + erf(x/sqrt(2)))/2", "[-0.1699712, inf)", 0.5,
        "the transformers' one: x by the chance that a normal value is below it",
        note="approximate is x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))/2, in torch and ONNX approximate=tanh; "
        "the two differ by at most 0.00048.",
    ),
    Activation(
        "silu", "", "x*sigmoid(x) = x/(1 + exp(-x))", "[-0.2784645, inf)", 0.5, "a smooth relu, also called swish",
        words="swish", note="ONNX' Swish is x*sigmoid(alpha*x).",
    ),
    Activation(
        "mish", "", "x*tanh(softplus(x)) = x*tanh(log(1 + exp(x)))", "[-0.3088437, inf)", 0.6,
        "a smooth relu, a little steeper than silu",
    ),
    Activation(
        "sigmoid", "", "1/(1 + exp(-x))", "(0, 1)", 0.25, "a probability from a number, and the gate of gated units"
    ),
    Activation(
        "hard_sigmoid", "", "min(max(x + 3, 0), 6)/6", "[0, 1]", 1 / 6, "sigmoid in three straight pieces",
        note="ONNX' HardSigmoid is min(max(alpha*x + beta, 0), 1) with alpha=0.2, beta=0.5: not the others'.",
    ),
    Activation(
        "log_sigmoid", "", "log(1/(1 + exp(-x)))", "(-inf, 0)", 0.5, "the logarithm of sigmoid, exact where that is 0"
    ),
    Activation(
        "hard_silu", "", "x*min(max(x + 3, 0), 6)/6", "[-0.375, inf)", 0.5, "silu in pieces without a power",
        kind="hard_swish", words="hard_swish",
    ),
    Activation("tanh", "", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "(-1, 1)", 1.0, "sigmoid between -1 and 1"),
    Activation("hard_tanh", "", "min(max(x, -1), 1)", "[-1, 1]", 1.0, "tanh in three straight pieces"),
    Activation("tanh_shrink", "", "x - tanh(x)", "(-inf, inf)", 0.0, "nearly 0 for small x, x less 1 for large"),
    Activation(
        "hard_shrink", "threshold|lambd:number=0.5", "x if |x| > threshold else 0", "(-inf, -0.5), 0 and (0.5, inf)",
        0.0, "drops small values, keeps the rest as they are",
    ),
    Activation(
        "soft_shrink", "threshold|lambd:number=0.5", "x - threshold if x > threshold, x + threshold if x < -threshold, "
        "else 0", "(-inf, inf)", 0.0, "drops small values and moves the rest nearer to 0",
    ),
    Activation(
        "shrink", None, "x - bias if x > lambd, x + bias if x < -lambd, else 0", "(-inf, -0.5), 0 and (0.5, inf)", 0.0,
        "hard_shrink and soft_shrink in one: bias 0 is the one, bias=lambd the other",
    ),
    Activation(
        "softplus", "", "log(1 + exp(x))", "(0, inf)", 0.5, "a smooth relu that is never 0, for what must be positive",
        note="torch's is log(1 + exp(beta*x))/beta, and x where beta*x is over its threshold of 20.",
    ),
    Activation("softsign", "", "x/(1 + |x|)", "(-1, 1)", 1.0, "tanh that saturates slowly"),
    Activation(
        "exponential", "", "exp(x)", "(0, inf)", 1.0, "a positive value, or a rate from its logarithm", kind="exp"
    ),
    Activation("linear", "", "x", "(-inf, inf)", 1.0, "no activation at all", kind="identity"),
    Activation(
        "threshold", "threshold:number default_value|value:number", "x if x > threshold else default_value",
        "default_value and (threshold, inf)", "0 where the threshold is 0 or more, else 1", "relu cut at another place",
        example="0.5,-1", note="Shown with threshold=0.5, default_value=-1.",
    ),
    Activation(
        "thresholded_relu", None, "x if x > alpha else 0", "0 and (1, inf)", 0.0, "relu that begins at alpha"
    ),
    Activation(
        "clip", None, "min(max(x, min), max)", "[min, max]", "1 where 0 is between the bounds, else 0",
        "x between two bounds: relu6 is clip 0 6", example="0,6",
        note="Shown with min=0, max=6.",
    ),
    Activation("sparse_plus", "", "0 if x <= -1, x if x >= 1, else (x + 1)^2/4", "[0, inf)", 0.5,
        "softplus that is exactly 0 below -1"),
    Activation("sparse_sigmoid", "", "min(max((x + 1)/2, 0), 1)", "[0, 1]", 0.5, "the derivative of sparse_plus"),
    Activation("squareplus", "b:number=4", "(x + sqrt(x^2 + b))/2", "(0, inf)", 0.5, "softplus without a power"),
    Activation(
        "softmax", "axis|dim:int?=-1", "exp(x_i)/sum_j exp(x_j) along an axis", "(0, 1), sum 1", None,
        "probabilities of classes", note="Without a dim torch takes 0 of an input of 0, 1 or 3 axes, else 1.",
    ),
    Activation(
        "log_softmax", "axis|dim:int?=-1", "x_i - log(sum_j exp(x_j)) along an axis", "(-inf, 0)", None,
        "the logarithm of softmax, exact where that is 0",
    ),
    Activation("softmin", None, "exp(-x_i)/sum_j exp(-x_j) along an axis", "(0, 1), sum 1", None,
        "softmax that favours the least"),
    Activation("softmax2d", None, "exp(x_i)/sum_j exp(x_j) over the channels", "(0, 1), sum 1", None,
        "softmax over the channels of each cell of an image"),
    Activation("hardmax", None, "1 at the first of the greatest along an axis, else 0", "0 and 1", None,
        "the winner takes all"),
    Activation(
        "sparsemax", AXIS, "max(x_i - tau, 0) along an axis, tau such that the sum is 1", "[0, inf)", None,
        "softmax that gives most classes exactly 0",
        note="Keras 3.15 adds up running sums for tau, so that its values sum to 1 only where one is above 0; "
        "what is computed here is what Keras computes.",
    ),
    Activation(
        "glu", AXIS, "a*sigmoid(b), a and b the halves of an axis", "(-inf, inf)", None,
        "half of the channels, each let through by the other half",
    ),
)  # fmt: skip

# Keras' own words -> what the function takes besides its input.
KERAS = {
    word: row.keras for row in ROWS if row.keras is not None for word in (row.name, *row.words.split())
}  # fmt: skip


class Argument(Record):
    """One argument of Keras' function: its names, its kind and its default."""

    name: str
    aliases: tuple
    kind: str
    required: bool
    default: object = None


def read(text):
    """Return the arguments that a row declares.

    >>> read("axis|dim:int=-1")
    (Argument(name='axis', aliases=('dim',), kind='int', required=False, default=-1),)
    """
    found = []
    words = {"none": None, "true": True, "false": False}
    for word in text.split():
        head, given, default = word.partition("=")
        names, _, kind = head.partition(":")
        name, *aliases = names.split("|")
        value = words[default] if default in words else float(default) if "." in default else default and int(default)
        found.append(Argument(name, tuple(aliases), kind, not given, value if given else None))
    return tuple(found)


def row_of(name):
    """Return the row of a name, or of another of Keras' words for it, or None."""
    for row in ROWS:
        if name == row.name or name in row.words.split():
            return row
    return None


def fits(value, kind):
    """Tell whether a value is of a kind, as `read` gives it."""
    if value is None:
        return kind.endswith("?")
    kind = kind.rstrip("?")
    if kind == "number":
        return value.__class__ in (int, float) and value - value == 0
    return value.__class__ is (bool if kind == "bool" else int)


def settle(name, given):
    """Return ``(arguments, wrong)`` of a call of Keras' function: all by their names, or what is wrong with it.

    Parameters
    ----------
    name : str
        One of `KERAS`.
    given : sequence
        Records with `key`, None where positional, and `value`.

    Examples
    --------
    >>> from convcalc.spec.tree import Arg
    >>> settle("relu", [Arg("alpha", 0.1, (0, 9), (0, 5))])
    ({'negative_slope': 0.1, 'max_value': None, 'threshold': 0.0}, None)
    >>> settle("relu", [Arg("maximum", 6, (0, 9), (0, 7))])[1]
    "relu takes no 'maximum', but negative_slope, max_value, threshold"
    >>> settle("threshold", [])[1]
    'threshold needs threshold, default_value: threshold(threshold=..., default_value=...)'
    """
    known = read(KERAS[name])
    names = {word: argument for argument in known for word in (argument.name, *argument.aliases)}
    taken: dict = {}
    for arg in given:
        argument = names.get(arg.key) if arg.key else known[len(taken)] if len(taken) < len(known) else None
        if argument is None or argument.name in taken:
            what = "so many arguments" if arg.key is None else f"{arg.key!r} twice" if argument else repr(arg.key)
            own = ", ".join(each.name for each in known)
            return taken, f"{name} takes no {what}" + (f", but {own}" if own else "")
        if not fits(arg.value, argument.kind):
            kinds = {"number": "a number", "int": "an integer", "bool": "true or false"}
            what = kinds[argument.kind.rstrip("?")] + (" or none" if argument.kind.endswith("?") else "")
            return taken, f"{name} takes {what} as {argument.name}"
        taken[argument.name] = arg.value
    missing = [each.name for each in known if each.required and each.name not in taken]
    if missing:
        words = ", ".join(f"{word}=..." for word in missing)
        return taken, f"{name} needs {', '.join(missing)}: {name}({words})"
    return {each.name: taken.get(each.name, each.default) for each in known}, None


def wrong_arguments(name, given):
    """Return what is wrong with the arguments given to Keras' function of a name, or None."""
    return settle(name, given)[1]
