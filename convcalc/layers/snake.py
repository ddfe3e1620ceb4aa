"""A class name as Keras writes it in a layer's name."""


def snake(name):
    """Return a class name as Keras writes it.

    Examples
    --------
    >>> snake("Conv2DTranspose"), snake("MaxPooling2D"), snake("PReLU")
    ('conv2d_transpose', 'max_pooling2d', 'p_re_lu')
    """
    out = ""
    for before, letter, after in zip(" " + name, name, name[1:] + " ", strict=False):
        # A capital begins a word after a small letter, and before one.
        begins = out and letter.isupper() and (before.islower() or after.islower())
        out += "_" + letter if begins else letter
    return out.lower()
