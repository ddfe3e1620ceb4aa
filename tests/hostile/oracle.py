"""The invariants: what must hold of every answer and of every refusal, whatever was asked.

`answer` returns what became of a case ("answered", or an error's code) and raises `BrokenError` where
an invariant does not hold. Checks that cost more than the answer itself are `deep`, for a sample.
"""

import json
from pathlib import Path

import convcalc
from convcalc import errors
from convcalc.analysis.brief import brief
from convcalc.analysis.jsonable import plain
from convcalc.api import inspect, network, size
from convcalc.cli import each
from convcalc.cli import shape as of_a_file
from convcalc.cli.errors import render
from convcalc.errors import CODES, ConvcalcError, LimitError
from convcalc.layers.kinds import LARGEST
from convcalc.readers.files import recognise
from convcalc.spec.shapes import given
from tests.hostile import watch
from tests.hostile.seeds import Case

LONGEST = 4096  # bytes of a message, and of all that is printed of an error
EXITS = (1, 2, 4)
OF_FILES = (1, 2, 3, 4)
SIZES = ("macs", "flops", "param_bytes", "peak_activation_bytes")
LAYER_KEYS = (
    "type",
    "output_shape",
    "params",
    "weights",
    "macs",
    "flops",
    "receptive_field",
    "windows",
    "activation_bytes",
)


_did_you_mean = errors.did_you_mean


class BrokenError(AssertionError):
    """An invariant that does not hold."""


def hold(true, what):
    """Raise where something is not true; `assert` would say nothing under -O."""
    if not true:
        raise BrokenError(what)


def answer(case, deep=False, answered=False):
    """Return "answered" or an error's code; all there is to ask is asked where `deep`, or of what is `answered`."""
    watch.seen.clear()
    # Looking for close words takes ten times what the rest of a refusal does.
    errors.did_you_mean = _did_you_mean if deep else no_word
    try:
        return asked(case, deep, deep or answered)
    finally:
        errors.did_you_mean = _did_you_mean
        if watch.seen:
            raise BrokenError(f"seen: {', '.join(watch.seen)}"[:500])


def asked(case, deep, answered):
    """Ask for the answer and hold it to the invariants."""
    try:
        if case.kind == "each":
            return answer_line(case)
        if case.kind != "shape":
            return answer_file(case, deep)
        if deep:
            report = convcalc.shape(case.spec, case.input, framework=case.framework, batch=case.batch)
        # What --each does with a network: the same rules, and fewer words about them.
        short = brief(network(case.spec, case.framework), given(case.input), size(case.batch))
    except ConvcalcError as error:
        check_error(error, (case.spec, case.input), deep)
        return error.code
    encoded(plain([short.outputs, tuple(short.params), short.macs]))
    if not answered:
        return "answered"
    if not deep:
        try:
            report = convcalc.shape(case.spec, case.input, framework=case.framework, batch=case.batch)
        except LimitError as error:
            # What only a report has, such as receptive fields, may be too large where the rest is not.
            check_error(error, (case.spec, case.input))
            return error.code
    check_report(report)
    shapes, outputs = ([port.shape for port in ports] for ports in (report.inputs, report.outputs))
    same = (shapes, outputs, report.params, report.macs)
    hold(
        (list(short.shapes), list(short.outputs), short.params, short.macs) == same,
        "--each answers otherwise than shape",
    )
    if len(report.layers) < 2000:
        check_specs(report)
    # The sheets of a long network take a tenth of a second: not of every one.
    if len(report.layers) < (2000 if deep else 40):
        check_sheets(case)
    return "answered"


def no_word(word, known):
    """Stand in for `did_you_mean`."""
    return []


# -- refusals --------------------------------------------------------------------------------------


def check_error(error, texts, deep=True, exits=EXITS):
    """Hold that an error has a known code, a sentence that can be shown, and a place in its text."""
    # Most inputs are refused: their complaints are not written before there is something to complain of.
    if error.code not in CODES or error.exit_code not in exits:
        raise BrokenError(f"unknown code {error.code!r}, or exit code {error.exit_code}")
    check_sentence(error.message)
    if error.message[-1:] not in (".", "?"):
        raise BrokenError(f"no sentence: {error.message!r}")
    if error.hint is not None:
        check_sentence(error.hint)
    if error.span is not None:
        start, end = error.span
        if error.text is None or error.text not in texts:
            raise BrokenError(f"a span into no text: {error.message}")
        if not 0 <= start <= end <= len(error.text):
            raise BrokenError(f"span {error.span} outside its text of {len(error.text)}")
    if deep:
        encoded(error.to_dict())
        text = render(error)
        hold(len(text.encode()) <= LONGEST, f"{len(text)} characters of an error")
        hold(all(line.isprintable() for line in text.split("\n")), f"control characters shown: {text!r}")


def check_sentence(text):
    """Hold that a sentence is text of one line, short, of printable characters."""
    if text.__class__ is not str or not text:
        raise BrokenError(f"no text: {text!r}")
    if not text.isprintable():
        raise BrokenError(f"control characters: {text!r}")
    if len(text) > LONGEST or len(text.encode()) > LONGEST:
        raise BrokenError(f"{len(text)} characters of a message")


