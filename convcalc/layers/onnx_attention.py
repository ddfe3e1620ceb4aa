"""ONNX' attention of queries over keys and values, in one operator."""

from convcalc.layers import onnx_windows as onnx_windows  # the kind of value that a flag is
from convcalc.layers.declare import Family
from convcalc.layers.fit import show
from convcalc.layers.merge import broadcast, same
from convcalc.layers.onnx_operands import given, held, lowered, shape_of
from convcalc.layers.site import Facts, Weight


def attention(site):
    """Size and count the two products of every head; of three axes the last has all heads side by side."""
    a, shapes = site.args, site.shapes
    mask = shape_of(a, "attn_mask") if given(a, "attn_mask") else None
    if not 3 <= len(shapes) <= 4 - (mask is not None):
        raise site.illegal(
            f"Attention takes queries, keys and values, and perhaps a mask, not {len(shapes)} inputs.",
            "Label them: matmul 96 name=q ... attention @k @v",
        )
    if mask is None and len(shapes) == 4:
        mask = shapes[3]
    ranks = {len(shape) for shape in shapes[:3]}
    if ranks not in ({3}, {4}):
        raise site.refuse(
            "wrong_rank", f"Attention takes three inputs of 3 or of 4 axes, not {'; '.join(map(show, shapes[:3]))}.",
            "Give (batch, heads, steps, features), or (batch, steps, features) with q_num_heads and kv_num_heads.",
        )  # fmt: skip
    flat = ranks == {3}
    queries, keys, values = heads(site, flat)
    batch = same(site, same(site, queries[0], keys[0], 0), values[0], 0)
    number, steps, features = queries[1:]
    others = same(site, keys[1], values[1], 1)
    if number.__class__ is others.__class__ is int and (not others or number % others):
        raise site.refuse(
            "wrong_shape", f"Attention's {number} heads of queries do not divide by {others} of keys.",
            "Give a multiple of them.",
        )  # fmt: skip
    length, width = same(site, keys[2], values[2], -2), values[3]
    same(site, features, keys[3], -1)
    scores = (batch, number, steps, length)
    if mask is not None:
        check_mask(site, mask, scores)
    held_mask = a["attn_mask_shape"]
    weights = () if held_mask is None else (Weight("attn_mask", tuple(held_mask)),)
    cells = site.cells(scores)
    macs = cells * (features + width)
    output = (batch, steps, number * width) if flat else (batch, number, steps, width)
    return Facts(output, weights=weights, macs=macs, flops=2 * macs + cells * (1 + (mask is not None)), field="mixes")


def check_mask(site, mask, scores):
    """Refuse a mask that is not a score for every query and key; onnxruntime spreads only those before."""
    inner = len(mask) > 1 and all(
        n == m or n.__class__ is not int or m.__class__ is not int for n, m in zip(mask[-2:], scores[-2:], strict=True)
    )
    if not inner or broadcast(site, (mask, scores)) != scores:
        raise site.refuse(
            "wrong_shape", f"Attention's mask of ({show(mask)}) does not go with its scores of ({show(scores)}).",
            f"Give one of ({show(scores[-2:])}), and 1 or as many samples and heads before.",
        )  # fmt: skip


def heads(site, flat):
    """Return the shapes of queries, keys and values with an axis of heads."""
    a, found = site.args, []
    for shape, key in zip(site.shapes[:3], ("q_num_heads", "kv_num_heads", "kv_num_heads"), strict=True):
        if not flat:
            found.append(shape)
            continue
        number = a[key]
        if number is None or (shape[2].__class__ is int and shape[2] % number):
            raise site.refuse(
                "wrong_shape", f"Attention splits {shape[2]} features into {key}={number}.",
                f"Give {key}, a number that divides them.", key,
            )  # fmt: skip
        found.append((shape[0], number, shape[1], shape[2] // number))
    return found


FAMILIES = (
    Family(
        "attention", "attention", attention, "q_num_heads kv_num_heads",
        onnx=("Attention", "is_causal:flag=false kv_num_heads:count=none q_num_heads:count=none "
              "qk_matmul_output_mode:int=0 scale:number=none softcap:number(0)=0.0 softmax_precision:int=none "
              f"* {held('attn_mask')}"),
        rank_rule="free", operands="many", example="attention 2 2 @input @input", sample="4x6",
        about="queries over keys and values: softmax(Q*K' * scale + mask)*V", aliases=lowered("attn_mask"),
    ),
)  # fmt: skip
