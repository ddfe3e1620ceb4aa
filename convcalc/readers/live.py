"""A model that lives in the caller's process: Keras' by its own `to_json()`, torch's by its `repr`.

Neither framework is imported: a model's class says itself where it comes from.
"""

from convcalc.errors import LimitError, SpecError
from convcalc.readers.model import read_model
from convcalc.spec.printed import PRINTED

KERAS = ("keras", "tf_keras", "tensorflow")
HINT = "Give a spec such as 'conv2d 32 3', a Keras model or a torch module."


def read_live(model):
    """Return the text of a live torch module, or the network of a live Keras model.

    Raises
    ------
    SpecError
        For anything else, and for a model that Keras cannot describe.
    """
    roots = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    if "torch" in roots and hasattr(model, "named_modules"):
        text = repr(model)
        # A layer by itself is printed as it stands within a module.
        return text if PRINTED.match(text) else f"Sequential(\n  (0): {text}\n)"
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
