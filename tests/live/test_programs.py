"""Programs that convcalc reads as data, run by the frameworks: paths, classes, parameters and shapes are the same."""

import pytest

import convcalc

torch = pytest.importorskip("torch", reason="torch is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")
HEAD = "import torch\nimport torch.nn as nn\nfrom collections import OrderedDict\nimport collections\n"
# A program that makes `net`, and the input that it takes.
PROGRAMS = [
    ("net = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2, 2), nn.Flatten(),\n"
     "    nn.Linear(6 * 14 * 14, 120), nn.Linear(120, 84),)", (1, 28, 28)),
    ("stem = nn.Sequential(OrderedDict([('conv1', nn.Conv2d(3, 8, 3)), ('bn1', nn.BatchNorm2d(8))]))\n"
     "net = nn.Sequential(stem, nn.Sequential(nn.ReLU(), nn.Conv2d(8, 4, 1)), nn.Sequential())", (3, 9, 9)),
    ("net = nn.Sequential(collections.OrderedDict(features=nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.Tanh()),\n"
     "    head=nn.Conv2d(8, 2, 1)))", (3, 9, 9)),
    ("c = 8\nblocks = [nn.Conv2d(3, c, 3, padding=1), nn.ReLU(True)]\nblocks += [nn.MaxPool2d(2)]\n"
     "blocks.append(nn.Conv2d(c, c * 2, 3))\nnet = nn.Sequential(*blocks, nn.Conv2d(2 * c, c // 4, 1))", (3, 12, 12)),
    ("net = nn.Sequential()\nnet.add_module('conv', nn.Conv2d(3, 4, 3))\nnet.append(nn.ReLU())\n"
     "net.append(nn.Sequential(nn.Flatten()))", (3, 6, 6)),
    ("nz, ngf = 100, 16\nclass G(nn.Module):\n    def __init__(self, nc=3):\n        super().__init__()\n"
     "        self.main = nn.Sequential(nn.ConvTranspose2d(nz, ngf * 4, 4, 1, 0, bias=False),\n"
     "            nn.BatchNorm2d(ngf * 4), nn.ReLU(True),\n"
     "            nn.ConvTranspose2d(ngf * 4, nc, 4, 2, 1, bias=False), nn.Tanh())\n"
     "net = G().main\n", (100, 1, 1)),
    ("class Net(nn.Sequential):\n    def __init__(self, c=3):\n"
     "        super().__init__(nn.Conv2d(c, 4, 3), nn.ReLU())\n"
     "net = Net()", (3, 6, 6)),
]  # fmt: skip


FORWARDS = [
    ("        self.conv1 = nn.Conv2d(3, 6, 5)\n        self.pool = nn.MaxPool2d(2, 2)\n"
     "        self.conv2 = nn.Conv2d(6, 16, 5)\n        self.fc1 = nn.Linear(16 * 5 * 5, 120)\n"
     "        self.fc2 = nn.Linear(120, 10)",
     "        x = self.pool(F.relu(self.conv1(x)))\n        x = self.pool(F.relu(self.conv2(x)))\n"
     "        x = torch.flatten(x, 1)  # all but the batch\n        return self.fc2(F.relu(self.fc1(x)))", (3, 32, 32)),
    ("        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(True), nn.MaxPool2d(2))\n"
     "        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))\n"
     "        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Linear(32, 5))",
     "        x = self.avgpool(self.features(x))\n        x = x.view(x.size(0), -1)\n"
     "        return F.log_softmax(self.classifier(x), dim=1)", (3, 12, 12)),
    ("        self.conv = nn.Conv2d(1, 4, 3)\n        self.drop = nn.Dropout2d()\n        self.fc = nn.Linear(100, 3)",
     "        x = F.max_pool2d(F.leaky_relu(self.drop(self.conv(x)), 0.1), 2).relu()\n"
     "        x = x.view(-1, 100)\n        x = F.dropout(x, training=self.training)\n"
     "        return self.fc(x).sigmoid()", (1, 12, 12)),
    ("        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)",
     "        b = x.shape[0]\n        x = F.interpolate(self.up(x), scale_factor=2, mode='nearest')\n"
     "        x = F.avg_pool2d(x, 3, 1, 1)\n        return x.reshape(b, -1).flatten(1)", (4, 3, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("init", "forward", "shape"), FORWARDS)
def test_a_forward_of_one_layer_after_the_other(init, forward, shape):
    program = HEAD + "import torch.nn.functional as F\n"
    program += f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{init}\n"
    program += f"    def forward(self, x):\n{forward}\n"
    names: dict = {}
    exec(program, names)  # the programs above
    net = names["Net"]().eval()
    report = convcalc.shape(program, (2, *shape))
    counts = {name: sum(p.numel() for p in one.parameters(recurse=False)) for name, one in net.named_modules()}

    assert report.output_shape == tuple(net(torch.zeros(2, *shape)).shape)
    assert report.params.total == sum(p.numel() for p in net.parameters())
    assert {row.name: row.params.total for row in report.layers if row.params.total} == {
        name: count for name, count in counts.items() if count
    }
    assert {row.name for row in report.layers} >= {name for name, one in net.named_modules() if not [*one.children()]}


@pytest.mark.parametrize(("program", "shape"), PROGRAMS)
def test_torch_makes_the_same(program, shape):
    names: dict = {}
    exec(HEAD + program, names)  # the programs above
    net = names["net"].eval()
    report = convcalc.shape(HEAD + program, (2, *shape))
    leaves = [(path, one) for path, one in net.named_modules() if path and type(one).__name__ != "Sequential"]

    assert [(row.name, row.type) for row in report.layers] == [(path, type(one).__name__) for path, one in leaves]
    assert [row.params.total for row in report.layers] == [
        sum(p.numel() for p in one.parameters()) for _, one in leaves
    ]
    assert report.output_shape == tuple(net(torch.zeros(2, *shape)).shape)
    kept = {f"{row.name}.{weight.name}": weight.shape for row in report.layers for weight in row.weights}
    assert kept == {name: tuple(value.shape) for name, value in net.state_dict().items()}


@pytest.mark.parametrize(("program", "shape"), PROGRAMS)
def test_the_live_module_is_read_alike(program, shape):
    names: dict = {}
    exec(HEAD + program, names)  # the programs above
    if type(names["net"]) is not torch.nn.Sequential:
        return
    live, read = convcalc.shape(names["net"], (2, *shape)), convcalc.shape(HEAD + program, (2, *shape))

    assert [(row.name, row.output_shape, row.params) for row in live.layers] == [
        (row.name, row.output_shape, row.params) for row in read.layers
    ]
