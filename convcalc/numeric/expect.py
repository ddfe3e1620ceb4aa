"""The signal by closed forms: what a layer makes of the mean and the second moment of its input.

Weights are independent, of mean 0, and of the variance that their initialiser draws by; zeros of the
padding count. What has no closed form (a max pool, a softmax) answers None, and the layer behind it
starts from what was measured.
"""

from copy import copy
from functools import lru_cache
from math import prod, sqrt

from convcalc.layers import activation as activations
from convcalc.numeric.fast.activation import RULES, named
from convcalc.numeric.quadrature import Moments, moments
from convcalc.record import Record

TOGETHER = {"activation", "prelu", "softmax", "log_softmax", "softmin", "softmax2d", "hardmax", "glu"}
POINTWISE = activations.KINDS - TOGETHER
# They lay values out anew, or copy them.
COPIES = {
    *("flatten", "reshape", "unflatten", "permute", "transpose_axes", "repeat", "identity", "activity_regularization"),
    *("dropout", "channel_dropout", "alpha_dropout", "feature_alpha_dropout", "gaussian_dropout", "gaussian_noise"),
    *("depth_to_space", "space_to_depth", "channel_shuffle"),
}
WINDOWED = {"conv", "transpose", "depthwise", "separable"}
NORMS = {"batch_norm", "instance_norm", "group_norm", "layer_norm"}


class State(Record):
    """What is known of a tensor: mean, root mean square, and whether its values are normal.

    Zeros that a layer has put around it are kept apart, as cells before and after by axis: they are
    not spread over the tensor, and a convolution meets them where it meets little else.
    """

    mean: float
    rms: float
    normal: bool
    zeros: tuple = ()

    def with_zeros(self, spatial):
        """Return the same with its zeros, around so many cells an axis, mixed in."""
        share = prod(n / (n + low + high) for n, (low, high) in zip(spatial, self.zeros, strict=True))
        return State(self.mean * share, self.rms * sqrt(share), False)

    @property
    def std(self):
        """The standard deviation."""
        return sqrt(max(self.rms**2 - self.mean**2, 0.0))


class Expected(Record):
    """What one layer is expected to make of its input; None where there is no closed form."""

    state: State | None = None
    preactivation_std: float | None = None
    zeros: float | None = None
    gain: float | None = None


def expect(node, states, spreads):
    """Return what is `Expected` of a layer.

    Parameters
    ----------
    node : Node
    states : list of State
        Of its inputs.
    spreads : dict
        Mean and variance of each weight by its name; None where there is no closed form.
    """
    (state, *others) = states
    if state.zeros and not (node.kind in WINDOWED and node.windows[0].base == 1):
        states = [mixed(state, node.shape, node.channels_first), *others]
        return expect(node, states, spreads)
    kernel = linear(node, spreads, state.zeros)
    if kernel is not None:
        return through(node, state, *kernel)
    if others:
        return added(node, states)
    if node.kind in POINTWISE or (node.kind == "activation" and state.normal):
        return pointwise(node, state)
    values = prod(node.shape), prod(node.output)
    if node.kind in COPIES and all(values):
        return Expected(state, gain=sqrt(values[1] / values[0]))
    if node.kind == "zero_pad" and all(values) and min(map(min, node.args["padding"])) >= 0:
        return Expected(state._replace(zeros=node.args["padding"]), gain=1.0)
    if node.kind in NORMS and state.std:
        kept = 1 / sqrt(state.std**2 + node.args["epsilon"])
        return Expected(State(0.0, state.std * kept, state.normal), gain=kept)
    return Expected()


def mixed(state, shape, channels_first):
    """Return what is known of a tensor of a shape with the zeros around it mixed in."""
    rank = len(state.zeros)
    if not rank or len(shape) < rank + 1:
        return state._replace(zeros=())
    sizes = shape[-rank:] if channels_first else shape[-rank - 1 : -1]
    return state.with_zeros([n - low - high for n, (low, high) in zip(sizes, state.zeros, strict=True)])


