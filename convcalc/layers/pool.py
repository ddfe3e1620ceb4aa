"""Pools: max, average and LP over windows, global ones, and adaptive ones over bins."""

from math import prod

from convcalc.dialects import keras, torch
from convcalc.layers.declare import Family
from convcalc.layers.shared import DATA_FORMAT, KERAS
from convcalc.layers.site import Facts
from convcalc.window import Bins, Window


def pool(site):
    """Size and count a pool over windows."""
    a = site.args
    batch, channels, spatial = site.split(unbatched=site.framework == "torch")
    kernel = a["kernel"]
    stride = a["stride"] or kernel
    padding, dilation = a.get("padding", "valid"), a.get("dilation") or (1,) * site.rank
    if site.framework == "keras":
        if padding.__class__ is not str:
            raise site.illegal("Keras' pools take padding same or valid alone.", f"Put zeropad{site.rank}d before it.")

        def lower(axis, n):
            return keras.forward(padding, kernel[axis], stride[axis], 1, n)
    else:
        if padding == "valid":
            padding = ((0, 0),) * site.rank
        for (low, high), size in zip(padding, kernel):
            if low != high or low > size // 2:
                raise site.illegal(
                    f"torch's pools pad at most half the kernel, alike at both ends: {low} is over {size} // 2.",
                    f"Give pad={size // 2} or less, or ZeroPad before it.",
                )

        def lower(axis, n):
            return torch.pool(padding[axis], kernel[axis], stride[axis], dilation[axis], a["ceil_mode"], n)

    windows, sizes = site.slide(spatial, lower, empty_ok=padding == "same")
    output = site.join(batch, channels, sizes)
    values = prod(sizes) * channels * site.batch_of(batch)
    return Facts(output, windows, flops=values * prod(kernel), field="windows")


def global_pool(site):
    """Size a pool over the whole of each spatial axis."""
    batch, channels, spatial = site.split()
    windows = tuple(Window(n) for n in spatial)
    if site.framework != "keras" or site.args["keepdims"]:
        output = site.join(batch, channels, (1,) * site.rank)
    else:
        output = (*batch, channels)
    return Facts(output, windows, flops=prod(spatial) * channels * site.batch_of(batch), field="whole")


def adaptive(site):
    """Size a pool that shares the input between a given number of bins."""
    batch, channels, spatial = site.split(unbatched=site.framework == "torch")
    bins = tuple(n if m is None else m for m, n in zip(site.args["output_size"], spatial))
    windows = tuple(Bins(m, n) for m, n in zip(bins, spatial))
    output = site.join(batch, channels, bins)
    taps = prod(prod_taps(m, n) for m, n in zip(bins, spatial))
    return Facts(output, windows, flops=taps * channels * site.batch_of(batch), field="windows")


def prod_taps(bins, n):
    """Return how many cells the bins over n cells read in all."""
    if n.__class__ is not int or bins.__class__ is not int:
        return n
    from math import gcd

    # Each bin is one cell longer for every boundary that does not fall between cells.
    return n + bins - gcd(n, bins) if bins else 0


POOL = "pool_size:sizes{default} strides:sizes=none padding:padding(valid|same)=valid " + DATA_FORMAT + " name:any=none " + KERAS.replace("name:any=none ", "")
MAX = POOL.replace("{default}", "=2")
AVERAGE = POOL.replace("{default}", "")
GLOBAL = f"{DATA_FORMAT} keepdims:bool=false {KERAS}"

FAMILIES = (
    Family(
        "max_pool", "maxpool{r}d maxpooling{r}d", pool, "kernel stride",
        keras=("MaxPooling{r}D", MAX),
        torch=("MaxPool{r}d", "kernel_size:sizes(one) stride:sizes(one)=none padding:padding()=0 dilation:sizes(one)=1 "
               "return_indices:bool=false ceil_mode:bool=false"),
        ranks=(1, 2, 3), rank_rule="spatial", example="maxpool{r}d 2", about="largest value of each window",
    ),
    Family(
        "average_pool", "avgpool{r}d averagepool{r}d averagepooling{r}d", pool, "kernel stride",
        keras=("AveragePooling{r}D", AVERAGE),
        torch=("AvgPool{r}d", "kernel_size:sizes(one) stride:sizes(one)=none padding:padding()=0 ceil_mode:bool=false "
               "count_include_pad:bool=true divisor_override:int=none"),
        ranks=(1, 2, 3), rank_rule="spatial", example="avgpool{r}d 2", about="mean of each window",
    ),
    Family(
        "global_max_pool", "gmaxpool{r}d gmp{r}d globalmaxpool{r}d globalmaxpooling{r}d", global_pool,
        keras=("GlobalMaxPooling{r}D", GLOBAL),
        ranks=(1, 2, 3), rank_rule="spatial", example="gmaxpool{r}d", about="largest value of each channel",
    ),
    Family(
        "global_average_pool", "gap{r}d gavgpool{r}d globalavgpool{r}d globalaveragepool{r}d globalaveragepooling{r}d", global_pool,
        keras=("GlobalAveragePooling{r}D", GLOBAL),
        ranks=(1, 2, 3), rank_rule="spatial", example="gap{r}d", about="mean of each channel",
    ),
    Family(
        "adaptive_average_pool", "adaptiveavgpool{r}d adaptiveaveragepool{r}d adaptiveaveragepooling{r}d", adaptive, "output_size",
        keras=("AdaptiveAveragePooling{r}D", f"output_size:sizes {DATA_FORMAT} {KERAS}"),
        torch=("AdaptiveAvgPool{r}d", "output_size:sizes0"),
        ranks=(1, 2, 3), rank_rule="spatial", example="adaptiveavgpool{r}d 4", about="mean of each of so many bins",
        aliases={"output_size": "out output_size"},
    ),
    Family(
        "adaptive_max_pool", "adaptivemaxpool{r}d adaptivemaxpooling{r}d", adaptive, "output_size",
        keras=("AdaptiveMaxPooling{r}D", f"output_size:sizes {DATA_FORMAT} {KERAS}"),
        torch=("AdaptiveMaxPool{r}d", "output_size:sizes0 return_indices:bool=false"),
        ranks=(1, 2, 3), rank_rule="spatial", example="adaptivemaxpool{r}d 4", about="largest value of each of so many bins",
        aliases={"output_size": "out output_size"},
    ),
)
