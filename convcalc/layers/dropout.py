"""Dropouts and noise: at inference they let their input through, without parameters and FLOPs."""

from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.shared import DATA_FORMAT, KERAS
from convcalc.layers.site import Facts


def dropout(site):
    """Size a dropout."""
    noise = site.args.get("noise_shape")
    if noise is not None and site.layer.family.kind == "dropout":
        items = noise if noise.__class__ is tuple else ()
        if noise.__class__ is not tuple or any(n is not None and (n.__class__ is not int or n < 1) for n in items):
            raise site.illegal(
                "Dropout's noise_shape must be positive integers or none, one an axis.",
                "Give noise_shape=(none,1,64).",
                "bad_value",
            )
    check_seed(site)
    if site.framework == "onnx" and site.args["rate"] == 1:
        raise site.illegal("Dropout's ratio must be less than 1 in onnx.", "Give ratio=0.5.", "bad_value")
    return Facts(site.shape)


def check_seed(site):
    """Refuse a seed that is no integer, where Keras draws any number at all."""
    a = site.args
    seed = a.get("seed")
    if seed is not None and seed.__class__ is not int and (a["rate"] if "rate" in a else a["stddev"]):
        raise site.illegal(
            f"{site.type}'s seed must be an integer, not {seed}.", "Give seed=1, or leave it out.", "bad_value"
        )


def channel_dropout(site):
    """Size a dropout of whole channels."""
    check_seed(site)
    axes = len(site.shape)
    if site.framework == "keras" and axes != site.rank + 2:
        raise site.wrong_rank(site.rank + 2)
    if site.framework == "torch" and site.rank == 1 and axes not in (2, 3):
        raise site.refuse(
            "wrong_rank", f"Dropout1d takes an input of 2 or 3 axes, not {axes}: {show(site.shape)}.", "Use dropout."
        )
    return Facts(site.shape)


INPLACE = "rate/p:number(0|1)=0.5 inplace:bool(loose)=false"
SPATIAL = "rate:number(0|1) {df}seed:any=none name:any=none dtype:any=none"
IMAGES = SPATIAL.format(df=DATA_FORMAT + " ")
RATE = {"rate": "p rate ratio"}

FAMILIES = (
    Family(
        "dropout", "dropout", dropout, "rate",
        keras=("Dropout", f"rate:number(0|1) noise_shape:any=none seed:any=none {KERAS}"),
        torch=("Dropout", INPLACE),
        onnx=("Dropout", "seed:int=none rate/ratio:number(0|1)=0.5 training_mode:bool=false"),
        example="dropout 0.5", about="values set to 0 at random in training", aliases=RATE,
    ),
    Family(
        "channel_dropout", "sdropout{r}d spatialdropout{r}d dropout{r}d", channel_dropout, "rate",
        keras=("SpatialDropout{r}D", {1: SPATIAL.format(df=""), 2: IMAGES, 3: IMAGES}),
        torch=("Dropout{r}d", INPLACE),
        ranks=(1, 2, 3), rank_rule="spatial", example="sdropout{r}d 0.5",
        about="whole channels set to 0 at random in training", aliases=RATE,
    ),
    Family(
        "alpha_dropout", "alphadropout alpha_dropout", dropout, "rate",
        keras=("AlphaDropout", f"rate:number(0|1) noise_shape:any=none seed:any=none {KERAS}"),
        torch=("AlphaDropout", INPLACE),
        example="alphadropout 0.5", about="dropout that keeps mean and variance, for selu", aliases=RATE,
    ),
    Family(
        "feature_alpha_dropout", "featurealphadropout", dropout, "rate",
        torch=("FeatureAlphaDropout", INPLACE),
        example="featurealphadropout 0.5", about="alpha dropout of whole channels", aliases=RATE,
    ),
    Family(
        "gaussian_dropout", "gaussiandropout gaussian_dropout", dropout, "rate",
        keras=("GaussianDropout", f"rate:number(0|1) seed:any=none {KERAS}"),
        example="gaussiandropout 0.5", about="values times noise around 1 in training", aliases=RATE,
    ),
    Family(
        "gaussian_noise", "noise gaussiannoise gaussian_noise", dropout, "stddev",
        keras=("GaussianNoise", f"stddev:number(0|1) seed:any=none {KERAS}"),
        example="noise 0.1", about="noise added in training", aliases={"stddev": "stddev std"},
    ),
)  # fmt: skip
