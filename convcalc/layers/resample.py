"""Layers that resize: upsampling by whole factors, and interpolation to any size."""

from convcalc.layers import cells as cells
from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.resize import resize, resized, window_of
from convcalc.layers.shared import DATA_FORMAT, KERAS
from convcalc.sizes import scale
from convcalc.window import Bins

# torch's modes, each with the numbers of spatial axes that it takes.
MODES = {
    "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3),
    "linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,),
}  # fmt: skip
LINEAR = ("linear", "bilinear", "trilinear")


def upsampling(site):
    """Size an upsampling: Keras' by whole factors, torch's Upsample, ONNX' Resize."""
    if site.framework == "torch":
        return upsample(site)
    if site.framework == "onnx":
        return resize(site)
    shape, factors = site.shape, site.args["scale"]
    rank = site.rank or len(shape) - 2
    if len(shape) != rank + 2 or not 1 <= rank <= 3:
        raise site.wrong_rank(site.rank + 2 if site.rank else "3 to 5")
    mode = site.args.get("mode", "nearest")
    factors = factors if isinstance(factors, tuple) else (factors,) * rank
    if len(factors) != rank or (rank != 2 and mode != "nearest"):
        raise site.refuse(
            "wrong_rank",
            f"{site.type} has {len(factors)} factors and interpolation={mode} for {rank} spatial axes.",
            "Give one factor, or one an axis; only two axes are interpolated.",
        )
    first = 2 if site.channels_first else 1
    spatial = shape[first : first + rank]
    if mode != "nearest" and any(n.__class__ is int and n == 0 for n in spatial):
        raise site.refuse(
            "does_not_fit", f"{site.type} cannot interpolate an empty axis: {show(shape)}.", "Give sizes of 1 or more."
        )
    windows = tuple(
        window_of(n, n * f, f, mode == "nearest", mode == "bilinear") for n, f in zip(spatial, factors, strict=True)
    )
    if mode == "area":
        site.note("backend_cannot_run", "JAX has no interpolation 'area'; nearest gives the same for whole factors")
    sizes = tuple(n * f for n, f in zip(spatial, factors, strict=True))
    return resized((*shape[:first], *sizes, *shape[first + rank :]), windows)


def upsample(site):
    """Size torch's Upsample: by a size or by a factor, in one of its modes."""
    a, shape = site.args, site.shape
    mode, align = a.get("mode", site.layer.family.kind), a.get("align_corners")
    mode = mode if mode in MODES else "bilinear" if "bilinear" in mode else "nearest"
    rank = len(shape) - 2
    legal = MODES[mode]
    if rank not in legal or (site.rank not in (None, rank) and "mode" in a):
        axes = f"{site.rank + 2}" if site.rank in legal and "mode" in a else " or ".join(str(r + 2) for r in legal)
        raise site.refuse(
            "wrong_rank",
            f"{site.type} with mode={mode} takes an input of {axes} axes, not {len(shape)}: {show(shape)}.",
            "Give batch, channels and cells; linear, bilinear and trilinear are for one, two and three axes of cells.",
        )
    if align is not None and mode in ("nearest", "nearest-exact", "area"):
        raise site.illegal(
            f"{site.type} takes align_corners with linear and cubic modes alone, not with {mode}.",
            "Leave out align_corners.",
        )
    size, factor = a["size"], a["scale"]
    if not isinstance(factor, tuple) and not factor:
        factor = None
    if (size is None) == (factor is None):
        raise site.illegal(
            f"{site.type} takes either a size or a scale_factor.", f"Give scale=2 or size=56: {site.layer.word} scale=2"
        )
    if a.get("recompute_scale_factor") and size is not None:
        raise site.illegal(
            f"{site.type} cannot recompute the factor of a given size.", "Leave out recompute_scale_factor."
        )
    given = factor if size is None else size
    if isinstance(given, tuple) and len(given) != rank:
        raise site.refuse(
            "wrong_rank",
            f"{site.type} has {len(given)} sizes or factors for {rank} spatial axes.",
            f"Give one number, or {rank}.",
        )
    given = given if isinstance(given, tuple) else (given,) * rank
    spatial = shape[2:]
    out = given if size is not None else tuple(scaled(n, f) for n, f in zip(spatial, given, strict=True))
    check_resized(site, shape[1:], spatial, out, mode)
    if mode == "area":
        windows = tuple(map(Bins, out, spatial))
    else:
        plain = (
            mode == "nearest" or (mode == "nearest-exact" and max(given) >= 1),
            mode in LINEAR and not bilinear_corners(site, align),
        )
        known = (None,) * rank if size is not None else given
        windows = tuple(window_of(n, o, f, *plain) for n, o, f in zip(spatial, out, known, strict=True))
    return resized((*shape[:2], *out), windows)


