"""Pools: max, average and LP over windows, global ones, and adaptive ones over bins."""

from math import prod

from convcalc.layers import keras_windows, onnx_windows, torch_windows
from convcalc.layers.declare import Family
from convcalc.layers.fit import AXES
from convcalc.layers.shared import DATA_FORMAT, KERAS
from convcalc.layers.site import Facts
from convcalc.window import Bins, Window

# What turns the arguments of each framework into windows, and refuses what it refuses.
RULES = {"keras": keras_windows, "torch": torch_windows, "onnx": onnx_windows}


def pool(site):
    """Size and count a pool over windows."""
    batch, channels, spatial = site.split(unbatched=site.framework == "torch")
    kernel = site.args["kernel"]
    windows, sizes = RULES[site.framework].slide_pool(site, batch, channels, spatial)
    output = site.join(batch, channels, sizes)
    values = prod(sizes) * channels * site.batch_of(batch)
    return Facts(output, windows, flops=values * prod(kernel), field="windows")


def global_pool(site):
    """Size a pool over the whole of each spatial axis."""
    batch, channels, spatial = site.split()
    if site.framework == "onnx":
        onnx_windows.check_cells(site, batch, channels, spatial)
    elif site.layer.family.kind == "global_max_pool":
        site.no_empty(spatial, AXES[site.rank])
    windows = tuple(Window(n) for n in spatial)
    if site.framework != "keras" or site.args["keepdims"]:
        output = site.join(batch, channels, (1,) * site.rank)
    else:
        output = (*batch, channels)
    return Facts(output, windows, flops=prod(spatial) * channels * site.batch_of(batch), field="whole")


def adaptive(site):
    """Size a pool that shares the input between a given number of bins."""
    shape, rank = site.shape, site.rank
    wanted = site.args["output_size"]
    mean = site.framework == "torch" and len(shape) >= rank and torch_windows.is_mean(site, wanted, shape[-rank:])
    if mean and rank > 1:
        # It takes anything before its axes. Seen on torch 2.13.0.
        lead, spatial = shape[:-rank], shape[-rank:]
        bins = (1,) * rank
        output = (*lead, *bins)
    else:
        batch, channels, spatial = site.split(unbatched=site.framework == "torch")
        bins = tuple(n if m is None else m for m, n in zip(wanted, spatial, strict=True))
        if site.framework == "torch":
            torch_windows.check_bins(site, batch, channels, spatial, bins)
        else:
            site.no_empty(spatial, AXES[site.rank])
        output = site.join(batch, channels, bins)
        lead = (*batch, channels)
    windows = tuple(Bins(m, n) for m, n in zip(bins, spatial, strict=True))
    taps = prod(prod_taps(m, n) for m, n in zip(bins, spatial, strict=True))
    return Facts(output, windows, flops=taps * site.cells(lead), field="windows")


def prod_taps(bins, n):
    """Return how many cells the bins over n cells read in all."""
    if n.__class__ is not int or bins.__class__ is not int:
        return n
    from math import gcd

    # Each bin is one cell longer for every boundary that does not fall between cells.
    return n + bins - gcd(n, bins) if bins else 0


POOL = (
    "pool_size:sizes{default} strides:sizes=none padding:pool_padding(valid|same)=valid "
    f"{DATA_FORMAT} name:any=none " + KERAS.replace("name:any=none ", "")
)
MAX = POOL.replace("{default}", "=2")
AVERAGE = POOL.replace("{default}", "")
GLOBAL = f"{DATA_FORMAT} keepdims:bool(loose)=false {KERAS}"
BINS = f"output_size:sizes {DATA_FORMAT.replace('word', 'layout')} {KERAS}"
KEEP = "output_size:sizes0(keep)"
TORCH_BINS = {1: "output_size:sizes0", 2: KEEP, 3: KEEP}
INDICES = "return_indices:bool(loose)=false"
TORCH_AVERAGE = (
    "kernel_size:sizes(one) stride:sizes(one|own)=none padding:padding()=0 "
    "ceil_mode:bool=false count_include_pad:bool=true"
)
LP = "norm_type:nonzero kernel_size:sizes stride:sizes(one|own)=none ceil_mode:bool=false"
OVERRIDE = TORCH_AVERAGE + " divisor_override:nonzero(int)=none"

