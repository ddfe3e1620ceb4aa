"""A `.keras` archive: its config alone, read out of the zip as data; nothing in it is ever written to a disk."""

import io
import zipfile
import zlib

from convcalc.errors import FileError, LimitError
from convcalc.readers.strict import read_json

CONFIG = "config.json"
# Of the config as it stands in the archive, unpacked, and how much smaller packing may have made it.
MOST = 64 * 1024 * 1024
RATIO = 200
MEMBERS = 10_000
CHUNK = 1 << 16
# Others may unpack a small piece into any amount at once.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LINK = 0o120000
HINT = "Give a file that Keras' model.save('model.keras') wrote, or the text of model.to_json()."


def read_archive(file, name):
    """Return the `Source` in a `.keras` archive.

    Parameters
    ----------
    file : file object or bytes
        Of which only the directory and the config are read.
    name : str

    Raises
    ------
    FileError
        For another zip, and for one that is not as Keras writes it.
    LimitError
        For a config over the bounds.
    """
    if file.__class__ is bytes:
        file = io.BytesIO(file)
    try:
        with zipfile.ZipFile(Bounded(file, name)) as archive:
            text = config_of(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileError("unreadable", f"{name} is a damaged zip archive: {error}.", hint=HINT) from None
    data = read_json(text, name)
    if data.__class__ is not dict:
        raise FileError("unreadable", f"{name} has a {CONFIG} that is no model.", hint=HINT)
    from convcalc.readers.keras_graph import read_keras

    return read_keras(data, name)


class Bounded:
    """A file of which no more than the bound is read at once, whatever its directory says of its own length."""

    def __init__(self, file, name):
        self.file = file
        self.name = name
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size=-1):
        """Read so many bytes; refuse more than the bound."""
        if size < 0:
            size = MOST
        if size > MOST:
            raise LimitError("limit", f"{self.name} has a directory over {MOST // 2**20} MiB.")
        return self.file.read(size)


def config_of(archive, name):
    """Return the text of the one config in an archive, every member's name looked at and none joined to a path."""
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise LimitError("limit", f"{name} has {len(members):,} members, and at most {MEMBERS:,} are looked at.")
    for member in members:
        check_member(member, name)
    if members and min(member.header_offset for member in members):
        raise FileError("unreadable", f"{name} is a zip archive behind something else.", hint=HINT)
    configs = [member for member in members if member.filename == CONFIG]
    if len(configs) != 1:
        count = "no" if not configs else f"{len(configs)} members named"
        raise FileError("unreadable", f"{name} is a zip archive with {count} {CONFIG}.", hint=HINT)
    member = configs[0]
    if member.compress_type not in PACKED:
        raise FileError("unreadable", f"{name} has a {CONFIG} packed in a way that Keras does not.", hint=HINT)
    if member.file_size > MOST:
        raise LimitError("limit", f"{name} has a {CONFIG} of {member.file_size:,} bytes, over {MOST // 2**20} MiB.")
    if member.file_size > RATIO * max(member.compress_size, 1 << 10):
        raise LimitError(
            "limit", f"{name} has a {CONFIG} packed {member.file_size // max(member.compress_size, 1)}-fold: refused."
        )
    chunks: list = []
    left = MOST + 1
    with archive.open(member) as stream:
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            chunks.append(chunk)
            left -= len(chunk)
    if left <= 0:
        raise LimitError("limit", f"{name} has a {CONFIG} over {MOST // 2**20} MiB.")
    try:
        return b"".join(chunks).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError("unreadable", f"{name} has a {CONFIG} that is not UTF-8.", hint=HINT) from None


def check_member(member, name):
    """Refuse an archive with a member that no model has: a way out of it, a link, something encrypted, a pickle."""
    own = member.filename
    parts = own.replace("\\", "/").split("/")
    why = None
    if own.startswith(("/", "\\")) or ".." in parts or own[1:2] == ":":
        why = "whose path leaves the archive"
    elif (member.external_attr >> 16) & 0o170000 == LINK:
        why = "that is a link"
    elif member.flag_bits & 1:
        why = "that is encrypted"
    elif parts[-1] == "data.pkl":
        raise FileError(
            "unreadable",
            f"{name} is a torch archive, whose pickle could run code as it is read.",
            hint="Export the model to ONNX, or give print(model) of it.",
        )
    if why:
        shown = own if len(own) <= 60 else own[:57] + "..."
        raise FileError("unreadable", f"{name} has a member {shown!r} {why}.", hint=HINT)
