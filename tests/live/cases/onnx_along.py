"""Random nodes of ONNX operators that reduce, order and multiply along axes; `GENERATORS` has those of both files."""

from tests.live.cases.draw import case
from tests.live.cases.onnx_operators import GENERATORS, generator, several, shape_of, some_axes

__all__ = ["GENERATORS"]
REDUCE = ("Mean", "Sum", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp")


@generator(*(f"Reduce{name}" for name in REDUCE))
def reduced(draw, name):
    shape = shape_of(draw)
    values = draw.some({"keepdims": draw.pick(0, 1), "noop_with_empty_axes": draw.pick(0, 1)})
    if draw.chance(0.8):
        values["axes"] = some_axes(draw, len(shape))
    return case(draw, (), values, shape, spoil=0.1)


@generator("ArgMax", "ArgMin")
def index_of(draw, name):
    shape = shape_of(draw, 1)
    values = draw.some({"keepdims": draw.pick(0, 1), "select_last_index": draw.pick(0, 1)})
    values |= draw.some({"axis": draw.size(-len(shape), len(shape) - 1)})
    return case(draw, (), values, shape, spoil=0.1)


@generator("TopK")
def largest(draw, name):
    shape = shape_of(draw, 1)
    axis = draw.size(-len(shape), len(shape) - 1)
    values = draw.some({"axis": axis, "largest": draw.pick(0, 1), "output": draw.pick(0, 1)})
    n = shape[values.get("axis", -1)]
    values["K"] = (draw.size(0, n + (draw.spoils and draw.chance(0.1))),)
    return case(draw, (), values, shape, spoil=0.1)


@generator("CumSum")
def running(draw, name):
    shape = shape_of(draw, 1)
    axis = draw.size(-len(shape), len(shape) - 1)
    if draw.spoils and draw.chance(0.1):
        axis = len(shape)
    values = {"axis": axis, **draw.some({"exclusive": draw.pick(0, 1), "reverse": draw.pick(0, 1)})}
    return case(draw, (), values, shape, spoil=0.1)


@generator("Trilu")
def triangle(draw, name):
    shape = shape_of(draw, 2)
    values = draw.some({"k": draw.size(-3, 3), "upper": draw.pick(0, 1)})
    return case(draw, (), values, shape, spoil=0.1)


@generator("MatMul")
def matmul(draw, name):
    batch, inner = shape_of(draw, 0, 2, 3), draw.size(1, 5)
    one, two = ([1 if draw.chance(0.3) else n for n in batch[draw.pick(0, 0, 1, 2) :]] for _ in range(2))
    one, two = [*one, draw.size(1, 5), inner], [*two, inner, draw.size(1, 5)]
    if draw.chance(0.15):
        one = [inner]
    if draw.chance(0.15):
        two = [inner]
    if draw.spoils and draw.chance(0.1):
        two[draw.size(0, len(two) - 1)] = draw.size(1, 5)
    way = draw.pick("real", "real", "B_shape", "B_shape", "A_shape")
    if way == "real":
        return several(draw, {}, [one, two])
    held, left = (two, one) if way[0] == "B" else (one, two)
    return {"args": [], "kwargs": {way: tuple(held)}, "input": left}


EQUATIONS = (
    "ij,jk->ik", "bij,bjk->bik", "bij,bkj->bik", "bhwc,hkc->bhwk", "bhwc,wkc->bhwk", "...ij,...jk->...ik", "ij,jk",
    "i,j->ij", "ij->ji", "ij->j", "ii->i", "bij->b", "bnqd,bnkd->bnqk", "nctkv,kvw->nctw", "ij,jk,kl->il", "i,i->",
    "b...,b...->b...",
)  # fmt: skip


@generator("Einsum")
def einsum(draw, name):
    text = draw.pick(*EQUATIONS)
    sizes = {letter: draw.size(1, 4) for letter in text if letter.isalpha()}
    more = [draw.size(1, 3) for _ in range(draw.size(0, 2))]
    shapes = []
    for term in text.partition("->")[0].split(","):
        front = term.partition("...")[0] if "..." in term else ""
        back = term.partition("...")[2] if "..." in term else term
        own = more if "..." in term else []
        shapes.append([*(sizes[c] for c in front), *own, *(sizes[c] for c in back)])
    if draw.spoils and draw.chance(0.1):
        shapes[-1][draw.size(0, len(shapes[-1]) - 1)] = draw.size(1, 5)
    values = {"equation": text}
    if len(shapes) > 1 and draw.chance(0.4):
        place = draw.size(0, len(shapes) - 1)
        values |= {"Inputs_shape": tuple(shapes.pop(place)), "place": place}
    return several(draw, values, shapes)


@generator("LSTM", "GRU", "RNN")
def recurrent(draw, name):
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[name]
    steps, batch, inner, hidden = draw.size(1, 5), draw.size(1, 3), draw.size(1, 4), draw.size(1, 4)
    values = {"hidden_size": hidden, **draw.some({"direction": draw.pick("forward", "reverse", "bidirectional")})}
    ways = 2 if values.get("direction") == "bidirectional" else 1
    values["W_shape"], values["R_shape"] = (ways, gates * hidden, inner), (ways, gates * hidden, hidden)
    if draw.chance(0.7):
        values["B_shape"] = (ways, 2 * gates * hidden)
    if draw.chance(0.3):
        values["initial_h_shape"] = (ways, batch, hidden)
    if name == "LSTM" and draw.chance(0.3):
        values["initial_c_shape"] = (ways, batch, hidden)
    if name == "GRU":
        values |= draw.some({"linear_before_reset": draw.pick(0, 1)})
    if draw.chance(0.2):
        one = {"LSTM": ("Sigmoid", "Tanh", "Relu"), "GRU": ("Sigmoid", "Relu"), "RNN": ("Relu",)}[name]
        values["activations"] = one * ways
    values |= draw.some({"output": draw.size(0, 2 if name == "LSTM" else 1)})
    return case(draw, (), values, [steps, batch, inner], spoil=0.3)


@generator("Attention")
def attention(draw, name):
    others, each = draw.size(1, 2), draw.size(1, 3)
    number = others * draw.pick(1, 1, 2)
    batch, steps, length, width = draw.size(1, 2), draw.size(1, 4), draw.size(1, 4), draw.size(1, 3)
    values = draw.some({"is_causal": draw.pick(0, 1), "scale": 0.5})
    if draw.chance(0.2):
        values["softcap"] = 2.0
    shapes = [[batch, number, steps, each], [batch, others, length, each], [batch, others, length, width]]
    if draw.chance(0.5):
        shapes = [[n, at, heads * size] for n, heads, at, size in shapes]
        values |= {"q_num_heads": number, "kv_num_heads": others}
    if draw.spoils and draw.chance(0.2):
        shapes[draw.size(0, 2)][draw.size(0, len(shapes[0]) - 1)] = draw.size(1, 5)
    mask = [batch, number, steps, length]
    way = draw.pick("none", "none", "real", "held")
    mask = [1 if draw.chance(0.3) else n for n in mask[:2]] + mask[2:]
    mask = mask[draw.pick(0, 0, 1, 2) :]
    if way == "real":
        shapes.append(mask)
    elif way == "held":
        values["attn_mask_shape"] = tuple(mask)
    return several(draw, values, shapes)


@generator("QuantizeLinear", "DequantizeLinear")
def quantized(draw, name):
    letter = "y" if name[0] == "Q" else "x"
    shape = shape_of(draw, 1)
    axis = draw.size(-len(shape), len(shape) - 1)
    if draw.chance(0.6):
        values = {f"{letter}_scale": draw.pick(0.25, 0.1, 2.0)} | draw.some({f"{letter}_zero_point": draw.size(0, 255)})
    else:
        n = shape[axis] if not draw.spoils or draw.chance(0.9) else draw.size(1, 6)
        values = {"axis": axis, f"{letter}_scale_shape": (n,)}
        if draw.chance(0.5):
            values[f"{letter}_zero_point"] = tuple(draw.size(0, 255) for _ in range(n))
    return case(draw, (), values, shape, spoil=0.0 if f"{letter}_zero_point" in values else 0.2)