def bilinear_corners(site, align):
    """Tell whether the corners of input and output are aligned, so that no cell has a regular window."""
    return bool(align) or site.layer.family.kind == "upsample_bilinear"


def scaled(n, factor):
    """Return the size ``floor(n * factor)``; a symbol with no factor above 0 has none."""
    return scale(n, factor) if n.__class__ is int or factor > 0 else 0


def check_resized(site, axes, spatial, out, mode):
    """Refuse empty axes before or after."""
    least = 0 if mode == "area" else 1
    sizes = axes if mode != "area" else spatial
    if any(n.__class__ is int and n < 1 for n in sizes) or any(n.__class__ is int and n < least for n in out):
        raise site.refuse(
            "does_not_fit",
            f"{site.type} cannot resize {show(spatial)} to {show(out)}: an axis would be empty.",
            "Give sizes and factors that leave a cell.",
        )
    site.conditions.extend(n for n in out if n.__class__ is not int)


RESIZE_MODE = "mode:cased(nearest|linear|cubic)=nearest"
UPSAMPLE_MODE = f"mode:cased({'|'.join(MODES)})=nearest align_corners:bool=none recompute_scale_factor:bool=none"
SIZE = "size:lengths=none scale/scale_factor:factors=none"
WORDS = {"scale": "scale scale_factor scales", "size": "size sizes", "mode": "mode interpolation"}
INTERPOLATION = "mode/interpolation:word(nearest|bilinear|bicubic|lanczos3|lanczos5|area)=nearest"
UPSAMPLING = {
    None: f"scale/size:sizes=2 {DATA_FORMAT} {INTERPOLATION} {KERAS}",
    1: f"scale/size:count=2 {KERAS}",
    2: f"scale/size:sizes=2 {DATA_FORMAT} {INTERPOLATION} {KERAS}",
    3: f"scale/size:sizes=2 {DATA_FORMAT} {KERAS}",
}
RESIZE: dict = {
    None: "roi:factors=none scale/scales:factors=none size/sizes:lengths=none "
    + RESIZE_MODE
    + " coordinate_transformation_mode:"
    "cased(half_pixel|half_pixel_symmetric|pytorch_half_pixel|align_corners|asymmetric|tf_crop_and_resize)=half_pixel "
    "nearest_mode:cased(round_prefer_floor|round_prefer_ceil|floor|ceil)=round_prefer_floor "
    "axes:axes=none antialias:number(0|1)=0 "
    "keep_aspect_ratio_policy:cased(stretch|not_larger|not_smaller)=stretch "
    "cubic_coeff_a:number=-0.75 exclude_outside:number(0|1)=0 "
    "extrapolation_value:number=0.0",
    **dict.fromkeys((1, 2, 3), f"scale/scales:factors=none size/sizes:lengths=none {RESIZE_MODE}"),
}
FAMILIES = (
    Family(
        "upsampling", "upsample{r}d upsampling{r}d", upsampling, "scale",
        keras=("UpSampling{r}D", UPSAMPLING),
        torch=("Upsample", f"{SIZE} {UPSAMPLE_MODE}"),
        onnx=("Resize", RESIZE),
        ranks=(1, 2, 3), rank_rule="spatial", example="upsample{r}d 2",
        about="every cell repeated, or interpolated", aliases=WORDS,
    ),
    # After those of a rank: torch's and ONNX' classes are this one's, which takes any.
    Family(
        "upsample", "upsample resize", upsampling, "scale",
        keras=("UpSampling{r}D", UPSAMPLING),
        torch=("Upsample", f"{SIZE} {UPSAMPLE_MODE}"),
        onnx=("Resize", RESIZE),
        example="upsample 2", sample="4x8x8",
        about="every cell repeated, or interpolated, along each spatial axis", aliases=WORDS,
    ),
    Family(
        "upsample_nearest", "upsamplingnearest2d upsamplenearest2d", upsample, "scale",
        torch=("UpsamplingNearest{r}d", SIZE),
        ranks=(2,), rank_rule="spatial", example="upsamplingnearest2d 2", about="every cell repeated", aliases=WORDS,
    ),
    Family(
        "upsample_bilinear", "upsamplingbilinear2d upsamplebilinear2d", upsample, "scale",
        torch=("UpsamplingBilinear{r}d", SIZE),
        ranks=(2,), rank_rule="spatial", example="upsamplingbilinear2d 2",
        about="bilinear interpolation with corners aligned", aliases=WORDS,
    ),
)  # fmt: skip
