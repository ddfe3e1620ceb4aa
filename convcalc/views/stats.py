"""Statistics of initialisation as text: a block a weight, then the signal, a block or a row a layer.

A line is ``(style, text)``; the one style is "note".
"""

from convcalc.analysis.jsonable import spaced
from convcalc.views import layout
from convcalc.views.rows import LAYOUTS, Display, Line, grouped
from convcalc.views.text import shortened, visible

# More layers than these with weights are a row each, and a block only where they are asked for.
MOST_BLOCKS = 3
# From empty to full; without such characters digits stand for them.
BARS = " ▁▂▃▄▅▆▇█"
DIGITS = " 12345678"
YELLOW, END = "\x1b[33m", "\x1b[0m"


def render(stats, width=None, quiet=False, color=False, blocks=True):
    """Return statistics as text; with no width, no line is wrapped.

    Parameters
    ----------
    stats : InitStats
    width : int, optional
        Columns of the terminal.
    quiet : bool
        Whether to leave out notes and how the input was read.
    color : bool
    blocks : bool
        Whether a histogram may have the characters of `BARS`.
    """
    out = []
    for line in (*(() if quiet or not stats.reading else (visible(stats.reading),)), head(stats)):
        out += [("", piece) for piece in layout.wrapped(line, width)]
    shown = [row for row in stats.layers if row.weights]
    if len(shown) > MOST_BLOCKS:
        out += [("", ""), *layout.lines(weights_table(shown), width)[1:]]
        if not quiet:
            words = "weights of one value left out; --only INDEX shows a layer's in full"
            out += [("", ""), *layout.plain_lines(layout.wrapped(words, width))]
    else:
        for row in shown:
            out += [("", ""), *layer_lines(row, width, blocks)]
            out += [] if quiet else notes(row.notes, width)
    if stats.penalty and sum(bool(weight.regularizer) for row in stats.every for weight in row.weights) > 1:
        expected, sample = number(stats.penalty.expected), number(stats.penalty.sample)
        out += [("", ""), ("", f"penalty in all  {expected} expected, {sample} sampled")]
    if any(row.signal for row in stats.layers):
        out += [("", ""), *signal_lines(stats, width)]
    if stats.framework == "onnx" and shown and not quiet:
        out += [("", ""), ("", "ONNX has no initialisers: its weights come with the file")]
    if stats.notes and not quiet:
        out += [("", ""), *notes(stats.notes, width)]
    return "".join(f"{painted(style, text) if color else text}".rstrip() + "\n" for style, text in out)


def render_markdown(stats, quiet=False):
    """Return statistics as Markdown: a table of the weights, and one of the signal."""
    from convcalc.views import markdown

    parts = [markdown.cell(head(stats)) + "\n"]
    shown = [row for row in stats.layers if row.weights]
    if shown:
        parts.append(markdown.render(shown, quiet, lambda rows, quiet: weights_table(rows)))
    if any(row.signal for row in stats.layers):
        parts.append(markdown.render(stats, quiet, lambda stats, quiet: signal_table(stats)))
    if stats.notes and not quiet:
        parts.append("".join(f"- {markdown.cell(note.message)} [{note.code}]\n" for note in stats.notes))
    return "\n".join(parts)


def painted(style, text):
    """Return a line with the word of a note in colour."""
    before, word, after = text.partition("note") if style == "note" else (text, "", "")
    return f"{before}{YELLOW}{word}{END}{after}" if word else text


def notes(found, width):
    """Return notes as lines."""
    return layout.note_lines([(shortened(note.message), note.code) for note in found], width)


def head(stats):
    """Return whose rules these are, and what was drawn by."""
    return f"{stats.framework}{LAYOUTS.get(stats.data_format, '')}; seed {stats.seed}"


def number(value, digits=4):
    """Return a number in so many digits, or a dash for none.

    >>> number(0.0481125), number(-0.00027), number(0.0), number(None), number(1e-7, 3)
    ('0.04811', '-0.0002700', '0', '-', '1.00e-07')
    """
    if value is None:
        return "-"
    if not value:
        return "0"
    text = f"{value:#.{digits}g}"
    return f"{value:.{digits - 1}e}" if "e" in text else text


