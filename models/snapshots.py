"""Frozen rows made and changed by their slots.

Through its class a frozen row of forty fields is made by forty checked assignments, which takes
five times as long; a sweep makes and changes some dozen rows a recovery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields
from itertools import repeat
from operator import call
from typing import Any, TypeVar, cast

Row = TypeVar("Row")
_Put = Callable[[Any, Any], None]


def filler(kind: type[Row]) -> Callable[[Iterable[Any]], Row]:
    """What makes rows of a kind of the values of all of its fields, in their order."""
    puts = [getattr(kind, field.name).__set__ for field in fields(cast("Any", kind))]

    def filled(values: Iterable[Any]) -> Row:
        row = object.__new__(kind)
        any(map(call, puts, repeat(row), values))  # each of them returns None
        return row

    return filled


def changed(row: Row, **values: Any) -> Row:  # noqa: ANN401 - whatever its fields hold
    """A row with other values; TypeError for a field that it does not have."""
    kind: type[Any] = type(row)
    gets, puts, by_name = _SLOTS.get(kind) or _slots(kind)
    new: Row = object.__new__(kind)
    any(map(call, puts, repeat(new), map(call, gets, repeat(row))))
    for name, value in values.items():
        if name not in by_name:
            raise TypeError(f"a {type(row).__name__} has no {name}")
        by_name[name](new, value)
    return new


_Slots = tuple[list[Callable[[Any], Any]], list[_Put], dict[str, _Put]]
_SLOTS: dict[type[Any], _Slots] = {}


def _slots(kind: type[Any]) -> _Slots:
    """How each field of a kind is read and written; a class that checks itself is not for here."""
    if hasattr(kind, "__post_init__"):
        raise TypeError(f"a {kind.__name__} is made by its class, which checks it")
    members = [getattr(kind, field.name) for field in fields(kind)]
    puts = [member.__set__ for member in members]
    names = [field.name for field in fields(kind)]
    gets = [member.__get__ for member in members]
    found = _SLOTS[kind] = (gets, puts, dict(zip(names, puts, strict=True)))
    return found


_NOT_A_FIELD = frozenset({"self", "own", "_twin", "_put", "_missing"})
"""Names that the maker of a row uses itself."""


def quickly_made(kind: type[Row]) -> type[Row]:
    """A frozen class with slots whose rows are filled before they are frozen.

    While its fields are set a row is of a twin with the same slots that takes them: a third of the
    time that assignments past a frozen class take. To be written above `@dataclass`.
    """
    of_kind = fields(cast("Any", kind))
    if unfit := [f.name for f in of_kind if f.kw_only or not f.init or f.name in _NOT_A_FIELD]:
        raise TypeError(f"a {kind.__name__} is not made this way: {', '.join(unfit)}")
    twin = type(kind.__name__, (), {"__slots__": tuple(field.name for field in of_kind)})
    names: dict[str, Any] = {"_twin": twin, "_put": object.__setattr__, "_missing": MISSING}
    names |= {f"_of_{field.name}": _by_default(field) for field in of_kind}
    given = [_parameter(field) for field in of_kind]
    lines = [
        f"def __init__(self, {', '.join(given)}):",
        "    own = self.__class__",
        "    _put(self, '__class__', _twin)",
        *(f"    self.{field.name} = {_value(field)}" for field in of_kind),
        "    self.__class__ = own",
        *(["    self.__post_init__()"] if hasattr(kind, "__post_init__") else []),
    ]
    exec("\n".join(lines), names)  # noqa: S102 - names of fields only, as dataclasses does it
    made = names["__init__"]
    made.__annotations__ = dict(kind.__init__.__annotations__)
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    kind.__init__ = made  # type: ignore[method-assign]
    return kind


def _by_default(field: Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory


def _parameter(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=_missing"
    return field.name if field.default is MISSING else f"{field.name}=_of_{field.name}"


def _value(field: Field[Any]) -> str:
    if field.default_factory is MISSING:
        return field.name
    return f"_of_{field.name}() if {field.name} is _missing else {field.name}"
