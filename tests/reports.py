"""Reports made by hand, so that views are tested apart from the engine: the sketches' two tables."""

from convcalc.analysis.report import Field, LayerRow, Note, Params, Port, Report, WeightRow
from convcalc.window import Window


class Expression:
    """Stands in for a symbolic size: prints as it was written."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text

    def __eq__(self, other):
        return str(self) == str(other)

    def __hash__(self):
        return hash(self.text)


N, H, W, C = map(Expression, "NHWC")


def field(size, least=None, stride=1, start=0):
    """A receptive field that is the same on two axes."""
    return Field((size, size), (least or size,) * 2, (stride, stride), (start, start))


def layer(index, name, kind, spec, inputs, shapes, params, macs, seen, **more):
    """A row; `more` overrides what most rows leave empty."""
    trainable, other = params
    return LayerRow(
        index=index,
        name=name,
        type=kind,
        spec=spec,
        inputs=inputs,
        input_shape=shapes[0],
        output_shape=shapes[1],
        params=Params(trainable + other if other else trainable, trainable, other),
        weights=more.get("weights", ()),
        macs=macs,
        flops=macs,
        receptive_field=seen,
        windows=more.get("windows", ()),
        activation_bytes=more.get("bytes", 4),
        notes=more.get("notes", ()),
        parts=more.get("parts", ()),
    )


def mobile():
    """The network of sketch 1."""
    image, half = (N, 224, 224, 3), (N, 112, 112, 32)
    deep = (N, 112, 112, 64)
    note = Note(
        "lopsided_padding",
        "pads 0 before, 1 after: torch's padding=1 gives this size but other values, its windows "
        "start one cell earlier",
    )
    moving = tuple(
        WeightRow(name, "parameter", (32,), name in ("gamma", "beta"))
        for name in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    rows = (
        layer(
            0,
            "conv2d",
            "Conv2D",
            "conv2d f=32 k=3 s=2 pad=same act=relu",
            ("input",),
            (image, half),
            (896, 0),
            10_838_016,
            field(3, stride=2),
            notes=(note,),
            windows=(Window(3, 2, 0, 1), Window(3, 2, 0, 1)),
            weights=(WeightRow("kernel", "parameter", (3, 3, 3, 32), True),),
        ),
        layer(
            1,
            "batch_normalization",
            "BatchNormalization",
            "bn",
            ("conv2d",),
            (half, half),
            (64, 64),
            0,
            field(3, stride=2),
            weights=moving,
        ),
        layer(
            2,
            "depthwise_conv2d",
            "DepthwiseConv2D",
            "dwconv2d k=3 pad=same act=relu",
            ("batch_normalization",),
            (half, half),
            (320, 0),
            3_612_672,
            field(7, stride=2, start=-2),
        ),
        layer(
            3,
            "conv2d_1",
            "Conv2D",
            "conv2d f=64 k=1 act=relu",
            ("depthwise_conv2d",),
            (half, deep),
            (2112, 0),
            25_690_112,
            field(7, stride=2),
        ),
        layer(
            4,
            "global_average_pooling2d",
            "GlobalAveragePooling2D",
            "gap2d",
            ("conv2d_1",),
            (deep, (N, 64)),
            (0, 0),
            0,
            field(224),
        ),
        layer(
            5,
            "dense",
            "Dense",
            "dense units=10",
            ("global_average_pooling2d",),
            ((N, 64), (N, 10)),
            (650, 0),
            640,
            field(224),
        ),
    )
    return Report(
        framework="keras",
        data_format="channels_last",
        input_shape=image,
        output_shape=(N, 10),
        inputs=(Port("input", image),),
        outputs=(Port("dense", (N, 10)),),
        layers=rows,
        params=Params(4106, 4042, 64),
        macs=40_141_440,
        flops=80_282_880,
        receptive_field=field(224),
        param_bytes=16_424,
        peak_activation_bytes=4_816_896,
        training_activation_bytes=8_630_568,
        peak_layer=3,
    )


def symbolic():
    """The layer of sketch 2."""
    notes = (
        Note(
            "checkerboard",
            "uneven overlap: a cell inside sums 1, 2, 2 or 4 kernel taps a channel "
            "(checkerboard); k=2 or k=4 overlaps evenly",
        ),
        Note(
            "docs_disagree",
            "torch's padding=1, output_padding=1 gives this size shifted by one cell; "
            "exact is padding=0, last row and column cut",
        ),
    )
    shape, out = (N, H, W, C), (N, Expression("2*H"), Expression("2*W"), Expression("F"))
    row = layer(
        0,
        "conv2d_transpose",
        "Conv2DTranspose",
        "conv2dT k=3 s=2 pad=same",
        ("input",),
        (shape, out),
        (Expression("9*C*F + F"), 0),
        Expression("9*C*F*H*W"),
        field(2, 1),
        notes=notes,
        windows=(Window(3, 1, None, None, base=2, flip=True),) * 2,
    )
    return Report(
        framework="keras",
        data_format="channels_last",
        input_shape=shape,
        output_shape=out,
        inputs=(Port("input", shape),),
        outputs=(Port("conv2d_transpose", out),),
        layers=(row,),
        params=row.params,
        macs=row.macs,
        flops=Expression("18*C*F*H*W + 4*F*H*W"),
        receptive_field=row.receptive_field,
        param_bytes=Expression("36*C*F + 4*F"),
        peak_activation_bytes=Expression("4*C*H*W + 16*F*H*W"),
        training_activation_bytes=Expression("4*C*H*W + 16*F*H*W"),
        peak_layer=0,
    )