FAMILIES = (
    Family(
        "max_pool",
        "maxpool{r}d maxpooling{r}d",
        pool,
        "kernel stride",
        keras=("MaxPooling{r}D", MAX),
        torch=(
            "MaxPool{r}d",
            "kernel_size:sizes(one) stride:sizes(one|own)=none padding:padding()=0 "
            f"dilation:sizes(one)=1 {INDICES} ceil_mode:bool=false",
        ),
        onnx=("MaxPool", f"{onnx_windows.POOL} storage_order:flag=false"),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="maxpool{r}d 2",
        about="largest value of each window",
    ),
    Family(
        "average_pool",
        "avgpool{r}d averagepool{r}d averagepooling{r}d",
        pool,
        "kernel stride",
        keras=("AveragePooling{r}D", AVERAGE),
        torch=("AvgPool{r}d", {1: TORCH_AVERAGE, 2: OVERRIDE, 3: OVERRIDE}),
        onnx=("AveragePool", f"{onnx_windows.POOL} count_include_pad:flag(any)=false"),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="avgpool{r}d 2",
        about="mean of each window",
    ),
    Family(
        "lp_pool",
        "lppool{r}d",
        pool,
        "kernel stride",
        torch=("LPPool{r}d", {1: LP.replace("sizes ", "sizes(alone) "), 2: LP, 3: LP}),
        onnx=("LpPool", onnx_windows.LP),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="lppool{r}d 2 norm_type=2",
        about="LP norm of each window",
    ),
    Family(
        "global_max_pool",
        "gmaxpool{r}d gmp{r}d globalmaxpool{r}d globalmaxpooling{r}d",
        global_pool,
        keras=("GlobalMaxPooling{r}D", GLOBAL),
        onnx=("GlobalMaxPool", ""),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="gmaxpool{r}d",
        about="largest value of each channel",
    ),
    Family(
        "global_average_pool",
        "gap{r}d gavgpool{r}d globalavgpool{r}d globalaveragepool{r}d globalaveragepooling{r}d",
        global_pool,
        keras=("GlobalAveragePooling{r}D", GLOBAL),
        onnx=("GlobalAveragePool", ""),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="gap{r}d",
        about="mean of each channel",
    ),
    Family(
        "global_lp_pool",
        "glppool{r}d globallppool{r}d",
        global_pool,
        onnx=("GlobalLpPool", onnx_windows.GLOBAL_LP),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="glppool{r}d",
        about="LP norm of each channel",
    ),
    Family(
        "adaptive_average_pool",
        "adaptiveavgpool{r}d adaptiveaveragepool{r}d adaptiveaveragepooling{r}d",
        adaptive,
        "output_size",
        keras=("AdaptiveAveragePooling{r}D", BINS),
        torch=("AdaptiveAvgPool{r}d", TORCH_BINS),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="adaptiveavgpool{r}d 4",
        about="mean of each of so many bins",
        aliases={"output_size": "out output_size"},
    ),
    Family(
        "adaptive_max_pool",
        "adaptivemaxpool{r}d adaptivemaxpooling{r}d",
        adaptive,
        "output_size",
        keras=("AdaptiveMaxPooling{r}D", BINS),
        torch=("AdaptiveMaxPool{r}d", {r: f"{text} {INDICES}" for r, text in TORCH_BINS.items()}),
        ranks=(1, 2, 3),
        rank_rule="spatial",
        example="adaptivemaxpool{r}d 4",
        about="largest value of each of so many bins",
        aliases={"output_size": "out output_size"},
    ),
)
