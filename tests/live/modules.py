"""Torch modules whose order is not in what torch prints; writes `tests/corpus/modules.jsonl`.

Run as ``python -m tests.live.modules > tests/corpus/modules.jsonl``.
"""

import json


def modules():
    """Return ``[(name, module)]``: hand-written modules as people print them, and torch's own."""
    from torch import nn

    class Block(nn.Module):
        def __init__(self, c_in, c_out, stride=1):
            super().__init__()
            self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(c_out)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(c_out)
            if stride != 1 or c_in != c_out:
                self.downsample = nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, 2, 1)
            for n, (c_in, c_out, stride) in enumerate([(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)], 1):
                setattr(self, f"layer{n}", nn.Sequential(Block(c_in, c_out, stride), Block(c_out, c_out)))
            self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
            self.fc = nn.Linear(512, 1000)

    class DoubleConv(nn.Module):
        def __init__(self, c_in, c_out):
            super().__init__()
            self.double_conv = nn.Sequential(
                nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.ReLU(inplace=True),
                nn.Conv2d(c_out, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.ReLU(inplace=True),
            )  # fmt: skip

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.downs = nn.ModuleList(DoubleConv(c_in, c_out) for c_in, c_out in ((3, 64), (64, 128), (128, 256)))
            self.pool = nn.MaxPool2d(2)
            self.ups = nn.ModuleDict(
                {f"up{n}": nn.ConvTranspose2d(c, c // 2, 2, 2) for n, c in enumerate((512, 256, 128))}
            )
            self.outc = nn.Conv2d(64, 2, 1)

    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(1000, 64, padding_idx=0)
            self.lstm = nn.LSTM(64, 32, num_layers=2, bidirectional=True)
            self.attention = nn.MultiheadAttention(64, 4)
            self.norm = nn.LayerNorm((4, 64))
            self.merge = nn.Bilinear(64, 64, 16)
            self.out = nn.Linear(16, 5)

    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.act = nn.ReLU()
            self.loss = nn.CrossEntropyLoss()

    class Said(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(4, 4, 3)

        def extra_repr(self):
            return "width=4\nlevels=[1, 2]"

    return [
        ("resnet18", ResNet()),
        ("unet", UNet()),
        ("tagger", Tagger()),
        ("transformer", nn.Transformer(16, 2, 2, 2, 32)),
        ("list", nn.ModuleList([nn.Sequential(nn.Linear(3, 3), nn.GELU()) for _ in range(4)])),
        ("block in a Sequential", nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), Block(8, 8), nn.Conv2d(8, 4, 1))),
        ("module without layers", nn.Sequential(nn.Linear(4, 4), Twice(), nn.Linear(4, 2), nn.ReLU())),
        ("module that says more", Said()),
    ]


def told(module):
    """Return what torch says of a module: the text, and the number of parameters that each of its modules has."""
    counts = {
        path: sum(p.numel() for p in own.parameters(recurse=False)) for path, own in module.named_modules() if path
    }
    return {
        "text": str(module),
        "params": {path: count for path, count in counts.items() if count},
        "total": sum(p.numel() for p in module.parameters()),
    }


if __name__ == "__main__":
    import torch

    print(json.dumps({"torch": torch.__version__, "command": "python -m tests.live.modules"}))
    for name, module in modules():
        print(json.dumps({"name": name, **told(module)}))
