"""Printing: for people, or as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from models.money import Money
from models.safe_text import safe

_AS_IT_IS = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:  # noqa: ANN401 - any of our frozen values
    """A value as JSON can hold it: money as {amount, currency}, instants and days as ISO text."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Money):
        return {"amount": value.text(), "currency": value.currency}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((name, getattr(value, name)) for name in _fields(type(value)))
        return {n: item if type(item) in _AS_IT_IS else plain(item) for n, item in fields}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [plain(item) for item in items]
    return value


@lru_cache(maxsize=256)
def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


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
