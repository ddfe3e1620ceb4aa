"""The shared pieces of the generators: drawing sizes and arguments, laying them out as a call, and spoiling a case."""

WORDS = ("same", "valid", "causal", "SAME", "full", "reflect", "nearest", "channels_last", "channel_first", "")


class Draw:
    """Random choices on top of a `random.Random`, in the words that the generators need."""

    def __init__(self, rng):
        self.rng = rng
        self.spoils = getattr(rng, "spoils", True)

    def chance(self, probability):
        """Return True with this probability."""
        return self.rng.random() < probability

    def pick(self, *options):
        """Return one of the options."""
        return self.rng.choice(options)

    def size(self, low, high):
        """Return an integer between low and high, both included."""
        return self.rng.randint(low, high)

    def axes(self, rank, low, high, one_tuple=False):
        """Return one integer for every axis, or a tuple with one each.

        With `one_tuple` sometimes a tuple of one, which some frameworks read as an integer.
        """
        if self.chance(0.55):
            return self.size(low, high)
        if one_tuple and self.chance(0.1):
            return (self.size(low, high),)
        return tuple(self.size(low, high) for _ in range(rank))

    def some(self, options):
        """Keep each entry of a mapping with a probability of one half: `{name: value}`."""
        return {name: value for name, value in options.items() if self.chance(0.5)}


def registering(generators):
    """Return the decorator that registers a generator ``f(draw, name)`` under some names."""

    def generator(*names):
        def register(function):
            for name in names:
                generators[name] = lambda rng, name=name: function(Draw(rng), name)
            return function

        return register

    return generator


def spread(value, rank):
    """Return the value of every axis, whichever way it was written."""
    values = value if isinstance(value, tuple) else (value,)
    return values * rank if len(values) == 1 else values


def layout(draw, order, values):
    """Split `{name: value}` into positional and keyword arguments of a signature with this order of names."""
    leading = 0
    while leading < len(order) and order[leading] in values:
        leading += 1
    cut = draw.size(0, leading) if draw.chance(0.7) else leading
    args = [values[name] for name in order[:cut]]
    kwargs = {name: value for name, value in values.items() if name not in order[:cut]}
    return {"args": args, "kwargs": kwargs}


def case(draw, order, values, shape, channel=None, spoil=0.45):
    """Make the case of a call with one input, spoiled with the given probability.

    `channel` is the index of the channels in the shape.
    """
    shape = list(shape)
    if draw.chance(spoil) and draw.spoils:
        for _ in range(draw.pick(1, 1, 1, 2)):
            values, shape = spoiled(draw, values, shape, channel)
    return {**layout(draw, order, values), "input": shape}


def spoiled(draw, values, shape, channel):
    """Change one thing about a call or its input, usually so that the framework refuses it."""
    values, shape = dict(values), list(shape)
    integers = [name for name, value in values.items() if _whole(value)]
    words = [name for name, value in values.items() if isinstance(value, str)]
    ways = ["integer"] * 5 * bool(integers) + ["word"] * 2 * bool(words)
    ways += ["rank", "rank", "channels", "channels", "zero", "tiny", "tiny", "keyword"]
    way = draw.pick(*ways)
    if way == "integer":
        name = draw.pick(*integers)
        values[name] = _spoiled_integer(draw, values[name])
    elif way == "word":
        values[draw.pick(*words)] = draw.pick(*WORDS)
    elif way == "rank":
        if draw.chance(0.5) and shape:
            del shape[draw.size(0, len(shape) - 1)]
        else:
            shape.insert(draw.size(0, len(shape)), draw.size(1, 4))
    elif way == "keyword":
        values[draw.pick("groups", "dilation", "dilation_rate", "stride", "filters", "pad", "units")] = draw.size(1, 2)
    elif shape:
        index = draw.size(0, len(shape) - 1)
        if way == "channels" and channel is not None and -len(shape) <= channel < len(shape):
            index = channel
        shape[index] = {"channels": draw.size(1, 9), "zero": 0, "tiny": draw.size(1, 2)}[way]
    return values, shape


def _whole(value):
    if isinstance(value, tuple):
        return bool(value) and all(_whole(item) for item in value)
    return isinstance(value, int) and not isinstance(value, bool)


def _spoiled_integer(draw, value):
    way = draw.pick("zero", "negative", "large", "large", "odd", "length")
    if way == "length":
        flat = value if isinstance(value, tuple) else (value,)
        if any(isinstance(item, tuple) for item in flat):
            return flat[:-1]
        return tuple((flat * 4)[: draw.size(1, 4)])
    wrong = {"zero": 0, "negative": -draw.size(1, 3), "large": draw.size(5, 24), "odd": draw.size(1, 7)}[way]
    if isinstance(value, tuple) and draw.chance(0.7):
        index = draw.size(0, len(value) - 1)
        item = (wrong, *value[index][1:]) if isinstance(value[index], tuple) else wrong
        return (*value[:index], item, *value[index + 1 :])
    return wrong
