"""torch as a judge: a module a layer, its state loaded, run in evaluation mode."""

import warnings

import torch
from torch.nn import functional

from convcalc.numeric.against import keywords

# Modules whose padding is low and high cells of the last axes, the last axis first.
SIDES = {"zero_pad", "constant_pad", "reflection_pad", "replication_pad", "circular_pad"}


class Judge:
    """torch on the CPU."""

    name = "torch"
    version = f"torch {torch.__version__.partition('+')[0]}"

    def run(self, node, inputs, weights):
        """Return the output of the layer's module on some inputs."""
        given = keywords(node)
        tensors = [torch.from_numpy(array.copy()) for array in inputs]
        tensors = self.padded(node, given, tensors)
        self.fill(node, given)
        if node.kind == "lp_pool":
            # LPPool1d takes no tuples.
            given = {
                key: value[0] if node.rank == 1 and isinstance(value, tuple) else value for key, value in given.items()
            }
        with warnings.catch_warnings(), torch.no_grad():
            # Softmax without an axis is deprecated, and legal.
            warnings.simplefilter("ignore")
            module = getattr(torch.nn, node.type)(**given)
            module = module.to(tensors[0].dtype if tensors[0].is_floating_point() else torch.float32)
            module.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in weights.items()}, strict=False)
            output = module.eval()(*tensors)
        return (output[0] if isinstance(output, tuple) else output).numpy()

    @staticmethod
    def padded(node, given, tensors):
        """Turn cells of padding into torch's own form; where it has none for them, pad the input."""
        cells = given.get("padding")
        if not (isinstance(cells, tuple) and cells and isinstance(cells[0], tuple)):
            return tensors
        flat = [n for pair in reversed(cells) for n in pair]
        if node.kind in SIDES:
            given["padding"] = tuple(flat)
        elif all(low == high for low, high in cells):
            given["padding"] = tuple(low for low, _ in cells)
        else:
            del given["padding"]
            tensors = [functional.pad(tensor, flat) for tensor in tensors]
        return tensors

    @staticmethod
    def fill(node, given):
        """Give the sizes that a terse spec leaves to the input."""
        for param in node.site.layer.signature("torch").required:
            if param.name in given:
                continue
            if param.key == "in_channels":
                spatial = node.rank or node.kind in ("batch_norm", "instance_norm", "group_norm")
                given[param.name] = node.shapes[0][-1] if not spatial else channels(node)
            elif param.key == "in2_features":
                given[param.name] = node.shapes[1][-1]
            elif node.args.get(param.key) is not None:
                given[param.name] = node.args[param.key]
            elif param.key == "normalized_shape":
                given[param.name] = node.shape[-1:]


def channels(node):
    """Return the channels of a layer's input, batched or not."""
    weights = [weight.shape for weight in node.weights if len(weight.shape) == 1 and weight.kind == "parameter"]
    if node.kind in ("conv", "transpose"):
        return node.split()[1]
    return weights[0][0] if weights else node.shape[1] if len(node.shape) > 1 else node.shape[0]
