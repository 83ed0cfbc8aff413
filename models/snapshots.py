"""Frozen rows made and changed by their slots.

Through its class a frozen row of forty fields is made by forty checked assignments, which takes
five times as long; a sweep makes and changes some dozen rows a recovery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
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
