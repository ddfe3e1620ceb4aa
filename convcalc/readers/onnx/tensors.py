"""The tensors of an ONNX file: their names, types and sizes, and the values of the smallest alone."""

from math import prod
from struct import iter_unpack

from convcalc.errors import LimitError
from convcalc.readers.onnx.wire import BYTES, FIXED32, VARINT, signed
from convcalc.record import Record

MOST_TENSORS = 1_000_000
MOST_AXES = 64
# Bytes of a tensor or a list whose values may be a shape, axes or scales; weights are larger, and are never read.
SMALL = 1 << 16
FLOATS = {1, 10, 11, 16}
# Of floats only a few say anything of a shape.
FEW = 512
# Number of a type in the file -> its letter in `struct`, and its bytes.
LETTERS = {1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 10: "e", 11: "d", 12: "I", 13: "Q"}
WIDTHS = {"f": 4, "B": 1, "b": 1, "H": 2, "h": 2, "i": 4, "q": 8, "?": 1, "e": 2, "d": 8, "I": 4, "Q": 8}


class Tensor(Record):
    """A tensor's name, sizes and type; `values` are its numbers, row by row, where they are few, else None."""

    name: str
    dims: tuple
    type: int
    values: tuple | None = None


class Value(Record):
    """What a graph says of a tensor: `dims` are integers, names of open sizes, or None for each; None where untold."""

    name: str
    type: int
    dims: tuple | None


class Tensors:
    """What reads the tensors of one file.

    Attributes
    ----------
    wire : Wire
    tensors : int
        How many were read so far.
    """

    def __init__(self, wire):
        self.wire = wire
        self.tensors = 0

    def floats(self, kind, start, stop):
        """Return the floats of a repeated field: packed, or the one that stands alone."""
        if kind not in (BYTES, FIXED32) or (stop - start) % 4:
            raise self.wire.damaged("a list of floats is cut short")
        return [value for (value,) in iter_unpack("<f", self.wire.bytes(start, stop))]

    def tensor(self, start, stop):
        """Return the `Tensor` of a message, whose weights are passed over."""
        self.tensors += 1
        if self.tensors > MOST_TENSORS:
            raise LimitError("limit", f"{self.wire.name} has over {MOST_TENSORS:,} tensors.")
        wire = self.wire
        name, kind_of, outside = "", 0, False
        dims: list = []
        raw = None
        listed: list = []
        short = stop - start <= SMALL  # What does not fit is weights, in a list instead of bytes.
        for number, kind, first, last in wire.fields(start, stop):
            if number == 1:
                dims += map(signed, wire.numbers(kind, first, last))
            elif number == 2 and kind == VARINT:
                kind_of = first
            elif number == 8 and kind == BYTES:
                name = wire.text(first, last)
            elif number == 14 and kind == VARINT:
                outside = first == 1
            elif number == 13:
                outside = True
            elif number == 9 and kind == BYTES:
                raw = first, last
                # A shape is of integers; of floats only a few say anything of one.
                keep = last - first <= (FEW if kind_of in FLOATS else SMALL)
                raw = wire.bytes(first, last) if keep else last - first
            elif number in (5, 7) and short:
                listed += map(signed, wire.numbers(kind, first, last))
            elif number == 4 and short:
                listed += self.floats(kind, first, last)
        check_dims(wire, name, dims)
        return Tensor(name, tuple(dims), kind_of, self.values(name, dims, kind_of, raw, listed, outside))

    def values(self, name, dims, kind_of, raw, listed, outside):
        """Return a tensor's numbers where the file has them and they are few, None otherwise."""
        if outside:  # In another file, which is not opened.
            return None
        if raw is None:
            return tuple(listed) if listed and len(listed) == prod(dims) else () if 0 in dims else None
        letter = LETTERS.get(kind_of)
        if letter is None:
            return None
        length = raw if raw.__class__ is int else len(raw)
        if length != prod(dims) * WIDTHS[letter]:
            sizes = ", ".join(map(str, dims[:9]))
            raise self.wire.damaged(f"the tensor {shown(name)} of the sizes ({sizes}) has {length:,} bytes")
        if raw.__class__ is int:
            return None
        return tuple([value for (value,) in iter_unpack(f"<{letter}", raw)])

    def sparse(self, start, stop):
        """Return the `Tensor` of a sparse one: its name is that of its values, its sizes are its own."""
        name, kind_of = "", 0
        dims: list = []
        for number, kind, first, last in self.wire.fields(start, stop):
            if number == 1 and kind == BYTES:
                inner = self.tensor(first, last)
                name, kind_of = inner.name, inner.type
            elif number == 3:
                dims += map(signed, self.wire.numbers(kind, first, last))
        check_dims(self.wire, name, dims)
        return Tensor(name, tuple(dims), kind_of)

    def value(self, start, stop):
        """Return the `Value` of a message: a tensor's type and sizes, as far as they are told."""
        name, kind_of, dims = "", 0, None
        for number, kind, first, last in self.wire.fields(start, stop):
            if number == 1 and kind == BYTES:
                name = self.wire.text(first, last)
            elif number == 2 and kind == BYTES:
                for own, form, begin, end in self.wire.fields(first, last):
                    if own == 1 and form == BYTES:
                        kind_of, dims = self.tensor_type(name, begin, end)
        return Value(name, kind_of, dims)

    def tensor_type(self, name, start, stop):
        """Return ``(type, dims)`` of the type of a tensor."""
        kind_of, dims = 0, None
        for number, kind, first, last in self.wire.fields(start, stop):
            if number == 1 and kind == VARINT:
                kind_of = first
            elif number == 2 and kind == BYTES:
                dims = [self.size(begin, end) for own, form, begin, end in self.wire.fields(first, last)
                        if own == 1 and form == BYTES]  # fmt: skip
                if len(dims) > MOST_AXES:
                    raise self.wire.damaged(f"{shown(name)} has {len(dims)} axes")
        return kind_of, None if dims is None else tuple(dims)

    def size(self, start, stop):
        """Return one size: an integer, the name of an open one, or None."""
        found = None
        for number, kind, first, last in self.wire.fields(start, stop):
            if number == 1 and kind == VARINT:
                found = signed(first)
                found = found if found >= 0 else None
            elif number == 2 and kind == BYTES:
                found = self.wire.text(first, last) or None
        return found


def check_dims(wire, name, dims):
    """Refuse sizes that no tensor has."""
    if len(dims) > MOST_AXES or any(n < 0 for n in dims):
        raise wire.damaged(f"the tensor {shown(name)} has the sizes ({', '.join(map(str, dims[:9]))})")
    if prod(dims) >= 1 << 63:
        raise LimitError("limit", f"{wire.name} has the tensor {shown(name)} of 2^63 values or more.")


def shown(name):
    """Return a name as an error shows it."""
    return repr(name if len(name) <= 60 else name[:57] + "...")
