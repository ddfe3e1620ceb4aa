"""Torch models of different kinds, small, whose exports are held against onnxruntime and the counters."""

import torch
from torch import nn
from torch.nn import functional


class Residual(nn.Module):
    """A block of ResNet."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after),
        )  # fmt: skip
        self.short = nn.Sequential()
        if stride > 1 or before != after:
            self.short = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        return functional.relu(self.body(x) + self.short(x))


class Pooled(nn.Module):
    """A body, the mean over all cells, a classifier."""

    def __init__(self, body, channels, classes=10):
        super().__init__()
        self.body = body
        self.head = nn.Linear(channels, classes)

    def forward(self, x):
        return self.head(functional.adaptive_avg_pool2d(self.body(x), 1).flatten(1))


def resnet():
    return Pooled(
        nn.Sequential(
            nn.Conv2d(3, 16, 7, 2, 3, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
            Residual(16, 16, 1), Residual(16, 32, 2),
        ), 32,
    )  # fmt: skip


class Inverted(nn.Module):
    """A block of MobileNet, with squeeze and excitation."""

    def __init__(self, before, after, stride, wide=4):
        super().__init__()
        inner = before * wide
        self.wide = nn.Sequential(nn.Conv2d(before, inner, 1, bias=False), nn.BatchNorm2d(inner), nn.Hardswish())
        self.depth = nn.Sequential(
            nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False), nn.BatchNorm2d(inner), nn.ReLU6()
        )
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(inner, inner // 4, 1), nn.ReLU(), nn.Conv2d(inner // 4, inner, 1),
            nn.Hardsigmoid(),
        )  # fmt: skip
        self.point = nn.Sequential(nn.Conv2d(inner, after, 1, bias=False), nn.BatchNorm2d(after))
        self.same = stride == 1 and before == after

    def forward(self, x):
        y = self.depth(self.wide(x))
        y = self.point(y * self.squeeze(y))
        return x + y if self.same else y


def mobilenet():
    body = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.Hardswish(),
                         Inverted(8, 8, 1), Inverted(8, 16, 2), nn.Dropout(0.2))  # fmt: skip
    return Pooled(body, 16)


def double(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.Conv2d(after, after, 3, padding=1),
                         nn.ReLU())  # fmt: skip


class UNet(nn.Module):
    """Skips by concatenation; what comes up is resized or padded to what it meets."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = double(1, 8), double(8, 16), double(16, 32)
        self.up = nn.ConvTranspose2d(32, 16, 2, 2)
        self.fourth, self.fifth = double(32, 16), double(24, 8)
        self.last = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        a = self.first(x)
        b = self.second(functional.max_pool2d(a, 2))
        c = self.up(self.third(functional.max_pool2d(b, 2)))
        high, wide = b.size(2) - c.size(2), b.size(3) - c.size(3)
        c = functional.pad(c, [wide // 2, wide - wide // 2, high // 2, high - high // 2])
        d = self.fourth(torch.cat([b, c], 1))
        d = functional.interpolate(d, size=a.shape[2:], mode="bilinear", align_corners=False)
        return self.last(self.fifth(torch.cat([a, d], 1)))


class Dense(nn.Module):
    """A block of DenseNet."""

    def __init__(self, before, growth, count):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(before + i * growth), nn.ReLU(),
                          nn.Conv2d(before + i * growth, growth, 3, padding=1, bias=False))
            for i in range(count)
        )  # fmt: skip

    def forward(self, x):
        found = [x]
        for layer in self.layers:
            found.append(layer(torch.cat(found, 1)))
        return torch.cat(found, 1)


def densenet():
    body = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), Dense(16, 8, 3), nn.BatchNorm2d(40), nn.ReLU(),
                         nn.Conv2d(40, 20, 1), nn.AvgPool2d(2), Dense(20, 8, 2))  # fmt: skip
    return Pooled(body, 36)


class Inception(nn.Module):
    """Branches of several kernels, some of one axis."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 2)
        self.one = nn.Conv2d(16, 8, 1)
        self.two = nn.Sequential(nn.Conv2d(16, 4, 1), nn.Conv2d(4, 8, (1, 7), padding=(0, 3)),
                                 nn.Conv2d(8, 8, (7, 1), padding=(3, 0)))  # fmt: skip
        self.three = nn.Conv2d(16, 4, 1)
        self.head = nn.Linear(4 * 8 + 4, 7)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.stem(x)), 3, 2, ceil_mode=True)
        pooled = functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        x = torch.cat([self.one(x), self.two(x), self.three(pooled), x], 1)
        return self.head(x.mean((2, 3)))


class Next(nn.Module):
    """A block of ConvNeXt: depthwise, channels last for a norm and two dense layers, a learned scale."""

    def __init__(self, channels):
        super().__init__()
        self.depth = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.wide, self.narrow = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 1e-6))

    def forward(self, x):
        y = self.norm(self.depth(x).permute(0, 2, 3, 1))
        y = self.scale * self.narrow(functional.gelu(self.wide(y)))
        return x + y.permute(0, 3, 1, 2)


def convnext():
    return Pooled(nn.Sequential(nn.Conv2d(3, 16, 4, 4), Next(16), Next(16)), 16)


def dcgan():
    layers: list = []
    for before, after, stride in ((100, 64, 1), (64, 32, 2), (32, 16, 2)):
        pad = 0 if stride == 1 else 1
        layers += [nn.ConvTranspose2d(before, after, 4, stride, pad, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(16, 3, 4, 2, 1, bias=False), nn.Tanh())


class WaveNet(nn.Module):
    """Dilated causal convolutions with gates and skips."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(1, 16, 1)
        self.gates = nn.ModuleList(nn.Conv1d(16, 32, 2, dilation=2**i) for i in range(4))
        self.rest = nn.ModuleList(nn.Conv1d(16, 16, 1) for _ in range(4))
        self.last = nn.Conv1d(16, 8, 1)

    def forward(self, x):
        x, skips = self.first(x), 0
        for i, (gate, rest) in enumerate(zip(self.gates, self.rest, strict=True)):
            a, b = gate(functional.pad(x, (2**i, 0))).chunk(2, 1)
            y = rest(torch.tanh(a) * torch.sigmoid(b))
            x, skips = x + y, skips + y
        return functional.log_softmax(self.last(functional.relu(skips)), 1)


