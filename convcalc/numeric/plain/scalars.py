"""Activations by their definition: functions of one number, in Python's own arithmetic.

Where a formula would raise (a power over what a float holds, a division by 0) it gives what the
arithmetic of floats has there: infinity, or no number.
"""

import math

INF = math.inf
NAN = math.nan
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def exp(x):
    """Return e^x, infinity where that is too large."""
    try:
        return math.exp(x)
    except OverflowError:
        return INF


def expm1(x):
    """Return e^x - 1, infinity where that is too large."""
    try:
        return math.expm1(x)
    except OverflowError:
        return INF


def over(a, b):
    """Return a/b as floats divide."""
    if b:
        return a / b
    return NAN if not a or math.isnan(a) or math.isnan(b) else math.copysign(INF, a) * math.copysign(1, b)


def greater(a, b):
    """Return the greater of two; what is no number wins."""
    return a if math.isnan(a) or a > b else b


def lesser(a, b):
    """Return the lesser of two; what is no number wins."""
    return a if math.isnan(a) or a < b else b


def bounded(x, low, high):
    """Return x between two bounds."""
    return lesser(greater(x, low), high)


def linear(x):
    """Return x."""
    return x


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Return Keras' relu, part by part as its documentation has them."""
    if math.isnan(x):
        # A comparison with a threshold turns it into 0.
        return 0.0 if threshold and not negative_slope else x
    y = x if x > threshold else 0.0
    if max_value is not None:
        y = bounded(y, 0.0, max_value)
    if negative_slope and x <= threshold:
        y += negative_slope * (x - threshold)
    return y


def relu6(x):
    """Return x between 0 and 6."""
    return bounded(x, 0.0, 6.0)


def leaky_relu(x, negative_slope):
    """Return x, or a fraction of it."""
    return x if x > 0 else negative_slope * x


def elu(x, alpha=1.0):
    """Return x, or alpha*(exp(x) - 1)."""
    return x if x > 0 else alpha * expm1(x)


def selu(x, alpha=SELU_ALPHA, gamma=SELU_SCALE):
    """Return gamma times elu of alpha."""
    return gamma * elu(x, alpha)


def celu(x, alpha=1.0):
    """Return max(0, x) + alpha*(exp(min(0, x)/alpha) - 1)."""
    return greater(x, 0.0) + alpha * expm1(over(lesser(x, 0.0), alpha))


def exponential(x):
    """Return exp(x)."""
    return exp(x)


def sigmoid(x):
    """Return 1/(1 + exp(-x))."""
    return 1 / (1 + exp(-x))


def log_sigmoid(x):
    """Return log(sigmoid(x)) = -log(1 + exp(-x))."""
    return -softplus(-x)


def softplus(x):
    """Return log(1 + exp(x)); for large x that is x + log(1 + exp(-x))."""
    return x + math.log1p(exp(-x)) if x > 0 else math.log1p(exp(x))


def torch_softplus(x, beta, threshold):
    """Return softplus(beta*x)/beta, or x where beta*x is over the threshold."""
    return x if beta * x > threshold else over(softplus(beta * x), beta)


def silu(x, alpha=1.0):
    """Return x*sigmoid(alpha*x)."""
    return x * sigmoid(alpha * x)


def mish(x):
    """Return x*tanh(softplus(x))."""
    return x * math.tanh(softplus(x))


def gelu(x, approximate=False):
    """Return x*Phi(x), or its form by tanh."""
    if approximate:
        return x * 0.5 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    return x * 0.5 * math.erfc(-x / math.sqrt(2))


def hard_sigmoid(x):
    """Return relu6(x + 3)/6."""
    return relu6(x + 3) / 6


def onnx_hard_sigmoid(x, alpha, beta):
    """Return alpha*x + beta between 0 and 1."""
    return bounded(alpha * x + beta, 0.0, 1.0)


def hard_silu(x):
    """Return x*hard_sigmoid(x)."""
    return x * hard_sigmoid(x)


def hard_tanh(x):
    """Return x between -1 and 1."""
    return bounded(x, -1.0, 1.0)


def tanh(x):
    """Return tanh(x)."""
    return math.tanh(x)


def tanh_shrink(x):
    """Return x - tanh(x)."""
    return x - math.tanh(x)


def soft_shrink(x, threshold=0.5):
    """Return x nearer to 0 by the threshold."""
    return x - threshold if x > threshold else x + threshold if x < -threshold else 0.0


def torch_soft_shrink(x, lambd):
    """Return the same, and what is no number as it is."""
    return x if math.isnan(x) else soft_shrink(x, lambd)


def hard_shrink(x, threshold=0.5):
    """Return x where its size is over the threshold."""
    return x if abs(x) > threshold else 0.0


def torch_hard_shrink(x, lambd):
    """Return 0 between -lambd and lambd, else x."""
    return 0.0 if -lambd <= x <= lambd else x


def onnx_shrink(x, lambd, bias):
    """Return x + bias below -lambd, x - bias above lambd, else 0."""
    return x + bias if x < -lambd else x - bias if x > lambd else 0.0


def softsign(x):
    """Return x/(1 + |x|)."""
    return x / (1 + abs(x))


def sparse_plus(x):
    """Return 0 up to -1, x from 1, a parabola between."""
    return 0.0 if x <= -1 else x if not x < 1 else (x + 1) * (x + 1) / 4


def sparse_sigmoid(x):
    """Return (x + 1)/2 between 0 and 1."""
    return bounded((x + 1) / 2, 0.0, 1.0)


def squareplus(x, b=4):
    """Return (x + sqrt(x^2 + b))/2."""
    square = x * x + b
    if square < 0 or math.isinf(x):
        return NAN if x < 0 or square < 0 else x
    root = math.sqrt(square)
    # The same times (root - x)/(root - x): a difference of equals has no digits left.
    return (x + root) / 2 if x >= 0 or b < 0 else b / (root - x) / 2


def threshold(x, threshold, default_value):
    """Return x above the threshold, else a value."""
    return x if x > threshold else default_value


def torch_threshold(x, threshold, value):
    """Return a value up to the threshold, else x."""
    return value if x <= threshold else x
