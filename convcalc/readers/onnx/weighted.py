"""Operators of which the sizes of the weights say what a layer's arguments say: filters, kernels, biases, slopes."""

from math import prod


class CannotSayError(Exception):
    """Raised where the layers here cannot say what a node does."""


def convolution(binding):
    """Take filters, kernel and bias of a convolution from the sizes of its weights."""
    shape = binding.held("W").shape
    groups = binding.attributes.get("group", 1)
    first, second = shape[:2]
    filters, channels = (second * groups, first) if binding.node.op == "ConvTranspose" else (first, second * groups)
    if tuple(binding.attributes.setdefault("kernel_shape", shape[2:])) != shape[2:]:
        raise CannotSayError
    binding.put("filters", filters)
    binding.args["in_channels"] = channels
    biased(binding, "B", (filters,))


def biased(binding, name, shape):
    """Take from an optional operand whether there is a bias; it has to be of this shape."""
    there = binding.operand(name) is not None
    if there and prod(binding.held(name).shape) != prod(shape):
        raise CannotSayError
    binding.put("bias", there)


def gemm(binding):
    """Take the units of a Gemm from the sizes of its matrix of weights."""
    matrix = binding.operand("B")
    if matrix is not None and matrix.call is not None:
        return
    rows, columns = binding.held("B").shape
    units, channels = (rows, columns) if binding.attributes.get("transB") else (columns, rows)
    binding.put("units", units)
    binding.args["in_channels"] = channels
    biased(binding, "C", (units,))


def normalised(binding):
    """Take the weights of a normalisation, one a channel, whose number its input says."""
    for name in binding.names[1:]:
        if len(binding.held(name).shape) != 1:
            raise CannotSayError


def layer_norm(binding):
    """Take from an optional operand whether a layer normalisation has a bias."""
    shape = binding.held("Scale").shape
    biased(binding, "B", shape)


def scaled(binding):
    """Take the weight of a root mean square normalisation."""
    binding.held("scale")


def slopes(binding):
    """Take the slopes of a PRelu: their number, or their shape where they are not one a channel."""
    shape = binding.held("slope").shape
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    if any(n != 1 for n in shape[1:]):
        binding.put("slope_shape", shape)
    else:
        binding.put("num_parameters", shape[0] if shape else 1)


SIZED = {
    "Conv": convolution, "ConvTranspose": convolution, "Gemm": gemm, "BatchNormalization": normalised,
    "InstanceNormalization": normalised, "GroupNormalization": normalised, "LayerNormalization": layer_norm,
    "RMSNormalization": scaled, "PRelu": slopes,
}  # fmt: skip