def short(value):
    """Return a number as a cell of a table."""
    return number(value, 3)


def mean_of(signal):
    """Return the mean of an output; what only rounding leaves of 0 is 0."""
    return signal.output_mean if abs(signal.output_mean) > 1e-9 * signal.output_rms else 0.0


def percent(share):
    """Return a share in percent, or a dash for none."""
    return "-" if share is None else f"{100 * share:.1f}%"


# -- weights ---------------------------------------------------------------------------------------


def layer_lines(row, width, blocks):
    """Return one layer and a block for each of its weights."""
    title = f"{row.index}  {shortened(row.spec)}"
    facts = f"{visible(spaced(row.output_shape))}   {grouped(row.values)} values"
    out = []
    if width is None or len(title) + 3 + len(facts) <= width:
        out.append(f"{title}   {facts}")
    else:
        out += [*layout.wrapped(title, width, "     "), *layout.wrapped(f"     {facts}", width)]
    lines = [("", line) for line in out]
    for weight in row.weights:
        lines.append(("", ""))
        lines += [("", f"   {line}") for line in weight_lines(weight, blocks)]
    return lines


def weight_lines(weight, blocks):
    """Return a weight: fans, moments expected and sampled, and the histogram; one line where all values are one."""
    shape = ", ".join(map(str, weight.shape))
    title = f"{visible(weight.name)}  {shape}  {visible(initializer_text(weight))}"
    sample, expected = weight.sample, weight.expected
    if weight.initializer is None or sample is None or not sample.count:
        return [title]
    if sample.min == sample.max and weight.regularizer is None:
        return [title if weight.initializer.rstrip("_") in ("zeros", "ones") else f"{title}  {number(sample.min)}"]
    if weight.fan_in is not None:
        title += f"   fan_in {weight.fan_in:,}, fan_out {weight.fan_out:,}"
    total = 1
    for n in weight.shape:
        total *= n
    drawn = f"all {total:,}" if sample.count >= total else f"{sample.count:,} of {total:,}"
    rows = [
        (key, number(expected and getattr(expected, key)), number(getattr(sample, key)), "")
        for key in ("mean", "std", "min", "max")
    ]
    rows.insert(2, ("variance", number(expected and expected.variance), number(sample.std**2), ""))
    if expected and sample.count >= total:
        found = (sample.count * (sample.std**2 + sample.mean**2)) ** 0.5
        rows.append(("L2 norm", number(expected.norm), number(found), ""))
    own = weight.regularizer
    if own:
        call = visible(f"{own.name}({arguments(own.config)})")
        rows.append(("penalty", number(own.expected), number(own.sample), f"   {call}"))
    out = [title, f"           {'expected':>10}   {'sampled, ' + drawn}"]
    out += [f"  {key:<8} {left:>10}   {right:>10}{more}" for key, left, right, more in rows]
    if len(sample.counts) > 1:
        bars = histogram(sample.counts, BARS if blocks else DIGITS)
        shares = "  ".join(f"{100 * float(q):g}% {number(v, 3)}" for q, v in list(sample.quantiles.items())[1:-1])
        out += ["", f"  {number(sample.edges[0])} {bars} {number(sample.edges[-1])}", f"  {shares}"]
    return out


def initializer_text(weight):
    """Return an initialiser as a call, of what is not plainly its default."""
    if weight.initializer is None:
        return "no initialiser"
    told = {
        key: value
        for key, value in weight.config.items()
        if value is not None and key not in ("seed", "generator", "input_axes", "output_axes", "mode", "nonlinearity")
    }
    told = {k: v for k, v in told.items() if not (v.__class__ in (int, float) and v in (0, 1)) or k in ("value", "val")}
    return f"{weight.initializer}({arguments(told)})" if told else weight.initializer