def encoded(record):
    """Return a record as JSON, in UTF-8, without NaN."""
    try:
        text = json.dumps(record, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError as error:
        raise BrokenError(f"no JSON: {error}") from None
    return text


# -- answers ---------------------------------------------------------------------------------------


def check_report(report):
    """Hold that a report is JSON of exact integers that add up."""
    record = report.to_dict()
    encoded(record)
    exact(record)
    encoded(report.rows())
    rows = report.layers
    for row in rows:
        counts = row.params
        hold(counts.total == counts.trainable + counts.non_trainable, f"parameters of {row.name} do not add up")
        for note in row.notes:
            check_sentence(note.message)
    total = sum(row.params.total for row in rows)
    hold(total == report.params.total, "the total of parameters is not their sum")
    macs = [row.macs for row in rows]
    # One that is not known leaves the total unknown.
    hold(report.macs == (None if None in macs else sum(macs)), "the total of MACs is not their sum")
    hold(report.outputs[0].shape == report.output_shape, "the first output is not the output")
    for key in SIZES:
        size = getattr(report, key)
        hold(size.__class__ is not int or size >= 0, f"{key} is {size}")
    for row in rows:
        sizes = row.output_shape or ()
        hold(all(n.__class__ is not int or n >= 0 for n in sizes), f"output {sizes} of {row.name}")


def exact(record):
    """Hold that there is no float anywhere in a record."""
    todo = [record]
    while todo:
        one = todo.pop()
        if one.__class__ is dict:
            todo.extend(one.values())
        elif one.__class__ is list or one.__class__ is tuple:
            todo.extend(one)
        else:
            if one.__class__ not in (int, str, bool, type(None)):
                raise BrokenError(f"{one!r} in JSON")


def check_specs(report):
    """Hold that each row's spec reads back as the same layer."""
    single = len(report.layers) == 1
    for row in report.layers[:4]:
        if len(row.inputs) > 1 or row.input_shape is None:
            continue
        if row.index and row.spec.startswith("unknown "):
            continue  # its symbols are numbered through the network
        if any(n.__class__ is int and n > LARGEST for n in row.input_shape):
            continue  # no input may be that large, though what is made of one is
        numbers = all(n.__class__ is int for n in row.input_shape)
        if not numbers and not single:
            continue
        given = row.input_shape if numbers else None
        try:
            again = convcalc.shape(row.spec, given, framework=report.framework).layers[0]
        except ConvcalcError as error:
            if not numbers:
                continue
            raise BrokenError(f"the spec {row.spec!r} is refused: {error.message}") from None
        if not numbers:
            continue
        for key in LAYER_KEYS if row.index == 0 else LAYER_KEYS[:6]:
            hold(getattr(again, key) == getattr(row, key), f"the spec {row.spec!r} reads back with another {key}")
        hold(again.spec == row.spec, f"the spec {row.spec!r} reads back as {again.spec!r}")


def check_sheets(case):
    """Hold that what `inspect` says of a network that `shape` answers is JSON too."""
    record = inspect(case.spec, case.input, framework=case.framework, batch=case.batch).to_dict()
    encoded(record)


def answer_line(case):
    """Return what became of a line of ``--each``: one JSON object, or nothing for a line that asks nothing."""
    raw = case.spec.encode("latin-1").replace(b"\n", b" ")
    found = list(each.answers([raw]))
    if not found:
        stripped = raw.strip()
        hold(
            not stripped or stripped[:1] == b"#" or not stripped.decode("utf-8", "replace").strip(),
            "a line without an answer",
        )
        return "nothing"
    hold(len(found) == 1, f"{len(found)} answers to one line")
    text, ok = found[0]
    hold(text.isascii() and text.endswith("}\n") and text.count("\n") == 1, "an answer of more than a line")
    record = json.loads(text, parse_constant=refuse)
    hold("id" in record and record["line"] == 1, "an answer without id and line")
    hold(ok == ("error" not in record), "an error that counts as an answer")
    if ok:
        return "answered"
    error = record["error"]
    hold(error["code"] in CODES, f"unknown code {error['code']!r}")
    check_sentence(error["message"])
    if error.get("hint") is not None:
        check_sentence(error["hint"])
    return error["code"]


def answer_file(case, deep):
    """Return what became of a file, of which `case.kind` is the name."""
    text = ""
    try:
        source = recognise(case.spec.encode("latin-1"), case.kind)
        text = source.text
        report = of_a_file.answer(source, case.input, None, None, "float32")
    except ConvcalcError as error:
        if error.line is not None and not (error.line > 0 and error.column > 0):
            raise BrokenError(f"line {error.line}, column {error.column}") from None
        check_error(error, (error.text, text, case.input), deep, OF_FILES)
        return error.code
    short = len(report.layers) < 40
    if deep or short:
        check_report(report)
    if deep and short:
        encoded(of_a_file.answer(source, case.input, None, None, "float32", inspect).to_dict())
    return "answered"


def refuse(name):
    """Refuse what is no JSON."""
    raise BrokenError(f"{name} in JSON")


# -- finds -----------------------------------------------------------------------------------------


def write(path, case, why):
    """Keep a case as a file."""
    record = {"why": why, **case._asdict()}
    Path(path).write_text(json.dumps(record, indent=1) + "\n", encoding="ascii")


def read(path):
    """Return the case of a file."""
    record = json.loads(Path(path).read_text(encoding="ascii"))
    given = record["input"]
    given = tuple(given) if given.__class__ is list else given
    return Case(record["kind"], record["spec"], given, record["framework"], record["batch"])
