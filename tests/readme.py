"""The console blocks of the README: read, run, and (``python -m tests.readme``) written anew.

A block is fenced as ``console``. A line that begins with ``$ `` is a command, lines that begin with
``> `` continue it, and what follows is what it prints, standard error included.
"""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
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
    root = str(README.parent)
    environment = {
        k: v for k, v in os.environ.items() if k in ("HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPYCACHEPREFIX")
    }
    return environment | {"PATH": f"{script.parent}:{os.environ['PATH']}", "PYTHONPATH": root, "NO_COLOR": "1"}


def run(command, folder, environment):
    """Return what a command prints."""
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
    return done.stdout.decode().strip("\n")


def rewritten(text, folder):
    """Return the README's text with what its commands print now."""
    environment = prepare(folder)

    def block(match):
        lines = []
        for [(command, _)] in ([pair] for pairs in blocks(match[0] + "\n") for pair in pairs):
            first, *rest = command.split("\n")
            lines += [f"$ {first}", *(f"> {line}" for line in rest)]
            printed = run(command, folder, environment)
            lines += [printed, ""] if printed else [""]
        return "```console\n" + "\n".join(lines).strip("\n") + "\n```"

    return BLOCK.sub(block, text)


def tables(text):
    """Return the text with its generated tables made anew from the declarations."""
    from convcalc import layers
    from convcalc.analysis import notes
    from convcalc.errors import CODES

    rows = ["| word | Keras | PyTorch | ONNX | |", "|---|---|---|---|---|"]
    for layer in layers.layers():
        own = [f"`{layer.type(f)}`" if layer.type(f) else "" for f in ("keras", "torch", "onnx")]
        rows.append(f"| `{layer.word}` | {' | '.join(own)} | {layer.family.about} |")
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
