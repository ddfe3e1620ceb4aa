"""The entry points in this process: what they make of faults of the system, and how far long work is shown."""

import gc
import io
import os
import signal
import sys

import pytest

from convcalc import __main__ as entry
from convcalc.cli import main, output, progress
from convcalc.cli.each import answer_lines
from convcalc.cli.options import read_network
from convcalc.errors import FileError, SpecError


class Left(BaseException):
    """Raised where the process would end."""


def leave(code):
    raise Left(code)


@pytest.fixture
def ending(monkeypatch):
    """Run something that ends the process; return its exit code, the streams as they were."""
    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(output, "drop", lambda descriptor: None)
    held = signal.getsignal(signal.SIGINT)

    def run(way, *given):
        with pytest.raises(Left) as caught:
            way(*given)
        return caught.value.args[0]

    yield run
    signal.signal(signal.SIGINT, held)


@pytest.fixture
def faulty(ending, monkeypatch):
    """Return what the command line says where something raises a fault: its exit code and its sentence."""

    def run(fault):
        def answer(argv):
            raise fault

        monkeypatch.setattr(main, "answer", answer)
        return main.main(["shape", "conv2d"])

    return run


def numpy_fault():
    """Return the error of a numpy that is not whole, as numpy says it: a page, its cause the sentence."""
    fault = ImportError("IMPORTANT: PLEASE READ THIS")
    fault.__cause__ = ImportError("libx.so: cannot open", name="numpy")
    return fault


FAULTS = [
    (OSError(28, "No space left on device"), 74, "The output cannot be written: No space left on device."),
    (OSError("odd"), 74, "The output cannot be written: odd."),
    (OSError(5, "Input/output error", "lib.py"), 3, "lib.py cannot be read: Input/output error."),
    (ImportError("no"), 3, "A module cannot be imported: no."),
    (numpy_fault(), 3, "numpy cannot be imported: libx.so: cannot open."),
    (MemoryError(), 4, "There is not enough memory."),
    (SystemError("error return without exception set"), 4, "There is not enough memory."),
    (RuntimeError("can't allocate lock"), 4, "There is not enough memory."),
]


@pytest.mark.parametrize(("fault", "code", "said"), FAULTS)
def test_a_fault_of_the_system_is_an_error_of_its_own(fault, code, said, faulty, capsys):
    assert faulty(fault) == code
    assert capsys.readouterr().err.splitlines()[0] == said


def test_a_reader_that_went_away_is_told_by_the_code_alone(faulty, capsys):
    assert faulty(BrokenPipeError()) == 141
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_ours_is_not_hidden(faulty):
    with pytest.raises(RuntimeError, match="of ours"):
        faulty(RuntimeError("of ours"))


def test_the_process_ends_with_the_code_of_its_command(ending, monkeypatch, capsys):
    for words, code in ((["shape", "dense", "4"], 0), (["shape", "konv"], 2), (["completion", "bash", "--for"], 0)):
        monkeypatch.setattr(sys, "argv", ["convcalc", *words])
        assert ending(entry.main) == code
    assert capsys.readouterr().out.startswith("keras")


def test_not_even_the_command_line_fits_into_memory(ending, monkeypatch):
    said = []

    def refuse():
        raise MemoryError

    monkeypatch.setattr(entry, "say", said.append)
    monkeypatch.setattr(main, "main", refuse)
    monkeypatch.setattr(sys, "stderr", None)

    assert (ending(entry.main), said) == (4, [b"There is not enough memory.\n"])


def test_an_interrupt_takes_unfinished_files_along(ending, monkeypatch, tmp_path):
    said = []
    monkeypatch.setattr(entry, "say", said.append)
    (tmp_path / "begun").touch()
    output._unfinished.add(str(tmp_path / "begun"))

    assert ending(entry.interrupted, signal.SIGINT, None) == 130
    assert (said, list(tmp_path.iterdir())) == ([b"interrupted\n"], [])


@pytest.mark.parametrize(("before", "after"), [(signal.default_int_handler, entry.interrupted), (signal.SIG_IGN,) * 2])
def test_an_interrupt_that_is_ignored_stays_so(before, after, ending):
    signal.signal(signal.SIGINT, before)
    entry.answer_interrupts()

    assert signal.getsignal(signal.SIGINT) == after


def test_what_cannot_be_said_is_not(monkeypatch):
    def full(descriptor, line):
        raise OSError(28, "full")

    monkeypatch.setattr(os, "write", full)
    assert entry.say(b"a line\n") is None


def test_a_closed_stream_is_noticed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    main.prepare_streams()

    assert not sys.stdout.isatty()
    assert sys.stdout.flush() is None
    with pytest.raises(OSError, match="standard output is closed"):
        sys.stdout.write("text")


def test_a_closed_input_holds_no_network(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SpecError, match="standard input is closed"):
        read_network(())
    with pytest.raises(SpecError, match="Standard input is closed"):
        answer_lines(None, None, None, None, None)


class Terminal(io.StringIO):
    """A standard error that is one."""

    def isatty(self):
        return True


def test_how_far_long_work_has_come(monkeypatch):
    """Nothing at first and nothing in a pipe; a bar on a terminal, and its line is free again at the end."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with progress.progress_bar("Computing", quiet=False) as soon:
        soon(0.5)
    assert shown.getvalue() == ""

    monkeypatch.setattr(progress, "PATIENCE", 0)
    with progress.progress_bar("Computing", quiet=False) as late:
        late(0.25)
        late(0.5)
    assert "Computing" in shown.getvalue()
    assert " 50%" in shown.getvalue()
    assert shown.getvalue().endswith("\r\x1b[2K")

    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.progress_bar("Computing", quiet=False) as unseen:
        assert unseen is None


def test_a_signal_that_ends_it_takes_unfinished_files_along(monkeypatch, tmp_path):
    """SIGTERM is then sent again, to be answered as it would have been."""
    sent, held = [], signal.signal(signal.SIGTERM, signal.SIG_DFL)
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    try:
        with output.opened(tmp_path / "out") as target:
            target.write(b"half")
            signal.getsignal(signal.SIGTERM)(signal.SIGTERM, None)
            assert list(tmp_path.iterdir()) == []
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
            raise FileError("unreadable", "of ours")
    except FileError:
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, held)
    assert sent == [(os.getpid(), signal.SIGTERM)]
