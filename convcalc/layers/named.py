"""Names of activations, initialisers, regularisers and constraints, as the frameworks take them."""

from convcalc.layers.kinds import BadValue
from convcalc.values import Named

# Keras' own words; capitals are its classes, which are legal by name too.
ACTIVATIONS = (
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear "
    "log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus "
    "sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
).split()
INITIALIZERS = (
    "constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal lecun_uniform normal one ones "
    "orthogonal random_normal random_uniform stft truncated_normal uniform variance_scaling zero zeros "
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones "
    "Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal VarianceScaling Zeros"
).split()
REGULARIZERS = "l1 l2 l1l2 l1_l2 orthogonal_regularizer L1 L2 L1L2 OrthogonalRegularizer".split()
CONSTRAINTS = "max_norm min_max_norm non_neg unit_norm MaxNorm MinMaxNorm NonNeg UnitNorm".split()
NAMES = {
    "activation": ACTIVATIONS,
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
    if short in known:
        return short if value.__class__ is str else value._replace(name=short, prefix=None)
    if not call and short.lower() in known:
        return short.lower() if value.__class__ is str else Named(short.lower(), value.args)
    from convcalc.errors import suggestion

    raise BadValue(f"must name a known {what}", suggestion(short, known))
