"""The bytes of a protobuf message, field by field: forwards only, a window at a time, what is skipped never read."""

import os

from convcalc.errors import FileError, LimitError

WINDOW = 1 << 16
# Bytes that a whole file may make this process keep: names, attributes, small constants.
MOST = 64 * 1024 * 1024
# No protobuf message is larger; what is skipped in a pipe has to be read all the same.
LONGEST = 1 << 31
HINT = "Export the model again, or check it with onnx.checker."
# About what Python adds to each.
OBJECT = 16
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
WIDTHS = {FIXED64: 8, FIXED32: 4}


class Wire:
    """A file of which a window is in memory.

    Attributes
    ----------
    handle : int or None
        An open descriptor; None for bytes that are all there.
    seekable : bool
        Whether it can be read from any place, so that what is skipped is not read.
    name : str
        The file's, for errors.
    size : int
        Where it ends; `LONGEST` for a pipe, which says it by ending.
    kept : int
        Bytes that were handed out to be kept.
    """

    def __init__(self, handle, name, start=b"", size=None):
        self.handle = handle
        self.seekable = size is not None
        self.name = name
        self.size = len(start) if handle is None else size if size is not None else LONGEST
        self.data = start
        self.base = 0
        self.kept = 0

    def damaged(self, why):
        """Return the error for bytes that are no ONNX file."""
        return FileError("unreadable", f"{self.name} is no ONNX file, or a damaged one: {why}.", hint=HINT)

    def at(self, place, count):
        """Return where in `data` a place of the file is, so many bytes from it on being there."""
        offset = place - self.base
        if 0 <= offset <= len(self.data) - count:
            return offset
        self.load(place, count)
        return place - self.base

    def load(self, place, count):
        """Bring so many bytes at a place into the window, and some more."""
        if place + count > self.size:
            raise self.damaged(f"it ends after {self.size:,} bytes, in the middle of something")
        if self.handle is not None and self.seekable:
            self.data, self.base = os.pread(self.handle, max(count, WINDOW), place), place
        elif self.handle is not None:
            self.forward(place, count)
        if place - self.base + count > len(self.data):
            raise self.damaged(f"it ends after {self.base + len(self.data):,} bytes, in the middle of something")

    def forward(self, place, count):
        """Read on in a pipe until so many bytes at a place are there; what comes before them is forgotten."""
        pieces, have = [self.data], len(self.data)
        while self.base + have < place + count:
            piece = os.read(self.handle, WINDOW)
            if not piece:
                break
            if self.base + have <= place:
                # All that was there lies before the place.
                self.base, pieces, have = self.base + have, [], 0
            pieces.append(piece)
            have += len(piece)
        self.data = b"".join(pieces)
        over = min(max(place - self.base, 0), len(self.data))
        self.data, self.base = self.data[over:], self.base + over

    def ended(self, place):
        """Tell whether the file ends here."""
        if self.handle is None or self.seekable:
            return place >= self.size
        offset = place - self.base
        if offset >= len(self.data):
            self.forward(place, 1)
        return place - self.base >= len(self.data)

    def varint(self, place, end):
        """Return ``(number, place after it)``: seven bits a byte, the lowest first."""
        offset = self.at(place, 1)
        byte = self.data[offset]
        if byte < 128:
            if place >= end:
                raise self.damaged("a number ends behind what holds it")
            return byte, place + 1
        number = shift = 0
        while True:
            if place >= end:
                raise self.damaged("a number has no end")
            byte = self.data[self.at(place, 1)]
            number |= (byte & 127) << shift
            place += 1
            if byte < 128:
                return number & 0xFFFFFFFFFFFFFFFF, place
            shift += 7
            if shift > 63:
                raise self.damaged("a number of over 64 bits")

    def fields(self, start, end=None):
        """Yield ``(number, type, value, stop)`` of the fields of a message; `end` is None for the whole file.

        The value of bytes is where they begin, and `stop` where they end; whoever wants them reads
        them before the next field.
        """
        place, limit = start, self.size if end is None else end
        while place < limit and not (end is None and self.ended(place)):
            key, place = self.varint(place, limit)
            number, kind = key >> 3, key & 7
            if kind == BYTES:
                length, place = self.varint(place, limit)
                if length > limit - place:
                    raise self.damaged(f"something claims to be {length:,} bytes long, and {limit - place:,} are left")
                yield number, kind, place, place + length
                place += length
            elif kind == VARINT:
                value, place = self.varint(place, limit)
                yield number, kind, value, place
            elif kind in WIDTHS:
                if WIDTHS[kind] > limit - place:
                    raise self.damaged("a number ends behind what holds it")
                yield number, kind, place, place + WIDTHS[kind]
                place += WIDTHS[kind]
            else:
                raise self.damaged("a field is of a kind that ONNX does not have")

    def bytes(self, start, stop):
        """Return the bytes between two places, which are kept."""
        self.keep(stop - start + OBJECT)
        offset = self.at(start, stop - start)
        return self.data[offset : offset + stop - start]

    def text(self, start, stop):
        """Return a string, whose bytes are UTF-8."""
        try:
            return self.bytes(start, stop).decode()
        except UnicodeDecodeError:
            raise self.damaged("a name is not UTF-8") from None

    def numbers(self, kind, start, stop):
        """Return the varints of a repeated field: packed, or the one that stands alone."""
        if kind == VARINT:
            self.keep(OBJECT)
            return [start]
        out: list = []
        self.keep((stop - start) * OBJECT)
        while start < stop:
            number, start = self.varint(start, stop)
            out.append(number)
        return out

    def keep(self, count):
        """Count what is kept of the file; all of it has a bound."""
        self.kept += count
        if self.kept > MOST:
            raise LimitError("limit", f"{self.name} has over {MOST // 2**20} MiB of names and small constants.")


def signed(number):
    """Return what 64 bits mean as a signed integer.

    >>> signed(2**64 - 1)
    -1
    """
    return number - (1 << 64) if number >> 63 else number
