"""What the operators of ONNX call their inputs, in the newest version of each."""

# The operators' inputs by name, in their order; of most it is one that comes from another node.
INPUTS = {
    op: names.split()
    for names, ops in {
        "A B": "Add Sub Mul Div Mod MatMul Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor BitwiseAnd "
               "BitwiseOr BitwiseXor",
        "X Y": "Pow BitShift", "condition X Y": "Where", "A B C": "Gemm", "X W B": "Conv ConvTranspose",
        "X scale B input_mean input_var": "BatchNormalization", "input scale B": "InstanceNormalization",
        "X scale bias": "GroupNormalization", "X Scale B": "LayerNormalization", "X scale": "RMSNormalization",
        "X slope": "PRelu", "x y_scale y_zero_point": "QuantizeLinear", "x x_scale x_zero_point": "DequantizeLinear",
        "input min max": "Clip", "data ratio training_mode": "Dropout",
        "data pads constant_value axes": "Pad", "X roi scales sizes": "Resize", "data shape": "Reshape",
        "input shape": "Expand", "input repeats": "Tile", "data starts ends axes steps": "Slice",
        "input split": "Split", "X K": "TopK", "input k": "Trilu", "x axis": "CumSum CumProd",
        "data axes": "Squeeze Unsqueeze ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin "
                     "ReduceProd ReduceSum ReduceSumSquare",
        "data indices": "Gather GatherElements GatherND", "X W R B sequence_lens initial_h": "GRU RNN",
        "X W R B sequence_lens initial_h initial_c P": "LSTM", "data indices updates": "ScatterElements ScatterND",
        "X I output_shape": "MaxUnpool", "X rois": "MaxRoiPool", "X grid": "GridSample",
        "indices depth values": "OneHot", "input condition": "Compress", "input target_type": "CastLike",
        "input_data shape": "CenterCropPad", "X rois batch_indices": "RoiAlign", "Q K V attn_mask past_key past_value":
        "Attention",
    }.items()
    for op in ops.split()
}  # fmt: skip
# How many of its inputs a layer here takes from other nodes, where the operator has more.
TAKEN = {"Attention": 4}
# Those of any number of inputs, by the name that the operator has for them.
VARIADIC = {"Concat": "inputs", "Max": "data_0", "Min": "data_0", "Mean": "data_0", "Sum": "data_0",
            "Einsum": "Inputs"}  # fmt: skip
