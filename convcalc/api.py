"""The Python API of layers and networks; that of arrays by themselves is in `arrays`."""

from convcalc.analysis.infer import BYTES, infer
from convcalc.errors import SpecError, choice
from convcalc.layers.declare import FRAMEWORKS
from convcalc.network import Network
from convcalc.spec import parse
from convcalc.spec.bind import bind
from convcalc.spec.shapes import given


def network(spec, framework=None):
    """Return the `Network` that a spec means; see `shape` for what a spec may be."""
    from convcalc.layers import is_layer, words

    if spec.__class__ is Network:
        return spec.under(framework)
    if framework is not None:
        choice("framework", framework, FRAMEWORKS)
    if not isinstance(spec, str):
        from convcalc.readers.live import read_live

        return read_live(spec).under(framework)
    return bind(parse(spec, is_layer, words), spec, framework)


def shape(spec, input=None, framework=None, batch=None, dtype="float32", match=None):
    """Return the report of a layer or a network.

    Parameters
    ----------
    spec : str or model
        Terse layers, or pasted Keras or torch code; or a live Keras model, which is asked for its `to_json()`, or a
        torch module, of which the `repr` is read, and what that leaves out.
    input : tuple, list, str or dict, optional
        A tuple is the tensor's own shape, batch included, None for an unknown size; a string is
        read as the command line reads `-i`. Of several inputs, a dict of such by name, or a list of
        tuples in order. Without it every size is a symbol.
    framework : str, optional
        "keras", "torch" or "onnx"; decided from the names in the spec where not given.
    batch : int, optional
        The batch, given outright.
    dtype : str
        What a value is stored as, for bytes: float32, float64, float16, bfloat16 or int8.
    match : str, optional
        Another tool, whose counts stand beside: "torchinfo", "fvcore", "ptflops", "thop", "keras" or "onnx-tool".

    Returns
    -------
    Report
        Its attributes are the keys of the JSON. Shapes are tuples with the batch, MACs and FLOPs those of the
        whole batch, what ends in `bytes` is in bytes; each an integer, or an expression of symbols.

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields.

    Examples
    --------
    >>> import convcalc
    >>> report = convcalc.shape("conv2dT f=10 k=3 s=2 pad=same", (4, 28, 28, 3))
    >>> report.output_shape, report.params.trainable, report.macs
    ((4, 56, 56, 10), 280, 846720)
    """
    asked = network(spec, framework), given(input), size(batch), choice("dtype", dtype, BYTES)
    if match is None:
        return infer(*asked)
    from convcalc.analysis.matching import TOOLS, matched

    return matched(*asked, choice("match", match, TOOLS))


def inspect(spec, input=None, framework=None, batch=None, dtype="float32"):
    """Return a sheet a layer: every argument, the size's rule and formula, what windows read, the cost.

    Parameters
    ----------
    spec, input, framework, batch, dtype
        What `shape` takes.

    Returns
    -------
    Inspection
        Its `layers` are the sheets; `to_dict()` is the JSON that ``convcalc inspect --json`` prints.

    Raises
    ------
    ConvcalcError
        As `shape` does.

    Examples
    --------
    >>> import convcalc
    >>> sheet = convcalc.inspect("conv2d 64 7 s=2 pad=same", "224x224x3").layers[0]
    >>> sheet.axes[0].formula, sheet.cost.macs_inside
    ('floor((224 + 2 + 3 - 7)/2) + 1', 116214528)
    """
    from convcalc.analysis.explain import inspect as sheets

    return sheets(network(spec, framework), given(input), size(batch), choice("dtype", dtype, BYTES))


def forward(spec, x, weights=None, framework=None, training=False, max_bytes=512 * 2**20):
    """Return what a layer or a network makes of an array, computed in NumPy.

    Parameters
    ----------
    spec, framework
        What `shape` takes.
    x : array_like, dict or list
        The whole input, batch included, in the framework's own layout; of several inputs a dict of
        arrays by name, or a list of them in order. float64 is computed in float64, everything else
        in float32; indices stay integers for an embedding.
    weights : mapping or sequence, optional
        Arrays by the framework's own names and in its own layouts: keras kernel, bias, gamma; torch
        the `state_dict`'s; onnx the operator's input names. Of a network, ``name.weight`` or a
        mapping for each layer; or all of them in the framework's own order.
    training : bool
        Whether normalisations take mean and variance from `x`, as in training.
    max_bytes : int or None
        Refuse, before anything is allocated, what needs more.

    Returns
    -------
    numpy.ndarray, or a list of them
        A list where the network has several outputs; each of the shape that `shape` tells.

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields; `LimitError` over the limit.

    Examples
    --------
    >>> import numpy as np
    >>> import convcalc
    >>> convcalc.forward("nn.Linear(2, 1)", [[1.0, 2.0]], {"weight": np.ones((1, 2)), "bias": np.ones(1)})
    array([[4.]])
    """
    from convcalc.numeric.run import forward as run

    return run(spec, x, weights, framework, training, max_bytes, network)


