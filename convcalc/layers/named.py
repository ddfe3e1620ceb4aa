"""Names of activations, initialisers, regularisers and constraints, as the frameworks take them."""

from convcalc.values import BadValue, Named

CONSTRAINTS = tuple("max_norm min_max_norm non_neg unit_norm MaxNorm MinMaxNorm NonNeg UnitNorm".split())


def table(what):
    """Return Keras' words of a kind, and what refuses arguments that one of them does not take.

    Each table is imported where a layer is given one of it.
    """
    if what == "activation":
        from convcalc import activations

        return activations.KERAS, complete
    if what == "initializer":
        from convcalc import initializers

        return initializers.KERAS, lambda named: initializers.initial(named, "keras")
    if what == "regularizer":
        from convcalc import regularizers

        return regularizers.KERAS, regularizers.penalty
    return CONSTRAINTS, lambda named: named


def complete(named):
    """Refuse arguments that an activation does not take."""
    from convcalc.activations import wrong_arguments

    wrong = wrong_arguments(named.name, named.args)
    if wrong:
        raise BadValue(f"must be complete: {wrong}")


def check(value, what, framework, call):
    """Return the value if it names a known thing, or a callable as ``module:attribute``."""
    name = value if value.__class__ is str else value.name
    if ":" in name:
        return value
    known, validate = table(what)
    short = name.rpartition(".")[2]
    found = short if short in known else short.lower() if not call and short.lower() in known else None
    if found is not None:
        args = () if value.__class__ is str else value.args
        validate(Named(found, args))
        return found if value.__class__ is str else Named(found, args)
    from convcalc.errors import suggestion

    raise BadValue(f"must name a known {what}", suggestion(short, known))
