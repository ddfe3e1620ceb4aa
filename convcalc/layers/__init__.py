"""The catalogue: every layer, found by its name.

A family is declared once, in one file of this folder; the index is made from the declarations.
"""

from convcalc.layers import conv, dense, pool
from convcalc.layers.declare import FRAMEWORKS, Layer

MODULES = (conv, pool, dense)

# Lower-case word -> (kind, rank), and exact class name -> {framework: (kind, rank)}.
_words = {}
_classes = {}
_families = {}
_layers = {}


def _index():
    for module in MODULES:
        for family in module.FAMILIES:
            _families[family.kind] = family
            own = [(f, getattr(family, f)[0]) for f in FRAMEWORKS if getattr(family, f)]
            for rank in family.ranks:
                entry = (family.kind, rank)
                digit = str(rank)
                for word in family.words.replace("{r}", digit).lower().split():
                    _words[word] = entry
                for framework, name in own:
                    name = name.replace("{r}", digit)
                    _classes.setdefault(name, {})[framework] = entry
                    _words.setdefault(name.lower(), entry)


_index()


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
    return word in _words or word.lower() in _words


def find(word):
    """Return the `Layer` that a terse word names, or None."""
    entry = _words.get(word.lower())
    return entry and _layer(entry)


def find_class(name, framework):
    """Return the `Layer` of a framework's class, by its exact name, or None."""
    entry = _classes.get(name, {}).get(framework)
    return entry and _layer(entry)


def frameworks_of(name):
    """Return the frameworks with a class of this exact name."""
    return tuple(_classes.get(name, ()))


def words():
    """Return every terse word."""
    return _words.keys()


def class_names(framework=None):
    """Return every class name, of one framework or of all."""
    return [name for name, own in _classes.items() if framework is None or framework in own]


def layers():
    """Yield every `Layer` of the catalogue, in the order of its declarations."""
    for module in MODULES:
        for family in module.FAMILIES:
            for rank in family.ranks:
                yield _layer((family.kind, rank))
