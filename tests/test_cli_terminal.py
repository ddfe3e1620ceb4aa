"""What a terminal of its own is shown: colour, wrapping, and the same content as in a pipe."""

import os
import pty
import re
import subprocess
import sys

import pytest

from tests.conftest import clean_environment


def terminal(argv, columns=80, **env):
    """Run a command on a terminal of its own and return what it shows."""
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "convcalc", *argv],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        env=clean_environment(**env),
    ) as child:
        os.close(slave)
        shown = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        _, err = child.communicate(timeout=60)
    os.close(master)
    assert (child.returncode, err) == (0, b"")
    return shown.decode().replace("\r\n", "\n")


BOTH = ["shape", "-i", "224x224x3", "conv2d", "8", "3", "s=2", "pad=same", "conv2d", "64", "1"]


@pytest.mark.parametrize(
    ("option", "env", "coloured"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"TERM": "dumb"}, False),
        ("auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_colour_on_a_terminal(option, env, coloured):
    shown = terminal([*BOTH, "--color", option], **{"TERM": "xterm-256color", **env})
    assert ("\x1b[33mnote\x1b[0m" in shown) is coloured
    assert ("\x1b" in shown) is coloured


def test_content_is_the_same_on_a_terminal_and_in_a_pipe(process):
    wide = terminal([*BOTH, "--color", "never"], columns=400, TERM="xterm")
    piped = process(*BOTH).out
    # A terminal's notes are wrapped at 80 columns, their code at the edge, and bars stand where there is room: words
    # are what is equal.
    assert [word for word in wide.split() if word.strip("█▏▎▍▌▋▊▉")] == piped.split()
    assert wide.count("████████") == 1
    assert "█" not in piped
    narrow = terminal([*BOTH, "--color", "never"], columns=80, TERM="xterm")
    assert max(map(len, narrow.splitlines())) <= 80
    assert sorted(narrow.split()) == sorted(piped.split())


def test_colour_can_be_forced_into_a_pipe(process):
    coloured = process(*BOTH, "--color", "always").out
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == process(*BOTH).out
    assert process(*BOTH, env={"FORCE_COLOR": "1"}).out == coloured


def test_a_long_table_is_plain_on_a_terminal():
    shown = terminal(["shape", "-i", "9x9x3", "[conv2d 8 3 pad=same] * 101"], TERM="xterm")
    assert "\x1b" not in shown
    assert len([line for line in shown.splitlines() if re.match(r" *\d+  conv2d", line)]) == 101


def test_json_on_a_terminal_is_json(process):
    assert terminal([*BOTH, "--json"], TERM="xterm") == process(*BOTH, "--json").out


def test_help_is_no_wider_than_a_narrow_terminal(process):
    narrow = terminal(["diff", "-h"], columns=60, TERM="xterm").split("Usage:")[1]
    assert max(map(len, narrow.splitlines())) <= 60
    assert terminal(["diff", "-h"], columns=140, TERM="xterm") == process("diff", "-h").out
