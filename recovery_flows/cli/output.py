"""Printing: for people, or as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from textwrap import indent
from typing import Any

from models.money import Money


def plain(value: Any) -> Any:  # noqa: ANN401 - any of our frozen values
    """A value as JSON can hold it: money as {amount, currency}, instants and days as ISO text."""
    if isinstance(value, Money):
        return {"amount": value.text(), "currency": value.currency}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [plain(item) for item in items]
    return value


def say(text: str = "") -> None:
    """One line for a person."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One sentence about what went wrong."""
    sys.stderr.write(f"recovery: {text}\n")


def say_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(_text(value) + "\n")
    sys.stdout.flush()


def say_json_lines(head: object, name: str, lines: Iterable[object]) -> None:
    """One JSON document whose list `name` is as long as it may be: each line is written at once."""
    before, _, after = _text(head).partition(f'"{name}": []')
    sys.stdout.write(f'{before}"{name}": [')
    mark = "\n"
    for line in lines:
        sys.stdout.write(mark + indent(_text(line), "    "))
        mark = ",\n"
    sys.stdout.write(("]" if mark == "\n" else "\n  ]") + after + "\n")
    sys.stdout.flush()


def _text(value: object) -> str:
    text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    # A file's name may hold bytes that are no character; output is UTF-8 always.
    return text.encode("utf-8", "replace").decode("utf-8")