def linear(node, spreads, zeros=()):
    """Return ``(factor, bias variance, back)`` of a layer with a kernel, or None.

    `factor` is what the second moment of the input is multiplied by, `back` what that of a gradient is.
    """
    if node.kind not in WINDOWED and node.kind != "dense":
        return None
    kernels = [weight for weight in node.weights if len(weight.shape) > 1]
    found = [spreads.get(weight.name) for weight in node.weights]
    if None in found or any(mean for mean, _ in found) or any("lora" in weight.name for weight in kernels):
        return None
    bias = sum(variance for weight, (_, variance) in zip(node.weights, found, strict=True) if len(weight.shape) == 1)
    variances = [spreads[weight.name][1] for weight in kernels]
    if node.kind == "dense":
        inner, outer = node.shape[-1], node.output[-1]
        return variances[0] * inner, bias, variances[0] * outer
    _, channels, spatial = node.split()
    at = 1 if node.channels_first else -1
    filters = node.output[at if len(node.output) == node.rank + 2 else 0]
    sizes = [window.out(n) for window, n in zip(node.windows, spatial, strict=True)]
    cells, outs = prod(spatial), prod(sizes)
    if not (cells and outs and channels):
        return None
    # Gradients reach the zeros around the input too, which nothing comes forward from.
    met = back = 1
    for axis, (window, n, m) in enumerate(zip(node.windows, spatial, sizes, strict=True)):
        low, high = zeros[axis] if zeros else (0, 0)
        wider = window._replace(low=window.low + low, high=window.high + high)
        met *= pairs(wider, n - low - high, m, node.args.get("padding_mode"))
        back *= pairs(window, n, m, node.args.get("padding_mode"))
    if node.kind == "depthwise":
        return variances[0] * met / outs, bias, variances[0] * back / cells * filters / channels
    if node.kind == "separable":
        middle = channels * node.args["depth_multiplier"]
        forward = variances[0] * met / outs * variances[1] * middle
        return forward, bias, variances[0] * back / cells * middle / channels * variances[1] * filters
    groups = node.args.get("groups") or 1
    return variances[0] * met / outs * channels / groups, bias, variances[0] * back / cells * filters / groups


def pairs(window, n, outs, mode):
    """Return how many taps of all the outputs along an axis meet a cell; padding that copies cells meets them too."""
    if mode not in (None, "zeros"):
        return window.size * outs
    return sum(1 for o in range(outs) for _ in window.taps(n, o))


def through(node, state, factor, bias, back):
    """Return what is expected of a layer with a kernel, and of its own activation."""
    std = sqrt(factor * state.rms**2 + bias)
    value = node.args.get("activation")
    if value in (None, "linear"):
        return Expected(State(0.0, std, True), std, 0.0 if std else 1.0, sqrt(back))
    own = of_activation(value, std, 0.0, node.trusted)
    if own is None:
        return Expected(None, std)
    return Expected(State(own.mean, own.rms, False), std, own.zeros, sqrt(back) * own.slope)


def pointwise(node, state):
    """Return what is expected of an activation by itself, of a normal input."""
    if not state.normal:
        return Expected()
    if node.kind == "activation":
        own = of_activation(node.args["activation"], state.std, state.mean, node.trusted)
    else:
        own = of_layer(node, state.std, state.mean)
    return Expected(own and State(own.mean, own.rms, False), state.std, own and own.zeros, own and own.slope)


@lru_cache(maxsize=256)
def of_activation(value, std, mean, trusted):
    """Return the `Moments` of an activation by its word, or None where it takes values together."""
    name = value if value.__class__ is str else value and value.name
    if name in (None, "linear"):
        return Moments(mean, sqrt(mean**2 + std**2), 0.0, 1.0)
    if name in ("softmax", "log_softmax", "sparsemax", "glu") or not std:
        return None
    return moments(named(value, trusted), std, mean)


def of_layer(node, std, mean):
    """Return the `Moments` of an activation layer, which is asked as if it stood on a vector."""
    if not std:
        return None

    def function(x):
        alone = copy(node)
        alone.shape = alone.output = x.shape
        alone.shapes = (x.shape,)
        return RULES[node.kind](alone).run([x], {})

    return moments(function, std, mean)


def added(node, states):
    """Return what is expected of a sum: second moments add where all but one of the means are 0."""
    if node.kind not in ("add", "sum") or sum(state.mean != 0 for state in states) > 1:
        return Expected()
    if any(shape != node.output for shape in node.shapes):
        return Expected()
    rms = sqrt(sum(state.rms**2 for state in states))
    return Expected(State(sum(s.mean for s in states), rms, all(s.normal for s in states)), gain=1.0)
