"""A named thing with arguments that stands alone: ``he_normal``, ``nn.init.kaiming_uniform_(a=0.2)``."""

from convcalc.errors import SpecError
from convcalc.spec.tree import Named
from convcalc.spec.values import read_value, split_prefix


def read_named(text, what):
    """Return the `Named` of a text; `what` it should name is said in errors.

    Examples
    --------
    >>> named = read_named("keras.initializers.VarianceScaling(scale=2, mode='fan_out')", "an initialiser")
    >>> named.name, named.prefix, [(arg.key, arg.value) for arg in named.args]
    ('VarianceScaling', 'keras', [('scale', 2), ('mode', 'fan_out')])
    """
    start = len(text) - len(text.lstrip())
    value, end = read_value(text.rstrip(), start, False) if text.strip() else (None, 0)
    if text[end:].strip():
        raise SpecError(
            "syntax", f"More stands after {text[start:end]}.", hint=f"Name {what} alone.", span=(end, len(text))
        )
    if value.__class__ is str:
        prefix, name = split_prefix(value)
        value = Named(name, (), prefix)
    if value.__class__ is not Named:
        raise SpecError(
            "bad_value", f"{text.strip()!r} names nothing.", hint=f"Name {what}, with its arguments in parentheses."
        )
    return value
