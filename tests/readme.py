"""The README's console blocks, tables and picture: read, run, and (``python -m tests.readme``) made anew.

A block is fenced as ``console``. A line that begins with ``$ `` is a command, lines that begin with
``> `` continue it, and what follows is what it prints, standard error included.
"""

import base64
import contextlib
import gzip
import json
import os
import re
import shlex
import stat
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from itertools import groupby
from pathlib import Path
from textwrap import wrap

README = Path(__file__).parent.parent / "README.md"
PICTURE = README.parent / "tests" / "golden" / "readme.svg"
# The network of the picture.
NETWORK = """conv2d 32 3 s=2 pad=same act=relu
    bn
    dwconv2d 3 pad=same act=relu
    conv2d 64 1 act=relu
    gap2d
    dense 10"""
# A picture of one font that every machine has: rich's own form would fetch its font from a host.
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text):
    """Return each block as a list of ``(command, printed)``."""
    found = []
    for match in BLOCK.finditer(text):
        pairs = []
        for line in match[1].splitlines():
            if line.startswith("$ "):
                pairs.append([line[2:], []])
            elif line.startswith("> ") and not pairs[-1][1]:
                pairs[-1][0] += "\n" + line[2:]
            else:
                pairs[-1][1].append(line)
        found.append([(command, "\n".join(lines).strip("\n")) for command, lines in pairs])
    return found


def prepare(folder):
    """Return the environment of a run: `convcalc` on the path, no terminal, no colour."""
    script = Path(folder) / "bin" / "convcalc"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m convcalc "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    python = script.with_name("python")
    python.symlink_to(sys.executable) if not python.exists() else None
    # What the example of an export reads: it takes torch to make one, and no weight to read it.
    (Path(folder) / "net.onnx").write_bytes(exported("superresolution.legacy"))
    root = str(README.parent)
    environment = {
        k: v for k, v in os.environ.items() if k in ("HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPYCACHEPREFIX")
    }
    return environment | {"PATH": f"{script.parent}:{os.environ['PATH']}", "PYTHONPATH": root, "NO_COLOR": "1"}


def exported(name):
    """Return the bytes of a recorded export of torch."""
    record = README.parent / "tests" / "corpus" / "onnx_models" / f"{name}.json.gz"
    return base64.b64decode(json.loads(gzip.decompress(record.read_bytes()))["model"])


def run(command, folder, environment):
    """Return the exit code of a command and what it prints."""
    words = plain(command)
    if words:
        return here(words, folder)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode().strip("\n")


def plain(command):
    """Return the words of a command that needs no shell to run it; else nothing."""
    parts = shlex.shlex(command, posix=True, punctuation_chars=True)
    parts.whitespace_split, parts.commenters = True, ""
    words = list(parts)
    # A quoted operator that stands alone looks like the shell's own: then let the shell read it.
    shell = "$" in command or any(word and set(word) <= set("();<>|&") for word in words)
    return words[1:] if words[0] == "convcalc" and not shell else None


def here(words, folder):
    """Run convcalc in this process, which spares the start of another."""
    from convcalc.cli.run import run as entry

    # In a pipe, what is said on standard error comes first: standard output is written at the end.
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        contextlib.chdir(folder),
        forgotten("mylib"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = entry(words)
    return code, b"".join(stream.buffer.getvalue() for stream in (err, out)).decode().strip("\n")


@contextlib.contextmanager
def forgotten(package):
    """Import a user's package anew, and leave none of it: the next one has another folder."""
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]


def rewritten(text, folder):
    """Return the README's text with what its commands print now."""
    environment = prepare(folder)

    def block(match):
        lines = []
        for [(command, _)] in ([pair] for pairs in blocks(match[0] + "\n") for pair in pairs):
            first, *rest = command.split("\n")
            lines += [f"$ {first}", *(f"> {line}" for line in rest)]
            printed = run(command, folder, environment)[1]
            lines += [printed, ""] if printed else [""]
        return "```console\n" + "\n".join(lines).strip("\n") + "\n```"

    return BLOCK.sub(block, text)


def joined(names):
    """Return names that differ in their rank as one: ``conv{1,2,3}d``."""
    if len(set(names)) == 1:
        return names[0]
    [place] = [k for k, letters in enumerate(zip(*names, strict=True)) if len(set(letters)) > 1]
    return f"{names[0][:place]}{{{','.join(name[place] for name in names)}}}{names[0][place + 1 :]}"


def picture():
    """Return what a terminal of 80 columns shows for a network, as an SVG."""
    from rich.console import Console
    from rich.text import Text

    import convcalc
    from convcalc.views import table

    shown = table.render(convcalc.shape(NETWORK, "224x224x3"), 80)
    typed = f"$ convcalc shape -i 224x224x3 '{NETWORK}'"
    console = Console(file=StringIO(), width=80, record=True, force_terminal=True, color_system="standard", _environ={})
    console.print(Text.from_ansi(f"{typed}\n\n{shown.rstrip()}"))
    text = console.export_svg(title="convcalc", unique_id="t", code_format=SVG)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())


def tables(text):
    """Return the text with its generated tables made anew from the declarations."""
    from convcalc import layers
    from convcalc.analysis import notes
    from convcalc.errors import CODES

    rows = ["| word | Keras | PyTorch | ONNX | |", "|---|---|---|---|---|"]
    alone = {"Keras": [], "PyTorch": [], "ONNX": []}
    for _, group in groupby(layers.layers(), lambda layer: (layer.family.about, re.sub(r"\d", "", layer.word))):
        kin = list(group)
        own = [[layer.type(f) for layer in kin if layer.type(f)] for f in ("keras", "torch", "onnx")]
        cells = [f"`{joined(names)}`" if names else "" for names in ([layer.word for layer in kin], *own)]
        if sum(map(bool, own)) > 1:
            rows.append(f"| {' | '.join(cells)} | {kin[0].family.about.replace('|', chr(92) + '|')} |")
        else:
            # Its word is the name that the framework has for it, or close to that.
            [(framework, names)] = [(f, cell) for f, cell in zip(alone, cells[1:], strict=True) if cell]
            alone[framework].append(names)
    for framework, names in alone.items():
        rows += ["", *wrap(f"**{framework} alone:** {', '.join(names)}.", 120, break_long_words=False)]
    codes = ["| note | |", "|---|---|", *(f"| `{code}` | {about} |" for code, about in notes.CODES.items()), ""]
    codes += ["| error | |", "|---|---|", *(f"| `{code}` | {about} |" for code, about in CODES.items())]
    for name, lines in (("layers", rows), ("codes", codes)):
        body = f"<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- /{name} -->"
        text = re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _, b=body: b, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as room:
        README.write_text(rewritten(tables(README.read_text()), room))
    PICTURE.write_text(picture())
