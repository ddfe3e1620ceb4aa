"""Torch models of many kinds, and what torch prints of them; writes `tests/corpus/printed.jsonl`.

Run as ``python tests/live/printed.py > tests/corpus/printed.jsonl``.
"""

import json
import sys
from collections import OrderedDict


def models():
    """Return the models, each a Sequential."""
    from torch import nn

    def block(c_in, c_out, stride=1):
        return nn.Sequential(
            nn.Conv2d(c_in, c_in, 3, stride, 1, groups=c_in, bias=False),
            nn.BatchNorm2d(c_in),
            nn.ReLU6(inplace=True),
            nn.Conv2d(c_in, c_out, 1, bias=False),
            nn.BatchNorm2d(c_out, momentum=0.01),
        )

    alexnet = nn.Sequential(
        OrderedDict(
            features=nn.Sequential(
                nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2),
                nn.Conv2d(64, 192, kernel_size=5, padding=2),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2),
            ),
            avgpool=nn.AdaptiveAvgPool2d((6, 6)),
            flat=nn.Flatten(),
            classifier=nn.Sequential(nn.Dropout(), nn.Linear(6912, 4096), nn.ReLU(inplace=True), nn.Linear(4096, 10)),
        )
    )
    wavenet = nn.Sequential(*[nn.Conv1d(32, 32, 2, dilation=2**n) for n in range(8)])
    repeated = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.GELU()) for _ in range(5)], nn.Identity())
    deep = nn.ReLU()
    for _ in range(12):
        deep = nn.Sequential(deep, nn.Tanh())
    singles = [
        nn.Conv1d(16, 33, 3, stride=2, padding_mode="circular", padding=1),
        nn.Conv2d(16, 33, (3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1)),
        nn.Conv2d(4, 4, 3, padding="same", padding_mode="reflect"),
        nn.Conv3d(16, 33, (3, 5, 2), stride=(2, 1, 1), padding=(4, 2, 0)),
        nn.ConvTranspose1d(16, 33, 3, stride=2, output_padding=1),
        nn.ConvTranspose2d(16, 33, 3, stride=2, padding=1, output_padding=1, groups=1, dilation=2),
        nn.ConvTranspose3d(16, 33, 3, bias=False),
        nn.MaxPool1d(3, stride=2),
        nn.MaxPool2d((3, 2), stride=(2, 1), ceil_mode=True, return_indices=False),
        nn.MaxPool3d(3, stride=2, dilation=2),
        nn.AvgPool1d(3, stride=2),
        nn.AvgPool2d((3, 2), stride=(2, 1), count_include_pad=False),
        nn.AvgPool3d(3),
        nn.LPPool1d(2, 3, stride=2),
        nn.LPPool2d(1.2, (3, 2), stride=(2, 1)),
        nn.LPPool2d(float("inf"), 2),
        nn.AdaptiveAvgPool1d(5),
        nn.AdaptiveAvgPool2d((5, None)),
        nn.AdaptiveMaxPool2d(7),
        nn.AdaptiveMaxPool3d((None, 7, 9)),
        nn.BatchNorm1d(100, affine=False),
        nn.BatchNorm3d(100, eps=1e-3, momentum=None),
        nn.InstanceNorm2d(100, affine=True),
        nn.GroupNorm(3, 6),
        nn.LayerNorm([20, 5, 10]),
        nn.LayerNorm(10, elementwise_affine=False),
        nn.RMSNorm([2, 3]),
        nn.LocalResponseNorm(2),
        nn.CrossMapLRN2d(2),
        nn.Linear(20, 30, bias=False),
        nn.Bilinear(20, 30, 40),
        nn.Flatten(0, 2),
        nn.Unflatten(1, (2, 5, 5)),
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Upsample(size=(4, 4), mode="bilinear", align_corners=True),
        nn.Upsample(scale_factor=(2, 3)),
        nn.UpsamplingNearest2d(scale_factor=2),
        nn.UpsamplingBilinear2d(size=8),
        nn.PixelShuffle(3),
        nn.PixelUnshuffle(3),
        nn.ChannelShuffle(2),
        nn.ZeroPad1d(2),
        nn.ZeroPad2d((1, 1, 2, 0)),
        nn.ConstantPad1d(2, 3.5),
        nn.ConstantPad3d((3, 3, 6, 6, 0, 1), -1.0),
        nn.ReflectionPad2d(2),
        nn.ReplicationPad3d(3),
        nn.CircularPad2d((1, 1, 2, 0)),
        nn.Dropout(p=0.2),
        nn.Dropout2d(inplace=True),
        nn.AlphaDropout(),
        nn.FeatureAlphaDropout(p=0.25),
        nn.Embedding(10, 3),
        nn.Embedding(10, 3, padding_idx=0, max_norm=2.0, scale_grad_by_freq=True),
        nn.Fold(output_size=(4, 5), kernel_size=(2, 2)),
        nn.Unfold(kernel_size=(2, 3)),
        nn.Identity(),
        nn.CELU(),
        nn.ELU(alpha=0.5),
        nn.GELU("tanh"),
        nn.GLU(),
        nn.Hardshrink(),
        nn.Hardsigmoid(),
        nn.Hardswish(inplace=True),
        nn.Hardtanh(-2, 2),
        nn.LeakyReLU(0.1),
        nn.LogSigmoid(),
        nn.LogSoftmax(dim=1),
        nn.Mish(),
        nn.PReLU(num_parameters=4),
        nn.RReLU(0.1, 0.3),
        nn.SELU(),
        nn.SiLU(inplace=True),
        nn.Softmax(dim=-1),
        nn.Softmax2d(),
        nn.Softmin(dim=0),
        nn.Softplus(),
        nn.Softshrink(),
        nn.Softsign(),
        nn.Tanhshrink(),
        nn.Threshold(0.1, 20),
        nn.Sigmoid(),
    ]
    return [
        alexnet,
        wavenet,
        repeated,
        deep,
        nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1), block(32, 64), block(64, 128, 2), nn.Sequential(), nn.Flatten()),
        nn.Sequential(OrderedDict([("conv-1", nn.Conv2d(1, 20, 5)), ("relu1", nn.ReLU())])),
        nn.Sequential(*singles),
        *[nn.Sequential(single) for single in singles],
    ]


def parts(model):
    """Return ``[path, class]`` of every layer of a model, as torch itself lists them."""
    return [
        [path, type(module).__name__]
        for path, module in model.named_modules(remove_duplicate=False)
        if path and type(module).__name__ != "Sequential"
    ]


if __name__ == "__main__":
    import torch

    print(json.dumps({"torch": torch.__version__, "command": "python tests/live/printed.py"}))
    for model in models():
        print(json.dumps({"text": str(model), "layers": parts(model)}))
    sys.exit()
