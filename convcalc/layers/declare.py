"""What a declaration is: one `Family` per kind of layer, one `Layer` per rank of it.

A declaration is text, read only when its layer is used, so that a hundred and fifty of them cost
nothing at start. A signature is the framework's own, in its own order::

    filters:count kernel_size:sizes strides:sizes=1 padding:padding(valid|same)=valid

that is, ``name:kind=default``; no default means required, ``*`` before a name starts the
keyword-only part, ``key/name`` gives an argument a house key other than the usual one in `KEYS`,
and ``~`` before a name is what only a terse spec may say, for the class has no such argument.
The binder, `list`, completion, error hints and the test strategies all read the same declaration.
"""

from convcalc.record import Record

FRAMEWORKS = ("keras", "torch", "onnx")
# What they are called in a sentence.
PROPER = {"keras": "Keras", "torch": "torch", "onnx": "ONNX"}
REQUIRED = type("Required", (), {"__repr__": lambda self: "required"})()

# House key -> the framework names and short words that mean it. The first is what `spec` prints.
ALIASES = {
    "filters": "f filters out_channels units out_features",
    "in_channels": "in_channels in_features",
    "kernel": "k kernel_size pool_size kernel_shape kernel",
    "stride": "s strides stride",
    "padding": "pad padding p pads",
    "dilation": "d dilation_rate dilation dilations",
    "groups": "g groups group num_groups",
    "bias": "b bias use_bias",
    "output_padding": "op output_padding",
    "depth_multiplier": "dm depth_multiplier",
    "activation": "act activation",
    "kernel_initializer": "init kernel_initializer",
    "kernel_regularizer": "reg kernel_regularizer",
    "data_format": "df data_format",
}
KEYS = {name: key for key, names in ALIASES.items() for name in names.split()}


class Param(Record):
    """One argument of one framework's layer."""

    name: str
    key: str
    kind: str
    default: object
    positional: bool
    terse: bool = False


class Family(Record):
    """One kind of layer in every framework and rank that has it.

    Attributes
    ----------
    kind : str
        The house's name of it, without a rank.
    words : str
        The terse names, the canonical one first; ``{r}`` stands for the rank.
    rule : callable
        ``rule(site) -> Facts``; see `convcalc.layers.site`.
    order : str
        House keys of the terse positional values.
    keras, torch, onnx : tuple of str, or None
        The class's name and its signature (or a dict of them by rank, where they differ); None
        where the framework has no such layer.
    ranks : tuple
        Numbers of spatial axes; ``(None,)`` where the layer takes any input. None among numbers is
        the layer whose framework class, if that is one of a rank, the input decides.
    rank_rule : str
        What the layer says of its input's rank: "spatial" (batch, channels and the spatial axes),
        "keeps" (any rank, and leaves it), "free" (any rank, and changes it), or "sample:n".
    operands : str
        "one" input or "many".
    example : str
        A terse spec of it that every framework of it takes; ``{r}`` is the rank.
    sample : str
        An input for the example, where the usual one of the rank would not do.
    about : str
        One line for `list` and help.
    aliases : dict
        Further words for house keys: ``{"rate": "p rate"}``.
    """

    kind: str
    words: str
    rule: object
    order: str = ""
    keras: tuple | None = None
    torch: tuple | None = None
    onnx: tuple | None = None
    ranks: tuple = (None,)
    rank_rule: str = "keeps"
    operands: str = "one"
    example: str = ""
    sample: str = ""
    about: str = ""
    aliases: dict = {}


def literal(text):
    """Read a default: ``1``, ``0.5``, ``none``, ``true``, a word, or ``(1,2)``."""
    if text.startswith("("):
        return tuple(literal(part) for part in text[1:-1].split(",") if part)
    words = {"none": None, "true": True, "false": False}
    if text in words:
        return words[text]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            pass
    return text


def read_signature(text):
    """Return the `Param` records of a signature text."""
    params = []
    positional = True
    for word in text.split():
        if word == "*":
            positional = False
            continue
        terse = word[0] == "~"
        head, _, default = word.lstrip("~").partition("=")
        name, _, kind = head.partition(":")
        key, _, own = name.rpartition("/")
        default = literal(default) if "=" in word else REQUIRED
        params.append(Param(own, key or KEYS.get(own, own), kind, default, positional and not terse, terse))
    return tuple(params)


