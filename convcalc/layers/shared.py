"""Pieces of signatures and of counts that several declarations share."""

# What every Keras layer takes besides its own arguments.
KERAS = (
    "* name:any=none trainable:bool=true dtype:any=none autocast:any=true "
    "activity_regularizer:named(regularizer)=none "
    "input_shape:any=none batch_shape:any=none input_dim:any=none batch_input_shape:any=none "
    "~shared:object=none"
)

# A Keras layer with a kernel and a bias.
KERNEL = (
    "activation:named(activation)=none use_bias:bool(loose)=true "
    "kernel_initializer:named(initializer)=glorot_uniform bias_initializer:named(initializer)=zeros "
    "kernel_regularizer:named(regularizer)=none bias_regularizer:named(regularizer)=none "
    "activity_regularizer:named(regularizer)=none "
    "kernel_constraint:named(constraint)=none bias_constraint:named(constraint)=none "
    + KERAS.replace(" activity_regularizer:named(regularizer)=none", "")
)

TORCH = "device:object=none dtype:object=none"
# Keras' layers and ONNX' weights take their channels from the input; a person may say what they are to be.
CHANNELS = "~in_channels:count=none"
# What an ONNX file says otherwise of the weights of a row: those, by name, that it does not count, for an earlier row
# does, or they are worked out of others; and the shapes of the others, as the file has them.
TIED = "~tied:words=none ~stored:shapes=none"
DATA_FORMAT = "data_format:word(channels_last|channels_first)=none"

SPATIAL = {1: "l", 2: "h w", 3: "d h w"}


def activated(site, count):
    """Return the FLOPs of a layer's own activation over `count` values: one each, none for linear."""
    activation = site.args.get("activation")
    return 0 if activation in (None, "linear") else count
