"""An activation by itself, as Python code or a shell names it: a word, a call, a class of any framework."""

from convcalc import activations, layers
from convcalc.errors import SpecError, suggestion
from convcalc.layers.activation import KINDS
from convcalc.layers.declare import PROPER
from convcalc.record import Record
from convcalc.spec.bind import bind
from convcalc.spec.scan import clean
from convcalc.spec.tree import Arg, Named, Raw
from convcalc.spec.values import read_value, split_prefix

# What the slopes of prelu are called, in one framework or another, and what they are where none are given.
SLOPES = ("alpha", "weight", "slope", "init")
FIRST_SLOPE = {"keras": 0.0, "torch": 0.25}
HINT = "Give a name such as relu, gelu(approximate=true) or nn.ELU(alpha=0.5): convcalc list activations"


class Asked(Record):
    """What an activation's name means.

    Attributes
    ----------
    framework : str
    function : Named or None
        A function of Keras', or ``module:attribute``.
    network : Network or None
        The layer that it is, where it is no function.
    slope : object
        The slopes of prelu, which is either of the two by its formula.
    """

    framework: str
    function: object = None
    network: object = None
    slope: object = None


def read_activation(text, arguments=None, framework=None):
    """Return what an activation's name or call means.

    Parameters
    ----------
    text : str
        ``relu``, ``LeakyReLU(0.2)``, ``nn.ELU(alpha=0.5)``, ``mylib.acts:Snake(frequency=2)``.
    arguments : dict, optional
        Further arguments by their names.
    framework : str, optional
        Decided from the name where not given.

    Raises
    ------
    SpecError
        For what is no activation, or arguments that it does not take.

    Examples
    --------
    >>> read_activation("LeakyReLU(0.2)").network.calls[0].args["negative_slope"]
    0.2
    >>> read_activation("F.relu6").framework, read_activation("relu6").framework
    ('torch', 'keras')
    """
    if not isinstance(text, str):
        words = f"An activation is named by a string, not {text.__class__.__name__}."
        raise SpecError("bad_value", words, hint=HINT)
    try:
        return meaning(text, arguments or {}, framework)
    except SpecError as error:
        raise error.at(text=text) from None


def meaning(text, arguments, framework):
    """Return the `Asked` of a text that is one."""
    value = read_text(text)
    name, given = (value, ()) if value.__class__ is str else (value.name, value.args)
    span = (0, len(text))
    slopes = name.lower().endswith("prelu")
    given += tuple(Arg(key, each if slopes else plain(each), span, span) for key, each in arguments.items())
    if ":" in name:
        return Asked(framework or "keras", Named(name, given))
    prefix, bare = split_prefix(name) if value.__class__ is str else (value.prefix, name)
    if bare.startswith(("F.", "functional.")):
        prefix, bare = "torch", bare.rpartition(".")[2]
    own = decided(bare, prefix, framework, span)
    if bare.lower() == "prelu":
        return Asked(own, slope=slope_of(given, own))
    if own == "keras" and layers.find_class(bare, "keras") is None and bare.lower() in activations.KERAS:
        function = Named(bare.lower(), given)
        wrong = activations.wrong_arguments(*function[:2])
        if wrong:
            raise SpecError("bad_value", f"{wrong}.", hint=f"See: convcalc list activations {bare.lower()}", span=span)
        return Asked("keras", function)
    check_known(bare, span)
    is_class = layers.find_class(bare, own) is not None
    raw = Raw(bare, own, is_class, given, (-1,), None, span, span, None, False)
    return Asked(own, network=bind((raw,), text, own))


def read_text(text):
    """Return the word or the `Named` that a text is."""
    stripped = clean(text).strip()
    value, end = read_value(stripped, 0, False) if stripped else (None, 0)
    if end < len(stripped) or value.__class__ not in (str, Named):
        raise SpecError("bad_value", f"{text!r} is the name of no activation.", hint=HINT, span=(0, len(text)))
    return value


def plain(value):
    """Return an argument given in Python as a value of a spec: NumPy's numbers are Python's, lists are tuples."""
    if isinstance(value, (list, tuple)):
        return tuple(plain(each) for each in value)
    return value.item() if hasattr(value, "item") and getattr(value, "size", 0) == 1 else value


def decided(bare, prefix, framework, span):
    """Return the framework of a name: the given one, its prefix's, or the only one that has it so."""
    alone = layers.frameworks_of(bare)
    named = prefix or (alone[0] if len(alone) == 1 else None)
    if framework and named and named != framework:
        raise SpecError(
            "mixed_frameworks",
            f"{bare} is a name of {PROPER[named]}, and the framework is {PROPER[framework]}.",
            hint=f"Write it in lower case, or give framework={named!r}.",
            span=span,
        )
    if framework or named:
        return framework or named
    words = layers.find(bare).words() if layers.is_layer(bare) else (bare.lower(),)
    return "keras" if any(word in activations.KERAS for word in words) else having(bare)


def having(bare):
    """Return the first framework that has a word's layer, Keras for no such word."""
    layer = layers.find(bare)
    return layer.frameworks()[0] if layer else "keras"


def check_known(bare, span):
    """Refuse a name that no activation has."""
    layer = layers.find(bare)
    if layer is None or layer.family.kind not in KINDS | {"identity"} or layer.family.kind == "activation":
        raise SpecError(
            "unknown_word",
            f"'{bare}' is no activation.",
            hint=suggestion(bare, known_names()) or "See: convcalc list activations",
            span=span,
        )


def known_names():
    """Return every word of an activation, and the class names that are no word in another case."""
    own = [each for each in layers.layers() if each.family.kind in KINDS and each.family.kind != "activation"]
    words = dict.fromkeys([*activations.KERAS, *(word for each in own for word in each.words())])
    classes = [each.type(framework) for each in own for framework in each.frameworks()]
    return [*words, *(name for name in dict.fromkeys(classes) if name.lower() not in words)]


def slope_of(given, framework):
    """Return the slopes that prelu is given, or those that the framework starts with."""
    keys = [arg.key for arg in given]
    wrong = [key for key in keys if key is not None and key not in SLOPES]
    if wrong or len(given) > 1:
        what = repr(wrong[0]) if wrong else "several slopes"
        raise SpecError("bad_value", f"prelu takes no {what}, but its slopes.", hint="prelu(0.25), or alpha=an array")
    if not given and framework not in FIRST_SLOPE:
        raise SpecError("missing_argument", "ONNX' PRelu needs its slope.", hint="Give slope=0.25.")
    return given[0].value if given else FIRST_SLOPE[framework]
