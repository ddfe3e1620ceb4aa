"""Cases that convcalc once answered wrongly, recorded before the random ones: ``(name, kwargs, input)``."""

CONV = {"in_channels": 3, "out_channels": 2, "kernel_size": 3}

FOUND = {
    "torch": [
        ("Conv2d", CONV | {"padding": (1,), "padding_mode": "replicate"}, [1, 3, 9, 9]),
        ("Conv1d", CONV | {"padding": (1,), "padding_mode": "replicate"}, [1, 3, 9]),
        ("Conv2d", CONV | {"padding": -3, "padding_mode": "circular"}, [1, 3, 9, 9]),
        ("Conv2d", CONV | {"padding": -1}, [1, 3, 9, 9]),
        ("Conv2d", CONV | {"padding": 9, "padding_mode": "reflect"}, [1, 3, 9, 10]),
        ("Conv2d", CONV | {"padding": 9, "padding_mode": "circular"}, [1, 3, 9, 10]),
        ("Conv2d", CONV | {"padding": ((1, 1), (1, 1))}, [1, 3, 9, 9]),
        ("Conv2d", CONV | {"padding": 2}, [1, 3, 0, 9]),
        ("Conv2d", CONV | {"stride": ()}, [1, 3, 9, 9]),
        ("Conv2d", CONV | {"bias": 0}, [1, 3, 9, 9]),
        ("ConvTranspose2d", CONV | {"padding": (1,), "stride": (2,), "output_padding": (1,)}, [1, 3, 9, 9]),
        ("ConvTranspose1d", CONV | {"stride": 2, "dilation": 4, "output_padding": 3}, [1, 3, 5]),
        ("MaxPool3d", {"kernel_size": 2, "padding": 1}, [1, 3, 1, 1, 1]),
        ("AvgPool3d", {"kernel_size": 2, "padding": 1}, [1, 3, 1, 1, 1]),
        ("LPPool3d", {"norm_type": 2, "kernel_size": 2, "ceil_mode": True}, [1, 3, 1, 1, 1]),
        ("LPPool1d", {"norm_type": 2, "kernel_size": (2,)}, [1, 3, 9]),
        ("LPPool1d", {"norm_type": 2, "kernel_size": 2, "stride": ()}, [1, 3, 9]),
        ("MaxPool2d", {"kernel_size": 2, "ceil_mode": True}, [1, 3, 1, 1]),
        ("AvgPool2d", {"kernel_size": 2, "divisor_override": 0}, [1, 3, 9, 9]),
        ("AdaptiveAvgPool2d", {"output_size": 1}, [1, 3, 0, 5]),
        ("AdaptiveAvgPool2d", {"output_size": 2}, [1, 3, 0, 5]),
        ("AdaptiveAvgPool2d", {"output_size": 2}, [1, 0, 5, 5]),
        ("AdaptiveAvgPool3d", {"output_size": 2}, [1, 0, 5, 5, 5]),
        ("AdaptiveAvgPool2d", {"output_size": 1}, [2, 3, 4, 5, 6]),
        ("AdaptiveAvgPool3d", {"output_size": 1}, [2, 5, 6]),
        ("AdaptiveMaxPool2d", {"output_size": (None, 3), "return_indices": 1}, [3, 5, 5]),
        ("AdaptiveMaxPool1d", {"output_size": (None,)}, [3, 5, 5]),
        ("BatchNorm3d", {"num_features": (3, 3, 3, 3), "affine": False}, [2, 3, 0, 2, 2]),
        ("BatchNorm3d", {"num_features": 0, "affine": False}, [0, 3, 2, 2, 2]),
        ("BatchNorm1d", {"num_features": 0}, [2, 0]),
        ("BatchNorm2d", {"num_features": (2, 2), "bias": False}, [0, 2, 3, 1]),
        ("BatchNorm2d", {"num_features": (1, 1, 1, 1, 1, 1)}, [2, 0, 2, 3]),
        ("BatchNorm2d", {"num_features": (3, 1), "track_running_stats": False}, [2, 3, 4, 4]),
        ("BatchNorm2d", {"num_features": (3, 1)}, [2, 3, 4, 4]),
        ("BatchNorm1d", {"num_features": (), "track_running_stats": False}, [2, 1, 3]),
        ("InstanceNorm2d", {"num_features": (1, 1), "track_running_stats": True}, [0, 1, 1, 1]),
        ("InstanceNorm2d", {"num_features": (), "track_running_stats": True}, [2, 0, 3, 3]),
        ("InstanceNorm1d", {"num_features": 0, "track_running_stats": True}, [1, 3, 0]),
        ("CircularPad3d", {"padding": (1, -3, 0, 1, 1, 1)}, [1, 1, 1, 4, 2]),
        ("CircularPad3d", {"padding": (2, 2, 1, 2, -3, 3)}, [1, 1, 4, 7, 5]),
        ("CircularPad3d", {"padding": (2, 2, 1, 2, -3, 3)}, [2, 1, 4, 7, 5]),
        ("CircularPad3d", {"padding": (-6, 1, -1, 2, -1, 3)}, [1, 3, 4, 5]),
        ("CircularPad2d", {"padding": (1, 1, 4, -1)}, [1, 4, 5]),
        ("CircularPad1d", {"padding": (-4, 1)}, [0, 1, 3]),
        ("CircularPad1d", {"padding": (3, -5)}, [2, 3]),
    ],
    "keras": [
        ("Conv2D", {"filters": 2, "kernel_size": 3}, [1, 9, 9, 0]),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "SAME"}, [1, 0, 9, 3]),
        ("Conv2D", {"filters": 2, "kernel_size": 1}, [1, 0, 9, 3]),
        ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, [1, 0, 3]),
        ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, [0, 0, 3]),
        ("Conv1D", {"filters": 2, "kernel_size": 1, "padding": "causal"}, [1, 0, 3]),
        ("Conv2D", {"filters": 2, "kernel_size": 1, "use_bias": None}, [1, 9, 9, 3]),
        ("DepthwiseConv2D", {"kernel_size": 3}, [1, 9, 9, 0]),
        ("DepthwiseConv2D", {"kernel_size": 3, "strides": (3, 1), "padding": "same"}, [1, None, None, 0]),
        ("Masking", {"mask_value": (-1, 2)}, [2, 3, 2]),
        ("Masking", {"mask_value": (-1, 2)}, [2, 3, 3]),
        ("ActivityRegularization", {"l1": None}, [2, 3]),
        ("DepthwiseConv2D", {"kernel_size": 3, "strides": (1, 2), "dilation_rate": 2}, [1, 9, 9, 3]),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 3}, [1, 0, 9, 0]),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 4, "padding": "same", "output_padding": 0}, [1, 1, 1, 3]),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 4, "padding": "same", "output_padding": 0}, [1, 0, 1, 3]),
        ("MaxPooling2D", {"padding": "SAME"}, [1, 9, 9, 3]),
        ("MaxPooling2D", {"padding": "same"}, [1, 0, 9, 3]),
        ("GlobalMaxPooling2D", {}, [1, 0, 9, 3]),
        ("GlobalAveragePooling2D", {"keepdims": 1}, [1, 0, 9, 3]),
        ("AdaptiveAveragePooling2D", {"output_size": 2}, [1, 0, 9, 3]),
        ("AdaptiveMaxPooling2D", {"output_size": 2, "data_format": "Channels_First"}, [1, 3, 9, 9]),
        ("AdaptiveMaxPooling2D", {"output_size": 2, "data_format": ""}, [1, 9, 9, 3]),
        ("MaxPooling2D", {"data_format": ""}, [1, 9, 9, 3]),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "data_format": ""}, [1, 9, 9, 3]),
        ("RMSNormalization", {"axis": (0,)}, [3, None]),
    ],
    "onnx": [
        ("MeanVarianceNormalization", {"axes": (2,)}, [2, 3]),
        ("MeanVarianceNormalization", {"axes": (0, 17)}, [2]),
        ("MeanVarianceNormalization", {"axes": 1}, [2, 3]),
        ("PRelu", {"num_parameters": 3}, [3]),
        ("PRelu", {"num_parameters": 3}, [2]),
        ("Reshape", {"shape": (2, -1), "allowzero": 8}, [3, 2]),
        ("Resize", {"sizes": (1, 0, 1)}, [1, 0, 2]),
        ("Resize", {"sizes": (1, 3, 1)}, [1, 0, 2]),
        ("Slice", {"starts": (-(2**63) + 1, 2), "ends": (-(2**63) + 1, 2), "steps": (-1, -2)}, [2, 3]),
        ("ReduceL1", {"keepdims": 7, "axes": ()}, [3, 5]),
        ("ReduceMax", {"axes": (1, 1)}, [4, 5]),
        ("ArgMin", {"keepdims": 0}, [0, 0, 3]),
        ("ArgMax", {"keepdims": -3}, [2, 4]),
        ("CumSum", {"axis": 0, "exclusive": 10}, [2, 3]),
        ("CumSum", {"axis": 2, "exclusive": 1}, [3, 0]),
        ("Attention", {"q_num_heads": 1, "kv_num_heads": 1, "attn_mask_shape": (1, 1, 2)},
         [[1, 5, 3], [1, 2, 3], [1, 2, 3]]),
    ],
}  # fmt: skip


