"""Completion in real shells on a terminal: what is typed, then TAB, and what the line is then, to the blank."""

import os
import shutil
import sys
import time

import pytest

from tests.conftest import clean_environment

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")
pyte = pytest.importorskip("pyte", reason="pyte is not installed")

PROMPT = "% "
WIDTH, HEIGHT = 160, 40
SHELLS = {
    "bash": (["--norc", "--noprofile"], 'PS1="% "; bind "set bell-style none"; eval "$(convcalc completion bash)"'),
    "zsh": (
        ["-f"],
        'PS1="%% "; unsetopt prompt_sp beep; autoload -U compinit; compinit -D; eval "$(convcalc completion zsh)"',
    ),
    "fish": (
        ["--no-config"],
        "function fish_prompt; echo -n '% '; end; set -g fish_autosuggestion_enabled 0; "
        "convcalc completion fish | source",
    ),
}
# What is typed -> what stands in the line after TAB, where the cursor is at its end.
LINES = {
    "convcalc sch": "convcalc schema ",
    "convcalc shape --for": "convcalc shape --format ",
    "convcalc shape --format=t": "convcalc shape --format=table ",
    "convcalc shape -F torch --format c": "convcalc shape -F torch --format csv ",
    "convcalc shape conv2d k=3 st": "convcalc shape conv2d k=3 strides=",
    "convcalc shape conv2d pad=sa": "convcalc shape conv2d pad=same ",
    "convcalc shape 'conv2d k=3 st": "convcalc shape 'conv2d k=3 strides=",
    'convcalc shape "conv2d k=3 st': 'convcalc shape "conv2d k=3 strides=',
    "convcalc shape 'conv2d k=3 pad=s": "convcalc shape 'conv2d k=3 pad=same ",
    "convcalc shape conv2d\\ k=3\\ st": "convcalc shape conv2d\\ k=3\\ strides=",
    "convcalc shape 'nn.Conv2d(3, 64, ker": "convcalc shape 'nn.Conv2d(3, 64, kernel_size=",
    "convcalc shape 'Conv2D(32, 3, padding=\"sa": 'convcalc shape \'Conv2D(32, 3, padding="same"',
    "convcalc shape 'nn.Sequential(nn.AvgPool2": "convcalc shape 'nn.Sequential(nn.AvgPool2d(",
    "convcalc shape relu @first conv2d 8 1 add @fi": "convcalc shape relu @first conv2d 8 1 add @first ",
    "convcalc shape my-n": "convcalc shape my-net.txt ",
    "convcalc list initializers HE_N": "convcalc list initializers he_normal ",
    "convcalc shape conv9d zzz": "convcalc shape conv9d zzz",
}


class Terminal:
    """A shell on a terminal whose screen can be read."""

    def __init__(self, shell, folder):
        (folder / "bin").mkdir()
        (folder / "my-net.txt").write_text("relu\n")
        program = folder / "bin" / "convcalc"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convcalc "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        options, start = SHELLS[shell]
        env = clean_environment(PATH=path, HOME=str(folder), TERM="xterm", LC_ALL="C.UTF-8")
        self.child = pexpect.spawn(
            shutil.which(shell), options, env=env, cwd=folder, dimensions=(HEIGHT, WIDTH), encoding="utf-8", timeout=30
        )
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.child.send(start + "\r")
        # What was typed before the shell read it is echoed once more, so the first sign is the cursor's line.
        self.wait_for(lambda: self.line() == "" and any(self.screen.display))
        self.settle()

    def read(self, seconds):
        """Take what the shell writes within some time."""
        try:
            self.stream.feed(self.child.read_nonblocking(1 << 16, timeout=seconds))
        except pexpect.TIMEOUT:
            return False
        return True

    def settle(self, seconds=0.5):
        """Read until nothing has come for a while."""
        while self.read(seconds):
            pass

    def line(self):
        """Return what stands between the prompt and the cursor, or None where there is no prompt."""
        shown = self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]
        return shown[len(PROMPT) :] if shown.startswith(PROMPT) else None

    def rest(self):
        """Return what stands behind the cursor."""
        return self.screen.display[self.screen.cursor.y][self.screen.cursor.x :].rstrip()

    def shown(self):
        """Return the whole screen."""
        return "\n".join(row.rstrip() for row in self.screen.display if row.strip())

    def wait_for(self, holds, seconds=30):
        """Read until something holds."""
        end = time.monotonic() + seconds
        while not holds() and time.monotonic() < end:
            self.read(0.1)
        return holds()

    def type(self, text):
        """Type a text on an empty line; a shell that is slow to clear the one before is asked again."""
        for _ in range(3):
            self.child.send("\x03")
            self.child.send("\x0c")
            self.settle(0.3)
            self.wait_for(lambda: self.line() == "")
            self.child.send(text)
            if self.wait_for(lambda: self.line() == text, 15):
                return
        raise AssertionError(self.shown())

    def tab(self):
        """Press TAB."""
        self.child.send("\t")


@pytest.fixture(scope="module", params=SHELLS)
def terminal(request, tmp_path_factory):
    """A terminal of each shell that is installed."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    made = Terminal(request.param, tmp_path_factory.mktemp(request.param))
    yield made
    made.child.close(force=True)


@pytest.mark.parametrize("typed", LINES)
def test_tab(terminal, typed):
    terminal.type(typed)
    terminal.tab()
    wanted = LINES[typed]
    if wanted == typed:
        terminal.settle(2)
    assert terminal.wait_for(lambda: terminal.line() == wanted, 15), terminal.shown()
    terminal.settle(0.3)
    assert (terminal.line(), terminal.rest()) == (wanted, ""), terminal.shown()
    assert "Traceback" not in terminal.shown()


def test_a_second_tab_lists_what_may_follow(terminal):
    terminal.type("convcalc shape 'conv2d 8 3 pad=")
    terminal.tab()
    terminal.settle(1)
    terminal.tab()
    assert terminal.wait_for(lambda: all(word in terminal.shown() for word in ("valid", "same")))
