"""JSON that describes a network: which kind it is, and on to the reader of that kind."""

from convcalc.errors import FileError
from convcalc.readers.strict import read_json

SUPPORTED = "Supported are specs, what convcalc printed with --json, and Keras' to_json() and .keras."


def read_model(text, name):
    """Return the `Source` in a JSON text: convcalc's own, or a Keras model's config.

    Raises
    ------
    FileError
        For JSON of another kind, and for what is not as its kind is written.
    """
    data = read_json(text, name)
    if data.__class__ is dict:
        schema = data.get("schema")
        if schema.__class__ is str and schema.startswith("convcalc/"):
            from convcalc.readers.own import read_own

            return read_own(data, name)
        if "class_name" in data and "config" in data:
            from convcalc.readers.keras_graph import read_keras

            return read_keras(data, name)
    raise FileError("unreadable", f"{name} is JSON of another kind.", hint=SUPPORTED)