def video():
    return nn.Sequential(
        nn.Conv3d(3, 8, 3, (1, 2, 2), 1), nn.BatchNorm3d(8), nn.LeakyReLU(0.1), nn.MaxPool3d((1, 2, 2)),
        nn.Conv3d(8, 16, 3, padding=1), nn.ELU(), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(16, 5),
    )  # fmt: skip


class CRNN(nn.Module):
    """The front of a text reader: convolutions until one row is left, which becomes a sequence."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
            nn.MaxPool2d((2, 1)), nn.InstanceNorm2d(32, affine=True), nn.Conv2d(32, 32, (8, 1)),
        )  # fmt: skip
        self.head = nn.Linear(32, 11)

    def forward(self, x):
        x = self.body(x).squeeze(2).permute(2, 0, 1)
        return self.head(x)


class SuperResolution(nn.Module):
    """Sub-pixel convolution, and the input enlarged beside it."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.PReLU(16), nn.Conv2d(16, 9, 3, padding=1))
        self.up = nn.PixelShuffle(3)

    def forward(self, x):
        return torch.clamp(self.up(self.body(x)) + functional.interpolate(x, scale_factor=3.0, mode="nearest"), 0, 1)


class FPN(nn.Module):
    """A pyramid of features: what is coarse is enlarged and added to what is fine."""

    def __init__(self):
        super().__init__()
        self.c1, self.c2, self.c3 = nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 16, 3, 2, 1), nn.Conv2d(16, 32, 3, 2, 1)
        self.l1, self.l2, self.l3 = nn.Conv2d(8, 12, 1), nn.Conv2d(16, 12, 1), nn.Conv2d(32, 12, 1)
        self.norm = nn.GroupNorm(3, 12)
        self.head = nn.Conv2d(12, 4, 3, padding=1)

    def forward(self, x):
        a = functional.relu(self.c1(x))
        b = functional.relu(self.c2(a))
        p3 = self.l3(functional.relu(self.c3(b)))
        p2 = self.l2(b) + functional.interpolate(p3, size=b.shape[-2:], mode="nearest")
        p1 = self.l1(a) + functional.interpolate(p2, size=a.shape[-2:], mode="nearest")
        # One head for all levels: its weights are those of the first.
        levels = [self.head(self.norm(p)).flatten(2) for p in (p1, p2, p3)]
        return torch.cat(levels, 2).transpose(1, 2)


class ViT(nn.Module):
    """Patches as a sequence, attention, a class token."""

    def __init__(self, width=16, heads=2):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.place = nn.Parameter(torch.randn(1, 17, width))
        self.heads = heads
        self.norm, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.place
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5, -1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, n, c))
        x = x + self.mlp(self.after(x))
        return self.head(x[:, 0])


class Recurrent(nn.Module):
    """A table of words, two kinds of recurrent layers."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(50, 12)
        self.lstm = nn.LSTM(12, 16, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(32, 8, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        y, _ = self.lstm(self.words(x))
        y, _ = self.gru(y)
        return self.head(y[:, -1])


# Name -> (what makes it, its input's shape, the axes that may be open by name).
IMAGE = {0: "batch", 2: "high", 3: "wide"}
MODELS = {
    "resnet": (resnet, (1, 3, 64, 64), IMAGE),
    "mobilenet": (mobilenet, (1, 3, 32, 32), IMAGE),
    "unet": (UNet, (1, 1, 36, 44), IMAGE),
    "densenet": (densenet, (1, 3, 16, 16), IMAGE),
    "inception": (Inception, (1, 3, 33, 33), IMAGE),
    "convnext": (convnext, (1, 3, 32, 32), IMAGE),
    "dcgan": (dcgan, (1, 100, 1, 1), {0: "batch"}),
    "wavenet": (WaveNet, (1, 1, 50), {0: "batch", 2: "time"}),
    "video": (video, (1, 3, 4, 16, 16), {0: "batch", 2: "time", 3: "high", 4: "wide"}),
    "crnn": (CRNN, (1, 1, 32, 40), {0: "batch", 3: "wide"}),
    "superresolution": (SuperResolution, (1, 1, 12, 10), IMAGE),
    "fpn": (FPN, (1, 3, 40, 48), IMAGE),
    "vit": (ViT, (1, 3, 32, 32), {0: "batch"}),
    "recurrent": (Recurrent, (2, 7), {0: "batch", 1: "time"}),
}


def built(name, seed=0):
    """Return ``(model, input)`` of a name, its weights all different from each other."""
    torch.manual_seed(seed)
    make, shape, _ = MODELS[name]
    model = make().eval()
    with torch.no_grad():
        for weight in [*model.parameters(), *model.buffers()]:
            if weight.dtype == torch.float32:
                weight.uniform_(0.1, 0.9)
    x = torch.randint(0, 50, shape) if name == "recurrent" else torch.randn(shape)
    return model, x
