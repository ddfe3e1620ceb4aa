"""Two reports row by row: what each row has in either, and what is more in the second."""

from convcalc.analysis.align import align
from convcalc.analysis.jsonable import commas, ends, plain
from convcalc.record import Record

ASPECTS = ("spec", "inputs", "shape", "params", "macs")
TOTALS = ("macs", "flops", "param_bytes", "peak_activation_bytes")
COLUMNS = (
    *("index_a", "index_b", "name_a", "name_b", "spec_a", "spec_b", "output_shape_a", "output_shape_b"),
    *("params_a", "params_b", "params_delta", "macs_a", "macs_b", "macs_delta", "differs"),
)


class Pair(Record):
    """A row of either network, None where one has none, and the aspects in which they differ."""

    a: tuple | None
    b: tuple | None
    differs: tuple


class Comparison:
    """Two reports, aligned.

    Attributes
    ----------
    a, b : Report
    names : tuple
        The files that they come from, None for what the command line said.
    compared : tuple of str
        Some of `ASPECTS`.
    layers : tuple of Pair
    outputs_differ, equal : bool
    """

    __slots__ = ("a", "b", "compared", "equal", "layers", "names", "outputs_differ")
    schema = "convcalc/diff/1"

    def __init__(self, a, b, compared=ASPECTS, names=(None, None)):
        self.a = a
        self.b = b
        self.names = names
        self.compared = tuple(aspect for aspect in ASPECTS if aspect in compared)
        places = align(a.layers, b.layers)
        partners = {a.layers[i].name: b.layers[j].name for i, j in places if i is not None and j is not None}
        for x, y in zip(a.inputs, b.inputs, strict=False):
            partners[x.name] = y.name
        self.layers = tuple(self.pair(i, j, partners) for i, j in places)
        self.outputs_differ = "inputs" in self.compared and not wired_alike(ends_of(a), ends_of(b), partners)
        self.equal = not (self.input_differs or self.outputs_differ or any(pair.differs for pair in self.layers))

    @property
    def input_differs(self):
        """Tell whether the networks are asked about other numbers of inputs, or inputs of different shapes."""
        shapes = [[one.shape for one in report.inputs] for report in (self.a, self.b)]
        return "shape" in self.compared and shapes[0] != shapes[1]

    def pair(self, i, j, partners):
        """Return the `Pair` of two rows by their places."""
        a = None if i is None else self.a.layers[i]
        b = None if j is None else self.b.layers[j]
        if a is None or b is None:
            # What only one network has differs in all that it is; in a count, where it has any.
            _, params, macs = deltas(Pair(a, b, ()))
            found = {"spec": True, "inputs": True, "shape": True, "params": params, "macs": macs}
        else:
            found = {
                "spec": a.spec != b.spec,
                "inputs": not wired_alike(wires(self.a, i), wires(self.b, j), partners),
                "shape": a.output_shape != b.output_shape,
                "params": a.params.total != b.params.total,
                "macs": a.macs != b.macs,
            }
        return Pair(a, b, tuple(aspect for aspect in self.compared if found[aspect]))

    def to_dict(self):
        """Return the comparison as the JSON object that ``--json`` prints."""
        a, b = self.a, self.b
        delta = {"output_shape": plain(less(b.output_shape, a.output_shape))}
        delta["params"] = plain(b.params.total - a.params.total)
        delta |= {key: plain(more(getattr(b, key), getattr(a, key))) for key in TOTALS}
        return {
            "schema": self.schema,
            "equal": self.equal,
            "compared": list(self.compared),
            "a": totals(a, self.names[0]),
            "b": totals(b, self.names[1]),
            "delta": delta,
            "layers": [
                {"differs": list(pair.differs), "a": side(pair.a), "b": side(pair.b), "delta": plain_delta(pair)}
                for pair in self.layers
            ],
        }

    def rows(self):
        """Return a dict a pair of rows, with the columns of the csv."""
        return [csv_row(pair) for pair in self.layers]


def wires(report, place):
    """Return ``(name, whether it is the row before)`` of each input of a row."""
    before = report.layers[place - 1].name if place else report.inputs[0].name
    return [(name, name == before) for name in report.layers[place].inputs]


def ends_of(report):
    """Return ``(name, whether it is the last row)`` of each output."""
    last = report.layers[-1].name
    return [(one.name, one.name == last) for one in report.outputs]


def wired_alike(a, b, partners):
    """Tell whether inputs of two rows are each other's partners, or the rows before both."""
    if len(a) != len(b):
        return False
    pairs = zip(a, b, strict=True)
    return all((x_before and y_before) or partners.get(x) == y for (x, x_before), (y, y_before) in pairs)


def more(b, a):
    """Return by how much a count is more than another, None where either is not known."""
    return None if a is None or b is None else b - a


def less(b, a):
    """Return by how much each size of a shape is more than another's; None for shapes of different ranks."""
    if a is None or b is None:
        return None
    return tuple(y - x for x, y in zip(a, b, strict=True)) if len(a) == len(b) else None


def deltas(pair):
    """Return ``(shape, params, macs)``: what the second row has more; a row that is not there has none."""
    a, b = pair.a, pair.b
    shape = less(b.output_shape, a.output_shape) if a and b else None
    params = (b.params.total if b else 0) - (a.params.total if a else 0)
    return shape, params, more(b.macs if b else 0, a.macs if a else 0)


def plain_delta(pair):
    """Return what the second row has more as JSON has it."""
    return dict(zip(("output_shape", "params", "macs"), map(plain, deltas(pair)), strict=True))


def totals(report, name):
    """Return the totals of a report as a JSON object."""
    return {
        "name": name,
        "framework": report.framework,
        "data_format": report.data_format,
        "dtype": report.dtype,
        **ends(report),
        "params": plain(report.params.total),
        **{key: plain(getattr(report, key)) for key in TOTALS},
    }


def side(row):
    """Return one row of a pair as a JSON object."""
    return row and {
        "index": row.index,
        "name": row.name,
        "type": row.type,
        "spec": row.spec,
        "inputs": list(row.inputs),
        "output_shape": plain(row.output_shape),
        "params": plain(row.params.total),
        "macs": plain(row.macs),
    }


def csv_row(pair):
    """Return a pair with the columns of the csv; what one network has not is empty."""
    out: dict = {}
    for key, of in (
        ("index", lambda row: row.index),
        ("name", lambda row: row.name),
        ("spec", lambda row: row.spec),
        ("output_shape", lambda row: commas(row.output_shape)),
        ("params", lambda row: plain(row.params.total)),
        ("macs", lambda row: plain(row.macs)),
    ):
        out |= {f"{key}_a": "" if pair.a is None else of(pair.a), f"{key}_b": "" if pair.b is None else of(pair.b)}
    _, params, macs = deltas(pair)
    return out | {"params_delta": plain(params), "macs_delta": plain(macs), "differs": " ".join(pair.differs)}
