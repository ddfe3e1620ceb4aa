"""torch's functions and tensor methods that are layers called at once: ``F.relu(x)``, ``torch.flatten(x, 1)``."""

import ast

from convcalc.errors import SpecError
from convcalc.spec.code import dotted
from convcalc.spec.program.calls import Calls
from convcalc.spec.program.things import BATCH, THINGS, Tensor
from convcalc.spec.scan import shown
from convcalc.spec.tree import Arg

# By the function's name: the layer of the same arguments in the same order, and how many of them at most by position.
LAYERS = {
    **{
        name.lower(): (name, 1)
        for name in ("ReLU", "ReLU6", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid")
    },
    **{name.lower(): (name, 2) for name in ("Sigmoid", "Tanh", "Softplus", "Softsign", "LogSigmoid", "Hardtanh")},
    "leaky_relu": ("LeakyReLU", 2),
    "softmax": ("Softmax", 1),
    "log_softmax": ("LogSoftmax", 1),
    "dropout": ("Dropout", 1),
    "dropout2d": ("Dropout2d", 1),
    **{f"max_pool{rank}d": (f"MaxPool{rank}d", 4) for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": (f"AvgPool{rank}d", 6) for rank in (1, 2, 3)},
    **{f"adaptive_avg_pool{rank}d": (f"AdaptiveAvgPool{rank}d", 1) for rank in (1, 2, 3)},
    **{f"adaptive_max_pool{rank}d": (f"AdaptiveMaxPool{rank}d", 1) for rank in (1, 2, 3)},
    "interpolate": ("Upsample", 4),
    "upsample": ("Upsample", 4),
    "pixel_shuffle": ("PixelShuffle", 1),
    "pixel_unshuffle": ("PixelUnshuffle", 1),
    "flatten": ("Flatten", 2),
}
# What a function is told and its layer is not, and that changes no size.
UNREAD = ("training", "_stacklevel", "recompute_scale_factor")
# Methods of a tensor, or of a module, that leave it as it is.
SAME = ("contiguous", "float", "double", "half", "to", "cuda", "cpu", "clone", "detach", "eval", "train", "apply")
RESHAPES = ("view", "reshape")


class Functions(Calls):
    """What reads torch's functions and the methods of tensors."""

    def unit(self, node, prefix, bare):
        """Return the `Unit` of a layer's call."""
        raise NotImplementedError

    def functional(self, name, node, depth):
        """Return the tensor of a torch function of a tensor, None where it is no layer called at once."""
        if name not in LAYERS or not node.args:
            return None
        tensor = self.evaluate(node.args[0], depth + 1)
        return self.as_layer(name, tensor, node.args[1:], node) if tensor.__class__ is Tensor else None

    def as_layer(self, name, tensor, args, node):
        """Return the tensor that the layer of a function makes of another."""
        title, most = LAYERS[name]
        if len(args) > most:
            raise self.source.refused(args[most])
        keywords = [one for one in node.keywords if one.arg not in UNREAD]
        func = ast.copy_location(ast.Name(title), node.func)
        call = ast.copy_location(ast.Call(func, list(args), keywords), node)
        unit = self.unit(call, "torch", title)
        if name == "flatten" and not args and not any(one.arg == "start_dim" for one in keywords):
            # The function begins at the batch, the layer behind it.
            span = self.source.span(node)
            unit.layer.args.append(Arg("start_dim", 0, span, span))
        return self.node(unit, (tensor.index,))

    def method(self, tensor, node, depth):
        """Return what a method of a tensor returns."""
        name = node.func.attr
        if name in SAME:
            return tensor
        if name == "size" and len(node.args) == 1 and self.evaluate(node.args[0], depth + 1) == 0:
            return BATCH
        if name in LAYERS:
            return self.as_layer(name, tensor, node.args, node)
        if name in RESHAPES:
            sizes = [self.evaluate(one, depth + 1) for one in node.args]
            if len(sizes) == 1 and sizes[0].__class__ is tuple:
                sizes = list(sizes[0])
            # The batch and all the rest in one, in whichever of the two ways.
            if len(sizes) == 2 and (sizes[0] is BATCH or (sizes[0] == -1 and sizes[1].__class__ is int)):
                flat = ast.copy_location(ast.Call(ast.copy_location(ast.Name("Flatten"), node.func), [], []), node)
                return self.node(self.unit(flat, "torch", "Flatten"), (tensor.index,))
        raise SpecError(
            "syntax",
            f"The method {shown(name)} of a tensor cannot be read as data.",
            hint="Write a layer, such as nn.Flatten().",
            span=self.source.span(node),
        )

    def owner(self, node, depth):
        """Return the tensor or module that a method is one of, None where what stands before the dot is none."""
        if node.func.__class__ is not ast.Attribute:
            return None
        inner = node.func.value
        name = dotted(inner)
        if name is None and inner.__class__ is not ast.Call:
            return None
        found = self.find(name) if name else self.evaluate(inner, depth + 1)
        return found if found.__class__ is Tensor or found.__class__ in THINGS else None

    def find(self, name):
        """Return what a dotted name stands for."""
        raise NotImplementedError
