"""A model that lives in the caller's process: Keras' by its own `to_json()`, torch's by its `repr` and what that omits.

Neither framework is imported: a model's class says itself where it comes from.
"""

from convcalc.errors import LimitError, SpecError
from convcalc.layers import find_class, is_layer, words
from convcalc.readers.model import read_model
from convcalc.spec import parse
from convcalc.spec.bind import bind
from convcalc.spec.printed import PRINTED
from convcalc.spec.tree import Arg

KERAS = ("keras", "tf_keras", "tensorflow")
HINT = "Give a spec such as 'conv2d 32 3', a Keras model or a torch module."


def read_live(model):
    """Return the network of a live torch module or Keras model.

    Raises
    ------
    SpecError
        For anything else, and for a model that Keras cannot describe.
    """
    roots = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    if "torch" in roots and hasattr(model, "named_modules"):
        text = repr(model)
        modules = dict(model.named_modules(remove_duplicate=False))
        if not PRINTED.match(text):
            # A layer by itself is printed as it stands within a module.
            text, modules = f"Sequential(\n  (0): {text}\n)", {"0": model}
        layers = parse(text, is_layer, words)
        return bind(tuple(completed(layer, modules.get(layer.path)) for layer in layers), text, "torch")
    if roots.intersection(KERAS) and hasattr(model, "to_json"):
        try:
            return read_model(model.to_json(), f"the {type(model).__name__}").text
        except LimitError:
            raise
        except Exception as error:  # whatever a subclass raises, or what it says that is no model
            said = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise SpecError(
                "bad_value",
                f"Keras does not say what this {type(model).__name__} is made of: {said}",
                hint="Build it as a Sequential or with keras.Model(inputs, outputs).",
            ) from None
    what = "a Keras layer by itself" if roots.intersection(KERAS) and hasattr(model, "get_config") else None
    raise SpecError("bad_value", f"A spec is a string or a model, not {what or type(model).__name__}.", hint=HINT)


def completed(raw, module):
    """Return a printed layer with what its module holds and does not print, as AvgPool2d its `ceil_mode`."""
    layer = find_class(raw.name, "torch")
    if layer is None or type(module).__name__ != raw.name:
        return raw
    said = {arg.key for arg in raw.args}
    # What stands by its position is printed first, in the order of the signature.
    unsaid = [
        p for p in layer.signature("torch").params[[arg.key for arg in raw.args].count(None) :] if p.name not in said
    ]
    held = [(p.name, getattr(module, p.name, p.default), p.default) for p in unsaid]
    args = [Arg(key, v, raw.name_span, raw.name_span) for key, v, default in held if plain(v) and v != default]
    return raw._replace(args=(*raw.args, *args)) if args else raw


def plain(value):
    """Tell whether a value is one that an argument is given as, and no weight or what was made of the argument."""
    return value is None or value.__class__ in (bool, int, float, str)
