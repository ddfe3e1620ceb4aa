"""A file or a stream into a `Source`: bounded, and recognised by what is in it, not by its name."""

import errno
import os
import stat

from convcalc.errors import FileError, LimitError
from convcalc.readers.source import Source

# Specs are small; convcalc's own JSON of a large network is a few megabytes.
MOST = 64 * 1024 * 1024
SUPPORTED = (
    "Supported are Python source, text files of specs, what convcalc printed with --json, Keras' to_json() and .keras, "
    "and ONNX files."
)
ZIP = b"PK\x03\x04"
# First bytes of the fields of an ONNX model: version, producer, domain, documentation, graph, operators, metadata.
HEADS = tuple(bytes((tag,)) for tag in (0x08, 0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72))
FIELDS = b"".join(HEADS) + b"\xa2\xca"

# First bytes of what people may well try.
SIGNATURES = (
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, Keras' old form, which is not read", "Use model.save('model.keras')."),
    (b"\x80", "a pickle, which could run code as it is read", "Export the model to ONNX, or give print(model) of it."),
    (b"\x93NUMPY", "a NumPy array, which holds no layers", None),
)


def read_file(path, choice=None):
    """Return the `Source` in a file: a regular one, or one this process was handed open.

    `choice` names one of the networks that Python source defines.
    """
    opened = descriptor(path)
    if opened is not None:
        return read_stream(opened, path, choice)
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for ever for its writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "no regular file"
            raise FileError("unreadable", f"{path} is {kind}.", hint=SUPPORTED)
        return read_stream(handle, path, choice)
    except OSError as error:
        raise cannot_read(path, error) from None
    finally:
        os.close(handle)


def descriptor(path):
    """Return the number in ``/dev/fd/63``, which shells write for ``<(...)``, or None."""
    for start in ("/dev/fd/", "/proc/self/fd/"):
        number = path.removeprefix(start)
        if number != path and number.isascii() and number.isdigit() and len(number) < 6:
            return int(number)
    return 0 if path == "/dev/stdin" else None


def cannot_read(path, error):
    """Return the system's complaint about a file as one of ours."""
    reason = getattr(error, "strerror", None) or str(error)
    hint = None
    if getattr(error, "errno", None) == errno.ENOENT:
        hint = "An argument with a slash or a file's ending names a file; quote a spec that has one."
    return FileError("unreadable", f"{path} cannot be read: {reason}.", hint=hint)


def read_stream(handle, name, choice=None):
    """Return the `Source` on an open descriptor, reading no more than the bound."""
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode) or stat.S_ISBLK(mode):
            raise FileError("unreadable", f"{name} is no regular file.", hint=SUPPORTED)
        chunks: list = []
        left = MOST + 1
        while left > 0 and (chunk := os.read(handle, min(left, 1 << 20))):
            if not chunks:
                if is_onnx(chunk, name):
                    return read_proto(handle, name, chunk, mode)
                refuse_binary(chunk, name)
                if chunk.startswith(ZIP) and stat.S_ISREG(mode):
                    return read_zip(handle, name)
            chunks.append(chunk)
            left -= len(chunk)
    except OSError as error:
        raise cannot_read(name, error) from None
    if left <= 0:
        raise LimitError("limit", f"{name} is over {MOST // 1024 // 1024} MiB.")
    return recognise(b"".join(chunks), name, choice)


def read_zip(handle, name):
    """Return the `Source` in a regular file that is a zip; of the weights in it nothing is read."""
    from convcalc.readers.archive import read_archive

    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "rb") as file:
        return read_archive(file, name)


def is_onnx(start, name):
    """Tell by the first bytes whether a file is ONNX: a version in a byte, then another field of a model.

    The order of the fields is only a habit, so that other bytes are one too in a file that says so by its name.

    >>> is_onnx(bytes((8, 10, 18, 7)), "model"), is_onnx(b"conv2d 3", "model")
    (True, False)
    """
    if start[:1] == b"\x08" and len(start) > 2 and start[1] < 128 and start[2] in FIELDS:
        return True
    return name.endswith(".onnx") and start[:1] in HEADS and any(byte < 9 for byte in start[:4096])


def read_proto(handle, name, start, mode):
    """Return the `Source` in an ONNX file, of which the weights are not read where it can be read anywhere."""
    from convcalc.readers.onnx.graph import read_onnx
    from convcalc.readers.onnx.wire import Wire

    if stat.S_ISREG(mode):
        os.lseek(handle, 0, os.SEEK_SET)
        return read_onnx(Wire(handle, name, size=os.fstat(handle).st_size))
    return read_onnx(Wire(handle, name, start))


def refuse_binary(start, name):
    """Refuse by the first bytes what is no text, before more of it is read."""
    for signature, kind, hint in SIGNATURES:
        if start.startswith(signature):
            raise FileError("unreadable", f"{name} is {kind}.", hint=hint or SUPPORTED)
    if b"\0" in start[:4096] and not start.startswith(ZIP):
        raise FileError("unreadable", f"{name} is binary, not supported yet.", hint=SUPPORTED)


def recognise(data, name, choice=None):
    """Return the `Source` in the bytes of a file."""
    if data.startswith(ZIP):
        from convcalc.readers.archive import read_archive

        return read_archive(data, name)
    if is_onnx(data, name):
        from convcalc.readers.onnx.graph import read_onnx
        from convcalc.readers.onnx.wire import Wire

        return read_onnx(Wire(None, name, data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            "unreadable",
            f"{name} is not UTF-8 text: byte {error.start} is {data[error.start]:#04x}.",
            hint=SUPPORTED,
        ) from None
    if text.lstrip()[:1] == "{":
        from convcalc.readers.model import read_model

        return read_model(text, name)
    if choice is not None or name.endswith(".py") or looks_like_python(text):
        from convcalc.readers.python import read_python

        return read_python(text, name, choice)
    return Source(text, name=name)


def looks_like_python(text):
    """Tell whether a line begins as no spec's can: an import, a definition."""
    return any(line.startswith(("import ", "from ", "def ", "class ")) for line in text[:65536].splitlines())
