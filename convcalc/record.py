"""Records: named tuples that cost next to nothing to declare.

`typing.NamedTuple` builds each class twice and compiles its constructor at once, a quarter of a
millisecond a class; a short run declares twenty and makes a record of some. A `Record` is declared
alike, and its constructor is compiled when the first one is made.
"""

from operator import itemgetter
from typing import dataclass_transform

try:
    from _collections import _tuplegetter as getter  # type: ignore[import-not-found]
except ImportError:  # Another Python than CPython: `collections` does the same.

    def getter(index, doc):
        """Return the property of one field."""
        return property(itemgetter(index), doc=doc)


@dataclass_transform()
class Declared(type):
    """The class of record classes: turns annotations into fields."""

    _fields: tuple
    _field_defaults: dict

    def __new__(cls, name, bases, space):
        """Make the class, a descriptor for each annotated name."""
        space.setdefault("__slots__", ())
        made = super().__new__(cls, name, bases, space)
        if bases:
            made._fields = tuple(made.__annotations__)
            made._field_defaults = {field: space[field] for field in made._fields if field in space}
            for index, field in enumerate(made._fields):
                setattr(made, field, getter(index, None))
        return made


class Record(tuple, metaclass=Declared):
    """A tuple whose places have names; fields and defaults are the annotations of the class.

    Examples
    --------
    >>> class Cell(Record):
    ...     row: int
    ...     column: int = 0
    >>> Cell(2)
    Cell(row=2, column=0)
    >>> Cell(2)._replace(column=5).column
    5
    """

    def __new__(cls, *args, **given):
        """Compile the class's own constructor, which takes the place of this one, and call it."""
        defaults = cls._field_defaults
        words = [f"{field}=defaults[{field!r}]" if field in defaults else field for field in cls._fields]
        code = f"lambda cls, {', '.join(words)}: new(cls, ({', '.join(cls._fields)},))"
        construct = eval(code, {"new": tuple.__new__, "defaults": defaults, "__builtins__": {}})
        construct.__name__ = construct.__qualname__ = "__new__"
        cls.__new__ = staticmethod(construct)  # type: ignore[method-assign]
        return construct(cls, *args, **given)

    @classmethod
    def _make(cls, values):
        """Return the record of values in order."""
        return tuple.__new__(cls, values)

    def _replace(self, **changed):
        """Return the same record with other values in some fields."""
        made = tuple.__new__(self.__class__, map(changed.pop, self.__class__._fields, self))
        if changed:
            raise TypeError(f"{self.__class__.__name__} has no field {', '.join(changed)}")
        return made

    def _asdict(self):
        """Return the fields by name."""
        return dict(zip(self.__class__._fields, self, strict=True))

    def __repr__(self):
        return f"{self.__class__.__name__}({', '.join(f'{key}={value!r}' for key, value in self._asdict().items())})"

    def __getnewargs__(self):
        return tuple(self)
