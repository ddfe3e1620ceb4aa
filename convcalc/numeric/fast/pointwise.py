"""Activations of every value by itself: each formula on a stretch of values, and what runs it over an array.

A formula takes and returns an array of one axis, in its dtype, and is exact for large inputs: no
power overflows before it is divided by. Where a limit is not what the frameworks compute (silu of
minus infinity is ``-inf * 0``), it is what they compute.
"""

import numpy as np

# Values to a block: a formula's intermediate results stay in the cache, and take no memory to speak of.
BLOCK = 16384
# Intermediate results that a formula holds at once, at most.
HELD = 6

# Klambauer et al. 2017 (arXiv 1706.02515); both frameworks have these digits.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946

# The normal distribution's tail Q(z) = exp(-z^2/2) P(t)/(z + 4) for z >= 0, with t = (z - 4)/(z + 4).
# P is the Chebyshev expansion of exp(z^2/2) Q(z) (z + 4) on -1 <= t <= 1, computed to 50 digits and
# written in powers of t, which loses nothing as the coefficients fall quickly. The map is that of
# Shepherd and Laframboise, Math. Comp. 36 (1981) 249-253. Greatest relative error of P: 3.4e-16 with
# all 24 coefficients in float64, 1.5e-7 with 11 in float32.
TAIL = (
    0.7552851304157514, -0.6078966419718923, 0.3871374007422266, -0.1865218579596366, 0.06039657489036092,
    -0.007540188967386312, -0.0034796923566515025, 0.0016308184674099085, 0.00013334420916014778,
    -0.00023109501736277426, -1.907676030719098e-06, 3.514511190283765e-05, 7.146021531267462e-07,
    -5.921611045923978e-06, -6.249551077565178e-07, 1.0247851016552774e-06, 2.647337281979868e-07,
    -1.597739614223922e-07, -7.878360342693638e-08, 1.7844927772981415e-08, 1.60673869573294e-08,
    -5.873626764987191e-10, -1.6886576966786735e-09, -1.1997782031253095e-10,
)  # fmt: skip
TAIL_SHORT = (
    0.755285131, -0.607896404, 0.387137394, -0.186526711, 0.0603966483, -0.00751223138, -0.00347995464,
    0.0015637869, 0.000133653387, -0.00015732057, -1.7310823e-6,
)  # fmt: skip
# Beyond it the tail is 0 in float64.
FAR = 40.0


def each(formula, x):
    """Return a formula's values over an array of any shape, a block at a time."""
    with np.errstate(all="ignore"):
        if x.size <= BLOCK:
            return formula(x.reshape(-1)).reshape(x.shape)
        # An array whose values do not lie in order is brought in order in the place of the result.
        y = np.empty(x.shape, x.dtype) if x.flags.c_contiguous else x.copy(order="C")
        target = y.reshape(-1)
        source = x.reshape(-1) if x.flags.c_contiguous else target
        for start in range(0, x.size, BLOCK):
            target[start : start + BLOCK] = formula(source[start : start + BLOCK])
    return y


def linear(x):
    """Compute x."""
    return x


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Compute Keras' relu: x above the threshold, at most `max_value`; below it a slope from the threshold."""
    if negative_slope and max_value is None and not threshold:
        return leaky_relu(x, negative_slope)
    y = np.where(x > threshold, x, 0.0) if threshold else np.maximum(x, 0.0)
    if max_value is not None:
        y = np.minimum(np.maximum(y, 0.0), max_value)
    if negative_slope:
        y = y - negative_slope * np.maximum(threshold - x, 0.0)
    return y


def relu6(x):
    """Compute min(max(x, 0), 6)."""
    return np.minimum(np.maximum(x, 0.0), 6.0)


def leaky_relu(x, negative_slope):
    """Compute x, or a fraction of it below 0."""
    return np.maximum(x, 0.0) + negative_slope * np.minimum(x, 0.0)


def log_of_more(e):
    """Return log(1 + e) for 0 <= e <= 1: NumPy's log with what the sum lost, in float32 four times as fast as log1p."""
    u = 1.0 + e
    return np.log(u) + (e - (u - 1.0)) / u


def elu(x, alpha=1.0):
    """Compute x, or alpha*(exp(x) - 1) below 0."""
    return np.maximum(x, 0.0) + alpha * np.expm1(np.minimum(x, 0.0))


def selu(x, alpha=SELU_ALPHA, gamma=SELU_SCALE):
    """Compute elu scaled by gamma."""
    return gamma * elu(x, alpha)


def celu(x, alpha=1.0):
    """Compute x, or alpha*(exp(x/alpha) - 1) below 0."""
    return np.maximum(x, 0.0) + alpha * np.expm1(np.minimum(x, 0.0) / alpha)


def exponential(x):
    """Compute exp(x)."""
    return np.exp(x)


def sigmoid(x):
    """Compute 1/(1 + exp(-x)), below 0 as exp(x)/(1 + exp(x)); no power is over 1."""
    return np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def log_sigmoid(x):
    """Compute log(sigmoid(x))."""
    return np.minimum(x, 0.0) - log_of_more(np.exp(-np.abs(x)))


