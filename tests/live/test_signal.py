"""The signal through thirty layers, as convcalc draws and measures it and as torch does: within sampling error."""

from importlib.util import find_spec

import numpy as np
import pytest

import convcalc

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed: pip install convcalc[live]")

DEPTH, CHANNELS, SIZE, IMAGES, SEEDS = 30, 16, 6, 8, 12
# Keras' word -> what draws the same law in torch; its normal ones are cut at 2.27 standard deviations.
CUT = 0.87962566103423978
DRAWS = {
    "glorot_uniform": lambda init, w: init.xavier_uniform_(w),
    "he_normal": lambda init, w: cut(init, w, (2 / fan(w)) ** 0.5),
    "lecun_normal": lambda init, w: cut(init, w, (1 / fan(w)) ** 0.5),
}


def fan(weight):
    return weight[0].numel()


def cut(init, weight, std):
    own = std / CUT
    init.trunc_normal_(weight, 0.0, own, -2 * own, 2 * own)


def theirs(activation, initializer, seed):
    """The root mean square of every layer's output in torch."""
    import torch

    torch.manual_seed(seed)
    x = torch.randn(IMAGES, CHANNELS, SIZE, SIZE, dtype=torch.float64)
    function = {"relu": torch.relu, "tanh": torch.tanh, "selu": torch.selu}[activation]
    found = []
    for _ in range(DEPTH):
        weight = torch.empty(CHANNELS, CHANNELS, 3, 3, dtype=torch.float64)
        DRAWS[initializer](torch.nn.init, weight)
        x = function(torch.nn.functional.conv2d(x, weight, padding=1))
        found.append(float(x.square().mean().sqrt()))
    return found


@pytest.mark.parametrize("initializer", list(DRAWS))
@pytest.mark.parametrize("activation", ["relu", "tanh", "selu"])
def test_the_signal_is_torch_s(activation, initializer):
    spec = f"[ conv2d {CHANNELS} 3 pad=same act={activation} init={initializer} ] * {DEPTH}"
    ours = [
        [
            row.signal.output_rms
            for row in convcalc.init_stats(
                spec, f"{SIZE}x{SIZE}x{CHANNELS}", seed=seed, samples=1, images=IMAGES
            ).layers
        ]
        for seed in range(SEEDS)
    ]
    own, other = (np.log(np.array(a)) for a in (ours, [theirs(activation, initializer, s) for s in range(SEEDS)]))
    error = np.sqrt(own.var(0, ddof=1) / SEEDS + other.var(0, ddof=1) / SEEDS)
    # Thirty layers of nine networks on fixed seeds: a difference of five standard errors is none of chance.
    assert (np.abs(own.mean(0) - other.mean(0)) < 5 * error + 1e-3).all()
    # And it is no test that passes of itself: the same law twice as wide would fail.
    assert (np.log(2) > 5 * error).any()