def check(
    spec, input, framework=None, batch=None, dtype="float32", seed=0, against=None, max_bytes=512 * 2**20,
    max_macs=2 * 10**10, custom=True, progress=None,
):  # fmt: skip
    """Run a network on seeded random data by two independent ways, and hold them against each other.

    Parameters
    ----------
    spec, framework, batch
        What `shape` takes.
    input : tuple, list, str or dict
        Every size but the batch has to be a number; an open batch is 1.
    dtype : str
        "float32" or "float64": what the kernels compute in; the definitions take float64.
    seed : int
        Of the random input and weights.
    against : str, optional
        The network's own framework, which runs the same layers on the same weights too.
    max_bytes, max_macs : int or None
        Refuse, before anything is allocated, what needs more.
    custom : bool
        Whether callables that the spec names as ``module:attribute`` may be loaded; those of a live model never are.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    Verdict
        Its `ok` says whether every shape and value agrees.

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields; `LimitError` over a limit.

    Examples
    --------
    >>> import convcalc
    >>> verdict = convcalc.check("dense 3 dense 2", (4, 5))
    >>> verdict.ok, verdict.values
    (True, 20)
    """
    from convcalc.numeric.check import check as run

    read = network(spec, framework)
    dtype = choice("dtype", dtype, ("float32", "float64"))
    against = against and choice("against", against, FRAMEWORKS)
    custom = custom and isinstance(spec, str)
    return run(read, given(input), size(batch), dtype, seed, against, max_bytes, max_macs, custom, progress)


def init_stats(
    spec, input=None, framework=None, batch=None, seed=0, samples=1_000_000, images=None, max_bytes=512 * 2**20,
    custom=True, progress=None,
):  # fmt: skip
    """Return what every weight is before any training, expected and sampled, and what a signal becomes of it.

    Parameters
    ----------
    spec, input, framework, batch
        What `shape` takes; the channels have to be known.
    seed : int
        Of the draws and of the noise that goes through.
    samples : int
        How many values of a weight are drawn at most.
    images : int, optional
        How many samples go through, 0 for none; as many as are quick where not given.
    max_bytes : int or None
        Refuse, before anything is allocated, a signal that needs more.
    custom : bool
        Whether callables that the spec names as ``module:attribute`` may be loaded.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    InitStats
        Each of its `layers` has `weights`, expected and sampled, and the `signal` behind it.

    Raises
    ------
    ConvcalcError
        With the parts of its message as fields; `LimitError` over the limit.

    Examples
    --------
    >>> import convcalc
    >>> stats = convcalc.init_stats("conv2d 64 3 pad=same act=relu", "32x32x32", images=1)
    >>> kernel, signal = stats.layers[0].weights[0], stats.layers[0].signal
    >>> kernel.fan_in, round(kernel.expected.std, 5), round(signal.expected.output_rms, 3)
    (288, 0.04811, 0.565)
    """
    from convcalc.numeric.stats import init_stats as run

    read = network(spec, framework)
    if samples.__class__ is not int or samples < 1:
        raise SpecError("bad_value", f"samples must be an integer of 1 or more, not {samples!r}.", hint="Give 100000.")
    custom = custom and isinstance(spec, str)
    return run(read, given(input), size(batch), seed, samples, images, max_bytes, custom, progress)


def size(batch):
    """Return a number of samples as an integer of 1 or more, or None."""
    if batch is None:
        return None
    number = batch.__index__() if hasattr(batch, "__index__") and batch.__class__ is not bool else 0
    if number < 1:
        raise SpecError(
            "bad_value", f"batch must be an integer of 1 or more, not {batch!r}.", hint="Leave it open: None."
        )
    return number
