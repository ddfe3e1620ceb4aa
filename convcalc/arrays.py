"""The Python API of arrays by themselves: `convcalc.activation`, `convcalc.initialize` and `convcalc.penalty`."""

from operator import index

from convcalc.errors import ConvcalcError, SpecError, choice
from convcalc.initializers import HAVE, Initial, initial
from convcalc.regularizers import Penalty
from convcalc.regularizers import penalty as penalised

NO_INITIALISERS = "ONNX has no initialisers: its weights come with the file."


def activation(name, x, framework=None, **arguments):
    """Return what an activation makes of an array, computed in NumPy.

    Parameters
    ----------
    name : str
        A framework's name of it, with arguments if it takes any: "relu", "gelu(approximate=true)",
        "LeakyReLU(0.2)", "nn.ELU(alpha=0.5)"; or your own callable as "module:attribute".
    x : array_like
        float64 is computed in float64, everything else in float32.
    framework : str, optional
        "keras", "torch" or "onnx", whose names and defaults hold; decided from the name where not
        given, Keras' where several have it.
    **arguments
        The activation's, by any framework's names of them; the slopes of prelu may be an array.

    Returns
    -------
    numpy.ndarray
        Of the shape of `x`; glu halves an axis.

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields.

    Examples
    --------
    >>> import convcalc
    >>> convcalc.activation("relu", [-2.0, 0.5, 8.0], negative_slope=0.1, max_value=6.0, threshold=0.0)
    array([-0.2,  0.5,  6. ])
    >>> convcalc.activation("nn.Hardtanh(-2, 2)", [-3.0, 0.5])
    array([-2. ,  0.5])
    """
    from convcalc.layers.declare import FRAMEWORKS
    from convcalc.numeric.apply import activation as apply
    from convcalc.spec.activation import read_activation

    if framework is not None:
        choice("framework", framework, FRAMEWORKS)
    return apply(read_activation(name, arguments, framework), x)


def initialize(initializer, shape, seed=None, framework=None, dtype="float32", max_bytes=512 * 2**20):
    """Return a weight as an initialiser draws it, by the framework's own fans, limits and defaults.

    Parameters
    ----------
    initializer : str or callable
        A name, with arguments or without, as either framework writes it: "he_normal",
        "HeNormal(seed=1)", "nn.init.kaiming_uniform_(a=0.2)"; ``module:attribute``, or the callable
        itself, which is called as ``f(shape, dtype)``.
    shape : tuple of int
        In the framework's own layout: Keras' kernels end in inputs and outputs, torch's begin with
        outputs and inputs.
    seed : int, optional
        Makes it repeatable; it follows the framework's law, not its generator. An initialiser's own
        seed goes first.
    framework : str, optional
        "keras" or "torch"; decided from the name where not given, keras where both have it.
    dtype : str
        "float32" or "float64".
    max_bytes : int or None
        Refuse, before anything is allocated, what takes more.

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields; `LimitError` over the limit.

    Examples
    --------
    >>> import convcalc
    >>> w = convcalc.initialize("he_normal", shape=(3, 3, 16, 32), seed=0)
    >>> w.shape, round(float(w.std()) / (2 / (3 * 3 * 16)) ** 0.5, 1)
    ((3, 3, 16, 32), 1.0)
    """
    from convcalc.numeric.initialize import initialize as draw

    if framework is not None:
        choice("framework", framework, HAVE, NO_INITIALISERS if framework == "onnx" else None)
    choice("dtype", dtype, ("float32", "float64"))
    if seed is not None:
        seed = whole(seed, "seed must be an integer of 0 or more")
    sizes = dims(shape)
    if callable(initializer):
        given = Initial(title(initializer), framework or "keras", {}, None, ready(initializer))
    else:
        given = read(initializer, "an initialiser", lambda named: initial(named, framework))
    return draw(given, sizes, seed, dtype, max_bytes)


def penalty(regularizer, w):
    """Return what a regulariser adds to the loss for a weight.

    Parameters
    ----------
    regularizer : str or callable
        A name with its arguments: "l2", "l1_l2(l1=1e-5, l2=1e-4)", "L1L2(l1=1e-5)"; or
        ``module:attribute``, or the callable itself, which is called as ``f(w)``.
    w : array_like
        The weight, of any shape.

    Returns
    -------
    float
        Summed in float64.

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields.

    Examples
    --------
    >>> import convcalc
    >>> convcalc.penalty("l2(0.5)", [[1.0, 2.0], [3.0, 4.0]])
    15.0
    """
    from convcalc.numeric.penalty import penalty as add

    if callable(regularizer):
        return add(Penalty(title(regularizer), {}, None, ready(regularizer)), w)
    return add(read(regularizer, "a regulariser", penalised), w)


def read(text, what, make):
    """Return what `make` makes of the named thing in a text; its errors point into the text."""
    from convcalc.spec.named import read_named

    if not isinstance(text, str):
        raise SpecError("bad_value", f"{what.capitalize()} is named by a string, not {type(text).__name__}.")
    try:
        return make(read_named(text, what))
    except ConvcalcError as error:
        error.text = text
        if error.span is None:
            error.span = (0, len(text))
        raise


def dims(shape):
    """Return a shape as a tuple of integers."""
    try:
        sizes = tuple(shape) if hasattr(shape, "__iter__") and not isinstance(shape, str) else (shape,)
        return tuple(whole(size, "") for size in sizes)
    except SpecError:
        raise SpecError(
            "bad_value", f"shape must be a tuple of integers of 0 or more, not {shape!r}.", hint="Give (3, 3, 16, 32)."
        ) from None


def whole(value, must):
    """Return an integer of 0 or more; a bool is none."""
    try:
        number = -1 if isinstance(value, bool) else index(value)
    except TypeError:
        number = -1
    if number < 0:
        raise SpecError("bad_value", f"{must}, not {value!r}.", hint="Give 0.")
    return number


def ready(found):
    """Return a callable to call with a shape or a weight: of a class, one that is built without arguments."""
    if not isinstance(found, type):
        return found
    from convcalc.numeric.custom import built

    return built(title(found), found, ())


def title(found):
    """Return the name of a callable."""
    return getattr(found, "__qualname__", None) or type(found).__qualname__