def found_cases(framework):
    """Yield the cases of a framework as the generators do."""
    for name, kwargs, shape in FOUND.get(framework, ()):
        yield {"framework": framework, "name": name, "args": [], "kwargs": kwargs, "input": shape}


# What convcalc once computed wrongly: ``(name, kwargs, input)``, and a seed where one is needed to show it.
VALUED: dict = {
    "torch": [
        ("Bilinear", {"in1_features": 2, "in2_features": 3, "out_features": 0}, [[1, 2, 2], [1, 2, 3]]),
    ],
    "keras": [
        ("Dense", {"units": 3, "lora_rank": 2, "lora_alpha": 1}, [2, 4]),
        ("LayerNormalization", {"axis": (0,), "center": False, "scale": False, "rms_scaling": True}, [5, 1, 5]),
    ],
    "onnx": [
        ("MeanVarianceNormalization", {}, [5, 5]),
        ("Slice", {"starts": (-(2**63) + 1, 2), "ends": (2, 2), "axes": (-1, 0), "steps": (-2, -1)}, [2, 2, 4]),
        ("ReduceL1", {"noop_with_empty_axes": 1}, [4, 4]),
        ("ReduceLogSum", {"noop_with_empty_axes": 1}, [2, 4]),
        ("ReduceMean", {"keepdims": 1}, [5, 0, 4]),
        ("ReduceLogSumExp", {}, []),
        ("PRelu", {"num_parameters": 2}, [2]),
    ],
}


def valued_cases(framework):
    """Yield the cases whose values were once wrong, with seeds for their data."""
    for number, (name, kwargs, shape, *seed) in enumerate(VALUED.get(framework, ())):
        own = {"framework": framework, "name": name, "args": [], "kwargs": kwargs, "input": shape}
        yield {**own, "seed": seed[0] if seed else number}
