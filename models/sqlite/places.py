"""The places of a statement that values fill, and how the text and the values come together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

Process = Callable[[Any], Any]
Filling = Callable[[Mapping[str, Any]], tuple[str, Sequence[Any]]]
"""What makes a text and its values of the parameters given."""
MISSING = object()
"""The constant of a place that has to be given a value."""
_PADDED_MAX = 512


class UnfitError(Exception):
    """A statement cannot be sent directly."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a statement's text: which parameter, or which constant, fills it."""

    name: str
    constant: Any
    is_list: bool
    process: Process | None

    def values(self, given: Mapping[str, Any]) -> Sequence[Any]:
        """The values that are given for it; UnfitError where there are none."""
        value = given.get(self.name, self.constant)
        if value is MISSING:
            raise UnfitError
        some = _padded(value) if self.is_list else (value,)
        return list(map(self.process, some)) if self.process else some


def filling(places: Sequence[Place], between: Sequence[str]) -> Filling:
    """How a statement of these places, with these texts around them, is filled."""
    if any(place.is_list for place in places):
        return _Lists(places, between).filled
    return _Row(places, "?".join(between)).filled


class _Row:
    """The places of a statement without lists, one value each."""

    def __init__(self, places: Sequence[Place], text: str) -> None:
        self._places, self._text = places, text
        self._given = _getter([place.name for place in places])
        self._processed = [(i, p.process) for i, p in enumerate(places) if p.process is not None]

    def filled(self, given: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """The text and the values; most statements are given one for each place."""
        try:
            row = list(self._given(given))
        except KeyError:
            row = [given.get(place.name, place.constant) for place in self._places]
            if any(value is MISSING for value in row):
                raise UnfitError from None
        for i, process in self._processed:
            row[i] = process(row[i])
        return self._text, row


class _Lists:
    """The places of a statement with lists: the same list at many places is made once."""

    def __init__(self, places: Sequence[Place], between: Sequence[str]) -> None:
        distinct = {place.name: place for place in places}  # of one name, one parameter
        self._distinct, names = list(distinct.values()), list(distinct)
        self._order = [names.index(place.name) for place in places]
        self._between = between
        self._texts: dict[tuple[int, ...], str] = {}

    def filled(self, given: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """The text for lists of this length, and all values."""
        parts = [place.values(given) for place in self._distinct]
        sizes = tuple(map(len, parts))
        text = self._texts.get(sizes)
        if text is None:
            marks = (",".join("?" * sizes[i]) for i in self._order)
            rest = zip(marks, self._between[1:], strict=True)
            text = self._texts[sizes] = self._between[0] + "".join(m + s for m, s in rest)
        return text, [value for i in self._order for value in parts[i]]


def _getter(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What takes these values out of a mapping; KeyError where one is missing."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: [given[name] for name in names]


def _padded(values: Any) -> list[Any]:  # noqa: ANN401 - whatever was given for the list
    """A list filled up with its last value, so that few lengths, thus few texts, are in use."""
    some = list(values)
    if not some:
        raise UnfitError
    full = 1 << (len(some) - 1).bit_length()
    return some + some[-1:] * (full - len(some)) if full <= _PADDED_MAX else some
