"""The texts below an element of a camt file, by path of local names."""

from __future__ import annotations

from collections import Counter
from typing import Any

from models.language.phrase import phrase
from recovery_flows.intake.budget import Limits, PartTooLargeError
from recovery_flows.intake.statements.shape import StatementRefusedError

Fields = dict[str, str]
ONCE = frozenset({"Amt", "CdtDbtInd", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"})
"""What decides about money is told once: of two the file does not say which one is meant."""
_PLACES_MAX = 10_000
_NAME_MAX = 40  # no name of the standard is as long
_LIMITS = Limits()


class Place(dict[str, "Place"]):
    """A path of local names and, by full tag, the places below it; learned as a file is read.

    A file repeats the same few hundred paths in every entry: each is put together once, and counts
    how often it was `seen`, and how often `again` in one place, where only the first is read.
    """

    __slots__ = ("again", "coded", "made", "path", "seen")

    def __init__(self, path: str = "", made: list[int] | None = None) -> None:
        super().__init__()
        self.path = path
        self.made = [0] if made is None else made
        self.seen = self.again = 0
        # Of all elements only amounts have a currency.
        self.coded = path + "@Ccy" if path.endswith("Amt") else ""

    def __missing__(self, tag: object) -> Place:
        self.made[0] += 1
        if self.made[0] > _PLACES_MAX:
            raise PartTooLargeError(
                phrase("has more than {most:,} different names of elements", most=_PLACES_MAX)
            )
        name = str(tag).rpartition("}")[2][:_NAME_MAX]
        below = self[str(tag)] = Place(f"{self.path}/{name}" if self.path else name, self.made)
        return below

    def unread(self, read: frozenset[str], under: str = "") -> Counter[str]:
        """What was seen below this place and is not among the paths that are `read`, counted."""
        found: Counter[str] = Counter()
        rest = list(self.values())
        while rest:
            place = rest.pop()
            rest += place.values()
            count = place.again if place.path in read else place.seen + place.again
            if count:
                found[f"{under}{place.path}"] += count
        return found


def fields_of(
    element: Any,  # noqa: ANN401 - lxml is untyped
    place: Place | None = None,
    limits: Limits = _LIMITS,
) -> Fields:
    """Texts of the leaves by path below the element, the first of each; currency as `path@Ccy`."""
    fields: Fields = {}
    _gather(element, Place() if place is None else place, fields, limits, 1)
    return fields


def _gather(
    element: Any,  # noqa: ANN401 - as above
    place: Place,
    fields: Fields,
    limits: Limits,
    depth: int,
) -> None:
    if depth > limits.depth:
        limits.check_depth(depth)
    for child in element:
        below = place[child.tag]
        if len(child):
            _gather(child, below, fields, limits, depth + 1)
            continue
        text = child.text
        if text is None:
            continue
        if below.path in fields:
            if below.path in ONCE:
                raise StatementRefusedError(
                    phrase("there are two {path} in one place", path=below.path), child.sourceline
                )
            below.again += 1
            continue
        below.seen += 1
        fields[below.path] = text
        currency = child.get("Ccy") if below.coded else None
        if currency is not None:
            fields[below.coded] = currency
