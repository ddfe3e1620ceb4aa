"""Reports as csv: one row a layer, no total, numbers ungrouped, every field that needs it quoted.

A field that a spreadsheet would take for a formula stays as it is: csv has no word for it.
"""

import csv
import io

from convcalc.views.text import visible

COLUMNS = [
    "index",
    "name",
    "type",
    "spec",
    "input_shape",
    "output_shape",
    "params",
    "trainable",
    "macs",
    "rf",
    "activation_bytes",
    "notes",
]


def render(report, columns=COLUMNS):
    """Return a report as csv."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in report.rows():
        writer.writerow({k: visible(v) if v.__class__ is str else v for k, v in row.items()})
    return text.getvalue()
