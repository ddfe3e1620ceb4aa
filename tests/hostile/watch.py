"""Every door of the process watched: no answer may open, run, import, send or load what an input names."""

import importlib
import importlib.util
import pkgutil
import sys

import convcalc
from convcalc.record import Record

# Of the operating system and of what loads code.
DOORS = frozenset(
    ("socket", "subprocess", "os", "shutil", "ctypes", "pickle", "urllib", "tempfile", "webbrowser", "ftplib", "http")
)
HARMLESS = frozenset(("os.listdir", "os.scandir", "os.putenv"))
OWN = frozenset((*sys.stdlib_module_names, "convcalc", "numpy"))
# The process itself; and what asks the real onnx, where there is one.
LEFT_OUT = ("__main__",) if importlib.util.find_spec("onnx") else ("__main__", "readers.onnx.infer")
# Of the standard library, what is imported where it is needed, and compiles something of its own then.
LAZY = ("difflib", "zipfile", "unicodedata", "heapq", "fractions")
# Python opens the file of this name to quote from it, where a program is none; convcalc says that it is this one.
PARSED = "/dev/null"
FOLDERS: tuple = ()
seen: list = []


def watch(event, args):
    """Note an event that no answer has: Python calls this on every one that it audits."""
    if event == "open":
        # A lazy import reads, from the folders of Python and of convcalc alone.
        writes = args[1].__class__ is str and not set(args[1]).isdisjoint("wax+")
        if writes or not (str(args[0]).startswith(FOLDERS) or args[0] == PARSED):
            seen.append(f"open {args[0]!r}")
    elif event == "exec":
        name = args[0].co_filename
        if name[:1] == "<" and not name.startswith("<frozen"):
            seen.append(f"exec {name}")
    elif event == "import":
        if args[0].partition(".")[0] not in OWN:
            seen.append(f"import {args[0]}")
    elif event == "marshal.loads":
        # How Python loads its own compiled modules.
        if not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
            seen.append(event)
    elif event.partition(".")[0] in DOORS and event not in HARMLESS:
        seen.append(event)


def begin():
    """Watch from here on; it cannot be undone. What is compiled when it is first used is used before."""
    global FOLDERS
    for module in pkgutil.walk_packages(convcalc.__path__, "convcalc."):
        if not module.name.startswith("convcalc.numeric") and not module.name.endswith(LEFT_OUT):
            importlib.import_module(module.name)
    for name in LAZY:
        importlib.import_module(name)
    for record in Record.__subclasses__():
        record(*record._fields)
    FOLDERS = (sys.base_prefix, sys.prefix, convcalc.__path__[0])
    sys.addaudithook(watch)
