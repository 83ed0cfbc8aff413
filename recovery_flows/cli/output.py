"""Printing: for people, or as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from operator import attrgetter, methodcaller
from typing import Any

from models.money import Money
from models.safe_text import safe

_Way = Callable[[Any], Any]


def plain(value: Any) -> Any:  # noqa: ANN401 - any of our frozen values
    """A value as JSON can hold it: money as {amount, currency}, instants and days as ISO text."""
    way = _way(value.__class__)
    return value if way is None else way(value)


@lru_cache(maxsize=512)
def _way(kind: type[Any]) -> _Way | None:
    """What makes values of a kind plain, None where they are so: a list has few kinds."""
    if kind in (str, int, bool, type(None)):
        return None
    for of_kind, way in _WAYS.items():
        if issubclass(kind, of_kind):
            return way
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
        return lambda value: {name: plain(getattr(value, name)) for name in names}
    return next((way for of_kind, way in _MANY.items() if issubclass(kind, of_kind)), None)


_WAYS: Mapping[type[Any], _Way] = {
    Money: lambda money: {"amount": money.text(), "currency": money.currency},
    Enum: attrgetter("value"),
    date: methodcaller("isoformat"),
    Decimal: str,
}
_MANY: Mapping[type[Any], _Way] = {
    Mapping: lambda some: {str(k): plain(v) for k, v in some.items()},
    set: lambda some: [plain(item) for item in sorted(some)],
    frozenset: lambda some: [plain(item) for item in sorted(some)],
    list: lambda some: [plain(item) for item in some],
    tuple: lambda some: [plain(item) for item in some],
}


def say(text: str = "") -> None:
    """One line for a person."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One sentence about what went wrong."""
    sys.stderr.write("recovery: " + "\n".join(map(safe, text.split("\n"))) + "\n")


def say_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(_text(value) + "\n")
    sys.stdout.flush()


def say_json_lines(head: object, name: str, lines: Iterable[object]) -> None:
    """One JSON document whose list `name` may be of any length: written line by line."""
    before, _, after = _text(head).partition(f'"{name}": []')
    sys.stdout.write(f'{before}"{name}": ')
    _write_list(lines, "  ")
    sys.stdout.write(after + "\n")
    sys.stdout.flush()


def say_json_list(lines: Iterable[object]) -> None:
    """A JSON list of any length, written line by line."""
    _write_list(lines, "")
    sys.stdout.write("\n")
    sys.stdout.flush()


def _write_list(lines: Iterable[object], margin: str) -> None:
    mark = "["
    for line in lines:
        sys.stdout.write(f"{mark}\n{margin}  {_text(line, indent=None)}")
        mark = ","
    sys.stdout.write("[]" if mark == "[" else f"\n{margin}]")


@lru_cache(maxsize=2)
def _encoder(indent: int | None) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, indent=indent)


def _text(value: object, indent: int | None = 2) -> str:
    text = _encoder(indent).encode(plain(value))
    # A file's name may hold bytes that are no character; output is UTF-8 always.
    return text.encode("utf-8", "replace").decode("utf-8")
