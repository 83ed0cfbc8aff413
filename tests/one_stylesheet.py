"""Each style sheet is parsed once in a process, and not three times for each terminal of a test.

Textual keeps the parsed rules for each app; the tests open hundreds of apps with the same sheets.
"""

from __future__ import annotations

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parsed: dict[Any, list[RuleSet]] = {}
_parse = Stylesheet._parse_rules


def _parse_once(self: Stylesheet, css: str, *place: Any, **named: Any) -> list[RuleSet]:
    key = (css, place, tuple(named.items()), tuple(self._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(self, css, *place, **named)
    return _parsed[key]


def parse_once() -> None:
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]  # by identity, as it is
