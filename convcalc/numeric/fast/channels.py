"""Kernels as the matrices that a product of windows takes: groups apart, groups of few channels merged."""

import numpy as np

# Groups are merged to this many channels: a wider product costs less than many narrow ones.
MERGED = 16


class Channels:
    """How the channels of a layer fall into groups, and its kernel as one matrix a group.

    Attributes
    ----------
    groups : int
        Matrices: the groups left after `merged` of them at a time became one, block-diagonally.
    ins, outs : int
        Channels and filters of one matrix.
    taps : int
        Cells of the kernel.
    work : int
        Values of the merged matrices, 0 where the kernel itself serves.
    """

    def __init__(self, node, channels, filters, groups, taps):
        self.keras = node.framework == "keras"
        self.merged = merge = mergeable(groups, max(channels, filters) // groups)
        self.groups = groups // merge
        self.ins, self.outs, self.taps = channels // self.groups, filters // self.groups, taps
        self.one = self.ins // merge, self.outs // merge
        self.work = self.groups * self.ins * self.outs * taps if merge > 1 else 0

    def forward(self, kernel):
        """Return (groups, filters, taps of a window): rows that windows are multiplied with."""
        groups, merge, taps, (ins, outs) = self.groups, self.merged, self.taps, self.one
        if merge == 1:
            if self.keras:
                return kernel.reshape(taps * ins, groups, outs).transpose(1, 2, 0)
            return kernel.reshape(groups, outs, ins * taps)
        if self.keras:
            parts = kernel.reshape(taps, ins, groups, merge, outs).transpose(2, 3, 4, 0, 1)
            whole = np.zeros((groups, merge, outs, taps, merge, ins), kernel.dtype)
            for i in range(merge):
                whole[:, i, :, :, i] = parts[:, i]
        else:
            parts = kernel.reshape(groups, merge, outs, ins, taps)
            whole = np.zeros((groups, merge, outs, merge, ins, taps), kernel.dtype)
            for i in range(merge):
                whole[:, i, :, i] = parts[:, i]
        return whole.reshape(groups, self.outs, self.ins * taps)

    def transposed(self, kernel, taps_first):
        """Return (groups, filters and taps, channels): rows that cells are multiplied with."""
        groups, merge, taps, (ins, outs) = self.groups, self.merged, self.taps, self.one
        if self.keras:
            return kernel.reshape(1, taps * outs, ins)
        if merge == 1:
            whole = kernel.reshape(groups, ins, outs * taps).transpose(0, 2, 1)
        else:
            parts = kernel.reshape(groups, merge, ins, outs * taps)
            whole = np.zeros((groups, merge, outs * taps, merge, ins), kernel.dtype)
            for i in range(merge):
                whole[:, i, :, i] = parts[:, i].transpose(0, 2, 1)
        if taps_first:
            whole = whole.reshape(groups, self.outs, taps, self.ins).transpose(0, 3, 2, 1)
            return whole.reshape(groups, self.ins, taps * self.outs).swapaxes(1, 2)
        return whole.reshape(groups, self.outs * taps, self.ins)


def mergeable(groups, channels):
    """Return how many groups of so many channels become one: a divisor.

    >>> mergeable(32, 4), mergeable(6, 64), mergeable(1, 3)
    (4, 1, 1)
    """
    most = min(groups, MERGED // max(channels, 1))
    return next((m for m in range(most, 1, -1) if groups % m == 0), 1)
