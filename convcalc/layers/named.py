"""Names of activations, initialisers, regularisers and constraints, as the frameworks take them."""

from convcalc import activations
from convcalc.values import BadValue, Named

# Keras' own words; capitals are its classes, which are legal by name too.
INITIALIZERS = (
    "constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal lecun_uniform normal one ones "
    "orthogonal random_normal random_uniform stft truncated_normal uniform variance_scaling zero zeros "
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones "
    "Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal "
    "VarianceScaling Zeros"
).split()
REGULARIZERS = "l1 l2 l1l2 l1_l2 orthogonal_regularizer L1 L2 L1L2 OrthogonalRegularizer".split()
CONSTRAINTS = "max_norm min_max_norm non_neg unit_norm MaxNorm MinMaxNorm NonNeg UnitNorm".split()
NAMES = {
    "activation": activations.KERAS,
    "initializer": INITIALIZERS,
    "regularizer": REGULARIZERS,
    "constraint": CONSTRAINTS,
}


def check(value, what, framework, call):
    """Return the value if it names a known thing, or a callable as ``module:attribute``."""
    name = value if value.__class__ is str else value.name
    if ":" in name:
        return value
    known = NAMES[what]
    short = name.rpartition(".")[2]
    found = short if short in known else short.lower() if not call and short.lower() in known else None
    if found is not None:
        args = () if value.__class__ is str else value.args
        wrong = activations.wrong_arguments(found, args) if what == "activation" else None
        if wrong:
            raise BadValue(f"must be complete: {wrong}")
        return found if value.__class__ is str else Named(found, args)
    from convcalc.errors import suggestion

    raise BadValue(f"must name a known {what}", suggestion(short, known))