def arguments(config):
    """Return the arguments of a call.

    >>> arguments({"l1": 0.0001, "mode": "rows"})
    'l1=0.0001, mode=rows'
    """
    return ", ".join(f"{key}={v:.4g}" if v.__class__ is float else f"{key}={v}" for key, v in config.items())


def histogram(counts, bars):
    """Return a histogram as one line; what is not empty does not look it.

    >>> histogram((0, 1, 50, 100), DIGITS)
    ' 148'
    """
    most = max(counts)
    return "".join(bars[min(8, max(1, round(8 * count / most)))] if count else bars[0] for count in counts)


def weights_table(rows):
    """Return the `Display` of the weights of many layers, a row each of those whose values spread."""
    lines = []
    for row in rows:
        title = shortened(row.spec)
        for weight in row.weights:
            sample, expected = weight.sample, weight.expected
            if sample and sample.count and sample.min == sample.max:
                continue
            cells = (
                str(row.index) if title else "", title or f"  {visible(weight.name)}",
                visible(initializer_text(weight)),
                "-" if weight.fan_in is None else f"{weight.fan_in:,}",
                "-" if weight.fan_out is None else f"{weight.fan_out:,}",
                short(expected and expected.std), short(sample and sample.std),
            )  # fmt: skip
            title = ""
            lines.append(Line(cells, (), ""))
    return Display(
        (), ("#", "layer", "initialiser", "fan_in", "fan_out", "expected", "sampled"),
        (0, 3, 4, 5, 6), (), tuple(lines), None, (), (), ("", "", "", "", "", "std", "std"),
    )  # fmt: skip


# -- the signal ------------------------------------------------------------------------------------


def signal_lines(stats, width):
    """Return the signal: a block for one layer, a table for many."""
    title = "signal, input of mean 0 and rms 1"
    rows = [row for row in stats.layers if row.signal]
    count = f"{stats.images:,} image{'s' * (stats.images != 1)}" if stats.images else "measured on noise"
    if len(stats.every) > 1:
        said = layout.wrapped(f"{title}; {count}; exp. by closed forms", width)
        return [*layout.plain_lines(said), *layout.lines(signal_table(stats), width)]
    return [("", title), *[("", line) for line in block(rows[0], f"measured, {count}" if stats.images else "measured")]]


def block(row, measured):
    """Return the signal of one layer as lines."""
    signal, expected = row.signal, row.signal.expected
    out = [f"               {'expected':>10}    {measured}"]

    def line(name, left, right, more=""):
        out.append(f"     {name:<9} {left:>10}  {right:>10}{more}")

    if signal.preactivation_std is not None:
        out.append("   before the activation")
        line("std", number(expected.preactivation_std), number(signal.preactivation_std))
        out.append("   after it")
    else:
        out.append("   output")
    line("rms", number(expected.output_rms), number(signal.output_rms), "   what the next layer sees")
    line("mean", number(expected.output_mean), number(mean_of(signal)))
    line("zeros", percent(expected.zero_fraction), percent(signal.zero_fraction))
    out.append(f"     units always zero {f'{signal.dead_units:,} of {signal.units:,}':>18}")
    out.append("   backward")
    line("gain", number(expected.backward_gain), number(signal.backward_gain))
    return out


def signal_table(stats):
    """Return the `Display` of the signal, a row a layer."""
    lines = []
    for row in stats.layers:
        signal = row.signal
        if signal:
            expected = signal.expected
            cells = (
                str(row.index), shortened(row.spec), short(signal.preactivation_std), short(expected.output_rms),
                short(signal.output_rms), percent(signal.zero_fraction),
                f"{signal.dead_units:,}", short(expected.backward_gain), short(signal.backward_gain),
            )  # fmt: skip
            lines.append(Line(cells, (), ""))
    return Display(
        (), ("#", "layer", "before", "exp.", "found", "zeros", "dead", "exp.", "found"),
        (0, 2, 3, 4, 5, 6, 7, 8), (), tuple(lines), None, (), (),
        ("", "", "std", "rms", "rms", "", "units", "gain", "gain"),
    )  # fmt: skip
