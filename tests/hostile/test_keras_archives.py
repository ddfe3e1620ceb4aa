"""Zip archives meant to do harm: bombs, ways out, links, headers that lie."""

import bz2
import io
import json
import struct
import zipfile
import zlib

import pytest

import convcalc
from convcalc.errors import FileError, LimitError
from convcalc.readers import archive
from convcalc.readers.files import read_file, recognise
from tests.keras_configs import CONV, IMAGE, functional


def written(*members, **options):
    """Return a zip of ``(name or ZipInfo, content)``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", options.get("method", zipfile.ZIP_DEFLATED)) as file:
        for member in members:
            file.writestr(*member)
    return out.getvalue()


def link():
    """A member that is a symbolic link."""
    member = zipfile.ZipInfo("weights")
    member.external_attr = 0o120777 << 16
    return member, "/etc/passwd"


def patched(data, old, new):
    """Return the bytes with something else in every place of it."""
    assert old in data
    return data.replace(old, new)


CONFIG = json.dumps(functional(IMAGE, CONV))
GOOD = written(("config.json", CONFIG), method=zipfile.ZIP_STORED)


def encrypted():
    """A zip whose members say that they are encrypted."""
    data = bytearray(GOOD)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def lying():
    """A zip whose header says that its config is smaller than it is."""
    size = struct.pack("<L", len(CONFIG))
    return GOOD.replace(size * 2, struct.pack("<L", 100) * 2)


def huge_directory():
    """A zip whose end says that its directory has a gigabyte."""
    data = bytearray(GOOD)
    struct.pack_into("<L", data, len(data) - 10, 1 << 30)
    return bytes(data)


ARCHIVES = {
    "no config": (written(("metadata.json", "{}")), "no config.json"),
    "two configs": (None, "2 members named config.json"),
    "a way out": (written(("config.json", CONFIG), ("../../etc/x", "x")), "leaves the archive"),
    "a way out of Windows": (written(("config.json", CONFIG), ("..\\x", "x")), "leaves the archive"),
    "an absolute path": (written(("config.json", CONFIG), ("/abs", "x")), "leaves the archive"),
    "a link": (written(("config.json", CONFIG), link()), "is a link"),
    "encrypted": (encrypted(), "encrypted"),
    "torch's": (written(("archive/data.pkl", b"\x80\x02.")), "export the model to onnx"),
    "packed as no other": (written(("config.json", CONFIG), method=zipfile.ZIP_BZIP2), "packed in a way"),
    "a wrong sum": (patched(GOOD, struct.pack("<L", zlib.crc32(CONFIG.encode())), b"\0\0\0\0"), "damaged"),
    "a lying header": (lying(), "damaged"),
    "a directory of a gigabyte": (huge_directory(), "damaged"),
    "cut": (GOOD[:-30], "damaged"),
    "nothing but a header": (b"PK\x03\x04" + bytes(100), "damaged"),
    "no UTF-8": (written(("config.json", CONFIG.encode("utf-16"))), "not UTF-8"),
    "a list": (written(("config.json", "[]")), "no model"),
    "another name": (written(("x/config.json", CONFIG)), "no config.json"),
    "a polyglot": (GOOD[:60] + written(("config.json", CONFIG)), "behind something else"),
}


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_are_refused(name, cli, tmp_path):
    data, said = ARCHIVES[name]
    if data is None:
        data = written(("config.json", CONFIG), ("config.json", "{}"))
    path = tmp_path / "m.keras"
    path.write_bytes(data)
    for answer in (cli("shape", str(path)), cli("shape", "-", stdin=data)):
        assert answer.code == 3
        assert said.lower() in answer.err.lower()
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.keras"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    bomb = written(("config.json", bytes(65 * 2**20)))
    with pytest.raises(LimitError, match="over 64 MiB"):
        recognise(bomb, "m.keras")
    with pytest.raises(LimitError, match="-fold"):
        recognise(written(("config.json", bytes(20 * 2**20))), "m.keras")
    with pytest.raises(LimitError, match="directory over"):
        archive.Bounded(io.BytesIO(), "m.keras").read(archive.MOST + 1)


def test_many_members(monkeypatch):
    monkeypatch.setattr(archive, "MEMBERS", 3)
    data = written(("config.json", CONFIG), *((f"a{n}", "") for n in range(5)))
    with pytest.raises(LimitError, match="6 members"):
        recognise(data, "m.keras")


def test_of_the_weights_nothing_is_read(tmp_path):
    """A file may be large, and its weights may declare what they like: they stay where they are."""
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", CONFIG)
        file.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(80 * 2**20))
    assert convcalc.shape(read_file(str(path)).text).params.total == 148


def test_bz2_is_not_unpacked():
    """Such a stream may give any amount at once."""
    with pytest.raises(FileError):
        recognise(written(("config.json", bz2.compress(b"{}")), method=zipfile.ZIP_BZIP2), "m.keras")
