"""One line of ``--each``: the question that it asks, and its answer as JSON text.

Numbers and sizes are put into the text directly, for that is most of the work; words go through `json`.
"""

from json import JSONDecodeError, JSONDecoder, JSONEncoder
from json.encoder import encode_basestring_ascii as quoted

from convcalc.analysis.brief import brief
from convcalc.analysis.naming import ports_dict
from convcalc.errors import ConvcalcError, LimitError, SpecError, suggestion
from convcalc.readers.strict import finite, once, refuse_constant
from convcalc.spec import quick
from convcalc.spec.shapes import given as shapes
from convcalc.spec.shapes import read_shape

LONGEST_LINE = 1 << 20
KEYS = ("id", "spec", "input", "framework")
KNOWN = frozenset(KEYS)
# Texts of shapes by their number of axes: all of integers, and what follows a batch that is none.
WHOLE = ["[]", *(f"[%d{',%d' * axes}]" for axes in range(7))]
TAILS = ["", *(",%d" * axes for axes in range(7))]

_encode = JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def answer_to(raw, spec, typed, framework, batch):
    """Return ``(id, rest of the answer, ok)`` for a line; None where it asks nothing."""
    try:
        question = read_line(raw, spec, typed, framework)
        return question and ask(question, batch)
    except ConvcalcError as error:
        return error.id or "null", f'"error":{_encode(error.to_dict())}', False


def read_line(raw, spec, typed, framework):
    """Return ``(id, spec, input, framework)`` of a line, or None where it asks nothing."""
    if len(raw) > LONGEST_LINE:
        raise LimitError("limit", f"The line has more than {LONGEST_LINE:,} bytes.", hint="Split the network.")
    try:
        line = raw.decode().strip()
    except UnicodeDecodeError as error:
        raise SpecError("syntax", f"The line is not UTF-8: byte {error.start + 1}.", hint="Save it as UTF-8.") from None
    if not line or line[0] == "#":
        return None
    if line[0] == "{":
        return read_object(line, spec, typed, framework)
    if spec is not None:
        return "null", spec, read_shape(line), framework
    return "null", line, typed, framework


def read_object(line, spec, typed, framework):
    """Return the question that a JSON object asks."""
    try:
        record = decoded(line)
    except (JSONDecodeError, RecursionError, ValueError) as error:
        at = getattr(error, "pos", None)
        what = getattr(error, "msg", None) or str(error) or "it is nested too deeply"
        span = None if at is None else (at, min(at + 1, len(line)))
        raise SpecError("syntax", f"The line is no JSON object: {what}.", text=line, span=span) from None
    name = record.get("id")
    name = str(name) if name.__class__ is int else _encode(name)
    try:
        if not KNOWN.issuperset(record):
            key = next(key for key in record if key not in KNOWN)
            hint = suggestion(key, KEYS) or f"It takes {', '.join(KEYS)}."
            raise SpecError("unknown_key", f"A line takes no {key[:40]!r}.", hint=hint)
        own = record.get("spec", spec)
        if own.__class__ is not str and (own is None or own is not spec):
            hint = '{"spec": "conv2d 32 3", "input": [4,28,28,3]}'
            raise SpecError("missing_argument", "The line has no spec.", hint=hint)
        framework = record.get("framework", framework)
        if framework not in (None, "keras", "torch", "onnx"):
            raise SpecError("bad_value", "framework must be keras, torch or onnx.")
        given = record.get("input")
        if given.__class__ is str:
            typed = read_shape(given)
        elif given.__class__ is list or given.__class__ is dict:
            typed = shapes(given)
        elif given is not None:
            raise SpecError("bad_input", "input must be an array of sizes or a string.", hint='"input": [4,28,28,3]')
    except ConvcalcError as error:
        error.id = name
        raise
    return name, own, typed, framework


_decoder = JSONDecoder(parse_constant=refuse_constant, parse_float=finite)
_strict = JSONDecoder(object_pairs_hook=once, parse_constant=refuse_constant, parse_float=finite)


def decoded(line):
    """Return the object that a line without blanks at its ends is."""
    try:
        record, end = _decoder.raw_decode(line)
        # Each pair has its colon: where there are no more colons than keys, none came twice.
        if end == len(line) and line.count(":") == len(record):
            return record
    except ValueError:
        pass
    # It looks for blanks as well, for keys that came twice, and says what is wrong first.
    return _strict.decode(line)


def ask(question, batch):
    """Return ``(id, rest of the line, True)`` for a question."""
    name, spec, typed, framework = question
    try:
        network = quick.read(spec, framework)
        try:
            answer = brief(network, typed, batch)
        except ConvcalcError as error:
            if error.span is None or error.span != (0, 0):
                raise
            # Known words carry no positions; the full way has them for the error.
            answer = brief(quick.read_fully(spec, framework), typed, batch)
    except ConvcalcError as error:
        error.id = name
        raise
    given, outputs, params, macs, notes = answer
    total, trainable, frozen, buffers = params
    # Buffers are in no total: either may be of unknown size where the other is not.
    if total.__class__ is not int or buffers.__class__ is not int:
        total, trainable, frozen, buffers = map(value, params)
    listed = ",".join([note(index, n) for index, n in notes]) if notes else ""
    rest = (
        f'"framework":"{network.framework}","input_shape":{shape(given[0])},"output_shape":{shape(outputs[0])},'
        f'"params":{{"total":{total},"trainable":{trainable},"non_trainable":{frozen},"buffers":{buffers}}},'
        f'"macs":{value(macs)},"notes":[{listed}]'
    )
    if len(given) + len(outputs) > 2:
        rest += f",{_encode(ports_dict(network, given, outputs))[1:-1]}"
    return name, rest, True


def shape(sizes):
    """Return a shape as JSON text."""
    if sizes is None:
        return "null"
    try:
        if sizes[0].__class__ is int:
            return WHOLE[len(sizes)] % sizes
        # What comes after the batch is integers mostly.
        return f'["{sizes[0]}"{TAILS[len(sizes)] % sizes[1:]}]'
    except (TypeError, IndexError):
        return f"[{','.join(map(value, sizes))}]"


def value(size):
    """Return a size as JSON text: a number, an expression in quotes, null where it is not known."""
    if size is None:
        return "null"
    return str(size) if size.__class__ is int else f'"{size}"'


def note(layer, record):
    """Return a note as JSON text."""
    return f'{{"layer":{layer},"code":"{record.code}","message":{quoted(record.message)}}}'
