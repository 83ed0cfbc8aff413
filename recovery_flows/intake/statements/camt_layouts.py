"""Elements of a camt file that are laid out alike: the texts of all of them by one pattern.

A bank lays out its entries in a few ways. The first of each is walked element by element; where the
same texts are found without walking, the others laid out like it are read that way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from xml.sax.saxutils import unescape

from lxml import etree

from recovery_flows.intake.budget import Budget
from recovery_flows.intake.statements.camt_fields import Fields, Place, fields_of

_TEXT = re.compile(">([^<]+)<")
_LAYOUTS_MAX, _LONG_BYTES = 200, 100_000
"""What is learned and what is written out takes memory: no more than this."""
_RETURN = {"&#13;": "\r"}
_Layout = tuple[str, ...]
"""An element as text, without the texts in it: what was between them."""


@dataclass(slots=True)
class _Learned:
    """Where in one layout the texts are that are read, and what else is the same each time."""

    paths: tuple[str, ...]
    texts: Callable[[list[str]], tuple[str, ...]]
    currencies: Fields
    leaves: list[Place]
    uses: int = 0

    def fields(self, parts: list[str]) -> Fields:
        fields = dict(zip(self.paths, self.texts(parts), strict=True))
        fields.update(self.currencies)
        return fields


class Layouts:
    """What was learned of the elements below one place; reads like `fields_of`."""

    def __init__(self, place: Place, budget: Budget) -> None:
        self.place, self._budget = place, budget
        self._learned: dict[_Layout, _Learned | None] = {}

    def fields_of(self, element: Any) -> Fields:  # noqa: ANN401 - lxml is untyped
        """Texts of the leaves by path below the element, the first of each."""
        if self._budget.kept > _LONG_BYTES:
            return fields_of(element, self.place, self._budget.limits)
        text = etree.tostring(element, encoding="unicode", with_tail=False)
        parts = _TEXT.split(text)
        layout = tuple(parts[::2])
        learned = self._learned.get(layout)
        if learned is None:
            return self._walked(element, parts, layout)
        learned.uses += 1
        if "&" in text:
            parts = [unescape(part, _RETURN) for part in parts]
        return learned.fields(parts)

    def counted(self) -> Place:
        """The place, with what was read without walking counted as well."""
        for learned in self._learned.values():
            if learned is not None:
                _count(learned)
        return self.place

    def _walked(self, element: Any, parts: list[str], layout: _Layout) -> Fields:  # noqa: ANN401
        leaves: list[Place] = []
        fields = fields_of(element, self.place, self._budget.limits, leaves)
        if layout not in self._learned and len(self._learned) < _LAYOUTS_MAX:
            self._learned[layout] = _learned(parts, leaves, fields)
        return fields


def _count(learned: _Learned) -> None:
    seen: set[str] = set()
    for place in learned.leaves:
        if place.path in seen:
            place.again += learned.uses
        else:
            place.seen += learned.uses
        seen.add(place.path)
    learned.uses = 0


def _learned(parts: list[str], leaves: list[Place], fields: Fields) -> _Learned | None:
    """How to read what is laid out like this; None where it would not be what walking found."""
    at = [n for n in range(1, len(parts), 2) if _is_leaf(parts[n - 1], parts[n + 1])]
    if len(at) != len(leaves):
        return None
    first = {place.path: number for place, number in zip(leaves[::-1], at[::-1], strict=True)}
    if len(first) < 2:  # of one, `itemgetter` gives no tuple
        return None
    coded = {place.coded for place in leaves} & fields.keys()
    learned = _Learned(
        tuple(first), itemgetter(*first.values()), {path: fields[path] for path in coded}, leaves
    )
    plain = [unescape(part, _RETURN) for part in parts]
    return learned if learned.fields(plain) == fields else None


def _is_leaf(before: str, after: str) -> bool:
    """Whether a text stands between the begin and the end of one element."""
    tag = before.rpartition("<")[2]
    return after.startswith("/") and not tag.startswith("/") and not tag.endswith("/")