def belongs(name, rank, ranks):
    """Tell whether a family's name is one of its layer of this rank.

    Where a family has layers of a rank and one of any, the names with ``{r}`` are those of a rank.
    """
    return None not in ranks or ("{r}" in name) == (rank is not None)


class Layer:
    """One layer of the catalogue: a family at one rank.

    Attributes
    ----------
    family : Family
    rank : int or None
    word : str
        The terse name that `spec` prints.
    """

    __slots__ = ("_signatures", "family", "rank", "rule", "word")

    def __init__(self, family, rank):
        self.family = family
        self.rank = rank
        self.word = self.words()[0]
        self.rule = family.rule
        self._signatures = {}

    def words(self):
        """Return the terse names, the canonical one first."""
        family, rank = self.family, self.rank
        return [w.replace("{r}", str(rank)) for w in family.words.split() if belongs(w, rank, family.ranks)]

    @property
    def rank_rule(self):
        """What the layer says of its input's rank; without a rank of its own it keeps any."""
        rule = self.family.rank_rule
        return "keeps" if rule == "spatial" and self.rank is None else rule

    def frameworks(self):
        """Return the frameworks that have the layer."""
        return tuple(f for f in FRAMEWORKS if getattr(self.family, f))

    def type(self, framework, axes=None):
        """Return the framework's class name, or None where it has no such layer.

        A layer of any rank has its class by the `axes` of its input: ``BatchNorm2d`` for 4.
        """
        own = getattr(self.family, framework)
        if own is None or "{r}" not in own[0]:
            return own and own[0]
        if self.rank is not None:
            return own[0].replace("{r}", str(self.rank))
        return own[0].replace("{r}", str(min(max(axes - 2, 1), 3))) if axes else own[0].partition("{")[0]

    def signature(self, framework):
        """Return the `Signature` of the layer in a framework that has it."""
        if framework not in self._signatures:
            text = getattr(self.family, framework)[1]
            if text.__class__ is dict:
                text = text[self.rank]
            text = text.replace("{r}", str(self.rank))
            self._signatures[framework] = Signature(self, framework, read_signature(text))
        return self._signatures[framework]

    def example(self):
        """Return a terse spec of this layer that every framework of it takes."""
        example = self.family.example or self.word
        if self.rank is None:
            return self.word if "{r}" in example else example
        return example.replace("{r}", str(self.rank))

    def __repr__(self):
        return f"<Layer {self.word}>"


class Signature:
    """A framework's arguments of one layer, indexed for binding.

    Attributes
    ----------
    params : tuple of Param
    by_key : dict
        House key -> Param.
    by_name : dict
        The framework's own name, exact -> Param.
    terse : dict
        Every word, lower case, that means an argument in terse form -> Param.
    order : tuple of Param
        The arguments that terse positional values fill.
    defaults : dict
        House key -> default, for the arguments that have one.
    required : tuple of Param
    bound : dict
        Values that were bound before: see `convcalc.spec.bind`.
    written : list or None
        What `convcalc.layers.write` goes through, once it has.
    """

    __slots__ = ("bound", "by_key", "by_name", "defaults", "order", "params", "required", "terse", "written")

    def __init__(self, layer, framework, params):
        from convcalc.layers.kinds import settle

        self.by_key: dict = {}
        for p in params:
            self.by_key.setdefault(p.key, p)
        self.by_name = {p.name: p for p in params if not p.terse}
        # A further argument of the same key is another name of the first.
        others = [p for p in params if p is not self.by_key[p.key]]
        params = self.params = tuple(self.by_key.values())
        self.bound: dict = {}
        self.written = None
        self.terse: dict = {}
        extra = layer.family.aliases
        for p in params:
            words = extra.get(p.key) or ALIASES.get(p.key, p.key)
            for word in (*words.split(), p.name, p.key):
                self.terse.setdefault(word.lower(), p)
        for p in others:
            self.terse.setdefault(p.name.lower(), self.by_key[p.key])
        self.order = tuple(self.by_key[k] for k in layer.family.order.split() if k in self.by_key)
        self.required = tuple(p for p in params if p.default is REQUIRED)
        # A named thing's default is right as it stands: its table is read only where one is given.
        self.defaults = {
            p.key: p.default if p.kind.startswith("named(") else settle(p, p.default, layer.rank, framework, call=False)
            for p in params
            if p.default is not REQUIRED
        }

    def short(self, key, layer):
        """Return the word that `spec` prints for a house key."""
        words = layer.family.aliases.get(key) or ALIASES.get(key, key)
        return words.split()[0]
