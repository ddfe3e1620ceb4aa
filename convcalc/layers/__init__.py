"""The catalogue: every layer, found by its name.

A family is declared once, in one file of this folder; the index is made from the declarations. A
file is imported when a name is looked up that those before it do not have, so that most networks
need few of them; no name is in two files.
"""

from importlib import import_module

from convcalc.layers.declare import FRAMEWORKS, Layer, belongs

# What most networks are made of comes first.
MODULES = (
    *("conv", "pool", "dense", "shape", "activation", "norm", "merge", "dropout"),
    *("pad", "resample", "norm_axes", "patch", "misc", "applications"),
    *(
        "onnx_elementwise",
        "onnx_shape",
        "onnx_reduce",
        "onnx_product",
        "onnx_recurrent",
        "onnx_attention",
        "onnx_quantize",
    ),
)
# What stands for a layer without a rule: a spec may say so, and it is no entry of the catalogue.
UNKNOWN = "unknown"

# Every name that the files imported so far have, in lower case.
_names: set = set()
# Lower-case word -> (kind, rank), and exact class name -> {framework: (kind, rank)}.
_words: dict = {}
_classes: dict = {}
_families: dict = {}
# Kind -> the file of this folder that declares it.
_places: dict = {}
_layers: dict = {}
# Exact class name without the rank that its layers have -> {framework: (kind, ranks)}: ONNX's `Conv`.
_open: dict = {}


def _index(module):
    """Put the families of one file into the index."""
    for family in module.FAMILIES:
        _families[family.kind] = family
        _places[family.kind] = module.__name__.rpartition(".")[2]
        own = [(f, getattr(family, f)[0]) for f in FRAMEWORKS if getattr(family, f)]
        for rank in family.ranks:
            entry = (family.kind, rank)
            digit = str(rank)
            for word in family.words.lower().split():
                if belongs(word, rank, family.ranks):
                    _words[word.replace("{r}", digit)] = entry
            for framework, name in own:
                if not belongs(name, rank, family.ranks):
                    continue
                if "{r}" not in name and len(family.ranks) > 1 and rank is not None:
                    _open.setdefault(name, {})[framework] = family.kind, family.ranks
                    _names.add(name.lower())
                    continue
                name = name.replace("{r}", digit)
                _classes.setdefault(name, {})[framework] = entry
                _words.setdefault(name.lower(), entry)
    # A class that has a layer of any rank is that layer's, whatever words mean it for one rank.
    for name in _open.keys() & _classes.keys():
        for framework in _classes[name]:
            _open[name].pop(framework, None)
    # Left empty they would hide the class of any rank from those who ask for all.
    for name in [name for name, own in _open.items() if not own]:
        del _open[name]
    _names.update(_words)


_unread = iter(MODULES)


# Words of the spec language that are asked about as often as layers, and are none; nor is a size.
NO_LAYERS = frozenset(("input", "true", "false", "none", "i"))


def _read(name=None):
    """Import files until one has a name, whatever its case; all of them for None."""
    lower = name and name.lower()
    if lower and (lower in NO_LAYERS or lower[0].isdigit()):
        return
    if lower == UNKNOWN and UNKNOWN not in _names:
        _index(import_module("convcalc.layers.unknown"))
    while lower not in _names:
        module = next(_unread, None)
        if module is None:
            return
        _index(import_module(f"convcalc.layers.{module}"))


def _layer(entry):
    layer = _layers.get(entry)
    if layer is None:
        layer = _layers[entry] = Layer(_families[entry[0]], entry[1])
    return layer


def is_layer(word):
    """Tell whether a word, whatever its case, names a layer.

    Examples
    --------
    >>> is_layer("Conv2dT"), is_layer("conv9d")
    (True, False)
    """
    if word in _words:
        return True
    _read(word)
    return word.lower() in _words or word in _open


def find(word):
    """Return the `Layer` that a terse word names, or None."""
    _read(word)
    entry = _words.get(word.lower())
    return entry and _layer(entry)


def find_class(name, framework, rank=2):
    """Return the `Layer` of a framework's class, by its exact name, or None.

    `rank` counts for a class that has none in its name; a file may ask for one that no layer has.
    """
    _read(name)
    own = _open.get(name, {}).get(framework)
    if own:
        return _layer((own[0], rank)) if rank in own[1] else None
    entry = _classes.get(name, {}).get(framework)
    return entry and _layer(entry)


def place(kind):
    """Return the name of the file that declares a kind.

    >>> place("max_pool")
    'pool'
    """
    if kind not in _places:
        _read()
    return _places[kind]


def open_ranks(name, framework):
    """Return the ranks of a class that has none in its name, or ().

    Examples
    --------
    >>> open_ranks("MaxPool", "onnx"), open_ranks("MaxPool2d", "torch")
    ((1, 2, 3), ())
    """
    _read(name)
    own = _open.get(name)
    return own[framework][1] if own and framework in own else ()


def frameworks_of(name):
    """Return the frameworks with a class of this exact name."""
    _read(name)
    return tuple(_classes.get(name) or _open.get(name, ()))


def words():
    """Return every terse word."""
    _read()
    return _words.keys() - {UNKNOWN}


def class_names(framework=None):
    """Return every class name, of one framework or of all."""
    _read()
    known = (_classes | _open).items()
    return [name for name, own in known if framework is None or framework in own if name.lower() != UNKNOWN]


def layers():
    """Yield every `Layer` of the catalogue, in the order of its declarations."""
    _read()
    for family in _families.values():
        if family.kind == UNKNOWN:
            continue
        for rank in family.ranks:
            yield _layer((family.kind, rank))