def softplus(x):
    """Compute log(1 + exp(x))."""
    return np.maximum(x, 0.0) + log_of_more(np.exp(-np.abs(x)))


def torch_softplus(x, beta, threshold):
    """Compute log(1 + exp(beta*x))/beta, or x where beta*x is over the threshold."""
    scaled = beta * x
    return np.where(scaled > threshold, x, softplus(scaled) / beta)


def silu(x, alpha=1.0):
    """Compute x*sigmoid(alpha*x)."""
    return x * sigmoid(x if alpha == 1 else alpha * x)


def mish(x):
    """Compute x*tanh(softplus(x)) = x*(w^2 + 2w)/(w^2 + 2w + 2) with w = exp(x) = p/q, neither over 1."""
    p, q = np.exp(np.minimum(x, 0.0)), np.exp(-np.maximum(x, 0.0))
    share = p * (p + 2.0 * q)
    return x * (share / (share + 2.0 * q * q))


def gelu(x, approximate=False):
    """Compute x times the normal distribution's share below x, or the form by tanh."""
    if approximate:
        # (1 + tanh(u))/2 is sigmoid(2u), which keeps its digits where tanh(u) is near -1.
        return x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))
    tail = upper_tail(np.minimum(np.abs(x), FAR))
    # The tail below 0, what is left of 1 above: a choice by value would be slower than arithmetic.
    return x * (np.copysign(tail, -x) + (x > 0))


def upper_tail(z):
    """Return the share of the normal distribution above z >= 0."""
    t = (z - 4.0) / (z + 4.0)
    coefficients = TAIL if z.dtype.itemsize > 4 else TAIL_SHORT
    series = coefficients[-1] * t
    for coefficient in coefficients[-2:0:-1]:
        series += coefficient
        series *= t
    series += coefficients[0]
    series *= np.exp(-0.5 * z * z)
    series /= z + 4.0
    return series


def hard_sigmoid(x):
    """Compute relu6(x + 3)/6."""
    return relu6(x + 3.0) / 6.0


def onnx_hard_sigmoid(x, alpha, beta):
    """Compute alpha*x + beta between 0 and 1."""
    return np.minimum(np.maximum(alpha * x + beta, 0.0), 1.0)


def hard_silu(x):
    """Compute x*hard_sigmoid(x)."""
    return x * hard_sigmoid(x)


def hard_tanh(x, low=-1.0, high=1.0):
    """Compute x between two bounds, of which the upper one wins."""
    return np.minimum(np.maximum(x, low), high)


def onnx_clip(x, low, high):
    """Compute x between two bounds; one that is not given is the largest number, as onnxruntime has it."""
    most = float(np.finfo(x.dtype).max)
    return hard_tanh(x, -most if low is None else low, most if high is None else high)


def tanh(x):
    """Compute tanh(x)."""
    return np.tanh(x)


def tanh_shrink(x):
    """Compute x - tanh(x)."""
    return x - np.tanh(x)


def soft_shrink(x, threshold=0.5):
    """Compute x nearer to 0 by the threshold; Keras makes 0 of what is no number."""
    return np.where(x > threshold, x - threshold, np.where(x < -threshold, x + threshold, 0.0))


def torch_soft_shrink(x, lambd):
    """Compute x nearer to 0 by lambd."""
    return x - hard_tanh(x, -lambd, lambd)


def hard_shrink(x, threshold=0.5):
    """Compute x, or 0 up to the threshold; Keras makes 0 of what is no number."""
    return np.where(np.abs(x) > threshold, x, 0.0)


def torch_hard_shrink(x, lambd):
    """Compute x, or 0 between -lambd and lambd."""
    return np.where((x >= -lambd) & (x <= lambd), 0.0, x)


def onnx_shrink(x, lambd, bias):
    """Compute x nearer to 0 by bias, or 0 between -lambd and lambd."""
    return np.where(x < -lambd, x + bias, np.where(x > lambd, x - bias, 0.0))


def softsign(x):
    """Compute x/(1 + |x|)."""
    return x / (1.0 + np.abs(x))


def sparse_plus(x):
    """Compute 0, (x + 1)^2/4 between -1 and 1, then x."""
    return np.where(x <= -1, 0.0, np.where(x < 1, 0.25 * (x + 1.0) ** 2, x))


def sparse_sigmoid(x):
    """Compute (x + 1)/2 between 0 and 1."""
    return np.minimum(np.maximum(0.5 * (x + 1.0), 0.0), 1.0)


def squareplus(x, b=4):
    """Compute (x + sqrt(x^2 + b))/2; below 0 as b/2/(sqrt(x^2 + b) - x), which has nothing to cancel."""
    root = np.hypot(x, b**0.5) if b >= 0 else np.sqrt(x * x + b)
    return np.where((x < 0) & (x > -np.inf), 0.5 * b / (root - x), 0.5 * (x + root))


def threshold(x, threshold, default_value):
    """Compute x where it is above the threshold, else a value."""
    return np.where(x > threshold, x, default_value)


def torch_threshold(x, threshold, value):
    """Compute a value where x is not above the threshold, else x."""
    return np.where(x <= threshold, value, x)
