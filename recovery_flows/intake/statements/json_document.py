"""A JSON document of a bank, strictly: numbers as texts, no name twice, no text that is broken."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from models.language.phrase import phrase
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.statements.shape import StatementRefusedError

_PART_BYTES_MIN, _SHORT_BYTES = 16, 4_096
"""A part costs hundreds of bytes in memory; the smallest that a bank writes is a sum of money."""
_BAD = re.compile("[\0\ud800-\udfff]")


def document_of(data: bytes, limits: Limits) -> object:
    """The document; StatementRefusedError with the place of what cannot be read in one way."""
    if (data.count(b"{") + data.count(b"[")) * _PART_BYTES_MIN > len(data) + _SHORT_BYTES:
        raise StatementRefusedError(phrase("the JSON is made of more parts than it has content"))
    try:
        document = json.loads(
            data.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=_no_number,
            object_pairs_hook=_unique_keys,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise StatementRefusedError(phrase("the JSON is not UTF-8")) from error
    except json.JSONDecodeError as error:
        raise StatementRefusedError(
            phrase("the JSON is broken ({msg})", msg=error.msg), error.lineno, error.colno
        ) from error
    except RecursionError as error:
        raise StatementRefusedError(phrase("the JSON is nested too deeply")) from error
    _check_texts(document, [], limits)
    return document


def _check_texts(value: object, path: list[str], limits: Limits) -> None:
    """Refuse what is nested too deeply, and half a character or a zero in any text, by path."""
    limits.check_depth(len(path))
    if isinstance(value, str) and (bad := _BAD.search(value)):
        what = phrase("a zero") if bad[0] == "\0" else phrase("half a character")
        place = _BAD.sub("?", ".".join(part[:40] for part in path))
        raise StatementRefusedError(
            phrase("a text in the JSON holds {what}, at {place}", what=what, place=place)
        )
    if isinstance(value, dict):
        for name, inner in value.items():
            path.append(name)
            _check_texts(name, path, limits)
            _check_texts(inner, path, limits)
            path.pop()
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            path.append(str(number))
            _check_texts(inner, path, limits)
            path.pop()


def _no_number(name: str) -> NoReturn:
    raise StatementRefusedError(phrase("{name} in the JSON is no number", name=name))


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two values under one name nobody could say which one is meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = ""
        for name, _ in pairs:
            twice = twice or (name if name in seen else "")
            seen.add(name)
        raise StatementRefusedError(
            phrase("the JSON tells {twice!r} twice in one place", twice=twice[:40])
        )
    return found
